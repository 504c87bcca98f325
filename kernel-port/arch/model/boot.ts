// SPDX-License-Identifier: GPL-2.0-only
// A machine that has booted: memory, and a CPU that idles. Tasks are made here as init would
// fork them: each with a fresh, empty mm.

import { mm_alloc } from '../../kernel/fork.ts';
import { PF_KTHREAD, task_struct } from '../../include/linux/sched.ts';
import type { mm_struct } from '../../include/linux/mm_types.ts';
import type { int } from '../../include/linux/types.ts';
import { machine, machine_halt, run_on } from './machine.ts';
import { boot_memory } from './memory.ts';

export interface machine_size {
  readonly cpus: number;
  /** Free frames of ZONE_NORMAL and of ZONE_MOVABLE. */
  readonly normal: number;
  readonly movable: number;
}

function idle_task(): task_struct {
  const idle = new task_struct('swapper/0', 0);
  idle.flags = PF_KTHREAD;
  return idle;
}

export function boot_machine(size: machine_size): machine {
  const m = new machine(size.cpus);
  run_on(m, 0, idle_task(), () => { boot_memory({ normal: size.normal, movable: size.movable }); });
  return m;
}

/** A user task with an mm of its own (one mm_users). */
export function create_task(m: machine, comm: string, pid: int): task_struct {
  const task = new task_struct(comm, pid);
  const mm: mm_struct | null = run_on(m, 0, idle_task(), () => mm_alloc());
  if (mm === null) throw new machine_halt('model-limit', 'no memory for the first mm of a task');
  task.mm = mm;
  task.active_mm = mm;
  return task;
}
