// SPDX-License-Identifier: GPL-2.0-only
// Goldens beside the tests, in the sources and not in build/. KPV_REFRESH=1 writes them anew; the
// diff is to be read before it is committed.

import { readFileSync, writeFileSync } from 'node:fs';
import type { ExecutionContext } from 'ava';

/** `name` is relative to test/ of this checkout, seen from build/test/report/. */
export function golden(t: ExecutionContext, name: string, actual: string): void {
  const at = new URL(`../../../test/${name}`, import.meta.url);
  if (process.env['KPV_REFRESH'] === '1') writeFileSync(at, actual);
  t.is(actual, readFileSync(at, 'utf8'));
}
