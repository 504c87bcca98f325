// SPDX-License-Identifier: GPL-2.0-only
// Zones, the one node of the model, its LRU lists, and the names of the counters (mm/vmstat.ts).

import { per_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { list_node, type list_head } from './list.ts';
import type { page } from './mm_types.ts';
import { spinlock_t } from './spinlock.ts';
import type { int, unsigned_int } from './types.ts';

export const MAX_ORDER: int = 11;
export const MAX_ORDER_NR_PAGES: int = 1 << (MAX_ORDER - 1);

export const PAGE_ALLOC_COSTLY_ORDER: int = 3;

export const MIGRATE_UNMOVABLE: int = 0;
export const MIGRATE_MOVABLE: int = 1;
export const MIGRATE_RECLAIMABLE: int = 2;
export const MIGRATE_PCPTYPES: int = 3;
export const MIGRATE_HIGHATOMIC: int = MIGRATE_PCPTYPES;

/** CMA=n */
export function is_migrate_cma(_migratetype: int): boolean { return false; }
export function is_migrate_cma_page(_page: page): boolean { return false; }

/** enum zone_stat_item */
export const NR_FREE_PAGES: zone_stat_item = 0;
export const NR_ZONE_LRU_BASE: zone_stat_item = 1;
export const NR_ZONE_INACTIVE_ANON: zone_stat_item = NR_ZONE_LRU_BASE;
export const NR_ZONE_ACTIVE_ANON: zone_stat_item = 2;
export const NR_ZONE_INACTIVE_FILE: zone_stat_item = 3;
export const NR_ZONE_ACTIVE_FILE: zone_stat_item = 4;
export const NR_ZONE_UNEVICTABLE: zone_stat_item = 5;
export const NR_ZONE_WRITE_PENDING: zone_stat_item = 6;
export const NR_MLOCK: zone_stat_item = 7;
export const NR_BOUNCE: zone_stat_item = 8;
export const NR_ZSPAGES: zone_stat_item = 9;
export const NR_FREE_CMA_PAGES: zone_stat_item = 10;
export const NR_VM_ZONE_STAT_ITEMS: zone_stat_item = 11;
export type zone_stat_item = int;

/** enum node_stat_item; without the swap cache */
export const NR_LRU_BASE: node_stat_item = 0;
export const NR_INACTIVE_ANON: node_stat_item = NR_LRU_BASE;
export const NR_ACTIVE_ANON: node_stat_item = 1;
export const NR_INACTIVE_FILE: node_stat_item = 2;
export const NR_ACTIVE_FILE: node_stat_item = 3;
export const NR_UNEVICTABLE: node_stat_item = 4;
export const NR_SLAB_RECLAIMABLE_B: node_stat_item = 5;
export const NR_SLAB_UNRECLAIMABLE_B: node_stat_item = 6;
export const NR_ISOLATED_ANON: node_stat_item = 7;
export const NR_ISOLATED_FILE: node_stat_item = 8;
export const WORKINGSET_NODES: node_stat_item = 9;
export const WORKINGSET_REFAULT_BASE: node_stat_item = 10;
export const WORKINGSET_REFAULT_ANON: node_stat_item = WORKINGSET_REFAULT_BASE;
export const WORKINGSET_REFAULT_FILE: node_stat_item = 11;
export const WORKINGSET_ACTIVATE_BASE: node_stat_item = 12;
export const WORKINGSET_ACTIVATE_ANON: node_stat_item = WORKINGSET_ACTIVATE_BASE;
export const WORKINGSET_ACTIVATE_FILE: node_stat_item = 13;
export const WORKINGSET_RESTORE_BASE: node_stat_item = 14;
export const WORKINGSET_RESTORE_ANON: node_stat_item = WORKINGSET_RESTORE_BASE;
export const WORKINGSET_RESTORE_FILE: node_stat_item = 15;
export const WORKINGSET_NODERECLAIM: node_stat_item = 16;
export const NR_ANON_MAPPED: node_stat_item = 17;
export const NR_FILE_MAPPED: node_stat_item = 18;
export const NR_FILE_PAGES: node_stat_item = 19;
export const NR_FILE_DIRTY: node_stat_item = 20;
export const NR_WRITEBACK: node_stat_item = 21;
export const NR_WRITEBACK_TEMP: node_stat_item = 22;
export const NR_SHMEM: node_stat_item = 23;
export const NR_SHMEM_THPS: node_stat_item = 24;
export const NR_SHMEM_PMDMAPPED: node_stat_item = 25;
export const NR_FILE_THPS: node_stat_item = 26;
export const NR_FILE_PMDMAPPED: node_stat_item = 27;
export const NR_ANON_THPS: node_stat_item = 28;
export const NR_VMSCAN_WRITE: node_stat_item = 29;
export const NR_VMSCAN_IMMEDIATE: node_stat_item = 30;
export const NR_DIRTIED: node_stat_item = 31;
export const NR_WRITTEN: node_stat_item = 32;
export const NR_KERNEL_MISC_RECLAIMABLE: node_stat_item = 33;
export const NR_FOLL_PIN_ACQUIRED: node_stat_item = 34;
export const NR_FOLL_PIN_RELEASED: node_stat_item = 35;
export const NR_KERNEL_STACK_KB: node_stat_item = 36;
export const NR_PAGETABLE: node_stat_item = 37;
export const NR_VM_NODE_STAT_ITEMS: node_stat_item = 38;
export type node_stat_item = int;

export const LRU_BASE: int = 0;
export const LRU_ACTIVE: int = 1;
export const LRU_FILE: int = 2;
export const LRU_INACTIVE_ANON: lru_list = LRU_BASE;
export const LRU_ACTIVE_ANON: lru_list = LRU_BASE + LRU_ACTIVE;
export const LRU_INACTIVE_FILE: lru_list = LRU_BASE + LRU_FILE;
export const LRU_ACTIVE_FILE: lru_list = LRU_BASE + LRU_FILE + LRU_ACTIVE;
export const LRU_UNEVICTABLE: lru_list = 4;
export const NR_LRU_LISTS: lru_list = 5;
export type lru_list = int;

export function vmstat_item_in_bytes(idx: node_stat_item): boolean {
  return idx === NR_SLAB_RECLAIMABLE_B ||
    idx === NR_SLAB_UNRECLAIMABLE_B;
}

export function is_file_lru(lru: lru_list): boolean { return lru === LRU_INACTIVE_FILE || lru === LRU_ACTIVE_FILE; }
export function is_active_lru(lru: lru_list): boolean { return lru === LRU_ACTIVE_ANON || lru === LRU_ACTIVE_FILE; }

/** The head of an LRU list. Like every head it is nobody's node; what it is part of is the lruvec. */
export class lru_list_head extends list_node<page> {
  readonly lruvec: lruvec;
  constructor(lruvec: lruvec) {
    super();
    this.lruvec = lruvec;
  }
}

export class lruvec {
  readonly lists: list_head<page>[] = Array.from({ length: NR_LRU_LISTS }, () => new lru_list_head(this));
  /** Protects the lists and PG_lru of what is on them. */
  readonly lru_lock: spinlock_t = new spinlock_t('lru_lock', this);
}

export const ISOLATE_UNMAPPED: unsigned_int = 0x2;
export const ISOLATE_ASYNC_MIGRATE: unsigned_int = 0x4;
export const ISOLATE_UNEVICTABLE: unsigned_int = 0x8;

/** enum zone_type: x86-64 has no HIGHMEM */
export const ZONE_DMA: zone_type = 0;
export const ZONE_DMA32: zone_type = 1;
export const ZONE_NORMAL: zone_type = 2;
export const ZONE_MOVABLE: zone_type = 3;
export const ZONE_DEVICE: zone_type = 4;
export const MAX_NR_ZONES: zone_type = 5;
export type zone_type = int;

export class zone {
  readonly zone_pgdat: pglist_data;
  /** C computes it from the zone's place in node_zones (zone_idx). */
  readonly idx: zone_type;
  readonly lock: spinlock_t = new spinlock_t('zone lock', this);
  constructor(zone_pgdat: pglist_data, idx: zone_type) { this.zone_pgdat = zone_pgdat; this.idx = idx; }
}

export class pglist_data {
  readonly node_zones: zone[] = Array.from({ length: MAX_NR_ZONES }, (_, idx) => new zone(this, idx));
  readonly node_id: int = 0;
  readonly __lruvec: lruvec = new lruvec();
}
export type pg_data_t = pglist_data;

const contig_page_data = per_machine(() => new pglist_data(), 'contig_page_data');
export function lruvec_pgdat(_lruvec: lruvec): pglist_data {
  reduced('MEMCG=n, one node: the lruvec is the node\'s');
  return NODE_DATA(0);
}

export function zone_is_zone_device(zone: zone): boolean { return zone_idx(zone) === ZONE_DEVICE; }

export function zone_idx(zone: zone): zone_type { return zone.idx; }
export function is_highmem_idx(_idx: zone_type): int {
  reduced('HIGHMEM=n');
  return 0;
}
export function NODE_DATA(_nid: int): pglist_data {
  reduced('one node, the machine\'s');
  return contig_page_data();
}

/** A section of the memory map is a frame here: regions come and go by it. */
export const PA_SECTION_SHIFT = 12;
/** As many as a swap entry has room for with a pfn. */
export const MAX_PHYSMEM_BITS = 27;
