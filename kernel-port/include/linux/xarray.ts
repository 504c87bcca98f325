// SPDX-License-Identifier: GPL-2.0-only
// An xarray: entries by index, one entry over a range. A store allocates, so it can fail. A pointer
// that carries bits of the user's is an object of its own.

import { reduced } from '../../arch/model/marks.ts';
import { kmalloc_fails } from '../../arch/model/slab.ts';
import { ENOMEM } from './errno.ts';
import { ERR_PTR, IS_ERR, PTR_ERR, type ErrPtr } from './err.ts';
import type { Ref, gfp_t, int, unsigned_long } from './types.ts';

export class xarray<T extends object> {
  readonly entries: Record<unsigned_long, T> = {};
}

/** A pointer that xa_tag_pointer() gave its tag; stored and read as one word. */
export class xa_tagged<T extends object> {
  readonly p: T;
  readonly tag: unsigned_long;
  constructor(p: T, tag: unsigned_long) { this.p = p; this.tag = tag; }
}
export type xa_pointer<T extends object> = T | xa_tagged<T>;

export function xa_tag_pointer<T extends object>(p: T, tag: unsigned_long): xa_tagged<T> {
  reduced('a pointer with its bits is an object of its own');
  return new xa_tagged(p, tag);
}
export function xa_untag_pointer<T extends object>(entry: xa_pointer<T> | null): T | null {
  reduced('a pointer with its bits is an object of its own');
  return entry instanceof xa_tagged ? entry.p : entry;
}
export function xa_pointer_tag<T extends object>(entry: xa_pointer<T> | null): unsigned_long {
  reduced('a pointer with its bits is an object of its own');
  return entry instanceof xa_tagged ? entry.tag : 0;
}

export function xa_is_err(entry: unknown): boolean {
  reduced('an error is an ErrPtr');
  return IS_ERR(entry);
}
export function xa_err(entry: unknown): int {
  reduced('an error is an ErrPtr');
  return PTR_ERR(entry) as number;
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

/** Which entries a search takes: all that there are. */
export type xa_mark_t = unsigned_long;
export const XA_PRESENT: xa_mark_t = 8;

function Xa_next<T extends object>(xa: xarray<T>, indexp: Ref<unsigned_long>, from: unsigned_long, max: unsigned_long): T | null {
  for (const index of Object.keys(xa.entries).map(Number)) {
    if (index < from || index > max) continue;
    indexp.v = index;
    return xa.entries[index];
  }
  return null;
}
/** The first entry from *indexp on, and where it is. */
export function xa_find<T extends object>(xa: xarray<T>, indexp: Ref<unsigned_long>, max: unsigned_long, _filter: xa_mark_t): T | null {
  reduced('entries by index');
  return Xa_next(xa, indexp, indexp.v, max);
}
/** The first behind *indexp. */
export function xa_find_after<T extends object>(xa: xarray<T>, indexp: Ref<unsigned_long>, max: unsigned_long, _filter: xa_mark_t): T | null {
  reduced('entries by index');
  return Xa_next(xa, indexp, indexp.v + 1, max);
}

export function xa_destroy<T extends object>(xa: xarray<T>): void {
  reduced('entries by index');
  for (const index of Object.keys(xa.entries).map(Number)) delete xa.entries[index];
}

/** A fresh one is empty. */
export function xa_init<T extends object>(_xa: xarray<T>): void { reduced('no lock, no flags'); }
export function xa_empty<T extends object>(xa: xarray<T>): boolean {
  reduced('entries by index');
  return Object.keys(xa.entries).length === 0;
}
