// SPDX-License-Identifier: GPL-2.0-only
// HUGETLB_PAGE=n: the stubs of the header. What is never reached says so.

import { unreachable } from '../../arch/model/marks.ts';
import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import { EINVAL } from './errno.ts';
import { ERR_PTR, type ErrPtr } from './err.ts';
import type { list_head } from './list.ts';
import type { int, pgprot_t, Ref, uaddr, unsigned_int, unsigned_long, vm_fault_t } from './types.ts';
import type { pte_cell } from '../../arch/model/pgtable.ts';
import type { spinlock_t } from './spinlock.ts';

export { is_vm_hugetlb_page } from './hugetlb_inline.ts';
export { PageHuge, PageHeadHuge } from './page-flags.ts';

export interface hstate { readonly order: unsigned_int }

export function reset_vma_resv_huge_pages(_vma: vm_area_struct): void {}
export function clear_vma_resv_huge_pages(_vma: vm_area_struct): void {}
export function hugetlb_total_pages(): unsigned_long { return 0; }
export function huge_pmd_unshare(_mm: mm_struct, _vma: vm_area_struct, _addr: Ref<uaddr>, _ptep: pte_cell): int { return 0; }
export function adjust_range_if_pmd_sharing_possible(_vma: vm_area_struct, _start: Ref<uaddr>, _end: Ref<uaddr>): void {}
export function follow_huge_addr(_mm: mm_struct, _address: uaddr, _write: int): page | ErrPtr { return ERR_PTR(-EINVAL); }
export function copy_hugetlb_page_range(_dst: mm_struct, _src: mm_struct, _vma: vm_area_struct): int { unreachable('hugetlb'); }
export function hugetlb_free_pgd_range(_tlb: object, _addr: uaddr, _end: uaddr, _floor: uaddr, _ceiling: uaddr): void { unreachable('hugetlb'); }
export function isolate_huge_page(_page: page, _list: list_head<page>): boolean { return false; }
export function putback_active_hugepage(_page: page): void {}
export function move_hugetlb_state(_oldpage: page, _newpage: page, _reason: int): void {}
export function hugetlb_change_protection(_vma: vm_area_struct, _address: uaddr, _end: uaddr, _newprot: pgprot_t): unsigned_long { return 0; }
export function __unmap_hugepage_range_final(_tlb: object, _vma: vm_area_struct, _start: uaddr, _end: uaddr, _ref_page: page | null): void { unreachable('hugetlb'); }
export function hugetlb_fault(_mm: mm_struct, _vma: vm_area_struct, _address: uaddr, _flags: unsigned_int): vm_fault_t { unreachable('hugetlb'); }
export function hstate_vma(_vma: vm_area_struct): hstate { unreachable('hugetlb'); }
export function huge_page_size(_h: hstate): unsigned_long { unreachable('hugetlb'); }
export function huge_page_mask(_h: hstate): unsigned_long { unreachable('hugetlb'); }
export function huge_page_shift(_h: hstate): unsigned_int { unreachable('hugetlb'); }
export function page_hstate(_page: page): hstate { unreachable('hugetlb'); }
export function hugepage_migration_supported(_h: hstate): boolean { return false; }
export function huge_pte_lockptr(_h: hstate, mm: mm_struct, _pte: pte_cell): spinlock_t { return mm.page_table_lock; }
export function hugetlb_count_init(_mm: mm_struct): void {}
