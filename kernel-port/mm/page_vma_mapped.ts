// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/page_vma_mapped.c: is this page mapped at this address? A hit comes back with the
// page-table lock held. Pages are of order 0; THP and hugetlb arms are one line each.

import { reduced, unreachable } from '../arch/model/marks.ts';
import { page_to_pfn } from '../arch/model/memory.ts';
import {
  Pmd, Pte,
  P4D_SIZE, PAGE_SIZE, PGDIR_SIZE, PMD_SIZE, PUD_SIZE, p4d_offset, p4d_present, pgd_offset, pgd_present, pmd_offset,
  pmd_present, pmd_trans_huge, pte_lockptr, pte_next, pte_none, pte_offset_map, pte_pfn, pte_present, pte_unmap,
  pud_offset, pud_present, type p4d_cell, type pgd_cell, type pmd_t, type pud_cell,
} from '../arch/model/pgtable.ts';
import { EFAULT } from '../include/linux/errno.ts';
import { thp_nr_pages } from '../include/linux/huge_mm.ts';
import { PageHuge, PageTransCompound } from '../include/linux/page-flags.ts';
import {
  PVMW_MIGRATION, PVMW_SYNC, page_vma_mapped_walk as page_vma_mapped_walk_struct, page_vma_mapped_walk_done,
} from '../include/linux/rmap.ts';
import { spin_lock, spin_unlock } from '../include/linux/spinlock.ts';
import {
  is_device_exclusive_entry, is_device_private_entry, is_migration_entry, is_pmd_migration_entry, is_swap_pte,
  pte_to_swp_entry, swp_offset,
} from '../include/linux/swapops.ts';
import { Init, ULONG_MAX } from '../include/linux/types.ts';
import { vma_address, vma_address_end } from './internal.ts';
import type { mm_struct, page, vm_area_struct } from '../include/linux/mm_types.ts';
import type { int, pfn_nr, swp_entry_t, uaddr, unsigned_long } from '../include/linux/types.ts';

/** @locks releases ptl */
function not_found(pvmw: page_vma_mapped_walk_struct): boolean {
  page_vma_mapped_walk_done(pvmw);
  return false;
}

/** @locks takes ptl (when true) */
function map_pte(pvmw: page_vma_mapped_walk_struct): boolean {
  pvmw.pte = pte_offset_map(pvmw.pmd, pvmw.address);
  if (!(pvmw.flags & PVMW_SYNC)) {
    if (pvmw.flags & PVMW_MIGRATION) {
      if (!is_swap_pte(Pte(pvmw.pte)))
        return false;
    } else {
      // A device-private entry counts as a mapping, though the CPU cannot follow it.
      if (is_swap_pte(Pte(pvmw.pte))) {
        let entry: swp_entry_t;

        entry = pte_to_swp_entry(Pte(pvmw.pte));
        if (!is_device_private_entry(entry) &&
            !is_device_exclusive_entry(entry))
          return false;
      } else if (!pte_present(Pte(pvmw.pte)))
        return false;
    }
  }
  pvmw.ptl = pte_lockptr(pvmw.vma.vm_mm, pvmw.pmd);
  spin_lock(pvmw.ptl);
  return true;
}

function pfn_is_match(page: page, pfn: pfn_nr): boolean {
  const page_pfn: pfn_nr = page_to_pfn(page);

  if (!PageTransCompound(page) || PageHuge(page))
    return page_pfn === pfn;

  return pfn >= page_pfn && pfn - page_pfn < thp_nr_pages(page);
}

/** @locks requires ptl */
function check_pte(pvmw: page_vma_mapped_walk_struct): boolean {
  let pfn: pfn_nr;

  if (pvmw.flags & PVMW_MIGRATION) {
    let entry: swp_entry_t;
    if (!is_swap_pte(Pte(pvmw.pte)))
      return false;
    entry = pte_to_swp_entry(Pte(pvmw.pte));

    if (!is_migration_entry(entry) &&
        !is_device_exclusive_entry(entry))
      return false;

    pfn = swp_offset(entry);
  } else if (is_swap_pte(Pte(pvmw.pte))) {
    let entry: swp_entry_t;

    entry = pte_to_swp_entry(Pte(pvmw.pte));
    if (!is_device_private_entry(entry) &&
        !is_device_exclusive_entry(entry))
      return false;

    pfn = swp_offset(entry);
  } else {
    if (!pte_present(Pte(pvmw.pte)))
      return false;

    pfn = pte_pfn(Pte(pvmw.pte));
  }

  return pfn_is_match(pvmw.page, pfn);
}

function step_forward(pvmw: page_vma_mapped_walk_struct, size: unsigned_long): void {
  pvmw.address = ((pvmw.address + size) & ~(size - 1)) >>> 0;
  if (!pvmw.address)
    pvmw.address = ULONG_MAX;
}

/**
 * C jumps to next_pte from before the loop, and from there back to this_pte and restart. Here
 * `restart` is the outer loop, and what stands at this_pte stands twice: in the first round and
 * at the end of the rounds after it. Whoever restarts has cleared pvmw.pte.
 * @locks returns with ptl (when true); releases ptl (when false)
 */
export function page_vma_mapped_walk(pvmw: page_vma_mapped_walk_struct): boolean {
  const mm: mm_struct = pvmw.vma.vm_mm;
  const page: page = pvmw.page;
  let end: uaddr;
  let pgd: pgd_cell;
  let p4d: p4d_cell;
  let pud: pud_cell;
  let pmde: pmd_t;

  reduced('C jumps into the loop to this_pte: it stands twice here');
  if (pvmw.pmd && !pvmw.pte)
    return not_found(pvmw);

  if (PageHuge(page)) unreachable('hugetlb');

  end = PageTransCompound(page) ?
    vma_address_end(page, pvmw.vma) :
    pvmw.address + PAGE_SIZE;
  restart: for (;;) {
    next_pte: {
      if (pvmw.pte)
        break next_pte;
      do {
        pgd = pgd_offset(mm, pvmw.address);
        if (!pgd_present(pgd)) {
          step_forward(pvmw, PGDIR_SIZE);
          continue;
        }
        p4d = p4d_offset(pgd, pvmw.address);
        if (!p4d_present(p4d)) {
          step_forward(pvmw, P4D_SIZE);
          continue;
        }
        pud = pud_offset(p4d, pvmw.address);
        if (!pud_present(pud)) {
          step_forward(pvmw, PUD_SIZE);
          continue;
        }

        pvmw.pmd = pmd_offset(pud, pvmw.address);
        pmde = Pmd(pvmw.pmd);

        if (pmd_trans_huge(pmde) || is_pmd_migration_entry(pmde)) {
          unreachable('THP');
        } else if (!pmd_present(pmde)) {
          if ((pvmw.flags & PVMW_SYNC) && PageTransCompound(page)) unreachable('THP');
          step_forward(pvmw, PMD_SIZE);
          continue;
        }
        if (!map_pte(pvmw))
          break next_pte;
        // this_pte
        if (check_pte(pvmw))
          return true;
        break next_pte;
      } while (pvmw.address < end);

      return false;
    }
    for (;;) {
      do {
        pvmw.address += PAGE_SIZE;
        if (pvmw.address >= end)
          return not_found(pvmw);
        if ((pvmw.address & (PMD_SIZE - PAGE_SIZE)) === 0) {
          if (pvmw.ptl) {
            spin_unlock(pvmw.ptl);
            pvmw.ptl = null;
          }
          pte_unmap(pvmw.pte);
          pvmw.pte = null;
          continue restart;
        }
        pvmw.pte = pte_next(pvmw.pte);
        if ((pvmw.flags & PVMW_SYNC) && !pvmw.ptl) {
          pvmw.ptl = pte_lockptr(mm, pvmw.pmd);
          spin_lock(pvmw.ptl);
        }
      } while (pte_none(Pte(pvmw.pte)));

      if (!pvmw.ptl) {
        pvmw.ptl = pte_lockptr(mm, pvmw.pmd);
        spin_lock(pvmw.ptl);
      }
      // this_pte
      if (check_pte(pvmw))
        return true;
    }
  }
}

export function page_mapped_in_vma(page: page, vma: vm_area_struct): int {
  const pvmw = Init(page_vma_mapped_walk_struct, {
    page: page,
    vma: vma,
    flags: PVMW_SYNC,
  });

  pvmw.address = vma_address(page, vma);
  if (pvmw.address === -EFAULT)
    return 0;
  if (!page_vma_mapped_walk(pvmw))
    return 0;
  page_vma_mapped_walk_done(pvmw);
  return 1;
}
