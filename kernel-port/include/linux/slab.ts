// SPDX-License-Identifier: GPL-2.0-only
// Kernel memory. Objects are made with `new`; what is modelled is that making one can fail.

import { defer, this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { rcu_begin } from '../../arch/model/rcu.ts';
import { Given, kmalloc_fails } from '../../arch/model/slab.ts';
import type { gfp_t, StructClass, unsigned_int } from './types.ts';

export function kfree(objp: object | null): void { if (objp) this_machine().on_free(objp); }
export function kvfree(addr: object | null): void { kfree(addr); }
/** kvcalloc, kmalloc_array: n elements, all of them `zero`; null when it fails. */
export function kvcalloc<T>(n: number, zero: T): T[] | null { return kmalloc_fails() ? null : new Array<T>(n).fill(zero); }
export function kmalloc_array<T>(n: number, zero: T): T[] | null {
  reduced('elements instead of bytes: nothing to overflow');
  return kvcalloc(n, zero);
}
export function kcalloc<T>(n: number, zero: T): T[] | null {
  reduced('elements instead of bytes');
  return kvcalloc(n, zero);
}
export function kvmalloc_array<T>(n: number, zero: T): T[] | null { return kvcalloc(n, zero); }

/** What was freed stays one of its kind for whoever is inside a reader's section. */
export const SLAB_TYPESAFE_BY_RCU: unsigned_int = 0x00080000;

/** A cache makes objects of one struct, all fields zero. */
export interface kmem_cache<T extends object> { readonly name: string; readonly make: () => T; readonly flags: unsigned_int }
export function kmem_cache_create<T extends object>(name: string, make: () => T, flags: unsigned_int = 0): kmem_cache<T> { return { name, make, flags }; }
export function kmem_cache_alloc<T extends object>(s: kmem_cache<T>, _flags: gfp_t): T | null { return Given(s.make); }
export function kmem_cache_free<T extends object>(s: kmem_cache<T>, objp: T): void {
  const m = this_machine();
  if (s.flags & SLAB_TYPESAFE_BY_RCU) {
    const gp = rcu_begin();
    defer(() => gp.readers.length === 0, () => { m.on_free(objp); }, 'slab', gp);
    return;
  }
  m.on_free(objp);
}
/** One struct, all fields zero. */
export function kzalloc<T extends object>(struct: StructClass<T>, _flags: gfp_t): T | null {
  reduced('a struct instead of bytes');
  return Given(() => new struct());
}
