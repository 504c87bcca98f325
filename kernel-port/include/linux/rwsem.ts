// SPDX-License-Identifier: GPL-2.0-only
// Reader-writer semaphores, as kernel/locking/rwsem.c gives them out. Who cannot have the lock at
// once queues, and then a try and a new reader beside readers fail: a queued writer keeps new
// readers out (model-rules.md, 2.10). Taking a free lock is one event; queueing and getting it
// afterwards are two. With one thread a lock that is held stays held.
//
// The order: writers do not queue for each other, any of them may win a lock that is free, and so
// may a newcomer of either kind: C lets both steal as long as no handoff is due, which time alone
// brings about. Readers have to be granted: when a reader stands first as the lock is let go of, or
// as readers have it, all queued readers have it from then on, the ones behind a writer as well.
// Were each to wait for its own turn, one of them could wait for a writer that waits for another.

import { block_until, current } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { EINTR } from './errno.ts';
import type { task_struct } from './sched.ts';
import type { int } from './types.ts';

/** struct rwsem_waiter */
class rwsem_waiter {
  readonly task: task_struct;
  readonly writes: boolean;
  constructor(task: task_struct, writes: boolean) { this.task = task; this.writes = writes; }
}

export class rw_semaphore {
  writer: task_struct | null = null;
  readers: readonly task_struct[] = [];
  /** In the order of coming. */
  waiters: readonly rwsem_waiter[] = [];
  /** Readers that were given the lock and have not run since. */
  granted: readonly rwsem_waiter[] = [];
  readonly name: string;
  readonly owner: object | null;
  constructor(name: string, owner: object | null = null) { this.name = name; this.owner = owner; }
}
/** A semaphore is made free; initialising one that is in use is not modelled. */
export function init_rwsem(_sem: rw_semaphore): void {}

function Write_may(sem: rw_semaphore): boolean {
  return sem.writer === null && sem.readers.length === 0 && sem.granted.length === 0;
}
/** Beside other readers only when nobody waits. */
function Read_may(sem: rw_semaphore): boolean {
  return sem.writer === null && (sem.waiters.length === 0 || (sem.readers.length === 0 && sem.granted.length === 0));
}
/** rwsem_mark_wake, after a change: with a reader first and no writer inside, all readers have it. */
function Grant_readers(sem: rw_semaphore): void {
  const { waiters } = sem;
  if (waiters.length === 0 || sem.writer !== null || waiters[0].writes) return;
  sem.granted = [...sem.granted, ...waiters.filter((w) => !w.writes)];
  sem.waiters = waiters.filter((w) => w.writes);
}
function Queue(sem: rw_semaphore, writes: boolean): rwsem_waiter {
  const waiter = new rwsem_waiter(current(), writes);
  sem.waiters = [...sem.waiters, waiter];
  return waiter;
}
function Leave_queue(sem: rw_semaphore, waiter: rwsem_waiter): void {
  sem.waiters = sem.waiters.filter((w) => w !== waiter);
}

/** One event: takes it for reading (null), or queues. */
export function Read_or_queue(sem: rw_semaphore): rwsem_waiter | null {
  if (!Read_may(sem)) return Queue(sem, false);
  sem.readers = [...sem.readers, current()];
  Grant_readers(sem);
  return null;
}
/** One event: waits to be granted it; in a killable wait a fatal signal ends that too, and the waiter is gone. */
export function Read_granted(sem: rw_semaphore, waiter: rwsem_waiter, killable: boolean): int {
  const { task } = waiter;
  block_until(() => sem.granted.includes(waiter) || (killable && task.sigkill), sem, sem.name);
  if (!sem.granted.includes(waiter)) {
    Leave_queue(sem, waiter);
    return -EINTR;
  }
  sem.granted = sem.granted.filter((w) => w !== waiter);
  sem.readers = [...sem.readers, task];
  return 0;
}
/** One event: takes it for writing (null), or queues. */
export function Write_or_queue(sem: rw_semaphore): rwsem_waiter | null {
  if (!Write_may(sem)) return Queue(sem, true);
  sem.writer = current();
  return null;
}
/** One event: waits until it is free; as Read_granted. Who leaves may have kept readers waiting. */
export function Write_when_free(sem: rw_semaphore, waiter: rwsem_waiter, killable: boolean): int {
  const { task } = waiter;
  block_until(() => (sem.writer === null && sem.readers.length === 0 && sem.granted.length === 0)
    || (killable && task.sigkill), sem, sem.name);
  Leave_queue(sem, waiter);
  if (!Write_may(sem)) {
    Grant_readers(sem);
    return -EINTR;
  }
  sem.writer = task;
  return 0;
}

export function down_read(sem: rw_semaphore): void {
  const waiter = Read_or_queue(sem);
  if (waiter) Read_granted(sem, waiter, false);
}
/** A fatal signal ends the wait, not a lock that is free. */
export function down_read_killable(sem: rw_semaphore): int {
  const waiter = Read_or_queue(sem);
  return waiter ? Read_granted(sem, waiter, true) : 0;
}
/** Fails while somebody waits. */
export function down_read_trylock(sem: rw_semaphore): boolean {
  if (sem.writer !== null || sem.waiters.length !== 0) return false;
  sem.readers = [...sem.readers, current()];
  return true;
}
export function up_read(sem: rw_semaphore): void {
  const { readers } = sem;
  const at = readers.indexOf(current());
  sem.readers = at < 0 ? readers : readers.toSpliced(at, 1);
  Grant_readers(sem);
}
export function down_write(sem: rw_semaphore): void {
  const waiter = Write_or_queue(sem);
  if (waiter) Write_when_free(sem, waiter, false);
}
export function down_write_nested(sem: rw_semaphore, _subclass: int): void { down_write(sem); }
export function down_write_killable(sem: rw_semaphore): int {
  const waiter = Write_or_queue(sem);
  return waiter ? Write_when_free(sem, waiter, true) : 0;
}
/** Fails while somebody waits, even for a lock that is free. */
export function down_write_trylock(sem: rw_semaphore): boolean {
  if (!Write_may(sem) || sem.waiters.length !== 0) return false;
  sem.writer = current();
  return true;
}
export function up_write(sem: rw_semaphore): void {
  sem.writer = null;
  Grant_readers(sem);
}
export function downgrade_write(sem: rw_semaphore): void {
  sem.writer = null;
  sem.readers = [...sem.readers, current()];
  Grant_readers(sem);
}
/** The count is not zero either while somebody waits. */
export function rwsem_is_locked(sem: rw_semaphore): boolean {
  reduced('a writer, readers and a queue, not one count');
  return !Write_may(sem) || sem.waiters.length !== 0;
}
