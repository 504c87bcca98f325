// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/pgtable-generic.c: changing a pte together with the TLBs. x86 has its own
// ptep_set_access_flags and ptep_clear_flush_young (arch/x86/mm/pgtable.c), which flush nothing:
// a TLB entry that allows too little faults and is filled again, one that is young too long is harmless.

import { unreachable } from '../arch/model/marks.ts';
import type { pgd_cell, pmd_cell, pud_cell } from '../arch/model/pgtable.ts';
import { flush_tlb_page } from '../arch/model/tlb.ts';
import { pte_accessible, ptep_get_and_clear, type pte_cell } from '../arch/model/pgtable.ts';
import type { vm_area_struct } from '../include/linux/mm_types.ts';
import type { pte_t, uaddr } from '../include/linux/types.ts';

export { ptep_clear_flush_young, ptep_set_access_flags, ptep_test_and_clear_young } from '../arch/model/pgtable-x86.ts';

/** An upper level of the model is never bad. */
export function pgd_clear_bad(_pgd: pgd_cell): void { unreachable('bad pgd'); }
export function pud_clear_bad(_pud: pud_cell): void { unreachable('bad pud'); }
export function pmd_clear_bad(_pmd: pmd_cell): void { unreachable('bad pmd'); }

/** @locks requires ptl
 *  @refs what the pte held passes to the caller */
export function ptep_clear_flush(vma: vm_area_struct, address: uaddr,
  ptep: pte_cell): pte_t {
  const mm = (vma).vm_mm;
  let pte: pte_t;
  pte = ptep_get_and_clear(mm, address, ptep);
  if (pte_accessible(mm, pte))
    flush_tlb_page(vma, address);
  return pte;
}
