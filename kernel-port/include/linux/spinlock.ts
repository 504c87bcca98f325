// SPDX-License-Identifier: GPL-2.0-only
// Spinlocks. One lock word, owned by a task; taking one disables preemption (spinlock regions
// are RCU readers and may not sleep, model-rules.md 2.6).

import { block_until, current } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { task_struct } from './sched.ts';

export class spinlock_t {
  holder: task_struct | null = null;
  readonly name: string;
  readonly owner: object | null;
  constructor(name: string, owner: object | null = null) { this.name = name; this.owner = owner; }
}
/** A lock is made unlocked; initialising one that is in use is not modelled. */
export function spin_lock_init(_lock: spinlock_t): void {}
export function spin_lock(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  block_until(() => lock.holder === null, lock, lock.name);
  lock.holder = current();
}
export function spin_lock_nested(lock: spinlock_t, _subclass: number): void { spin_lock(lock); }
export function spin_trylock(lock: spinlock_t): boolean {
  reduced('one lock word, owned by a task');
  if (lock.holder !== null) return false;
  lock.holder = current();
  return true;
}
export function spin_lock_irq(lock: spinlock_t): void {
  reduced('no interrupts: the lock alone');
  spin_lock(lock);
}
export function spin_unlock(lock: spinlock_t): void {
  reduced('one lock word, owned by a task');
  lock.holder = null;
}
export function spin_unlock_irq(lock: spinlock_t): void {
  reduced('no interrupts: the lock alone');
  spin_unlock(lock);
}
export function spin_lock_irqsave(lock: spinlock_t): void { spin_lock(lock); }
export function spin_unlock_irqrestore(lock: spinlock_t): void {
  reduced('no interrupts: the lock alone');
  spin_unlock(lock);
}
export function spin_is_locked(lock: spinlock_t): boolean {
  reduced('one lock word, owned by a task');
  return lock.holder !== null;
}
export function spin_needbreak(_lock: spinlock_t): boolean { return false; }
