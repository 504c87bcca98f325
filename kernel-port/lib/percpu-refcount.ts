// SPDX-License-Identifier: GPL-2.0-only
// Follows lib/percpu-refcount.c: a reference count's way from per-CPU counting through the kill
// to zero. Each switch waits for a grace period; call_rcu (rcupdate.ts) says how.

import { per_machine } from '../arch/model/machine.ts';
import { notModelled } from '../arch/model/marks.ts';
import { Bits, With, Without } from '../arch/model/words.ts';
import { atomic_inc_return, atomic_long_add, atomic_long_read, atomic_long_set, atomic_t } from '../include/linux/atomic.ts';
import { BUG_ON, WARN_ON_ONCE, WARN_ONCE } from '../include/linux/bug.ts';
import { for_each_possible_cpu } from '../include/linux/cpumask.ts';
import { ENOMEM } from '../include/linux/errno.ts';
import { container_of } from '../include/linux/list.ts';
import { lockdep_assert_held } from '../include/linux/lockdep.ts';
import {
  PERCPU_REF_ALLOW_REINIT, PERCPU_REF_INIT_ATOMIC, PERCPU_REF_INIT_DEAD, Tagged_count, __PERCPU_REF_ATOMIC,
  __PERCPU_REF_ATOMIC_DEAD, __PERCPU_REF_DEAD, __PERCPU_REF_FLAG_BITS, __ref_is_percpu, percpu_ref_data, percpu_ref_get,
  percpu_ref_is_dying, percpu_ref_put,
} from '../include/linux/percpu-refcount.ts';
import { __alloc_percpu_gfp, free_percpu, per_cpu_ptr, type percpu_long } from '../include/linux/percpu.ts';
import { call_rcu, type rcu_head } from '../include/linux/rcupdate.ts';
import { kfree, kzalloc } from '../include/linux/slab.ts';
import { spin_lock_irqsave, spin_unlock_irqrestore, spinlock_t } from '../include/linux/spinlock.ts';
import { wait_event, wait_event_lock_irq, wait_queue_head, wake_up_all } from '../include/linux/wait.ts';
import type { percpu_ref, percpu_ref_func_t } from '../include/linux/percpu-refcount.ts';
import type { Ref, gfp_t, int, unsigned_int, unsigned_long } from '../include/linux/types.ts';

/** The top bit of a long: kept in the atomic while CPUs count, so that it cannot reach zero. */
const PERCPU_COUNT_BIAS: unsigned_long = 0x80000000;

const percpu_ref_switch_lock = per_machine(() => new spinlock_t('percpu_ref_switch_lock'), 'percpu_ref_switch_lock');
const percpu_ref_switch_waitq = per_machine(() => new wait_queue_head(), 'percpu_ref_switch_waitq');

function percpu_count_ptr(ref: percpu_ref): percpu_long | null {
  return ref.percpu_count_ptr.count;
}

/** @refs ref: returns the first (unless PERCPU_REF_INIT_DEAD) */
export function percpu_ref_init(ref: percpu_ref, release: percpu_ref_func_t, flags: unsigned_int, gfp: gfp_t): int {
  let start_count: unsigned_long = 0;
  let data: percpu_ref_data | null;

  ref.percpu_count_ptr = new Tagged_count(
    __alloc_percpu_gfp(gfp), 0);
  if (!ref.percpu_count_ptr.count)
    return -ENOMEM;

  data = kzalloc(percpu_ref_data, gfp);
  if (!data) {
    free_percpu(ref.percpu_count_ptr.count);
    return -ENOMEM;
  }

  data.force_atomic = (flags & PERCPU_REF_INIT_ATOMIC) !== 0;
  data.allow_reinit = (flags & PERCPU_REF_ALLOW_REINIT) !== 0;

  if (flags & (PERCPU_REF_INIT_ATOMIC | PERCPU_REF_INIT_DEAD)) {
    ref.percpu_count_ptr = With(ref.percpu_count_ptr, __PERCPU_REF_ATOMIC);
    data.allow_reinit = true;
  } else {
    start_count += PERCPU_COUNT_BIAS;
  }

  if (flags & PERCPU_REF_INIT_DEAD)
    ref.percpu_count_ptr = With(ref.percpu_count_ptr, __PERCPU_REF_DEAD);
  else
    start_count++;

  atomic_long_set(data.count, start_count);

  data.release = release;
  data.confirm_switch = null;
  data.ref = ref;
  ref.data = data;
  return 0;
}

function __percpu_ref_exit(ref: percpu_ref): void {
  const percpu_count: percpu_long | null = percpu_count_ptr(ref);

  if (percpu_count) {
    WARN_ON_ONCE(ref.data && ref.data.confirm_switch);
    free_percpu(percpu_count);
    ref.percpu_count_ptr = new Tagged_count(null, __PERCPU_REF_ATOMIC_DEAD);
  }
}

/** The caller knows that nobody uses ref any more; nothing here checks it. */
export function percpu_ref_exit(ref: percpu_ref): void {
  const data: percpu_ref_data | null = ref.data;

  __percpu_ref_exit(ref);

  if (!data)
    return;

  spin_lock_irqsave(percpu_ref_switch_lock());
  ref.percpu_count_ptr = With(ref.percpu_count_ptr, atomic_long_read(ref.data.count) <<
    __PERCPU_REF_FLAG_BITS);
  ref.data = null;
  spin_unlock_irqrestore(percpu_ref_switch_lock());

  kfree(data);
}

function percpu_ref_call_confirm_rcu(rcu: rcu_head<percpu_ref_data>): void {
  const data: percpu_ref_data = container_of(rcu);
  const ref: percpu_ref = data.ref;

  data.confirm_switch(ref);
  data.confirm_switch = null;
  wake_up_all(percpu_ref_switch_waitq());

  if (!data.allow_reinit)
    __percpu_ref_exit(ref);

  // The reference of __percpu_ref_switch_to_atomic.
  percpu_ref_put(ref);
}

const underflows = per_machine(() => new atomic_t(0), 'underflows');

function percpu_ref_switch_to_atomic_rcu(rcu: rcu_head<percpu_ref_data>): void {
  const data: percpu_ref_data = container_of(rcu);
  const ref: percpu_ref = data.ref;
  const percpu_count: percpu_long | null = percpu_count_ptr(ref);
  let count: unsigned_long = 0;

  for (const cpu of for_each_possible_cpu())
    count += per_cpu_ptr(percpu_count, cpu).counter;

  // The sum first, then the bias: between the two the atomic must not reach zero.
  atomic_long_add(count - PERCPU_COUNT_BIAS, data.count);

  if (WARN_ONCE(atomic_long_read(data.count) <= 0,
    `percpu ref <= 0 (${atomic_long_read(data.count)}) after switching to atomic`) &&
      atomic_inc_return(underflows()) < 4)
    notModelled('mem_dump_obj');

  percpu_ref_call_confirm_rcu(rcu);
}

function percpu_ref_noop_confirm_switch(_ref: percpu_ref): void {
}

function __percpu_ref_switch_to_atomic(ref: percpu_ref, confirm_switch: percpu_ref_func_t | null): void {
  if (Bits(ref.percpu_count_ptr) & __PERCPU_REF_ATOMIC) {
    if (confirm_switch)
      confirm_switch(ref);
    return;
  }

  ref.percpu_count_ptr = With(ref.percpu_count_ptr, __PERCPU_REF_ATOMIC);

  // Not NULL means that a switch is under way.
  ref.data.confirm_switch = confirm_switch ||
    percpu_ref_noop_confirm_switch;

  percpu_ref_get(ref);
  call_rcu(ref.data.rcu, percpu_ref_switch_to_atomic_rcu);
}

function __percpu_ref_switch_to_percpu(ref: percpu_ref): void {
  const percpu_count: percpu_long | null = percpu_count_ptr(ref);

  BUG_ON(!percpu_count);

  if (!(Bits(ref.percpu_count_ptr) & __PERCPU_REF_ATOMIC))
    return;

  if (WARN_ON_ONCE(!ref.data.allow_reinit))
    return;

  atomic_long_add(PERCPU_COUNT_BIAS, ref.data.count);

  for (const cpu of for_each_possible_cpu())
    per_cpu_ptr(percpu_count, cpu).counter = 0;

  ref.percpu_count_ptr = Without(ref.percpu_count_ptr, __PERCPU_REF_ATOMIC);
}

/** @locks requires percpu_ref_switch_lock */
function __percpu_ref_switch_mode(ref: percpu_ref, confirm_switch: percpu_ref_func_t | null): void {
  const data: percpu_ref_data = ref.data;

  lockdep_assert_held(percpu_ref_switch_lock());

  wait_event_lock_irq(percpu_ref_switch_waitq(), () => !data.confirm_switch,
    percpu_ref_switch_lock());

  if (data.force_atomic || percpu_ref_is_dying(ref))
    __percpu_ref_switch_to_atomic(ref, confirm_switch);
  else
    __percpu_ref_switch_to_percpu(ref);
}

export function percpu_ref_switch_to_atomic(ref: percpu_ref, confirm_switch: percpu_ref_func_t | null): void {
  spin_lock_irqsave(percpu_ref_switch_lock());

  ref.data.force_atomic = true;
  __percpu_ref_switch_mode(ref, confirm_switch);

  spin_unlock_irqrestore(percpu_ref_switch_lock());
}

export function percpu_ref_switch_to_atomic_sync(ref: percpu_ref): void {
  percpu_ref_switch_to_atomic(ref, null);
  wait_event(percpu_ref_switch_waitq(), () => !ref.data.confirm_switch);
}

export function percpu_ref_switch_to_percpu(ref: percpu_ref): void {
  spin_lock_irqsave(percpu_ref_switch_lock());

  ref.data.force_atomic = false;
  __percpu_ref_switch_mode(ref, null);

  spin_unlock_irqrestore(percpu_ref_switch_lock());
}

/** @refs ref: consumes the first */
export function percpu_ref_kill_and_confirm(ref: percpu_ref, confirm_kill: percpu_ref_func_t | null): void {
  spin_lock_irqsave(percpu_ref_switch_lock());

  WARN_ONCE(percpu_ref_is_dying(ref),
    'percpu_ref_kill_and_confirm called more than once');

  ref.percpu_count_ptr = With(ref.percpu_count_ptr, __PERCPU_REF_DEAD);
  __percpu_ref_switch_mode(ref, confirm_kill);
  percpu_ref_put(ref);

  spin_unlock_irqrestore(percpu_ref_switch_lock());
}

export function percpu_ref_is_zero(ref: percpu_ref): boolean {
  const percpu_count: Ref<percpu_long | null> = { v: null };
  let count: unsigned_long;

  if (__ref_is_percpu(ref, percpu_count))
    return false;

  spin_lock_irqsave(percpu_ref_switch_lock());
  if (ref.data)
    count = atomic_long_read(ref.data.count);
  else
    count = Bits(ref.percpu_count_ptr) >>> __PERCPU_REF_FLAG_BITS;
  spin_unlock_irqrestore(percpu_ref_switch_lock());

  return count === 0;
}

export function percpu_ref_reinit(ref: percpu_ref): void {
  WARN_ON_ONCE(!percpu_ref_is_zero(ref));

  percpu_ref_resurrect(ref);
}

export function percpu_ref_resurrect(ref: percpu_ref): void {
  const percpu_count: Ref<percpu_long | null> = { v: null };

  spin_lock_irqsave(percpu_ref_switch_lock());

  WARN_ON_ONCE(!percpu_ref_is_dying(ref));
  WARN_ON_ONCE(__ref_is_percpu(ref, percpu_count));

  ref.percpu_count_ptr = Without(ref.percpu_count_ptr, __PERCPU_REF_DEAD);
  percpu_ref_get(ref);
  __percpu_ref_switch_mode(ref, null);

  spin_unlock_irqrestore(percpu_ref_switch_lock());
}
