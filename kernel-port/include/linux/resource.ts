// SPDX-License-Identifier: GPL-2.0-only
import type { unsigned_int, unsigned_long } from './types.ts';

/** Which limit of a task; none is set in the model. */
export const RLIMIT_DATA: unsigned_int = 2;
export const RLIMIT_MEMLOCK: unsigned_int = 8;
export const RLIMIT_AS: unsigned_int = 9;
export const RLIM_INFINITY: unsigned_long = 0xffffffff;
