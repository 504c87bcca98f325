// SPDX-License-Identifier: GPL-2.0-only
// Swap entries: a type and an offset in one number, independent of the architecture. The types
// above the swap files' name pages that a device holds or that are under migration.

import { pfn_to_page } from '../../arch/model/memory.ts';
import {
  __pte_to_swp_entry, __swp_entry, __swp_entry_to_pte, __swp_offset, __swp_type, pte_none, pte_present,
  pte_swp_clear_soft_dirty, pte_swp_clear_uffd_wp, pte_swp_soft_dirty, pte_swp_uffd_wp,
  type pmd_cell, type pmd_t, type pte_cell,
} from '../../arch/model/pgtable.ts';
import { unreachable, reduced, notModelled } from '../../arch/model/marks.ts';
import { BUG_ON } from './bug.ts';
import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import { PageLocked } from './page-flags.ts';
import type { page_vma_mapped_walk } from './rmap.ts';
import type { spinlock_t } from './spinlock.ts';
import {
  MAX_SWAPFILES, SWP_DEVICE_EXCLUSIVE_READ, SWP_DEVICE_EXCLUSIVE_WRITE, SWP_DEVICE_READ, SWP_DEVICE_WRITE,
  SWP_MIGRATION_READ, SWP_MIGRATION_WRITE,
} from './swap.ts';
import type { int, pgoff_t, pte_t, swp_entry_t, uaddr, unsigned_int, unsigned_long } from './types.ts';

/** Longs have 32 bits here, one of which an xarray value gives away. */
const BITS_PER_XA_VALUE = 31;
const SWP_TYPE_SHIFT = BITS_PER_XA_VALUE - 5;
const SWP_OFFSET_MASK = (1 << SWP_TYPE_SHIFT) - 1;

export function pte_swp_clear_flags(pte: pte_t): pte_t {
  if (pte_swp_soft_dirty(pte))
    pte = pte_swp_clear_soft_dirty(pte);
  if (pte_swp_uffd_wp(pte))
    pte = pte_swp_clear_uffd_wp(pte);
  return pte;
}

export function swp_entry(type: unsigned_long, offset: pgoff_t): swp_entry_t {
  reduced('an entry is a number, not a struct of one');
  let ret: swp_entry_t;

  ret = (type << SWP_TYPE_SHIFT) | (offset & SWP_OFFSET_MASK);
  return ret;
}

export function swp_type(entry: swp_entry_t): unsigned_int {
  reduced('an entry is a number, not a struct of one');
  return entry >>> SWP_TYPE_SHIFT;
}

export function swp_offset(entry: swp_entry_t): pgoff_t {
  reduced('an entry is a number, not a struct of one');
  return entry & SWP_OFFSET_MASK;
}

export function is_swap_pte(pte: pte_t): boolean { return !pte_none(pte) && !pte_present(pte); }

export function pte_to_swp_entry(pte: pte_t): swp_entry_t {
  let arch_entry: swp_entry_t;

  pte = pte_swp_clear_flags(pte);
  arch_entry = __pte_to_swp_entry(pte);
  return swp_entry(__swp_type(arch_entry), __swp_offset(arch_entry));
}

export function swp_entry_to_pte(entry: swp_entry_t): pte_t {
  let arch_entry: swp_entry_t;

  arch_entry = __swp_entry(swp_type(entry), swp_offset(entry));
  return __swp_entry_to_pte(arch_entry);
}

//#if DEVICE_PRIVATE
export function make_readable_device_private_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_DEVICE_READ, offset);
}

export function make_writable_device_private_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_DEVICE_WRITE, offset);
}

export function is_device_private_entry(entry: swp_entry_t): boolean {
  const type: int = swp_type(entry);
  return type === SWP_DEVICE_READ || type === SWP_DEVICE_WRITE;
}

export function is_writable_device_private_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) === SWP_DEVICE_WRITE;
}

export function make_readable_device_exclusive_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_DEVICE_EXCLUSIVE_READ, offset);
}

export function make_writable_device_exclusive_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_DEVICE_EXCLUSIVE_WRITE, offset);
}

export function is_device_exclusive_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) === SWP_DEVICE_EXCLUSIVE_READ ||
    swp_type(entry) === SWP_DEVICE_EXCLUSIVE_WRITE;
}

export function is_writable_device_exclusive_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) === SWP_DEVICE_EXCLUSIVE_WRITE;
}
//#else
export function make_readable_device_private_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function make_writable_device_private_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function is_device_private_entry(_entry: swp_entry_t): boolean {
  return false;
}

export function is_writable_device_private_entry(_entry: swp_entry_t): boolean {
  return false;
}

export function make_readable_device_exclusive_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function make_writable_device_exclusive_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function is_device_exclusive_entry(_entry: swp_entry_t): boolean {
  return false;
}

export function is_writable_device_exclusive_entry(_entry: swp_entry_t): boolean {
  return false;
}
//#endif

//#if MIGRATION
export { __migration_entry_wait, migration_entry_wait } from '../../mm/migrate.ts';

export function is_migration_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) === SWP_MIGRATION_READ ||
    swp_type(entry) === SWP_MIGRATION_WRITE;
}

export function is_writable_migration_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) === SWP_MIGRATION_WRITE;
}

export function make_readable_migration_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_MIGRATION_READ, offset);
}

export function make_writable_migration_entry(offset: pgoff_t): swp_entry_t {
  return swp_entry(SWP_MIGRATION_WRITE, offset);
}
//#else
export function make_readable_migration_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function make_writable_migration_entry(_offset: pgoff_t): swp_entry_t {
  return swp_entry(0, 0);
}

export function is_migration_entry(_swp: swp_entry_t): boolean {
  return false;
}

export function __migration_entry_wait(_mm: mm_struct, _ptep: pte_cell, _ptl: spinlock_t): void {
  notModelled('MIGRATION=n: the header has nothing to do');
}
export function migration_entry_wait(_mm: mm_struct, _pmd: pmd_cell, _address: uaddr): void {}

export function is_writable_migration_entry(_entry: swp_entry_t): boolean {
  return false;
}
//#endif

export function migration_entry_wait_huge(_vma: vm_area_struct, _mm: mm_struct, _pte: pte_cell): void {
  unreachable('hugetlb');
}

/** @refs page: returns, borrowed from the entry */
export function pfn_swap_entry_to_page(entry: swp_entry_t): page {
  const p: page = pfn_to_page(swp_offset(entry));

  BUG_ON(is_migration_entry(entry) && !PageLocked(p));

  return p;
}

export function is_pfn_swap_entry(entry: swp_entry_t): boolean {
  return is_migration_entry(entry) || is_device_private_entry(entry) ||
    is_device_exclusive_entry(entry);
}

/** ARCH_ENABLE_THP_MIGRATION=n */
export function pmd_to_swp_entry(_pmd: pmd_t): swp_entry_t { return swp_entry(0, 0); }
export function is_pmd_migration_entry(_pmd: pmd_t): boolean { return false; }
export function set_pmd_migration_entry(_pvmw: page_vma_mapped_walk, _page: page): void { unreachable('THP'); }
export function remove_migration_pmd(_pvmw: page_vma_mapped_walk, _new: page): void { unreachable('THP'); }
export function pmd_migration_entry_wait(_m: mm_struct, _p: pmd_cell): void {}

/** MEMORY_FAILURE=n */
export function make_hwpoison_entry(_page: page): swp_entry_t { return swp_entry(0, 0); }
export function is_hwpoison_entry(_swp: swp_entry_t): boolean { return false; }

//#if MIGRATION
export function non_swap_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) >= MAX_SWAPFILES;
}
//#else
//#if DEVICE_PRIVATE
export function non_swap_entry(entry: swp_entry_t): boolean {
  return swp_type(entry) >= MAX_SWAPFILES;
}
//#else
export function non_swap_entry(_entry: swp_entry_t): boolean {
  return false;
}
//#endif
//#endif
