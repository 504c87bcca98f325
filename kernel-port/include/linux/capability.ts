// SPDX-License-Identifier: GPL-2.0-only
import type { int } from './types.ts';

export const CAP_IPC_LOCK: int = 14;

/** Everybody may. */
export function capable(_cap: int): boolean { return true; }
