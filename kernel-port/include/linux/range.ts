// SPDX-License-Identifier: GPL-2.0-only
import type { phys_addr_t, u64 } from './types.ts';

/** Both ends belong to it. */
export class range {
  start: phys_addr_t = 0;
  end: phys_addr_t = 0;
}
export function range_len(range: range): u64 {
  return range.end - range.start + 1;
}
