// SPDX-License-Identifier: GPL-2.0-only
// The counters of zones and of the node. C batches changes per CPU; here each goes to the one
// counter at once, so that what a checker reads is exact.

import { per_machine } from '../arch/model/machine.ts';
import { atomic_t, type atomic_long_t } from '../include/linux/atomic.ts';
import { page_pgdat, page_zone } from '../include/linux/mm.ts';
import type { page } from '../include/linux/mm_types.ts';
import type { node_stat_item, pglist_data, zone, zone_stat_item } from '../include/linux/mmzone.ts';
import type { int, long } from '../include/linux/types.ts';
import { node_page_state_add, zone_page_state_add } from '../include/linux/vmstat.ts';
import { reduced } from '../arch/model/marks.ts';

const NR_ITEMS = 64;
class stat_items { readonly items: atomic_long_t[] = Array.from({ length: NR_ITEMS }, () => new atomic_t(0)); }

/** C: vm_zone_stat, by zone_stat_item. */
export const zone_stat = per_machine(() => new stat_items(), 'zone_stat', true);
/** C: vm_node_stat, by node_stat_item: NR_ISOLATED_ANON, NR_FOLL_PIN_ACQUIRED and so on. */
export const node_stat = per_machine(() => new stat_items(), 'node_stat', true);

export function __mod_zone_page_state(zone: zone, item: zone_stat_item, delta: long): void {
  reduced('no per-CPU differences');
  zone_page_state_add(delta, zone, item);
}

export function __mod_node_page_state(pgdat: pglist_data, item: node_stat_item, delta: long): void {
  reduced('no per-CPU differences');
  node_page_state_add(delta, pgdat, item);
}

export function __inc_zone_state(zone: zone, item: zone_stat_item): void {
  reduced('no per-CPU differences');
  zone_page_state_add(1, zone, item);
}

export function __inc_node_state(pgdat: pglist_data, item: node_stat_item): void {
  reduced('no per-CPU differences');
  node_page_state_add(1, pgdat, item);
}

export function __inc_zone_page_state(page: page, item: zone_stat_item): void {
  __inc_zone_state(page_zone(page), item);
}

export function __inc_node_page_state(page: page, item: node_stat_item): void {
  __inc_node_state(page_pgdat(page), item);
}

export function __dec_zone_state(zone: zone, item: zone_stat_item): void {
  reduced('no per-CPU differences');
  zone_page_state_add(-1, zone, item);
}

export function __dec_node_state(pgdat: pglist_data, item: node_stat_item): void {
  reduced('no per-CPU differences');
  node_page_state_add(-1, pgdat, item);
}

export function __dec_zone_page_state(page: page, item: zone_stat_item): void {
  __dec_zone_state(page_zone(page), item);
}

export function __dec_node_page_state(page: page, item: node_stat_item): void {
  __dec_node_state(page_pgdat(page), item);
}

function mod_zone_state(zone: zone, item: zone_stat_item, delta: long, _overstep_mode: int): void {
  reduced('no per-CPU differences');
  zone_page_state_add(delta, zone, item);
}

export function mod_zone_page_state(zone: zone, item: zone_stat_item, delta: long): void {
  mod_zone_state(zone, item, delta, 0);
}

export function inc_zone_page_state(page: page, item: zone_stat_item): void { mod_zone_state(page_zone(page), item, 1, 1); }

export function dec_zone_page_state(page: page, item: zone_stat_item): void { mod_zone_state(page_zone(page), item, -1, -1); }

function mod_node_state(pgdat: pglist_data, item: node_stat_item, delta: long, _overstep_mode: int): void {
  reduced('no per-CPU differences');
  node_page_state_add(delta, pgdat, item);
}

export function mod_node_page_state(pgdat: pglist_data, item: node_stat_item, delta: long): void {
  mod_node_state(pgdat, item, delta, 0);
}

export function inc_node_page_state(page: page, item: node_stat_item): void { mod_node_state(page_pgdat(page), item, 1, 1); }

export function dec_node_page_state(page: page, item: node_stat_item): void { mod_node_state(page_pgdat(page), item, -1, -1); }
