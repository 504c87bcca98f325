// SPDX-License-Identifier: GPL-2.0-only
// mm/hmm.c: what the page tables say of a range, for a device that mirrors it, with the faults that
// the device asks for. The answer carries no reference: it holds as long as the notifier's sequence.
// Plain v5.15, which takes no VM_MIXEDMAP. Huge entries are one line behind their conditions.

import { unreachable } from '../arch/model/marks.ts';
import {
  PAGE_SHIFT, PAGE_SIZE, Pmd, Pte, pmd_bad, pmd_devmap, pmd_none, pmd_present, pmd_trans_huge, pte_devmap, pte_next,
  pte_none, pte_offset_map, pte_pfn, pte_present, pte_prev, pte_protnone, pte_special, pte_unmap, pte_write, type pmd_cell,
  type pmd_t, type pte_cell, type pud_cell,
} from '../arch/model/pgtable.ts';
import { WARN_ON_ONCE } from '../include/linux/bug.ts';
import { EBUSY, EFAULT, EPERM } from '../include/linux/errno.ts';
import {
  HMM_PFN_ERROR, HMM_PFN_ORDER_SHIFT, HMM_PFN_REQ_FAULT, HMM_PFN_REQ_WRITE, HMM_PFN_VALID, HMM_PFN_WRITE, hmm_range,
} from '../include/linux/hmm.ts';
import { pud_trans_huge_lock, thp_migration_supported } from '../include/linux/huge_mm.ts';
import { VM_IO, VM_MIXEDMAP, VM_PFNMAP, VM_READ, VM_WRITE } from '../include/linux/mm.ts';
import {
  FAULT_FLAG_REMOTE, FAULT_FLAG_WRITE, VM_FAULT_ERROR, type mm_struct, type vm_area_struct,
} from '../include/linux/mm_types.ts';
import { mmap_assert_locked } from '../include/linux/mmap_lock.ts';
import { mmu_interval_check_retry } from '../include/linux/mmu_notifier.ts';
import type { mm_walk, mm_walk_ops } from '../include/linux/pagewalk.ts';
import { is_zero_pfn, pmd_read_atomic } from '../include/linux/pgtable.ts';
import {
  is_device_exclusive_entry, is_device_private_entry, is_migration_entry, is_pmd_migration_entry,
  is_writable_device_private_entry, migration_entry_wait, non_swap_entry, pfn_swap_entry_to_page,
  pmd_migration_entry_wait, pte_to_swp_entry, swp_offset,
} from '../include/linux/swapops.ts';
import {
  ArrayAt, FieldRef, type Ref, type fault_flags, type hmm_pfn_t, type int, type pte_t, type swp_entry_t, type uaddr,
  type unsigned_int, type unsigned_long,
} from '../include/linux/types.ts';
import { handle_mm_fault } from './memory.ts';
import { walk_page_range } from './pagewalk.ts';

interface hmm_vma_walk {
  readonly range: hmm_range;
  /** From here on the array is still as it was asked. */
  last: uaddr;
}

const HMM_NEED_FAULT: unsigned_int = 1 << 0;
const HMM_NEED_WRITE_FAULT: unsigned_int = 1 << 1;
const HMM_NEED_ALL_BITS: unsigned_int = HMM_NEED_FAULT | HMM_NEED_WRITE_FAULT;

function hmm_pfns_fill(addr: uaddr, end: uaddr, range: hmm_range, cpu_flags: hmm_pfn_t): int {
  let i: unsigned_long = (addr - range.start) >>> PAGE_SHIFT;

  for (; addr < end; addr += PAGE_SIZE, i++)
    range.hmm_pfns[i] = cpu_flags;
  return 0;
}

/** -EBUSY when all went well: the walk has to look again at what the faults made.
 *  @locks requires mmap_lock(read) */
function hmm_vma_fault(addr: uaddr, end: uaddr, required_fault: unsigned_int, walk: mm_walk<hmm_vma_walk>): int {
  const hmm_vma_walk: hmm_vma_walk = walk.private;
  const vma: vm_area_struct = walk.vma;
  let fault_flags: fault_flags = FAULT_FLAG_REMOTE;

  WARN_ON_ONCE(!required_fault);
  hmm_vma_walk.last = addr;

  if (required_fault & HMM_NEED_WRITE_FAULT) {
    if (!(vma.vm_flags & VM_WRITE))
      return -EPERM;
    fault_flags |= FAULT_FLAG_WRITE;
  }

  for (; addr < end; addr += PAGE_SIZE)
    if (handle_mm_fault(vma, addr, fault_flags, null) &
        VM_FAULT_ERROR)
      return -EFAULT;
  return -EBUSY;
}

function hmm_pte_need_fault(hmm_vma_walk: hmm_vma_walk, pfn_req_flags: hmm_pfn_t, cpu_flags: hmm_pfn_t): unsigned_int {
  const range: hmm_range = hmm_vma_walk.range;

  // A caller asks page by page, or for the whole range alike; the mask says which of the two counts.
  pfn_req_flags &= range.pfn_flags_mask;
  pfn_req_flags |= range.default_flags;

  if (!(pfn_req_flags & HMM_PFN_REQ_FAULT))
    return 0;

  if ((pfn_req_flags & HMM_PFN_REQ_WRITE) &&
      !(cpu_flags & HMM_PFN_WRITE))
    return HMM_NEED_FAULT | HMM_NEED_WRITE_FAULT;

  if (!(cpu_flags & HMM_PFN_VALID))
    return HMM_NEED_FAULT;
  return 0;
}

function hmm_range_need_fault(hmm_vma_walk: hmm_vma_walk, hmm_pfns: hmm_pfn_t[], npages: unsigned_long,
  cpu_flags: hmm_pfn_t): unsigned_int {
  const range: hmm_range = hmm_vma_walk.range;
  let required_fault: unsigned_int = 0;
  let i: unsigned_long;

  // No page can ask for a fault: the array need not be read.
  if (!((range.default_flags | range.pfn_flags_mask) &
        HMM_PFN_REQ_FAULT))
    return 0;

  for (i = 0; i < npages; ++i) {
    required_fault |= hmm_pte_need_fault(hmm_vma_walk, hmm_pfns[i],
      cpu_flags);
    if (required_fault === HMM_NEED_ALL_BITS)
      return required_fault;
  }
  return required_fault;
}

/** @locks requires mmap_lock(read) */
function hmm_vma_walk_hole(addr: uaddr, end: uaddr, depth: int, walk: mm_walk<hmm_vma_walk>): int {
  const hmm_vma_walk: hmm_vma_walk = walk.private;
  const range: hmm_range = hmm_vma_walk.range;
  let required_fault: unsigned_int;
  let i: unsigned_long, npages: unsigned_long;
  let hmm_pfns: hmm_pfn_t[];

  i = (addr - range.start) >>> PAGE_SHIFT;
  npages = (end - addr) >>> PAGE_SHIFT;
  hmm_pfns = ArrayAt(range.hmm_pfns, i);
  required_fault =
    hmm_range_need_fault(hmm_vma_walk, hmm_pfns, npages, 0);
  if (!walk.vma) {
    if (required_fault)
      return -EFAULT;
    return hmm_pfns_fill(addr, end, range, HMM_PFN_ERROR);
  }
  if (required_fault)
    return hmm_vma_fault(addr, end, required_fault, walk);
  return hmm_pfns_fill(addr, end, range, 0);
}

function hmm_pfn_flags_order(order: unsigned_long): hmm_pfn_t {
  return order << HMM_PFN_ORDER_SHIFT;
}

function pmd_to_hmm_pfn_flags(_range: hmm_range, _pmd: pmd_t): hmm_pfn_t {
  unreachable('THP');
}

function hmm_vma_handle_pmd(_walk: mm_walk<hmm_vma_walk>, _addr: uaddr, _end: uaddr, _hmm_pfns: hmm_pfn_t[], _pmd: pmd_t): int {
  unreachable('THP');
}

/** @refs the page of the entry: borrows, and nothing but the entry holds it */
function hmm_is_device_private_entry(range: hmm_range, entry: swp_entry_t): boolean {
  return is_device_private_entry(entry) &&
    pfn_swap_entry_to_page(entry).pgmap.owner ===
    range.dev_private_owner;
}

function pte_to_hmm_pfn_flags(_range: hmm_range, pte: pte_t): hmm_pfn_t {
  if (pte_none(pte) || !pte_present(pte) || pte_protnone(pte))
    return 0;
  return pte_write(pte) ? (HMM_PFN_VALID | HMM_PFN_WRITE) >>> 0 : HMM_PFN_VALID;
}

/** Reads the pte without its lock: the notifier's sequence tells whether it still holds.
 *  @locks requires mmap_lock(read) */
function hmm_vma_handle_pte(walk: mm_walk<hmm_vma_walk>, addr: uaddr, end: uaddr, pmdp: pmd_cell, ptep: pte_cell,
  hmm_pfn: Ref<hmm_pfn_t>): int {
  const hmm_vma_walk: hmm_vma_walk = walk.private;
  const range: hmm_range = hmm_vma_walk.range;
  let required_fault: unsigned_int;
  let cpu_flags: hmm_pfn_t;
  const pte: pte_t = Pte(ptep);
  const pfn_req_flags: hmm_pfn_t = hmm_pfn.v;

  fault: {
    if (pte_none(pte)) {
      required_fault =
        hmm_pte_need_fault(hmm_vma_walk, pfn_req_flags, 0);
      if (required_fault)
        break fault;
      hmm_pfn.v = 0;
      return 0;
    }

    if (!pte_present(pte)) {
      const entry: swp_entry_t = pte_to_swp_entry(pte);

      // The device's own memory: it knows what the pfn means, and no fault is wanted.
      if (hmm_is_device_private_entry(range, entry)) {
        cpu_flags = HMM_PFN_VALID;
        if (is_writable_device_private_entry(entry))
          cpu_flags |= HMM_PFN_WRITE;
        hmm_pfn.v = (swp_offset(entry) | cpu_flags) >>> 0;
        return 0;
      }

      required_fault =
        hmm_pte_need_fault(hmm_vma_walk, pfn_req_flags, 0);
      if (!required_fault) {
        hmm_pfn.v = 0;
        return 0;
      }

      if (!non_swap_entry(entry))
        break fault;

      if (is_device_exclusive_entry(entry))
        break fault;

      if (is_migration_entry(entry)) {
        pte_unmap(ptep);
        hmm_vma_walk.last = addr;
        migration_entry_wait(walk.mm, pmdp, addr);
        return -EBUSY;
      }

      pte_unmap(ptep);
      return -EFAULT;
    }

    cpu_flags = pte_to_hmm_pfn_flags(range, pte);
    required_fault =
      hmm_pte_need_fault(hmm_vma_walk, pfn_req_flags, cpu_flags);
    if (required_fault)
      break fault;

    // A DAX page is as good as any when it is what was asked for; the zero page has a struct page, too.
    if (pte_special(pte) && !pte_devmap(pte) &&
        !is_zero_pfn(pte_pfn(pte))) {
      if (hmm_pte_need_fault(hmm_vma_walk, pfn_req_flags, 0)) {
        pte_unmap(ptep);
        return -EFAULT;
      }
      hmm_pfn.v = HMM_PFN_ERROR;
      return 0;
    }

    hmm_pfn.v = (pte_pfn(pte) | cpu_flags) >>> 0;
    return 0;
  }

  pte_unmap(ptep);
  // From here to the end of the range, each page that was asked for.
  return hmm_vma_fault(addr, end, required_fault, walk);
}

/** @locks requires mmap_lock(read) */
function hmm_vma_walk_pmd(pmdp: pmd_cell, start: uaddr, end: uaddr, walk: mm_walk<hmm_vma_walk>): int {
  const hmm_vma_walk: hmm_vma_walk = walk.private;
  const range: hmm_range = hmm_vma_walk.range;
  let hmm_pfns: hmm_pfn_t[] =
    ArrayAt(range.hmm_pfns, (start - range.start) >>> PAGE_SHIFT);
  const npages: unsigned_long = (end - start) >>> PAGE_SHIFT;
  let addr: uaddr = start;
  let ptep: pte_cell;
  let pmd: pmd_t;

  again: for (;;) {
    pmd = Pmd(pmdp);
    if (pmd_none(pmd))
      return hmm_vma_walk_hole(start, end, -1, walk);

    if (thp_migration_supported() && is_pmd_migration_entry(pmd)) {
      if (hmm_range_need_fault(hmm_vma_walk, hmm_pfns, npages, 0)) {
        hmm_vma_walk.last = addr;
        pmd_migration_entry_wait(walk.mm, pmdp);
        return -EBUSY;
      }
      return hmm_pfns_fill(start, end, range, 0);
    }

    if (!pmd_present(pmd)) {
      if (hmm_range_need_fault(hmm_vma_walk, hmm_pfns, npages, 0))
        return -EFAULT;
      return hmm_pfns_fill(start, end, range, HMM_PFN_ERROR);
    }

    if (pmd_devmap(pmd) || pmd_trans_huge(pmd)) {
      // Without the lock: a split tells the notifier, so reading once more is enough.
      pmd = pmd_read_atomic(pmdp);
      if (!pmd_devmap(pmd) && !pmd_trans_huge(pmd))
        continue again;

      return hmm_vma_handle_pmd(walk, addr, end, hmm_pfns, pmd);
    }
    break;
  }

  // A table of ptes, or an entry that will never be one.
  if (pmd_bad(pmd)) {
    if (hmm_range_need_fault(hmm_vma_walk, hmm_pfns, npages, 0))
      return -EFAULT;
    return hmm_pfns_fill(start, end, range, HMM_PFN_ERROR);
  }

  ptep = pte_offset_map(pmdp, addr);
  for (; addr < end; addr += PAGE_SIZE, ptep = pte_next(ptep), hmm_pfns = ArrayAt(hmm_pfns, 1)) {
    let r: int;

    r = hmm_vma_handle_pte(walk, addr, end, pmdp, ptep, FieldRef(hmm_pfns, 0));
    if (r) {
      return r;
    }
  }
  pte_unmap(pte_prev(ptep));
  return 0;
}

/** Never huge here: TRANSPARENT_HUGEPAGE=n, so there is no lock to be had. */
function hmm_vma_walk_pud(pudp: pud_cell, start: uaddr, end: uaddr, walk: mm_walk<hmm_vma_walk>): int {
  const ptl = pud_trans_huge_lock(pudp, walk.vma);

  if (!ptl)
    return 0;

  unreachable('THP');
}

/** 0: walk it; 1: it is answered, on to the next vma.
 *  @locks requires mmap_lock(read) */
function hmm_vma_walk_test(start: uaddr, end: uaddr, walk: mm_walk<hmm_vma_walk>): int {
  const hmm_vma_walk: hmm_vma_walk = walk.private;
  const range: hmm_range = hmm_vma_walk.range;
  const vma: vm_area_struct = walk.vma;

  if (!(vma.vm_flags & (VM_IO | VM_PFNMAP | VM_MIXEDMAP)) &&
      vma.vm_flags & VM_READ)
    return 0;

  // No struct pages, or no right to read, which stands for no right at all. Whoever asked for a
  // fault here asked for what cannot be.
  if (hmm_range_need_fault(hmm_vma_walk,
    ArrayAt(range.hmm_pfns,
      (start - range.start) >>> PAGE_SHIFT),
    (end - start) >>> PAGE_SHIFT, 0))
    return -EFAULT;

  hmm_pfns_fill(start, end, range, HMM_PFN_ERROR);

  return 1;
}

/** Without hugetlb_entry: HUGETLB_PAGE=n. */
const hmm_walk_ops: mm_walk_ops<hmm_vma_walk> = {
  pud_entry: hmm_vma_walk_pud,
  pmd_entry: hmm_vma_walk_pmd,
  pte_hole: hmm_vma_walk_hole,
  test_walk: hmm_vma_walk_test,
};

/** Looks, and faults where the range asks for it, until every page is as asked.
 *  0; -EBUSY: invalidated meanwhile; -EFAULT: no page can be there; -EPERM: no right to write.
 *  @refs the pages in range.hmm_pfns: nobody holds them
 *  @locks requires mmap_lock(read) */
export function hmm_range_fault(range: hmm_range): int {
  const hmm_vma_walk: hmm_vma_walk = {
    range: range,
    last: range.start,
  };
  const mm: mm_struct = range.notifier.mm;
  let ret: int;

  mmap_assert_locked(mm);

  do {
    if (mmu_interval_check_retry(range.notifier,
      range.notifier_seq))
      return -EBUSY;
    ret = walk_page_range(mm, hmm_vma_walk.last, range.end,
      hmm_walk_ops, hmm_vma_walk);
    // -EBUSY of the walk: all before last is answered, the rest is still as it was asked.
  } while (ret === -EBUSY);
  return ret;
}
