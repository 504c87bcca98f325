// SPDX-License-Identifier: GPL-2.0-only
// Page tables: the accessors of arch/model/pgtable.ts under the name of C's header, and what the
// header adds to them.

import { notModelled, reduced } from '../../arch/model/marks.ts';
import { memory } from '../../arch/model/memory.ts';
import {
  Pmd, p4d_bad, p4d_none, pgd_bad, pgd_none, pgd_offset, pmd_bad, pmd_devmap, pmd_none, pmd_offset, pmd_present,
  pmd_trans_huge, p4d_offset, pte_clear, pte_mkwrite, pud_bad, pud_none, pud_offset, pud_trans_huge, pud_devmap, type p4d_cell,
  type pgd_cell, type pmd_cell, type pmd_t, type pte_cell, type pud_cell, type pud_t,
} from '../../arch/model/pgtable.ts';
import { CONFIG_ARCH_ENABLE_THP_MIGRATION } from './kconfig.ts';
import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import { pgd_clear_bad, pmd_clear_bad, pud_clear_bad } from '../../mm/pgtable-generic.ts';
import type { int, pfn_nr, pgprot_t, pte_t, Ref, swp_entry_t, uaddr, unsigned_long } from './types.ts';

export * from '../../arch/model/pgtable.ts';
export { ptep_set_access_flags, ptep_test_and_clear_young, ptep_clear_flush_young } from '../../arch/model/pgtable-x86.ts';
export { ptep_clear_flush } from '../../mm/pgtable-generic.ts';

export const USER_PGTABLES_CEILING: uaddr = 0;
export const FIRST_USER_ADDRESS: uaddr = 0;

export function pmd_off(mm: mm_struct, va: uaddr): pmd_cell {
  return pmd_offset(pud_offset(p4d_offset(pgd_offset(mm, va), va), va), va);
}

export function update_mmu_tlb(_vma: vm_area_struct, _address: uaddr, _ptep: pte_cell): void {}

export function pte_clear_not_present_full(mm: mm_struct, address: uaddr, ptep: pte_cell, _full: int | boolean): void {
  pte_clear(mm, address, ptep);
}

export function pte_sw_mkyoung(pte: pte_t): pte_t { return pte; }

/** NUMA_BALANCING=n: what was writable is simply made so again. */
export function pte_mk_savedwrite(pte: pte_t): pte_t { return pte_mkwrite(pte); }

export function move_pte(pte: pte_t, _prot: pgprot_t, _old_addr: uaddr, _new_addr: uaddr): pte_t { return pte; }

export function pte_unused(_pte: pte_t): int { return 0; }

export function arch_do_swap_page(_mm: mm_struct, _vma: vm_area_struct, _addr: uaddr, _pte: pte_t, _oldpte: pte_t): void {}

export function arch_unmap_one(_mm: mm_struct, _vma: vm_area_struct, _addr: uaddr, _orig_pte: pte_t): int { return 0; }

export function arch_swap_restore(_entry: swp_entry_t, _page: page): void {}

export function p4d_clear_bad(_p4d: p4d_cell): void {}

export function pgd_none_or_clear_bad(pgd: pgd_cell): int {
  if (pgd_none(pgd))
    return 1;
  if (pgd_bad(pgd)) {
    pgd_clear_bad(pgd);
    return 1;
  }
  return 0;
}

export function p4d_none_or_clear_bad(p4d: p4d_cell): int {
  if (p4d_none(p4d))
    return 1;
  if (p4d_bad(p4d)) {
    p4d_clear_bad(p4d);
    return 1;
  }
  return 0;
}

export function pud_none_or_clear_bad(pud: pud_cell): int {
  if (pud_none(pud))
    return 1;
  if (pud_bad(pud)) {
    pud_clear_bad(pud);
    return 1;
  }
  return 0;
}

export function pmd_none_or_clear_bad(pmd: pmd_cell): int {
  if (pmd_none(Pmd(pmd)))
    return 1;
  if (pmd_bad(Pmd(pmd))) {
    pmd_clear_bad(pmd);
    return 1;
  }
  return 0;
}

export function pgprot_modify(_oldprot: pgprot_t, newprot: pgprot_t): pgprot_t {
  reduced('cache modes are not modelled');
  return newprot;
}

export function arch_enter_lazy_mmu_mode(): void {}
export function arch_leave_lazy_mmu_mode(): void {}
export function arch_flush_lazy_mmu_mode(): void {}

/** The memory types of x86 (PAT) are not modelled. */
export function track_pfn_remap(_vma: vm_area_struct, _prot: Ref<pgprot_t> | pgprot_t, _pfn: pfn_nr, _addr: uaddr, _size: unsigned_long): int { return 0; }
export function track_pfn_insert(_vma: vm_area_struct, _prot: Ref<pgprot_t>, _pfn: pfn_nr): void {}
export function track_pfn_copy(_vma: vm_area_struct): int { return 0; }
export function untrack_pfn(_vma: vm_area_struct | null, _pfn: pfn_nr, _size: unsigned_long): void { notModelled('PAT'); }
export function untrack_pfn_moved(_vma: vm_area_struct): void { notModelled('PAT'); }

export function is_zero_pfn(pfn: pfn_nr): boolean {
  reduced('zero_pfn is the machine\'s');
  return pfn === memory().zero_pfn;
}
export function my_zero_pfn(_addr: uaddr): pfn_nr {
  reduced('zero_pfn is the machine\'s');
  return memory().zero_pfn;
}

export function pud_none_or_trans_huge_or_dev_or_clear_bad(pud: pud_cell): int {
  const pudval: pud_t = pud;

  if (pud_none(pudval) || pud_trans_huge(pudval) || pud_devmap(pudval))
    return 1;
  if (pud_bad(pudval)) {
    pud_clear_bad(pud);
    return 1;
  }
  return 0;
}
export function pud_trans_unstable(_pud: pud_cell): int {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return 0;
}

export function pmd_read_atomic(pmdp: pmd_cell): pmd_t { return Pmd(pmdp); }

export function arch_needs_pgtable_deposit(): boolean { return false; }

export function pmd_none_or_trans_huge_or_clear_bad(pmd: pmd_cell): int {
  const pmdval: pmd_t = pmd_read_atomic(pmd);

  if (pmd_none(pmdval) || pmd_trans_huge(pmdval) ||
      (CONFIG_ARCH_ENABLE_THP_MIGRATION && !pmd_present(pmdval)))
    return 1;
  if (pmd_bad(pmdval)) {
    pmd_clear_bad(pmd);
    return 1;
  }
  return 0;
}

/** TRANSPARENT_HUGEPAGE=n: a table once there stays until the mm goes. */
export function pmd_trans_unstable(_pmd: pmd_cell): int {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return 0;
}

export function pmd_devmap_trans_unstable(pmd: pmd_cell): boolean {
  return pmd_devmap(Pmd(pmd)) || Boolean(pmd_trans_unstable(pmd));
}

export function pfn_modify_allowed(_pfn: pfn_nr, _prot: pgprot_t): boolean { return true; }
export function arch_has_pfn_modify_check(): boolean { return true; }

export function mm_p4d_folded(_mm: mm_struct): boolean { return true; }
export function mm_pud_folded(_mm: mm_struct): boolean { return true; }
export function mm_pmd_folded(_mm: mm_struct): boolean { return false; }

export function p4d_offset_lockless(_pgdp: pgd_cell, pgd: pgd_cell, _address: uaddr): p4d_cell { return pgd; }
export function pud_offset_lockless(_p4dp: p4d_cell, p4d: p4d_cell, _address: uaddr): pud_cell { return p4d; }
export function pmd_offset_lockless(_pudp: pud_cell, pud: pud_cell, address: uaddr): pmd_cell { return pmd_offset(pud, address); }
