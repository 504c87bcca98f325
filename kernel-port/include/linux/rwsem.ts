// SPDX-License-Identifier: GPL-2.0-only
// Reader-writer semaphores: a queued writer blocks new readers; who queues is the explorer's
// business. With one thread a lock that is held stays held.

import { block_until, current } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { EINTR } from './errno.ts';
import { fatal_signal_pending, type task_struct } from './sched.ts';
import type { int } from './types.ts';

export class rw_semaphore {
  writer: task_struct | null = null;
  readers: readonly task_struct[] = [];
  readonly name: string;
  readonly owner: object | null;
  constructor(name: string, owner: object | null = null) { this.name = name; this.owner = owner; }
}
/** A semaphore is made free; initialising one that is in use is not modelled. */
export function init_rwsem(_sem: rw_semaphore): void {}
export function down_read(sem: rw_semaphore): void {
  block_until(() => sem.writer === null, sem, sem.name);
  sem.readers = [...sem.readers, current()];
}
/** A fatal signal ends the wait, not a lock that is free. */
export function down_read_killable(sem: rw_semaphore): int {
  const task = current();
  block_until(() => sem.writer === null || fatal_signal_pending(task), sem, sem.name);
  if (sem.writer !== null) return -EINTR;
  sem.readers = [...sem.readers, task];
  return 0;
}
export function down_read_trylock(sem: rw_semaphore): boolean {
  if (sem.writer !== null) return false;
  sem.readers = [...sem.readers, current()];
  return true;
}
export function up_read(sem: rw_semaphore): void {
  const { readers } = sem;
  const at = readers.indexOf(current());
  sem.readers = at < 0 ? readers : readers.toSpliced(at, 1);
}
export function down_write(sem: rw_semaphore): void {
  block_until(() => sem.writer === null && sem.readers.length === 0, sem, sem.name);
  sem.writer = current();
}
export function down_write_nested(sem: rw_semaphore, _subclass: int): void { down_write(sem); }
export function down_write_killable(sem: rw_semaphore): int {
  const task = current();
  block_until(() => (sem.writer === null && sem.readers.length === 0) || fatal_signal_pending(task), sem, sem.name);
  if (sem.writer !== null || sem.readers.length !== 0) return -EINTR;
  sem.writer = task;
  return 0;
}
export function down_write_trylock(sem: rw_semaphore): boolean {
  if (sem.writer !== null || sem.readers.length !== 0) return false;
  sem.writer = current();
  return true;
}
export function up_write(sem: rw_semaphore): void { sem.writer = null; }
export function downgrade_write(sem: rw_semaphore): void {
  sem.writer = null;
  sem.readers = [...sem.readers, current()];
}
export function rwsem_is_locked(sem: rw_semaphore): boolean {
  reduced('a writer and a list of readers, not one count');
  return sem.writer !== null || sem.readers.length !== 0;
}
