// SPDX-License-Identifier: GPL-2.0-only
// A small driver that holds on to user memory, in the way of mm/gup_test.c: by each entry of GUP,
// for as long as it likes. Beside it the strangers of a scenario: somebody who takes a plain
// reference, somebody who has a page isolated for a while.

import { IS_ERR_OR_NULL } from '../../include/linux/err.ts';
import { thp_nr_pages } from '../../include/linux/huge_mm.ts';
import { FOLL_DUMP, FOLL_GET, FOLL_PIN, put_page, vma_lookup } from '../../include/linux/mm.ts';
import { page_is_file_lru } from '../../include/linux/mm_inline.ts';
import { mmap_read_lock, mmap_read_unlock } from '../../include/linux/mmap_lock.ts';
import { lock_page, unlock_page } from '../../include/linux/pagemap.ts';
import { NR_ISOLATED_ANON } from '../../include/linux/mmzone.ts';
import { page_pgdat } from '../../include/linux/mm.ts';
import { mod_node_page_state } from '../../include/linux/vmstat.ts';
import { current } from '../../arch/model/machine.ts';
import {
  follow_page, get_user_pages, get_user_pages_fast, get_user_pages_remote, get_user_pages_unlocked, pin_user_pages,
  pin_user_pages_fast, pin_user_pages_remote, pin_user_pages_unlocked, unpin_user_pages,
} from '../../mm/gup.ts';
import { alloc_migration_target, migrate_pages, MR_SYSCALL } from '../../include/linux/migrate.ts';
import { MIGRATE_SYNC } from '../../include/linux/migrate_mode.ts';
import { GFP_USER } from '../../include/linux/gfp.ts';
import { LIST_HEAD, list_add_tail } from '../../include/linux/list.ts';
import { NUMA_NO_NODE } from '../../include/linux/numa.ts';
import { migration_target_control } from '../../mm/internal.ts';
import { lru_add_drain, lru_add_drain_all } from '../../mm/swap.ts';
import { isolate_lru_page, putback_lru_page } from '../../mm/vmscan.ts';
import type { mm_struct, page, vm_area_struct } from '../../include/linux/mm_types.ts';
import { Init, type foll_flags, type int, type long, type uaddr } from '../../include/linux/types.ts';

/** What one call gave: nr is its result, an errno or how many of the slots are filled. */
export class pinned {
  readonly pages: (page | null)[];
  nr: long = 0;
  /** As asked for, with FOLL_PIN or FOLL_GET for the kind of reference. */
  flags: foll_flags = 0;
  constructor(nr_pages: number) { this.pages = Array.from({ length: nr_pages }, (): page | null => null); }
}

export type pin_path = 'slow' | 'fast' | 'remote' | 'unlocked';

/** All paths but 'remote' take the memory of the current task; mm is then its mm.
 *  @refs pages: returns one pin or reference each (when nr > 0, so many)
 *  @locks takes and releases mmap_lock(read) */
export function model_pin(mm: mm_struct, addr: uaddr, nr_pages: number, gup_flags: foll_flags, path: pin_path, pin: boolean): pinned {
  const p = new pinned(nr_pages);

  p.flags = gup_flags | (pin ? FOLL_PIN : FOLL_GET);
  switch (path) {
  case 'slow':
    mmap_read_lock(current().mm);
    if (pin)
      p.nr = pin_user_pages(addr, nr_pages, gup_flags, p.pages, null);
    else
      p.nr = get_user_pages(addr, nr_pages, gup_flags, p.pages, null);
    mmap_read_unlock(current().mm);
    break;
  case 'fast':
    if (pin)
      p.nr = pin_user_pages_fast(addr, nr_pages, gup_flags, p.pages);
    else
      p.nr = get_user_pages_fast(addr, nr_pages, gup_flags, p.pages);
    break;
  case 'remote':
    mmap_read_lock(mm);
    if (pin)
      p.nr = pin_user_pages_remote(mm, addr, nr_pages, gup_flags, p.pages, null, null);
    else
      p.nr = get_user_pages_remote(mm, addr, nr_pages, gup_flags, p.pages, null, null);
    mmap_read_unlock(mm);
    break;
  case 'unlocked':
    if (pin)
      p.nr = pin_user_pages_unlocked(addr, nr_pages, p.pages, gup_flags);
    else
      p.nr = get_user_pages_unlocked(addr, nr_pages, p.pages, gup_flags);
    break;
  }
  return p;
}

/** Gives back what the call said it gave, no more and no less.
 *  @refs pages: consumes */
export function model_unpin(p: pinned): void {
  let i: number;

  if (p.nr <= 0)
    return;
  if (p.flags & FOLL_PIN) {
    unpin_user_pages(p.pages, p.nr);
  } else {
    for (i = 0; i < p.nr; i++)
      put_page(p.pages[i]);
  }
}

/** @refs returns
 *  @locks requires mmap_lock(read) */
function page_mapped_at(mm: mm_struct, addr: uaddr): page | null {
  const vma: vm_area_struct | null = vma_lookup(mm, addr);

  if (!vma)
    return null;
  const page = follow_page(vma, addr, FOLL_GET | FOLL_DUMP);
  return IS_ERR_OR_NULL(page) ? null : page;
}

/** Somebody isolates the page mapped at addr, as move_pages does; null when it is not on an LRU list.
 *  @refs the page: returns (the isolation's) */
export function model_isolate_lru(mm: mm_struct, addr: uaddr): page | null {
  let err: int;

  mmap_read_lock(mm);
  const page = page_mapped_at(mm, addr);
  if (!page) {
    mmap_read_unlock(mm);
    return null;
  }
  err = isolate_lru_page(page);
  if (!err)
    mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON + page_is_file_lru(page), thp_nr_pages(page));
  /* the isolation has a reference of its own */
  put_page(page);
  mmap_read_unlock(mm);
  return err ? null : page;
}

/** @refs page: consumes (the isolation's) */
export function model_putback(page: page): void {
  mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON + page_is_file_lru(page), -thp_nr_pages(page));
  putback_lru_page(page);
}

/** A plain reference of somebody who is no GUP caller.
 *  @refs the page: returns */
export function model_get_page(mm: mm_struct, addr: uaddr): page | null {
  mmap_read_lock(mm);
  const page = page_mapped_at(mm, addr);
  mmap_read_unlock(mm);
  return page;
}

/** @refs page: consumes */
export function model_put_page(page: page): void {
  put_page(page);
}

/** A plain reference for a moment: taken and dropped. */
export function model_hold_briefly(mm: mm_struct, addr: uaddr): void {
  const page = model_get_page(mm, addr);

  if (page)
    model_put_page(page);
}

/** The page lock for a moment, by somebody who has a reference.
 *  @locks takes and releases page */
export function model_lock_briefly(mm: mm_struct, addr: uaddr): void {
  const page = model_get_page(mm, addr);

  if (!page)
    return;
  lock_page(page);
  unlock_page(page);
  model_put_page(page);
}

export function model_lru_drain_all(): void {
  lru_add_drain_all();
}

/** The running CPU only. */
export function model_lru_drain(): void {
  lru_add_drain();
}

/** What nobody may do with a device page: puts the page mapped at addr on a list, whether or not an
 *  LRU list gave it up, and has migrate_pages() move it (S-G16).
 *  @locks takes and releases mmap_lock(read) */
export function model_migrate_list(mm: mm_struct, addr: uaddr): int {
  const pagelist = LIST_HEAD<page>();
  const mtc = Init(migration_target_control, {
    nid: NUMA_NO_NODE,
    gfp_mask: GFP_USER,
  });
  let err: int;

  mmap_read_lock(mm);
  const page = page_mapped_at(mm, addr);
  mmap_read_unlock(mm);
  if (!page)
    return 0;
  if (!isolate_lru_page(page)) {
    mod_node_page_state(page_pgdat(page), NR_ISOLATED_ANON + page_is_file_lru(page), thp_nr_pages(page));
    put_page(page);
  }
  list_add_tail(page.lru, pagelist);
  err = migrate_pages(pagelist, alloc_migration_target, null, mtc, MIGRATE_SYNC, MR_SYSCALL, null);
  return err;
}
