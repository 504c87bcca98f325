// SPDX-License-Identifier: GPL-2.0-only
// Reverse mapping: from a page to the vmas that may map it. An anonymous page names an anon_vma;
// the chains in its interval tree name the vmas. The lock of a whole family of anon_vmas is that
// of its root.

import { atomic_dec_and_test, atomic_inc, atomic_t } from './atomic.ts';
import { list_node, type list_head } from './list.ts';
import { PageHuge } from './page-flags.ts';
import { VM_BUG_ON_VMA } from './mmdebug.ts';
import { rb_root_cached } from './rbtree.ts';
import { down_read, down_write, rw_semaphore, up_read, up_write } from './rwsem.ts';
import { spin_unlock, type spinlock_t } from './spinlock.ts';
import { unreachable } from '../../arch/model/marks.ts';
import { pte_unmap, type pmd_cell, type pte_cell } from '../../arch/model/pgtable.ts';
import { __anon_vma_prepare, __put_anon_vma, unlink_anon_vmas } from '../../mm/rmap.ts';
import type { page, vm_area_struct } from './mm_types.ts';
import type { int, pvmw_flags, ttu_flags, uaddr, unsigned_int } from './types.ts';

export class anon_vma {
  root: anon_vma | null = null;
  /** W: modification, R: walking the tree. Only the root's is used. */
  readonly rwsem: rw_semaphore = new rw_semaphore('anon_vma', this);
  readonly refcount: atomic_t = new atomic_t(0, this);
  /** Child anon_vmas and vmas that point here. */
  degree: unsigned_int = 0;
  parent: anon_vma | null = null;
  readonly rb_root: rb_root_cached<anon_vma_chain> = new rb_root_cached(this);
}

/** Links one vma and one anon_vma: on the vma's list and in the anon_vma's tree. */
export class anon_vma_chain {
  vma: vm_area_struct | null = null;
  anon_vma: anon_vma | null = null;
  readonly same_vma: list_head<anon_vma_chain> = new list_node<anon_vma_chain>(this);
}

export const TTU_SPLIT_HUGE_PMD: ttu_flags = 0x4;
export const TTU_IGNORE_MLOCK: ttu_flags = 0x8;
export const TTU_SYNC: ttu_flags = 0x10;
export const TTU_IGNORE_HWPOISON: ttu_flags = 0x20;
export const TTU_BATCH_FLUSH: ttu_flags = 0x40;
export const TTU_RMAP_LOCKED: ttu_flags = 0x80;

/** @refs anon_vma: returns */
export function get_anon_vma(anon_vma: anon_vma): void {
  atomic_inc(anon_vma.refcount);
}

/** @refs anon_vma: consumes */
export function put_anon_vma(anon_vma: anon_vma): void {
  if (atomic_dec_and_test(anon_vma.refcount))
    __put_anon_vma(anon_vma);
}

/** @locks takes anon_vma root(write) */
export function anon_vma_lock_write(anon_vma: anon_vma): void {
  down_write(anon_vma.root.rwsem);
}

export function anon_vma_unlock_write(anon_vma: anon_vma): void {
  up_write(anon_vma.root.rwsem);
}

/** @locks takes anon_vma root(read) */
export function anon_vma_lock_read(anon_vma: anon_vma): void {
  down_read(anon_vma.root.rwsem);
}

export function anon_vma_unlock_read(anon_vma: anon_vma): void {
  up_read(anon_vma.root.rwsem);
}

/** @locks requires mmap_lock(read) */
export function anon_vma_prepare(vma: vm_area_struct): int {
  if (vma.anon_vma)
    return 0;

  return __anon_vma_prepare(vma);
}

export function anon_vma_merge(vma: vm_area_struct, next: vm_area_struct): void {
  VM_BUG_ON_VMA(vma.anon_vma !== next.anon_vma, vma);
  unlink_anon_vmas(next);
}

/** Flags of do_page_add_anon_rmap. */
export const RMAP_EXCLUSIVE: int = 0x01;
export const RMAP_COMPOUND: int = 0x02;

/** @locks requires ptl */
export function page_dup_rmap(page: page, compound: boolean): void {
  if (compound) unreachable('THP');
  atomic_inc(page._mapcount);
}

/** Also look where a lockless test would say no. */
export const PVMW_SYNC: pvmw_flags = 1 << 0;
/** Look for migration entries, not for mappings. */
export const PVMW_MIGRATION: pvmw_flags = 1 << 1;

export class page_vma_mapped_walk {
  page: page | null = null;
  vma: vm_area_struct | null = null;
  address: uaddr = 0;
  pmd: pmd_cell | null = null;
  pte: pte_cell | null = null;
  ptl: spinlock_t | null = null;
  flags: pvmw_flags = 0;
}

export function page_vma_mapped_walk_done(pvmw: page_vma_mapped_walk): void {
  if (pvmw.pte && !PageHuge(pvmw.page))
    pte_unmap(pvmw.pte);
  if (pvmw.ptl)
    spin_unlock(pvmw.ptl);
}

/** What a walk over all vmas of a page does; members left out are NULL. */
export class rmap_walk_control {
  arg?: unknown;
  /** False stops the walk. */
  rmap_one?(page: page, vma: vm_area_struct, addr: uaddr, arg: unknown): boolean;
  done?(page: page): boolean;
  anon_lock?(page: page): anon_vma | null;
  invalid_vma?(vma: vm_area_struct, arg: unknown): boolean;
}
