// SPDX-License-Identifier: GPL-2.0-only
import { block_until, current } from '../../arch/model/machine.ts';
import type { task_struct } from './sched.ts';

/** struct mutex: any waiter or a newcomer may win it. */
export class mutex {
  holder: task_struct | null = null;
  readonly name: string;
  readonly owner: object | null;
  constructor(name: string, owner: object | null = null) { this.name = name; this.owner = owner; }
}
/** A mutex is made free. */
export function mutex_init(_lock: mutex): void {}
export function mutex_lock(lock: mutex): void {
  block_until(() => lock.holder === null, lock, lock.name);
  lock.holder = current();
}
export function mutex_trylock(lock: mutex): boolean {
  if (lock.holder !== null) return false;
  lock.holder = current();
  return true;
}
export function mutex_unlock(lock: mutex): void { lock.holder = null; }
export function mutex_is_locked(lock: mutex): boolean { return lock.holder !== null; }
