// SPDX-License-Identifier: GPL-2.0-only
// Whether a range can be user memory at all, and the copies. Whole pages go through the tables of the
// current mm, with the faults that this takes; a struct or bytes go to and from a program's variables
// (arch/model/user_words.ts), which cannot fault.

import { Load_page, Store_page } from '../../arch/model/kernel_memory.ts';
import { reduced, unreachable } from '../../arch/model/marks.ts';
import { kernel_user_access } from '../../arch/model/mmu.ts';
import { PAGE_SIZE, TASK_SIZE } from '../../arch/model/pgtable.ts';
import { Is_user_word, Load_word, Store_word } from '../../arch/model/user_words.ts';
import { might_sleep } from './kernel.ts';
import type { uaddr, unsigned_long } from './types.ts';

/** Says nothing about what is mapped there. */
export function access_ok(addr: uaddr, size: unsigned_long): boolean {
  return size <= TASK_SIZE && addr <= TASK_SIZE - size;
}

/** Gives how much was not copied. `to` is the kernel address of pages, or a struct. */
export function copy_from_user(to: unsigned_long | object, from: uaddr, n: unsigned_long): unsigned_long {
  reduced('by pages and structs');
  might_sleep();
  if (!access_ok(from, n))
    return n;
  if (typeof to !== 'number') {
    if (!Is_user_word(from)) unreachable('a part of a page');
    const word = Load_word(from);
    if (typeof word !== 'object')
      return n;
    Object.assign(to, word);
    return 0;
  }
  for (let done = 0; done < n; done += PAGE_SIZE) {
    if (Is_user_word(from + done)) {
      const word = Load_word(from + done);
      Store_page(to + done, typeof word === 'number' ? word : 0);
      continue;
    }
    const read = kernel_user_access(from + done, false, 0);
    if (read.kind !== 'ok')
      return n - done;
    Store_page(to + done, read.value);
  }
  return 0;
}

/** Gives how much was not copied. `from` is the kernel address of pages, a struct, or bytes. */
export function copy_to_user(to: uaddr, from: unsigned_long | object, n: unsigned_long): unsigned_long {
  reduced('by pages, structs and elements');
  might_sleep();
  if (!access_ok(to, n))
    return n;
  if (typeof from !== 'number') {
    if (!Is_user_word(to)) unreachable('a part of a page');
    if (!Array.isArray(from)) Store_word(to, { ...from });
    else for (let i = 0; i < n; i++) Store_word(to + i, from[i]);
    return 0;
  }
  for (let done = 0; done < n; done += PAGE_SIZE) {
    const content = Load_page(from + done);
    if (Is_user_word(to + done)) Store_word(to + done, content);
    else if (kernel_user_access(to + done, true, content).kind !== 'ok') return n - done;
  }
  return 0;
}
