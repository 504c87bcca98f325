// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/page_alloc.c: the two ends of a page's life, with the checks that C makes there.
// In between stand the free lists of arch/model/memory.ts instead of per-CPU lists and the buddy
// system; only single pages are allocated, and nothing is reclaimed when a zone is empty.

import { should_fail } from '../arch/model/fault_inject.ts';
import { this_machine } from '../arch/model/machine.ts';
import { notModelled, reduced, unreachable } from '../arch/model/marks.ts';
import {
  page_to_pfn, pfn_to_page, return_frame, take_frame, virt_to_page, virt_addr_valid,
} from '../arch/model/memory.ts';
import { atomic_read } from '../include/linux/atomic.ts';
import { WARN_ON_ONCE } from '../include/linux/bug.ts';
import {
  __GFP_COMP, __GFP_HIGHMEM, __GFP_NOWARN, __GFP_ZERO, gfp_zone, arch_alloc_page, __GFP_DIRECT_RECLAIM, alloc_pages,
} from '../include/linux/gfp.ts';
import { clear_highpage } from '../include/linux/highmem.ts';
import { kasan_unpoison_pages, page_kasan_tag_reset } from '../include/linux/kasan.ts';
import { might_sleep_if } from '../include/linux/kernel.ts';
import { INIT_LIST_HEAD, Next, list_del, list_for_each_entry_safe, type list_head } from '../include/linux/list.ts';
import { local_lock_irqsave, local_unlock_irqrestore, type local_lock_t } from '../include/linux/local_lock.ts';
import type { dev_pagemap } from '../include/linux/memremap.ts';
import {
  page_mapcount_reset, put_page_testzero, set_page_links, debug_pagealloc_map_pages, kernel_unpoison_pages,
  want_init_on_alloc, want_init_on_free, page_cpupid_reset_last, mm_zero_struct_page, page_address,
  clear_page_pfmemalloc, set_page_pfmemalloc,
} from '../include/linux/mm.ts';
import { page_private, set_page_private, type page } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE, VM_BUG_ON } from '../include/linux/mmdebug.ts';
import { MAX_ORDER, ZONE_DEVICE, zone_idx, PAGE_ALLOC_COSTLY_ORDER, type zone } from '../include/linux/mmzone.ts';
import {
  __PG_HWPOISON, __SetPageReserved, PAGE_FLAGS_CHECK_AT_FREE, PAGE_FLAGS_CHECK_AT_PREP, PageHead, PageHWPoison,
  PageMappingFlags, PageTail,
} from '../include/linux/page-flags.ts';
import { set_page_owner } from '../include/linux/page_owner.ts';
import { init_page_count, page_ref_count } from '../include/linux/page_ref.ts';
import { current_gfp_context, fs_reclaim_acquire, fs_reclaim_release } from '../include/linux/sched/mm.ts';
import { SWAP_CLUSTER_MAX } from '../include/linux/swap.ts';
import { Init } from '../include/linux/types.ts';
import type { gfp_t, int, pfn_nr, Ref, unsigned_int, unsigned_long } from '../include/linux/types.ts';
import { ALLOC_NO_WATERMARKS, set_page_refcounted } from './internal.ts';

/** The per-CPU lists of pages; their lock has no word (local_lock.ts). */
const pagesets: { readonly lock: local_lock_t } = { lock: { name: 'pagesets' } };

function bad_page(page: page, reason: string | null): void {
  this_machine().on_trap('BAD_PAGE', `Bad page state: pfn ${page_to_pfn(page)} ${reason ?? ''}`);
  notModelled('the kernel log; no limit on how many are told');
  page_mapcount_reset(page);
  notModelled('taints');
}

function pcp_allowed_order(order: unsigned_int): boolean {
  reduced('TRANSPARENT_HUGEPAGE=n');
  if (order <= PAGE_ALLOC_COSTLY_ORDER)
    return true;
  return false;
}

function free_the_page(page: page, order: unsigned_int): void {
  if (pcp_allowed_order(order))
    free_unref_page(page, order);
  else
    unreachable('high-order pages');
}

function page_expected_state(page: page,
  check_flags: unsigned_long): boolean {
  if (atomic_read(page._mapcount) !== -1)
    return false;

  if (Number(page.mapping !== null) |
      page_ref_count(page) |
      (page.flags & check_flags))
    return false;

  return true;
}

function page_bad_reason(page: page, flags: unsigned_long): string | null {
  let bad_reason: string | null = null;

  if (atomic_read(page._mapcount) !== -1)
    bad_reason = 'nonzero mapcount';
  if (page.mapping !== null)
    bad_reason = 'non-NULL mapping';
  if (page_ref_count(page) !== 0)
    bad_reason = 'nonzero _refcount';
  if (page.flags & flags) {
    if (flags === PAGE_FLAGS_CHECK_AT_PREP)
      bad_reason = 'PAGE_FLAGS_CHECK_AT_PREP flag(s) set';
    else
      bad_reason = 'PAGE_FLAGS_CHECK_AT_FREE flag(s) set';
  }
  return bad_reason;
}

function check_free_page_bad(page: page): void {
  bad_page(page,
    page_bad_reason(page, PAGE_FLAGS_CHECK_AT_FREE));
}

function check_free_page(page: page): int {
  if (page_expected_state(page, PAGE_FLAGS_CHECK_AT_FREE))
    return 0;

  check_free_page_bad(page);
  return 1;
}

function kernel_init_free_pages(page: page, numpages: int): void {
  if (numpages !== 1) unreachable('high-order pages');
  clear_highpage(page);
}

/** False when the page is not fit to be freed: it is then lost. */
function free_pages_prepare(page: page,
  order: unsigned_int, check_free: boolean): boolean {
  let bad: int = 0;

  VM_BUG_ON_PAGE(PageTail(page), page);

  if (PageHWPoison(page) && !order) {
    unreachable('memory failure');
  }

  if (order) {
    unreachable('high-order pages');
  }
  if (PageMappingFlags(page))
    page.mapping = null;
  if (check_free)
    bad += check_free_page(page);
  if (bad)
    return false;

  page.flags &= ~PAGE_FLAGS_CHECK_AT_PREP;
  reduced('no poisoning, no init_on_free: the content stays what it was');

  return true;
}

// Where a page is checked depends on DEBUG_VM: on its way to the per-CPU list with it, from there
// to the buddy system without it.
//#if DEBUG_VM
function free_pcp_prepare(page: page, order: unsigned_int): boolean {
  reduced('no fpi_flags');
  return free_pages_prepare(page, order, true);
}

function bulkfree_pcp_prepare(_page: page): boolean {
  reduced('no debug_pagealloc');
  return false;
}
//#else
function free_pcp_prepare(page: page, order: unsigned_int): boolean {
  reduced('no debug_pagealloc, no fpi_flags');
  return free_pages_prepare(page, order, false);
}

function bulkfree_pcp_prepare(page: page): boolean {
  return check_free_page(page) !== 0;
}
//#endif

/** C empties part of a per-CPU list into the buddy system here. */
function free_pcppages_bulk(page: page): void {
  reduced('no per-CPU lists, no buddy system: the frame goes back to its zone');
  if (bulkfree_pcp_prepare(page))
    return;
  return_frame(page);
}

function __init_single_page(page: page, pfn: pfn_nr,
  zone: unsigned_long, nid: int): void {
  mm_zero_struct_page(page);
  set_page_links(page, zone, nid, pfn);
  init_page_count(page);
  page_mapcount_reset(page);
  page_cpupid_reset_last(page);
  page_kasan_tag_reset(page);

  INIT_LIST_HEAD(page.lru);
  reduced('WANT_PAGE_VIRTUAL=n');
}

function check_new_page_bad(page: page): void {
  if (page.flags & __PG_HWPOISON) {
    unreachable('memory failure');
  }

  bad_page(page,
    page_bad_reason(page, PAGE_FLAGS_CHECK_AT_PREP));
}

function check_new_page(page: page): int {
  if (page_expected_state(page,
    PAGE_FLAGS_CHECK_AT_PREP | __PG_HWPOISON))
    return 0;

  check_new_page_bad(page);
  return 1;
}

//#if DEBUG_VM
function check_pcp_refill(_page: page): boolean {
  reduced('no debug_pagealloc');
  return false;
}

function check_new_pcp(page: page): boolean {
  return check_new_page(page) !== 0;
}
//#else
function check_pcp_refill(page: page): boolean {
  return check_new_page(page) !== 0;
}

function check_new_pcp(_page: page): boolean {
  reduced('no debug_pagealloc');
  return false;
}
//#endif

/** @refs page: from none to one, the caller's */
function post_alloc_hook(page: page, order: unsigned_int,
  gfp_flags: gfp_t): void {
  const init = !want_init_on_free() && want_init_on_alloc(gfp_flags);

  set_page_private(page, 0);
  set_page_refcounted(page);

  arch_alloc_page(page, order);
  debug_pagealloc_map_pages(page, 1 << order);

  kernel_unpoison_pages(page, 1 << order);

  reduced('KASAN=n, no memory tags');
  kasan_unpoison_pages(page, order, init);

  if (init)
    kernel_init_free_pages(page, 1 << order);

  set_page_owner(page, order, gfp_flags);
}

function prep_new_page(page: page, order: unsigned_int, gfp_flags: gfp_t,
  alloc_flags: unsigned_int): void {
  post_alloc_hook(page, order, gfp_flags);

  if (order && (gfp_flags & __GFP_COMP)) unreachable('high-order pages');

  if (alloc_flags & ALLOC_NO_WATERMARKS)
    set_page_pfmemalloc(page);
  else
    clear_page_pfmemalloc(page);
}

export function drain_local_pages(_zone: zone | null): void {
  reduced('there are no per-CPU lists of free pages');
}

export function drain_all_pages(_zone: zone | null): void {
  reduced('there are no per-CPU lists of free pages');
}

function free_unref_page_prepare(page: page, _pfn: pfn_nr,
  order: unsigned_int): boolean {
  if (!free_pcp_prepare(page, order))
    return false;

  notModelled('the migratetype of the page block');
  return true;
}

function free_unref_page_commit(page: page, _pfn: pfn_nr,
  _migratetype: int, _order: unsigned_int): void {
  reduced('no per-CPU list of free pages; the free list does not use the node of the page');
  INIT_LIST_HEAD(page.lru);
  free_pcppages_bulk(page);
}

/** @refs page: the count is zero, nobody holds it */
export function free_unref_page(page: page, order: unsigned_int): void {
  const pfn = page_to_pfn(page);
  const migratetype: int = 0;

  if (!free_unref_page_prepare(page, pfn, order))
    return;

  reduced('one migratetype, nothing is isolated');

  local_lock_irqsave(pagesets.lock);
  free_unref_page_commit(page, pfn, migratetype, order);
  local_unlock_irqrestore(pagesets.lock);
}

/** @refs the pages on the list: the count is zero, nobody holds them */
export function free_unref_page_list(list: list_head<page>): void {
  let page: page | null, next: page | null;
  let pfn: pfn_nr;
  let batch_count: int = 0;
  notModelled('migratetypes');
  const migratetype: int = 0;

  for (page = list_for_each_entry_safe(list); page; page = next) {
    next = Next(page.lru);
    pfn = page_to_pfn(page);
    if (!free_unref_page_prepare(page, pfn, 0)) {
      list_del(page.lru);
      continue;
    }

    reduced('one migratetype, nothing is isolated');
    set_page_private(page, pfn);
  }

  local_lock_irqsave(pagesets.lock);
  for (page = list_for_each_entry_safe(list); page; page = next) {
    next = Next(page.lru);
    pfn = page_private(page);
    set_page_private(page, 0);
    reduced('one migratetype, nothing is isolated');

    free_unref_page_commit(page, pfn, migratetype, 0);

    if (++batch_count === SWAP_CLUSTER_MAX) {
      local_unlock_irqrestore(pagesets.lock);
      batch_count = 0;
      local_lock_irqsave(pagesets.lock);
    }
  }
  local_unlock_irqrestore(pagesets.lock);
}

/** A page of the zone that passes the checks; one that does not is lost. */
function __rmqueue_pcplist(zone: unsigned_int): page | null {
  reduced('no per-CPU lists: a frame of the zone');
  let page: page | null = null;

  do {
    page = take_frame(zone);
    if (page === null)
      return null;
  } while (check_pcp_refill(page) || check_new_pcp(page));

  return page;
}

function rmqueue(zone: unsigned_int, order: unsigned_int): page | null {
  let page: page | null;

  if (order) unreachable('high-order pages');
  local_lock_irqsave(pagesets.lock);
  page = __rmqueue_pcplist(zone);
  local_unlock_irqrestore(pagesets.lock);
  reduced('order 0: the list of the CPU alone is asked');
  return page;
}

function __should_fail_alloc_page(_gfp_mask: gfp_t, _order: unsigned_int): boolean {
  reduced('which allocation fails is said by the machine');
  return should_fail(this_machine().fail_page_alloc);
}

function should_fail_alloc_page(gfp_mask: gfp_t, order: unsigned_int): boolean {
  return __should_fail_alloc_page(gfp_mask, order);
}

class alloc_context {
  highest_zoneidx: unsigned_int = 0;
}

/** The highest zone first, then the ones below it. */
function get_page_from_freelist(gfp_mask: gfp_t, order: unsigned_int, alloc_flags: int,
  ac: alloc_context): page | null {
  let zone: int;

  reduced('no watermarks, one node');
  for (zone = ac.highest_zoneidx; zone >= 0; zone--) {
    let page: page | null;

    page = rmqueue(zone, order);
    if (page) {
      prep_new_page(page, order, gfp_mask, alloc_flags);
      return page;
    }
  }

  return null;
}

function __alloc_pages_slowpath(_gfp_mask: gfp_t, _order: unsigned_int, _ac: alloc_context): page | null {
  reduced('no reclaim, no OOM killer: an empty zone is a failed allocation');
  return null;
}

function prepare_alloc_pages(gfp_mask: gfp_t, order: unsigned_int,
  _preferred_nid: int, _nodemask: object | null,
  ac: alloc_context, _alloc_gfp: Ref<gfp_t>,
  _alloc_flags: Ref<unsigned_int>): boolean {
  ac.highest_zoneidx = gfp_zone(gfp_mask);

  reduced('no zonelists, no cpusets, no CMA');

  fs_reclaim_acquire(gfp_mask);
  fs_reclaim_release(gfp_mask);

  might_sleep_if((gfp_mask & __GFP_DIRECT_RECLAIM) !== 0);

  if (should_fail_alloc_page(gfp_mask, order))
    return false;

  return true;
}

/** Which zones may serve follows the flags of the task that allocates.
 *  @refs returns */
export function __alloc_pages(gfp: gfp_t, order: unsigned_int, preferred_nid: int,
  nodemask: object | null): page | null {
  let page: page | null;
  const alloc_flags: Ref<unsigned_int> = { v: 0 };
  const alloc_gfp: Ref<gfp_t> = { v: 0 };
  const ac = Init(alloc_context, {});

  if (order >= MAX_ORDER) {
    WARN_ON_ONCE(!(gfp & __GFP_NOWARN));
    return null;
  }

  gfp = current_gfp_context(gfp);
  alloc_gfp.v = gfp;
  if (!prepare_alloc_pages(gfp, order, preferred_nid, nodemask, ac,
    alloc_gfp, alloc_flags))
    return null;

  out: {
    page = get_page_from_freelist(alloc_gfp.v, order, alloc_flags.v, ac);
    if (page)
      break out;

    alloc_gfp.v = gfp;

    page = __alloc_pages_slowpath(alloc_gfp.v, order, ac);
  }
  reduced('no fragmentation avoidance, no node mask, MEMCG=n');

  return page;
}

/** The address of a page for the kernel itself; 0 when there is none.
 *  @refs returns (when not 0) */
export function __get_free_pages(gfp_mask: gfp_t, order: unsigned_int): unsigned_long {
  let page: page | null;

  page = alloc_pages(gfp_mask & ~__GFP_HIGHMEM, order);
  if (!page)
    return 0;
  return page_address(page);
}

export function get_zeroed_page(gfp_mask: gfp_t): unsigned_long {
  return __get_free_pages(gfp_mask | __GFP_ZERO, 0);
}

/** @refs page: consumes */
export function __free_pages(page: page, order: unsigned_int): void {
  if (put_page_testzero(page))
    free_the_page(page, order);
  else if (!PageHead(page))
    while (order-- > 0)
      unreachable('high-order pages');
}

export function free_pages(addr: unsigned_long, order: unsigned_int): void {
  if (addr !== 0) {
    VM_BUG_ON(!virt_addr_valid(addr));
    __free_pages(virt_to_page(addr), order);
  }
}

/** Every page: one reference, reserved, named by its region. */
export function memmap_init_zone_device(zone: zone,
  start_pfn: pfn_nr,
  nr_pages: unsigned_long,
  pgmap: dev_pagemap): void {
  let pfn: pfn_nr;
  const end_pfn: pfn_nr = start_pfn + nr_pages;
  const pgdat = zone.zone_pgdat;
  const zone_idx_ = zone_idx(zone);
  const nid: int = pgdat.node_id;

  if (WARN_ON_ONCE(!pgmap || zone_idx(zone) !== ZONE_DEVICE))
    return;

  notModelled('vmem_altmap: the memmap takes no memory of the device');

  for (pfn = start_pfn; pfn < end_pfn; pfn++) {
    const page = pfn_to_page(pfn);

    __init_single_page(page, pfn, zone_idx_, nid);

    __SetPageReserved(page);

    // These two lie over the list node; the page is never on a list of the kernel's.
    page.pgmap = pgmap;
    page.zone_device_data = null;
    notModelled('migratetypes; how long it takes');
  }
  notModelled('the kernel log');
}
