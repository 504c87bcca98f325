// SPDX-License-Identifier: GPL-2.0-only
// RCU. With one thread there is no reader when a grace period is asked for, so a callback runs
// at once and a wait is over at once. Who runs several threads watches these calls.

import { reduced, notModelled } from '../../arch/model/marks.ts';
import type { rcu_head } from './srcu.ts';

export { rcu_head } from './srcu.ts';

export function rcu_read_lock_held(): boolean { return true; }
export function rcu_read_lock(): void {
  notModelled('nothing waits for a reader that a lock does not cover');
}
export function rcu_read_unlock(): void {
  notModelled('nothing waits for a reader that a lock does not cover');
}
export function rcu_read_lock_sched(): void {
  notModelled('nothing waits for a reader that a lock does not cover');
}
export function rcu_read_unlock_sched(): void {
  notModelled('nothing waits for a reader that a lock does not cover');
}
export function rcu_dereference<T>(p: T): T { return p; }
export function synchronize_rcu(): void { reduced('one thread: no reader to wait for'); }
export function call_rcu<T extends object>(head: rcu_head<T>, func: (head: rcu_head<T>) => void): void {
  reduced('one thread: no reader to wait for');
  func(head);
}
export function kfree_rcu(_ptr: object, _rhf: object): void {}
