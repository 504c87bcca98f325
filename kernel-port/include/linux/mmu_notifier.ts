// SPDX-License-Identifier: GPL-2.0-only
// Notifications about changes of an mm's page tables: what the core calls, and the structs that
// subscribers hand in. An mm without subscribers has notifier_subscriptions null.

import { hlist_node } from './list.ts';
import { interval_tree_node } from './interval_tree.ts';
import { might_sleep } from './kernel.ts';
import { lock_map_acquire, lock_map_release } from './lockdep.ts';
import { mmap_write_lock, mmap_write_unlock } from './mmap_lock.ts';
import { rcu_head } from './srcu.ts';
import { PAGE_MASK, PAGE_SIZE, set_pte_at, type pte_cell } from '../../arch/model/pgtable.ts';
import { ptep_clear_flush, ptep_clear_flush_young } from '../../mm/pgtable-generic.ts';
import { unreachable } from '../../arch/model/marks.ts';
import {
  __mmu_notifier_change_pte, __mmu_notifier_clear_flush_young, __mmu_notifier_clear_young,
  __mmu_notifier_invalidate_range, __mmu_notifier_invalidate_range_end,
  __mmu_notifier_invalidate_range_start, __mmu_notifier_invalidate_range_start_map,
  __mmu_notifier_release, __mmu_notifier_subscriptions_destroy, __mmu_notifier_test_young,
  mmu_notifier_get_locked,
} from '../../mm/mmu_notifier.ts';
import type { ErrPtr } from './err.ts';
import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { int, pte_t, uaddr, unsigned_int, unsigned_long } from './types.ts';

export type { mmu_notifier_subscriptions } from '../../mm/mmu_notifier.ts';

/** Why a range is invalidated. */
export const MMU_NOTIFY_UNMAP = 0;
export const MMU_NOTIFY_CLEAR = 1;
export const MMU_NOTIFY_PROTECTION_VMA = 2;
export const MMU_NOTIFY_PROTECTION_PAGE = 3;
export const MMU_NOTIFY_SOFT_DIRTY = 4;
export const MMU_NOTIFY_RELEASE = 5;
export const MMU_NOTIFY_MIGRATE = 6;
export const MMU_NOTIFY_EXCLUSIVE = 7;
export type mmu_notifier_event = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

export const MMU_NOTIFIER_RANGE_BLOCKABLE = 1 << 0;

export interface mmu_notifier_ops {
  release?(subscription: mmu_notifier, mm: mm_struct): void;
  clear_flush_young?(subscription: mmu_notifier, mm: mm_struct, start: uaddr, end: uaddr): int;
  clear_young?(subscription: mmu_notifier, mm: mm_struct, start: uaddr, end: uaddr): int;
  test_young?(subscription: mmu_notifier, mm: mm_struct, address: uaddr): int;
  change_pte?(subscription: mmu_notifier, mm: mm_struct, address: uaddr, pte: pte_t): void;
  invalidate_range_start?(subscription: mmu_notifier, range: mmu_notifier_range): int;
  invalidate_range_end?(subscription: mmu_notifier, range: mmu_notifier_range): void;
  invalidate_range?(subscription: mmu_notifier, mm: mm_struct, start: uaddr, end: uaddr): void;
  alloc_notifier?(mm: mm_struct): mmu_notifier | ErrPtr;
  free_notifier?(subscription: mmu_notifier): void;
}

/** Drivers embed it: `owner` is the struct around it. */
export class mmu_notifier {
  readonly hlist: hlist_node<mmu_notifier> = new hlist_node<mmu_notifier>(this);
  ops: mmu_notifier_ops | null = null;
  mm: mm_struct | null = null;
  readonly rcu: rcu_head<mmu_notifier> = new rcu_head<mmu_notifier>(this);
  users: unsigned_int = 0;
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}

export interface mmu_interval_notifier_ops {
  invalidate(interval_sub: mmu_interval_notifier, range: mmu_notifier_range, cur_seq: unsigned_long): boolean;
}

/** Drivers embed it: `owner` is the struct around it. */
export class mmu_interval_notifier {
  readonly interval_tree: interval_tree_node<mmu_interval_notifier> = new interval_tree_node<mmu_interval_notifier>(this);
  ops: mmu_interval_notifier_ops | null = null;
  mm: mm_struct | null = null;
  readonly deferred_item: hlist_node<mmu_interval_notifier> = new hlist_node<mmu_interval_notifier>(this);
  invalidate_seq: unsigned_long = 0;
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}

export class mmu_notifier_range {
  vma: vm_area_struct | null = null;
  mm: mm_struct | null = null;
  start: uaddr = 0;
  end: uaddr = 0;
  flags: unsigned_int = 0;
  event: mmu_notifier_event = MMU_NOTIFY_UNMAP;
  owner: object | null = null;
}

export function mm_has_notifiers(mm: mm_struct): boolean {
  return mm.notifier_subscriptions !== null;
}

/** @locks takes and releases mmap_lock(write) */
export function mmu_notifier_get(ops: mmu_notifier_ops, mm: mm_struct): mmu_notifier | ErrPtr {
  let ret: mmu_notifier | ErrPtr;

  mmap_write_lock(mm);
  ret = mmu_notifier_get_locked(ops, mm);
  mmap_write_unlock(mm);
  return ret;
}

export function mmu_interval_set_seq(interval_sub: mmu_interval_notifier, cur_seq: unsigned_long): void {
  interval_sub.invalidate_seq = cur_seq;
}

export function mmu_interval_read_retry(interval_sub: mmu_interval_notifier, seq: unsigned_long): boolean {
  return interval_sub.invalidate_seq !== seq;
}

export function mmu_interval_check_retry(interval_sub: mmu_interval_notifier, seq: unsigned_long): boolean {
  return interval_sub.invalidate_seq !== seq;
}

export function mmu_notifier_range_blockable(range: mmu_notifier_range): boolean {
  return (range.flags & MMU_NOTIFIER_RANGE_BLOCKABLE) !== 0;
}

export function mmu_notifier_release(mm: mm_struct): void {
  if (mm_has_notifiers(mm))
    __mmu_notifier_release(mm);
}

export function mmu_notifier_clear_flush_young(mm: mm_struct, start: uaddr, end: uaddr): int {
  if (mm_has_notifiers(mm))
    return __mmu_notifier_clear_flush_young(mm, start, end);
  return 0;
}

export function mmu_notifier_clear_young(mm: mm_struct, start: uaddr, end: uaddr): int {
  if (mm_has_notifiers(mm))
    return __mmu_notifier_clear_young(mm, start, end);
  return 0;
}

export function mmu_notifier_test_young(mm: mm_struct, address: uaddr): int {
  if (mm_has_notifiers(mm))
    return __mmu_notifier_test_young(mm, address);
  return 0;
}

export function mmu_notifier_change_pte(mm: mm_struct, address: uaddr, pte: pte_t): void {
  if (mm_has_notifiers(mm))
    __mmu_notifier_change_pte(mm, address, pte);
}

/** @locks requires mmap_lock(read) or a reverse map lock; may sleep */
export function mmu_notifier_invalidate_range_start(range: mmu_notifier_range): void {
  might_sleep();

  lock_map_acquire(__mmu_notifier_invalidate_range_start_map);
  if (mm_has_notifiers(range.mm)) {
    range.flags |= MMU_NOTIFIER_RANGE_BLOCKABLE;
    __mmu_notifier_invalidate_range_start(range);
  }
  lock_map_release(__mmu_notifier_invalidate_range_start_map);
}

export function mmu_notifier_invalidate_range_start_nonblock(range: mmu_notifier_range): int {
  let ret: int = 0;

  lock_map_acquire(__mmu_notifier_invalidate_range_start_map);
  if (mm_has_notifiers(range.mm)) {
    range.flags &= ~MMU_NOTIFIER_RANGE_BLOCKABLE;
    ret = __mmu_notifier_invalidate_range_start(range);
  }
  lock_map_release(__mmu_notifier_invalidate_range_start_map);
  return ret;
}

export function mmu_notifier_invalidate_range_end(range: mmu_notifier_range): void {
  if (mmu_notifier_range_blockable(range))
    might_sleep();

  if (mm_has_notifiers(range.mm))
    __mmu_notifier_invalidate_range_end(range, false);
}

export function mmu_notifier_invalidate_range_only_end(range: mmu_notifier_range): void {
  if (mm_has_notifiers(range.mm))
    __mmu_notifier_invalidate_range_end(range, true);
}

export function mmu_notifier_invalidate_range(mm: mm_struct, start: uaddr, end: uaddr): void {
  if (mm_has_notifiers(mm))
    __mmu_notifier_invalidate_range(mm, start, end);
}

export function mmu_notifier_subscriptions_init(mm: mm_struct): void {
  mm.notifier_subscriptions = null;
}

export function mmu_notifier_subscriptions_destroy(mm: mm_struct): void {
  if (mm_has_notifiers(mm))
    __mmu_notifier_subscriptions_destroy(mm);
}

/** The owner is left as it was: a fresh range has none, a reused one keeps it. */
export function mmu_notifier_range_init(range: mmu_notifier_range, event: mmu_notifier_event, flags: unsigned_int, vma: vm_area_struct | null, mm: mm_struct, start: uaddr, end: uaddr): void {
  range.vma = vma;
  range.event = event;
  range.mm = mm;
  range.start = start;
  range.end = end;
  range.flags = flags;
}

export function mmu_notifier_range_init_owner(range: mmu_notifier_range, event: mmu_notifier_event, flags: unsigned_int, vma: vm_area_struct | null, mm: mm_struct, start: uaddr, end: uaddr, owner: object | null): void {
  mmu_notifier_range_init(range, event, flags, vma, mm, start, end);
  range.owner = owner;
}

/** @locks requires ptl */
export function ptep_clear_flush_young_notify(__vma: vm_area_struct, __address: uaddr, __ptep: pte_cell): int {
  let __young: int;
  const ___vma: vm_area_struct = __vma;
  const ___address: uaddr = __address;

  __young = Number(ptep_clear_flush_young(___vma, ___address, __ptep));
  __young |= mmu_notifier_clear_flush_young(___vma.vm_mm, ___address, ___address + PAGE_SIZE);
  return __young;
}

/** @locks requires ptl */
export function ptep_clear_flush_notify(__vma: vm_area_struct, __address: uaddr, __ptep: pte_cell): pte_t {
  const ___addr: uaddr = __address & PAGE_MASK;
  const ___mm: mm_struct = __vma.vm_mm;
  let ___pte: pte_t;

  ___pte = ptep_clear_flush(__vma, __address, __ptep);
  mmu_notifier_invalidate_range(___mm, ___addr, ___addr + PAGE_SIZE);

  return ___pte;
}

export function pmdp_huge_clear_flush_notify(): never { unreachable('THP'); }
export function pudp_huge_clear_flush_notify(): never { unreachable('THP'); }

/** @locks requires ptl */
export function set_pte_at_notify(__mm: mm_struct, __address: uaddr, __ptep: pte_cell, __pte: pte_t): void {
  const ___mm: mm_struct = __mm;
  const ___address: uaddr = __address;
  const ___pte: pte_t = __pte;

  mmu_notifier_change_pte(___mm, ___address, ___pte);
  set_pte_at(___mm, ___address, __ptep, ___pte);
}
