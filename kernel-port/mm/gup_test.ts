// SPDX-License-Identifier: GPL-2.0-only
// mm/gup_test.c and mm/gup_test.h: the driver that gup_test and hmm-tests have pages pinned by. It
// gives back at once what it took, and warns when a pin was none.

import { current } from '../arch/model/machine.ts';
import { notModelled, reduced } from '../arch/model/marks.ts';
import { PAGE_SIZE } from '../arch/model/pgtable.ts';
import { WARN } from '../include/linux/bug.ts';
import { EINTR, EINVAL, ENOMEM } from '../include/linux/errno.ts';
import type { file } from '../include/linux/fs.ts';
import { ktime_get, ktime_us_delta, type ktime_t } from '../include/linux/ktime.ts';
import { FOLL_LONGTERM, is_pinnable_page, page_maybe_dma_pinned, put_page } from '../include/linux/mm.ts';
import type { page } from '../include/linux/mm_types.ts';
import { dump_page } from '../include/linux/mmdebug.ts';
import { mmap_read_lock_killable, mmap_read_unlock } from '../include/linux/mmap_lock.ts';
import { pr_info, pr_warn } from '../include/linux/printk.ts';
import { kvcalloc, kvfree } from '../include/linux/slab.ts';
import {
  ArrayAt, ULONG_MAX, int, type foll_flags, type long, type u32, type u64, type uaddr, type unsigned_int,
  type unsigned_long,
} from '../include/linux/types.ts';
import {
  get_user_pages, get_user_pages_fast, pin_user_pages, pin_user_pages_fast, unpin_user_pages,
} from './gup.ts';

/** The ioctls, by their numbers alone. */
export const GUP_FAST_BENCHMARK: unsigned_int = 1;
export const PIN_FAST_BENCHMARK: unsigned_int = 2;
export const PIN_LONGTERM_BENCHMARK: unsigned_int = 3;
export const GUP_BASIC_TEST: unsigned_int = 4;
export const PIN_BASIC_TEST: unsigned_int = 5;
export const DUMP_USER_PAGES_TEST: unsigned_int = 6;

export const GUP_TEST_MAX_PAGES_TO_DUMP = 8;

export const GUP_TEST_FLAG_DUMP_PAGES_USE_PIN: u32 = 0x1;

/** What is asked; `size` comes back as how far it got. */
export class gup_test {
  get_delta_usec: u64 = 0;
  put_delta_usec: u64 = 0;
  addr: uaddr = 0;
  size: u64 = 0;
  nr_pages_per_call: u32 = 0;
  gup_flags: foll_flags = 0;
  test_flags: u32 = 0;
  /** From 1 up, in pages from addr; 0 is none. */
  readonly which_pages: u32[] = Array.from({ length: GUP_TEST_MAX_PAGES_TO_DUMP }, (): u32 => 0);
}

/** @refs pages: consumes */
function put_back_pages(cmd: unsigned_int, pages: (page | null)[], nr_pages: unsigned_long, gup_test_flags: unsigned_int): void {
  let i: unsigned_long;

  switch (cmd) {
  case GUP_FAST_BENCHMARK:
  case GUP_BASIC_TEST:
    for (i = 0; i < nr_pages; i++)
      put_page(pages[i]);
    break;

  case PIN_FAST_BENCHMARK:
  case PIN_BASIC_TEST:
  case PIN_LONGTERM_BENCHMARK:
    unpin_user_pages(pages, nr_pages);
    break;
  case DUMP_USER_PAGES_TEST:
    if (gup_test_flags & GUP_TEST_FLAG_DUMP_PAGES_USE_PIN) {
      unpin_user_pages(pages, nr_pages);
    } else {
      for (i = 0; i < nr_pages; i++)
        put_page(pages[i]);

    }
    break;
  }
}

/** @refs pages: borrows */
function verify_dma_pinned(cmd: unsigned_int, pages: (page | null)[], nr_pages: unsigned_long): void {
  let i: unsigned_long;
  let page: page;

  switch (cmd) {
  case PIN_FAST_BENCHMARK:
  case PIN_BASIC_TEST:
  case PIN_LONGTERM_BENCHMARK:
    for (i = 0; i < nr_pages; i++) {
      page = pages[i];
      if (WARN(!page_maybe_dma_pinned(page),
        'a page is NOT dma-pinned')) {

        dump_page(page, 'gup_test failure');
        break;
      } else if (cmd === PIN_LONGTERM_BENCHMARK &&
        WARN(!is_pinnable_page(page),
          'a page is NOT pinnable but pinned')) {
        dump_page(page, 'gup_test failure');
        break;
      }
    }
    break;
  }
}

/** @refs pages: borrows */
function dump_pages_test(gup: gup_test, pages: (page | null)[], nr_pages: unsigned_long): void {
  let index_to_dump: unsigned_int;
  let i: unsigned_int;

  for (i = 0; i < GUP_TEST_MAX_PAGES_TO_DUMP; i++) {
    if (gup.which_pages[i] > nr_pages) {
      pr_warn('which_pages is out of range');
      gup.which_pages[i] = 0;
    }
  }

  for (i = 0; i < GUP_TEST_MAX_PAGES_TO_DUMP; i++) {
    index_to_dump = gup.which_pages[i];

    if (index_to_dump) {
      index_to_dump--;
      pr_info('one of the pages');
      dump_page(pages[index_to_dump],
        'gup_test: dump_pages() test');
    }
  }
}

/** @locks takes and releases mmap_lock(read), but for the fast ones */
function __gup_test_ioctl(cmd: unsigned_int, gup: gup_test): int {
  let start_time: ktime_t, end_time: ktime_t;
  let i: unsigned_long, nr_pages: unsigned_long, addr: uaddr, next: uaddr;
  let nr: long;
  let pages: (page | null)[] | null;
  let ret: int = 0;
  const needs_mmap_lock: boolean =
    cmd !== GUP_FAST_BENCHMARK && cmd !== PIN_FAST_BENCHMARK;

  if (gup.size > ULONG_MAX)
    return -EINVAL;

  nr_pages = (gup.size / PAGE_SIZE) >>> 0;
  pages = kvcalloc<page | null>(nr_pages, null);
  if (!pages)
    return -ENOMEM;

  free_pages: { unlock: {
    if (needs_mmap_lock && mmap_read_lock_killable(current().mm)) {
      ret = -EINTR;
      break free_pages;
    }

    i = 0;
    nr = gup.nr_pages_per_call;
    start_time = ktime_get();
    for (addr = gup.addr; addr < gup.addr + gup.size; addr = next) {
      if (nr !== gup.nr_pages_per_call)
        break;

      next = addr + nr * PAGE_SIZE;
      if (next > gup.addr + gup.size) {
        next = gup.addr + gup.size;
        nr = ((next - addr) / PAGE_SIZE) >>> 0;
      }

      switch (cmd) {
      case GUP_FAST_BENCHMARK:
        nr = get_user_pages_fast(addr, int(nr), gup.gup_flags,
          ArrayAt(pages, i));
        break;
      case GUP_BASIC_TEST:
        nr = get_user_pages(addr, nr, gup.gup_flags, ArrayAt(pages, i),
          null);
        break;
      case PIN_FAST_BENCHMARK:
        nr = pin_user_pages_fast(addr, int(nr), gup.gup_flags,
          ArrayAt(pages, i));
        break;
      case PIN_BASIC_TEST:
        nr = pin_user_pages(addr, nr, gup.gup_flags, ArrayAt(pages, i),
          null);
        break;
      case PIN_LONGTERM_BENCHMARK:
        nr = pin_user_pages(addr, nr,
          gup.gup_flags | FOLL_LONGTERM,
          ArrayAt(pages, i), null);
        break;
      case DUMP_USER_PAGES_TEST:
        if (gup.test_flags & GUP_TEST_FLAG_DUMP_PAGES_USE_PIN)
          nr = pin_user_pages(addr, nr, gup.gup_flags,
            ArrayAt(pages, i), null);
        else
          nr = get_user_pages(addr, nr, gup.gup_flags,
            ArrayAt(pages, i), null);
        break;
      default:
        ret = -EINVAL;
        break unlock;
      }

      if (nr <= 0)
        break;
      i += nr;
    }
    end_time = ktime_get();

    // From here on what was really taken.
    nr_pages = i;

    gup.get_delta_usec = ktime_us_delta(end_time, start_time);
    gup.size = addr - gup.addr;

    verify_dma_pinned(cmd, pages, nr_pages);

    if (cmd === DUMP_USER_PAGES_TEST)
      dump_pages_test(gup, pages, nr_pages);

    start_time = ktime_get();

    put_back_pages(cmd, pages, nr_pages, gup.test_flags);

    end_time = ktime_get();
    gup.put_delta_usec = ktime_us_delta(end_time, start_time);
  }
  /* unlock: */
  if (needs_mmap_lock)
    mmap_read_unlock(current().mm);
  }
  /* free_pages: */
  kvfree(pages);
  return ret;
}

export function gup_test_ioctl(_filep: file | null, cmd: unsigned_int, arg: gup_test): long {
  const gup: gup_test = arg;
  let ret: int;

  switch (cmd) {
  case GUP_FAST_BENCHMARK:
  case PIN_FAST_BENCHMARK:
  case PIN_LONGTERM_BENCHMARK:
  case GUP_BASIC_TEST:
  case PIN_BASIC_TEST:
  case DUMP_USER_PAGES_TEST:
    break;
  default:
    return -EINVAL;
  }

  reduced('the struct is the caller\'s own: it is not copied');

  ret = __gup_test_ioctl(cmd, gup);
  if (ret)
    return ret;

  return 0;
}

export function gup_test_init(): int {
  notModelled('debugfs');

  return 0;
}
