// SPDX-License-Identifier: GPL-2.0-only
import { reduced } from '../../arch/model/marks.ts';
import type { int } from './types.ts';

/** NUMA=n: one node. */
export function numa_node_id(): int {
  reduced('one node');
  return 0;
}
export function numa_mem_id(): int { return numa_node_id(); }
