// SPDX-License-Identifier: GPL-2.0-only
// Page migration's header. Where C declares a function that mm/migrate.c defines, the name is
// handed on from mm/migrate.ts, so that a user of this header gets the stub with MIGRATION=n.
// Left out: movable pages that are not on the LRU (compaction) and node demotion.

import { ENOSYS, EAGAIN, EBUSY } from './errno.ts';
import { pfn_to_page } from '../../arch/model/memory.ts';
import type { address_space } from './fs.ts';
import type { list_head } from './list.ts';
import type { migrate_mode } from './migrate_mode.ts';
import type { page, vm_area_struct } from './mm_types.ts';
import type { Kind, Ref, int, migrate_pfn_t, pfn_nr, uaddr, unsigned_int, unsigned_long } from './types.ts';

/** What C hands to the two callbacks as an unsigned long: a number or a pointer. */
export type migrate_private = unsigned_long | object;
export type new_page_t = (page: page, private_: migrate_private) => page | null;
export type free_page_t = (page: page, private_: migrate_private) => void;

export const MIGRATEPAGE_SUCCESS: int = 0;

/** enum migrate_reason; C passes it as an int as well. */
export type migrate_reason = int;
export const MR_COMPACTION: migrate_reason = 0;
export const MR_MEMORY_FAILURE: migrate_reason = 1;
export const MR_MEMORY_HOTPLUG: migrate_reason = 2;
export const MR_SYSCALL: migrate_reason = 3;
export const MR_MEMPOLICY_MBIND: migrate_reason = 4;
export const MR_NUMA_MISPLACED: migrate_reason = 5;
export const MR_CONTIG_RANGE: migrate_reason = 6;
export const MR_LONGTERM_PIN: migrate_reason = 7;
export const MR_DEMOTION: migrate_reason = 8;
export const MR_TYPES: migrate_reason = 9;

//#if MIGRATION
export {
  putback_movable_pages, migrate_page, migrate_pages, alloc_migration_target, isolate_movable_page,
  migrate_page_states, migrate_page_copy, migrate_page_move_mapping,
} from '../../mm/migrate.ts';
//#else
export function putback_movable_pages(l: list_head<page>): void {}
export function migrate_pages(l: list_head<page>, new_: new_page_t, free: free_page_t | null, private_: migrate_private,
  mode: migrate_mode, reason: int, ret_succeeded: Ref<unsigned_int> | null): int { return -ENOSYS; }
export function alloc_migration_target(page: page, private_: migrate_private): page | null { return null; }
export function isolate_movable_page(page: page, mode: unsigned_int): int { return -EBUSY; }
export function migrate_page_states(newpage: page, page: page): void {}
export function migrate_page_copy(newpage: page, page: page): void {}
export function migrate_huge_page_move_mapping(mapping: address_space, newpage: page, page: page): int { return -ENOSYS; }
//#endif

export function PageMovable(page: page): int { return 0; }
export function migrate_misplaced_page(page: page, vma: vm_area_struct, node: int): int { return -EAGAIN; }

//#if MIGRATION
export const MIGRATE_PFN_VALID: migrate_pfn_t = 1 << 0;
export const MIGRATE_PFN_MIGRATE: migrate_pfn_t = 1 << 1;
export const MIGRATE_PFN_LOCKED: migrate_pfn_t = 1 << 2;
export const MIGRATE_PFN_WRITE: migrate_pfn_t = 1 << 3;
export const MIGRATE_PFN_SHIFT = 6;

export function migrate_pfn_to_page(mpfn: migrate_pfn_t): page | null {
  if (!(mpfn & MIGRATE_PFN_VALID))
    return null;
  return pfn_to_page(mpfn >>> MIGRATE_PFN_SHIFT);
}

export function migrate_pfn(pfn: pfn_nr): migrate_pfn_t {
  return (pfn << MIGRATE_PFN_SHIFT) | MIGRATE_PFN_VALID;
}

/** enum migrate_vma_direction: bits of migrate_vma.flags. */
export type migrate_vma_direction = Kind<'MIGRATE_VMA'>;
export const MIGRATE_VMA_SELECT_SYSTEM: migrate_vma_direction = 1 << 0;
export const MIGRATE_VMA_SELECT_DEVICE_PRIVATE: migrate_vma_direction = 1 << 1;

/** struct migrate_vma: one migration, from migrate_vma_setup() to migrate_vma_finalize(). */
export class migrate_vma {
  vma: vm_area_struct | null = null;
  /** Both arrays are the caller's, with room for each page from start to end. */
  dst: migrate_pfn_t[] | null = null;
  src: migrate_pfn_t[] | null = null;
  cpages: unsigned_long = 0;
  npages: unsigned_long = 0;
  start: uaddr = 0;
  end: uaddr = 0;
  /** Whose device pages may be collected; also told to the notifiers. */
  pgmap_owner: object | null = null;
  flags: migrate_vma_direction = 0;
}

//#if DEVICE_PRIVATE
export { migrate_vma_setup, migrate_vma_pages, migrate_vma_finalize } from '../../mm/migrate.ts';
//#endif
//#endif
