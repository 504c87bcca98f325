// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/mmu_gather.c: pages of a zap wait in batches until the TLBs are flushed. Page
// tables are freed without their own batches (no MMU_GATHER_TABLE_FREE).

import { notModelled } from '../arch/model/marks.ts';
import {
  __tlb_reset_range, MAX_GATHER_BATCH, MAX_GATHER_BATCH_COUNT, mmu_gather_batch, MMU_GATHER_BUNDLE,
  tlb_flush_mmu_tlbonly, type mmu_gather,
} from '../include/asm-generic/tlb.ts';
import { __GFP_NOWARN, GFP_NOWAIT } from '../include/linux/gfp.ts';
import { dec_tlb_flush_pending, inc_tlb_flush_pending, mm_tlb_flush_nested, type mm_struct, type page } from '../include/linux/mm_types.ts';
import { VM_BUG_ON, VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import type { int } from '../include/linux/types.ts';
import { __get_free_pages, free_pages } from './page_alloc.ts';
import { free_pages_and_swap_cache } from '../include/linux/swap.ts';

function tlb_next_batch(tlb: mmu_gather): boolean {
  let batch: mmu_gather_batch;

  batch = tlb.active;
  if (batch.next) {
    tlb.active = batch.next;
    return true;
  }

  if (tlb.batch_count === MAX_GATHER_BATCH_COUNT)
    return false;

  const address = __get_free_pages(GFP_NOWAIT | __GFP_NOWARN, 0);
  if (!address)
    return false;
  batch = new mmu_gather_batch(address);

  tlb.batch_count++;
  batch.next = null;
  batch.nr = 0;
  batch.max = MAX_GATHER_BATCH;

  tlb.active.next = batch;
  tlb.active = batch;

  return true;
}

/** @refs the pages of all batches: consumes */
function tlb_batch_pages_flush(tlb: mmu_gather): void {
  let batch: mmu_gather_batch | null;

  for (batch = tlb.local; batch && batch.nr; batch = batch.next) {
    free_pages_and_swap_cache(batch.pages, batch.nr);
    batch.nr = 0;
  }
  tlb.active = tlb.local;
}

function tlb_batch_list_free(tlb: mmu_gather): void {
  let batch: mmu_gather_batch | null, next: mmu_gather_batch | null;

  for (batch = tlb.local.next; batch; batch = next) {
    next = batch.next;
    free_pages(batch.address, 0);
  }
  tlb.local.next = null;
}

/** True when the batches are full: the caller has to flush.
 *  @refs page: consumes, when the batch is flushed */
export function __tlb_remove_page_size(tlb: mmu_gather, page: page, _page_size: int): boolean {
  let batch: mmu_gather_batch;

  VM_BUG_ON(!tlb.end);

  batch = tlb.active;
  batch.pages[batch.nr++] = page;
  if (batch.nr === batch.max) {
    if (!tlb_next_batch(tlb))
      return true;
    batch = tlb.active;
  }
  VM_BUG_ON_PAGE(batch.nr > batch.max, page);

  return false;
}

function tlb_table_flush(_tlb: mmu_gather): void {
  notModelled('MMU_GATHER_TABLE_FREE=n: tables are freed without batches');
}
function tlb_table_init(_tlb: mmu_gather): void {
  notModelled('MMU_GATHER_TABLE_FREE=n: tables are freed without batches');
}

function tlb_flush_mmu_free(tlb: mmu_gather): void {
  tlb_table_flush(tlb);
  tlb_batch_pages_flush(tlb);
}

/** @refs the pages gathered: consumes */
export function tlb_flush_mmu(tlb: mmu_gather): void {
  tlb_flush_mmu_tlbonly(tlb);
  tlb_flush_mmu_free(tlb);
}

function __tlb_gather_mmu(tlb: mmu_gather, mm: mm_struct,
  fullmm: boolean): void {
  tlb.mm = mm;
  tlb.fullmm = fullmm ? 1 : 0;

  tlb.need_flush_all = 0;
  tlb.local.next = null;
  tlb.local.nr = 0;
  tlb.local.max = MMU_GATHER_BUNDLE;
  tlb.active = tlb.local;
  tlb.batch_count = 0;

  tlb_table_init(tlb);

  __tlb_reset_range(tlb);
  inc_tlb_flush_pending(tlb.mm);
}

export function tlb_gather_mmu(tlb: mmu_gather, mm: mm_struct): void {
  __tlb_gather_mmu(tlb, mm, false);
}

export function tlb_gather_mmu_fullmm(tlb: mmu_gather, mm: mm_struct): void {
  __tlb_gather_mmu(tlb, mm, true);
}

/** @refs the pages gathered: consumes */
export function tlb_finish_mmu(tlb: mmu_gather): void {
  // Another thread is between clearing and flushing in this mm: what it cleared was seen here as
  // already gone, so this flush has to be its flush too.
  if (mm_tlb_flush_nested(tlb.mm)) {
    tlb.fullmm = 1;
    __tlb_reset_range(tlb);
    tlb.freed_tables = 1;
  }

  tlb_flush_mmu(tlb);

  tlb_batch_list_free(tlb);
  dec_tlb_flush_pending(tlb.mm);
}
