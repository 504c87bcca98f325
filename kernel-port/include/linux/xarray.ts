// SPDX-License-Identifier: GPL-2.0-only
// An xarray with what memremap.c needs of it: entries by index, one entry over a range. A store
// allocates, so it can fail.

import { reduced } from '../../arch/model/marks.ts';
import { kmalloc_fails } from '../../arch/model/slab.ts';
import { ENOMEM } from './errno.ts';
import { ERR_PTR, IS_ERR, PTR_ERR, type ErrPtr } from './err.ts';
import type { gfp_t, int, unsigned_long } from './types.ts';

export class xarray<T extends object> {
  readonly entries: Record<unsigned_long, T> = {};
}

export function xa_load<T extends object>(xa: xarray<T>, index: unsigned_long): T | null { return xa.entries[index] ?? null; }

/** Gives what stood there before. */
export function xa_store<T extends object>(xa: xarray<T>, index: unsigned_long, entry: T | null, gfp: gfp_t): T | ErrPtr | null {
  const was = xa_load(xa, index);
  const ret = xa_store_range(xa, index, index, entry, gfp);
  return IS_ERR(ret) ? ret : was;
}

export function xa_erase<T extends object>(xa: xarray<T>, index: unsigned_long): T | null {
  const was = xa_load(xa, index);
  delete xa.entries[index];
  return was;
}

/** Storing null takes entries away and needs no memory. */
export function xa_store_range<T extends object>(xa: xarray<T>, first: unsigned_long, last: unsigned_long, entry: T | null, _gfp: gfp_t): T | ErrPtr | null {
  if (entry !== null && kmalloc_fails()) return ERR_PTR(-ENOMEM);
  for (let index = first; index <= last; index++) {
    if (entry === null) delete xa.entries[index];
    else xa.entries[index] = entry;
  }
  return null;
}

export function xa_is_err(entry: unknown): boolean {
  reduced('an error is an ErrPtr');
  return IS_ERR(entry);
}
export function xa_err(entry: unknown): int {
  reduced('an error is an ErrPtr');
  return PTR_ERR(entry) as number;
}
export function xa_empty<T extends object>(xa: xarray<T>): boolean {
  reduced('entries by index');
  return Object.keys(xa.entries).length === 0;
}
