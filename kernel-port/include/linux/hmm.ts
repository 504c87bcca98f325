// SPDX-License-Identifier: GPL-2.0-only
// What a device that mirrors an address space asks of the CPU's page tables, and what it is told:
// one hmm_pfn_t for each page of a range. The flags are above the pfn, in the top byte of a long.

import { pfn_to_page } from '../../arch/model/memory.ts';
import type { mmu_interval_notifier } from './mmu_notifier.ts';
import type { page } from './mm_types.ts';
import { BITS_PER_LONG, type hmm_pfn_t, type uaddr, type unsigned_int, type unsigned_long } from './types.ts';

/** enum hmm_pfn_flags. Told: readable by this pfn. */
export const HMM_PFN_VALID: hmm_pfn_t = (1 << (BITS_PER_LONG - 1)) >>> 0;
/** Told: writable as well. */
export const HMM_PFN_WRITE: hmm_pfn_t = 1 << (BITS_PER_LONG - 2);
/** Told: no access is possible at all, with a fault or without. */
export const HMM_PFN_ERROR: hmm_pfn_t = 1 << (BITS_PER_LONG - 3);
export const HMM_PFN_ORDER_SHIFT: unsigned_int = BITS_PER_LONG - 8;

/** Asked: it has to become readable, by a fault when need be. */
export const HMM_PFN_REQ_FAULT: hmm_pfn_t = HMM_PFN_VALID;
/** Asked, along with REQ_FAULT: writable. */
export const HMM_PFN_REQ_WRITE: hmm_pfn_t = HMM_PFN_WRITE;

export const HMM_PFN_FLAGS: hmm_pfn_t = (0xff << HMM_PFN_ORDER_SHIFT) >>> 0;

/** Good for as long as the notifier's sequence stands, under the caller's own lock.
 *  @refs the page: nobody holds it */
export function hmm_pfn_to_page(hmm_pfn: hmm_pfn_t): page {
  return pfn_to_page(hmm_pfn & ~HMM_PFN_FLAGS);
}

/** How large the mapping is that the page is part of. */
export function hmm_pfn_to_map_order(hmm_pfn: hmm_pfn_t): unsigned_int {
  return (hmm_pfn >>> HMM_PFN_ORDER_SHIFT) & 0x1f;
}

/** struct hmm_range: what is asked, and the array for the answer. */
export class hmm_range {
  /** Covers the range; its sequence was read before, by mmu_interval_read_begin(). */
  notifier: mmu_interval_notifier | null = null;
  notifier_seq: unsigned_long = 0;
  start: uaddr = 0;
  end: uaddr = 0;
  /** One for each page: what is asked for it goes in, what it is comes out. */
  hmm_pfns: hmm_pfn_t[] | null = null;
  /** Asked for every page alike. */
  default_flags: hmm_pfn_t = 0;
  /** Which of the flags in hmm_pfns count. */
  pfn_flags_mask: hmm_pfn_t = 0;
  /** Private pages of this owner are told without a fault. */
  dev_private_owner: object | null = null;
}

export { hmm_range_fault } from '../../mm/hmm.ts';

/** In milliseconds: how long a caller goes on when the range is invalidated again and again. */
export const HMM_RANGE_DEFAULT_TIMEOUT = 1000;
