// SPDX-License-Identifier: GPL-2.0-only
// Settings of the version switches, and how ids name them.

import { SWITCHES } from '../tree/arms.ts';

export type Switches = Readonly<Record<string, string>>;

/** `@GRAB_FORM=own` where a value is not the default; empty otherwise. */
export function variantSuffix(switches: Switches): string {
  return Object.entries(switches).sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([name, value]) => SWITCHES[name]?.[0] !== value).map(([name, value]) => `@${name}=${value}`).join('');
}
