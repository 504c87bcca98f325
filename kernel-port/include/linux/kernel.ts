// SPDX-License-Identifier: GPL-2.0-only
// Small arithmetic.

import { this_machine } from '../../arch/model/machine.ts';
import type { u64, uaddr, unsigned_long } from './types.ts';

export function min<T extends number>(x: T, y: T): T { return x < y ? x : y; }
export function max<T extends number>(x: T, y: T): T { return x > y ? x : y; }
export function min_t<T extends number>(x: T, y: T): T { return x < y ? x : y; }
export function max_t<T extends number>(x: T, y: T): T { return x > y ? x : y; }
export function clamp<T extends number>(val: T, lo: T, hi: T): T { return min(max(val, lo), hi); }
/** To a multiple of `a`, a power of two. */
export function ALIGN(x: number, a: number): number { return (x + a - 1) & ~(a - 1); }
export function ALIGN_DOWN(x: number, a: number): number { return x & ~(a - 1); }
export function IS_ALIGNED(x: number, a: number): boolean { return (x & (a - 1)) === 0; }
export function round_up(x: number, y: number): number { return ALIGN(x, y); }
export function round_down(x: number, y: number): number { return ALIGN_DOWN(x, y); }
export function DIV_ROUND_UP(n: number, d: number): number { return Math.floor((n + d - 1) / d); }
export function roundup(x: number, y: number): number { return Math.floor((x + y - 1) / y) * y; }
/** A place that may sleep: the machine's debug exception is told, as with DEBUG_ATOMIC_SLEEP. */
export function might_sleep(): void { this_machine().on_trap('MIGHT_SLEEP', ''); }
export function might_sleep_if(cond: boolean): void { if (cond) might_sleep(); }
export function non_block_start(): void {}
export function non_block_end(): void {}
export function ARRAY_SIZE(arr: readonly unknown[]): unsigned_long { return arr.length; }
export function u64_to_user_ptr(x: u64): uaddr { return x; }
