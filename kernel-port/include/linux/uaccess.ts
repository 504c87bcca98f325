// SPDX-License-Identifier: GPL-2.0-only
// Whether a range can be user memory at all. The copies themselves are loads and stores of the
// machine (arch/model/mmu.ts).

import { TASK_SIZE } from '../../arch/model/pgtable.ts';
import type { uaddr, unsigned_long } from './types.ts';

/** Says nothing about what is mapped there. */
export function access_ok(addr: uaddr, size: unsigned_long): boolean {
  return size <= TASK_SIZE && addr <= TASK_SIZE - size;
}
