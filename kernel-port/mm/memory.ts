// SPDX-License-Identifier: GPL-2.0-only
// mm/memory.c: page faults, fork's copy of page tables, unmapping. Where the measured tree has the
// speculative page fault of a vendor woven in, this is plain v5.15: the page table lock is taken
// with pte_offset_map_lock, and handle_pte_fault reads the pte itself. File mappings, PFN mappings,
// huge pages and swap are one line behind their conditions; unmap_mapping_* and vm_insert_* are left out.

import { this_machine } from '../arch/model/machine.ts';
import { memory, pfn_to_page, pfn_valid } from '../arch/model/memory.ts';
import { notModelled, reduced, unreachable } from '../arch/model/marks.ts';
import {
  Pmd, Pte,
  PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, PMD_MASK, PMD_SIZE, mk_pte, p4d_addr_end, p4d_offset, pfn_pte, pgd_addr_end, pgd_offset,
  pmd_addr_end, pmd_clear, pmd_devmap, pmd_next, pmd_none, pmd_offset, pmd_pgtable, pmd_populate, pmd_trans_huge,
  pte_clear_uffd_wp, pte_devmap, pte_dirty,
  pte_lockptr, pte_mkclean, pte_mkdirty, pte_mkold, pte_mksoft_dirty, pte_mkspecial, pte_mkuffd_wp, pte_mkwrite, pte_mkyoung,
  pte_next, pte_none, pte_offset_map, pte_pfn, pte_present, pte_protnone, pte_same, pte_special, pte_swp_clear_uffd_wp,
  pte_swp_mksoft_dirty, pte_swp_mkuffd_wp, pte_swp_soft_dirty, pte_swp_uffd_wp, pte_unmap, pte_wrprotect, pte_write,
  pte_young, ptep_get_and_clear_full, ptep_set_wrprotect, pud_addr_end, pud_devmap, pud_none, pud_offset, pud_trans_huge,
  set_pte_at,
} from '../arch/model/pgtable.ts';
import type {
  page_table, p4d_cell, pgd_cell, pmd_cell, pte_cell, pud_cell, pud_t,
} from '../arch/model/pgtable.ts';
import { flush_tlb_fix_spurious_fault, flush_tlb_page } from '../arch/model/tlb.ts';
import {
  __tlb_remove_page, mmu_gather, pte_free_tlb, tlb_change_page_size, tlb_end_vma, tlb_flush_mmu_tlbonly, tlb_remove_tlb_entry,
  tlb_start_vma,
} from '../include/asm-generic/tlb.ts';
import { pte_alloc_one, pte_free } from '../include/asm-generic/pgalloc.ts';
import { arch_vma_access_permitted } from '../include/asm-generic/mm_hooks.ts';
import { BUG_ON, WARN_ON_ONCE } from '../include/linux/bug.ts';
import { EAGAIN, EBUSY, EIO, ENOENT, ENOMEM } from '../include/linux/errno.ts';
import { GFP_HIGHUSER_MOVABLE, GFP_KERNEL, alloc_page_vma } from '../include/linux/gfp.ts';
import { alloc_zeroed_user_highpage_movable, copy_user_highpage } from '../include/linux/highmem.ts';
import {
  __transparent_hugepage_enabled, is_swap_pmd, HPAGE_PMD_SIZE, copy_huge_pmd,
} from '../include/linux/huge_mm.ts';
import { is_vm_hugetlb_page, copy_hugetlb_page_range, hugetlb_free_pgd_range } from '../include/linux/hugetlb.ts';
import { CONFIG_ARCH_HAS_PTE_SPECIAL } from '../include/linux/kconfig.ts';
import { max, min } from '../include/linux/kernel.ts';
import { SINGLE_DEPTH_NESTING } from '../include/linux/lockdep.ts';
import { cgroup_throttle_swaprate, free_swap_and_cache } from '../include/linux/swap.ts';
import { mem_cgroup_charge } from '../include/linux/memcontrol.ts';
import {
  VM_HUGETLB, VM_LOCKED, VM_MIXEDMAP, VM_PFNMAP, VM_SEQ_READ, VM_SHARED, VM_WRITE, add_mm_counter, get_page,
  is_cow_mapping, maybe_mkwrite, mm_forbids_zeropage, mm_counter, mm_counter_file, mm_dec_nr_ptes, mm_inc_nr_ptes,
  p4d_alloc, page_mapcount, page_needs_cow_for_dma, pmd_alloc, pmd_lock, pte_alloc, pte_alloc_map_lock,
  pte_offset_map_lock, pte_unmap_unlock, pud_alloc, put_page, update_hiwater_rss, vma_is_accessible,
  vma_is_anonymous, zap_details, LAST_CPUPID_SHIFT, VM_UFFD_MISSING, VM_UFFD_WP, page_cpupid_xchg_last,
} from '../include/linux/mm.ts';
import {
  FAULT_FLAG_INSTRUCTION, FAULT_FLAG_REMOTE, FAULT_FLAG_TRIED, FAULT_FLAG_USER, FAULT_FLAG_WRITE, MM_ANONPAGES,
  NR_MM_COUNTERS, VM_FAULT_FALLBACK, VM_FAULT_HWPOISON, VM_FAULT_OOM, VM_FAULT_RETRY, VM_FAULT_SIGBUS, VM_FAULT_SIGSEGV,
  VM_FAULT_WRITE, mm_tlb_flush_pending, vm_fault,
} from '../include/linux/mm_types.ts';
import type { mm_struct, page, vm_area_struct } from '../include/linux/mm_types.ts';
import { VM_BUG_ON, VM_WARN_ON_ONCE, VM_BUG_ON_VMA } from '../include/linux/mmdebug.ts';
import { mmap_assert_write_locked } from '../include/linux/mmap_lock.ts';
import {
  MMU_NOTIFY_CLEAR, MMU_NOTIFY_EXCLUSIVE, MMU_NOTIFY_PROTECTION_PAGE, MMU_NOTIFY_UNMAP, mmu_notifier_invalidate_range_end,
  mmu_notifier_invalidate_range_only_end, mmu_notifier_invalidate_range_start, mmu_notifier_range, mmu_notifier_range_init,
  mmu_notifier_range_init_owner, ptep_clear_flush_notify, set_pte_at_notify,
} from '../include/linux/mmu_notifier.ts';
import { check_stable_address_space } from '../include/linux/oom.ts';
import { PageAnon, PageKsm, PageMlocked, PageTransCompound, __SetPageUptodate } from '../include/linux/page-flags.ts';
import { page_count } from '../include/linux/page_ref.ts';
import { linear_page_index, lock_page, lock_page_or_retry, trylock_page } from '../include/linux/pagemap.ts';
import {
  arch_enter_lazy_mmu_mode, arch_leave_lazy_mmu_mode, is_zero_pfn, my_zero_pfn, p4d_none_or_clear_bad,
  pgd_none_or_clear_bad, pmd_devmap_trans_unstable, pmd_none_or_clear_bad, pmd_none_or_trans_huge_or_clear_bad,
  pmd_trans_unstable, pte_clear_not_present_full, pte_sw_mkyoung, ptep_set_access_flags, pud_none_or_clear_bad,
  pud_trans_unstable, update_mmu_cache, update_mmu_tlb, track_pfn_copy, untrack_pfn,
} from '../include/linux/pgtable.ts';
import { anon_vma_prepare, page_dup_rmap } from '../include/linux/rmap.ts';
import { cond_resched, current, need_resched, type task_struct } from '../include/linux/sched.ts';
import { raw_write_seqcount_begin, raw_write_seqcount_end } from '../include/linux/seqlock.ts';
import {
  spin_lock, spin_lock_nested, spin_needbreak, spin_unlock, type spinlock_t,
} from '../include/linux/spinlock.ts';
import { memset } from '../include/linux/string.ts';
import {
  is_device_exclusive_entry, is_device_private_entry, is_hwpoison_entry, is_migration_entry, is_writable_device_exclusive_entry,
  is_writable_device_private_entry, is_writable_migration_entry, make_readable_device_private_entry,
  make_readable_migration_entry, migration_entry_wait, non_swap_entry, pfn_swap_entry_to_page, pte_to_swp_entry, swp_entry_to_pte,
  swp_offset,
} from '../include/linux/swapops.ts';
import { FieldRef, Init } from '../include/linux/types.ts';
import { uprobe_munmap } from '../include/linux/uprobes.ts';
import type {
  fault_flags, gfp_t, int, pfn_nr, pte_t, Ref, swp_entry_t, uaddr, unsigned_long, vm_fault_t,
} from '../include/linux/types.ts';
import {
  userfaultfd_missing, userfaultfd_pte_wp, userfaultfd_wp, handle_userfault,
} from '../include/linux/userfaultfd_k.ts';
import { unlock_page } from './filemap.ts';
import { flush_tlb_batched_pending } from './internal.ts';
import { mlock_vma_page, munlock_vma_page } from './mlock.ts';
import { unlink_file_vma } from './mmap.ts';
import { tlb_finish_mmu, tlb_flush_mmu, tlb_gather_mmu } from './mmu_gather.ts';
import { set_page_dirty } from './page-writeback.ts';
import { page_add_anon_rmap, page_add_new_anon_rmap, page_remove_rmap, unlink_anon_vmas } from './rmap.ts';
import { lru_add_drain, lru_cache_add_inactive_or_unevictable, mark_page_accessed } from './swap.ts';
import { free_swap_cache } from '../include/linux/swap.ts';
import { page_rmapping } from './util.ts';

/** The last pfn that has, or had, a struct page. */
export const highest_memmap_pfn = (): pfn_nr => memory().highest_memmap_pfn;

/** What this task counted and has not yet told its mm (SPLIT_RSS_COUNTING). */
export function sync_mm_rss(mm: mm_struct): void {
  let i: int;

  for (i = 0; i < NR_MM_COUNTERS; i++) {
    if (current().rss_stat.count[i]) {
      add_mm_counter(mm, i, current().rss_stat.count[i]);
      current().rss_stat.count[i] = 0;
    }
  }
  current().rss_stat.events = 0;
}

function add_mm_counter_fast(mm: mm_struct, member: int, val: int): void {
  const task: task_struct = current();

  if (task.mm === mm)
    task.rss_stat.count[member] += val;
  else
    add_mm_counter(mm, member, val);
}
function inc_mm_counter_fast(mm: mm_struct, member: int): void { add_mm_counter_fast(mm, member, 1); }
function dec_mm_counter_fast(mm: mm_struct, member: int): void { add_mm_counter_fast(mm, member, -1); }

const TASK_RSS_EVENTS_THRESH = 64;
function check_sync_rss_stat(task: task_struct): void {
  if (task !== current())
    return;
  if (task.rss_stat.events++ > TASK_RSS_EVENTS_THRESH)
    sync_mm_rss(task.mm);
}

/** The pages themselves are long gone when the tables go. */
function free_pte_range(tlb: mmu_gather, pmd: pmd_cell, addr: uaddr): void {
  const token: page_table = pmd_pgtable(Pmd(pmd));
  pmd_clear(pmd);
  pte_free_tlb(tlb, token, addr);
  mm_dec_nr_ptes(tlb.mm);
}

function free_pmd_range(tlb: mmu_gather, pud: pud_cell, addr: uaddr, end: uaddr, _floor: uaddr, _ceiling: uaddr): void {
  let pmd: pmd_cell;
  let next: uaddr;

  pmd = pmd_offset(pud, addr);
  do {
    next = pmd_addr_end(addr, end);
    if (pmd_none_or_clear_bad(pmd))
      continue;
    free_pte_range(tlb, pmd, addr);
  } while (pmd = pmd_next(pmd), addr = next, addr !== end);

  reduced('the table of pmds is part of the mm and goes with it');
}

function free_pud_range(tlb: mmu_gather, p4d: p4d_cell, addr: uaddr, end: uaddr, floor: uaddr, ceiling: uaddr): void {
  let pud: pud_cell;
  let next: uaddr;

  pud = pud_offset(p4d, addr);
  do {
    next = pud_addr_end(addr, end);
    if (pud_none_or_clear_bad(pud))
      continue;
    free_pmd_range(tlb, pud, addr, next, floor, ceiling);
  } while (addr = next, addr !== end);

  reduced('puds are folded: nothing to free');
}

function free_p4d_range(tlb: mmu_gather, pgd: pgd_cell, addr: uaddr, end: uaddr, floor: uaddr, ceiling: uaddr): void {
  let p4d: p4d_cell;
  let next: uaddr;

  p4d = p4d_offset(pgd, addr);
  do {
    next = p4d_addr_end(addr, end);
    if (p4d_none_or_clear_bad(p4d))
      continue;
    free_pud_range(tlb, p4d, addr, next, floor, ceiling);
  } while (addr = next, addr !== end);

  reduced('p4ds are folded: nothing to free');
}

/** Ends and ceilings are compared less one, unsigned: 0 is the top of the address space. */
export function free_pgd_range(tlb: mmu_gather, addr: uaddr, end: uaddr, floor: uaddr, ceiling: uaddr): void {
  let pgd: pgd_cell;
  let next: uaddr;

  addr &= PMD_MASK;
  if (addr < floor) {
    addr += PMD_SIZE;
    if (!addr)
      return;
  }
  if (ceiling) {
    ceiling &= PMD_MASK;
    if (!ceiling)
      return;
  }
  if ((end - 1) >>> 0 > (ceiling - 1) >>> 0)
    end -= PMD_SIZE;
  if (addr > (end - 1) >>> 0)
    return;
  tlb_change_page_size(tlb, PAGE_SIZE);
  pgd = pgd_offset(tlb.mm, addr);
  do {
    next = pgd_addr_end(addr, end);
    if (pgd_none_or_clear_bad(pgd))
      continue;
    free_p4d_range(tlb, pgd, addr, next, floor, ceiling);
  } while (addr = next, addr !== end);
}

export function free_pgtables(tlb: mmu_gather, vma: vm_area_struct, floor: uaddr, ceiling: uaddr): void {
  while (vma) {
    let next: vm_area_struct = vma.vm_next;
    const addr: uaddr = vma.vm_start;

    // From here no rmap walk finds this vma.
    unlink_anon_vmas(vma);
    unlink_file_vma(vma);

    if (is_vm_hugetlb_page(vma)) {
      hugetlb_free_pgd_range(tlb, addr, vma.vm_end,
        floor, next ? next.vm_start : ceiling);
    } else {
      while (next && next.vm_start <= vma.vm_end + PMD_SIZE
        && !is_vm_hugetlb_page(next)) {
        vma = next;
        next = vma.vm_next;
        unlink_anon_vmas(vma);
        unlink_file_vma(vma);
      }
      free_pgd_range(tlb, addr, vma.vm_end,
        floor, next ? next.vm_start : ceiling);
    }
    vma = next;
  }
}

/** @locks takes the pmd lock */
export function __pte_alloc(mm: mm_struct, pmd: pmd_cell): int {
  let ptl: spinlock_t;
  let new_: page_table = pte_alloc_one(mm);
  if (!new_)
    return -ENOMEM;

  ptl = pmd_lock(mm, pmd);
  if (pmd_none(Pmd(pmd))) {
    mm_inc_nr_ptes(mm);
    pmd_populate(mm, pmd, new_);
    new_ = null;
  }
  spin_unlock(ptl);
  if (new_)
    pte_free(mm, new_);
  return 0;
}

/** Nobody asks: the kernel's own mappings are not part of the model. */
export function __pte_alloc_kernel(_pmd: pmd_cell): int {
  unreachable('kernel page tables');
}

function init_rss_vec(rss: int[]): void {
  memset(rss, 0, NR_MM_COUNTERS);
}

function add_mm_rss_vec(mm: mm_struct, rss: int[]): void {
  let i: int;

  if (current().mm === mm)
    sync_mm_rss(mm);
  for (i = 0; i < NR_MM_COUNTERS; i++)
    if (rss[i])
      add_mm_counter(mm, i, rss[i]);
}

function print_bad_pte(_vma: vm_area_struct, _addr: uaddr, _pte: pte_t, _page: page | null): void {
  reduced('the report is a debug exception; no rate limit, no dump');
  this_machine().on_trap('WARN', 'Bad page map');
}

/** @refs page: lends the page that the pte names; takes none */
export function vm_normal_page(vma: vm_area_struct, addr: uaddr, pte: pte_t): page | null {
  const pfn: pfn_nr = pte_pfn(pte);

  out: {
    check_pfn: {
      if (CONFIG_ARCH_HAS_PTE_SPECIAL) {
        if (!pte_special(pte))
          break check_pfn;
        if (vma.vm_ops && vma.vm_ops.find_special_page)
          return vma.vm_ops.find_special_page(vma, addr);
        if (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP))
          return null;
        if (is_zero_pfn(pfn))
          return null;
        if (pte_devmap(pte))
          return null;

        print_bad_pte(vma, addr, pte, null);
        return null;
      }

      if (vma.vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) {
        if (vma.vm_flags & VM_MIXEDMAP) {
          if (!pfn_valid(pfn))
            return null;
          break out;
        } else {
          let off: unsigned_long;
          off = (addr - vma.vm_start) >>> PAGE_SHIFT;
          if (pfn === vma.vm_pgoff + off)
            return null;
          if (!is_cow_mapping(vma.vm_flags))
            return null;
        }
      }

      if (is_zero_pfn(pfn))
        return null;
    }
    if (pfn > highest_memmap_pfn()) {
      print_bad_pte(vma, addr, pte, null);
      return null;
    }
  }
  return pfn_to_page(pfn);
}

/** @refs page: consumes the reference that the entry held, into the pte
 *  @locks requires page, ptl */
function restore_exclusive_pte(vma: vm_area_struct, page: page, address: uaddr, ptep: pte_cell): void {
  let pte: pte_t;
  let entry: swp_entry_t;

  pte = pte_mkold(mk_pte(page, vma.vm_page_prot));
  if (pte_swp_soft_dirty(Pte(ptep)))
    pte = pte_mksoft_dirty(pte);

  entry = pte_to_swp_entry(Pte(ptep));
  if (pte_swp_uffd_wp(Pte(ptep)))
    pte = pte_mkuffd_wp(pte);
  else if (is_writable_device_exclusive_entry(entry))
    pte = maybe_mkwrite(pte_mkdirty(pte), vma);

  set_pte_at(vma.vm_mm, address, ptep, pte);

  // The entry kept its page reference; only the mapcount is new.
  if (PageAnon(page))
    page_add_anon_rmap(page, vma, address, false);
  else
    WARN_ON_ONCE(!PageAnon(page));

  if (vma.vm_flags & VM_LOCKED)
    mlock_vma_page(page);

  update_mmu_cache(vma, address, ptep);
}

/** @locks requires ptl; tries page */
function try_restore_exclusive_pte(src_pte: pte_cell, vma: vm_area_struct, addr: uaddr): int {
  const entry: swp_entry_t = pte_to_swp_entry(Pte(src_pte));
  const page: page = pfn_swap_entry_to_page(entry);

  if (trylock_page(page)) {
    restore_exclusive_pte(vma, page, addr, src_pte);
    unlock_page(page);
    return 0;
  }

  return -EBUSY;
}

/** @refs the page of a device private entry: +1 for the copy
 *  @locks requires both page table locks */
function copy_nonpresent_pte(
  dst_mm: mm_struct, src_mm: mm_struct, dst_pte: pte_cell, src_pte: pte_cell, dst_vma: vm_area_struct,
  src_vma: vm_area_struct, addr: uaddr, rss: int[],
): unsigned_long {
  const vm_flags: unsigned_long = dst_vma.vm_flags;
  let pte: pte_t = Pte(src_pte);
  let page: page;
  let entry: swp_entry_t = pte_to_swp_entry(pte);

  if (!non_swap_entry(entry)) {
    unreachable('swap');
  } else if (is_migration_entry(entry)) {
    page = pfn_swap_entry_to_page(entry);

    rss[mm_counter(page)]++;

    if (is_writable_migration_entry(entry) &&
      is_cow_mapping(vm_flags)) {
      entry = make_readable_migration_entry(
        swp_offset(entry));
      pte = swp_entry_to_pte(entry);
      if (pte_swp_soft_dirty(Pte(src_pte)))
        pte = pte_swp_mksoft_dirty(pte);
      if (pte_swp_uffd_wp(Pte(src_pte)))
        pte = pte_swp_mkuffd_wp(pte);
      set_pte_at(src_mm, addr, src_pte, pte);
    }
  } else if (is_device_private_entry(entry)) {
    page = pfn_swap_entry_to_page(entry);

    get_page(page);
    rss[mm_counter(page)]++;
    page_dup_rmap(page, false);

    // Soft-dirty is not carried over here.
    if (is_writable_device_private_entry(entry) &&
      is_cow_mapping(vm_flags)) {
      entry = make_readable_device_private_entry(
        swp_offset(entry));
      pte = swp_entry_to_pte(entry);
      if (pte_swp_uffd_wp(Pte(src_pte)))
        pte = pte_swp_mkuffd_wp(pte);
      set_pte_at(src_mm, addr, src_pte, pte);
    }
  } else if (is_device_exclusive_entry(entry)) {
    // -ENOENT: it is present now, copy it as such.
    VM_BUG_ON(!is_cow_mapping(src_vma.vm_flags));
    if (try_restore_exclusive_pte(src_pte, src_vma, addr))
      return -EBUSY;
    return -ENOENT;
  }
  if (!userfaultfd_wp(dst_vma))
    pte = pte_swp_clear_uffd_wp(pte);
  set_pte_at(dst_mm, addr, dst_pte, pte);
  return 0;
}

/** 1: share it; 0: the child has its own copy; -EAGAIN: a page is needed first.
 *  @refs prealloc: consumes (when 0); page: borrows
 *  @locks requires both page table locks */
function copy_present_page(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_pte: pte_cell, src_pte: pte_cell, addr: uaddr, rss: int[],
  prealloc: Ref<page | null>, pte: pte_t, page: page,
): int {
  let new_page: page;

  if (!page_needs_cow_for_dma(src_vma, page))
    return 1;

  new_page = prealloc.v;
  if (!new_page)
    return -EAGAIN;

  prealloc.v = null;
  copy_user_highpage(new_page, page, addr, src_vma);
  __SetPageUptodate(new_page);
  page_add_new_anon_rmap(new_page, dst_vma, addr, false);
  lru_cache_add_inactive_or_unevictable(new_page, dst_vma);
  rss[mm_counter(new_page)]++;

  pte = mk_pte(new_page, dst_vma.vm_page_prot);
  pte = maybe_mkwrite(pte_mkdirty(pte), dst_vma);
  if (userfaultfd_pte_wp(dst_vma, Pte(src_pte)))
    pte = pte_wrprotect(pte_mkuffd_wp(pte));
  set_pte_at(dst_vma.vm_mm, addr, dst_pte, pte);
  return 0;
}

/** @refs the page of the pte: +1 for the copy; prealloc: consumes when it is used
 *  @locks requires both page table locks */
function copy_present_pte(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_pte: pte_cell, src_pte: pte_cell, addr: uaddr, rss: int[],
  prealloc: Ref<page | null>,
): int {
  const src_mm: mm_struct = src_vma.vm_mm;
  const vm_flags: unsigned_long = src_vma.vm_flags;
  let pte: pte_t = Pte(src_pte);
  let page: page;

  page = vm_normal_page(src_vma, addr, pte);
  if (page) {
    let retval: int;

    retval = copy_present_page(dst_vma, src_vma, dst_pte, src_pte,
      addr, rss, prealloc, pte, page);
    if (retval <= 0)
      return retval;

    get_page(page);
    page_dup_rmap(page, false);
    rss[mm_counter(page)]++;
  }

  if (is_cow_mapping(vm_flags) && pte_write(pte)) {
    ptep_set_wrprotect(src_mm, addr, src_pte);
    pte = pte_wrprotect(pte);
  }

  if (vm_flags & VM_SHARED)
    pte = pte_mkclean(pte);
  pte = pte_mkold(pte);

  if (!userfaultfd_wp(dst_vma))
    pte = pte_clear_uffd_wp(pte);

  set_pte_at(dst_vma.vm_mm, addr, dst_pte, pte);
  return 0;
}

/** @refs page: returns */
function page_copy_prealloc(src_mm: mm_struct, vma: vm_area_struct, addr: uaddr): page | null {
  let new_page: page;

  new_page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vma, addr);
  if (!new_page)
    return null;

  if (mem_cgroup_charge(new_page, src_mm, GFP_KERNEL)) {
    put_page(new_page);
    return null;
  }
  cgroup_throttle_swaprate(new_page, GFP_KERNEL);

  return new_page;
}

/** @locks requires mmap_lock(write) of both; takes dst ptl, src ptl; returns with none */
function copy_pte_range(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_pmd: pmd_cell, src_pmd: pmd_cell, addr: uaddr, end: uaddr,
): int {
  const dst_mm: mm_struct = dst_vma.vm_mm;
  const src_mm: mm_struct = src_vma.vm_mm;
  let orig_src_pte: pte_cell, orig_dst_pte: pte_cell;
  let src_pte: pte_cell, dst_pte: pte_cell;
  let src_ptl: spinlock_t;
  const dst_ptl: Ref<spinlock_t> = { v: null };
  let progress: int, ret: int = 0;
  const rss: int[] = Array<int>(NR_MM_COUNTERS).fill(0);
  let entry: swp_entry_t = 0;
  const prealloc: Ref<page | null> = { v: null };

  out: {
    again: for (;;) {
      progress = 0;
      init_rss_vec(rss);

      dst_pte = pte_alloc_map_lock(dst_mm, dst_pmd, addr, dst_ptl);
      if (!dst_pte) {
        ret = -ENOMEM;
        break out;
      }
      src_pte = pte_offset_map(src_pmd, addr);
      src_ptl = pte_lockptr(src_mm, src_pmd);
      spin_lock_nested(src_ptl, SINGLE_DEPTH_NESTING);
      orig_src_pte = src_pte;
      orig_dst_pte = dst_pte;
      arch_enter_lazy_mmu_mode();

      do {
        if (progress >= 32) {
          progress = 0;
          if (need_resched() ||
            spin_needbreak(src_ptl) || spin_needbreak(dst_ptl.v))
            break;
        }
        if (pte_none(Pte(src_pte))) {
          progress++;
          continue;
        }
        if (!pte_present(Pte(src_pte))) {
          ret = copy_nonpresent_pte(dst_mm, src_mm,
            dst_pte, src_pte,
            dst_vma, src_vma,
            addr, rss);
          if (ret === -EIO) {
            entry = pte_to_swp_entry(Pte(src_pte));
            break;
          } else if (ret === -EBUSY) {
            break;
          } else if (!ret) {
            progress += 8;
            continue;
          }

          // An exclusive entry was made present: go on with it as such.
          WARN_ON_ONCE(ret !== -ENOENT);
        }
        ret = copy_present_pte(dst_vma, src_vma, dst_pte, src_pte,
          addr, rss, prealloc);
        if (ret === -EAGAIN)
          break;
        if (prealloc.v) {
          put_page(prealloc.v);
          prealloc.v = null;
        }
        progress += 8;
      } while (dst_pte = pte_next(dst_pte), src_pte = pte_next(src_pte), addr += PAGE_SIZE, addr !== end);

      arch_leave_lazy_mmu_mode();
      spin_unlock(src_ptl);
      pte_unmap(orig_src_pte);
      add_mm_rss_vec(dst_mm, rss);
      pte_unmap_unlock(orig_dst_pte, dst_ptl.v);
      cond_resched();

      if (ret === -EIO) {
        VM_WARN_ON_ONCE(!entry);
        unreachable('swap');
      } else if (ret === -EBUSY) {
        break out;
      } else if (ret === -EAGAIN) {
        prealloc.v = page_copy_prealloc(src_mm, src_vma, addr);
        if (!prealloc.v)
          return -ENOMEM;
      } else if (ret) {
        VM_WARN_ON_ONCE(1);
      }

      ret = 0;

      if (addr !== end)
        continue again;
      break;
    }
  }
  if (prealloc.v)
    put_page(prealloc.v);
  return ret;
}

function copy_pmd_range(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_pud: pud_cell, src_pud: pud_cell, addr: uaddr, end: uaddr,
): int {
  const dst_mm: mm_struct = dst_vma.vm_mm;
  const src_mm: mm_struct = src_vma.vm_mm;
  let src_pmd: pmd_cell, dst_pmd: pmd_cell;
  let next: uaddr;

  dst_pmd = pmd_alloc(dst_mm, dst_pud, addr);
  if (!dst_pmd)
    return -ENOMEM;
  src_pmd = pmd_offset(src_pud, addr);
  do {
    next = pmd_addr_end(addr, end);
    if (is_swap_pmd(Pmd(src_pmd)) || pmd_trans_huge(Pmd(src_pmd))
      || pmd_devmap(Pmd(src_pmd))) {
      let err: int;
      VM_BUG_ON_VMA(next - addr !== HPAGE_PMD_SIZE, src_vma);
      err = copy_huge_pmd(dst_mm, src_mm, dst_pmd, src_pmd,
        addr, dst_vma, src_vma);
      if (err === -ENOMEM)
        return -ENOMEM;
      if (!err)
        continue;
    }
    if (pmd_none_or_clear_bad(src_pmd))
      continue;
    if (copy_pte_range(dst_vma, src_vma, dst_pmd, src_pmd,
      addr, next))
      return -ENOMEM;
  } while (dst_pmd = pmd_next(dst_pmd), src_pmd = pmd_next(src_pmd), addr = next, addr !== end);
  return 0;
}

function copy_pud_range(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_p4d: p4d_cell, src_p4d: p4d_cell, addr: uaddr, end: uaddr,
): int {
  const dst_mm: mm_struct = dst_vma.vm_mm;
  let src_pud: pud_cell, dst_pud: pud_cell;
  let next: uaddr;

  dst_pud = pud_alloc(dst_mm, dst_p4d, addr);
  if (!dst_pud)
    return -ENOMEM;
  src_pud = pud_offset(src_p4d, addr);
  do {
    next = pud_addr_end(addr, end);
    if (pud_trans_huge(src_pud) || pud_devmap(src_pud))
      unreachable('THP');
    if (pud_none_or_clear_bad(src_pud))
      continue;
    if (copy_pmd_range(dst_vma, src_vma, dst_pud, src_pud,
      addr, next))
      return -ENOMEM;
  } while (addr = next, addr !== end);
  return 0;
}

function copy_p4d_range(
  dst_vma: vm_area_struct, src_vma: vm_area_struct, dst_pgd: pgd_cell, src_pgd: pgd_cell, addr: uaddr, end: uaddr,
): int {
  const dst_mm: mm_struct = dst_vma.vm_mm;
  let src_p4d: p4d_cell, dst_p4d: p4d_cell;
  let next: uaddr;

  dst_p4d = p4d_alloc(dst_mm, dst_pgd, addr);
  if (!dst_p4d)
    return -ENOMEM;
  src_p4d = p4d_offset(src_pgd, addr);
  do {
    next = p4d_addr_end(addr, end);
    if (p4d_none_or_clear_bad(src_p4d))
      continue;
    if (copy_pud_range(dst_vma, src_vma, dst_p4d, src_p4d,
      addr, next))
      return -ENOMEM;
  } while (addr = next, addr !== end);
  return 0;
}

/** @locks requires mmap_lock(write) of both mms */
export function copy_page_range(dst_vma: vm_area_struct, src_vma: vm_area_struct): int {
  let src_pgd: pgd_cell, dst_pgd: pgd_cell;
  let next: uaddr;
  let addr: uaddr = src_vma.vm_start;
  const end: uaddr = src_vma.vm_end;
  const dst_mm: mm_struct = dst_vma.vm_mm;
  const src_mm: mm_struct = src_vma.vm_mm;
  const range = Init(mmu_notifier_range, {});
  let is_cow: boolean;
  let ret: int;

  // What a fault fills in again need not be copied.
  if (!(src_vma.vm_flags & (VM_HUGETLB | VM_PFNMAP | VM_MIXEDMAP)) &&
    !src_vma.anon_vma)
    return 0;

  if (is_vm_hugetlb_page(src_vma))
    return copy_hugetlb_page_range(dst_mm, src_mm, src_vma);

  if (src_vma.vm_flags & VM_PFNMAP) {
    ret = track_pfn_copy(src_vma);
    if (ret)
      return ret;
  }

  is_cow = is_cow_mapping(src_vma.vm_flags);

  if (is_cow) {
    mmu_notifier_range_init(range, MMU_NOTIFY_PROTECTION_PAGE,
      0, src_vma, src_mm, addr, end);
    mmu_notifier_invalidate_range_start(range);
    mmap_assert_write_locked(src_mm);
    raw_write_seqcount_begin(src_mm.write_protect_seq);
  }

  ret = 0;
  dst_pgd = pgd_offset(dst_mm, addr);
  src_pgd = pgd_offset(src_mm, addr);
  do {
    next = pgd_addr_end(addr, end);
    if (pgd_none_or_clear_bad(src_pgd))
      continue;
    if (copy_p4d_range(dst_vma, src_vma, dst_pgd, src_pgd,
      addr, next)) {
      ret = -ENOMEM;
      break;
    }
  } while (addr = next, addr !== end);

  if (is_cow) {
    raw_write_seqcount_end(src_mm.write_protect_seq);
    mmu_notifier_invalidate_range_end(range);
  }
  return ret;
}

function should_zap_cows(details: zap_details | null): boolean {
  if (!details)
    return true;

  return !details.check_mapping;
}

/** @refs pages of ptes pass to the gather batch; those of device entries are dropped here
 *  @locks requires mmap_lock; takes ptl; returns with none */
function zap_pte_range(
  tlb: mmu_gather, vma: vm_area_struct, pmd: pmd_cell, addr: uaddr, end: uaddr, details: zap_details | null,
): uaddr {
  const mm: mm_struct = tlb.mm;
  let force_flush: int = 0;
  const rss: int[] = Array<int>(NR_MM_COUNTERS).fill(0);
  const ptl: Ref<spinlock_t> = { v: null };
  let start_pte: pte_cell;
  let pte: pte_cell;
  let entry: swp_entry_t;

  tlb_change_page_size(tlb, PAGE_SIZE);
  again: for (;;) {
    init_rss_vec(rss);
    start_pte = pte_offset_map_lock(mm, pmd, addr, ptl);
    pte = start_pte;
    flush_tlb_batched_pending(mm);
    arch_enter_lazy_mmu_mode();
    do {
      let ptent: pte_t = Pte(pte);
      if (pte_none(ptent))
        continue;

      if (need_resched())
        break;

      if (pte_present(ptent)) {
        let page: page;

        page = vm_normal_page(vma, addr, ptent);
        if (details && page) {
          if (details.check_mapping &&
            details.check_mapping !== page_rmapping(page))
            continue;
        }
        ptent = ptep_get_and_clear_full(mm, addr, pte,
          tlb.fullmm);
        tlb_remove_tlb_entry(tlb, pte, addr);
        if (!page)
          continue;

        if (!PageAnon(page)) {
          if (pte_dirty(ptent)) {
            force_flush = 1;
            set_page_dirty(page);
          }
          if (pte_young(ptent) &&
            !(vma.vm_flags & VM_SEQ_READ))
            mark_page_accessed(page);
        }
        rss[mm_counter(page)]--;
        page_remove_rmap(page, false);
        if (page_mapcount(page) < 0)
          print_bad_pte(vma, addr, ptent, page);
        if (__tlb_remove_page(tlb, page)) {
          force_flush = 1;
          addr += PAGE_SIZE;
          break;
        }
        continue;
      }

      entry = pte_to_swp_entry(ptent);
      if (is_device_private_entry(entry) ||
        is_device_exclusive_entry(entry)) {
        const page: page = pfn_swap_entry_to_page(entry);

        if (details && details.check_mapping) {
          if (details.check_mapping !==
            page_rmapping(page))
            continue;
        }

        pte_clear_not_present_full(mm, addr, pte, tlb.fullmm);
        rss[mm_counter(page)]--;

        if (is_device_private_entry(entry))
          page_remove_rmap(page, false);

        put_page(page);
        continue;
      }

      if (!non_swap_entry(entry)) {
        if (!should_zap_cows(details))
          continue;
        unreachable('swap');
      } else if (is_migration_entry(entry)) {
        let page: page;

        page = pfn_swap_entry_to_page(entry);
        if (details && details.check_mapping &&
          details.check_mapping !== page_rmapping(page))
          continue;
        rss[mm_counter(page)]--;
      }
      if (!free_swap_and_cache(entry))
        print_bad_pte(vma, addr, ptent, null);
      pte_clear_not_present_full(mm, addr, pte, tlb.fullmm);
    } while (pte = pte_next(pte), addr += PAGE_SIZE, addr !== end);

    add_mm_rss_vec(mm, rss);
    arch_leave_lazy_mmu_mode();

    // Flush before the lock goes, free after it.
    if (force_flush)
      tlb_flush_mmu_tlbonly(tlb);
    pte_unmap_unlock(start_pte, ptl.v);

    if (force_flush) {
      force_flush = 0;
      tlb_flush_mmu(tlb);
    }

    if (addr !== end) {
      cond_resched();
      continue again;
    }
    break;
  }

  return addr;
}

function zap_pmd_range(
  tlb: mmu_gather, vma: vm_area_struct, pud: pud_cell, addr: uaddr, end: uaddr, details: zap_details | null,
): uaddr {
  let pmd: pmd_cell;
  let next: uaddr;

  pmd = pmd_offset(pud, addr);
  do {
    next: {
      next = pmd_addr_end(addr, end);
      if (is_swap_pmd(Pmd(pmd)) || pmd_trans_huge(Pmd(pmd)) || pmd_devmap(Pmd(pmd)))
        unreachable('THP');
      else if (details && details.single_page &&
        PageTransCompound(details.single_page) &&
        next - addr === HPAGE_PMD_SIZE && pmd_none(Pmd(pmd))) {
        const ptl: spinlock_t = pmd_lock(tlb.mm, pmd);
        spin_unlock(ptl);
      }

      // Another MADV_DONTNEED or fault may run beside us, under mmap_lock for reading.
      if (pmd_none_or_trans_huge_or_clear_bad(pmd))
        break next;
      next = zap_pte_range(tlb, vma, pmd, addr, next, details);
    }
    cond_resched();
  } while (pmd = pmd_next(pmd), addr = next, addr !== end);

  return addr;
}

function zap_pud_range(
  tlb: mmu_gather, vma: vm_area_struct, p4d: p4d_cell, addr: uaddr, end: uaddr, details: zap_details | null,
): uaddr {
  let pud: pud_cell;
  let next: uaddr;

  pud = pud_offset(p4d, addr);
  do {
    next = pud_addr_end(addr, end);
    if (pud_trans_huge(pud) || pud_devmap(pud))
      unreachable('THP');
    if (pud_none_or_clear_bad(pud))
      continue;
    next = zap_pmd_range(tlb, vma, pud, addr, next, details);
    cond_resched();
  } while (addr = next, addr !== end);

  return addr;
}

function zap_p4d_range(
  tlb: mmu_gather, vma: vm_area_struct, pgd: pgd_cell, addr: uaddr, end: uaddr, details: zap_details | null,
): uaddr {
  let p4d: p4d_cell;
  let next: uaddr;

  p4d = p4d_offset(pgd, addr);
  do {
    next = p4d_addr_end(addr, end);
    if (p4d_none_or_clear_bad(p4d))
      continue;
    next = zap_pud_range(tlb, vma, p4d, addr, next, details);
  } while (addr = next, addr !== end);

  return addr;
}

export function unmap_page_range(
  tlb: mmu_gather, vma: vm_area_struct, addr: uaddr, end: uaddr, details: zap_details | null,
): void {
  let pgd: pgd_cell;
  let next: uaddr;

  BUG_ON(addr >= end);
  tlb_start_vma(tlb, vma);
  pgd = pgd_offset(vma.vm_mm, addr);
  do {
    next = pgd_addr_end(addr, end);
    if (pgd_none_or_clear_bad(pgd))
      continue;
    next = zap_p4d_range(tlb, vma, pgd, addr, next, details);
  } while (addr = next, addr !== end);
  tlb_end_vma(tlb, vma);
}

function unmap_single_vma(
  tlb: mmu_gather, vma: vm_area_struct, start_addr: uaddr, end_addr: uaddr, details: zap_details | null,
): void {
  const start: uaddr = max(vma.vm_start, start_addr);
  let end: uaddr;

  if (start >= vma.vm_end)
    return;
  end = min(vma.vm_end, end_addr);
  if (end <= vma.vm_start)
    return;

  if (vma.vm_file)
    uprobe_munmap(vma, start, end);

  if (vma.vm_flags & VM_PFNMAP)
    untrack_pfn(vma, 0, 0);

  if (start !== end) {
    if (is_vm_hugetlb_page(vma)) {
      unreachable('hugetlb');
    } else
      unmap_page_range(tlb, vma, start, end, details);
  }
}

/** @locks requires mmap_lock, or an mm that nobody else has */
export function unmap_vmas(tlb: mmu_gather, vma: vm_area_struct, start_addr: uaddr, end_addr: uaddr): void {
  const range = Init(mmu_notifier_range, {});

  mmu_notifier_range_init(range, MMU_NOTIFY_UNMAP, 0, vma, vma.vm_mm,
    start_addr, end_addr);
  mmu_notifier_invalidate_range_start(range);
  for ( ; vma && vma.vm_start < end_addr; vma = vma.vm_next)
    unmap_single_vma(tlb, vma, start_addr, end_addr, null);
  mmu_notifier_invalidate_range_end(range);
}

/** @locks requires mmap_lock(read) */
export function zap_page_range(vma: vm_area_struct, start: uaddr, size: unsigned_long): void {
  const range = Init(mmu_notifier_range, {});
  const tlb = Init(mmu_gather, {});

  lru_add_drain();
  mmu_notifier_range_init(range, MMU_NOTIFY_CLEAR, 0, vma, vma.vm_mm,
    start, start + size);
  tlb_gather_mmu(tlb, vma.vm_mm);
  update_hiwater_rss(vma.vm_mm);
  mmu_notifier_invalidate_range_start(range);
  for ( ; vma && vma.vm_start < range.end; vma = vma.vm_next)
    unmap_single_vma(tlb, vma, start, range.end, null);
  mmu_notifier_invalidate_range_end(range);
  tlb_finish_mmu(tlb);
}

/** @locks requires mmap_lock(read) */
function zap_page_range_single(
  vma: vm_area_struct, address: uaddr, size: unsigned_long, details: zap_details | null,
): void {
  const range = Init(mmu_notifier_range, {});
  const tlb = Init(mmu_gather, {});

  lru_add_drain();
  mmu_notifier_range_init(range, MMU_NOTIFY_CLEAR, 0, vma, vma.vm_mm,
    address, address + size);
  tlb_gather_mmu(tlb, vma.vm_mm);
  update_hiwater_rss(vma.vm_mm);
  mmu_notifier_invalidate_range_start(range);
  unmap_single_vma(tlb, vma, address, range.end, details);
  mmu_notifier_invalidate_range_end(range);
  tlb_finish_mmu(tlb);
}

/** @locks requires mmap_lock(read) */
export function zap_vma_ptes(vma: vm_area_struct, address: uaddr, size: unsigned_long): void {
  if (address < vma.vm_start || address + size > vma.vm_end ||
    !(vma.vm_flags & VM_PFNMAP))
    return;

  zap_page_range_single(vma, address, size, null);
}

function walk_to_pmd(mm: mm_struct, addr: uaddr): pmd_cell | null {
  let pgd: pgd_cell;
  let p4d: p4d_cell;
  let pud: pud_cell;
  let pmd: pmd_cell;

  pgd = pgd_offset(mm, addr);
  p4d = p4d_alloc(mm, pgd, addr);
  if (!p4d)
    return null;
  pud = pud_alloc(mm, p4d, addr);
  if (!pud)
    return null;
  pmd = pmd_alloc(mm, pud, addr);
  if (!pmd)
    return null;

  VM_BUG_ON(pmd_trans_huge(Pmd(pmd)));
  return pmd;
}

/** @locks takes ptl when not null */
export function __get_locked_pte(mm: mm_struct, addr: uaddr, ptl: Ref<spinlock_t>): pte_cell | null {
  const pmd: pmd_cell = walk_to_pmd(mm, addr);

  if (!pmd)
    return null;
  return pte_alloc_map_lock(mm, pmd, addr, ptl);
}

function pte_unmap_same(_mm: mm_struct, _pmd: pmd_cell, page_table: pte_cell, _orig_pte: pte_t): int {
  const same: int = 1;
  reduced('a pte is one word, as on x86-64: nothing is compared');
  pte_unmap(page_table);
  return same;
}

/** @refs dst, src: borrows */
function cow_user_page(dst: page, src: page | null, vmf: vm_fault): boolean {
  const vma: vm_area_struct = vmf.vma;
  const addr: uaddr = vmf.address;

  if (src) {
    copy_user_highpage(dst, src, addr, vma);
    return true;
  }

  unreachable('PFN mappings');
}

function __get_fault_gfp_mask(vma: vm_area_struct): gfp_t {
  const vm_file = vma.vm_file;

  if (vm_file)
    unreachable('file mappings');

  return GFP_KERNEL;
}

/** @locks requires ptl; returns with none */
function wp_page_reuse(vmf: vm_fault): void {
  const vma: vm_area_struct = vmf.vma;
  const page: page = vmf.page;
  let entry: pte_t;
  if (page)
    page_cpupid_xchg_last(page, (1 << LAST_CPUPID_SHIFT) - 1);

  entry = pte_mkyoung(vmf.orig_pte);
  entry = maybe_mkwrite(pte_mkdirty(entry), vma);
  if (ptep_set_access_flags(vma, vmf.address, vmf.pte, entry, 1))
    update_mmu_cache(vma, vmf.address, vmf.pte);
  pte_unmap_unlock(vmf.pte, vmf.ptl);
  notModelled('counts of events');
}

/** @refs vmf.page: consumes
 *  @locks requires mmap_lock(read); takes ptl; returns with none */
function wp_page_copy(vmf: vm_fault): vm_fault_t {
  const vma: vm_area_struct = vmf.vma;
  const mm: mm_struct = vma.vm_mm;
  const old_page: page = vmf.page;
  let new_page: page = null;
  let entry: pte_t;
  let page_copied: int = 0;
  const range = Init(mmu_notifier_range, {});

  oom: {
    oom_free_new: {
      if (anon_vma_prepare(vma))
        break oom;

      if (is_zero_pfn(pte_pfn(vmf.orig_pte))) {
        new_page = alloc_zeroed_user_highpage_movable(vma,
          vmf.address);
        if (!new_page)
          break oom;
      } else {
        new_page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vma,
          vmf.address);
        if (!new_page)
          break oom;

        if (!cow_user_page(new_page, old_page, vmf)) {
          put_page(new_page);
          if (old_page)
            put_page(old_page);
          return 0;
        }
      }

      if (mem_cgroup_charge(new_page, mm, GFP_KERNEL))
        break oom_free_new;
      cgroup_throttle_swaprate(new_page, GFP_KERNEL);

      __SetPageUptodate(new_page);

      mmu_notifier_range_init(range, MMU_NOTIFY_CLEAR, 0, vma, mm,
        vmf.address & PAGE_MASK,
        (vmf.address & PAGE_MASK) + PAGE_SIZE);
      mmu_notifier_invalidate_range_start(range);

      // The lock was dropped: is it still the pte that faulted?
      vmf.pte = pte_offset_map_lock(mm, vmf.pmd, vmf.address, FieldRef(vmf, 'ptl'));
      if (pte_same(Pte(vmf.pte), vmf.orig_pte)) {
        if (old_page) {
          if (!PageAnon(old_page)) {
            dec_mm_counter_fast(mm,
              mm_counter_file(old_page));
            inc_mm_counter_fast(mm, MM_ANONPAGES);
          }
        } else {
          inc_mm_counter_fast(mm, MM_ANONPAGES);
        }
        entry = mk_pte(new_page, vma.vm_page_prot);
        entry = pte_sw_mkyoung(entry);
        entry = maybe_mkwrite(pte_mkdirty(entry), vma);

        // Gone from every TLB before the new one can be loaded.
        ptep_clear_flush_notify(vma, vmf.address, vmf.pte);
        page_add_new_anon_rmap(new_page, vma, vmf.address, false);
        lru_cache_add_inactive_or_unevictable(new_page, vma);
        set_pte_at_notify(mm, vmf.address, vmf.pte, entry);
        update_mmu_cache(vma, vmf.address, vmf.pte);
        if (old_page) {
          // Only now: a lower mapcount lets another owner write to the old page.
          page_remove_rmap(old_page, false);
        }

        new_page = old_page;
        page_copied = 1;
      } else {
        update_mmu_tlb(vma, vmf.address, vmf.pte);
      }

      if (new_page)
        put_page(new_page);

      pte_unmap_unlock(vmf.pte, vmf.ptl);
      mmu_notifier_invalidate_range_only_end(range);
      if (old_page) {
        if (page_copied && (vma.vm_flags & VM_LOCKED)) {
          lock_page(old_page);
          if (PageMlocked(old_page))
            munlock_vma_page(old_page);
          unlock_page(old_page);
        }
        if (page_copied)
          free_swap_cache(old_page);
        put_page(old_page);
      }
      return page_copied ? VM_FAULT_WRITE : 0;
    }
    put_page(new_page);
  }
  if (old_page)
    put_page(old_page);
  return VM_FAULT_OOM;
}

function wp_pfn_shared(_vmf: vm_fault): vm_fault_t {
  unreachable('PFN mappings');
}

function wp_page_shared(_vmf: vm_fault): vm_fault_t {
  unreachable('file mappings');
}

/** @locks requires mmap_lock(read), ptl; returns with mmap_lock(read) */
function do_wp_page(vmf: vm_fault): vm_fault_t {
  const vma: vm_area_struct = vmf.vma;

  if (userfaultfd_pte_wp(vma, Pte(vmf.pte))) {
    pte_unmap_unlock(vmf.pte, vmf.ptl);
    return handle_userfault(vmf, VM_UFFD_WP);
  }

  if (userfaultfd_wp(vmf.vma) &&
    mm_tlb_flush_pending(vmf.vma.vm_mm))
    flush_tlb_page(vmf.vma, vmf.address);

  vmf.page = vm_normal_page(vma, vmf.address, vmf.orig_pte);
  if (!vmf.page) {
    if ((vma.vm_flags & (VM_WRITE | VM_SHARED)) ===
      (VM_WRITE | VM_SHARED))
      return wp_pfn_shared(vmf);

    pte_unmap_unlock(vmf.pte, vmf.ptl);
    return wp_page_copy(vmf);
  }

  copy: {
    if (PageAnon(vmf.page)) {
      const page: page = vmf.page;

      if (PageKsm(page) || page_count(page) !== 1)
        break copy;
      if (!trylock_page(page))
        break copy;
      if (PageKsm(page) || page_mapcount(page) !== 1 || page_count(page) !== 1) {
        unlock_page(page);
        break copy;
      }
      // One mapping, one reference, and the lock: nobody else can come by this page.
      unlock_page(page);
      wp_page_reuse(vmf);
      return VM_FAULT_WRITE;
    } else if ((vma.vm_flags & (VM_WRITE | VM_SHARED)) ===
      (VM_WRITE | VM_SHARED)) {
      return wp_page_shared(vmf);
    }
  }
  get_page(vmf.page);

  pte_unmap_unlock(vmf.pte, vmf.ptl);
  return wp_page_copy(vmf);
}

/** @refs vmf.page: borrows, and nothing but the entry holds it
 *  @locks requires mmap_lock(read), dropped when RETRY; takes page, ptl; returns with neither */
function remove_device_exclusive_entry(vmf: vm_fault): vm_fault_t {
  const page: page = vmf.page;
  const vma: vm_area_struct = vmf.vma;
  const range = Init(mmu_notifier_range, {});

  if (!lock_page_or_retry(page, vma.vm_mm, vmf.flags))
    return VM_FAULT_RETRY;
  mmu_notifier_range_init_owner(range, MMU_NOTIFY_EXCLUSIVE, 0, vma,
    vma.vm_mm, vmf.address & PAGE_MASK,
    (vmf.address & PAGE_MASK) + PAGE_SIZE, null);
  mmu_notifier_invalidate_range_start(range);

  vmf.pte = pte_offset_map_lock(vma.vm_mm, vmf.pmd, vmf.address,
    FieldRef(vmf, 'ptl'));
  if (pte_same(Pte(vmf.pte), vmf.orig_pte))
    restore_exclusive_pte(vma, page, vmf.address, vmf.pte);

  pte_unmap_unlock(vmf.pte, vmf.ptl);
  unlock_page(page);

  mmu_notifier_invalidate_range_end(range);
  return 0;
}

/** Entered without the page table lock: vmf.orig_pte may be history.
 *  @refs vmf.page: taken from the entry without a reference
 *  @locks requires mmap_lock(read); the driver's callback runs under it alone */
export function do_swap_page(vmf: vm_fault): vm_fault_t {
  const vma: vm_area_struct = vmf.vma;
  let entry: swp_entry_t;
  let ret: vm_fault_t = 0;

  out: {
    if (!pte_unmap_same(vma.vm_mm, vmf.pmd, vmf.pte, vmf.orig_pte))
      break out;

    entry = pte_to_swp_entry(vmf.orig_pte);
    if (non_swap_entry(entry)) {
      if (is_migration_entry(entry)) {
        migration_entry_wait(vma.vm_mm, vmf.pmd,
          vmf.address);
      } else if (is_device_exclusive_entry(entry)) {
        vmf.page = pfn_swap_entry_to_page(entry);
        ret = remove_device_exclusive_entry(vmf);
      } else if (is_device_private_entry(entry)) {
        vmf.page = pfn_swap_entry_to_page(entry);
        ret = vmf.page.pgmap.ops.migrate_to_ram(vmf);
      } else if (is_hwpoison_entry(entry)) {
        ret = VM_FAULT_HWPOISON;
      } else {
        print_bad_pte(vma, vmf.address, vmf.orig_pte, null);
        ret = VM_FAULT_SIGBUS;
      }
      break out;
    }

    unreachable('swap');
  }
  return ret;
}

/** @refs the new page's one reference passes to the pte
 *  @locks requires mmap_lock(read); takes ptl; returns with none */
function do_anonymous_page(vmf: vm_fault): vm_fault_t {
  const vma: vm_area_struct = vmf.vma;
  let page: page;
  let ret: vm_fault_t = 0;
  let entry: pte_t;

  // A shared mapping without vm_ops has no pages to give.
  if (vma.vm_flags & VM_SHARED)
    return VM_FAULT_SIGBUS;

  if (pte_alloc(vma.vm_mm, vmf.pmd))
    return VM_FAULT_OOM;

  if (pmd_trans_unstable(vmf.pmd))
    return 0;

  oom: {
    oom_free_page: {
      unlock: {
        release: {
          setpte: {
            if (!(vmf.flags & FAULT_FLAG_WRITE) &&
              !mm_forbids_zeropage(vma.vm_mm)) {
              entry = pte_mkspecial(pfn_pte(my_zero_pfn(vmf.address),
                vma.vm_page_prot));
              vmf.pte = pte_offset_map_lock(vma.vm_mm, vmf.pmd,
                vmf.address, FieldRef(vmf, 'ptl'));
              if (!pte_none(Pte(vmf.pte))) {
                update_mmu_tlb(vma, vmf.address, vmf.pte);
                break unlock;
              }
              ret = check_stable_address_space(vma.vm_mm);
              if (ret)
                break unlock;
              if (userfaultfd_missing(vma)) {
                pte_unmap_unlock(vmf.pte, vmf.ptl);
                return handle_userfault(vmf, VM_UFFD_MISSING);
              }
              break setpte;
            }

            if (anon_vma_prepare(vma))
              break oom;
            page = alloc_zeroed_user_highpage_movable(vma, vmf.address);
            if (!page)
              break oom;

            if (mem_cgroup_charge(page, vma.vm_mm, GFP_KERNEL))
              break oom_free_page;
            cgroup_throttle_swaprate(page, GFP_KERNEL);

            __SetPageUptodate(page);

            entry = mk_pte(page, vma.vm_page_prot);
            entry = pte_sw_mkyoung(entry);
            if (vma.vm_flags & VM_WRITE)
              entry = pte_mkwrite(pte_mkdirty(entry));

            vmf.pte = pte_offset_map_lock(vma.vm_mm, vmf.pmd, vmf.address,
              FieldRef(vmf, 'ptl'));
            if (!pte_none(Pte(vmf.pte))) {
              update_mmu_cache(vma, vmf.address, vmf.pte);
              break release;
            }

            ret = check_stable_address_space(vma.vm_mm);
            if (ret)
              break release;

            if (userfaultfd_missing(vma)) {
              pte_unmap_unlock(vmf.pte, vmf.ptl);
              put_page(page);
              return handle_userfault(vmf, VM_UFFD_MISSING);
            }

            inc_mm_counter_fast(vma.vm_mm, MM_ANONPAGES);
            page_add_new_anon_rmap(page, vma, vmf.address, false);
            lru_cache_add_inactive_or_unevictable(page, vma);
          }
          set_pte_at(vma.vm_mm, vmf.address, vmf.pte, entry);

          update_mmu_cache(vma, vmf.address, vmf.pte);
          break unlock;
        }
        put_page(page);
      }
      pte_unmap_unlock(vmf.pte, vmf.ptl);
      return ret;
    }
    put_page(page);
  }
  return VM_FAULT_OOM;
}

function do_fault(_vmf: vm_fault): vm_fault_t {
  unreachable('file mappings');
}

function do_numa_page(_vmf: vm_fault): vm_fault_t {
  unreachable('NUMA balancing');
}

function create_huge_pmd(_vmf: vm_fault): vm_fault_t {
  unreachable('THP');
}

function create_huge_pud(_vmf: vm_fault): vm_fault_t {
  reduced('TRANSPARENT_HUGEPAGE=n');
  return VM_FAULT_FALLBACK;
}

/** @locks requires mmap_lock(read); takes ptl; returns with none */
function handle_pte_fault(vmf: vm_fault): vm_fault_t {
  let entry: pte_t;

  if (pmd_none(Pmd(vmf.pmd))) {
    vmf.pte = null;
  } else {
    if (pmd_devmap_trans_unstable(vmf.pmd))
      return 0;
    // Read without the lock: every arm below checks again.
    vmf.pte = pte_offset_map(vmf.pmd, vmf.address);
    vmf.orig_pte = Pte(vmf.pte);

    if (pte_none(vmf.orig_pte)) {
      pte_unmap(vmf.pte);
      vmf.pte = null;
    }
  }

  if (!vmf.pte) {
    if (vma_is_anonymous(vmf.vma))
      return do_anonymous_page(vmf);
    else
      return do_fault(vmf);
  }

  if (!pte_present(vmf.orig_pte))
    return do_swap_page(vmf);

  if (pte_protnone(vmf.orig_pte) && vma_is_accessible(vmf.vma))
    return do_numa_page(vmf);

  vmf.ptl = pte_lockptr(vmf.vma.vm_mm, vmf.pmd);
  spin_lock(vmf.ptl);
  entry = vmf.orig_pte;
  unlock: {
    if (!pte_same(Pte(vmf.pte), entry)) {
      update_mmu_tlb(vmf.vma, vmf.address, vmf.pte);
      break unlock;
    }
    if (vmf.flags & FAULT_FLAG_WRITE) {
      if (!pte_write(entry))
        return do_wp_page(vmf);
      entry = pte_mkdirty(entry);
    }
    entry = pte_mkyoung(entry);
    if (ptep_set_access_flags(vmf.vma, vmf.address, vmf.pte, entry,
      vmf.flags & FAULT_FLAG_WRITE)) {
      update_mmu_cache(vmf.vma, vmf.address, vmf.pte);
    } else {
      // A retried fault has nothing stale to flush.
      if (vmf.flags & FAULT_FLAG_TRIED)
        break unlock;
      if (vmf.flags & FAULT_FLAG_WRITE)
        flush_tlb_fix_spurious_fault(vmf.vma, vmf.address);
    }
  }
  pte_unmap_unlock(vmf.pte, vmf.ptl);
  return 0;
}

/** @locks requires mmap_lock(read), which may be gone when RETRY */
function __handle_mm_fault(vma: vm_area_struct, address: uaddr, flags: fault_flags): vm_fault_t {
  const vmf = Init(vm_fault, {
    vma: vma,
    address: address & PAGE_MASK,
    flags: flags,
    pgoff: linear_page_index(vma, address),
    gfp_mask: __get_fault_gfp_mask(vma),
  });
  const mm: mm_struct = vma.vm_mm;
  let pgd: pgd_cell;
  let p4d: p4d_cell;
  let ret: vm_fault_t;

  pgd = pgd_offset(mm, address);
  p4d = p4d_alloc(mm, pgd, address);
  if (!p4d)
    return VM_FAULT_OOM;

  vmf.pud = pud_alloc(mm, p4d, address);
  if (!vmf.pud)
    return VM_FAULT_OOM;
  retry_pud: for (;;) {
    if (pud_none(vmf.pud) && __transparent_hugepage_enabled(vma)) {
      ret = create_huge_pud(vmf);
      if (!(ret & VM_FAULT_FALLBACK))
        return ret;
    } else {
      const orig_pud: pud_t = vmf.pud;

      if (pud_trans_huge(orig_pud) || pud_devmap(orig_pud))
        unreachable('THP');
    }

    vmf.pmd = pmd_alloc(mm, vmf.pud, address);
    if (!vmf.pmd)
      return VM_FAULT_OOM;

    if (pud_trans_unstable(vmf.pud))
      continue retry_pud;
    break;
  }

  if (pmd_none(Pmd(vmf.pmd)) && __transparent_hugepage_enabled(vma)) {
    ret = create_huge_pmd(vmf);
    if (!(ret & VM_FAULT_FALLBACK))
      return ret;
  } else {
    vmf.orig_pmd = Pmd(vmf.pmd);

    if (is_swap_pmd(vmf.orig_pmd))
      unreachable('THP');
    if (pmd_trans_huge(vmf.orig_pmd) || pmd_devmap(vmf.orig_pmd))
      unreachable('THP');
  }

  return handle_pte_fault(vmf);
}

function mm_account_fault(_regs: object | null, _address: uaddr, _flags: fault_flags, _ret: vm_fault_t): void {
  notModelled('fault counters and perf events');
}

/** @locks requires mmap_lock(read), which may be gone when RETRY */
export function handle_mm_fault(vma: vm_area_struct, address: uaddr, flags: fault_flags, regs: object | null): vm_fault_t {
  let ret: vm_fault_t;

  // Counters first, before anything that matters is held.
  check_sync_rss_stat(current());

  if (!arch_vma_access_permitted(vma, flags & FAULT_FLAG_WRITE,
    flags & FAULT_FLAG_INSTRUCTION,
    flags & FAULT_FLAG_REMOTE))
    return VM_FAULT_SIGSEGV;

  if (flags & FAULT_FLAG_USER)
    notModelled('memcg out of memory');

  if (is_vm_hugetlb_page(vma))
    unreachable('hugetlb');
  else
    ret = __handle_mm_fault(vma, address, flags);

  mm_account_fault(regs, address, flags, ret);

  return ret;
}
