// SPDX-License-Identifier: GPL-2.0-only
// KASAN=n: the stubs of the header.

import { reduced, unreachable } from '../../arch/model/marks.ts';
import type { page } from './mm_types.ts';
import type { int, unsigned_int, unsigned_long } from './types.ts';

export function kasan_add_zero_shadow(_start: unsigned_long, _size: unsigned_long): int { return 0; }
export function kasan_remove_zero_shadow(_start: unsigned_long, _size: unsigned_long): void {}
export function kasan_enabled(): boolean {
  reduced('KASAN=n');
  return false;
}
export function page_kasan_tag_reset(_page: page): void {}
export function kasan_poison_pages(_page: page, _order: unsigned_int, _init: boolean): void {
  if (kasan_enabled()) unreachable('KASAN');
}
export function kasan_unpoison_pages(_page: page, _order: unsigned_int, _init: boolean): void {
  if (kasan_enabled()) unreachable('KASAN');
}
