// SPDX-License-Identifier: GPL-2.0-only
import type { int } from './types.ts';

/** The model has one node, 0. */
export const NUMA_NO_NODE: int = -1;
export const MAX_NUMNODES: int = 1;
