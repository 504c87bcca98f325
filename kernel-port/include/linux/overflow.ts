// SPDX-License-Identifier: GPL-2.0-only
// Arithmetic that says whether it overflowed. A long has 32 bits (types.ts), so a number holds the sum.

import { ULONG_MAX, type Ref, type unsigned_long } from './types.ts';

/** True when a + b does not fit; *d is the sum as it wraps. */
export function check_add_overflow(a: unsigned_long, b: unsigned_long, d: Ref<unsigned_long>): boolean {
  d.v = (a + b) >>> 0;
  return a + b > ULONG_MAX;
}
