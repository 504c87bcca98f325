// SPDX-License-Identifier: GPL-2.0-only
// Follows include/asm-generic/tlb.h: pages are unmapped first, then the TLBs are flushed, then
// the pages are freed; mmu_gather is what is held in between. Its batches are small here, so
// that the flush in the middle of a range is reached with a few pages.

import { tlb_flush } from '../../arch/model/tlb.ts';
import { PAGE_SHIFT, PAGE_SIZE, PMD_SHIFT, TASK_SIZE, type page_table } from '../../arch/model/pgtable.ts';
import { notModelled } from '../../arch/model/marks.ts';
import { __tlb_remove_page_size, tlb_flush_mmu } from '../../mm/mmu_gather.ts';
import type { mm_struct, page } from '../linux/mm_types.ts';
import { max, min } from '../linux/kernel.ts';
import { mmu_notifier_invalidate_range } from '../linux/mmu_notifier.ts';
import type { int, uaddr, unsigned_int, unsigned_long } from '../linux/types.ts';
import type { pte_cell, pmd_cell } from '../../arch/model/pgtable.ts';

export { tlb_end_vma, tlb_start_vma } from '../../arch/model/tlb.ts';
export { __tlb_remove_page_size, tlb_flush_mmu } from '../../mm/mmu_gather.ts';

/** Eight in C. */
export const MMU_GATHER_BUNDLE: unsigned_int = 4;

export class mmu_gather_batch {
  next: mmu_gather_batch | null = null;
  nr: unsigned_int = 0;
  max: unsigned_int = 0;
  readonly pages: (page | null)[] = [];
  /** Where a batch that is a page of its own lies; in C the batch is that page. */
  readonly address: unsigned_long;
  constructor(address: unsigned_long = 0) { this.address = address; }
}
/** A page of pointers in C, and as many such pages as hold 10000 of them. */
export const MAX_GATHER_BATCH: unsigned_int = 4;
export const MAX_GATHER_BATCH_COUNT: unsigned_int = 2;

export class mmu_gather {
  mm: mm_struct | null = null;
  start: uaddr = 0;
  end: unsigned_long = 0;
  fullmm: unsigned_int = 0;
  need_flush_all: unsigned_int = 0;
  freed_tables: unsigned_int = 0;
  cleared_ptes: unsigned_int = 0;
  cleared_pmds: unsigned_int = 0;
  cleared_puds: unsigned_int = 0;
  cleared_p4ds: unsigned_int = 0;
  batch_count: unsigned_int = 0;
  active: mmu_gather_batch | null = null;
  readonly local: mmu_gather_batch = new mmu_gather_batch();
}

export function __tlb_adjust_range(tlb: mmu_gather,
  address: uaddr,
  range_size: unsigned_int): void {
  tlb.start = min(tlb.start, address);
  tlb.end = max(tlb.end, address + range_size);
}

export function __tlb_reset_range(tlb: mmu_gather): void {
  if (tlb.fullmm) {
    tlb.start = tlb.end = ~0 >>> 0;
  } else {
    tlb.start = TASK_SIZE;
    tlb.end = 0;
  }
  tlb.freed_tables = 0;
  tlb.cleared_ptes = 0;
  tlb.cleared_pmds = 0;
  tlb.cleared_puds = 0;
  tlb.cleared_p4ds = 0;
}

export function tlb_flush_mmu_tlbonly(tlb: mmu_gather): void {
  // Whoever adjusts the range sets one of these.
  if (!(tlb.freed_tables || tlb.cleared_ptes || tlb.cleared_pmds ||
        tlb.cleared_puds || tlb.cleared_p4ds))
    return;

  tlb_flush(tlb);
  mmu_notifier_invalidate_range(tlb.mm, tlb.start, tlb.end);
  __tlb_reset_range(tlb);
}

/** @refs page: consumes, when the batch is flushed */
export function tlb_remove_page_size(tlb: mmu_gather,
  page: page, page_size: int): void {
  if (__tlb_remove_page_size(tlb, page, page_size))
    tlb_flush_mmu(tlb);
}

/** True when the caller has to flush.
 *  @refs page: consumes, when the batch is flushed */
export function __tlb_remove_page(tlb: mmu_gather, page: page): boolean {
  return __tlb_remove_page_size(tlb, page, PAGE_SIZE);
}

/** @refs page: consumes, when the batch is flushed */
export function tlb_remove_page(tlb: mmu_gather, page: page): void {
  return tlb_remove_page_size(tlb, page, PAGE_SIZE);
}

export function tlb_change_page_size(_tlb: mmu_gather,
  _page_size: unsigned_int): void {
  notModelled('MMU_GATHER_PAGE_SIZE=n: nothing to do');
}

export function tlb_get_unmap_shift(tlb: mmu_gather): unsigned_long {
  if (tlb.cleared_ptes)
    return PAGE_SHIFT;
  if (tlb.cleared_pmds)
    return PMD_SHIFT;
  if (tlb.cleared_puds)
    return 30;
  if (tlb.cleared_p4ds)
    return 39;

  return PAGE_SHIFT;
}

export function tlb_get_unmap_size(tlb: mmu_gather): unsigned_long {
  return 2 ** tlb_get_unmap_shift(tlb);
}

export function tlb_flush_pte_range(tlb: mmu_gather,
  address: uaddr, size: unsigned_long): void {
  __tlb_adjust_range(tlb, address, size);
  tlb.cleared_ptes = 1;
}

export function tlb_flush_pmd_range(tlb: mmu_gather,
  address: uaddr, size: unsigned_long): void {
  __tlb_adjust_range(tlb, address, size);
  tlb.cleared_pmds = 1;
}

export function tlb_flush_pud_range(tlb: mmu_gather,
  address: uaddr, size: unsigned_long): void {
  __tlb_adjust_range(tlb, address, size);
  tlb.cleared_puds = 1;
}

export function tlb_flush_p4d_range(tlb: mmu_gather,
  address: uaddr, size: unsigned_long): void {
  __tlb_adjust_range(tlb, address, size);
  tlb.cleared_p4ds = 1;
}

export function tlb_remove_tlb_entry(tlb: mmu_gather, _ptep: pte_cell, address: uaddr): void {
  tlb_flush_pte_range(tlb, address, PAGE_SIZE);
}

export function pte_free_tlb(tlb: mmu_gather, _ptep: page_table, address: uaddr): void {
  tlb_flush_pmd_range(tlb, address, PAGE_SIZE);
  tlb.freed_tables = 1;
  notModelled('page tables are not frames, so none goes back');
}

export function pmd_free_tlb(tlb: mmu_gather, _pmdp: pmd_cell, address: uaddr): void {
  tlb_flush_pud_range(tlb, address, PAGE_SIZE);
  tlb.freed_tables = 1;
  notModelled('page tables are not frames, so none goes back');
}
