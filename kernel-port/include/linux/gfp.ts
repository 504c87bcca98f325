// SPDX-License-Identifier: GPL-2.0-only
// Allocation flags, and the inlines and macros around the allocator (mm/page_alloc.ts).

import type { page, vm_area_struct } from './mm_types.ts';
import type { zone_type } from './mmzone.ts';
import type { gfp_t, int, uaddr, unsigned_int, unsigned_long } from './types.ts';
import { VM_BUG_ON, VM_WARN_ON } from './mmdebug.ts';
import { node_online } from './nodemask.ts';
import { MAX_NUMNODES, NUMA_NO_NODE } from './numa.ts';
import { numa_node_id, numa_mem_id } from './topology.ts';
import { __alloc_pages, __free_pages, free_pages } from '../../mm/page_alloc.ts';

export { __alloc_pages, __free_pages, free_pages } from '../../mm/page_alloc.ts';

const ___GFP_DMA = 0x01;
const ___GFP_HIGHMEM = 0x02;
const ___GFP_DMA32 = 0x04;
const ___GFP_MOVABLE = 0x08;
const ___GFP_RECLAIMABLE = 0x10;
const ___GFP_HIGH = 0x20;
const ___GFP_IO = 0x40;
const ___GFP_FS = 0x80;
const ___GFP_ZERO = 0x100;
const ___GFP_ATOMIC = 0x200;
const ___GFP_DIRECT_RECLAIM = 0x400;
const ___GFP_KSWAPD_RECLAIM = 0x800;
const ___GFP_WRITE = 0x1000;
const ___GFP_NOWARN = 0x2000;
const ___GFP_RETRY_MAYFAIL = 0x4000;
const ___GFP_NOFAIL = 0x8000;
const ___GFP_NORETRY = 0x10000;
const ___GFP_MEMALLOC = 0x20000;
const ___GFP_COMP = 0x40000;
const ___GFP_NOMEMALLOC = 0x80000;
const ___GFP_HARDWALL = 0x100000;
const ___GFP_THISNODE = 0x200000;
const ___GFP_ACCOUNT = 0x400000;
const ___GFP_ZEROTAGS = 0x800000;

export const __GFP_DMA: gfp_t = ___GFP_DMA;
export const __GFP_HIGHMEM: gfp_t = ___GFP_HIGHMEM;
export const __GFP_DMA32: gfp_t = ___GFP_DMA32;
export const __GFP_MOVABLE: gfp_t = ___GFP_MOVABLE;
export const GFP_ZONEMASK: gfp_t = ___GFP_DMA | ___GFP_HIGHMEM | ___GFP_DMA32 | ___GFP_MOVABLE;
export const __GFP_RECLAIMABLE: gfp_t = ___GFP_RECLAIMABLE;
export const __GFP_WRITE: gfp_t = ___GFP_WRITE;
export const __GFP_HARDWALL: gfp_t = ___GFP_HARDWALL;
export const __GFP_THISNODE: gfp_t = ___GFP_THISNODE;
export const __GFP_ACCOUNT: gfp_t = ___GFP_ACCOUNT;
export const __GFP_ATOMIC: gfp_t = ___GFP_ATOMIC;
export const __GFP_HIGH: gfp_t = ___GFP_HIGH;
export const __GFP_MEMALLOC: gfp_t = ___GFP_MEMALLOC;
export const __GFP_NOMEMALLOC: gfp_t = ___GFP_NOMEMALLOC;
export const __GFP_IO: gfp_t = ___GFP_IO;
export const __GFP_FS: gfp_t = ___GFP_FS;
export const __GFP_DIRECT_RECLAIM: gfp_t = ___GFP_DIRECT_RECLAIM;
export const __GFP_KSWAPD_RECLAIM: gfp_t = ___GFP_KSWAPD_RECLAIM;
export const __GFP_RECLAIM: gfp_t = ___GFP_DIRECT_RECLAIM | ___GFP_KSWAPD_RECLAIM;
export const __GFP_RETRY_MAYFAIL: gfp_t = ___GFP_RETRY_MAYFAIL;
export const __GFP_NOFAIL: gfp_t = ___GFP_NOFAIL;
export const __GFP_NORETRY: gfp_t = ___GFP_NORETRY;
export const __GFP_NOWARN: gfp_t = ___GFP_NOWARN;
export const __GFP_COMP: gfp_t = ___GFP_COMP;
export const __GFP_ZERO: gfp_t = ___GFP_ZERO;
export const __GFP_ZEROTAGS: gfp_t = ___GFP_ZEROTAGS;
/** KASAN_HW_TAGS=n, LOCKDEP=n */
export const __GFP_SKIP_KASAN_POISON: gfp_t = 0;
export const __GFP_NOLOCKDEP: gfp_t = 0;

export const GFP_ATOMIC: gfp_t = __GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM;
export const GFP_KERNEL: gfp_t = __GFP_RECLAIM | __GFP_IO | __GFP_FS;
export const GFP_KERNEL_ACCOUNT: gfp_t = GFP_KERNEL | __GFP_ACCOUNT;
export const GFP_NOWAIT: gfp_t = __GFP_KSWAPD_RECLAIM;
export const GFP_NOIO: gfp_t = __GFP_RECLAIM;
export const GFP_NOFS: gfp_t = __GFP_RECLAIM | __GFP_IO;
export const GFP_USER: gfp_t = __GFP_RECLAIM | __GFP_IO | __GFP_FS | __GFP_HARDWALL;
export const GFP_DMA: gfp_t = __GFP_DMA;
export const GFP_DMA32: gfp_t = __GFP_DMA32;
export const GFP_HIGHUSER: gfp_t = GFP_USER | __GFP_HIGHMEM;
export const GFP_HIGHUSER_MOVABLE: gfp_t = GFP_HIGHUSER | __GFP_MOVABLE | __GFP_SKIP_KASAN_POISON;
export const GFP_TRANSHUGE_LIGHT: gfp_t = (GFP_HIGHUSER_MOVABLE | __GFP_COMP | __GFP_NOMEMALLOC | __GFP_NOWARN) & ~__GFP_RECLAIM;
export const GFP_TRANSHUGE: gfp_t = GFP_TRANSHUGE_LIGHT | __GFP_DIRECT_RECLAIM;

export function gfpflags_allow_blocking(gfp_flags: gfp_t): boolean { return (gfp_flags & __GFP_DIRECT_RECLAIM) !== 0; }

export function gfpflags_normal_context(gfp_flags: gfp_t): boolean {
  return (gfp_flags & (__GFP_DIRECT_RECLAIM | __GFP_MEMALLOC)) === __GFP_DIRECT_RECLAIM;
}

/** By the two lowest bits for each combination of zone flags; without HIGHMEM. */
const GFP_ZONES_SHIFT = 2;
const GFP_ZONE_TABLE =
  2 << 0 * GFP_ZONES_SHIFT
  | 0 << ___GFP_DMA * GFP_ZONES_SHIFT
  | 2 << ___GFP_HIGHMEM * GFP_ZONES_SHIFT
  | 1 << ___GFP_DMA32 * GFP_ZONES_SHIFT
  | 2 << ___GFP_MOVABLE * GFP_ZONES_SHIFT
  | 0 << (___GFP_MOVABLE | ___GFP_DMA) * GFP_ZONES_SHIFT
  | 3 << (___GFP_MOVABLE | ___GFP_HIGHMEM) * GFP_ZONES_SHIFT
  | 1 << (___GFP_MOVABLE | ___GFP_DMA32) * GFP_ZONES_SHIFT;

/** Combinations of zone flags that name no zone. */
const GFP_ZONE_BAD =
  1 << (___GFP_DMA | ___GFP_HIGHMEM)
  | 1 << (___GFP_DMA | ___GFP_DMA32)
  | 1 << (___GFP_DMA32 | ___GFP_HIGHMEM)
  | 1 << (___GFP_DMA | ___GFP_DMA32 | ___GFP_HIGHMEM)
  | 1 << (___GFP_MOVABLE | ___GFP_HIGHMEM | ___GFP_DMA)
  | 1 << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_DMA)
  | 1 << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_HIGHMEM)
  | 1 << (___GFP_MOVABLE | ___GFP_DMA32 | ___GFP_DMA | ___GFP_HIGHMEM);

export function gfp_zone(flags: gfp_t): zone_type {
  let z: zone_type;
  const bit: int = flags & GFP_ZONEMASK;

  z = (GFP_ZONE_TABLE >>> (bit * GFP_ZONES_SHIFT)) &
    ((1 << GFP_ZONES_SHIFT) - 1);
  VM_BUG_ON((GFP_ZONE_BAD >>> bit) & 1);
  return z;
}

export function arch_free_page(_page: page, _order: int): void {}
export function arch_alloc_page(_page: page, _order: int): void {}
/** Only s390 has something to do here. */
export function arch_make_page_accessible(_page: page): int { return 0; }

/** @refs returns */
export function __alloc_pages_node(nid: int, gfp_mask: gfp_t, order: unsigned_int): page | null {
  VM_BUG_ON(nid < 0 || nid >= MAX_NUMNODES);
  VM_WARN_ON((gfp_mask & __GFP_THISNODE) && !node_online(nid));

  return __alloc_pages(gfp_mask, order, nid, null);
}

/** @refs returns */
export function alloc_pages_node(nid: int, gfp_mask: gfp_t, order: unsigned_int): page | null {
  if (nid === NUMA_NO_NODE)
    nid = numa_mem_id();

  return __alloc_pages_node(nid, gfp_mask, order);
}

/** @refs returns */
export function alloc_pages(gfp_mask: gfp_t, order: unsigned_int): page | null {
  return alloc_pages_node(numa_node_id(), gfp_mask, order);
}
/** @refs returns */
export function alloc_page(gfp_mask: gfp_t): page | null { return alloc_pages(gfp_mask, 0); }
/** @refs returns */
export function alloc_page_vma(gfp_mask: gfp_t, _vma: vm_area_struct, _addr: uaddr): page | null {
  return alloc_pages(gfp_mask, 0);
}
/** @refs page: consumes */
export function __free_page(page: page): void { __free_pages(page, 0); }
export function free_page(addr: unsigned_long): void { free_pages(addr, 0); }
