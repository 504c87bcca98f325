// SPDX-License-Identifier: GPL-2.0-only
// The flags of struct page. What C's PAGEFLAG macros generate is written out, in their order; the
// policies (PF_*) say which page of a compound page carries the flag and only matter there.

import { clear_bit, set_bit, test_and_clear_bit, test_and_set_bit, test_bit, __clear_bit, __set_bit } from './bitops.ts';
import { anon_mapping, type page } from './mm_types.ts';
import { VM_BUG_ON_PAGE } from './mmdebug.ts';
import type { address_space } from './fs.ts';
import type { int, unsigned_long } from './types.ts';
import { reduced, unreachable } from '../../arch/model/marks.ts';

/** enum pageflags, as x86-64 without MEMORY_FAILURE and PAGE_IDLE_FLAG has it. */
export const PG_locked: int = 0;
export const PG_referenced: int = 1;
export const PG_uptodate: int = 2;
export const PG_dirty: int = 3;
export const PG_lru: int = 4;
export const PG_active: int = 5;
export const PG_workingset: int = 6;
export const PG_waiters: int = 7;
export const PG_error: int = 8;
export const PG_slab: int = 9;
export const PG_owner_priv_1: int = 10;
export const PG_arch_1: int = 11;
export const PG_reserved: int = 12;
export const PG_private: int = 13;
export const PG_private_2: int = 14;
export const PG_writeback: int = 15;
export const PG_head: int = 16;
export const PG_mappedtodisk: int = 17;
export const PG_reclaim: int = 18;
export const PG_swapbacked: int = 19;
export const PG_unevictable: int = 20;
export const PG_mlocked: int = 21;
export const PG_uncached: int = 22;
export const PG_arch_2: int = 23;
export const __NR_PAGEFLAGS: int = 24;
export const PG_checked: int = PG_owner_priv_1;
export const PG_swapcache: int = PG_owner_priv_1;
export const PG_fscache: int = PG_private_2;
export const PG_slob_free: int = PG_private;
export const PG_double_map: int = PG_workingset;
export const PG_isolated: int = PG_reclaim;
export const PG_reported: int = PG_uptodate;

export const PAGEFLAGS_MASK: unsigned_long = (1 << __NR_PAGEFLAGS) - 1;

/** Reads nothing: whether a page is a tail never changes while no page is compound (model-rules.md, 2.3). */
export function compound_head(page: page): page {
  reduced('no compound pages: every page is its own head');
  return page;
}
export function PageTail(_page: page): boolean {
  reduced('no compound pages: the word that lru and pgmap share is not read for its tail bit');
  return false;
}
export function PageCompound(page: page): boolean { return test_bit(PG_head, page) || PageTail(page); }

function PF_ANY(page: page, _enforce: int): page { return page; }
function PF_HEAD(page: page, _enforce: int): page { return compound_head(page); }
function PF_ONLY_HEAD(page: page, _enforce: int): page { return page; }
function PF_NO_TAIL(page: page, _enforce: int): page { return compound_head(page); }
function PF_NO_COMPOUND(page: page, _enforce: int): page { return page; }

export function PageLocked(page: page): boolean { return test_bit(PG_locked, PF_NO_TAIL(page, 0)); }
export function __SetPageLocked(page: page): void { __set_bit(PG_locked, PF_NO_TAIL(page, 1)); }
export function __ClearPageLocked(page: page): void { __clear_bit(PG_locked, PF_NO_TAIL(page, 1)); }
export function PageWaiters(page: page): boolean { return test_bit(PG_waiters, PF_ONLY_HEAD(page, 0)); }
export function SetPageWaiters(page: page): void { set_bit(PG_waiters, PF_ONLY_HEAD(page, 1)); }
export function ClearPageWaiters(page: page): void { clear_bit(PG_waiters, PF_ONLY_HEAD(page, 1)); }
export function __ClearPageWaiters(page: page): void { __clear_bit(PG_waiters, PF_ONLY_HEAD(page, 1)); }
export function PageError(page: page): boolean { return test_bit(PG_error, PF_NO_TAIL(page, 0)); }
export function SetPageError(page: page): void { set_bit(PG_error, PF_NO_TAIL(page, 1)); }
export function ClearPageError(page: page): void { clear_bit(PG_error, PF_NO_TAIL(page, 1)); }
export function TestClearPageError(page: page): boolean { return test_and_clear_bit(PG_error, PF_NO_TAIL(page, 1)); }
export function PageReferenced(page: page): boolean { return test_bit(PG_referenced, PF_HEAD(page, 0)); }
export function SetPageReferenced(page: page): void { set_bit(PG_referenced, PF_HEAD(page, 1)); }
export function ClearPageReferenced(page: page): void { clear_bit(PG_referenced, PF_HEAD(page, 1)); }
export function TestClearPageReferenced(page: page): boolean { return test_and_clear_bit(PG_referenced, PF_HEAD(page, 1)); }
export function __SetPageReferenced(page: page): void { __set_bit(PG_referenced, PF_HEAD(page, 1)); }
export function PageDirty(page: page): boolean { return test_bit(PG_dirty, PF_HEAD(page, 0)); }
export function SetPageDirty(page: page): void { set_bit(PG_dirty, PF_HEAD(page, 1)); }
export function ClearPageDirty(page: page): void { clear_bit(PG_dirty, PF_HEAD(page, 1)); }
export function TestSetPageDirty(page: page): boolean { return test_and_set_bit(PG_dirty, PF_HEAD(page, 1)); }
export function TestClearPageDirty(page: page): boolean { return test_and_clear_bit(PG_dirty, PF_HEAD(page, 1)); }
export function __ClearPageDirty(page: page): void { __clear_bit(PG_dirty, PF_HEAD(page, 1)); }
export function PageLRU(page: page): boolean { return test_bit(PG_lru, PF_HEAD(page, 0)); }
export function SetPageLRU(page: page): void { set_bit(PG_lru, PF_HEAD(page, 1)); }
export function ClearPageLRU(page: page): void { clear_bit(PG_lru, PF_HEAD(page, 1)); }
export function __ClearPageLRU(page: page): void { __clear_bit(PG_lru, PF_HEAD(page, 1)); }
export function TestClearPageLRU(page: page): boolean { return test_and_clear_bit(PG_lru, PF_HEAD(page, 1)); }
export function PageActive(page: page): boolean { return test_bit(PG_active, PF_HEAD(page, 0)); }
export function SetPageActive(page: page): void { set_bit(PG_active, PF_HEAD(page, 1)); }
export function ClearPageActive(page: page): void { clear_bit(PG_active, PF_HEAD(page, 1)); }
export function __ClearPageActive(page: page): void { __clear_bit(PG_active, PF_HEAD(page, 1)); }
export function TestClearPageActive(page: page): boolean { return test_and_clear_bit(PG_active, PF_HEAD(page, 1)); }
export function PageWorkingset(page: page): boolean { return test_bit(PG_workingset, PF_HEAD(page, 0)); }
export function SetPageWorkingset(page: page): void { set_bit(PG_workingset, PF_HEAD(page, 1)); }
export function ClearPageWorkingset(page: page): void { clear_bit(PG_workingset, PF_HEAD(page, 1)); }
export function TestClearPageWorkingset(page: page): boolean { return test_and_clear_bit(PG_workingset, PF_HEAD(page, 1)); }
export function PageSlab(page: page): boolean { return test_bit(PG_slab, PF_NO_TAIL(page, 0)); }
export function __SetPageSlab(page: page): void { __set_bit(PG_slab, PF_NO_TAIL(page, 1)); }
export function __ClearPageSlab(page: page): void { __clear_bit(PG_slab, PF_NO_TAIL(page, 1)); }
export function PageChecked(page: page): boolean { return test_bit(PG_checked, PF_NO_COMPOUND(page, 0)); }
export function SetPageChecked(page: page): void { set_bit(PG_checked, PF_NO_COMPOUND(page, 1)); }
export function ClearPageChecked(page: page): void { clear_bit(PG_checked, PF_NO_COMPOUND(page, 1)); }
export function PageReserved(page: page): boolean { return test_bit(PG_reserved, PF_NO_COMPOUND(page, 0)); }
export function SetPageReserved(page: page): void { set_bit(PG_reserved, PF_NO_COMPOUND(page, 1)); }
export function ClearPageReserved(page: page): void { clear_bit(PG_reserved, PF_NO_COMPOUND(page, 1)); }
export function __ClearPageReserved(page: page): void { __clear_bit(PG_reserved, PF_NO_COMPOUND(page, 1)); }
export function __SetPageReserved(page: page): void { __set_bit(PG_reserved, PF_NO_COMPOUND(page, 1)); }
export function PageSwapBacked(page: page): boolean { return test_bit(PG_swapbacked, PF_NO_TAIL(page, 0)); }
export function SetPageSwapBacked(page: page): void { set_bit(PG_swapbacked, PF_NO_TAIL(page, 1)); }
export function ClearPageSwapBacked(page: page): void { clear_bit(PG_swapbacked, PF_NO_TAIL(page, 1)); }
export function __ClearPageSwapBacked(page: page): void { __clear_bit(PG_swapbacked, PF_NO_TAIL(page, 1)); }
export function __SetPageSwapBacked(page: page): void { __set_bit(PG_swapbacked, PF_NO_TAIL(page, 1)); }
export function PagePrivate(page: page): boolean { return test_bit(PG_private, PF_ANY(page, 0)); }
export function SetPagePrivate(page: page): void { set_bit(PG_private, PF_ANY(page, 1)); }
export function ClearPagePrivate(page: page): void { clear_bit(PG_private, PF_ANY(page, 1)); }
export function PagePrivate2(page: page): boolean { return test_bit(PG_private_2, PF_ANY(page, 0)); }
export function SetPagePrivate2(page: page): void { set_bit(PG_private_2, PF_ANY(page, 1)); }
export function ClearPagePrivate2(page: page): void { clear_bit(PG_private_2, PF_ANY(page, 1)); }
export function TestSetPagePrivate2(page: page): boolean { return test_and_set_bit(PG_private_2, PF_ANY(page, 1)); }
export function TestClearPagePrivate2(page: page): boolean { return test_and_clear_bit(PG_private_2, PF_ANY(page, 1)); }
export function PageWriteback(page: page): boolean { return test_bit(PG_writeback, PF_NO_TAIL(page, 0)); }
export function TestSetPageWriteback(page: page): boolean { return test_and_set_bit(PG_writeback, PF_NO_TAIL(page, 1)); }
export function TestClearPageWriteback(page: page): boolean { return test_and_clear_bit(PG_writeback, PF_NO_TAIL(page, 1)); }
export function PageMappedToDisk(page: page): boolean { return test_bit(PG_mappedtodisk, PF_NO_TAIL(page, 0)); }
export function SetPageMappedToDisk(page: page): void { set_bit(PG_mappedtodisk, PF_NO_TAIL(page, 1)); }
export function ClearPageMappedToDisk(page: page): void { clear_bit(PG_mappedtodisk, PF_NO_TAIL(page, 1)); }
export function PageReclaim(page: page): boolean { return test_bit(PG_reclaim, PF_NO_TAIL(page, 0)); }
export function SetPageReclaim(page: page): void { set_bit(PG_reclaim, PF_NO_TAIL(page, 1)); }
export function ClearPageReclaim(page: page): void { clear_bit(PG_reclaim, PF_NO_TAIL(page, 1)); }
export function TestClearPageReclaim(page: page): boolean { return test_and_clear_bit(PG_reclaim, PF_NO_TAIL(page, 1)); }
export function PageReadahead(page: page): boolean { return test_bit(PG_reclaim, PF_NO_COMPOUND(page, 0)); }
export function SetPageReadahead(page: page): void { set_bit(PG_reclaim, PF_NO_COMPOUND(page, 1)); }
export function ClearPageReadahead(page: page): void { clear_bit(PG_reclaim, PF_NO_COMPOUND(page, 1)); }
export function TestClearPageReadahead(page: page): boolean { return test_and_clear_bit(PG_reclaim, PF_NO_COMPOUND(page, 1)); }
export function PageHighMem(_page: page): boolean { return false; }
/** SWAP=n */
export function PageSwapCache(_page: page): boolean {
  reduced('SWAP=n');
  return false;
}
export function SetPageSwapCache(_page: page): void {}
export function ClearPageSwapCache(_page: page): void {}
export function PageUnevictable(page: page): boolean { return test_bit(PG_unevictable, PF_HEAD(page, 0)); }
export function SetPageUnevictable(page: page): void { set_bit(PG_unevictable, PF_HEAD(page, 1)); }
export function ClearPageUnevictable(page: page): void { clear_bit(PG_unevictable, PF_HEAD(page, 1)); }
export function __ClearPageUnevictable(page: page): void { __clear_bit(PG_unevictable, PF_HEAD(page, 1)); }
export function TestClearPageUnevictable(page: page): boolean { return test_and_clear_bit(PG_unevictable, PF_HEAD(page, 1)); }
export function PageMlocked(page: page): boolean { return test_bit(PG_mlocked, PF_NO_TAIL(page, 0)); }
export function SetPageMlocked(page: page): void { set_bit(PG_mlocked, PF_NO_TAIL(page, 1)); }
export function ClearPageMlocked(page: page): void { clear_bit(PG_mlocked, PF_NO_TAIL(page, 1)); }
export function __ClearPageMlocked(page: page): void { __clear_bit(PG_mlocked, PF_NO_TAIL(page, 1)); }
export function TestSetPageMlocked(page: page): boolean { return test_and_set_bit(PG_mlocked, PF_NO_TAIL(page, 1)); }
export function TestClearPageMlocked(page: page): boolean { return test_and_clear_bit(PG_mlocked, PF_NO_TAIL(page, 1)); }
export function PageUncached(page: page): boolean { return test_bit(PG_uncached, PF_NO_COMPOUND(page, 0)); }
export function SetPageUncached(page: page): void { set_bit(PG_uncached, PF_NO_COMPOUND(page, 1)); }
export function ClearPageUncached(page: page): void { clear_bit(PG_uncached, PF_NO_COMPOUND(page, 1)); }
/** MEMORY_FAILURE=n */
export function PageHWPoison(_page: page): boolean { return false; }
export function SetPageHWPoison(_page: page): void {}
export function ClearPageHWPoison(_page: page): void {}
export const __PG_HWPOISON: unsigned_long = 0;

export const PAGE_MAPPING_ANON: unsigned_long = 0x1;
export const PAGE_MAPPING_MOVABLE: unsigned_long = 0x2;
export const PAGE_MAPPING_KSM: unsigned_long = PAGE_MAPPING_ANON | PAGE_MAPPING_MOVABLE;
export const PAGE_MAPPING_FLAGS: unsigned_long = PAGE_MAPPING_ANON | PAGE_MAPPING_MOVABLE;

/** C's `(unsigned long)page->mapping`, of which only the tag bits are ever looked at as a number. */
export function ulong(mapping: anon_mapping | address_space | null): unsigned_long {
  return mapping instanceof anon_mapping ? PAGE_MAPPING_ANON : 0;
}

export function PageMappingFlags(page: page): boolean { return (ulong(page.mapping) & PAGE_MAPPING_FLAGS) !== 0; }

export function PageAnon(page: page): boolean {
  page = compound_head(page);
  return (ulong(page.mapping) & PAGE_MAPPING_ANON) !== 0;
}

export function __PageMovable(page: page): boolean {
  return (ulong(page.mapping) & PAGE_MAPPING_FLAGS) === PAGE_MAPPING_MOVABLE;
}

/** KSM=n */
export function PageKsm(_page: page): boolean {
  reduced('KSM=n');
  return false;
}

export function PageUptodate(page: page): boolean {
  reduced('no barriers: memory is sequentially consistent');
  let ret: boolean;
  page = compound_head(page);
  ret = test_bit(PG_uptodate, page);
  return ret;
}

export function __SetPageUptodate(page: page): void {
  reduced('no barriers: memory is sequentially consistent');
  VM_BUG_ON_PAGE(PageTail(page), page);
  __set_bit(PG_uptodate, page);
}

export function SetPageUptodate(page: page): void {
  reduced('no barriers: memory is sequentially consistent');
  VM_BUG_ON_PAGE(PageTail(page), page);
  set_bit(PG_uptodate, page);
}

export function ClearPageUptodate(page: page): void { clear_bit(PG_uptodate, PF_NO_TAIL(page, 1)); }

export function set_page_writeback(_page: page): void { unreachable('writeback: no file mappings, no swap'); }

export function PageHead(page: page): boolean { return test_bit(PG_head, PF_ANY(page, 0)); }
export function __SetPageHead(page: page): void { __set_bit(PG_head, PF_ANY(page, 1)); }
export function __ClearPageHead(page: page): void { __clear_bit(PG_head, PF_ANY(page, 1)); }
export function ClearPageHead(page: page): void { clear_bit(PG_head, PF_ANY(page, 1)); }
export const PG_head_mask: unsigned_long = 1 << PG_head;

/** HUGETLB_PAGE=n */
export function PageHuge(_page: page): boolean { return false; }
export function PageHeadHuge(_page: page): boolean { return false; }
/** TRANSPARENT_HUGEPAGE=n */
export function PageTransHuge(_page: page): boolean {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return false;
}
export function PageTransCompound(_page: page): boolean {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return false;
}
export function PageTransCompoundMap(_page: page): boolean { return false; }
export function PageTransTail(_page: page): boolean {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return false;
}
export function PageDoubleMap(_page: page): boolean { return false; }
export function SetPageDoubleMap(_page: page): void {}
export function ClearPageDoubleMap(_page: page): void {}
export function TestSetPageDoubleMap(_page: page): boolean { return false; }
export function TestClearPageDoubleMap(_page: page): boolean { return false; }
export function PageHasHWPoisoned(_page: page): boolean { return false; }
export function SetPageHasHWPoisoned(_page: page): void {}
export function ClearPageHasHWPoisoned(_page: page): void {}

export function is_page_hwpoison(page: page): boolean {
  if (PageHWPoison(page))
    return true;
  return PageHuge(page) && PageHWPoison(compound_head(page));
}

/** The page types (_mapcount used as page_type): no such page is ever seen by the code ported. */
export function PageBuddy(_page: page): boolean { return false; }
export function PageOffline(_page: page): boolean { return false; }
export function PageTable(_page: page): boolean { return false; }
export function PageGuard(_page: page): boolean { return false; }

export function PageIsolated(page: page): boolean { return test_bit(PG_isolated, PF_ANY(page, 0)); }
export function SetPageIsolated(page: page): void { set_bit(PG_isolated, PF_ANY(page, 1)); }
export function ClearPageIsolated(page: page): void { clear_bit(PG_isolated, PF_ANY(page, 1)); }

export const __PG_MLOCKED: unsigned_long = 1 << PG_mlocked;

export const PAGE_FLAGS_CHECK_AT_FREE: unsigned_long =
  1 << PG_lru | 1 << PG_locked |
  1 << PG_private | 1 << PG_private_2 |
  1 << PG_writeback | 1 << PG_reserved |
  1 << PG_slab | 1 << PG_active |
  1 << PG_unevictable | __PG_MLOCKED;

export const PAGE_FLAGS_CHECK_AT_PREP: unsigned_long = PAGEFLAGS_MASK & ~__PG_HWPOISON;

export const PAGE_FLAGS_PRIVATE: unsigned_long = 1 << PG_private | 1 << PG_private_2;

export function page_has_private(page: page): boolean { return (page.flags & PAGE_FLAGS_PRIVATE) !== 0; }
