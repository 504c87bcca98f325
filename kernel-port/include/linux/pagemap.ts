// SPDX-License-Identifier: GPL-2.0-only
// The page lock's fast paths, speculative references, and where a page stands in its mapping.
// The page cache itself is not modelled.

import { PAGE_SHIFT } from '../../arch/model/pgtable.ts';
import { notModelled, unreachable, reduced } from '../../arch/model/marks.ts';
import { __lock_page, __lock_page_killable, __lock_page_or_retry, wait_on_page_bit, wait_on_page_bit_killable } from '../../mm/filemap.ts';
import { page_mapping } from '../../mm/util.ts';
import { clear_bit, set_bit, test_and_set_bit_lock, test_bit } from './bitops.ts';
import type { address_space } from './fs.ts';
import { is_vm_hugetlb_page } from './hugetlb_inline.ts';
import { might_sleep } from './kernel.ts';
import { page_index } from './mm.ts';
import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import { VM_BUG_ON_PAGE } from './mmdebug.ts';
import { compound_head, PageHuge, PageLocked, PageSwapCache, PageTail, PageTransTail, PG_locked } from './page-flags.ts';
import { page_ref_add_unless } from './page_ref.ts';
import type { fault_flags, int, pgoff_t, uaddr } from './types.ts';
import { wait_queue_entry } from './wait.ts';

export {
  __lock_page, __lock_page_killable, __lock_page_or_retry, put_and_wait_on_page_locked, unlock_page, wait_on_page_bit,
  wait_on_page_bit_killable,
} from '../../mm/filemap.ts';
export { release_pages } from '../../mm/swap.ts';

export const AS_EIO: int = 0;
export const AS_ENOSPC: int = 1;
export const AS_MM_ALL_LOCKS: int = 2;
export const AS_UNEVICTABLE: int = 3;
export const AS_EXITING: int = 4;

export function mapping_set_unevictable(mapping: address_space): void { set_bit(AS_UNEVICTABLE, mapping); }

export function mapping_clear_unevictable(mapping: address_space): void { clear_bit(AS_UNEVICTABLE, mapping); }

export function mapping_unevictable(mapping: address_space | null): boolean {
  return mapping && test_bit(AS_UNEVICTABLE, mapping);
}

export function page_mapping_file(page: page): address_space | null {
  if (PageSwapCache(page))
    return null;
  return page_mapping(page);
}

/** @refs page: returns count when not 0 */
export function __page_cache_add_speculative(page: page, count: int): int {
  reduced('TINY_RCU=n');
  if (!page_ref_add_unless(page, count, 0)) {
    return 0;
  }
  VM_BUG_ON_PAGE(PageTail(page), page);

  return 1;
}

export function page_cache_get_speculative(page: page): int { return __page_cache_add_speculative(page, 1); }

export function page_cache_add_speculative(page: page, count: int): int { return __page_cache_add_speculative(page, count); }

export function page_to_index(page: page): pgoff_t {
  if (!PageTransTail(page))
    return page.index;
  unreachable('THP');
}

export function page_to_pgoff(page: page): pgoff_t {
  if (PageHuge(page))
    unreachable('hugetlb');
  return page_to_index(page);
}

export function page_offset(page: page): number { return page.index * (1 << PAGE_SHIFT); }

export function page_file_offset(page: page): number { return page_index(page) * (1 << PAGE_SHIFT); }

export function linear_page_index(vma: vm_area_struct, address: uaddr): pgoff_t {
  let pgoff: pgoff_t;
  if (is_vm_hugetlb_page(vma))
    unreachable('hugetlb');
  pgoff = (address - vma.vm_start) >>> PAGE_SHIFT;
  pgoff += vma.vm_pgoff;
  return pgoff;
}

/** What a wake-up says to each waiter in the queue: whose bit it is. */
export class wait_page_key {
  page: page | null = null;
  bit_nr: int = 0;
  page_match: int = 0;
}

/** A waiter for a bit of a page. */
export class wait_page_queue {
  page: page | null = null;
  bit_nr: int = 0;
  readonly wait: wait_queue_entry = new wait_queue_entry(this);
}

export function wake_page_match(wait_page: wait_page_queue, key: wait_page_key): boolean {
  if (wait_page.page !== key.page)
    return false;
  key.page_match = 1;

  if (wait_page.bit_nr !== key.bit_nr)
    return false;

  return true;
}

/** @locks takes page when true */
export function trylock_page(page: page): boolean {
  page = compound_head(page);
  return (!test_and_set_bit_lock(PG_locked, page));
}

/** @locks takes page */
export function lock_page(page: page): void {
  might_sleep();
  if (!trylock_page(page))
    __lock_page(page);
}

/** @locks takes page when 0 */
export function lock_page_killable(page: page): int {
  might_sleep();
  if (!trylock_page(page))
    return __lock_page_killable(page);
  return 0;
}

/** @locks takes page when true; otherwise mmap_lock(read) may have been dropped */
export function lock_page_or_retry(page: page, mm: mm_struct, flags: fault_flags): boolean {
  might_sleep();
  return trylock_page(page) || Boolean(__lock_page_or_retry(page, mm, flags));
}

export function wait_on_page_locked(page: page): void {
  if (PageLocked(page))
    wait_on_page_bit(compound_head(page), PG_locked);
}

export function wait_on_page_locked_killable(page: page): int {
  if (!PageLocked(page))
    return 0;
  return wait_on_page_bit_killable(compound_head(page), PG_locked);
}

/** A page under writeback does not occur: no file mappings, no swap. */
export function wait_on_page_writeback(_page: page): void { notModelled('writeback'); }
