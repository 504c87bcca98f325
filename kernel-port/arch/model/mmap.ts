// SPDX-License-Identifier: GPL-2.0-only
// Where a mapping goes that names no place of its own (arch/x86/kernel/sys_x86_64.c): the highest gap
// that is large enough, from a fixed base down. The list of vmas is walked where C asks the tree.

import { ENOMEM } from '../../include/linux/errno.ts';
import { MAP_FIXED } from '../../include/linux/mman.ts';
import { vm_start_gap } from '../../include/linux/mm.ts';
import type { vm_area_struct } from '../../include/linux/mm_types.ts';
import type { uaddr, unsigned_long } from '../../include/linux/types.ts';
import { find_vma } from '../../mm/mmap.ts';
import { current } from './machine.ts';
import { PAGE_MASK, TASK_SIZE } from './pgtable.ts';

/** Below it room for a stack is left. */
export const MMAP_BASE: uaddr = 0x70000000;

/** @locks requires mmap_lock(write) */
export function arch_get_unmapped_area_topdown(addr: uaddr, len: unsigned_long, flags: unsigned_long): unsigned_long {
  const mm = current().mm;
  let vma: vm_area_struct | null;

  if (len > TASK_SIZE)
    return -ENOMEM;

  if (flags & MAP_FIXED)
    return addr as number;

  if (addr) {
    addr &= PAGE_MASK;
    vma = find_vma(mm, addr);
    if (addr <= TASK_SIZE - len && (!vma || addr + len <= vm_start_gap(vma)))
      return addr as number;
  }

  let found: uaddr = 0;
  let below: uaddr = 0;
  for (vma = mm.mmap; vma && below < MMAP_BASE; vma = vma.vm_next) {
    const end: uaddr = Math.min(vm_start_gap(vma), MMAP_BASE);
    if (end - below >= len) found = end - len;
    below = vma.vm_end;
  }
  if (below < MMAP_BASE && MMAP_BASE - below >= len) found = MMAP_BASE - len;
  return found === 0 ? -ENOMEM : found as number;
}
