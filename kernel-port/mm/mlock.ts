// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/mlock.c: what makes a page unevictable and what takes that from it again. The
// system calls, and unlocking a vma in batches, are not modelled.

import { reduced } from '../arch/model/marks.ts';
import { PAGE_SIZE } from '../arch/model/pgtable.ts';
import { BUG_ON } from '../include/linux/bug.ts';
import { IS_ERR } from '../include/linux/err.ts';
import { thp_nr_pages } from '../include/linux/huge_mm.ts';
import { FOLL_DUMP, FOLL_GET, page_mapcount, page_zone, put_page, VM_LOCKED_CLEAR_MASK } from '../include/linux/mm.ts';
import type { page, vm_area_struct } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import { NR_MLOCK } from '../include/linux/mmzone.ts';
import {
  PageCompound, PageDoubleMap, PageLocked, PageMlocked, PageTail, PageUnevictable, TestClearPageMlocked, TestSetPageMlocked,
} from '../include/linux/page-flags.ts';
import { lock_page } from '../include/linux/pagemap.ts';
import { cond_resched } from '../include/linux/sched.ts';
import type { int, uaddr, unsigned_int } from '../include/linux/types.ts';
import {
  __count_vm_events, count_vm_events, mod_zone_page_state, UNEVICTABLE_PGCLEARED, UNEVICTABLE_PGMLOCKED,
  UNEVICTABLE_PGMUNLOCKED, UNEVICTABLE_PGSTRANDED,
} from '../include/linux/vmstat.ts';
import { unlock_page } from './filemap.ts';
import { follow_page } from './gup.ts';
import { isolate_lru_page, putback_lru_page } from './vmscan.ts';

/** @refs page: borrows */
export function clear_page_mlock(page: page): void {
  let nr_pages: int;

  if (!TestClearPageMlocked(page))
    return;

  nr_pages = thp_nr_pages(page);
  mod_zone_page_state(page_zone(page), NR_MLOCK, -nr_pages);
  count_vm_events(UNEVICTABLE_PGCLEARED, nr_pages);
  // Cleared before the page is looked for: __pagevec_lru_add_fn does the two the other way round.
  if (!isolate_lru_page(page)) {
    putback_lru_page(page);
  } else {
    if (PageUnevictable(page))
      count_vm_events(UNEVICTABLE_PGSTRANDED, nr_pages);
  }
}

/** @refs page: borrows
 *  @locks requires page */
export function mlock_vma_page(page: page): void {
  BUG_ON(!PageLocked(page));

  VM_BUG_ON_PAGE(PageTail(page), page);
  VM_BUG_ON_PAGE(PageCompound(page) && PageDoubleMap(page), page);

  if (!TestSetPageMlocked(page)) {
    const nr_pages: int = thp_nr_pages(page);

    mod_zone_page_state(page_zone(page), NR_MLOCK, nr_pages);
    count_vm_events(UNEVICTABLE_PGMLOCKED, nr_pages);
    if (!isolate_lru_page(page))
      putback_lru_page(page);
  }
}

function __munlock_isolated_page(page: page): void {
  if (page_mapcount(page) > 1)
    reduced('page_mlock: does not look for another vma that has the page locked');

  if (!PageMlocked(page))
    count_vm_events(UNEVICTABLE_PGMUNLOCKED, thp_nr_pages(page));

  putback_lru_page(page);
}

function __munlock_isolation_failed(page: page): void {
  const nr_pages: int = thp_nr_pages(page);

  if (PageUnevictable(page))
    __count_vm_events(UNEVICTABLE_PGSTRANDED, nr_pages);
  else
    __count_vm_events(UNEVICTABLE_PGMUNLOCKED, nr_pages);
}

/** @refs page: borrows
 *  @locks requires page */
export function munlock_vma_page(page: page): unsigned_int {
  let nr_pages: int;

  BUG_ON(!PageLocked(page));
  VM_BUG_ON_PAGE(PageTail(page), page);

  if (!TestClearPageMlocked(page)) {
    return 0;
  }

  nr_pages = thp_nr_pages(page);
  mod_zone_page_state(page_zone(page), NR_MLOCK, -nr_pages);

  if (!isolate_lru_page(page))
    __munlock_isolated_page(page);
  else
    __munlock_isolation_failed(page);

  return nr_pages - 1;
}

/** @locks requires mmap_lock(read) */
export function munlock_vma_pages_range(vma: vm_area_struct, start: uaddr, end: uaddr): void {
  vma.vm_flags &= VM_LOCKED_CLEAR_MASK;

  reduced('page by page under its lock, where C first isolates a pagevec of pages and then locks each');
  while (start < end) {
    const page = follow_page(vma, start, FOLL_GET | FOLL_DUMP);

    if (page && !IS_ERR(page)) {
      lock_page(page);
      munlock_vma_page(page);
      unlock_page(page);
      put_page(page);
    }
    start += PAGE_SIZE;
    cond_resched();
  }
}
