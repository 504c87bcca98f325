// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/rmap.c for anonymous pages: anon_vmas, mapcounts, walks over all mappings of a page,
// and what such walks do: migration and device-exclusive entries. Not needed and left out:
// batched unmap flushes, page_address_in_vma, mm_find_pmd, page_referenced, page_mkclean,
// try_to_unmap, page_mlock, and the walks over KSM and file pages.

import { notModelled, unreachable } from '../arch/model/marks.ts';
import { per_machine } from '../arch/model/machine.ts';
import { page_to_pfn, Memmap_at } from '../arch/model/memory.ts';
import {
  Pte,
  PAGE_SHIFT, PAGE_SIZE, pte_dirty, pte_pfn, pte_present, pte_soft_dirty, pte_swp_mksoft_dirty,
  pte_swp_mkuffd_wp, pte_swp_soft_dirty, pte_swp_uffd_wp, pte_uffd_wp, pte_write, set_pte_at,
} from '../arch/model/pgtable.ts';
import { Tagged, Untagged } from '../arch/model/words.ts';
import {
  atomic_add_negative, atomic_dec_and_test, atomic_inc_and_test, atomic_inc_not_zero, atomic_read, atomic_set,
} from '../include/linux/atomic.ts';
import { BUG_ON, WARN_ON_ONCE } from '../include/linux/bug.ts';
import { EFAULT, ENOMEM } from '../include/linux/errno.ts';
import { GFP_KERNEL, GFP_NOWAIT, __GFP_NOWARN } from '../include/linux/gfp.ts';
import { deferred_split_huge_page, thp_nr_pages } from '../include/linux/huge_mm.ts';
import { might_sleep, min } from '../include/linux/kernel.ts';
import {
  Next, Prev, list_add, list_del, list_for_each_entry_reverse, list_for_each_entry_safe,
} from '../include/linux/list.ts';
import { lock_page_memcg, unlock_page_memcg } from '../include/linux/memcontrol.ts';
import {
  FOLL_GET, FOLL_SPLIT_PMD, FOLL_WRITE, is_device_private_page, is_zone_device_page, page_mapcount, page_size,
  put_page, update_hiwater_rss, vma_is_temporary_stack, anon_vma_interval_tree_foreach,
} from '../include/linux/mm.ts';
import { anon_mapping as anon_mapping_struct } from '../include/linux/mm_types.ts';
import { VM_BUG_ON, VM_BUG_ON_PAGE, VM_BUG_ON_VMA, VM_WARN_ON } from '../include/linux/mmdebug.ts';
import {
  MMU_NOTIFY_CLEAR, MMU_NOTIFY_EXCLUSIVE, mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start,
  mmu_notifier_range, mmu_notifier_range_init, mmu_notifier_range_init_owner,
} from '../include/linux/mmu_notifier.ts';
import { NR_ANON_MAPPED, NR_FILE_MAPPED } from '../include/linux/mmzone.ts';
import {
  PAGE_MAPPING_ANON, PAGE_MAPPING_FLAGS, PageAnon, PageHWPoison, PageHead, PageHuge, PageKsm, PageLocked, PageMlocked,
  PageTail, PageTransCompound, PageTransHuge, __SetPageSwapBacked, compound_head, ulong,
} from '../include/linux/page-flags.ts';
import { linear_page_index, page_to_pgoff, trylock_page } from '../include/linux/pagemap.ts';
import { arch_unmap_one, pte_unused } from '../include/linux/pgtable.ts';
import { RB_EMPTY_ROOT } from '../include/linux/rbtree.ts';
import { rcu_read_lock, rcu_read_unlock } from '../include/linux/rcupdate.ts';
import {
  PVMW_SYNC, RMAP_COMPOUND, RMAP_EXCLUSIVE, TTU_RMAP_LOCKED, TTU_SPLIT_HUGE_PMD, TTU_SYNC,
  anon_vma as anon_vma_struct, anon_vma_chain as anon_vma_chain_struct, anon_vma_lock_read, anon_vma_lock_write,
  anon_vma_unlock_read, anon_vma_unlock_write, get_anon_vma, page_vma_mapped_walk as page_vma_mapped_walk_struct,
  page_vma_mapped_walk_done, put_anon_vma, rmap_walk_control,
} from '../include/linux/rmap.ts';
import { down_read_trylock, down_write, rwsem_is_locked, up_read, up_write } from '../include/linux/rwsem.ts';
import { cond_resched } from '../include/linux/sched.ts';
import { kmem_cache_alloc, kmem_cache_create, kmem_cache_free, SLAB_TYPESAFE_BY_RCU } from '../include/linux/slab.ts';
import { spin_lock, spin_unlock } from '../include/linux/spinlock.ts';
import {
  make_readable_device_exclusive_entry, make_readable_migration_entry, make_writable_device_exclusive_entry,
  make_writable_migration_entry, swp_entry_to_pte,
} from '../include/linux/swapops.ts';
import { Init } from '../include/linux/types.ts';
import { userfaultfd_armed } from '../include/linux/userfaultfd_k.ts';
import { __dec_lruvec_page_state, __mod_lruvec_page_state } from '../include/linux/vmstat.ts';
import { unlock_page } from './filemap.ts';
import { get_user_pages_remote } from './gup.ts';
import { vma_address, vma_address_end } from './internal.ts';
import {
  anon_vma_interval_tree_insert, anon_vma_interval_tree_iter_next,
  anon_vma_interval_tree_remove,
} from './interval_tree.ts';
import { clear_page_mlock } from './mlock.ts';
import { find_mergeable_anon_vma } from './mmap.ts';
import { set_page_dirty } from './page-writeback.ts';
import { page_vma_mapped_walk } from './page_vma_mapped.ts';
import { ptep_clear_flush } from './pgtable-generic.ts';
import { page_anon_vma, page_mapped, page_mapping } from './util.ts';
import type { address_space } from '../include/linux/fs.ts';
import type { mm_struct, page, vm_area_struct } from '../include/linux/mm_types.ts';
import type { anon_vma, anon_vma_chain } from '../include/linux/rmap.ts';
import type { gfp_t, int, long, pgoff_t, pte_t, swp_entry_t, ttu_flags, uaddr } from '../include/linux/types.ts';

const anon_vma_cachep = per_machine(() => kmem_cache_create('anon_vma', () => new anon_vma_struct(), SLAB_TYPESAFE_BY_RCU), 'anon_vma_cachep');
const anon_vma_chain_cachep = per_machine(() => kmem_cache_create('anon_vma_chain', () => new anon_vma_chain_struct()), 'anon_vma_chain_cachep');

/** @refs returns (anon_vma) */
function anon_vma_alloc(): anon_vma | null {
  let anon_vma: anon_vma | null;

  anon_vma = kmem_cache_alloc(anon_vma_cachep(), GFP_KERNEL);
  if (anon_vma) {
    atomic_set(anon_vma.refcount, 1);
    anon_vma.degree = 1;
    anon_vma.parent = anon_vma;
    anon_vma.root = anon_vma;
  }

  return anon_vma;
}

function anon_vma_free(anon_vma: anon_vma): void {
  VM_BUG_ON(atomic_read(anon_vma.refcount));

  // Whoever took the lock of a root that has gone meanwhile leaves before the root is freed.
  might_sleep();
  if (rwsem_is_locked(anon_vma.root.rwsem)) {
    anon_vma_lock_write(anon_vma);
    anon_vma_unlock_write(anon_vma);
  }

  kmem_cache_free(anon_vma_cachep(), anon_vma);
}

function anon_vma_chain_alloc(gfp: gfp_t): anon_vma_chain | null {
  return kmem_cache_alloc(anon_vma_chain_cachep(), gfp);
}

function anon_vma_chain_free(anon_vma_chain: anon_vma_chain): void {
  kmem_cache_free(anon_vma_chain_cachep(), anon_vma_chain);
}

/** @locks requires anon_vma root(write) */
function anon_vma_chain_link(vma: vm_area_struct, avc: anon_vma_chain, anon_vma: anon_vma): void {
  avc.vma = vma;
  avc.anon_vma = anon_vma;
  list_add(avc.same_vma, vma.anon_vma_chain);
  anon_vma_interval_tree_insert(avc, anon_vma.rb_root);
}

/** @locks requires mmap_lock(read) */
export function __anon_vma_prepare(vma: vm_area_struct): int {
  const mm: mm_struct = vma.vm_mm;
  let anon_vma: anon_vma | null, allocated: anon_vma | null;
  let avc: anon_vma_chain | null;

  might_sleep();

  out_enomem: {
    out_enomem_free_avc: {
      avc = anon_vma_chain_alloc(GFP_KERNEL);
      if (!avc)
        break out_enomem;

      anon_vma = find_mergeable_anon_vma(vma);
      allocated = null;
      if (!anon_vma) {
        anon_vma = anon_vma_alloc();
        if (!anon_vma)
          break out_enomem_free_avc;
        allocated = anon_vma;
      }

      anon_vma_lock_write(anon_vma);
      spin_lock(mm.page_table_lock);
      if (!vma.anon_vma) {
        vma.anon_vma = anon_vma;
        anon_vma_chain_link(vma, avc, anon_vma);
        // For the vma, or for the new root that is its own parent.
        anon_vma.degree++;
        allocated = null;
        avc = null;
      }
      spin_unlock(mm.page_table_lock);
      anon_vma_unlock_write(anon_vma);

      if (allocated)
        put_anon_vma(allocated);
      if (avc)
        anon_vma_chain_free(avc);

      return 0;
    }
    anon_vma_chain_free(avc);
  }
  return -ENOMEM;
}

/** @locks returns with anon_vma root(write) */
function lock_anon_vma_root(root: anon_vma | null, anon_vma: anon_vma): anon_vma {
  const new_root: anon_vma = anon_vma.root;
  if (new_root !== root) {
    if (WARN_ON_ONCE(root))
      up_write(root.rwsem);
    root = new_root;
    down_write(root.rwsem);
  }
  return root;
}

function unlock_anon_vma_root(root: anon_vma | null): void {
  if (root)
    up_write(root.rwsem);
}

/** @locks requires mmap_lock(write) of both vmas' mms */
export function anon_vma_clone(dst: vm_area_struct, src: vm_area_struct): int {
  let avc: anon_vma_chain | null, pavc: anon_vma_chain | null;
  let root: anon_vma | null = null;

  enomem_failure: {
    for (pavc = list_for_each_entry_reverse(src.anon_vma_chain); pavc; pavc = Prev(pavc.same_vma)) {
      let anon_vma: anon_vma;

      avc = anon_vma_chain_alloc(GFP_NOWAIT | __GFP_NOWARN);
      if (!avc) {
        unlock_anon_vma_root(root);
        root = null;
        avc = anon_vma_chain_alloc(GFP_KERNEL);
        if (!avc)
          break enomem_failure;
      }
      anon_vma = pavc.anon_vma;
      root = lock_anon_vma_root(root, anon_vma);
      anon_vma_chain_link(dst, avc, anon_vma);

      // Only an anon_vma without a vma and with one child is used again: never the parent's own,
      // never a root.
      if (!dst.anon_vma && src.anon_vma &&
          anon_vma !== src.anon_vma && anon_vma.degree < 2)
        dst.anon_vma = anon_vma;
    }
    if (dst.anon_vma)
      dst.anon_vma.degree++;
    unlock_anon_vma_root(root);
    return 0;
  }
  // Its degree was not raised yet; unlink_anon_vmas would lower it.
  dst.anon_vma = null;
  unlink_anon_vmas(dst);
  return -ENOMEM;
}

/** @locks requires mmap_lock(write) of both vmas' mms */
export function anon_vma_fork(vma: vm_area_struct, pvma: vm_area_struct): int {
  let avc: anon_vma_chain | null;
  let anon_vma: anon_vma | null;
  let error: int;

  if (!pvma.anon_vma)
    return 0;

  vma.anon_vma = null;

  // The parent's anon_vmas first, so that pages not yet copied are found in the child.
  error = anon_vma_clone(vma, pvma);
  if (error)
    return error;

  if (vma.anon_vma)
    return 0;

  out_error: {
    out_error_free_anon_vma: {
      anon_vma = anon_vma_alloc();
      if (!anon_vma)
        break out_error;
      avc = anon_vma_chain_alloc(GFP_KERNEL);
      if (!avc)
        break out_error_free_anon_vma;

      anon_vma.root = pvma.anon_vma.root;
      anon_vma.parent = pvma.anon_vma;
      // The lock lives in the root, so the root stays as long as this one.
      get_anon_vma(anon_vma.root);
      vma.anon_vma = anon_vma;
      anon_vma_lock_write(anon_vma);
      anon_vma_chain_link(vma, avc, anon_vma);
      anon_vma.parent.degree++;
      anon_vma_unlock_write(anon_vma);

      return 0;
    }
    put_anon_vma(anon_vma);
  }
  unlink_anon_vmas(vma);
  return -ENOMEM;
}

/** @locks requires mmap_lock(write), or a vma that nobody finds any more */
export function unlink_anon_vmas(vma: vm_area_struct): void {
  let avc: anon_vma_chain | null, next: anon_vma_chain | null;
  let root: anon_vma | null = null;

  for (avc = list_for_each_entry_safe(vma.anon_vma_chain); avc; avc = next) {
    next = Next(avc.same_vma);
    const anon_vma: anon_vma = avc.anon_vma;

    root = lock_anon_vma_root(root, anon_vma);
    anon_vma_interval_tree_remove(avc, anon_vma.rb_root);

    // Empty ones stay on the list: they are freed below, outside the lock.
    if (RB_EMPTY_ROOT(anon_vma.rb_root.rb_root)) {
      anon_vma.parent.degree--;
      continue;
    }

    list_del(avc.same_vma);
    anon_vma_chain_free(avc);
  }
  if (vma.anon_vma) {
    vma.anon_vma.degree--;

    vma.anon_vma = null;
  }
  unlock_anon_vma_root(root);

  for (avc = list_for_each_entry_safe(vma.anon_vma_chain); avc; avc = next) {
    next = Next(avc.same_vma);
    const anon_vma: anon_vma = avc.anon_vma;

    VM_WARN_ON(anon_vma.degree);
    put_anon_vma(anon_vma);

    list_del(avc.same_vma);
    anon_vma_chain_free(avc);
  }
}

/** @refs page: borrows; returns (anon_vma, when not NULL) */
export function page_get_anon_vma(page: page): anon_vma | null {
  let anon_vma: anon_vma | null = null;
  let anon_mapping: anon_mapping_struct | address_space | null;

  rcu_read_lock();
  out: {
    anon_mapping = page.mapping;
    if ((ulong(anon_mapping) & PAGE_MAPPING_FLAGS) !== PAGE_MAPPING_ANON)
      break out;
    if (!page_mapped(page))
      break out;

    anon_vma = Untagged(anon_mapping);
    if (!atomic_inc_not_zero(anon_vma.refcount)) {
      anon_vma = null;
      break out;
    }

    // Only while the page is mapped its anon_vma is sure to be the one meant.
    if (!page_mapped(page)) {
      rcu_read_unlock();
      put_anon_vma(anon_vma);
      return null;
    }
  }
  rcu_read_unlock();

  return anon_vma;
}

/** @refs page: borrows
 *  @locks takes anon_vma root(read) (when not NULL) */
export function page_lock_anon_vma_read(page: page): anon_vma | null {
  let anon_vma: anon_vma | null = null;
  let root_anon_vma: anon_vma;
  let anon_mapping: anon_mapping_struct | address_space | null;

  rcu_read_lock();
  out: {
    anon_mapping = page.mapping;
    if ((ulong(anon_mapping) & PAGE_MAPPING_FLAGS) !== PAGE_MAPPING_ANON)
      break out;
    if (!page_mapped(page))
      break out;

    anon_vma = Untagged(anon_mapping);
    root_anon_vma = anon_vma.root;
    if (down_read_trylock(root_anon_vma.rwsem)) {
      // Still mapped, so still its anon_vma; the lock keeps it (anon_vma_free).
      if (!page_mapped(page)) {
        up_read(root_anon_vma.rwsem);
        anon_vma = null;
      }
      break out;
    }

    if (!atomic_inc_not_zero(anon_vma.refcount)) {
      anon_vma = null;
      break out;
    }

    if (!page_mapped(page)) {
      rcu_read_unlock();
      put_anon_vma(anon_vma);
      return null;
    }

    rcu_read_unlock();
    anon_vma_lock_read(anon_vma);

    if (atomic_dec_and_test(anon_vma.refcount)) {
      // The last reference: put_anon_vma would take the lock that is held here.
      anon_vma_unlock_read(anon_vma);
      __put_anon_vma(anon_vma);
      anon_vma = null;
    }

    return anon_vma;
  }
  rcu_read_unlock();
  return anon_vma;
}

export function page_unlock_anon_vma_read(anon_vma: anon_vma): void {
  anon_vma_unlock_read(anon_vma);
}

/** Reclaim alone batches the flushes of what it unmaps, and reclaim is not here. */
export function flush_tlb_batched_pending(_mm: mm_struct): void {
  notModelled('reclaim unmaps nothing, so no batched flush is ever pending');
}

/** @locks requires page, ptl */
export function page_move_anon_rmap(page: page, vma: vm_area_struct): void {
  const anon_vma: anon_vma = vma.anon_vma;

  page = compound_head(page);

  VM_BUG_ON_PAGE(!PageLocked(page), page);
  VM_BUG_ON_VMA(!anon_vma, vma);

  page.mapping = Tagged(anon_vma);
}

/** @locks requires ptl */
function __page_set_anon_rmap(page: page, vma: vm_area_struct, address: uaddr, exclusive: int): void {
  let anon_vma: anon_vma = vma.anon_vma;

  BUG_ON(!anon_vma);

  if (PageAnon(page))
    return;

  // A page that others may map, too, belongs to the oldest anon_vma there is.
  if (!exclusive)
    anon_vma = anon_vma.root;

  page.mapping = Tagged(anon_vma);
  page.index = linear_page_index(vma, address);
}

function __page_check_anon_rmap(page: page, vma: vm_area_struct, address: uaddr): void {
  VM_BUG_ON_PAGE(page_anon_vma(page).root !== vma.anon_vma.root, page);
  VM_BUG_ON_PAGE(page_to_pgoff(page) !== linear_page_index(vma, address), page);
}

/** @refs page: borrows (the caller's reference becomes the pte's)
 *  @locks requires page, ptl */
export function page_add_anon_rmap(page: page, vma: vm_area_struct, address: uaddr, compound: boolean): void {
  do_page_add_anon_rmap(page, vma, address, compound ? RMAP_COMPOUND : 0);
}

/** @locks requires page, ptl */
export function do_page_add_anon_rmap(page: page, vma: vm_area_struct, address: uaddr, flags: int): void {
  const compound: boolean = (flags & RMAP_COMPOUND) !== 0;
  let first: boolean;

  if (PageKsm(page))
    lock_page_memcg(page);
  else
    VM_BUG_ON_PAGE(!PageLocked(page), page);

  if (compound) {
    unreachable('THP');
  } else {
    first = atomic_inc_and_test(page._mapcount);
  }

  if (first) {
    const nr: int = compound ? thp_nr_pages(page) : 1;
    if (compound) unreachable('THP');
    __mod_lruvec_page_state(page, NR_ANON_MAPPED, nr);
  }

  if (PageKsm(page)) {
    unlock_page_memcg(page);
    return;
  }

  if (first)
    __page_set_anon_rmap(page, vma, address,
      flags & RMAP_EXCLUSIVE);
  else
    __page_check_anon_rmap(page, vma, address);
}

/** @locks requires ptl */
export function page_add_new_anon_rmap(page: page, vma: vm_area_struct, address: uaddr, compound: boolean): void {
  const nr: int = compound ? thp_nr_pages(page) : 1;

  VM_BUG_ON_VMA(address < vma.vm_start || address >= vma.vm_end, vma);
  __SetPageSwapBacked(page);
  if (compound) {
    unreachable('THP');
  } else {
    VM_BUG_ON_PAGE(PageTransCompound(page), page);
    // Nobody else counts mappings of a new page: a store, no read-modify-write.
    atomic_set(page._mapcount, 0);
  }
  __mod_lruvec_page_state(page, NR_ANON_MAPPED, nr);
  __page_set_anon_rmap(page, vma, address, 1);
}

/** @locks requires ptl */
export function page_add_file_rmap(page: page, compound: boolean): void {
  const nr: int = 1;

  VM_BUG_ON_PAGE(compound && !PageTransHuge(page), page);
  lock_page_memcg(page);
  out: {
    if (compound && PageTransHuge(page)) {
      unreachable('THP');
    } else {
      if (PageTransCompound(page) && page_mapping(page)) unreachable('THP');
      if (!atomic_inc_and_test(page._mapcount))
        break out;
    }
    __mod_lruvec_page_state(page, NR_FILE_MAPPED, nr);
  }
  unlock_page_memcg(page);
}

function page_remove_file_rmap(page: page, compound: boolean): void {
  const nr: int = 1;

  VM_BUG_ON_PAGE(compound && !PageHead(page), page);

  if (PageHuge(page)) unreachable('hugetlb');

  if (compound && PageTransHuge(page)) {
    unreachable('THP');
  } else {
    if (!atomic_add_negative(-1, page._mapcount))
      return;
  }

  __mod_lruvec_page_state(page, NR_FILE_MAPPED, -nr);

  if (PageMlocked(page))
    clear_page_mlock(page);
}

function page_remove_anon_compound_rmap(_page: page): void {
  unreachable('THP');
}

/** @refs page: borrows (the pte's reference stays, its mapcount goes)
 *  @locks requires ptl */
export function page_remove_rmap(page: page, compound: boolean): void {
  lock_page_memcg(page);

  out: {
    if (!PageAnon(page)) {
      page_remove_file_rmap(page, compound);
      break out;
    }

    if (compound) {
      page_remove_anon_compound_rmap(page);
      break out;
    }

    if (!atomic_add_negative(-1, page._mapcount))
      break out;

    __dec_lruvec_page_state(page, NR_ANON_MAPPED);

    if (PageMlocked(page))
      clear_page_mlock(page);

    if (PageTransCompound(page))
      deferred_split_huge_page(compound_head(page));

    // page.mapping stays: a fault on another CPU may be about to map the page again.
  }
  unlock_page_memcg(page);
}

function invalid_migration_vma(vma: vm_area_struct, _arg: unknown): boolean {
  return vma_is_temporary_stack(vma);
}

function page_not_mapped(page: page): boolean {
  return !page_mapped(page);
}

/** @refs page: borrows; drops the pte's
 *  @locks requires page, anon_vma root(read); takes ptl */
function try_to_migrate_one(page: page, vma: vm_area_struct, address: uaddr, arg: unknown): boolean {
  const mm: mm_struct = vma.vm_mm;
  const pvmw = Init(page_vma_mapped_walk_struct, {
    page: page,
    vma: vma,
    address: address,
  });
  let pteval: pte_t;
  let subpage: page | null;
  let ret: boolean = true;
  const range = Init(mmu_notifier_range, {});
  const flags = arg as ttu_flags;

  // Another CPU may be between clearing the pte and lowering the mapcount: TTU_SYNC waits for it.
  if (flags & TTU_SYNC)
    pvmw.flags = PVMW_SYNC;

  if (flags & TTU_SPLIT_HUGE_PMD) unreachable('THP');

  range.end = PageKsm(page) ?
    address + PAGE_SIZE : vma_address_end(page, vma);
  mmu_notifier_range_init(range, MMU_NOTIFY_CLEAR, 0, vma, vma.vm_mm,
    address, range.end);
  if (PageHuge(page)) unreachable('hugetlb');
  mmu_notifier_invalidate_range_start(range);

  while (page_vma_mapped_walk(pvmw)) {
    if (!pvmw.pte) unreachable('THP');

    VM_BUG_ON_PAGE(!pvmw.pte, page);

    subpage = Memmap_at(page, -page_to_pfn(page) + pte_pfn(Pte(pvmw.pte)));
    address = pvmw.address;

    if (PageHuge(page) && !PageAnon(page)) unreachable('hugetlb');

    pteval = ptep_clear_flush(vma, address, pvmw.pte);

    if (pte_dirty(pteval))
      set_page_dirty(page);

    update_hiwater_rss(mm);

    if (is_zone_device_page(page)) {
      let entry: swp_entry_t;
      let swp_pte: pte_t;

      entry = make_readable_migration_entry(
        page_to_pfn(page));
      swp_pte = swp_entry_to_pte(entry);

      // The old pte of a zone device page is taken for a swap pte.
      if (pte_swp_soft_dirty(pteval))
        swp_pte = pte_swp_mksoft_dirty(swp_pte);
      if (pte_swp_uffd_wp(pteval))
        swp_pte = pte_swp_mkuffd_wp(swp_pte);
      set_pte_at(mm, pvmw.address, pvmw.pte, swp_pte);
      // What pte_pfn made of a swap pte is no page.
      subpage = page;
    } else if (PageHWPoison(page)) {
      unreachable('memory failure');
    } else if (pte_unused(pteval) && !userfaultfd_armed(vma)) {
      unreachable('unused ptes exist on s390 only');
    } else {
      let entry: swp_entry_t;
      let swp_pte: pte_t;

      if (arch_unmap_one(mm, vma, address, pteval) < 0) {
        set_pte_at(mm, address, pvmw.pte, pteval);
        ret = false;
        page_vma_mapped_walk_done(pvmw);
        break;
      }

      if (pte_write(pteval))
        entry = make_writable_migration_entry(
          page_to_pfn(subpage));
      else
        entry = make_readable_migration_entry(
          page_to_pfn(subpage));

      swp_pte = swp_entry_to_pte(entry);
      if (pte_soft_dirty(pteval))
        swp_pte = pte_swp_mksoft_dirty(swp_pte);
      if (pte_uffd_wp(pteval))
        swp_pte = pte_swp_mkuffd_wp(swp_pte);
      set_pte_at(mm, address, pvmw.pte, swp_pte);
    }

    page_remove_rmap(subpage, PageHuge(page));
    put_page(page);
  }

  mmu_notifier_invalidate_range_end(range);

  return ret;
}

/** @refs page: borrows; drops those of the ptes that it replaces
 *  @locks requires page; takes anon_vma root(read) (unless TTU_RMAP_LOCKED), ptl */
export function try_to_migrate(page: page, flags: ttu_flags): void {
  const rwc = Init(rmap_walk_control, {
    rmap_one: try_to_migrate_one,
    arg: flags,
    done: page_not_mapped,
    anon_lock: page_lock_anon_vma_read,
  });

  if (WARN_ON_ONCE(flags & ~(TTU_RMAP_LOCKED | TTU_SPLIT_HUGE_PMD |
      TTU_SYNC)))
    return;

  if (is_zone_device_page(page) && !is_device_private_page(page))
    return;

  // exec moves its stack without moving the ptes at once; such a vma is no place to look.
  if (!PageKsm(page) && PageAnon(page))
    rwc.invalid_vma = invalid_migration_vma;

  if (flags & TTU_RMAP_LOCKED)
    rmap_walk_locked(page, rwc);
  else
    rmap_walk(page, rwc);
}

//#if DEVICE_PRIVATE
class make_exclusive_args {
  mm: mm_struct | null = null;
  address: uaddr = 0;
  owner: object | null = null;
  valid: boolean = false;
}

/** @refs page: borrows; the pte's reference passes to the entry
 *  @locks requires page, anon_vma root(read); takes ptl */
function page_make_device_exclusive_one(page: page, vma: vm_area_struct, address: uaddr, priv: unknown): boolean {
  const mm: mm_struct = vma.vm_mm;
  const pvmw = Init(page_vma_mapped_walk_struct, {
    page: page,
    vma: vma,
    address: address,
  });
  const args = priv as make_exclusive_args;
  let pteval: pte_t;
  let subpage: page | null;
  let ret: boolean = true;
  const range = Init(mmu_notifier_range, {});
  let entry: swp_entry_t;
  let swp_pte: pte_t;

  mmu_notifier_range_init_owner(range, MMU_NOTIFY_EXCLUSIVE, 0, vma,
    vma.vm_mm, address, min(vma.vm_end,
      address + page_size(page)), args.owner);
  mmu_notifier_invalidate_range_start(range);

  while (page_vma_mapped_walk(pvmw)) {
    VM_BUG_ON_PAGE(!pvmw.pte, page);

    if (!pte_present(Pte(pvmw.pte))) {
      ret = false;
      page_vma_mapped_walk_done(pvmw);
      break;
    }

    subpage = Memmap_at(page, -page_to_pfn(page) + pte_pfn(Pte(pvmw.pte)));
    address = pvmw.address;

    pteval = ptep_clear_flush(vma, address, pvmw.pte);

    if (pte_dirty(pteval))
      set_page_dirty(page);

    // Only the mapping that was asked for, and only if it could be written.
    if (args.mm === mm && args.address === address &&
        pte_write(pteval))
      args.valid = true;

    if (pte_write(pteval))
      entry = make_writable_device_exclusive_entry(
        page_to_pfn(subpage));
    else
      entry = make_readable_device_exclusive_entry(
        page_to_pfn(subpage));
    swp_pte = swp_entry_to_pte(entry);
    if (pte_soft_dirty(pteval))
      swp_pte = pte_swp_mksoft_dirty(swp_pte);
    if (pte_uffd_wp(pteval))
      swp_pte = pte_swp_mkuffd_wp(swp_pte);

    set_pte_at(mm, address, pvmw.pte, swp_pte);

    // No put_page: the entry keeps the reference of the pte.
    page_remove_rmap(subpage, false);
  }

  mmu_notifier_invalidate_range_end(range);

  return ret;
}

/** @refs page: borrows
 *  @locks requires page; takes anon_vma root(read) */
function page_make_device_exclusive(page: page, mm: mm_struct, address: uaddr, owner: object | null): boolean {
  const args = Init(make_exclusive_args, {
    mm: mm,
    address: address,
    owner: owner,
    valid: false,
  });
  const rwc = Init(rmap_walk_control, {
    rmap_one: page_make_device_exclusive_one,
    done: page_not_mapped,
    anon_lock: page_lock_anon_vma_read,
    arg: args,
  });

  if (!PageAnon(page) || PageTail(page))
    return false;

  rmap_walk(page, rwc);

  return args.valid && !page_mapcount(page);
}

/** @refs returns (pages[i], when not NULL)
 *  @locks requires mmap_lock(read) of mm; returns with page of each pages[i] */
export function make_device_exclusive_range(mm: mm_struct, start: uaddr, end: uaddr, pages: (page | null)[], owner: object | null): int {
  let npages: long = (end - start) >> PAGE_SHIFT;
  let i: long;

  npages = get_user_pages_remote(mm, start, npages,
    FOLL_GET | FOLL_WRITE | FOLL_SPLIT_PMD,
    pages, null, null);
  if (npages < 0)
    return Number(npages);

  for (i = 0; i < npages; i++, start += PAGE_SIZE) {
    if (!trylock_page(pages[i])) {
      put_page(pages[i]);
      pages[i] = null;
      continue;
    }

    if (!page_make_device_exclusive(pages[i], mm, start, owner)) {
      unlock_page(pages[i]);
      put_page(pages[i]);
      pages[i] = null;
    }
  }

  return Number(npages);
}
//#endif

/** @refs anon_vma: the last reference has gone; drops that on its root */
export function __put_anon_vma(anon_vma: anon_vma): void {
  const root: anon_vma = anon_vma.root;

  anon_vma_free(anon_vma);
  if (root !== anon_vma && atomic_dec_and_test(root.refcount))
    anon_vma_free(root);
}

/** @locks takes anon_vma root(read) (when not NULL) */
function rmap_walk_anon_lock(page: page, rwc: rmap_walk_control): anon_vma | null {
  let anon_vma: anon_vma | null;

  if (rwc.anon_lock)
    return rwc.anon_lock(page);

  // remove_migration_ptes walks pages that are not mapped: page_lock_anon_vma_read would say no.
  anon_vma = page_anon_vma(page);
  if (!anon_vma)
    return null;

  anon_vma_lock_read(anon_vma);
  return anon_vma;
}

/** @locks takes anon_vma root(read) unless locked */
function rmap_walk_anon(page: page, rwc: rmap_walk_control, locked: boolean): void {
  let anon_vma: anon_vma | null;
  let pgoff_start: pgoff_t, pgoff_end: pgoff_t;
  let avc: anon_vma_chain | null;

  if (locked) {
    anon_vma = page_anon_vma(page);
    VM_BUG_ON_PAGE(!anon_vma, page);
  } else {
    anon_vma = rmap_walk_anon_lock(page, rwc);
  }
  if (!anon_vma)
    return;

  pgoff_start = page_to_pgoff(page);
  pgoff_end = pgoff_start + thp_nr_pages(page) - 1;
  for (avc = anon_vma_interval_tree_foreach(anon_vma.rb_root, pgoff_start, pgoff_end); avc;
    avc = anon_vma_interval_tree_iter_next(avc, pgoff_start, pgoff_end)) {
    const vma: vm_area_struct = avc.vma;
    const address: uaddr = vma_address(page, vma);

    VM_BUG_ON_VMA(address === -EFAULT, vma);
    cond_resched();

    if (rwc.invalid_vma && rwc.invalid_vma(vma, rwc.arg))
      continue;

    if (!rwc.rmap_one(page, vma, address, rwc.arg))
      break;
    if (rwc.done && rwc.done(page))
      break;
  }

  if (!locked)
    anon_vma_unlock_read(anon_vma);
}

function rmap_walk_file(page: page, _rwc: rmap_walk_control, _locked: boolean): void {
  const mapping = page_mapping(page);

  VM_BUG_ON_PAGE(!PageLocked(page), page);

  if (!mapping)
    return;

  unreachable('file pages');
}

/** @refs page: borrows
 *  @locks takes anon_vma root(read) */
export function rmap_walk(page: page, rwc: rmap_walk_control): void {
  if (PageKsm(page))
    unreachable('KSM');
  else if (PageAnon(page))
    rmap_walk_anon(page, rwc, false);
  else
    rmap_walk_file(page, rwc, false);
}

/** @refs page: borrows
 *  @locks requires anon_vma root */
export function rmap_walk_locked(page: page, rwc: rmap_walk_control): void {
  VM_BUG_ON_PAGE(PageKsm(page), page);
  if (PageAnon(page))
    rmap_walk_anon(page, rwc, true);
  else
    rmap_walk_file(page, rwc, true);
}
