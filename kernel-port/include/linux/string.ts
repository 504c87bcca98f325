// SPDX-License-Identifier: GPL-2.0-only
// Of the string functions, what is used on arrays of numbers: the length counts elements.

import type { int, size_t } from './types.ts';

export function memset(s: number[], c: int, count: size_t): void {
  for (let i = 0; i < count; i++) s[i] = c;
}
