// SPDX-License-Identifier: GPL-2.0-only
// Of the string functions, what is used: memset on arrays of numbers, where the length counts elements,
// and memcpy between kernel addresses, by whole pages.

import { reduced } from '../../arch/model/marks.ts';
import { Load_page, Store_page } from '../../arch/model/kernel_memory.ts';
import { PAGE_SIZE } from '../../arch/model/pgtable_types.ts';
import type { int, size_t, unsigned_long } from './types.ts';

export function memset(s: number[], c: int, count: size_t): void {
  for (let i = 0; i < count; i++) s[i] = c;
}

export function memcpy(dest: unsigned_long, src: unsigned_long, count: size_t): void {
  reduced('a page is one number');
  for (let done = 0; done < count; done += PAGE_SIZE) Store_page(dest + done, Load_page(src + done));
}
