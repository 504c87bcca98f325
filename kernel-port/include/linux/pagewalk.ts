// SPDX-License-Identifier: GPL-2.0-only
// The page table walk's callbacks. C hands its private pointer through as void *; here the ops
// and the walk carry its type.

import type { pgd_t, p4d_cell, pgd_cell, pmd_cell, pte_cell, pud_cell } from '../../arch/model/pgtable.ts';
import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { Kind, int, uaddr, unsigned_long } from './types.ts';

/** struct mm_walk_ops: a callback that is not there is NULL in C. */
export interface mm_walk_ops<P> {
  readonly pgd_entry?: (pgd: pgd_cell, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  readonly p4d_entry?: (p4d: p4d_cell, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  readonly pud_entry?: (pud: pud_cell, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  readonly pmd_entry?: (pmd: pmd_cell, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  readonly pte_entry?: (pte: pte_cell, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  /** depth: 0 is PGD to 4 PTE, -1 not known. */
  readonly pte_hole?: (addr: uaddr, next: uaddr, depth: int, walk: mm_walk<P>) => int;
  readonly hugetlb_entry?: (pte: pte_cell, hmask: unsigned_long, addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  /** 0: walk this vma; 1: skip it; negative: end the walk. */
  readonly test_walk?: (addr: uaddr, next: uaddr, walk: mm_walk<P>) => int;
  readonly pre_vma?: (start: uaddr, end: uaddr, walk: mm_walk<P>) => int;
  readonly post_vma?: (walk: mm_walk<P>) => void;
}

/** enum page_walk_action */
export type page_walk_action = Kind<'ACTION'>;
/** Go down a level. */
export const ACTION_SUBTREE: page_walk_action = 0;
/** On to the next entry of this level. */
export const ACTION_CONTINUE: page_walk_action = 1;
/** This entry once more. */
export const ACTION_AGAIN: page_walk_action = 2;

export class mm_walk<P> {
  ops: mm_walk_ops<P> | null = null;
  mm: mm_struct | null = null;
  pgd: pgd_t | null = null;
  vma: vm_area_struct | null = null;
  action: page_walk_action = ACTION_SUBTREE;
  no_vma: boolean = false;
  private: P | null = null;
}
