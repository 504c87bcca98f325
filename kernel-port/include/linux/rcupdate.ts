// SPDX-License-Identifier: GPL-2.0-only
// RCU: what arch/model/rcu.ts says of readers and grace periods, by C's names. A callback runs once
// the readers of its time have left, on its own; with one thread there is nobody else to wait for
// and it runs at once.

import { Cpu_enter, Cpu_leave, irqs_off } from '../../arch/model/cpu.ts';
import { block_until, defer, this_cpu_ptr } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { rcu_begin } from '../../arch/model/rcu.ts';
import { preempt_disable, preempt_enable } from './preempt.ts';
import { kfree } from './slab.ts';
import type { rcu_head } from './srcu.ts';

export { rcu_head } from './srcu.ts';

export function rcu_read_lock_held(): boolean { return true; }
export function rcu_read_lock(): void {
  reduced('the CPU is the reader, by a count');
  Cpu_enter().rcu += 1;
}
export function rcu_read_unlock(): void {
  reduced('the CPU is the reader, by a count');
  const cpu = this_cpu_ptr(irqs_off);
  cpu.rcu -= 1;
  Cpu_leave(cpu);
}
export function rcu_read_lock_sched(): void { preempt_disable(); }
export function rcu_read_unlock_sched(): void { preempt_enable(); }
export function rcu_dereference<T>(p: T): T { return p; }
/** Two events: it begins, and it is over. */
export function synchronize_rcu(): void {
  reduced('a grace period knows whom it waits for');
  const gp = rcu_begin();
  block_until(() => gp.readers.length === 0, gp, 'grace period');
}
export function call_rcu<T extends object>(head: rcu_head<T>, func: (head: rcu_head<T>) => void): void {
  reduced('a grace period knows whom it waits for; no list of callbacks');
  const gp = rcu_begin();
  defer(() => gp.readers.length === 0, () => { func(head); }, 'call_rcu', gp);
}
export function kfree_rcu(ptr: object, _rhf: object): void {
  reduced('as call_rcu');
  const gp = rcu_begin();
  defer(() => gp.readers.length === 0, () => { kfree(ptr); }, 'kfree_rcu', gp);
}
