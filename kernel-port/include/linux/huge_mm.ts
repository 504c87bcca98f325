// SPDX-License-Identifier: GPL-2.0-only
// TRANSPARENT_HUGEPAGE=n: the stubs of the header. What is never reached says so.

import { PAGE_SIZE, PUD_SIZE, type pmd_cell, type pmd_t, type pud_cell, type pud_t } from '../../arch/model/pgtable.ts';
import { unreachable } from '../../arch/model/marks.ts';
import type { list_head } from './list.ts';
import type { dev_pagemap } from './memremap.ts';
import type { mm_struct, page, vm_area_struct, vm_fault } from './mm_types.ts';
import type { spinlock_t } from './spinlock.ts';
import type { int, long, pgprot_t, Ref, uaddr, unsigned_int, unsigned_long, vm_fault_t, vm_flags_t } from './types.ts';
import { VM_BUG_ON_PGFLAGS } from './mmdebug.ts';
import { PageTail } from './page-flags.ts';

export const HPAGE_PMD_ORDER: int = 9;
export const HPAGE_PMD_NR: int = 1 << HPAGE_PMD_ORDER;
export const HPAGE_PMD_SIZE: unsigned_long = 4096 << HPAGE_PMD_ORDER;
export const HPAGE_PUD_SIZE: unsigned_long = PUD_SIZE;
export const HPAGE_PMD_MASK: unsigned_long = ~(HPAGE_PMD_SIZE - 1);

export function do_huge_pmd_anonymous_page(_vmf: vm_fault): vm_fault_t { unreachable('THP'); }
export function copy_huge_pmd(_dst_mm: mm_struct, _src_mm: mm_struct, _dst_pmd: pmd_cell, _src_pmd: pmd_cell, _addr: uaddr,
  _dst_vma: vm_area_struct, _src_vma: vm_area_struct): int { unreachable('THP'); }
export function huge_pmd_set_accessed(_vmf: vm_fault): void { unreachable('THP'); }
export function do_huge_pmd_wp_page(_vmf: vm_fault): vm_fault_t { unreachable('THP'); }
export function change_huge_pmd(_vma: vm_area_struct, _pmd: pmd_cell, _addr: uaddr, _newprot: pgprot_t, _cp_flags: unsigned_long): int { unreachable('THP'); }
export function move_huge_pmd(_vma: vm_area_struct, _old_addr: uaddr, _new_addr: uaddr, _old_pmd: pmd_cell, _new_pmd: pmd_cell): boolean { unreachable('THP'); }
export function follow_trans_huge_pmd(_vma: vm_area_struct, _addr: uaddr, _pmd: pmd_cell, _flags: unsigned_int): page | null { unreachable('THP'); }

export function transhuge_vma_suitable(_vma: vm_area_struct, _haddr: uaddr): boolean { return false; }
export function transhuge_vma_enabled(_vma: vm_area_struct, _vm_flags: vm_flags_t): boolean { return false; }
export function __transparent_hugepage_enabled(_vma: vm_area_struct): boolean { return false; }
export function split_huge_page(_page: page): int { return 0; }
export function is_swap_pmd(_pmd: pmd_t): boolean { return false; }
export function pmd_trans_huge_lock(_pmd: pmd_cell, _vma: vm_area_struct): spinlock_t | null { return null; }
export function pud_trans_huge_lock(_pud: pud_cell, _vma: vm_area_struct): spinlock_t | null { return null; }
export function prep_transhuge_page(_page: page): void {}
export function thp_head(page: page): page {
  VM_BUG_ON_PGFLAGS(PageTail(page), page);
  return page;
}
export function thp_order(page: page): unsigned_int {
  VM_BUG_ON_PGFLAGS(PageTail(page), page);
  return 0;
}
export function thp_nr_pages(page: page): int {
  VM_BUG_ON_PGFLAGS(PageTail(page), page);
  return 1;
}
export function deferred_split_huge_page(_page: page): void {}
export function split_huge_pmd(_vma: vm_area_struct, _pmd: pmd_cell, _address: uaddr): void {}
export function __split_huge_pmd(_vma: vm_area_struct, _pmd: pmd_cell, _address: uaddr, _freeze: boolean, _page: page | null): void {}
export function split_huge_pmd_address(_vma: vm_area_struct, _address: uaddr, _freeze: boolean, _page: page | null): void {}
export function split_huge_pud(_vma: vm_area_struct, _pud: pud_cell, _address: uaddr): void {}
export function is_huge_zero_page(_page: page): boolean { return false; }
export function is_huge_zero_pmd(_pmd: pmd_t): boolean { return false; }
export function is_huge_zero_pud(_pud: pud_t): boolean { return false; }
export function thp_migration_supported(): boolean { return false; }
export function transparent_hugepage_active(_vma: vm_area_struct): boolean { return false; }
export function is_transparent_hugepage(_page: page): boolean { return false; }
export function split_huge_page_to_list(_page: page, _list: list_head<page>): int { return 0; }
export function hugepage_madvise(_vma: vm_area_struct, _vm_flags: Ref<vm_flags_t>, _advice: int): int { unreachable('THP'); }
export function vma_adjust_trans_huge(_vma: vm_area_struct, _start: uaddr, _end: uaddr, _adjust_next: long): void {}
export function do_huge_pmd_numa_page(_vmf: vm_fault): vm_fault_t { return 0; }
export function mm_put_huge_zero_page(_mm: mm_struct): void {
  return;
}
export function follow_devmap_pmd(_vma: vm_area_struct, _addr: uaddr, _pmd: pmd_cell, _flags: int, _pgmap: Ref<dev_pagemap | null>): page | null { return null; }
export function follow_devmap_pud(_vma: vm_area_struct, _addr: uaddr, _pud: pud_cell, _flags: int, _pgmap: Ref<dev_pagemap | null>): page | null { return null; }

export function thp_size(page: page): unsigned_long { return PAGE_SIZE << thp_order(page); }
