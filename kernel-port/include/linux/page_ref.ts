// SPDX-License-Identifier: GPL-2.0-only
// Every change of page->_refcount by name. DEBUG_PAGE_REF=n: the tracepoints are never active.

import {
  atomic_add, atomic_add_unless, atomic_cmpxchg, atomic_dec, atomic_dec_and_test, atomic_dec_return, atomic_inc,
  atomic_inc_return, atomic_read, atomic_set, atomic_set_release, atomic_sub, atomic_sub_and_test, atomic_sub_return,
} from './atomic.ts';
import type { page } from './mm_types.ts';
import { VM_BUG_ON, VM_BUG_ON_PAGE } from './mmdebug.ts';
import { compound_head } from './page-flags.ts';
import type { int } from './types.ts';

export function page_ref_tracepoint_active(_t: string): boolean { return false; }
function __page_ref_set(_page: page, _v: int): void {}
function __page_ref_mod(_page: page, _v: int): void {}
function __page_ref_mod_and_test(_page: page, _v: int, _ret: boolean): void {}
function __page_ref_mod_and_return(_page: page, _v: int, _ret: int): void {}
function __page_ref_mod_unless(_page: page, _v: int, _u: boolean): void {}
function __page_ref_freeze(_page: page, _v: int, _ret: boolean): void {}
function __page_ref_unfreeze(_page: page, _v: int): void {}

export function page_ref_count(page: page): int { return atomic_read(page._refcount); }

export function page_count(page: page): int { return atomic_read(compound_head(page)._refcount); }

export function set_page_count(page: page, v: int): void {
  atomic_set(page._refcount, v);
  if (page_ref_tracepoint_active('page_ref_set'))
    __page_ref_set(page, v);
}

export function init_page_count(page: page): void { set_page_count(page, 1); }

export function page_ref_add(page: page, nr: int): void {
  atomic_add(nr, page._refcount);
  if (page_ref_tracepoint_active('page_ref_mod'))
    __page_ref_mod(page, nr);
}

export function page_ref_sub(page: page, nr: int): void {
  atomic_sub(nr, page._refcount);
  if (page_ref_tracepoint_active('page_ref_mod'))
    __page_ref_mod(page, -nr);
}

export function page_ref_sub_return(page: page, nr: int): int {
  const ret: int = atomic_sub_return(nr, page._refcount);

  if (page_ref_tracepoint_active('page_ref_mod_and_return'))
    __page_ref_mod_and_return(page, -nr, ret);
  return ret;
}

export function page_ref_inc(page: page): void {
  atomic_inc(page._refcount);
  if (page_ref_tracepoint_active('page_ref_mod'))
    __page_ref_mod(page, 1);
}

export function page_ref_dec(page: page): void {
  atomic_dec(page._refcount);
  if (page_ref_tracepoint_active('page_ref_mod'))
    __page_ref_mod(page, -1);
}

export function page_ref_sub_and_test(page: page, nr: int): boolean {
  const ret = atomic_sub_and_test(nr, page._refcount);

  if (page_ref_tracepoint_active('page_ref_mod_and_test'))
    __page_ref_mod_and_test(page, -nr, ret);
  return ret;
}

export function page_ref_inc_return(page: page): int {
  const ret: int = atomic_inc_return(page._refcount);

  if (page_ref_tracepoint_active('page_ref_mod_and_return'))
    __page_ref_mod_and_return(page, 1, ret);
  return ret;
}

export function page_ref_dec_and_test(page: page): boolean {
  const ret = atomic_dec_and_test(page._refcount);

  if (page_ref_tracepoint_active('page_ref_mod_and_test'))
    __page_ref_mod_and_test(page, -1, ret);
  return ret;
}

export function page_ref_dec_return(page: page): int {
  const ret: int = atomic_dec_return(page._refcount);

  if (page_ref_tracepoint_active('page_ref_mod_and_return'))
    __page_ref_mod_and_return(page, -1, ret);
  return ret;
}

export function page_ref_add_unless(page: page, nr: int, u: int): boolean {
  const ret = atomic_add_unless(page._refcount, nr, u);

  if (page_ref_tracepoint_active('page_ref_mod_unless'))
    __page_ref_mod_unless(page, nr, ret);
  return ret;
}

export function page_ref_freeze(page: page, count: int): boolean {
  const ret = atomic_cmpxchg(page._refcount, count, 0) === count;

  if (page_ref_tracepoint_active('page_ref_freeze'))
    __page_ref_freeze(page, count, ret);
  return ret;
}

export function page_ref_unfreeze(page: page, count: int): void {
  VM_BUG_ON_PAGE(page_count(page) !== 0, page);
  VM_BUG_ON(count === 0);

  atomic_set_release(page._refcount, count);
  if (page_ref_tracepoint_active('page_ref_unfreeze'))
    __page_ref_unfreeze(page, count);
}
