// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/filemap.c: the page lock and the waiting for page bits. A wait is edge-triggered:
// the waker marks the entry and takes it off the queue, whatever the bit is by the time the
// waiter runs. Unlock walks the queue in order up to the first exclusive waiter, and a waiter
// that lost five times has the lock handed to it.

import { current, per_machine } from '../arch/model/machine.ts';
import { notModelled, reduced } from '../arch/model/marks.ts';
import { clear_bit_unlock_is_negative_byte, test_and_set_bit, test_bit } from '../include/linux/bitops.ts';
import { BUG } from '../include/linux/bug.ts';
import { EINTR } from '../include/linux/errno.ts';
import { hash_ptr } from '../include/linux/hash.ts';
import { container_of, INIT_LIST_HEAD, list_del_init_careful } from '../include/linux/list.ts';
import { FAULT_FLAG_KILLABLE, FAULT_FLAG_RETRY_NOWAIT, fault_flag_allow_retry_first, get_page, put_page } from '../include/linux/mm.ts';
import { mmap_read_unlock } from '../include/linux/mmap_lock.ts';
import type { mm_struct, page } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import {
  ClearPageReclaim, ClearPageWaiters, compound_head, PageLocked, PageReclaim, PageUptodate, PageWaiters, PageWorkingset, PG_locked, PG_writeback,
  SetPageWaiters, TestClearPageWriteback,
} from '../include/linux/page-flags.ts';
import {
  wait_on_page_locked, wait_on_page_locked_killable, wait_page_key, wait_page_queue, wake_page_match,
} from '../include/linux/pagemap.ts';
import {
  signal_pending_state, TASK_KILLABLE, TASK_NORMAL, TASK_UNINTERRUPTIBLE, io_schedule, wake_up_state,
} from '../include/linux/sched.ts';
import { spin_lock_irq, spin_lock_irqsave, spin_unlock_irq, spin_unlock_irqrestore } from '../include/linux/spinlock.ts';
import { Init } from '../include/linux/types.ts';
import type { fault_flags, int, unsigned_int } from '../include/linux/types.ts';
import {
  __add_wait_queue_entry_tail, __wake_up_locked_key_bookmark, finish_wait, init_wait, wait_queue_entry, wait_queue_head,
  waitqueue_active, WQ_FLAG_BOOKMARK, WQ_FLAG_CUSTOM, WQ_FLAG_DONE, WQ_FLAG_EXCLUSIVE, WQ_FLAG_WOKEN,
} from '../include/linux/wait.ts';
import { rotate_reclaimable_page } from './swap.ts';

const PAGE_WAIT_TABLE_BITS = 8;
/** The queues come to be when they are first named. */
const page_wait_table = per_machine((): wait_queue_head[] => [], 'page_wait_table');

export function page_waitqueue(page: page): wait_queue_head {
  reduced('a queue comes to be when it is first named; the table is the machine\'s');
  return (page_wait_table()[hash_ptr(page, PAGE_WAIT_TABLE_BITS)] ??= new wait_queue_head());
}

/** @locks requires q.lock */
function wake_page_function(wait: wait_queue_entry, mode: unsigned_int, _sync: int, arg: object): int {
  let flags: unsigned_int;
  const key = arg as wait_page_key;
  const wait_page: wait_page_queue =
    container_of(wait) as wait_page_queue;

  if (!wake_page_match(wait_page, key))
    return 0;

  // A waiter that is handed the bit gets it here; when it cannot be had, nobody further is woken.
  flags = wait.flags;
  if (flags & WQ_FLAG_EXCLUSIVE) {
    if (test_bit(key.bit_nr, key.page))
      return -1;
    if (flags & WQ_FLAG_CUSTOM) {
      if (test_and_set_bit(key.bit_nr, key.page))
        return -1;
      flags |= WQ_FLAG_DONE;
    }
  }

  // The waiter reads this without the queue's lock and may be gone right after.
  wait.flags = flags | WQ_FLAG_WOKEN;
  wake_up_state(wait.private, mode);

  list_del_init_careful(wait.entry);
  return (flags & WQ_FLAG_EXCLUSIVE) !== 0 ? 1 : 0;
}

function wake_up_page_bit(page: page, bit_nr: int): void {
  const q = page_waitqueue(page);
  const key = Init(wait_page_key, {});
  const bookmark = Init(wait_queue_entry, {});

  key.page = page;
  key.bit_nr = bit_nr;
  key.page_match = 0;

  bookmark.flags = 0;
  bookmark.private = null;
  bookmark.func = null;
  INIT_LIST_HEAD(bookmark.entry);

  spin_lock_irqsave(q.lock);
  __wake_up_locked_key_bookmark(q, TASK_NORMAL, key, bookmark);

  while (bookmark.flags & WQ_FLAG_BOOKMARK) {
    spin_unlock_irqrestore(q.lock);
    spin_lock_irqsave(q.lock);
    __wake_up_locked_key_bookmark(q, TASK_NORMAL, key, bookmark);
  }

  // Other pages' waiters may share the queue: then the bit stays, and the next waker clears it.
  if (!waitqueue_active(q) || !key.page_match) {
    ClearPageWaiters(page);
  }
  spin_unlock_irqrestore(q.lock);
}

function wake_up_page(page: page, bit: int): void {
  if (!PageWaiters(page))
    return;
  wake_up_page_bit(page, bit);
}

/** enum behavior: take the bit when woken, or look at it, or do neither and hold no reference. */
const EXCLUSIVE = 0;
const SHARED = 1;
const DROP = 2;
type behavior = typeof EXCLUSIVE | typeof SHARED | typeof DROP;

function trylock_page_bit_common(page: page, bit_nr: int,
  wait: wait_queue_entry): boolean {
  if (wait.flags & WQ_FLAG_EXCLUSIVE) {
    if (test_and_set_bit(bit_nr, page))
      return false;
  } else if (test_bit(bit_nr, page))
    return false;

  wait.flags |= WQ_FLAG_WOKEN | WQ_FLAG_DONE;
  return true;
}

/** How often a waiter accepts that the bit is taken before it runs. */
export const sysctl_page_lock_unfairness: int = 5;

/** @refs page: borrows; DROP: consumes before it sleeps */
function wait_on_page_bit_common(q: wait_queue_head,
  page: page, bit_nr: int, state: unsigned_int, behavior: behavior): int {
  let unfairness = sysctl_page_lock_unfairness;
  const wait_page = Init(wait_page_queue, {});
  const wait = wait_page.wait;

  if (bit_nr === PG_locked &&
      !PageUptodate(page) && PageWorkingset(page)) {
    notModelled('memory stall and delay accounting');
  }

  init_wait(wait);
  wait.func = wake_page_function;
  wait_page.page = page;
  wait_page.bit_nr = bit_nr;

  repeat: for (;;) {
    wait.flags = 0;
    if (behavior === EXCLUSIVE) {
      wait.flags = WQ_FLAG_EXCLUSIVE;
      if (--unfairness < 0)
        wait.flags |= WQ_FLAG_CUSTOM;
    }

    // Waiters before the last try, so that an unlock in between comes to the queue.
    spin_lock_irq(q.lock);
    SetPageWaiters(page);
    if (!trylock_page_bit_common(page, bit_nr, wait))
      __add_wait_queue_entry_tail(q, wait);
    spin_unlock_irq(q.lock);

    // From here the flags of the entry say all there is to know; the page may go.
    if (behavior === DROP)
      put_page(page);

    for (;;) {
      let flags: unsigned_int;

      notModelled('set_current_state: io_schedule is told the state');
      flags = wait.flags;
      if (!(flags & WQ_FLAG_WOKEN)) {
        if (signal_pending_state(state, current()))
          break;

        reduced('io_schedule is told what it waits for');
        io_schedule(wait, state);
        continue;
      }

      if (behavior !== EXCLUSIVE)
        break;

      if (flags & WQ_FLAG_DONE)
        break;

      if (test_and_set_bit(bit_nr, page))
        continue repeat;

      wait.flags |= WQ_FLAG_DONE;
      break;
    }
    break;
  }

  // A signal may have come first and the waker after it: the flags are final only once off the queue.
  finish_wait(q, wait);

  notModelled('memory stall and delay accounting');

  if (behavior === EXCLUSIVE)
    return wait.flags & WQ_FLAG_DONE ? 0 : -EINTR;

  return wait.flags & WQ_FLAG_WOKEN ? 0 : -EINTR;
}

/** @refs page: borrows */
export function wait_on_page_bit(page: page, bit_nr: int): void {
  const q = page_waitqueue(page);
  wait_on_page_bit_common(q, page, bit_nr, TASK_UNINTERRUPTIBLE, SHARED);
}

/** @refs page: borrows */
export function wait_on_page_bit_killable(page: page, bit_nr: int): int {
  const q = page_waitqueue(page);
  return wait_on_page_bit_common(q, page, bit_nr, TASK_KILLABLE, SHARED);
}

/** @refs page: consumes, before it sleeps */
export function put_and_wait_on_page_locked(page: page, state: unsigned_int): int {
  let q: wait_queue_head;

  page = compound_head(page);
  q = page_waitqueue(page);
  return wait_on_page_bit_common(q, page, PG_locked, state, DROP);
}

/** @refs page: borrows
 *  @locks releases page */
export function unlock_page(page: page): void {
  page = compound_head(page);
  VM_BUG_ON_PAGE(!PageLocked(page), page);
  if (clear_bit_unlock_is_negative_byte(PG_locked, page))
    wake_up_page_bit(page, PG_locked);
}

/** @refs page: borrows */
export function end_page_writeback(page: page): void {
  if (PageReclaim(page)) {
    ClearPageReclaim(page);
    rotate_reclaimable_page(page);
  }

  reduced('test_clear_page_writeback: a mapping does not count its writeback');
  get_page(page);
  if (!TestClearPageWriteback(page))
    BUG();

  wake_up_page(page, PG_writeback);
  put_page(page);
}

/** @refs page: borrows
 *  @locks takes page */
export function __lock_page(__page: page): void {
  const page = compound_head(__page);
  const q = page_waitqueue(page);
  wait_on_page_bit_common(q, page, PG_locked, TASK_UNINTERRUPTIBLE,
    EXCLUSIVE);
}

/** @refs page: borrows
 *  @locks takes page (when 0) */
export function __lock_page_killable(__page: page): int {
  const page = compound_head(__page);
  const q = page_waitqueue(page);
  return wait_on_page_bit_common(q, page, PG_locked, TASK_KILLABLE,
    EXCLUSIVE);
}

/** 1: the page is locked. 0: it is not, and mmap_lock is gone unless ALLOW_RETRY came with RETRY_NOWAIT.
 *  @refs page: borrows
 *  @locks requires mmap_lock(read); takes page (when 1); releases mmap_lock(read) (when 0 and not RETRY_NOWAIT) */
export function __lock_page_or_retry(page: page, mm: mm_struct,
  flags: fault_flags): int {
  if (fault_flag_allow_retry_first(flags)) {
    if (flags & FAULT_FLAG_RETRY_NOWAIT)
      return 0;

    mmap_read_unlock(mm);
    if (flags & FAULT_FLAG_KILLABLE)
      wait_on_page_locked_killable(page);
    else
      wait_on_page_locked(page);
    return 0;
  }
  if (flags & FAULT_FLAG_KILLABLE) {
    let ret: int;

    ret = __lock_page_killable(page);
    if (ret) {
      mmap_read_unlock(mm);
      return 0;
    }
  } else {
    __lock_page(page);
  }
  return 1;
}
