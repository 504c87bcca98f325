// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/vmscan.c, of which the port needs two functions: taking one page off its LRU list
// and giving it back. Reclaim itself is not modelled.

import { EBUSY } from '../include/linux/errno.ts';
import { lock_page_lruvec_irq, unlock_page_lruvec_irq } from '../include/linux/memcontrol.ts';
import { get_page, put_page } from '../include/linux/mm.ts';
import { del_page_from_lru_list } from '../include/linux/mm_inline.ts';
import type { page } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import type { lruvec } from '../include/linux/mmzone.ts';
import { PageTail, TestClearPageLRU } from '../include/linux/page-flags.ts';
import { page_count } from '../include/linux/page_ref.ts';
import { WARN_RATELIMIT } from '../include/linux/ratelimit.ts';
import type { int } from '../include/linux/types.ts';
import { lru_cache_add } from './swap.ts';

/** @refs page: consumes the reference of isolate_lru_page */
export function putback_lru_page(page: page): void {
  lru_cache_add(page);
  put_page(page);
}

/** @refs page: borrows; on 0 the isolation holds one of its own
 *  @locks takes lru_lock */
export function isolate_lru_page(page: page): int {
  let ret: int = -EBUSY;

  VM_BUG_ON_PAGE(!page_count(page), page);
  WARN_RATELIMIT(PageTail(page), 'trying to isolate tail page');

  if (TestClearPageLRU(page)) {
    let lruvec: lruvec;

    get_page(page);
    lruvec = lock_page_lruvec_irq(page);
    del_page_from_lru_list(page, lruvec);
    unlock_page_lruvec_irq(lruvec);
    ret = 0;
  }

  return ret;
}
