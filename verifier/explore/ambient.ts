// SPDX-License-Identifier: GPL-2.0-only
// Who is running now: shared objects register with the execution that makes them, so that the same object has
// the same number in every replay. `cell(0)` has no parameter for that, hence this one place that is set
// while setup() or a thread runs, and null otherwise.

import type { Shared } from './shared.ts';

export interface Owner {
  /** Gives a new object its number. */
  register(object: Shared): number;
}

export const ambient: { owner: Owner | null; measure: (() => number | null) | null } = { owner: null, measure: null };

export function owner(what: string): Owner {
  if (ambient.owner === null) throw new Error(`a ${what} is made in setup() or by a thread, so that each execution has its own`);
  return ambient.owner;
}
