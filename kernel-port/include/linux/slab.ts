// SPDX-License-Identifier: GPL-2.0-only
// Kernel memory. Objects are made with `new`; what is modelled is that making one can fail, and that
// one of a type-stable cache can come again.

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

/** An object of a type-stable cache that some reader may still look at. */
class freed_object<T extends object> {
  readonly objp: T;
  constructor(objp: T) { this.objp = objp; }
}

/** A cache makes objects of one struct, all fields zero. */
export class kmem_cache<T extends object> {
  readonly name: string;
  readonly make: () => T;
  readonly flags: unsigned_int;
  /** SLAB_TYPESAFE_BY_RCU: freed, and their grace period not over; the one freed last stands last. */
  freed: readonly freed_object<T>[] = [];
  constructor(name: string, make: () => T, flags: unsigned_int) { this.name = name; this.make = make; this.flags = flags; }
}
export function kmem_cache_create<T extends object>(name: string, make: () => T, flags: unsigned_int = 0): kmem_cache<T> { return new kmem_cache(name, make, flags); }

/** While readers of its time are about, the object freed last is given out next, as it was left: SLAB_TYPESAFE_BY_RCU keeps the memory for them, not the object. */
export function kmem_cache_alloc<T extends object>(s: kmem_cache<T>, _flags: gfp_t): T | null {
  const m = this_machine();
  if (!(s.flags & SLAB_TYPESAFE_BY_RCU) || s.freed.length === 0 || !m.reuse_frames)
    return Given(s.make);
  if (kmalloc_fails())
    return null;
  reduced('never again once they have left: a use after that is known by it');
  const { objp } = s.freed[s.freed.length - 1];
  s.freed = s.freed.slice(0, -1);
  m.on_alloc(objp);
  return objp;
}
export function kmem_cache_free<T extends object>(s: kmem_cache<T>, objp: T): void {
  const m = this_machine();
  if (s.flags & SLAB_TYPESAFE_BY_RCU) {
    const gp = rcu_begin();
    const freed = new freed_object(objp);
    s.freed = [...s.freed, freed];
    defer(() => gp.readers.length === 0, () => { Slab_free(s, freed); }, 'slab', gp);
    return;
  }
  m.on_free(objp);
}
/** The readers have left: if nobody has it by now, nobody may look at it any more. */
export function Slab_free<T extends object>(s: kmem_cache<T>, freed: freed_object<T>): void {
  const kept = s.freed.filter((other) => other !== freed);
  if (kept.length === s.freed.length)
    return;
  s.freed = kept;
  this_machine().on_free(freed.objp);
}
/** One struct, all fields zero. */
export function kzalloc<T extends object>(struct: StructClass<T>, _flags: gfp_t): T | null {
  reduced('a struct instead of bytes');
  return Given(() => new struct());
}
/** The same elements with room for `n`; null, and p as it was, when it fails. An array of JavaScript needs no room kept. */
export function krealloc<T>(p: readonly T[] | null, _n: number, _flags: gfp_t): T[] | null {
  reduced('elements instead of bytes');
  return kmalloc_fails() ? null : [...(p ?? [])];
}
