// SPDX-License-Identifier: GPL-2.0-only
import { reduced } from '../../arch/model/marks.ts';
import type { page } from './mm_types.ts';
import type { unsigned_int } from './types.ts';

/** By frame number: pages share a bucket only when they are a table's size apart. */
export function hash_ptr(ptr: page, bits: unsigned_int): unsigned_int {
  reduced('no mixing: what collides is known');
  return ptr.pfn & ((1 << bits) - 1);
}
