// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/swap_state.c, without a swap cache: what is left is how batches of zapped pages are
// put. With CONFIG_SWAP=n C puts them without draining first (swap.h); the batch form that
// drains is kept because the drain is part of what a zap may do to other pages.

import { is_huge_zero_page } from '../include/linux/huge_mm.ts';
import { put_page } from '../include/linux/mm.ts';
import type { page } from '../include/linux/mm_types.ts';
import { PageSwapCache } from '../include/linux/page-flags.ts';
import { trylock_page } from '../include/linux/pagemap.ts';
import { try_to_free_swap } from '../include/linux/swap.ts';
import type { int } from '../include/linux/types.ts';
import { unlock_page } from './filemap.ts';
import { lru_add_drain, release_pages } from './swap.ts';
import { page_mapped } from './util.ts';

export function free_swap_cache(page: page): void {
  if (PageSwapCache(page) && !page_mapped(page) && trylock_page(page)) {
    try_to_free_swap(page);
    unlock_page(page);
  }
}

/** @refs page: consumes */
export function free_page_and_swap_cache(page: page): void {
  free_swap_cache(page);
  if (!is_huge_zero_page(page))
    put_page(page);
}

/** @refs pages: consumes one of each */
export function free_pages_and_swap_cache(pages: page[], nr: int): void {
  const pagep = pages;
  let i: int;

  lru_add_drain();
  for (i = 0; i < nr; i++)
    free_swap_cache(pagep[i]);
  release_pages(pagep, nr);
}
