// SPDX-License-Identifier: GPL-2.0-only
// Atomics: each operation is one event. The counter is embedded, so it knows its struct.

import type { int, long } from './types.ts';

export class atomic_t {
  counter: int;
  readonly owner: object | null;
  constructor(counter: int = 0, owner: object | null = null) { this.counter = counter; this.owner = owner; }
}
export type atomic_long_t = atomic_t;

export function atomic_read(v: atomic_t): int { return v.counter; }
export function atomic_set(v: atomic_t, i: int): void { v.counter = i; }
export function atomic_add(i: int, v: atomic_t): void { v.counter += i; }
export function atomic_sub(i: int, v: atomic_t): void { v.counter -= i; }
export function atomic_inc(v: atomic_t): void { v.counter += 1; }
export function atomic_dec(v: atomic_t): void { v.counter -= 1; }
export function atomic_add_return(i: int, v: atomic_t): int { return (v.counter += i); }
export function atomic_sub_return(i: int, v: atomic_t): int { return (v.counter -= i); }
export function atomic_inc_return(v: atomic_t): int { return (v.counter += 1); }
export function atomic_dec_return(v: atomic_t): int { return (v.counter -= 1); }
export function atomic_dec_and_test(v: atomic_t): boolean { return (v.counter -= 1) === 0; }
export function atomic_sub_and_test(i: int, v: atomic_t): boolean { return (v.counter -= i) === 0; }
/** True when the count reached zero, that is when it was -1. */
export function atomic_inc_and_test(v: atomic_t): boolean { return (v.counter += 1) === 0; }
export function atomic_add_negative(i: int, v: atomic_t): boolean { return (v.counter += i) < 0; }
export function atomic_add_unless(v: atomic_t, a: int, u: int): boolean {
  if (v.counter === u) return false;
  v.counter += a;
  return true;
}
export function atomic_inc_not_zero(v: atomic_t): boolean { return atomic_add_unless(v, 1, 0); }
/** Gives the value before. */
export function atomic_cmpxchg(v: atomic_t, old: int, val: int): int {
  const was = v.counter;
  if (was === old) v.counter = val;
  return was;
}
export function atomic_xchg(v: atomic_t, val: int): int {
  const was = v.counter;
  v.counter = val;
  return was;
}
export function atomic_set_release(v: atomic_t, i: int): void { v.counter = i; }

// atomic_long_t is atomic_t: a long has 32 bits here, and counts stay far below that.
export function atomic_long_read(v: atomic_long_t): long { return v.counter; }
export function atomic_long_set(v: atomic_long_t, i: long): void { v.counter = i as number; }
export function atomic_long_add(i: long, v: atomic_long_t): void { v.counter += i; }
export function atomic_long_sub(i: long, v: atomic_long_t): void { v.counter -= i; }
export function atomic_long_inc(v: atomic_long_t): void { v.counter += 1; }
export function atomic_long_dec(v: atomic_long_t): void { v.counter -= 1; }
export function atomic_long_add_return(i: long, v: atomic_long_t): long { return (v.counter += i); }
export function atomic_long_sub_return(i: long, v: atomic_long_t): long { return (v.counter -= i); }
export function atomic_long_inc_return(v: atomic_long_t): long { return (v.counter += 1); }
export function atomic_long_dec_return(v: atomic_long_t): long { return (v.counter -= 1); }
export function atomic_long_dec_and_test(v: atomic_long_t): boolean { return (v.counter -= 1) === 0; }
export function atomic_long_sub_and_test(i: long, v: atomic_long_t): boolean { return (v.counter -= i) === 0; }
export function atomic_long_add_unless(v: atomic_long_t, a: long, u: long): boolean {
  if (v.counter === u) return false;
  v.counter += a;
  return true;
}
export function atomic_long_inc_not_zero(v: atomic_long_t): boolean { return atomic_long_add_unless(v, 1, 0); }
export function atomic_long_xchg(v: atomic_long_t, val: long): long {
  const was = v.counter;
  v.counter = val as number;
  return was;
}
