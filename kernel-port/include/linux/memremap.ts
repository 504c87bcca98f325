// SPDX-License-Identifier: GPL-2.0-only
// Device memory with struct pages: its types, the ops of who manages it, and the pgmap that ties
// a range of frames to both.

import { completion } from './completion.ts';
import { percpu_ref, percpu_ref_put } from './percpu-refcount.ts';
import { range } from './range.ts';
import type { page, vm_fault } from './mm_types.ts';
import type { Kind, int, pfn_nr, unsigned_int, unsigned_long, vm_fault_t } from './types.ts';

/** Memory for the memmap, set aside in the device's own range. */
export class vmem_altmap {
  base_pfn: pfn_nr = 0;
  end_pfn: pfn_nr = 0;
  /** Mapped, but the driver's. */
  reserve: unsigned_long = 0;
  /** For the memmap. */
  free: unsigned_long = 0;
  align: unsigned_long = 0;
  alloc: unsigned_long = 0;
}

/** Zero is left out, so that a type nobody set is found. */
export const MEMORY_DEVICE_PRIVATE: memory_type = 1;
export const MEMORY_DEVICE_FS_DAX: memory_type = 2;
export const MEMORY_DEVICE_GENERIC: memory_type = 3;
export const MEMORY_DEVICE_PCI_P2PDMA: memory_type = 4;
export type memory_type = Kind<'memory_type'>;

export interface dev_pagemap_ops {
  /** The page's count has come down to 1: it is free. */
  page_free?(page: page): void;
  kill?(pgmap: dev_pagemap): void;
  cleanup?(pgmap: dev_pagemap): void;
  /** A CPU wants a page of private memory: move it to where CPUs can reach it. */
  migrate_to_ram?(vmf: vm_fault): vm_fault_t;
}

export const PGMAP_ALTMAP_VALID: unsigned_int = 1 << 0;

export class dev_pagemap {
  readonly altmap: vmem_altmap = new vmem_altmap();
  ref: percpu_ref | null = null;
  readonly internal_ref: percpu_ref = new percpu_ref(this);
  readonly done: completion = new completion(this);
  type: memory_type = 0;
  flags: unsigned_int = 0;
  ops: dev_pagemap_ops | null = null;
  owner: object | null = null;
  nr_range: int = 0;
  /** The first of ranges under its own name; more may be pushed behind it. */
  readonly range: range = new range();
  readonly ranges: range[] = [this.range];
  /** The struct it is embedded in. */
  readonly container: object | null;
  constructor(container: object | null = null) { this.container = container; }
}

export function pgmap_altmap(pgmap: dev_pagemap): vmem_altmap | null {
  if (pgmap.flags & PGMAP_ALTMAP_VALID)
    return pgmap.altmap;
  return null;
}

/** @refs pgmap: consumes */
export function put_dev_pagemap(pgmap: dev_pagemap | null): void {
  if (pgmap)
    percpu_ref_put(pgmap.ref);
}
