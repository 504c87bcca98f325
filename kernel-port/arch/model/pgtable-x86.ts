// SPDX-License-Identifier: GPL-2.0-only
// Follows arch/x86/mm/pgtable.c: x86's own forms of what mm/pgtable-generic.c offers. The
// hardware changes accessed and dirty by itself, so clearing a bit is one read-modify-write.

import { _PAGE_ACCESSED, pte_same, pte_young, set_pte, type pte_cell } from './pgtable.ts';
import type { vm_area_struct } from '../../include/linux/mm_types.ts';
import type { int, pte_t, uaddr } from '../../include/linux/types.ts';

/** Stores only when it is a write: of a read fault the hardware sets the accessed bit again itself.
 *  @locks requires ptl */
export function ptep_set_access_flags(_vma: vm_area_struct, _address: uaddr, ptep: pte_cell,
  entry: pte_t, dirty: int | boolean): int {
  const changed: int = !pte_same(ptep.pte, entry) ? 1 : 0;

  if (changed && dirty)
    set_pte(ptep, entry);

  return changed;
}

export function test_and_clear_accessed(ptep: pte_cell): int {
  const old = ptep.pte;
  ptep.pte = (old & ~_PAGE_ACCESSED) >>> 0;
  return old & _PAGE_ACCESSED ? 1 : 0;
}

export function ptep_test_and_clear_young(_vma: vm_area_struct, _addr: uaddr, ptep: pte_cell): int {
  let ret: int = 0;

  if (pte_young(ptep.pte))
    ret = test_and_clear_accessed(ptep);

  return ret;
}

/** Without a flush, on x86: the entry stays young in a TLB for a while, which costs nothing here. */
export function ptep_clear_flush_young(vma: vm_area_struct, address: uaddr, ptep: pte_cell): int {
  return ptep_test_and_clear_young(vma, address, ptep);
}
