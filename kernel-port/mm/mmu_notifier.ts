// SPDX-License-Identifier: GPL-2.0-only
// Subscribers to changes of an mm: the list of mmu_notifiers and the interval tree with its
// collision-retry sequence. SRCU is include/linux/srcu.ts; the tree is a sorted array.

import { per_machine } from '../arch/model/machine.ts';
import { notModelled, reduced } from '../arch/model/marks.ts';
import { atomic_read } from '../include/linux/atomic.ts';
import { BUG_ON, WARN_ON } from '../include/linux/bug.ts';
import { ERR_PTR, IS_ERR, type ErrPtr } from '../include/linux/err.ts';
import { EAGAIN, EINVAL, ENOMEM, EOVERFLOW } from '../include/linux/errno.ts';
import { GFP_KERNEL } from '../include/linux/gfp.ts';
import {
  RB_CLEAR_NODE, RB_EMPTY_NODE, interval_tree_insert, interval_tree_iter_first,
  interval_tree_iter_next, interval_tree_remove, type interval_tree_node,
} from '../include/linux/interval_tree.ts';
import { might_sleep, non_block_end, non_block_start } from '../include/linux/kernel.ts';
import {
  Next, container_of, hlist_add_head, hlist_add_head_rcu, hlist_del, hlist_del_init_rcu, hlist_empty, hlist_entry,
  hlist_for_each_entry_rcu, hlist_for_each_entry_safe, hlist_head, hlist_unhashed, INIT_HLIST_HEAD,
} from '../include/linux/list.ts';
import { lock_map_acquire, lock_map_release, lockdep_assert_held, might_lock, type lockdep_map } from '../include/linux/lockdep.ts';
import { VM_READ } from '../include/linux/mm.ts';
import { mmap_assert_write_locked, mmap_write_lock, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import {
  MMU_NOTIFIER_RANGE_BLOCKABLE, MMU_NOTIFY_PROTECTION_VMA, MMU_NOTIFY_RELEASE, mmu_notifier_range,
  mmu_notifier_range_blockable, type mmu_interval_notifier, type mmu_interval_notifier_ops, type mmu_notifier,
  type mmu_notifier_ops,
} from '../include/linux/mmu_notifier.ts';
import { check_add_overflow } from '../include/linux/overflow.ts';
import { pr_info } from '../include/linux/printk.ts';
import { rb_root_cached } from '../include/linux/rbtree.ts';
import { mmdrop, mmgrab } from '../include/linux/sched/mm.ts';
import { kfree, kzalloc } from '../include/linux/slab.ts';
import { spin_lock, spin_unlock, spinlock_t, spin_lock_init } from '../include/linux/spinlock.ts';
import {
  call_srcu, srcu_read_lock, srcu_read_unlock, srcu_struct, synchronize_srcu, srcu_read_lock_held, type rcu_head,
} from '../include/linux/srcu.ts';
import { Init, UINT_MAX, ULONG_MAX } from '../include/linux/types.ts';
import { wait_event, wait_queue_head, wake_up_all, init_waitqueue_head } from '../include/linux/wait.ts';
import { mm_drop_all_locks, mm_take_all_locks } from './mmap.ts';
import type { mm_struct } from '../include/linux/mm_types.ts';
import type { int, pte_t, Ref, uaddr, unsigned_long } from '../include/linux/types.ts';

const srcu = per_machine(() => new srcu_struct(), 'mmu_notifier_srcu');

export const __mmu_notifier_invalidate_range_start_map: lockdep_map = { name: 'mmu_notifier_invalidate_range_start' };

export class mmu_notifier_subscriptions {
  readonly list: hlist_head<mmu_notifier> = new hlist_head<mmu_notifier>();
  has_itree = false;
  readonly lock: spinlock_t = new spinlock_t('subscriptions', this);
  invalidate_seq: unsigned_long = 0;
  active_invalidate_ranges: unsigned_long = 0;
  readonly itree: rb_root_cached<interval_tree_node> = new rb_root_cached(this);
  readonly wq: wait_queue_head = new wait_queue_head(this);
  readonly deferred_list: hlist_head<mmu_interval_notifier> = new hlist_head<mmu_interval_notifier>();
}

/** @locks requires subscriptions.lock */
function mn_itree_is_invalidating(subscriptions: mmu_notifier_subscriptions): boolean {
  lockdep_assert_held(subscriptions.lock);
  return (subscriptions.invalidate_seq & 1) !== 0;
}

function mn_itree_inv_start_range(subscriptions: mmu_notifier_subscriptions, range: mmu_notifier_range, seq: Ref<unsigned_long>): mmu_interval_notifier | null {
  let node: interval_tree_node | null;
  let res: mmu_interval_notifier | null = null;

  spin_lock(subscriptions.lock);
  subscriptions.active_invalidate_ranges++;
  node = interval_tree_iter_first(subscriptions.itree, range.start, range.end - 1);
  if (node) {
    subscriptions.invalidate_seq |= 1;
    res = container_of(node as interval_tree_node<mmu_interval_notifier>);
  }

  seq.v = subscriptions.invalidate_seq;
  spin_unlock(subscriptions.lock);
  return res;
}

function mn_itree_inv_next(interval_sub: mmu_interval_notifier, range: mmu_notifier_range): mmu_interval_notifier | null {
  let node: interval_tree_node | null;

  node = interval_tree_iter_next(interval_sub.interval_tree, range.start, range.end - 1);
  if (!node)
    return null;
  return container_of(node as interval_tree_node<mmu_interval_notifier>);
}

function mn_itree_inv_end(subscriptions: mmu_notifier_subscriptions): void {
  let interval_sub: mmu_interval_notifier | null;
  let next: mmu_interval_notifier | null;

  spin_lock(subscriptions.lock);
  if (--subscriptions.active_invalidate_ranges || !mn_itree_is_invalidating(subscriptions)) {
    spin_unlock(subscriptions.lock);
    return;
  }

  subscriptions.invalidate_seq++;

  for (interval_sub = hlist_for_each_entry_safe(subscriptions.deferred_list); interval_sub; interval_sub = next) {
    next = Next(interval_sub.deferred_item);
    if (RB_EMPTY_NODE(interval_sub.interval_tree.rb))
      interval_tree_insert(interval_sub.interval_tree, subscriptions.itree);
    else
      interval_tree_remove(interval_sub.interval_tree, subscriptions.itree);
    hlist_del(interval_sub.deferred_item);
  }
  spin_unlock(subscriptions.lock);

  wake_up_all(subscriptions.wq);
}

/** @locks takes and releases subscriptions.lock; sleeps while the range is being invalidated */
export function mmu_interval_read_begin(interval_sub: mmu_interval_notifier): unsigned_long {
  const subscriptions: mmu_notifier_subscriptions = interval_sub.mm.notifier_subscriptions;
  let seq: unsigned_long;
  let is_invalidating: boolean;

  spin_lock(subscriptions.lock);
  seq = interval_sub.invalidate_seq;
  is_invalidating = seq === subscriptions.invalidate_seq;
  spin_unlock(subscriptions.lock);

  lock_map_acquire(__mmu_notifier_invalidate_range_start_map);
  lock_map_release(__mmu_notifier_invalidate_range_start_map);
  if (is_invalidating)
    wait_event(subscriptions.wq, () => subscriptions.invalidate_seq !== seq);

  return seq;
}

function mn_itree_release(subscriptions: mmu_notifier_subscriptions, mm: mm_struct): void {
  const range = Init(mmu_notifier_range, {
    flags: MMU_NOTIFIER_RANGE_BLOCKABLE,
    event: MMU_NOTIFY_RELEASE,
    mm: mm,
    start: 0,
    end: ULONG_MAX,
  });
  let interval_sub: mmu_interval_notifier | null;
  const cur_seq: Ref<unsigned_long> = { v: 0 };
  let ret: boolean;

  for (interval_sub = mn_itree_inv_start_range(subscriptions, range, cur_seq);
    interval_sub;
    interval_sub = mn_itree_inv_next(interval_sub, range)) {
    ret = interval_sub.ops.invalidate(interval_sub, range, cur_seq.v);
    WARN_ON(!ret);
  }

  mn_itree_inv_end(subscriptions);
}

function mn_hlist_release(subscriptions: mmu_notifier_subscriptions, mm: mm_struct): void {
  let subscription: mmu_notifier | null;
  let id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist))
    if (subscription.ops.release)
      subscription.ops.release(subscription, mm);

  spin_lock(subscriptions.lock);
  while (!hlist_empty(subscriptions.list)) {
    subscription = hlist_entry(subscriptions.list.first);
    hlist_del_init_rcu(subscription.hlist);
  }
  spin_unlock(subscriptions.lock);
  srcu_read_unlock(srcu(), id);

  synchronize_srcu(srcu());
}

export function __mmu_notifier_release(mm: mm_struct): void {
  const subscriptions: mmu_notifier_subscriptions = mm.notifier_subscriptions;

  if (subscriptions.has_itree)
    mn_itree_release(subscriptions, mm);

  if (!hlist_empty(subscriptions.list))
    mn_hlist_release(subscriptions, mm);
}

export function __mmu_notifier_clear_flush_young(mm: mm_struct, start: uaddr, end: uaddr): int {
  let subscription: mmu_notifier | null;
  let young: int = 0, id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops.clear_flush_young)
      young |= subscription.ops.clear_flush_young(subscription, mm, start, end);
  }
  srcu_read_unlock(srcu(), id);

  return young;
}

export function __mmu_notifier_clear_young(mm: mm_struct, start: uaddr, end: uaddr): int {
  let subscription: mmu_notifier | null;
  let young: int = 0, id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops.clear_young)
      young |= subscription.ops.clear_young(subscription, mm, start, end);
  }
  srcu_read_unlock(srcu(), id);

  return young;
}

export function __mmu_notifier_test_young(mm: mm_struct, address: uaddr): int {
  let subscription: mmu_notifier | null;
  let young: int = 0, id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops.test_young) {
      young = subscription.ops.test_young(subscription, mm, address);
      if (young)
        break;
    }
  }
  srcu_read_unlock(srcu(), id);

  return young;
}

export function __mmu_notifier_change_pte(mm: mm_struct, address: uaddr, pte: pte_t): void {
  let subscription: mmu_notifier | null;
  let id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops.change_pte)
      subscription.ops.change_pte(subscription, mm, address, pte);
  }
  srcu_read_unlock(srcu(), id);
}

function mn_itree_invalidate(subscriptions: mmu_notifier_subscriptions, range: mmu_notifier_range): int {
  let interval_sub: mmu_interval_notifier | null;
  const cur_seq: Ref<unsigned_long> = { v: 0 };

  out_would_block: {
    for (interval_sub = mn_itree_inv_start_range(subscriptions, range, cur_seq);
      interval_sub;
      interval_sub = mn_itree_inv_next(interval_sub, range)) {
      let ret: boolean;

      ret = interval_sub.ops.invalidate(interval_sub, range, cur_seq.v);
      if (!ret) {
        if (WARN_ON(mmu_notifier_range_blockable(range)))
          continue;
        break out_would_block;
      }
    }
    return 0;
  }
  /* who does not block and got -EAGAIN does not call the end */
  mn_itree_inv_end(subscriptions);
  return -EAGAIN;
}

function mn_hlist_invalidate_range_start(subscriptions: mmu_notifier_subscriptions, range: mmu_notifier_range): int {
  let subscription: mmu_notifier | null;
  let ret: int = 0;
  let id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    const ops: mmu_notifier_ops = subscription.ops;

    if (ops.invalidate_range_start) {
      let _ret: int;

      if (!mmu_notifier_range_blockable(range))
        non_block_start();
      _ret = ops.invalidate_range_start(subscription, range);
      if (!mmu_notifier_range_blockable(range))
        non_block_end();
      if (_ret) {
        pr_info(`callback failed with ${_ret}`);
        WARN_ON(mmu_notifier_range_blockable(range) || _ret !== -EAGAIN);
        WARN_ON(ops.invalidate_range_end);
        ret = _ret;
      }
    }
  }

  if (ret) {
    for (subscription = hlist_for_each_entry_rcu(subscriptions.list, srcu_read_lock_held(srcu()));
      subscription; subscription = Next(subscription.hlist)) {
      if (!subscription.ops.invalidate_range_end)
        continue;

      subscription.ops.invalidate_range_end(subscription, range);
    }
  }
  srcu_read_unlock(srcu(), id);

  return ret;
}

export function __mmu_notifier_invalidate_range_start(range: mmu_notifier_range): int {
  const subscriptions: mmu_notifier_subscriptions = range.mm.notifier_subscriptions;
  let ret: int;

  if (subscriptions.has_itree) {
    ret = mn_itree_invalidate(subscriptions, range);
    if (ret)
      return ret;
  }
  if (!hlist_empty(subscriptions.list))
    return mn_hlist_invalidate_range_start(subscriptions, range);
  return 0;
}

function mn_hlist_invalidate_end(subscriptions: mmu_notifier_subscriptions, range: mmu_notifier_range, only_end: boolean): void {
  let subscription: mmu_notifier | null;
  let id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (!only_end && subscription.ops.invalidate_range)
      subscription.ops.invalidate_range(subscription, range.mm, range.start, range.end);
    if (subscription.ops.invalidate_range_end) {
      if (!mmu_notifier_range_blockable(range))
        non_block_start();
      subscription.ops.invalidate_range_end(subscription, range);
      if (!mmu_notifier_range_blockable(range))
        non_block_end();
    }
  }
  srcu_read_unlock(srcu(), id);
}

export function __mmu_notifier_invalidate_range_end(range: mmu_notifier_range, only_end: boolean): void {
  const subscriptions: mmu_notifier_subscriptions = range.mm.notifier_subscriptions;

  lock_map_acquire(__mmu_notifier_invalidate_range_start_map);
  if (subscriptions.has_itree)
    mn_itree_inv_end(subscriptions);

  if (!hlist_empty(subscriptions.list))
    mn_hlist_invalidate_end(subscriptions, range, only_end);
  lock_map_release(__mmu_notifier_invalidate_range_start_map);
}

export function __mmu_notifier_invalidate_range(mm: mm_struct, start: uaddr, end: uaddr): void {
  let subscription: mmu_notifier | null;
  let id: int;

  id = srcu_read_lock(srcu());
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list, srcu_read_lock_held(srcu()));
    subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops.invalidate_range)
      subscription.ops.invalidate_range(subscription, mm, start, end);
  }
  srcu_read_unlock(srcu(), id);
}

/** @locks requires mmap_lock(write) */
export function __mmu_notifier_register(subscription: mmu_notifier | null, mm: mm_struct): int {
  let subscriptions: mmu_notifier_subscriptions | null = null;
  let ret: int;

  mmap_assert_write_locked(mm);
  BUG_ON(atomic_read(mm.mm_users) <= 0);

  out_clean: {
    if (!mm.notifier_subscriptions) {
      subscriptions = kzalloc(mmu_notifier_subscriptions, GFP_KERNEL);
      if (!subscriptions)
        return -ENOMEM;

      INIT_HLIST_HEAD(subscriptions.list);
      spin_lock_init(subscriptions.lock);
      subscriptions.invalidate_seq = 2;
      init_waitqueue_head(subscriptions.wq);
      notModelled('itree: a new tree is empty');
      INIT_HLIST_HEAD(subscriptions.deferred_list);
    }

    ret = mm_take_all_locks(mm);
    if (ret)
      break out_clean;

    if (subscriptions)
      mm.notifier_subscriptions = subscriptions;

    if (subscription) {
      mmgrab(mm);
      subscription.mm = mm;
      subscription.users = 1;

      spin_lock(mm.notifier_subscriptions.lock);
      hlist_add_head_rcu(subscription.hlist, mm.notifier_subscriptions.list);
      spin_unlock(mm.notifier_subscriptions.lock);
    } else
      mm.notifier_subscriptions.has_itree = true;

    mm_drop_all_locks(mm);
    BUG_ON(atomic_read(mm.mm_users) <= 0);
    return 0;
  }
  kfree(subscriptions);
  return ret;
}

/** @locks takes and releases mmap_lock(write) */
export function mmu_notifier_register(subscription: mmu_notifier | null, mm: mm_struct): int {
  let ret: int;

  mmap_write_lock(mm);
  ret = __mmu_notifier_register(subscription, mm);
  mmap_write_unlock(mm);
  return ret;
}

function find_get_mmu_notifier(mm: mm_struct, ops: mmu_notifier_ops): mmu_notifier | ErrPtr | null {
  notModelled('PROVE_LOCKING=n: that the lock is held is not checked');
  let subscription: mmu_notifier | ErrPtr | null;

  spin_lock(mm.notifier_subscriptions.lock);
  for (subscription = hlist_for_each_entry_rcu(mm.notifier_subscriptions.list); subscription; subscription = Next(subscription.hlist)) {
    if (subscription.ops !== ops)
      continue;

    if (subscription.users !== UINT_MAX)
      subscription.users++;
    else
      subscription = ERR_PTR(-EOVERFLOW);
    spin_unlock(mm.notifier_subscriptions.lock);
    return subscription;
  }
  spin_unlock(mm.notifier_subscriptions.lock);
  return null;
}

/** @locks requires mmap_lock(write) */
export function mmu_notifier_get_locked(ops: mmu_notifier_ops, mm: mm_struct): mmu_notifier | ErrPtr {
  let subscription: mmu_notifier | ErrPtr | null;
  let ret: int;

  mmap_assert_write_locked(mm);

  if (mm.notifier_subscriptions) {
    subscription = find_get_mmu_notifier(mm, ops);
    if (subscription)
      return subscription;
  }

  subscription = ops.alloc_notifier(mm);
  if (IS_ERR(subscription))
    return subscription;
  out_free: {
    subscription.ops = ops;
    ret = __mmu_notifier_register(subscription, mm);
    if (ret)
      break out_free;
    return subscription;
  }
  subscription.ops.free_notifier(subscription);
  return ERR_PTR(ret);
}

export function __mmu_notifier_subscriptions_destroy(mm: mm_struct): void {
  BUG_ON(!hlist_empty(mm.notifier_subscriptions.list));
  kfree(mm.notifier_subscriptions);
  mm.notifier_subscriptions = null; /* C leaves a poison */
}

/** @refs mm: consumes the mm_count of the registration */
export function mmu_notifier_unregister(subscription: mmu_notifier, mm: mm_struct): void {
  BUG_ON(atomic_read(mm.mm_count) <= 0);

  if (!hlist_unhashed(subscription.hlist)) {
    let id: int;

    id = srcu_read_lock(srcu());
    if (subscription.ops.release)
      subscription.ops.release(subscription, mm);
    srcu_read_unlock(srcu(), id);

    spin_lock(mm.notifier_subscriptions.lock);
    hlist_del_init_rcu(subscription.hlist);
    spin_unlock(mm.notifier_subscriptions.lock);
  }

  synchronize_srcu(srcu());

  BUG_ON(atomic_read(mm.mm_count) <= 0);

  mmdrop(mm);
}

function mmu_notifier_free_rcu(rcu: rcu_head<mmu_notifier>): void {
  const subscription: mmu_notifier = container_of(rcu);
  const mm: mm_struct = subscription.mm;

  subscription.ops.free_notifier(subscription);
  mmdrop(mm);
}

export function mmu_notifier_put(subscription: mmu_notifier): void {
  const mm: mm_struct = subscription.mm;

  out_unlock: {
    spin_lock(mm.notifier_subscriptions.lock);
    if (WARN_ON(!subscription.users) || --subscription.users)
      break out_unlock;
    hlist_del_init_rcu(subscription.hlist);
    spin_unlock(mm.notifier_subscriptions.lock);

    call_srcu(srcu(), subscription.rcu, mmu_notifier_free_rcu);
    return;
  }
  spin_unlock(mm.notifier_subscriptions.lock);
}

/** @refs mm: takes an mm_count when 0 is returned */
function __mmu_interval_notifier_insert(interval_sub: mmu_interval_notifier, mm: mm_struct, subscriptions: mmu_notifier_subscriptions, start: uaddr, length: unsigned_long, ops: mmu_interval_notifier_ops): int {
  const last: Ref<unsigned_long> = { v: 0 };

  interval_sub.mm = mm;
  interval_sub.ops = ops;
  RB_CLEAR_NODE(interval_sub.interval_tree.rb);
  interval_sub.interval_tree.start = start;
  if (length === 0 ||
      check_add_overflow(start, length - 1, last))
    return -EOVERFLOW;
  interval_sub.interval_tree.last = last.v;

  if (WARN_ON(atomic_read(mm.mm_users) <= 0))
    return -EINVAL;

  mmgrab(mm);

  spin_lock(subscriptions.lock);
  if (subscriptions.active_invalidate_ranges) {
    if (mn_itree_is_invalidating(subscriptions))
      hlist_add_head(interval_sub.deferred_item, subscriptions.deferred_list);
    else {
      subscriptions.invalidate_seq |= 1;
      interval_tree_insert(interval_sub.interval_tree, subscriptions.itree);
    }
    interval_sub.invalidate_seq = subscriptions.invalidate_seq;
  } else {
    WARN_ON(mn_itree_is_invalidating(subscriptions));
    interval_sub.invalidate_seq = subscriptions.invalidate_seq - 1;
    interval_tree_insert(interval_sub.interval_tree, subscriptions.itree);
  }
  spin_unlock(subscriptions.lock);
  return 0;
}

/** @locks takes mmap_lock(write) for the first one of an mm */
export function mmu_interval_notifier_insert(interval_sub: mmu_interval_notifier, mm: mm_struct, start: uaddr, length: unsigned_long, ops: mmu_interval_notifier_ops): int {
  let subscriptions: mmu_notifier_subscriptions | null;
  let ret: int;

  might_lock(mm.mmap_lock);

  subscriptions = mm.notifier_subscriptions;
  if (!subscriptions || !subscriptions.has_itree) {
    ret = mmu_notifier_register(null, mm);
    if (ret)
      return ret;
    subscriptions = mm.notifier_subscriptions;
  }
  return __mmu_interval_notifier_insert(interval_sub, mm, subscriptions, start, length, ops);
}

/** @locks requires mmap_lock(write) */
export function mmu_interval_notifier_insert_locked(interval_sub: mmu_interval_notifier, mm: mm_struct, start: uaddr, length: unsigned_long, ops: mmu_interval_notifier_ops): int {
  let subscriptions: mmu_notifier_subscriptions | null = mm.notifier_subscriptions;
  let ret: int;

  mmap_assert_write_locked(mm);

  if (!subscriptions || !subscriptions.has_itree) {
    ret = __mmu_notifier_register(null, mm);
    if (ret)
      return ret;
    subscriptions = mm.notifier_subscriptions;
  }
  return __mmu_interval_notifier_insert(interval_sub, mm, subscriptions, start, length, ops);
}

//#if MNI_REMOVE=new
function mmu_interval_seq_released(subscriptions: mmu_notifier_subscriptions, seq: unsigned_long): boolean {
  let ret: boolean;

  spin_lock(subscriptions.lock);
  ret = subscriptions.invalidate_seq !== seq;
  spin_unlock(subscriptions.lock);
  return ret;
}

//#endif
/** @locks sleeps: the caller holds no lock that an invalidate callback takes */
export function mmu_interval_notifier_remove(interval_sub: mmu_interval_notifier): void {
  const mm: mm_struct = interval_sub.mm;
  const subscriptions: mmu_notifier_subscriptions = mm.notifier_subscriptions;
  let seq: unsigned_long = 0;

  might_sleep();

  spin_lock(subscriptions.lock);
  if (mn_itree_is_invalidating(subscriptions)) {
    /* between an insert that was deferred and the end that would have carried it out */
    if (RB_EMPTY_NODE(interval_sub.interval_tree.rb)) {
      hlist_del(interval_sub.deferred_item);
    } else {
      hlist_add_head(interval_sub.deferred_item, subscriptions.deferred_list);
      seq = subscriptions.invalidate_seq;
    }
  } else {
    WARN_ON(RB_EMPTY_NODE(interval_sub.interval_tree.rb));
    interval_tree_remove(interval_sub.interval_tree, subscriptions.itree);
  }
  spin_unlock(subscriptions.lock);

  lock_map_acquire(__mmu_notifier_invalidate_range_start_map);
  lock_map_release(__mmu_notifier_invalidate_range_start_map);
  //#if MNI_REMOVE=new
  if (seq) {
    // C's condition takes the lock, and has to be true only once: it is waited for what it reads, then asked.
    reduced('a condition that takes a lock is asked when it will hold');
    wait_event(subscriptions.wq, () => subscriptions.invalidate_seq !== seq);
    mmu_interval_seq_released(subscriptions, seq);
  }
  //#else
  if (seq)
    wait_event(subscriptions.wq, () => subscriptions.invalidate_seq !== seq);
  //#endif

  mmdrop(mm);
}

export function mmu_notifier_synchronize(): void {
  reduced('the domain is the machine\'s');
  synchronize_srcu(srcu());
}

export function mmu_notifier_range_update_to_read_only(range: mmu_notifier_range): boolean {
  if (!range.vma || range.event !== MMU_NOTIFY_PROTECTION_VMA)
    return false;
  return (range.vma.vm_flags & VM_READ) !== 0;
}
