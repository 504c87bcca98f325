// SPDX-License-Identifier: GPL-2.0-only
// Those who come by a page without being asked, each as the kernel's own does: KSM, which looks a page
// up and waits while it is migrated; the idle-page bitmap, which asks every mapping of a page without
// any lock of a process; move_pages(), which has let go of mmap_lock by the time it migrates; and who
// keeps an anon_vma, or takes a page off its list, for a moment. Nothing of what they find out is
// theirs to report, so only what they do on the way stands here.

import { IS_ERR_OR_NULL } from '../../include/linux/err.ts';
import { ENOENT } from '../../include/linux/errno.ts';
import { GFP_HIGHUSER_MOVABLE } from '../../include/linux/gfp.ts';
import { thp_nr_pages } from '../../include/linux/huge_mm.ts';
import { LIST_HEAD, list_add_tail } from '../../include/linux/list.ts';
import { alloc_migration_target, migrate_pages, MR_SYSCALL, putback_movable_pages } from '../../include/linux/migrate.ts';
import { MIGRATE_SYNC } from '../../include/linux/migrate_mode.ts';
import { FOLL_DUMP, FOLL_GET, FOLL_MIGRATION, FOLL_REMOTE, page_pgdat, put_page, vma_lookup } from '../../include/linux/mm.ts';
import { page_is_file_lru } from '../../include/linux/mm_inline.ts';
import { mmap_read_lock, mmap_read_unlock } from '../../include/linux/mmap_lock.ts';
import { NR_ISOLATED_ANON } from '../../include/linux/mmzone.ts';
import { NUMA_NO_NODE } from '../../include/linux/numa.ts';
import { page_vma_mapped_walk as page_vma_mapped_walk_struct, put_anon_vma, rmap_walk_control } from '../../include/linux/rmap.ts';
import { mod_node_page_state } from '../../include/linux/vmstat.ts';
import { follow_page } from '../../mm/gup.ts';
import { migration_target_control } from '../../mm/internal.ts';
import { page_vma_mapped_walk } from '../../mm/page_vma_mapped.ts';
import { page_get_anon_vma, page_lock_anon_vma_read, rmap_walk } from '../../mm/rmap.ts';
import { lru_add_drain } from '../../mm/swap.ts';
import { isolate_lru_page, putback_lru_page } from '../../mm/vmscan.ts';
import { page_mapped, page_rmapping } from '../../mm/util.ts';
import type { mm_struct, page, vm_area_struct } from '../../include/linux/mm_types.ts';
import type { anon_vma } from '../../include/linux/rmap.ts';
import { Init, type foll_flags, type int, type uaddr } from '../../include/linux/types.ts';

/** @refs returns
 *  @locks requires mmap_lock(read) */
function page_at(mm: mm_struct, addr: uaddr, foll_flags: foll_flags): page | null {
  const vma: vm_area_struct | null = vma_lookup(mm, addr);

  if (!vma)
    return null;
  const page = follow_page(vma, addr, foll_flags);
  return IS_ERR_OR_NULL(page) ? null : page;
}

/** mm/ksm.c, break_ksm, for a page that is not KSM's: one that is being migrated is waited for.
 *  @locks takes and releases mmap_lock(read) */
export function model_ksm_look(mm: mm_struct, addr: uaddr): void {
  mmap_read_lock(mm);
  const page = page_at(mm, addr, FOLL_GET | FOLL_MIGRATION | FOLL_REMOTE);
  if (page)
    put_page(page);
  mmap_read_unlock(mm);
}

/** page_idle_clear_pte_refs_one, but for the accessed bits that it is after.
 *  @locks takes and releases ptl */
function model_idle_one(page: page, vma: vm_area_struct, addr: uaddr, _arg: unknown): boolean {
  const pvmw = Init(page_vma_mapped_walk_struct, {
    page: page,
    vma: vma,
    address: addr,
  });
  let mapped: int = 0;

  while (page_vma_mapped_walk(pvmw))
    mapped++;
  return true;
}

/** mm/page_idle.c, page_idle_clear_pte_refs, by somebody who has a reference and nothing else.
 *  @locks takes and releases anon_vma root(read) */
export function model_idle_look(mm: mm_struct, addr: uaddr): void {
  const rwc = Init(rmap_walk_control, {
    rmap_one: model_idle_one,
    anon_lock: page_lock_anon_vma_read,
  });

  mmap_read_lock(mm);
  const page = page_at(mm, addr, FOLL_GET | FOLL_DUMP);
  mmap_read_unlock(mm);
  if (!page)
    return;
  if (page_mapped(page) && page_rmapping(page))
    rmap_walk(page, rwc);
  put_page(page);
}

/** What keeps the anon_vma of a page through a migration or a split, taken and dropped
 *  (mm/migrate.c, __unmap_and_move; mm/huge_memory.c, split_huge_page_to_list). */
export function model_anon_vma_briefly(mm: mm_struct, addr: uaddr): void {
  let anon_vma: anon_vma | null;

  mmap_read_lock(mm);
  const page = page_at(mm, addr, FOLL_GET | FOLL_DUMP);
  mmap_read_unlock(mm);
  if (!page)
    return;
  anon_vma = page_get_anon_vma(page);
  if (anon_vma)
    put_anon_vma(anon_vma);
  put_page(page);
}

/** Off the LRU list and back on it, as mm/mlock.c does it to a page that may be on the wrong one. */
export function model_isolate_briefly(mm: mm_struct, addr: uaddr): int {
  let err: int = -ENOENT;

  mmap_read_lock(mm);
  const page = page_at(mm, addr, FOLL_GET | FOLL_DUMP);
  mmap_read_unlock(mm);
  if (!page)
    return err;
  err = isolate_lru_page(page);
  if (!err)
    putback_lru_page(page);
  put_page(page);
  /* not only in this CPU's pagevec */
  lru_add_drain();
  return err;
}

/** mm/migrate.c, add_page_for_migration and do_move_pages_to_node: mmap_lock is let go of in between.
 *  @locks takes and releases mmap_lock(read) */
export function model_move_page(mm: mm_struct, addr: uaddr): int {
  const pagelist = LIST_HEAD<page>();
  const mtc = Init(migration_target_control, {
    nid: NUMA_NO_NODE,
    gfp_mask: GFP_HIGHUSER_MOVABLE,
  });
  let err: int;

  mmap_read_lock(mm);
  const page = page_at(mm, addr, FOLL_GET | FOLL_DUMP);
  if (!page) {
    mmap_read_unlock(mm);
    return -ENOENT;
  }
  err = isolate_lru_page(page);
  if (!err) {
    list_add_tail(page.lru, pagelist);
    mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON + page_is_file_lru(page), thp_nr_pages(page));
  }
  put_page(page);
  mmap_read_unlock(mm);
  if (err)
    return err;

  err = migrate_pages(pagelist, alloc_migration_target, null, mtc, MIGRATE_SYNC, MR_SYSCALL, null);
  if (err)
    putback_movable_pages(pagelist);
  return err;
}
