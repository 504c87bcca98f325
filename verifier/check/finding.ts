// SPDX-License-Identifier: GPL-2.0-only
// A broken rule as the run saw it. Its identity (DESIGN.md, Sides) is rule, C function, normalised
// statement and kind of object: not line, scenario, schedule or count.

import type { Site } from '../instrument/sites.ts';
import type { RuleName } from './rules.ts';

export interface LabelledSite { readonly label: string; readonly site: Site; readonly thread: string | null }

export interface RunFinding {
  readonly rule: RuleName;
  readonly site: Site;
  /** What kind of thing it is about: `device page`, `movable page`, `mmap_lock`, … */
  readonly object: string;
  readonly message: string;
  readonly places: readonly LabelledSite[];
  readonly stack: readonly Site[];
  /** Accesses of the execution until then. */
  readonly event: number;
  /** The scenario step it fell into. */
  readonly step: string;
}

export function normalised(statement: string): string {
  return statement.replace(/\s+/g, ' ').replace(/;$/, '').trim();
}

export function identity(f: RunFinding): string {
  return [f.rule, f.site.function, normalised(f.site.text), f.object].join('|');
}
