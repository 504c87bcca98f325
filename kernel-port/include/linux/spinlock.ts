// SPDX-License-Identifier: GPL-2.0-only
// Spinlocks. One lock word, owned by a task. Preemption, and in the forms with _irq interrupts, go
// off first; then the lock is waited for: two events, as in C. So who spins or holds a lock is an RCU
// reader and has its CPU to itself (model-rules.md 2.6), and a flush of the TLBs waits for a CPU that
// spins with interrupts off. Letting go of the lock and of the CPU is one event.

import { Cpu_enter, Cpu_leave, irqs_off } from '../../arch/model/cpu.ts';
import { block_until, current, this_cpu_ptr } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { preempt_disable, preempt_enable } from './preempt.ts';
import type { task_struct } from './sched.ts';

export class spinlock_t {
  holder: task_struct | null = null;
  readonly name: string;
  readonly owner: object | null;
  constructor(name: string, owner: object | null = null) { this.name = name; this.owner = owner; }
}
/** A lock is made unlocked; initialising one that is in use is not modelled. */
export function spin_lock_init(_lock: spinlock_t): void {}
/** One event: waits for the word and has it. */
export function Take(lock: spinlock_t): void {
  block_until(() => lock.holder === null, lock, lock.name);
  lock.holder = current();
}
/** One event: interrupts, and preemption with them. */
export function Irqs_and_preempt_off(nested: boolean): void {
  const cpu = Cpu_enter();
  cpu.count = nested ? cpu.count + 1 : 1;
  cpu.preempt += 1;
}
/** One event, the other way round. */
export function Irqs_and_preempt_on(nested: boolean): void {
  const cpu = this_cpu_ptr(irqs_off);
  cpu.preempt -= 1;
  cpu.count = nested ? cpu.count - 1 : 0;
  Cpu_leave(cpu);
}
export function spin_lock(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  preempt_disable();
  Take(lock);
}
export function spin_lock_nested(lock: spinlock_t, _subclass: number): void { spin_lock(lock); }
export function spin_trylock(lock: spinlock_t): boolean {
  reduced('one lock word, owned by a task');
  preempt_disable();
  if (lock.holder === null) {
    lock.holder = current();
    return true;
  }
  preempt_enable();
  return false;
}
export function spin_lock_irq(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  Irqs_and_preempt_off(false);
  Take(lock);
}
export function spin_unlock(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  lock.holder = null;
  preempt_enable();
}
export function spin_unlock_irq(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  lock.holder = null;
  Irqs_and_preempt_on(false);
}
export function spin_lock_irqsave(lock: spinlock_t): void {
  reduced('the flags are a count of the CPU\'s');
  Irqs_and_preempt_off(true);
  Take(lock);
}
export function spin_unlock_irqrestore(lock: spinlock_t): void {
  reduced('the flags are a count of the CPU\'s');
  lock.holder = null;
  Irqs_and_preempt_on(true);
}
export function spin_is_locked(lock: spinlock_t): boolean {
  reduced('one lock word, owned by a task');
  return lock.holder !== null;
}
export function spin_needbreak(_lock: spinlock_t): boolean { return false; }
