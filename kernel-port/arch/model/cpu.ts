// SPDX-License-Identifier: GPL-2.0-only
// A CPU that a task has to itself for a while: with interrupts or preemption off, and, since the
// kernel of the model is not preempted inside a reader (PREEMPT_RCU=n), between rcu_read_lock and its
// unlock. No other task of that CPU gets into such a section meanwhile, so a worker that is scheduled
// in between stays off the per-CPU data, as in C. Each section is an RCU reader (rcu.ts).

import { block_until, current, DEFINE_PER_CPU, this_cpu_ptr } from './machine.ts';
import { rcu_leave } from './rcu.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import type { int } from '../../include/linux/types.ts';

export class cpu_state {
  /** Sections with interrupts off, one inside the other. */
  count: int = 0;
  /** preempt_disable sections, and spinlocks that are held or waited for. */
  preempt: int = 0;
  /** rcu_read_lock sections. */
  rcu: int = 0;
  /** Whose sections these are; null when there is none. */
  task: task_struct | null = null;
}
export const irqs_off = DEFINE_PER_CPU(() => new cpu_state(), 'irqs_off');

/** The running CPU, once the running task may have it to itself. The caller opens a section in the same event. */
export function Cpu_enter(): cpu_state {
  const cpu = this_cpu_ptr(irqs_off);
  const task = current();
  block_until(() => cpu.task === null || cpu.task === task, cpu, 'the CPU');
  cpu.task = task;
  return cpu;
}
/** A section was closed, in the same event. */
export function Cpu_leave(cpu: cpu_state): void {
  if (cpu.count !== 0 || cpu.preempt !== 0 || cpu.rcu !== 0) return;
  cpu.task = null;
  rcu_leave();
}
