// SPDX-License-Identifier: GPL-2.0-only
import type { unsigned_int } from './types.ts';

/** The number of a device: major and minor. */
export type dev_t = unsigned_int;
export const MINORBITS = 20;
export const MINORMASK: unsigned_int = (1 << MINORBITS) - 1;
export function MAJOR(dev: dev_t): unsigned_int { return dev >>> MINORBITS; }
export function MINOR(dev: dev_t): unsigned_int { return dev & MINORMASK; }
export function MKDEV(ma: unsigned_int, mi: unsigned_int): dev_t { return (ma << MINORBITS) | mi; }
