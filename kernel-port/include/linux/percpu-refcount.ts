// SPDX-License-Identifier: GPL-2.0-only
// Percpu reference counts. Alive, each CPU counts for itself and nobody asks for the sum; killed,
// the counts are gathered into one atomic after a grace period, and the last put releases.

import { Bits } from '../../arch/model/words.ts';
import { atomic_long_add, atomic_long_add_unless, atomic_long_inc_not_zero, atomic_long_sub_and_test, atomic_t, type atomic_long_t } from './atomic.ts';
import { this_cpu_add, this_cpu_inc, this_cpu_sub, type percpu_long } from './percpu.ts';
import { rcu_head, rcu_read_lock, rcu_read_unlock } from './rcupdate.ts';
import { percpu_ref_kill_and_confirm } from '../../lib/percpu-refcount.ts';
import type { Ref, unsigned_int, unsigned_long } from './types.ts';

export type percpu_ref_func_t = (ref: percpu_ref) => void;

/** The low bits of percpu_ref->percpu_count_ptr. */
export const __PERCPU_REF_ATOMIC: unsigned_long = 1 << 0;
export const __PERCPU_REF_DEAD: unsigned_long = 1 << 1;
export const __PERCPU_REF_ATOMIC_DEAD: unsigned_long = __PERCPU_REF_ATOMIC | __PERCPU_REF_DEAD;
export const __PERCPU_REF_FLAG_BITS = 2;

/** Flags of percpu_ref_init. */
export const PERCPU_REF_INIT_ATOMIC: unsigned_int = 1 << 0;
export const PERCPU_REF_INIT_DEAD: unsigned_int = 1 << 1;
export const PERCPU_REF_ALLOW_REINIT: unsigned_int = 1 << 2;

export class percpu_ref_data {
  readonly count: atomic_long_t = new atomic_t(0, this);
  release: percpu_ref_func_t | null = null;
  confirm_switch: percpu_ref_func_t | null = null;
  force_atomic: boolean = false;
  allow_reinit: boolean = false;
  readonly rcu: rcu_head<percpu_ref_data> = new rcu_head<percpu_ref_data>(this);
  ref: percpu_ref | null = null;
}

/** C's pointer with flags in its low bits: one word, stored as a whole. */
export class Tagged_count {
  readonly count: percpu_long | null;
  readonly bits: unsigned_long;
  constructor(count: percpu_long | null, bits: unsigned_long) { this.count = count; this.bits = bits; }
}

export class percpu_ref {
  percpu_count_ptr: Tagged_count = new Tagged_count(null, 0);
  data: percpu_ref_data | null = null;
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}

/** @refs ref: consumes the first */
export function percpu_ref_kill(ref: percpu_ref): void {
  percpu_ref_kill_and_confirm(ref, null);
}

export function __ref_is_percpu(ref: percpu_ref, percpu_countp: Ref<percpu_long | null>): boolean {
  let percpu_ptr: Tagged_count;

  percpu_ptr = ref.percpu_count_ptr;

  // DEAD comes with ATOMIC, but may be seen before it.
  if (Bits(percpu_ptr) & __PERCPU_REF_ATOMIC_DEAD)
    return false;

  percpu_countp.v = percpu_ptr.count;
  return true;
}

/** @refs ref: returns nr */
export function percpu_ref_get_many(ref: percpu_ref, nr: unsigned_long): void {
  const percpu_count: Ref<percpu_long | null> = { v: null };

  rcu_read_lock();

  if (__ref_is_percpu(ref, percpu_count))
    this_cpu_add(percpu_count.v, nr);
  else
    atomic_long_add(nr, ref.data.count);

  rcu_read_unlock();
}

/** @refs ref: returns */
export function percpu_ref_get(ref: percpu_ref): void {
  percpu_ref_get_many(ref, 1);
}

/** @refs ref: returns nr (when true) */
export function percpu_ref_tryget_many(ref: percpu_ref, nr: unsigned_long): boolean {
  const percpu_count: Ref<percpu_long | null> = { v: null };
  let ret: boolean;

  rcu_read_lock();

  if (__ref_is_percpu(ref, percpu_count)) {
    this_cpu_add(percpu_count.v, nr);
    ret = true;
  } else {
    ret = atomic_long_add_unless(ref.data.count, nr, 0);
  }

  rcu_read_unlock();

  return ret;
}

/** @refs ref: returns (when true) */
export function percpu_ref_tryget(ref: percpu_ref): boolean {
  return percpu_ref_tryget_many(ref, 1);
}

/** Who has read the word before the kill may still succeed, until the grace period has passed.
 *  @refs ref: returns (when true) */
export function percpu_ref_tryget_live(ref: percpu_ref): boolean {
  const percpu_count: Ref<percpu_long | null> = { v: null };
  let ret: boolean = false;

  rcu_read_lock();

  if (__ref_is_percpu(ref, percpu_count)) {
    this_cpu_inc(percpu_count.v);
    ret = true;
  } else if (!(Bits(ref.percpu_count_ptr) & __PERCPU_REF_DEAD)) {
    ret = atomic_long_inc_not_zero(ref.data.count);
  }

  rcu_read_unlock();

  return ret;
}

/** @refs ref: consumes nr */
export function percpu_ref_put_many(ref: percpu_ref, nr: unsigned_long): void {
  const percpu_count: Ref<percpu_long | null> = { v: null };

  rcu_read_lock();

  if (__ref_is_percpu(ref, percpu_count))
    this_cpu_sub(percpu_count.v, nr);
  else if (atomic_long_sub_and_test(nr, ref.data.count))
    ref.data.release(ref);

  rcu_read_unlock();
}

/** @refs ref: consumes */
export function percpu_ref_put(ref: percpu_ref): void {
  percpu_ref_put_many(ref, 1);
}

export function percpu_ref_is_dying(ref: percpu_ref): boolean {
  return (Bits(ref.percpu_count_ptr) & __PERCPU_REF_DEAD) !== 0;
}
