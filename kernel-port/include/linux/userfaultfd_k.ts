// SPDX-License-Identifier: GPL-2.0-only
// USERFAULTFD=n: the stubs of the header. The uffd bits of a pte exist all the same (arch/model/pgtable.ts).

import type { list_head } from './list.ts';
import { VM_FAULT_SIGBUS, type mm_struct, type vm_area_struct, type vm_fault, type vm_userfaultfd_ctx } from './mm_types.ts';
import type { pmd_t } from '../../arch/model/pgtable.ts';
import type { Ref, int, pte_t, uaddr, unsigned_long, vm_fault_t } from './types.ts';

export function is_mergeable_vm_userfaultfd_ctx(_vma: vm_area_struct, _vm_ctx: vm_userfaultfd_ctx): boolean { return true; }
export function userfaultfd_missing(_vma: vm_area_struct): boolean { return false; }
export function userfaultfd_wp(_vma: vm_area_struct): boolean { return false; }
export function userfaultfd_minor(_vma: vm_area_struct): boolean { return false; }
export function userfaultfd_pte_wp(_vma: vm_area_struct, _pte: pte_t): boolean { return false; }
export function userfaultfd_huge_pmd_wp(_vma: vm_area_struct, _pmd: pmd_t): boolean { return false; }
export function userfaultfd_armed(_vma: vm_area_struct): boolean { return false; }
export function handle_userfault(_vmf: vm_fault, _reason: unsigned_long): vm_fault_t { return VM_FAULT_SIGBUS; }
export function dup_userfaultfd(_vma: vm_area_struct, _l: list_head): int { return 0; }
export function dup_userfaultfd_complete(_l: list_head): void {}
export function mremap_userfaultfd_prep(_vma: vm_area_struct, _ctx: Ref<vm_userfaultfd_ctx>): void {}
export function mremap_userfaultfd_complete(_ctx: Ref<vm_userfaultfd_ctx>, _from: uaddr, _to: uaddr, _len: unsigned_long): void {}
export function userfaultfd_remove(_vma: vm_area_struct, _start: uaddr, _end: uaddr): boolean { return true; }
export function userfaultfd_unmap_prep(_vma: vm_area_struct, _start: uaddr, _end: uaddr, _uf: list_head): int { return 0; }
export function userfaultfd_unmap_complete(_mm: mm_struct, _uf: list_head): void {}
