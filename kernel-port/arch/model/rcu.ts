// SPDX-License-Identifier: GPL-2.0-only
// Grace periods, as kernel/rcu/tree.c has them for a kernel that is not preempted inside a reader
// (PREEMPT_RCU=n): a reader is a CPU that a task has to itself (cpu.ts). A grace period waits for
// those that were inside when it was asked for, and for nobody who came later: it keeps the CPUs that
// have not been outside since. Nothing here grows, so that states can come round.

import { irqs_off } from './cpu.ts';
import { per_cpu, per_machine, smp_processor_id, this_machine } from './machine.ts';
import type { int } from '../../include/linux/types.ts';

export class grace_period {
  /** CPUs that were inside when it began and have not been outside since; it is over when there is none. */
  readers: readonly int[];
  constructor(readers: readonly int[]) { this.readers = readers; }
}

class rcu_state {
  /** Those that still wait for somebody. */
  waiting: readonly grace_period[] = [];
}
const rcu = per_machine(() => new rcu_state(), 'rcu_state');

/** A grace period begins: whoever is inside a reader's section now has to leave it first. */
export function rcu_begin(): grace_period {
  const { nr_cpus } = this_machine();
  const readers: int[] = [];
  // A loop, not a filter: a thread cannot stop inside what JavaScript calls back.
  for (let cpu = 0; cpu < nr_cpus; cpu++)
    if (per_cpu(irqs_off, cpu).task !== null)
      readers.push(cpu);
  const gp = new grace_period(readers);
  if (readers.length !== 0) rcu().waiting = [...rcu().waiting, gp];
  return gp;
}

/** This CPU is outside every section: nobody waits for it any longer. */
export function rcu_leave(): void {
  const { waiting } = rcu();
  if (waiting.length === 0) return;
  const cpu = smp_processor_id();
  for (const gp of waiting) if (gp.readers.includes(cpu)) gp.readers = gp.readers.filter((other) => other !== cpu);
  rcu().waiting = waiting.filter((gp) => gp.readers.length !== 0);
}
