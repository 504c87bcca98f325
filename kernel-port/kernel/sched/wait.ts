// SPDX-License-Identifier: GPL-2.0-only
// The walk of a wait queue by its waker, and a waiter's way out of it. Only the page lock uses
// these; all others wait for a condition.

import { reduced } from '../../arch/model/marks.ts';
import {
  Next, list_add_tail, list_del, list_del_init, list_empty_careful, list_first_entry, list_for_each_entry_safe_from,
  list_next_entry,
} from '../../include/linux/list.ts';
import { spin_lock_irqsave, spin_unlock_irqrestore } from '../../include/linux/spinlock.ts';
import type { int, unsigned_int } from '../../include/linux/types.ts';
import { WQ_FLAG_BOOKMARK, WQ_FLAG_EXCLUSIVE, type wait_queue_entry, type wait_queue_head } from '../../include/linux/wait.ts';

/** After so many the waker lets go of the queue's lock for a moment. */
const WAITQUEUE_WALK_BREAK_CNT: int = 64;

/** @locks requires wq_head.lock */
function __wake_up_common(wq_head: wait_queue_head, mode: unsigned_int, nr_exclusive: int, wake_flags: int, key: object | null,
  bookmark: wait_queue_entry | null): int {
  let curr: wait_queue_entry | null, next: wait_queue_entry | null;
  let cnt: int = 0;

  if (bookmark && (bookmark.flags & WQ_FLAG_BOOKMARK)) {
    curr = list_next_entry(bookmark.entry);

    list_del(bookmark.entry);
    bookmark.flags = 0;
  } else
    curr = list_first_entry(wq_head.head);

  if (curr === null)
    return nr_exclusive;

  for (curr = list_for_each_entry_safe_from(curr); curr; curr = next) {
    next = Next(curr.entry);
    const flags: unsigned_int = curr.flags;
    let ret: int;

    if (flags & WQ_FLAG_BOOKMARK)
      continue;

    ret = curr.func(curr, mode, wake_flags, key);
    if (ret < 0)
      break;
    if (ret && (flags & WQ_FLAG_EXCLUSIVE) && !--nr_exclusive)
      break;

    if (bookmark && (++cnt > WAITQUEUE_WALK_BREAK_CNT) &&
        (next !== null)) {
      bookmark.flags = WQ_FLAG_BOOKMARK;
      list_add_tail(bookmark.entry, next.entry);
      break;
    }
  }

  return nr_exclusive;
}

/** @locks requires wq_head.lock */
export function __wake_up_locked_key_bookmark(wq_head: wait_queue_head, mode: unsigned_int, key: object | null,
  bookmark: wait_queue_entry): void {
  __wake_up_common(wq_head, mode, 1, 0, key, bookmark);
}

/** @locks takes and drops wq_head.lock */
export function finish_wait(wq_head: wait_queue_head, wq_entry: wait_queue_entry): void {
  reduced('a task has no state word: it waits in block_until');
  if (!list_empty_careful(wq_entry.entry)) {
    spin_lock_irqsave(wq_head.lock);
    list_del_init(wq_entry.entry);
    spin_unlock_irqrestore(wq_head.lock);
  }
}
