// SPDX-License-Identifier: GPL-2.0-only
import type { int } from './types.ts';

/** One node, always there. */
export function node_online(node: int): boolean { return node === 0; }
