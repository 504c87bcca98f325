// SPDX-License-Identifier: GPL-2.0-only
// What memremap asks of memory hotplug: a memmap for a range of frames, and to take it away again.

import { notModelled, reduced } from '../../arch/model/marks.ts';
import { add_pages_model, remove_pages_model } from '../../arch/model/memory.ts';
import { PHYS_PFN } from './pfn.ts';
import type { vmem_altmap } from './memremap.ts';
import type { zone } from './mmzone.ts';
import type { int, pfn_nr, pgprot_t, phys_addr_t, u64, unsigned_long } from './types.ts';

export interface mhp_params {
  altmap: vmem_altmap | null;
  pgprot: pgprot_t;
}

/** A range is added and removed whole by one caller; nobody else looks at the hotplug state. */
export function mem_hotplug_begin(): void {}
export function mem_hotplug_done(): void {}

/** Frame numbers have 19 bits (arch/model/pgtable.ts). */
export function mhp_range_allowed(start: phys_addr_t, size: u64, _need_mapping: boolean): boolean {
  return start + size <= 0x80000000;
}

/** A memmap without a kernel mapping of the memory. */
export function add_pages(_nid: int, start_pfn: pfn_nr, nr_pages: unsigned_long, _params: mhp_params): int {
  reduced('no sections: one struct page after another');
  add_pages_model(start_pfn, nr_pages);
  return 0;
}

export function arch_add_memory(nid: int, start: phys_addr_t, size: u64, params: mhp_params): int {
  notModelled('the kernel mapping: contents are reached through the frame');
  return add_pages(nid, PHYS_PFN(start), PHYS_PFN(size), params);
}

export function __remove_pages(start_pfn: pfn_nr, nr_pages: unsigned_long, _altmap: vmem_altmap | null): void {
  remove_pages_model(start_pfn, nr_pages);
}

export function arch_remove_memory(start: phys_addr_t, size: u64, altmap: vmem_altmap | null): void {
  __remove_pages(PHYS_PFN(start), PHYS_PFN(size), altmap);
}

export function move_pfn_range_to_zone(_zone: zone, _start_pfn: pfn_nr, _nr_pages: unsigned_long, _altmap: vmem_altmap | null, _migratetype: int): void {
  notModelled('the span of a zone; memmap_init_zone_device sets the zone of each page');
}

export function remove_pfn_range_from_zone(_zone: zone, _start_pfn: pfn_nr, _nr_pages: unsigned_long): void {
  notModelled('the span of a zone');
}
