// SPDX-License-Identifier: GPL-2.0-only
// Wait queues. Sleeping is block_until: wait_event waits for its condition, and a waiter of the
// page lock for its own WOKEN flag, so that waking someone is a store and nothing else.

export { __wake_up_locked_key_bookmark, finish_wait } from '../../kernel/sched/wait.ts';
import { block_until, current } from '../../arch/model/machine.ts';
import {
  list_add, list_add_tail, list_del, list_node, Next, list_empty, list_for_each_entry, type list_head,
} from './list.ts';
import type { task_struct } from './sched.ts';
import { spin_lock, spin_lock_irq, spin_unlock, spin_unlock_irq, spinlock_t } from './spinlock.ts';
import type { int, unsigned_int } from './types.ts';

export const WQ_FLAG_EXCLUSIVE: unsigned_int = 0x01;
export const WQ_FLAG_WOKEN: unsigned_int = 0x02;
export const WQ_FLAG_BOOKMARK: unsigned_int = 0x04;
export const WQ_FLAG_CUSTOM: unsigned_int = 0x08;
export const WQ_FLAG_DONE: unsigned_int = 0x10;
export const WQ_FLAG_PRIORITY: unsigned_int = 0x20;

export type wait_queue_func_t = (wq_entry: wait_queue_entry, mode: unsigned_int, flags: int, key: object | null) => int;

export class wait_queue_entry {
  flags: unsigned_int = 0;
  private: task_struct | null = null;
  func: wait_queue_func_t | null = null;
  readonly entry: list_head<wait_queue_entry> = new list_node<wait_queue_entry>(this);
  /** The struct that it is embedded in. */
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}
export type wait_queue_entry_t = wait_queue_entry;

export class wait_queue_head {
  readonly lock: spinlock_t = new spinlock_t('wait queue', this);
  readonly head: list_head<wait_queue_entry> = new list_node<wait_queue_entry>();
  /** The struct that it is embedded in: what those wait for who wait here stands in its fields. */
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}
export type wait_queue_head_t = wait_queue_head;

export function init_waitqueue_head(_wq_head: wait_queue_head): void {}
export function init_wait(wait: wait_queue_entry): void {
  wait.private = current();
  wait.flags = 0;
}
export function waitqueue_active(wq_head: wait_queue_head): boolean {
  return !list_empty(wq_head.head);
}
export function __add_wait_queue(wq_head: wait_queue_head, wq_entry: wait_queue_entry): void {
  let head: list_head<wait_queue_entry> = wq_head.head;

  for (let wq = list_for_each_entry(wq_head.head); wq; wq = Next(wq.entry)) {
    if (!(wq.flags & WQ_FLAG_PRIORITY))
      break;
    head = wq.entry;
  }
  list_add(wq_entry.entry, head);
}
export function __add_wait_queue_entry_tail(wq_head: wait_queue_head, wq_entry: wait_queue_entry): void {
  list_add_tail(wq_entry.entry, wq_head.head);
}
export function __remove_wait_queue(_wq_head: wait_queue_head, wq_entry: wait_queue_entry): void { list_del(wq_entry.entry); }
export function add_wait_queue(wq_head: wait_queue_head, wq_entry: wait_queue_entry): void {
  spin_lock(wq_head.lock);
  __add_wait_queue(wq_head, wq_entry);
  spin_unlock(wq_head.lock);
}
/** Who waits with wait_event watches the condition itself. */
export function wake_up(_wq_head: wait_queue_head): void {}
export function wake_up_all(_wq_head: wait_queue_head): void {}
export function wait_event(wq_head: wait_queue_head, condition: () => boolean): void {
  block_until(condition, wq_head.owner ?? wq_head, 'wait_event');
}
/** Sleeps without the lock and has it again when it returns. */
export function wait_event_lock_irq(wq_head: wait_queue_head, condition: () => boolean, lock: spinlock_t): void {
  while (!condition()) {
    spin_unlock_irq(lock);
    block_until(condition, wq_head.owner ?? wq_head, 'wait_event_lock_irq');
    spin_lock_irq(lock);
  }
}
