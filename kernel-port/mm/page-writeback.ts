// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/page-writeback.c: dirtying a page. Nothing is ever written back.

import { lock_page } from '../include/linux/pagemap.ts';
import type { page } from '../include/linux/mm_types.ts';
import { ClearPageReclaim, compound_head, PageDirty, PageReclaim, TestSetPageDirty } from '../include/linux/page-flags.ts';
import type { int } from '../include/linux/types.ts';
import { unlock_page } from './filemap.ts';
import { page_mapping } from './util.ts';

export function __set_page_dirty_no_writeback(page: page): int {
  if (!PageDirty(page))
    return Number(!TestSetPageDirty(page));
  return 0;
}

/** @refs page: borrows */
export function set_page_dirty(page: page): int {
  const mapping = page_mapping(page);

  page = compound_head(page);
  if (mapping) {
    if (PageReclaim(page))
      ClearPageReclaim(page);
    return mapping.a_ops.set_page_dirty(page);
  }
  if (!PageDirty(page)) {
    if (!TestSetPageDirty(page))
      return 1;
  }
  return 0;
}

/** @refs page: borrows
 *  @locks takes page */
export function set_page_dirty_lock(page: page): int {
  let ret: int;

  lock_page(page);
  ret = set_page_dirty(page);
  unlock_page(page);
  return ret;
}
