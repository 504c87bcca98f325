// SPDX-License-Identifier: GPL-2.0-only
// Counters by zone and node: the header's inlines. The counters themselves are in mm/vmstat.ts.

import { reduced } from '../../arch/model/marks.ts';
import { mod_node_page_state, node_stat, zone_stat, __mod_node_page_state, __mod_zone_page_state } from '../../mm/vmstat.ts';
import { atomic_long_add, atomic_long_read } from './atomic.ts';
import { page_pgdat } from './mm.ts';
import { VM_WARN_ON_ONCE } from './mmdebug.ts';
import type { page } from './mm_types.ts';
import {
  lruvec_pgdat, NR_FREE_PAGES, vmstat_item_in_bytes, is_migrate_cma, NR_FREE_CMA_PAGES, type lruvec,
  type node_stat_item, type pglist_data, type zone, type zone_stat_item,
} from './mmzone.ts';
import type { int, long, unsigned_long } from './types.ts';

export {
  __mod_zone_page_state, __inc_zone_page_state, __dec_zone_page_state, __mod_node_page_state, __inc_node_page_state,
  __dec_node_page_state, mod_zone_page_state, inc_zone_page_state, dec_zone_page_state, mod_node_page_state,
  inc_node_page_state, dec_node_page_state,
} from '../../mm/vmstat.ts';

/** enum vm_event_item, those that the ported code counts; nobody reads them. */
export const PGACTIVATE: vm_event_item = 0;
export const PGDEACTIVATE: vm_event_item = 1;
export const PGLAZYFREE: vm_event_item = 2;
export const PGFAULT: vm_event_item = 3;
export const PGMAJFAULT: vm_event_item = 4;
export const PGLAZYFREED: vm_event_item = 5;
export const PGROTATED: vm_event_item = 6;
export const PGMIGRATE_SUCCESS: vm_event_item = 7;
export const PGMIGRATE_FAIL: vm_event_item = 8;
export const THP_MIGRATION_SUCCESS: vm_event_item = 9;
export const THP_MIGRATION_FAIL: vm_event_item = 10;
export const THP_MIGRATION_SPLIT: vm_event_item = 11;
export const UNEVICTABLE_PGCULLED: vm_event_item = 12;
export const UNEVICTABLE_PGSCANNED: vm_event_item = 13;
export const UNEVICTABLE_PGRESCUED: vm_event_item = 14;
export const UNEVICTABLE_PGMLOCKED: vm_event_item = 15;
export const UNEVICTABLE_PGMUNLOCKED: vm_event_item = 16;
export const UNEVICTABLE_PGCLEARED: vm_event_item = 17;
export const UNEVICTABLE_PGSTRANDED: vm_event_item = 18;
export const PGREUSE: vm_event_item = 19;
export type vm_event_item = int;
export function count_vm_event(_item: vm_event_item): void {}
export function __count_vm_event(_item: vm_event_item): void {}
export function count_vm_events(_item: vm_event_item, _delta: long): void {}
export function __count_vm_events(_item: vm_event_item, _delta: long): void {}

/** Zones have no counters of their own: the machine's are by item. */
export function zone_page_state_add(x: long, _zone: zone, item: zone_stat_item): void {
  reduced('one counter an item: the machine\'s, not also the zone\'s or node\'s');
  atomic_long_add(x, zone_stat().items[item]);
}

/** One node: its counters are the machine's. */
export function node_page_state_add(x: long, _pgdat: pglist_data, item: node_stat_item): void {
  reduced('one counter an item: the machine\'s, not also the zone\'s or node\'s');
  atomic_long_add(x, node_stat().items[item]);
}

export function global_zone_page_state(item: zone_stat_item): unsigned_long {
  reduced('the counters are the machine\'s');
  let x: long = atomic_long_read(zone_stat().items[item]);
  if (x < 0)
    x = 0;
  return x;
}

export function global_node_page_state_pages(item: node_stat_item): unsigned_long {
  reduced('the counters are the machine\'s');
  let x: long = atomic_long_read(node_stat().items[item]);
  if (x < 0)
    x = 0;
  return x;
}

export function global_node_page_state(item: node_stat_item): unsigned_long {
  VM_WARN_ON_ONCE(vmstat_item_in_bytes(item));

  return global_node_page_state_pages(item);
}

export function node_page_state(_pgdat: pglist_data, item: node_stat_item): unsigned_long { return global_node_page_state(item); }

export function __mod_zone_freepage_state(zone: zone, nr_pages: int, migratetype: int): void {
  __mod_zone_page_state(zone, NR_FREE_PAGES, nr_pages);
  if (is_migrate_cma(migratetype))
    __mod_zone_page_state(zone, NR_FREE_CMA_PAGES, nr_pages);
}

export function mod_lruvec_state(lruvec: lruvec, idx: node_stat_item, val: int): void {
  mod_node_page_state(lruvec_pgdat(lruvec), idx, val);
}

export function mod_lruvec_page_state(page: page, idx: node_stat_item, val: int): void {
  mod_node_page_state(page_pgdat(page), idx, val);
}

export function __mod_lruvec_state(lruvec: lruvec, idx: node_stat_item, val: int): void {
  __mod_node_page_state(lruvec_pgdat(lruvec), idx, val);
}

export function __mod_lruvec_page_state(page: page, idx: node_stat_item, val: int): void {
  __mod_node_page_state(page_pgdat(page), idx, val);
}

export function inc_lruvec_state(lruvec: lruvec, idx: node_stat_item): void { mod_lruvec_state(lruvec, idx, 1); }

export function __inc_lruvec_page_state(page: page, idx: node_stat_item): void { __mod_lruvec_page_state(page, idx, 1); }

export function __dec_lruvec_page_state(page: page, idx: node_stat_item): void { __mod_lruvec_page_state(page, idx, -1); }

export function inc_lruvec_page_state(page: page, idx: node_stat_item): void { mod_lruvec_page_state(page, idx, 1); }

export function dec_lruvec_page_state(page: page, idx: node_stat_item): void { mod_lruvec_page_state(page, idx, -1); }
