// SPDX-License-Identifier: GPL-2.0-only
// Types of non-swap entries, and what is left of swapping with SWAP=n. The functions of mm/swap.c,
// mm/vmscan.c live there; mm/swap_state.c is not built.

import { unreachable, reduced } from '../../arch/model/marks.ts';
import { lru_disable_count, release_pages } from '../../mm/swap.ts';
import { atomic_dec, atomic_read } from './atomic.ts';
import type { address_space } from './fs.ts';
import { page_trans_huge_mapcount, put_page } from './mm.ts';
import type { page } from './mm_types.ts';
import { is_pfn_swap_entry } from './swapops.ts';
import type { gfp_t, int, long, Ref, swp_entry_t, unsigned_long } from './types.ts';

export const MAX_SWAPFILES_SHIFT: int = 5;

/** Entries of pages that a device or a migration holds: types above the swap files'. */
//#if DEVICE_PRIVATE
export const SWP_DEVICE_NUM: int = 4;
//#else
export const SWP_DEVICE_NUM: int = 0;
//#endif
//#if MIGRATION
export const SWP_MIGRATION_NUM: int = 2;
//#else
export const SWP_MIGRATION_NUM: int = 0;
//#endif
/** MEMORY_FAILURE=n */
export const SWP_HWPOISON_NUM: int = 0;

export const MAX_SWAPFILES: int = (1 << MAX_SWAPFILES_SHIFT) - SWP_DEVICE_NUM - SWP_MIGRATION_NUM - SWP_HWPOISON_NUM;

export const SWP_MIGRATION_READ: int = MAX_SWAPFILES + SWP_HWPOISON_NUM;
export const SWP_MIGRATION_WRITE: int = MAX_SWAPFILES + SWP_HWPOISON_NUM + 1;
export const SWP_DEVICE_WRITE: int = MAX_SWAPFILES + SWP_HWPOISON_NUM + SWP_MIGRATION_NUM;
export const SWP_DEVICE_READ: int = MAX_SWAPFILES + SWP_HWPOISON_NUM + SWP_MIGRATION_NUM + 1;
export const SWP_DEVICE_EXCLUSIVE_WRITE: int = MAX_SWAPFILES + SWP_HWPOISON_NUM + SWP_MIGRATION_NUM + 2;
export const SWP_DEVICE_EXCLUSIVE_READ: int = MAX_SWAPFILES + SWP_HWPOISON_NUM + SWP_MIGRATION_NUM + 3;

export const SWAP_CLUSTER_MAX: unsigned_long = 32;
export const total_swap_pages: long = 0;

export function lru_cache_disabled(): boolean { return atomic_read(lru_disable_count()) !== 0; }
export function lru_cache_enable(): void { atomic_dec(lru_disable_count()); }

export function vm_swap_full(): boolean {
  reduced('SWAP=n');
  return false;
}
export function get_nr_swap_pages(): long {
  reduced('SWAP=n');
  return 0;
}
export function swap_address_space(_entry: swp_entry_t): address_space | null { return null; }
/** @refs page: consumes */
export function free_page_and_swap_cache(page: page): void { put_page(page); }
/** SWAP=n puts a batch without a drain first.
 *  @refs pages: consumes one of each */
export function free_pages_and_swap_cache(pages: page[], nr: int): void { release_pages(pages, nr); }
export function free_swap_cache(_page: page): void {}
/** SWAP=n: nothing to free; says whether the entry is of the kind that this code knows. */
export function free_swap_and_cache(e: swp_entry_t): boolean { return is_pfn_swap_entry(e); }
export function add_swap_count_continuation(_swp: swp_entry_t, _gfp_mask: gfp_t): int { return 0; }
export function swap_duplicate(_swp: swp_entry_t): int { return 0; }
export function swap_free(_swp: swp_entry_t): void {}
export function put_swap_page(_page: page, _swp: swp_entry_t): void {}
export function lookup_swap_cache(_swp: swp_entry_t, _vma: object, _addr: unsigned_long): page | null { return null; }
export function add_to_swap(_page: page): int { return 0; }
export function delete_from_swap_cache(_page: page): void {}
export function page_swapcount(_page: page): int { return 0; }
export function __swap_count(_entry: swp_entry_t): int { return 0; }
export function swp_swapcount(_entry: swp_entry_t): int { return 0; }
export function reuse_swap_page(page: page, total_map_swapcount: Ref<int> | null): boolean {
  return page_trans_huge_mapcount(page, total_map_swapcount) === 1;
}
export function try_to_free_swap(_page: page): int { return 0; }
export function get_swap_page(_page: page): swp_entry_t { unreachable('swap'); }
export function cgroup_throttle_swaprate(_page: page, _gfp_mask: gfp_t): void {}
export function mem_cgroup_swap_full(_page: page): boolean { return vm_swap_full(); }
