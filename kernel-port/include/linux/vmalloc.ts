// SPDX-License-Identifier: GPL-2.0-only
// Kernel memory by whole pages, at addresses of its own.

import { Map_area, Unmap_area } from '../../arch/model/kernel_memory.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { unsigned_long } from './types.ts';

/** The address, or 0. */
export function vmalloc(size: unsigned_long): unsigned_long {
  reduced('addresses without frames behind them');
  const area = Map_area(size);
  return area === null ? 0 : area.addr;
}
export function vfree(addr: unsigned_long): void {
  reduced('addresses without frames behind them');
  if (addr) Unmap_area(addr);
}
