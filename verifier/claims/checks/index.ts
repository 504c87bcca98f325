// SPDX-License-Identifier: GPL-2.0-only
// The checks by the ids of their claims.

import type { Check } from '../claim.ts';
import * as counts from './counts.ts';
import * as driver from './driver.ts';
import * as gup from './gup.ts';
import * as migration from './migration.ts';

export const CHECKS: ReadonlyMap<string, Check> = new Map(
  [...Object.entries(migration), ...Object.entries(gup), ...Object.entries(counts), ...Object.entries(driver)].sort(([a], [b]) => (a < b ? -1 : 1)),
);
