// SPDX-License-Identifier: GPL-2.0-only
// Which allocation fails, as lib/fault-inject.c does it. The counts are the machine's; the counting
// stands apart from it so that it is an access like any other, and is undone when a search steps back.

import type { fault_injection } from './machine.ts';

/** Counts a fallible allocation and says whether this one fails. */
export function should_fail(f: fault_injection): boolean {
  f.calls += 1;
  return f.nth !== 0 && (f.for_ever ? f.calls >= f.nth : f.calls === f.nth);
}
