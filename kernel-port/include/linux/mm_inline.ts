// SPDX-License-Identifier: GPL-2.0-only
// Putting pages on LRU lists and taking them off. The multi-generation LRU and names of anonymous
// vmas of the measured tree came after v5.15.

import { list_add, list_add_tail, list_del } from './list.ts';
import { lruvec_pgdat, LRU_ACTIVE, LRU_INACTIVE_ANON, LRU_INACTIVE_FILE, LRU_UNEVICTABLE, NR_LRU_BASE, NR_ZONE_LRU_BASE, type lruvec, type lru_list, type pglist_data, type zone_type } from './mmzone.ts';
import { thp_nr_pages } from './huge_mm.ts';
import { page_zonenum } from './mm.ts';
import type { page } from './mm_types.ts';
import { VM_BUG_ON_PAGE } from './mmdebug.ts';
import { PageActive, PageLRU, PageSwapBacked, PageUnevictable, __ClearPageActive, __ClearPageLRU, __ClearPageUnevictable } from './page-flags.ts';
import type { int } from './types.ts';
import { __mod_lruvec_state, __mod_zone_page_state } from './vmstat.ts';

export function page_is_file_lru(page: page): int { return Number(!PageSwapBacked(page)); }

export function update_lru_size(lruvec: lruvec, lru: lru_list, zid: zone_type, nr_pages: int): void {
  const pgdat: pglist_data = lruvec_pgdat(lruvec);

  __mod_lruvec_state(lruvec, NR_LRU_BASE + lru, nr_pages);
  __mod_zone_page_state(pgdat.node_zones[zid],
    NR_ZONE_LRU_BASE + lru, nr_pages);
}

export function __clear_page_lru_flags(page: page): void {
  VM_BUG_ON_PAGE(!PageLRU(page), page);

  __ClearPageLRU(page);

  if (PageActive(page) && PageUnevictable(page))
    return;

  __ClearPageActive(page);
  __ClearPageUnevictable(page);
}

export function page_lru(page: page): lru_list {
  let lru: lru_list;

  VM_BUG_ON_PAGE(PageActive(page) && PageUnevictable(page), page);

  if (PageUnevictable(page))
    return LRU_UNEVICTABLE;

  lru = page_is_file_lru(page) ? LRU_INACTIVE_FILE : LRU_INACTIVE_ANON;
  if (PageActive(page))
    lru += LRU_ACTIVE;

  return lru;
}

/** @locks requires lru_lock */
export function add_page_to_lru_list(page: page, lruvec: lruvec): void {
  const lru: lru_list = page_lru(page);

  update_lru_size(lruvec, lru, page_zonenum(page), thp_nr_pages(page));
  list_add(page.lru, lruvec.lists[lru]);
}

/** @locks requires lru_lock */
export function add_page_to_lru_list_tail(page: page, lruvec: lruvec): void {
  const lru: lru_list = page_lru(page);

  update_lru_size(lruvec, lru, page_zonenum(page), thp_nr_pages(page));
  list_add_tail(page.lru, lruvec.lists[lru]);
}

/** @locks requires lru_lock */
export function del_page_from_lru_list(page: page, lruvec: lruvec): void {
  list_del(page.lru);
  update_lru_size(lruvec, page_lru(page), page_zonenum(page),
    -thp_nr_pages(page));
}
