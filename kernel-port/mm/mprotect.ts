// SPDX-License-Identifier: GPL-2.0-only
// mm/mprotect.c: the protection of a range, in its vmas and in the entries of the page tables.
// ARCH_HAS_PKEYS=n; huge pages are one line behind their conditions.

import { current } from '../arch/model/machine.ts';
import { notModelled } from '../arch/model/marks.ts';
import {
  PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, Pmd, Pte, p4d_addr_end, p4d_offset, pgd_addr_end, pgd_offset, pmd_addr_end, pmd_bad,
  pmd_devmap, pmd_next, pmd_none, pmd_offset, pmd_trans_huge, pte_clear_uffd_wp, pte_dirty, pte_mkuffd_wp, pte_mkwrite,
  pte_modify, pte_next, pte_pfn, pte_present, pte_prev, pte_protnone, pte_same, pte_soft_dirty, pte_swp_clear_uffd_wp,
  pte_swp_mksoft_dirty, pte_swp_mkuffd_wp, pte_swp_soft_dirty, pte_swp_uffd_wp, pte_write, pte_wrprotect,
  ptep_modify_prot_commit, ptep_modify_prot_start, pud_addr_end, pud_offset, set_pte_at, type p4d_cell, type pgd_cell,
  type pmd_cell, type pmd_t, type pte_cell, type pud_cell,
} from '../arch/model/pgtable.ts';
import { flush_tlb_range } from '../arch/model/tlb.ts';
import { atomic_read } from '../include/linux/atomic.ts';
import { BUG_ON } from '../include/linux/bug.ts';
import { EACCES, EINTR, EINVAL, ENOMEM } from '../include/linux/errno.ts';
import { HPAGE_PMD_NR, HPAGE_PMD_SIZE, __split_huge_pmd, change_huge_pmd, is_swap_pmd } from '../include/linux/huge_mm.ts';
import { hugetlb_change_protection, is_vm_hugetlb_page } from '../include/linux/hugetlb.ts';
import { vma_policy } from '../include/linux/mempolicy.ts';
import {
  MM_CP_DIRTY_ACCT, MM_CP_PROT_NUMA, MM_CP_UFFD_WP, MM_CP_UFFD_WP_ALL, MM_CP_UFFD_WP_RESOLVE, PAGE_ALIGN, VM_ACCESS_FLAGS,
  VM_ACCOUNT, VM_EXEC, VM_FLAGS_CLEAR, VM_GROWSDOWN, VM_GROWSUP, VM_HUGETLB, VM_LOCKED, VM_MAYEXEC, VM_MIXEDMAP,
  VM_NORESERVE, VM_PFNMAP, VM_READ, VM_SHARED, VM_SOFTDIRTY, VM_WRITE, is_cow_mapping, page_to_nid, pte_offset_map_lock,
  pte_unmap_unlock, untagged_addr,
} from '../include/linux/mm.ts';
import { page_is_file_lru } from '../include/linux/mm_inline.ts';
import {
  dec_tlb_flush_pending, inc_tlb_flush_pending, type mm_struct, type page, type vm_area_struct,
} from '../include/linux/mm_types.ts';
import {
  PROT_EXEC, PROT_GROWSDOWN, PROT_GROWSUP, PROT_READ, arch_validate_flags, arch_validate_prot, calc_vm_prot_bits,
  vm_unacct_memory,
} from '../include/linux/mman.ts';
import { VM_WARN_ON } from '../include/linux/mmdebug.ts';
import { mmap_write_lock_killable, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import {
  MMU_NOTIFY_PROTECTION_VMA, mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start, mmu_notifier_range,
  mmu_notifier_range_init,
} from '../include/linux/mmu_notifier.ts';
import { NUMA_NO_NODE } from '../include/linux/numa.ts';
import { PageDirty, PageKsm } from '../include/linux/page-flags.ts';
import { page_count } from '../include/linux/page_ref.ts';
import type { mm_walk, mm_walk_ops } from '../include/linux/pagewalk.ts';
import { READ_IMPLIES_EXEC } from '../include/linux/personality.ts';
import {
  arch_enter_lazy_mmu_mode, arch_has_pfn_modify_check, arch_leave_lazy_mmu_mode, p4d_none_or_clear_bad,
  pfn_modify_allowed, pgd_none_or_clear_bad, pmd_read_atomic, pmd_trans_unstable, pte_mk_savedwrite,
  pud_none_or_clear_bad,
} from '../include/linux/pgtable.ts';
import { arch_override_mprotect_pkey, mm_pkey_is_allocated } from '../include/linux/pkeys.ts';
import { cond_resched } from '../include/linux/sched.ts';
import { security_file_mprotect, security_vm_enough_memory_mm } from '../include/linux/security.ts';
import type { spinlock_t } from '../include/linux/spinlock.ts';
import {
  is_swap_pte, is_writable_device_exclusive_entry, is_writable_device_private_entry, is_writable_migration_entry,
  make_readable_device_exclusive_entry, make_readable_device_private_entry, make_readable_migration_entry,
  pte_to_swp_entry, swp_entry_to_pte, swp_offset,
} from '../include/linux/swapops.ts';
import { numa_node_id } from '../include/linux/topology.ts';
import {
  Init, type Ref, type int, type long, type pgoff_t, type pgprot_t, type pte_t, type size_t, type swp_entry_t,
  type uaddr, type unsigned_long, type vm_flags_t,
} from '../include/linux/types.ts';
import { populate_vma_page_range } from './gup.ts';
import { flush_tlb_batched_pending } from './internal.ts';
import { vm_normal_page } from './memory.ts';
import {
  find_vma, may_expand_vm, split_vma, vm_get_page_prot, vm_stat_account, vma_merge, vma_set_page_prot,
  vma_wants_writenotify,
} from './mmap.ts';
import { walk_page_range } from './pagewalk.ts';
import { pmd_clear_bad } from './pgtable-generic.ts';

/** How many entries it has changed.
 *  @locks requires mmap_lock(write); takes ptl */
function change_pte_range(vma: vm_area_struct, pmd: pmd_cell, addr: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  let pte: pte_cell, oldpte: pte_t;
  const ptl: Ref<spinlock_t> = { v: null };
  let pages: unsigned_long = 0;
  let target_node: int = NUMA_NO_NODE;
  const dirty_accountable: boolean = (cp_flags & MM_CP_DIRTY_ACCT) !== 0;
  const prot_numa: boolean = (cp_flags & MM_CP_PROT_NUMA) !== 0;
  const uffd_wp: boolean = (cp_flags & MM_CP_UFFD_WP) !== 0;
  const uffd_wp_resolve: boolean = (cp_flags & MM_CP_UFFD_WP_RESOLVE) !== 0;

  if (pmd_trans_unstable(pmd))
    return 0;

  pte = pte_offset_map_lock(vma.vm_mm, pmd, addr, ptl);

  if (prot_numa && !(vma.vm_flags & VM_SHARED) &&
      atomic_read(vma.vm_mm.mm_users) === 1)
    target_node = numa_node_id();

  flush_tlb_batched_pending(vma.vm_mm);
  arch_enter_lazy_mmu_mode();
  do {
    oldpte = Pte(pte);
    if (pte_present(oldpte)) {
      let ptent: pte_t;
      const preserve_write: boolean = prot_numa && pte_write(oldpte);

      // Balancing leaves alone what a fault could not move, or need not.
      if (prot_numa) {
        let page: page | null;

        if (pte_protnone(oldpte))
          continue;

        page = vm_normal_page(vma, addr, oldpte);
        if (!page || PageKsm(page))
          continue;

        if (is_cow_mapping(vma.vm_flags) &&
            page_count(page) !== 1)
          continue;

        if (page_is_file_lru(page) && PageDirty(page))
          continue;

        if (target_node === page_to_nid(page))
          continue;
      }

      oldpte = ptep_modify_prot_start(vma, addr, pte);
      ptent = pte_modify(oldpte, newprot);
      if (preserve_write)
        ptent = pte_mk_savedwrite(ptent);

      if (uffd_wp) {
        ptent = pte_wrprotect(ptent);
        ptent = pte_mkuffd_wp(ptent);
      } else if (uffd_wp_resolve) {
        // Whether it may be written is for the fault to say, which knows of copy on write.
        ptent = pte_clear_uffd_wp(ptent);
      }

      if (dirty_accountable && pte_dirty(ptent) &&
          (pte_soft_dirty(ptent) ||
           !(vma.vm_flags & VM_SOFTDIRTY))) {
        ptent = pte_mkwrite(ptent);
      }
      ptep_modify_prot_commit(vma, addr, pte, oldpte, ptent);
      pages++;
    } else if (is_swap_pte(oldpte)) {
      let entry: swp_entry_t = pte_to_swp_entry(oldpte);
      let newpte: pte_t;

      if (is_writable_migration_entry(entry)) {
        // Never made writable again here: the fault that comes later sees to it.
        entry = make_readable_migration_entry(
          swp_offset(entry));
        newpte = swp_entry_to_pte(entry);
        if (pte_swp_soft_dirty(oldpte))
          newpte = pte_swp_mksoft_dirty(newpte);
        if (pte_swp_uffd_wp(oldpte))
          newpte = pte_swp_mkuffd_wp(newpte);
      } else if (is_writable_device_private_entry(entry)) {
        // Soft-dirty is not kept, as in copy_nonpresent_pte.
        entry = make_readable_device_private_entry(
          swp_offset(entry));
        newpte = swp_entry_to_pte(entry);
        if (pte_swp_uffd_wp(oldpte))
          newpte = pte_swp_mkuffd_wp(newpte);
      } else if (is_writable_device_exclusive_entry(entry)) {
        entry = make_readable_device_exclusive_entry(
          swp_offset(entry));
        newpte = swp_entry_to_pte(entry);
        if (pte_swp_soft_dirty(oldpte))
          newpte = pte_swp_mksoft_dirty(newpte);
        if (pte_swp_uffd_wp(oldpte))
          newpte = pte_swp_mkuffd_wp(newpte);
      } else {
        newpte = oldpte;
      }

      if (uffd_wp)
        newpte = pte_swp_mkuffd_wp(newpte);
      else if (uffd_wp_resolve)
        newpte = pte_swp_clear_uffd_wp(newpte);

      if (!pte_same(oldpte, newpte)) {
        set_pte_at(vma.vm_mm, addr, pte, newpte);
        pages++;
      }
    }
  } while (pte = pte_next(pte), addr += PAGE_SIZE, addr !== end);
  arch_leave_lazy_mmu_mode();
  pte_unmap_unlock(pte_prev(pte), ptl.v);

  return pages;
}

function pmd_none_or_clear_bad_unless_trans_huge(pmd: pmd_cell): int {
  const pmdval: pmd_t = pmd_read_atomic(pmd);

  if (pmd_none(pmdval))
    return 1;
  if (pmd_trans_huge(pmdval))
    return 0;
  if (pmd_bad(pmdval)) {
    pmd_clear_bad(pmd);
    return 1;
  }

  return 0;
}

/** @locks requires mmap_lock(write) */
function change_pmd_range(vma: vm_area_struct, pud: pud_cell, addr: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  let pmd: pmd_cell;
  let next: uaddr;
  let pages: unsigned_long = 0;
  let nr_huge_updates: unsigned_long = 0;
  const range = Init(mmu_notifier_range, {});

  range.start = 0;

  pmd = pmd_offset(pud, addr);
  do {
    let this_pages: unsigned_long;

    next = pmd_addr_end(addr, end);

    next: {
      // One read for all the checks: with mmap_lock for reading the entry may change.
      if (!is_swap_pmd(Pmd(pmd)) && !pmd_devmap(Pmd(pmd)) &&
          pmd_none_or_clear_bad_unless_trans_huge(pmd))
        break next;

      // The notifiers hear of it once there is something to change.
      if (!range.start) {
        mmu_notifier_range_init(range,
          MMU_NOTIFY_PROTECTION_VMA, 0,
          vma, vma.vm_mm, addr, end);
        mmu_notifier_invalidate_range_start(range);
      }

      if (is_swap_pmd(Pmd(pmd)) || pmd_trans_huge(Pmd(pmd)) || pmd_devmap(Pmd(pmd))) {
        if (next - addr !== HPAGE_PMD_SIZE) {
          __split_huge_pmd(vma, pmd, addr, false, null);
        } else {
          const nr_ptes: int = change_huge_pmd(vma, pmd, addr,
            newprot, cp_flags);

          if (nr_ptes) {
            if (nr_ptes === HPAGE_PMD_NR) {
              pages += HPAGE_PMD_NR;
              nr_huge_updates++;
            }

            break next;
          }
        }
      }
      this_pages = change_pte_range(vma, pmd, addr, next, newprot,
        cp_flags);
      pages += this_pages;
    }
    cond_resched();
  } while (pmd = pmd_next(pmd), addr = next, addr !== end);

  if (range.start)
    mmu_notifier_invalidate_range_end(range);

  if (nr_huge_updates)
    notModelled('counts of events');
  return pages;
}

function change_pud_range(vma: vm_area_struct, p4d: p4d_cell, addr: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  let pud: pud_cell;
  let next: uaddr;
  let pages: unsigned_long = 0;

  pud = pud_offset(p4d, addr);
  do {
    next = pud_addr_end(addr, end);
    if (pud_none_or_clear_bad(pud))
      continue;
    pages += change_pmd_range(vma, pud, addr, next, newprot,
      cp_flags);
  } while (addr = next, addr !== end);

  return pages;
}

function change_p4d_range(vma: vm_area_struct, pgd: pgd_cell, addr: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  let p4d: p4d_cell;
  let next: uaddr;
  let pages: unsigned_long = 0;

  p4d = p4d_offset(pgd, addr);
  do {
    next = p4d_addr_end(addr, end);
    if (p4d_none_or_clear_bad(p4d))
      continue;
    pages += change_pud_range(vma, p4d, addr, next, newprot,
      cp_flags);
  } while (addr = next, addr !== end);

  return pages;
}

/** @locks requires mmap_lock(write) */
function change_protection_range(vma: vm_area_struct, addr: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  const mm: mm_struct = vma.vm_mm;
  let pgd: pgd_cell;
  let next: uaddr;
  const start: uaddr = addr;
  let pages: unsigned_long = 0;

  BUG_ON(addr >= end);
  pgd = pgd_offset(mm, addr);
  inc_tlb_flush_pending(mm);
  do {
    next = pgd_addr_end(addr, end);
    if (pgd_none_or_clear_bad(pgd))
      continue;
    pages += change_p4d_range(vma, pgd, addr, next, newprot,
      cp_flags);
  } while (addr = next, addr !== end);

  // Entries of swap kind count as well, though no TLB has them.
  if (pages)
    flush_tlb_range(vma, start, end);
  dec_tlb_flush_pending(mm);

  return pages;
}

/** @locks requires mmap_lock(write), or mmap_lock(read) for NUMA hints */
export function change_protection(vma: vm_area_struct, start: uaddr, end: uaddr, newprot: pgprot_t,
  cp_flags: unsigned_long): unsigned_long {
  let pages: unsigned_long;

  BUG_ON((cp_flags & MM_CP_UFFD_WP_ALL) === MM_CP_UFFD_WP_ALL);

  if (is_vm_hugetlb_page(vma))
    pages = hugetlb_change_protection(vma, start, end, newprot);
  else
    pages = change_protection_range(vma, start, end, newprot,
      cp_flags);

  return pages;
}

function prot_none_pte_entry(pte: pte_cell, _addr: uaddr, _next: uaddr, walk: mm_walk<Ref<pgprot_t>>): int {
  return pfn_modify_allowed(pte_pfn(Pte(pte)), walk.private.v) ?
    0 : -EACCES;
}

function prot_none_hugetlb_entry(pte: pte_cell, _hmask: unsigned_long, _addr: uaddr, _next: uaddr,
  walk: mm_walk<Ref<pgprot_t>>): int {
  return pfn_modify_allowed(pte_pfn(Pte(pte)), walk.private.v) ?
    0 : -EACCES;
}

function prot_none_test(_addr: uaddr, _next: uaddr, _walk: mm_walk<Ref<pgprot_t>>): int {
  return 0;
}

const prot_none_walk_ops: mm_walk_ops<Ref<pgprot_t>> = {
  pte_entry: prot_none_pte_entry,
  hugetlb_entry: prot_none_hugetlb_entry,
  test_walk: prot_none_test,
};

/** *pprev is then the vma that has the range, or the last before what failed.
 *  @locks requires mmap_lock(write) */
export function mprotect_fixup(vma: vm_area_struct, pprev: Ref<vm_area_struct | null>, start: uaddr, end: uaddr,
  newflags: vm_flags_t): int {
  const mm: mm_struct = vma.vm_mm;
  const oldflags: vm_flags_t = vma.vm_flags;
  const nrpages: long = (end - start) >> PAGE_SHIFT;
  let charged: unsigned_long = 0;
  let pgoff: pgoff_t;
  let error: int;
  let dirty_accountable: int = 0;

  if (newflags === oldflags) {
    pprev.v = vma;
    return 0;
  }

  // Asked before anything is changed that would have to be undone.
  if (arch_has_pfn_modify_check() &&
      (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) &&
      (newflags & VM_ACCESS_FLAGS) === 0) {
    const new_pgprot: Ref<pgprot_t> = { v: vm_get_page_prot(newflags) };

    error = walk_page_range(current().mm, start, end,
      prot_none_walk_ops, new_pgprot);
    if (error)
      return error;
  }

  // What becomes writable is charged; what no longer is stays so.
  if (newflags & VM_WRITE) {
    if (!may_expand_vm(mm, newflags, nrpages) &&
        may_expand_vm(mm, oldflags, nrpages))
      return -ENOMEM;
    if (!(oldflags & (VM_ACCOUNT | VM_WRITE | VM_HUGETLB |
        VM_SHARED | VM_NORESERVE))) {
      charged = nrpages;
      if (security_vm_enough_memory_mm(mm, charged))
        return -ENOMEM;
      newflags |= VM_ACCOUNT;
    }
  }

  fail: { success: {
    pgoff = vma.vm_pgoff + ((start - vma.vm_start) >>> PAGE_SHIFT);
    pprev.v = vma_merge(mm, pprev.v, start, end, newflags,
      vma.anon_vma, vma.vm_file, pgoff, vma_policy(vma),
      vma.vm_userfaultfd_ctx);
    if (pprev.v) {
      vma = pprev.v;
      VM_WARN_ON((vma.vm_flags ^ newflags) & ~VM_SOFTDIRTY);
      break success;
    }

    pprev.v = vma;

    if (start !== vma.vm_start) {
      error = split_vma(mm, vma, start, 1);
      if (error)
        break fail;
    }

    if (end !== vma.vm_end) {
      error = split_vma(mm, vma, end, 0);
      if (error)
        break fail;
    }
  }
  /* success: */
  vma.vm_flags = newflags;
  dirty_accountable = Number(vma_wants_writenotify(vma, vma.vm_page_prot));
  vma_set_page_prot(vma);

  change_protection(vma, start, end, vma.vm_page_prot,
    dirty_accountable ? MM_CP_DIRTY_ACCT : 0);

  // A locked private range that can be written now: its copies are made at once.
  if ((oldflags & (VM_WRITE | VM_SHARED | VM_LOCKED)) === VM_LOCKED &&
      (newflags & VM_WRITE)) {
    populate_vma_page_range(vma, start, end, null);
  }

  vm_stat_account(mm, oldflags, -nrpages);
  vm_stat_account(mm, newflags, nrpages);
  notModelled('perf events');
  return 0;
  }
  /* fail: */
  vm_unacct_memory(charged);
  return error;
}

/** pkey is -1 for mprotect.
 *  @locks takes and releases mmap_lock(write) */
export function do_mprotect_pkey(start: uaddr, len: size_t, prot: unsigned_long, pkey: int): int {
  let nstart: uaddr, end: uaddr, tmp: uaddr, reqprot: unsigned_long;
  let vma: vm_area_struct | null;
  const prev: Ref<vm_area_struct | null> = { v: null };
  let error: int = -EINVAL;
  const grows: unsigned_long = prot & (PROT_GROWSDOWN | PROT_GROWSUP);
  const rier: boolean = (current().personality & READ_IMPLIES_EXEC) !== 0 &&
    (prot & PROT_READ) !== 0;

  start = untagged_addr(start);

  prot &= ~(PROT_GROWSDOWN | PROT_GROWSUP);
  if (grows === (PROT_GROWSDOWN | PROT_GROWSUP))
    return -EINVAL;

  if (start & ~PAGE_MASK)
    return -EINVAL;
  if (!len)
    return 0;
  len = PAGE_ALIGN(len);
  end = (start + len) >>> 0;
  if (end <= start)
    return -ENOMEM;
  if (!arch_validate_prot(prot, start))
    return -EINVAL;

  reqprot = prot;

  if (mmap_write_lock_killable(current().mm))
    return -EINTR;

  out: {
    error = -EINVAL;
    if ((pkey !== -1) && !mm_pkey_is_allocated(current().mm, pkey))
      break out;

    vma = find_vma(current().mm, start);
    error = -ENOMEM;
    if (!vma)
      break out;
    prev.v = vma.vm_prev;
    if (grows & PROT_GROWSDOWN) {
      if (vma.vm_start >= end)
        break out;
      start = vma.vm_start;
      error = -EINVAL;
      if (!(vma.vm_flags & VM_GROWSDOWN))
        break out;
    } else {
      if (vma.vm_start > start)
        break out;
      if (grows & PROT_GROWSUP) {
        end = vma.vm_end;
        error = -EINVAL;
        if (!(vma.vm_flags & VM_GROWSUP))
          break out;
      }
    }
    if (start > vma.vm_start)
      prev.v = vma;

    for (nstart = start; ;) {
      let mask_off_old_flags: vm_flags_t;
      let newflags: vm_flags_t;
      let new_vma_pkey: int;

      if (rier && (vma.vm_flags & VM_MAYEXEC))
        prot |= PROT_EXEC;

      // What is not asked for is taken away.
      mask_off_old_flags = VM_READ | VM_WRITE | VM_EXEC |
        VM_FLAGS_CLEAR;

      new_vma_pkey = arch_override_mprotect_pkey(vma, prot, pkey);
      newflags = calc_vm_prot_bits(prot, new_vma_pkey);
      newflags |= (vma.vm_flags & ~mask_off_old_flags);

      // VM_MAY* are the same bits four places up.
      if ((newflags & ~(newflags >>> 4)) & VM_ACCESS_FLAGS) {
        error = -EACCES;
        break out;
      }

      if (!arch_validate_flags(newflags)) {
        error = -EINVAL;
        break out;
      }

      error = security_file_mprotect(vma, reqprot, prot);
      if (error)
        break out;

      tmp = vma.vm_end;
      if (tmp > end)
        tmp = end;

      if (vma.vm_ops && vma.vm_ops.mprotect) {
        error = vma.vm_ops.mprotect(vma, nstart, tmp, newflags);
        if (error)
          break out;
      }

      error = mprotect_fixup(vma, prev, nstart, tmp, newflags);
      if (error)
        break out;

      nstart = tmp;

      if (nstart < prev.v.vm_end)
        nstart = prev.v.vm_end;
      if (nstart >= end)
        break out;

      vma = prev.v.vm_next;
      if (!vma || vma.vm_start !== nstart) {
        error = -ENOMEM;
        break out;
      }
      prot = reqprot;
    }
  }
  mmap_write_unlock(current().mm);
  return error;
}
