// SPDX-License-Identifier: GPL-2.0-only
// mm->mmap_lock by name. TRACING=n: the tracepoints are empty.

import type { mm_struct } from './mm_types.ts';
import { lockdep_assert_held, lockdep_assert_held_write } from './lockdep.ts';
import { VM_BUG_ON_MM } from './mmdebug.ts';
import {
  downgrade_write, down_read, down_read_killable, down_read_trylock, down_write, down_write_killable, down_write_nested,
  down_write_trylock, init_rwsem, rwsem_is_locked, up_read, up_write,
} from './rwsem.ts';
import type { int } from './types.ts';

function __mmap_lock_trace_start_locking(_mm: mm_struct, _write: boolean): void {}
function __mmap_lock_trace_acquire_returned(_mm: mm_struct, _write: boolean, _success: boolean): void {}
function __mmap_lock_trace_released(_mm: mm_struct, _write: boolean): void {}

export function mmap_init_lock(mm: mm_struct): void { init_rwsem(mm.mmap_lock); }

/** @locks takes mmap_lock(write) */
export function mmap_write_lock(mm: mm_struct): void {
  __mmap_lock_trace_start_locking(mm, true);
  down_write(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, true, true);
}

/** @locks takes mmap_lock(write) */
export function mmap_write_lock_nested(mm: mm_struct, subclass: int): void {
  __mmap_lock_trace_start_locking(mm, true);
  down_write_nested(mm.mmap_lock, subclass);
  __mmap_lock_trace_acquire_returned(mm, true, true);
}

/** @locks takes mmap_lock(write) when 0 */
export function mmap_write_lock_killable(mm: mm_struct): int {
  let error: int;

  __mmap_lock_trace_start_locking(mm, true);
  error = down_write_killable(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, true, !error);
  return error;
}

/** @locks takes mmap_lock(write) when true */
export function mmap_write_trylock(mm: mm_struct): boolean {
  let ok: boolean;

  __mmap_lock_trace_start_locking(mm, true);
  ok = down_write_trylock(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, true, ok);
  return ok;
}

/** @locks drops mmap_lock(write) */
export function mmap_write_unlock(mm: mm_struct): void {
  __mmap_lock_trace_released(mm, true);
  up_write(mm.mmap_lock);
}

/** @locks requires mmap_lock(write); returns with mmap_lock(read) */
export function mmap_write_downgrade(mm: mm_struct): void {
  __mmap_lock_trace_acquire_returned(mm, false, true);
  downgrade_write(mm.mmap_lock);
}

/** @locks takes mmap_lock(read) */
export function mmap_read_lock(mm: mm_struct): void {
  __mmap_lock_trace_start_locking(mm, false);
  down_read(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, false, true);
}

/** @locks takes mmap_lock(read) when 0 */
export function mmap_read_lock_killable(mm: mm_struct): int {
  let error: int;

  __mmap_lock_trace_start_locking(mm, false);
  error = down_read_killable(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, false, !error);
  return error;
}

/** @locks takes mmap_lock(read) when true */
export function mmap_read_trylock(mm: mm_struct): boolean {
  let ok: boolean;

  __mmap_lock_trace_start_locking(mm, false);
  ok = down_read_trylock(mm.mmap_lock);
  __mmap_lock_trace_acquire_returned(mm, false, ok);
  return ok;
}

/** @locks drops mmap_lock(read) */
export function mmap_read_unlock(mm: mm_struct): void {
  __mmap_lock_trace_released(mm, false);
  up_read(mm.mmap_lock);
}

export function mmap_assert_locked(mm: mm_struct): void {
  lockdep_assert_held(mm.mmap_lock);
  VM_BUG_ON_MM(!rwsem_is_locked(mm.mmap_lock), mm);
}

export function mmap_assert_write_locked(mm: mm_struct): void {
  lockdep_assert_held_write(mm.mmap_lock);
  VM_BUG_ON_MM(!rwsem_is_locked(mm.mmap_lock), mm);
}
