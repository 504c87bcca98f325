// SPDX-License-Identifier: GPL-2.0-only
import { WARN } from './bug.ts';

/** No limit: each is told. */
export function WARN_RATELIMIT(condition: unknown, text: string): boolean { return WARN(condition, text); }
