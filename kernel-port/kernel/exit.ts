// SPDX-License-Identifier: GPL-2.0-only
// Of exit only what a task does with its address space.

import { current } from '../arch/model/machine.ts';
import { reduced } from '../arch/model/marks.ts';
import { BUG_ON } from '../include/linux/bug.ts';
import { local_irq_disable, local_irq_enable } from '../include/linux/irqflags.ts';
import { mmap_read_lock, mmap_read_unlock } from '../include/linux/mmap_lock.ts';
import { mmgrab } from '../include/linux/sched/mm.ts';
import { sync_mm_rss } from '../mm/memory.ts';
import { mmput } from './fork.ts';
import type { mm_struct } from '../include/linux/mm_types.ts';

/** The mm stays active_mm until the CPU runs another task.
 *  @refs the mm of current: consumes (mm_users); takes an mm_count for active_mm */
export function exit_mm(): void {
  const mm: mm_struct | null = current().mm;

  reduced('no futexes, no core dump, no task_lock, no owner');
  if (!mm)
    return;
  sync_mm_rss(mm);
  mmap_read_lock(mm);
  mmgrab(mm);
  BUG_ON(mm !== current().active_mm);
  local_irq_disable();
  current().mm = null;
  local_irq_enable();
  mmap_read_unlock(mm);
  mmput(mm);
}
