// SPDX-License-Identifier: GPL-2.0-only
// Page migration: migrate_pages() moves isolated pages to other frames, migrate_vma_*() moves a
// range of a vma to and from device memory. With MIGRATION=n the file does not exist; the stubs
// of include/linux/migrate.ts stand for it.
// Left out: file and buffer pages, hugetlb and THP, pages that are movable without being on the
// LRU, the system calls of NUMA, balancing between nodes and demotion.

//#if MIGRATION
import { notModelled, unreachable, reduced } from '../arch/model/marks.ts';
import {
  Pmd, Pte,
  PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, mk_pte, pgd_offset, pmd_bad, pmd_devmap, pmd_none, pmd_trans_huge, pte_lockptr, pte_mkdirty,
  pte_mkold, pte_mksoft_dirty, pte_mkuffd_wp, pte_mkwrite, pte_next, pte_none, pte_offset_map, pte_pfn, pte_present, pte_prev,
  pte_soft_dirty, pte_swp_mksoft_dirty, pte_swp_mkuffd_wp, pte_swp_soft_dirty, pte_swp_uffd_wp, pte_uffd_wp, pte_write,
  ptep_get_and_clear, set_pte_at, update_mmu_cache,
  type p4d_cell, type pgd_cell, type pmd_cell, type pte_cell, type pud_cell,
} from '../arch/model/pgtable.ts';
import { flush_tlb_range } from '../arch/model/tlb.ts';
import { page_to_pfn } from '../arch/model/memory.ts';
import { BUG_ON } from '../include/linux/bug.ts';
import { EAGAIN, EBUSY, EINVAL, ENOMEM, ENOSYS } from '../include/linux/errno.ts';
import { vma_is_dax, type address_space } from '../include/linux/fs.ts';
import { GFP_KERNEL, __GFP_HIGHMEM } from '../include/linux/gfp.ts';
import { copy_highpage } from '../include/linux/highmem.ts';
import { thp_migration_supported, thp_nr_pages } from '../include/linux/huge_mm.ts';
import { is_vm_hugetlb_page, putback_active_hugepage } from '../include/linux/hugetlb.ts';
import { ksm_migrate_page } from '../include/linux/ksm.ts';
import {
  LIST_HEAD, Next, list_add_tail, list_del, list_for_each_entry_safe, list_splice, type list_head,
} from '../include/linux/list.ts';
import { mem_cgroup_charge, mem_cgroup_migrate } from '../include/linux/memcontrol.ts';
import {
  MIGRATEPAGE_SUCCESS, MIGRATE_PFN_LOCKED, MIGRATE_PFN_MIGRATE, MIGRATE_PFN_WRITE, MIGRATE_VMA_SELECT_DEVICE_PRIVATE,
  MIGRATE_VMA_SELECT_SYSTEM, MR_MEMORY_FAILURE, MR_NUMA_MISPLACED, migrate_pfn, migrate_pfn_to_page,
  type free_page_t, type migrate_private, type migrate_reason, migrate_vma, type new_page_t,
} from '../include/linux/migrate.ts';
import { MIGRATE_ASYNC, MIGRATE_SYNC_NO_COPY, type migrate_mode } from '../include/linux/migrate_mode.ts';
import {
  VM_LOCKED, VM_SPECIAL, VM_WRITE, get_page, get_page_unless_zero, inc_mm_counter, is_device_private_page, is_zone_device_page,
  maybe_mkwrite, nth_page, p4d_alloc, page_cpupid_xchg_last, page_mapcount, page_pgdat, page_to_nid,
  page_zone, pmd_alloc, pte_alloc, pte_offset_map_lock, pte_unmap_unlock, pud_alloc, put_page,
  vma_is_anonymous,
} from '../include/linux/mm.ts';
import { page_is_file_lru } from '../include/linux/mm_inline.ts';
import { MM_ANONPAGES, set_page_private, type mm_struct, type page, type vm_area_struct } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import {
  MMU_NOTIFY_MIGRATE, mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_only_end,
  mmu_notifier_invalidate_range_start, mmu_notifier_range, mmu_notifier_range_init_owner, ptep_clear_flush_notify,
  set_pte_at_notify,
} from '../include/linux/mmu_notifier.ts';
import { NUMA_NO_NODE } from '../include/linux/numa.ts';
import { NR_ISOLATED_ANON, ZONE_MOVABLE, is_highmem_idx, zone_idx } from '../include/linux/mmzone.ts';
import { check_stable_address_space } from '../include/linux/oom.ts';
import {
  ClearPageActive, ClearPagePrivate, ClearPageSwapCache, ClearPageUnevictable, PageAnon, PageChecked, PageCompound, PageDirty,
  PageError, PageHuge, PageKsm, PageLRU, PageLocked, PageMappedToDisk, PageMappingFlags, PageMlocked, PageReadahead,
  PageReferenced, PageSwapBacked, PageSwapCache, PageTail, PageTransCompound, PageTransHuge, PageUnevictable, PageUptodate,
  PageWorkingset, PageWriteback, SetPageActive, SetPageChecked, SetPageDirty, SetPageError, SetPageMappedToDisk,
  SetPageReadahead, SetPageReferenced, SetPageUnevictable, SetPageUptodate, SetPageWorkingset, TestClearPageActive,
  TestClearPageUnevictable, __PageMovable, __SetPageSwapBacked, __SetPageUptodate, compound_head, page_has_private,
} from '../include/linux/page-flags.ts';
import { page_is_idle, page_is_young, set_page_idle, set_page_young } from '../include/linux/page_idle.ts';
import { copy_page_owner, set_page_owner_migrate_reason } from '../include/linux/page_owner.ts';
import { page_count } from '../include/linux/page_ref.ts';
import { linear_page_index, lock_page, trylock_page } from '../include/linux/pagemap.ts';
import { walk_page_range } from './pagewalk.ts';
import type { mm_walk, mm_walk_ops } from '../include/linux/pagewalk.ts';
import { arch_enter_lazy_mmu_mode, arch_leave_lazy_mmu_mode, is_zero_pfn, pmd_trans_unstable } from '../include/linux/pgtable.ts';
import { pr_warn_once } from '../include/linux/printk.ts';
import {
  PVMW_MIGRATION, PVMW_SYNC, page_vma_mapped_walk as page_vma_mapped_walk_struct, anon_vma_prepare, put_anon_vma, rmap_walk_control, type anon_vma,
} from '../include/linux/rmap.ts';
import { PF_MEMALLOC, PF_SWAPWRITE, TASK_UNINTERRUPTIBLE, cond_resched, current } from '../include/linux/sched.ts';
import { spin_lock, type spinlock_t } from '../include/linux/spinlock.ts';
import { memset } from '../include/linux/string.ts';
import {
  is_device_private_entry, is_migration_entry, is_swap_pte, is_writable_device_private_entry, is_writable_migration_entry,
  make_readable_device_private_entry, make_readable_migration_entry, make_writable_device_private_entry,
  make_writable_migration_entry, pfn_swap_entry_to_page, pte_to_swp_entry, swp_entry_to_pte,
} from '../include/linux/swapops.ts';
import {
  FieldRef, Init, type Ref, type gfp_t, type int, type long, type migrate_pfn_t, type pfn_nr, type pte_t, type swp_entry_t,
  type uaddr, type unsigned_int, type unsigned_long,
} from '../include/linux/types.ts';
import { userfaultfd_missing } from '../include/linux/userfaultfd_k.ts';
import { mod_node_page_state } from '../include/linux/vmstat.ts';
import { put_and_wait_on_page_locked, unlock_page } from './filemap.ts';
import type { migration_target_control } from './internal.ts';
import { vm_normal_page } from './memory.ts';
import { mlock_vma_page } from './mlock.ts';
import { __alloc_pages } from './page_alloc.ts';
import { page_vma_mapped_walk } from './page_vma_mapped.ts';
import {
  page_add_anon_rmap, page_add_file_rmap, page_add_new_anon_rmap, page_get_anon_vma, page_remove_rmap, rmap_walk,
  rmap_walk_locked, try_to_migrate,
} from './rmap.ts';
import { lru_add_drain, lru_add_drain_all, lru_cache_add_inactive_or_unevictable } from './swap.ts';
import { page_mapped, page_mapping } from './util.ts';
import { isolate_lru_page, putback_lru_page } from './vmscan.ts';

export function isolate_movable_page(page: page, mode: unsigned_int): int {
  unreachable('movable page that is not on the LRU');
}

function putback_movable_page(page: page): void {
  unreachable('movable page that is not on the LRU');
}

/** @refs the pages of l: consumes */
export function putback_movable_pages(l: list_head<page>): void {
  let page2: page;

  for (let page = list_for_each_entry_safe(l); page; page = page2) {
    page2 = Next(page.lru);
    if (PageHuge(page)) {
      putback_active_hugepage(page);
      continue;
    }
    list_del(page.lru);
    if (__PageMovable(page)) {
      reduced('no movable page that is not on the LRU');
      putback_movable_page(page);
    } else {
      mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON +
        page_is_file_lru(page), -thp_nr_pages(page));
      putback_lru_page(page);
    }
  }
}

/** @refs page: takes one per entry restored
 *  @locks requires page, and the rmap lock unless the pte's mm is pinned by mmap_lock; takes ptl */
function remove_migration_pte(page: page, vma: vm_area_struct, addr: uaddr, old: page): boolean {
  const pvmw = Init(page_vma_mapped_walk_struct, {
    page: old,
    vma: vma,
    address: addr,
    flags: PVMW_SYNC | PVMW_MIGRATION,
  });
  let new_: page;
  let pte: pte_t;
  let entry: swp_entry_t;

  VM_BUG_ON_PAGE(PageTail(page), page);
  while (page_vma_mapped_walk(pvmw)) {
    if (PageKsm(page))
      new_ = page;
    else
      new_ = nth_page(page, -pvmw.page.index +
        linear_page_index(vma, pvmw.address));

    get_page(new_);
    pte = pte_mkold(mk_pte(new_, vma.vm_page_prot));
    if (pte_swp_soft_dirty(Pte(pvmw.pte)))
      pte = pte_mksoft_dirty(pte);

    // The vma may have become read-only meanwhile.
    entry = pte_to_swp_entry(Pte(pvmw.pte));
    if (is_writable_migration_entry(entry))
      pte = maybe_mkwrite(pte, vma);
    else if (pte_swp_uffd_wp(Pte(pvmw.pte)))
      pte = pte_mkuffd_wp(pte);

    if (is_device_private_page(new_)) {
      if (pte_write(pte))
        entry = make_writable_device_private_entry(
          page_to_pfn(new_));
      else
        entry = make_readable_device_private_entry(
          page_to_pfn(new_));
      pte = swp_entry_to_pte(entry);
      if (pte_swp_soft_dirty(Pte(pvmw.pte)))
        pte = pte_swp_mksoft_dirty(pte);
      if (pte_swp_uffd_wp(Pte(pvmw.pte)))
        pte = pte_swp_mkuffd_wp(pte);
    }

    {
      set_pte_at(vma.vm_mm, pvmw.address, pvmw.pte, pte);

      if (PageAnon(new_))
        page_add_anon_rmap(new_, vma, pvmw.address, false);
      else
        page_add_file_rmap(new_, false);
    }
    if (vma.vm_flags & VM_LOCKED && !PageTransCompound(new_))
      mlock_vma_page(new_);

    if (PageTransHuge(page) && PageMlocked(page)) unreachable('THP');

    update_mmu_cache(vma, pvmw.address, pvmw.pte);
  }

  return true;
}

/** Walks the rmap of `new_`, whose mapping is that of `old` by now.
 *  @refs new_: takes one per entry restored
 *  @locks requires new_; takes the rmap lock unless locked */
export function remove_migration_ptes(old: page, new_: page, locked: boolean): void {
  const rwc = Init(rmap_walk_control, {
    rmap_one: remove_migration_pte,
    arg: old,
  });

  if (locked)
    rmap_walk_locked(new_, rwc);
  else
    rmap_walk(new_, rwc);
}

/** The reference taken here is gone before it sleeps, but the migration may see it.
 *  @locks takes ptl and releases it */
export function __migration_entry_wait(mm: mm_struct, ptep: pte_cell, ptl: spinlock_t): void {
  let pte: pte_t;
  let entry: swp_entry_t;
  let page: page;

  out: {
    spin_lock(ptl);
    pte = Pte(ptep);
    if (!is_swap_pte(pte))
      break out;

    entry = pte_to_swp_entry(pte);
    if (!is_migration_entry(entry))
      break out;

    page = pfn_swap_entry_to_page(entry);
    page = compound_head(page);

    // A count of zero is a page whose references are frozen: the fault simply comes again.
    if (!get_page_unless_zero(page))
      break out;
    pte_unmap_unlock(ptep, ptl);
    put_and_wait_on_page_locked(page, TASK_UNINTERRUPTIBLE);
    return;
  }
  pte_unmap_unlock(ptep, ptl);
}

/** @locks takes ptl and releases it */
export function migration_entry_wait(mm: mm_struct, pmd: pmd_cell, address: uaddr): void {
  const ptl: spinlock_t = pte_lockptr(mm, pmd);
  const ptep: pte_cell = pte_offset_map(pmd, address);
  __migration_entry_wait(mm, ptep, ptl);
}

function expected_page_refs(mapping: address_space | null, page: page): int {
  let expected_count: int = 1;

  // A page of ZONE_DEVICE has one reference more than its users hold.
  expected_count += Number(is_device_private_page(page));
  if (mapping)
    expected_count += thp_nr_pages(page) + Number(page_has_private(page));

  return expected_count;
}

/** @locks requires page, newpage */
export function migrate_page_move_mapping(mapping: address_space | null,
  newpage: page, page: page, extra_count: int): int {
  const expected_count: int = expected_page_refs(mapping, page) + extra_count;

  if (!mapping) {
    if (page_count(page) !== expected_count)
      return -EAGAIN;

    newpage.index = page.index;
    newpage.mapping = page.mapping;
    if (PageSwapBacked(page))
      __SetPageSwapBacked(newpage);

    return MIGRATEPAGE_SUCCESS;
  }

  unreachable('file mapping');
}

/** @locks requires page, newpage */
export function migrate_page_states(newpage: page, page: page): void {
  let cpupid: int;

  if (PageError(page))
    SetPageError(newpage);
  if (PageReferenced(page))
    SetPageReferenced(newpage);
  if (PageUptodate(page))
    SetPageUptodate(newpage);
  if (TestClearPageActive(page)) {
    VM_BUG_ON_PAGE(PageUnevictable(page), page);
    SetPageActive(newpage);
  } else if (TestClearPageUnevictable(page))
    SetPageUnevictable(newpage);
  if (PageWorkingset(page))
    SetPageWorkingset(newpage);
  if (PageChecked(page))
    SetPageChecked(newpage);
  if (PageMappedToDisk(page))
    SetPageMappedToDisk(newpage);

  if (PageDirty(page))
    SetPageDirty(newpage);

  if (page_is_young(page))
    set_page_young(newpage);
  if (page_is_idle(page))
    set_page_idle(newpage);

  cpupid = page_cpupid_xchg_last(page, -1);
  page_cpupid_xchg_last(newpage, cpupid);

  ksm_migrate_page(newpage, page);
  if (PageSwapCache(page))
    ClearPageSwapCache(page);
  ClearPagePrivate(page);

  if (!PageHuge(page))
    set_page_private(page, 0);

  if (PageWriteback(newpage)) unreachable('writeback');

  // PG_readahead is PG_reclaim, which the end of writeback may have cleared.
  if (PageReadahead(page))
    SetPageReadahead(newpage);

  copy_page_owner(page, newpage);

  if (!PageHuge(page))
    mem_cgroup_migrate(page, newpage);
}

/** @locks requires page, newpage */
export function migrate_page_copy(newpage: page, page: page): void {
  if (PageHuge(page) || PageTransHuge(page))
    unreachable('huge page');
  else
    copy_highpage(newpage, page);

  migrate_page_states(newpage, page);
}

/** @locks requires page, newpage */
export function migrate_page(mapping: address_space | null,
  newpage: page, page: page,
  mode: migrate_mode): int {
  let rc: int;

  BUG_ON(PageWriteback(page));

  rc = migrate_page_move_mapping(mapping, newpage, page, 0);

  if (rc !== MIGRATEPAGE_SUCCESS)
    return rc;

  if (mode !== MIGRATE_SYNC_NO_COPY)
    migrate_page_copy(newpage, page);
  else
    migrate_page_states(newpage, page);
  return MIGRATEPAGE_SUCCESS;
}

function fallback_migrate_page(mapping: address_space, newpage: page, page: page, mode: migrate_mode): int {
  unreachable('file mapping');
}

/** @locks requires page, newpage */
function move_to_new_page(newpage: page, page: page, mode: migrate_mode): int {
  let mapping: address_space | null;
  let rc: int = -EAGAIN;
  const is_lru = !__PageMovable(page);

  VM_BUG_ON_PAGE(!PageLocked(page), page);
  VM_BUG_ON_PAGE(!PageLocked(newpage), newpage);

  mapping = page_mapping(page);

  if (is_lru) {
    if (!mapping)
      rc = migrate_page(mapping, newpage, page, mode);
    else if (mapping.a_ops.migratepage)
      rc = mapping.a_ops.migratepage(mapping, newpage,
        page, mode);
    else
      rc = fallback_migrate_page(mapping, newpage,
        page, mode);
  } else {
    unreachable('movable page that is not on the LRU');
  }

  // The mapping of an anonymous page stays: its free needs to know the type.
  if (rc === MIGRATEPAGE_SUCCESS) {
    if (__PageMovable(page)) unreachable('movable page that is not on the LRU');

    if (!PageMappingFlags(page))
      page.mapping = null;

    if (!is_zone_device_page(newpage)) notModelled('flush_dcache_page does nothing on x86');
  }
  return rc;
}

/** @refs newpage: on success consumes (to the LRU), otherwise borrows; page: borrows
 *  @locks takes page and newpage, releases both */
function __unmap_and_move(page: page, newpage: page, force: boolean, mode: migrate_mode): int {
  let rc: int = -EAGAIN;
  let page_was_mapped = false;
  let anon_vma: anon_vma | null = null;
  const is_lru = !__PageMovable(page);

  out: { out_unlock: { out_unlock_both: {
    if (!trylock_page(page)) {
      if (!force || mode === MIGRATE_ASYNC)
        break out;

      // Under reclaim this task may hold the page lock already.
      if (current().flags & PF_MEMALLOC)
        break out;

      lock_page(page);
    }

    if (PageWriteback(page)) unreachable('writeback');

    // Once unmapped, nothing but this reference keeps the anon_vma; a page without one is
    // no longer mapped, and cannot be mapped again while it is locked.
    if (PageAnon(page) && !PageKsm(page))
      anon_vma = page_get_anon_vma(page);

    if (!trylock_page(newpage))
      break out_unlock;

    if (!is_lru) {
      rc = move_to_new_page(newpage, page, mode);
      break out_unlock_both;
    }

    if (!page.mapping) {
      VM_BUG_ON_PAGE(PageAnon(page), page);
      if (page_has_private(page)) unreachable('buffers of a file page');
    } else if (page_mapped(page)) {
      VM_BUG_ON_PAGE(PageAnon(page) && !PageKsm(page) && !anon_vma,
        page);
      try_to_migrate(page, 0);
      page_was_mapped = true;
    }

    if (!page_mapped(page))
      rc = move_to_new_page(newpage, page, mode);

    if (page_was_mapped)
      remove_migration_ptes(page,
        rc === MIGRATEPAGE_SUCCESS ? newpage : page, false);

  }
    unlock_page(newpage);
  }
    if (anon_vma)
      put_anon_vma(anon_vma);
    unlock_page(page);
  }
  // The old page's kind decides: newpage is unlocked and no longer ours alone.
  if (rc === MIGRATEPAGE_SUCCESS) {
    if (!is_lru)
      put_page(newpage);
    else
      putback_lru_page(newpage);
  }

  return rc;
}

/** @refs page: consumes the isolation's on success, otherwise it stays with the list */
function unmap_and_move(get_new_page: new_page_t,
  put_new_page: free_page_t | null,
  private_: migrate_private, page: page,
  force: boolean, mode: migrate_mode,
  reason: migrate_reason,
  ret: list_head<page>): int {
  let rc: int = MIGRATEPAGE_SUCCESS;
  let newpage: page | null = null;

  if (!thp_migration_supported() && PageTransHuge(page))
    return -ENOSYS;

  out: {
    if (page_count(page) === 1) {
      // Only the isolation holds it: it was freed meanwhile.
      ClearPageActive(page);
      ClearPageUnevictable(page);
      if (__PageMovable(page)) unreachable('movable page that is not on the LRU');
      break out;
    }

    newpage = get_new_page(page, private_);
    if (!newpage)
      return -ENOMEM;

    rc = __unmap_and_move(page, newpage, force, mode);
    if (rc === MIGRATEPAGE_SUCCESS)
      set_page_owner_migrate_reason(newpage, reason);
  }
  if (rc !== -EAGAIN) {
    list_del(page.lru);
  }

  if (rc === MIGRATEPAGE_SUCCESS) {
    if (!__PageMovable(page))
      mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON +
        page_is_file_lru(page), -thp_nr_pages(page));

    if (reason !== MR_MEMORY_FAILURE)
      put_page(page);
  } else {
    if (rc !== -EAGAIN)
      list_add_tail(page.lru, ret);

    if (put_new_page)
      put_new_page(newpage, private_);
    else
      put_page(newpage);
  }

  return rc;
}

/** Gives the number of pages that stayed, or an errno; those pages are left on `from`.
 *  @refs the pages of from: consumes those that moved */
export function migrate_pages(from: list_head<page>, get_new_page: new_page_t,
  put_new_page: free_page_t | null, private_: migrate_private,
  mode: migrate_mode, reason: int, ret_succeeded: Ref<unsigned_int> | null): int {
  let retry: int = 1;
  let thp_retry: int = 1;
  let nr_failed: int = 0;
  let nr_succeeded: int = 0;
  let nr_thp_failed: int = 0;
  let pass: int = 0;
  let is_thp = false;
  let page2: page;
  const swapwrite: int = current().flags & PF_SWAPWRITE;
  let rc: int;
  const ret_pages = LIST_HEAD<page>();
  const nosplit = (reason === MR_NUMA_MISPLACED);

  if (!swapwrite)
    current().flags |= PF_SWAPWRITE;

  out: {
    for (pass = 0; pass < 10 && (retry || thp_retry); pass++) {
      retry = 0;
      thp_retry = 0;

      for (let page = list_for_each_entry_safe(from); page; page = page2) {
        page2 = Next(page.lru);
        is_thp = PageTransHuge(page) && !PageHuge(page);
        notModelled('nr_subpages: THP');
        cond_resched();

        if (PageHuge(page))
          unreachable('hugetlb');
        else
          rc = unmap_and_move(get_new_page, put_new_page,
            private_, page, pass > 2, mode,
            reason, ret_pages);
        // Success: freed. -EAGAIN, -ENOMEM: still on `from`. All else: on ret_pages, for good.
        switch (rc) {
          case -ENOSYS:
            if (is_thp) unreachable('THP');
            nr_failed++;
            break;
          case -ENOMEM:
            if (is_thp && !nosplit) unreachable('THP');
            nr_failed++;
            break out;
          case -EAGAIN:
            if (is_thp) unreachable('THP');
            retry++;
            break;
          case MIGRATEPAGE_SUCCESS:
            if (is_thp) unreachable('THP');
            nr_succeeded++;
            break;
          default:
            if (is_thp) unreachable('THP');
            nr_failed++;
            break;
        }
      }
    }
    nr_failed += retry + thp_retry;
    nr_thp_failed += thp_retry;
    rc = nr_failed;
  }
  list_splice(ret_pages, from);

  notModelled('vm events: PGMIGRATE_*, THP_MIGRATION_*');

  if (!swapwrite)
    current().flags &= ~PF_SWAPWRITE;

  if (ret_succeeded)
    ret_succeeded.v = nr_succeeded;

  return rc;
}

/** @refs returns one */
export function alloc_migration_target(page: page, private_: migrate_private): page | null {
  let mtc: migration_target_control;
  let gfp_mask: gfp_t;
  const order: unsigned_int = 0;
  let new_page: page | null = null;
  let nid: int;
  let zidx: int;

  mtc = private_ as migration_target_control;
  gfp_mask = mtc.gfp_mask;
  nid = mtc.nid;
  if (nid === NUMA_NO_NODE)
    nid = page_to_nid(page);

  if (PageHuge(page)) unreachable('hugetlb');

  if (PageTransHuge(page)) unreachable('THP');
  zidx = zone_idx(page_zone(page));
  if (is_highmem_idx(zidx) || zidx === ZONE_MOVABLE)
    gfp_mask |= __GFP_HIGHMEM;

  new_page = __alloc_pages(gfp_mask, order, nid, mtc.nmask);

  if (new_page && PageTransHuge(new_page)) unreachable('THP');

  return new_page;
}

//#if DEVICE_PRIVATE
function migrate_vma_collect_skip(start: uaddr,
  end: uaddr,
  walk: mm_walk<migrate_vma>): int {
  const migrate: migrate_vma = walk.private;
  let addr: uaddr;

  for (addr = start; addr < end; addr += PAGE_SIZE) {
    migrate.dst[migrate.npages] = 0;
    migrate.src[migrate.npages++] = 0;
  }

  return 0;
}

function migrate_vma_collect_hole(start: uaddr,
  end: uaddr,
  depth: int,
  walk: mm_walk<migrate_vma>): int {
  const migrate: migrate_vma = walk.private;
  let addr: uaddr;

  // Only anonymous memory can be put where there was nothing.
  if (!vma_is_anonymous(walk.vma))
    return migrate_vma_collect_skip(start, end, walk);

  for (addr = start; addr < end; addr += PAGE_SIZE) {
    migrate.src[migrate.npages] = MIGRATE_PFN_MIGRATE;
    migrate.dst[migrate.npages] = 0;
    migrate.npages++;
    migrate.cpages++;
  }

  return 0;
}

/** @refs each page collected: takes one; a page whose entry it replaced loses the entry's
 *  @locks requires mmap_lock(read); takes ptl; takes pages by trylock and keeps them */
function migrate_vma_collect_pmd(pmdp: pmd_cell,
  start: uaddr,
  end: uaddr,
  walk: mm_walk<migrate_vma>): int {
  const migrate: migrate_vma = walk.private;
  const vma: vm_area_struct = walk.vma;
  const mm: mm_struct = vma.vm_mm;
  let addr: uaddr = start, unmapped: unsigned_long = 0;
  const ptl: Ref<spinlock_t> = { v: null };
  let ptep: pte_cell;

  if (pmd_none(Pmd(pmdp)))
    return migrate_vma_collect_hole(start, end, -1, walk);

  if (pmd_trans_huge(Pmd(pmdp))) unreachable('THP');

  if (pmd_bad(Pmd(pmdp)))
    return migrate_vma_collect_skip(start, end, walk);

  ptep = pte_offset_map_lock(mm, pmdp, addr, ptl);
  arch_enter_lazy_mmu_mode();

  for (; addr < end; addr += PAGE_SIZE, ptep = pte_next(ptep)) {
    let mpfn: migrate_pfn_t = 0, pfn: pfn_nr;
    let page: page;
    let entry: swp_entry_t;
    let pte: pte_t;

    next: {
      pte = Pte(ptep);

      if (pte_none(pte)) {
        if (vma_is_anonymous(vma)) {
          mpfn = MIGRATE_PFN_MIGRATE;
          migrate.cpages++;
        }
        break next;
      }

      if (!pte_present(pte)) {
        // Of the entries that are not present only those of private device memory can move.
        entry = pte_to_swp_entry(pte);
        if (!is_device_private_entry(entry))
          break next;

        page = pfn_swap_entry_to_page(entry);
        if (!(migrate.flags &
            MIGRATE_VMA_SELECT_DEVICE_PRIVATE) ||
            page.pgmap.owner !== migrate.pgmap_owner)
          break next;

        mpfn = migrate_pfn(page_to_pfn(page)) |
          MIGRATE_PFN_MIGRATE;
        if (is_writable_device_private_entry(entry))
          mpfn |= MIGRATE_PFN_WRITE;
      } else {
        if (!(migrate.flags & MIGRATE_VMA_SELECT_SYSTEM))
          break next;
        pfn = pte_pfn(pte);
        if (is_zero_pfn(pfn)) {
          mpfn = MIGRATE_PFN_MIGRATE;
          migrate.cpages++;
          break next;
        }
        page = vm_normal_page(migrate.vma, addr, pte);
        mpfn = migrate_pfn(pfn) | MIGRATE_PFN_MIGRATE;
        mpfn |= pte_write(pte) ? MIGRATE_PFN_WRITE : 0;
      }

      if (!page || !page.mapping || PageTransCompound(page)) {
        mpfn = 0;
        break next;
      }

      // Until the page is off the LRU this reference keeps it; a device page is on no list
      // and is kept by it to the end.
      get_page(page);
      migrate.cpages++;

      // Mapped once and not locked is the usual case: then no rmap walk is needed later.
      if (trylock_page(page)) {
        let swp_pte: pte_t;

        mpfn |= MIGRATE_PFN_LOCKED;
        ptep_get_and_clear(mm, addr, ptep);

        if (mpfn & MIGRATE_PFN_WRITE)
          entry = make_writable_migration_entry(
            page_to_pfn(page));
        else
          entry = make_readable_migration_entry(
            page_to_pfn(page));
        swp_pte = swp_entry_to_pte(entry);
        if (pte_present(pte)) {
          if (pte_soft_dirty(pte))
            swp_pte = pte_swp_mksoft_dirty(swp_pte);
          if (pte_uffd_wp(pte))
            swp_pte = pte_swp_mkuffd_wp(swp_pte);
        } else {
          if (pte_swp_soft_dirty(pte))
            swp_pte = pte_swp_mksoft_dirty(swp_pte);
          if (pte_swp_uffd_wp(pte))
            swp_pte = pte_swp_mkuffd_wp(swp_pte);
        }
        set_pte_at(mm, addr, ptep, swp_pte);

        // The entry's reference goes; ours is left.
        page_remove_rmap(page, false);
        put_page(page);

        if (pte_present(pte))
          unmapped++;
      }

    }
    migrate.dst[migrate.npages] = 0;
    migrate.src[migrate.npages++] = mpfn;
  }
  arch_leave_lazy_mmu_mode();
  pte_unmap_unlock(pte_prev(ptep), ptl.v);

  if (unmapped)
    flush_tlb_range(walk.vma, start, end);

  return 0;
}

const migrate_vma_walk_ops: mm_walk_ops<migrate_vma> = {
  pmd_entry: migrate_vma_collect_pmd,
  pte_hole: migrate_vma_collect_hole,
};

/** @locks requires mmap_lock(read) */
function migrate_vma_collect(migrate: migrate_vma): void {
  const range = Init(mmu_notifier_range, {});

  // The owner lets a driver keep what its device maps of its own private pages.
  mmu_notifier_range_init_owner(range, MMU_NOTIFY_MIGRATE, 0,
    migrate.vma, migrate.vma.vm_mm, migrate.start, migrate.end,
    migrate.pgmap_owner);
  mmu_notifier_invalidate_range_start(range);

  walk_page_range(migrate.vma.vm_mm, migrate.start, migrate.end,
    migrate_vma_walk_ops, migrate);

  mmu_notifier_invalidate_range_end(range);
  migrate.end = migrate.start + (migrate.npages << PAGE_SHIFT);
}

/** @locks requires page */
function migrate_vma_check_page(page: page): boolean {
  // The caller's own: of the isolation, or for a device page of migrate_vma_collect().
  let extra: int = 1;

  if (PageCompound(page))
    return false;

  if (is_zone_device_page(page)) {
    // A private page cannot be pinned, and a task that waits at its migration entry holds a
    // reference for a moment: refusing would let two tasks hold each other up for ever.
    return is_device_private_page(page);
  }

  if (page_mapping(page))
    extra += 1 + Number(page_has_private(page));

  if ((page_count(page) - extra) > page_mapcount(page))
    return false;

  return true;
}

/** @refs system page: the isolation's takes the place of the collect's; device page: keeps it
 *  @locks takes pages by trylock; those given up are released */
function migrate_vma_prepare(migrate: migrate_vma): void {
  const npages: unsigned_long = migrate.npages;
  const start: uaddr = migrate.start;
  let addr: uaddr, i: unsigned_long, restore: unsigned_long = 0;
  let allow_drain = true;

  lru_add_drain();

  for (i = 0; (i < npages) && migrate.cpages; i++) {
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);
    let remap = true;

    if (!page)
      continue;

    if (!(migrate.src[i] & MIGRATE_PFN_LOCKED)) {
      // Two migrations that wait for each other's pages would never end, so none waits.
      if (!trylock_page(page)) {
        migrate.src[i] = 0;
        migrate.cpages--;
        put_page(page);
        continue;
      }
      remap = false;
      migrate.src[i] |= MIGRATE_PFN_LOCKED;
    }

    if (!is_zone_device_page(page)) {
      if (!PageLRU(page) && allow_drain) {
        lru_add_drain_all();
        allow_drain = false;
      }

      if (isolate_lru_page(page)) {
        if (remap) {
          migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
          migrate.cpages--;
          restore++;
        } else {
          migrate.src[i] = 0;
          unlock_page(page);
          migrate.cpages--;
          put_page(page);
        }
        continue;
      }

      put_page(page);
    }

    if (!migrate_vma_check_page(page)) {
      if (remap) {
        migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
        migrate.cpages--;
        restore++;

        if (!is_zone_device_page(page)) {
          get_page(page);
          putback_lru_page(page);
        }
      } else {
        migrate.src[i] = 0;
        unlock_page(page);
        migrate.cpages--;

        if (!is_zone_device_page(page))
          putback_lru_page(page);
        else
          put_page(page);
      }
    }
  }

  for (i = 0, addr = start; i < npages && restore; i++, addr += PAGE_SIZE) {
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);

    if (!page || (migrate.src[i] & MIGRATE_PFN_MIGRATE))
      continue;

    remove_migration_pte(page, migrate.vma, addr, page);

    migrate.src[i] = 0;
    unlock_page(page);
    put_page(page);
    restore--;
  }
}

/** @refs page given up: consumes the migration's
 *  @locks requires the pages of src; releases those given up */
function migrate_vma_unmap(migrate: migrate_vma): void {
  const npages: unsigned_long = migrate.npages;
  const start: uaddr = migrate.start;
  let addr: uaddr, i: unsigned_long, restore: unsigned_long = 0;

  for (i = 0; i < npages; i++) {
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);

    if (!page || !(migrate.src[i] & MIGRATE_PFN_MIGRATE))
      continue;

    restore: {
      if (page_mapped(page)) {
        try_to_migrate(page, 0);
        if (page_mapped(page))
          break restore;
      }

      if (migrate_vma_check_page(page))
        continue;

    }
    migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
    migrate.cpages--;
    restore++;
  }

  for (addr = start, i = 0; i < npages && restore; addr += PAGE_SIZE, i++) {
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);

    if (!page || (migrate.src[i] & MIGRATE_PFN_MIGRATE))
      continue;

    remove_migration_ptes(page, page, false);

    migrate.src[i] = 0;
    unlock_page(page);
    restore--;

    if (is_zone_device_page(page))
      put_page(page);
    else
      putback_lru_page(page);
  }
}

/** Collects, locks, isolates and unmaps what can move; 0 also when nothing can.
 *  @refs each page left in src: takes one
 *  @locks requires mmap_lock(read); returns with the pages left in src locked */
export function migrate_vma_setup(args: migrate_vma): int {
  const nr_pages: long = (args.end - args.start) >> PAGE_SHIFT;

  args.start &= PAGE_MASK;
  args.end &= PAGE_MASK;
  if (!args.vma || is_vm_hugetlb_page(args.vma) ||
      (args.vma.vm_flags & VM_SPECIAL) || vma_is_dax(args.vma))
    return -EINVAL;
  if (nr_pages <= 0)
    return -EINVAL;
  if (args.start < args.vma.vm_start ||
      args.start >= args.vma.vm_end)
    return -EINVAL;
  if (args.end <= args.vma.vm_start || args.end > args.vma.vm_end)
    return -EINVAL;
  if (!args.src || !args.dst)
    return -EINVAL;

  memset(args.src, 0, nr_pages);
  args.cpages = 0;
  args.npages = 0;

  migrate_vma_collect(args);

  if (args.cpages)
    migrate_vma_prepare(args);
  if (args.cpages)
    migrate_vma_unmap(args);

  return 0;

}

/** Maps a new page where nothing, or the zero page, is mapped.
 *  @refs page: takes one for the entry
 *  @locks requires mmap_lock(read), page; takes ptl */
function migrate_vma_insert_page(migrate: migrate_vma,
  addr: uaddr,
  page: page,
  src: Ref<migrate_pfn_t>): void {
  const vma: vm_area_struct = migrate.vma;
  const mm: mm_struct = vma.vm_mm;
  let flush = false;
  const ptl: Ref<spinlock_t> = { v: null };
  let entry: pte_t;
  let pgdp: pgd_cell;
  let p4dp: p4d_cell;
  let pudp: pud_cell;
  let pmdp: pmd_cell;
  let ptep: pte_cell;

  abort: { unlock_abort: {
    if (!vma_is_anonymous(vma))
      break abort;

    pgdp = pgd_offset(mm, addr);
    p4dp = p4d_alloc(mm, pgdp, addr);
    if (!p4dp)
      break abort;
    pudp = pud_alloc(mm, p4dp, addr);
    if (!pudp)
      break abort;
    pmdp = pmd_alloc(mm, pudp, addr);
    if (!pmdp)
      break abort;

    if (pmd_trans_huge(Pmd(pmdp)) || pmd_devmap(Pmd(pmdp)))
      break abort;

    if (pte_alloc(mm, pmdp))
      break abort;

    if (pmd_trans_unstable(pmdp))
      break abort;

    if (anon_vma_prepare(vma))
      break abort;
    if (mem_cgroup_charge(page, vma.vm_mm, GFP_KERNEL))
      break abort;

    __SetPageUptodate(page);

    if (is_zone_device_page(page)) {
      if (is_device_private_page(page)) {
        let swp_entry: swp_entry_t;

        if (vma.vm_flags & VM_WRITE)
          swp_entry = make_writable_device_private_entry(
            page_to_pfn(page));
        else
          swp_entry = make_readable_device_private_entry(
            page_to_pfn(page));
        entry = swp_entry_to_pte(swp_entry);
      } else {
        pr_warn_once('Unsupported ZONE_DEVICE page type.\n');
        break abort;
      }
    } else {
      entry = mk_pte(page, vma.vm_page_prot);
      if (vma.vm_flags & VM_WRITE)
        entry = pte_mkwrite(pte_mkdirty(entry));
    }

    ptep = pte_offset_map_lock(mm, pmdp, addr, ptl);

    if (check_stable_address_space(mm))
      break unlock_abort;

    if (pte_present(Pte(ptep))) {
      const pfn: pfn_nr = pte_pfn(Pte(ptep));

      if (!is_zero_pfn(pfn))
        break unlock_abort;
      flush = true;
    } else if (!pte_none(Pte(ptep)))
      break unlock_abort;

    if (userfaultfd_missing(vma))
      break unlock_abort;

    inc_mm_counter(mm, MM_ANONPAGES);
    page_add_new_anon_rmap(page, vma, addr, false);
    if (!is_zone_device_page(page))
      lru_cache_add_inactive_or_unevictable(page, vma);
    get_page(page);

    if (flush) {
      ptep_clear_flush_notify(vma, addr, ptep);
      set_pte_at_notify(mm, addr, ptep, entry);
      update_mmu_cache(vma, addr, ptep);
    } else {
      set_pte_at(mm, addr, ptep, entry);
      update_mmu_cache(vma, addr, ptep);
    }

    pte_unmap_unlock(ptep, ptl.v);
    src.v = MIGRATE_PFN_MIGRATE;
    return;

  }
    pte_unmap_unlock(ptep, ptl.v);
  }
  src.v &= ~MIGRATE_PFN_MIGRATE;
}

/** What did not move has MIGRATE_PFN_MIGRATE cleared in src.
 *  @locks requires mmap_lock(read), the pages of src and dst */
export function migrate_vma_pages(migrate: migrate_vma): void {
  const npages: unsigned_long = migrate.npages;
  const start: uaddr = migrate.start;
  const range = Init(mmu_notifier_range, {});
  let addr: uaddr, i: unsigned_long;
  let notified = false;

  for (i = 0, addr = start; i < npages; addr += PAGE_SIZE, i++) {
    const newpage: page | null = migrate_pfn_to_page(migrate.dst[i]);
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);
    let mapping: address_space | null;
    let r: int;

    if (!newpage) {
      migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
      continue;
    }

    if (!page) {
      if (!(migrate.src[i] & MIGRATE_PFN_MIGRATE))
        continue;
      if (!notified) {
        notified = true;

        mmu_notifier_range_init_owner(range,
          MMU_NOTIFY_MIGRATE, 0, migrate.vma,
          migrate.vma.vm_mm, addr, migrate.end,
          migrate.pgmap_owner);
        mmu_notifier_invalidate_range_start(range);
      }
      migrate_vma_insert_page(migrate, addr, newpage,
        FieldRef(migrate.src, i));
      continue;
    }

    mapping = page_mapping(page);

    if (is_zone_device_page(newpage)) {
      if (is_device_private_page(newpage)) {
        // Private device memory is for anonymous pages only.
        if (mapping) {
          migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
          continue;
        }
      } else {
        migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
        continue;
      }
    }

    r = migrate_page(mapping, newpage, page, MIGRATE_SYNC_NO_COPY);
    if (r !== MIGRATEPAGE_SUCCESS)
      migrate.src[i] &= ~MIGRATE_PFN_MIGRATE;
  }

  // invalidate_range was called where the zero page's entry was cleared.
  if (notified)
    mmu_notifier_invalidate_range_only_end(range);
}

/** @refs the pages of src and dst: consumes the migration's
 *  @locks requires mmap_lock(read); releases the pages of src and dst */
export function migrate_vma_finalize(migrate: migrate_vma): void {
  const npages: unsigned_long = migrate.npages;
  let i: unsigned_long;

  for (i = 0; i < npages; i++) {
    let newpage: page | null = migrate_pfn_to_page(migrate.dst[i]);
    const page: page | null = migrate_pfn_to_page(migrate.src[i]);

    if (!page) {
      if (newpage) {
        unlock_page(newpage);
        put_page(newpage);
      }
      continue;
    }

    if (!(migrate.src[i] & MIGRATE_PFN_MIGRATE) || !newpage) {
      if (newpage) {
        unlock_page(newpage);
        put_page(newpage);
      }
      newpage = page;
    }

    remove_migration_ptes(page, newpage, false);
    unlock_page(page);

    if (is_zone_device_page(page))
      put_page(page);
    else
      putback_lru_page(page);

    if (newpage !== page) {
      unlock_page(newpage);
      if (is_zone_device_page(newpage))
        put_page(newpage);
      else
        putback_lru_page(newpage);
    }
  }
}
//#endif
//#endif
