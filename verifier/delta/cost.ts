// SPDX-License-Identifier: GPL-2.0-only
// What a long-term pin of n device pages costs: rounds of GUP, pins and unpins taken, calls of the
// driver, for a driver that moves one page a call and one that moves the whole range (C44, C45).

import type { Cost } from '../report/review.ts';
import { gupScenario, PLAIN } from '../scenario/gup.ts';
import type { Run } from '../scenario/run.ts';
import type { JobPair } from './job.ts';
import { lawOf } from './law.ts';

const PAGES = Array.from({ length: 16 }, (_, i) => i + 1);
const DRIVERS = { page: 'one page a call', range: 'the whole range' } as const;
const NAMES: readonly { readonly key: keyof Run['costs']; readonly name: string }[] = [
  { key: 'rounds', name: 'GUP rounds' }, { key: 'pins', name: 'pins taken' }, { key: 'unpins', name: 'pins dropped' },
  { key: 'callbacks', name: 'migrate_to_ram calls' },
];

function idOf(driver: string, pages: number): string { return gupScenario({ ...PLAIN, mix: 'c'.repeat(pages), driver }).id; }

/** The scenarios that are run for it. */
export function costScenarios(): readonly string[] { return Object.keys(DRIVERS).flatMap((driver) => PAGES.map((n) => idOf(driver, n))); }

/** Of the runs of costScenarios(); a review that was ended before the last of them has no costs. */
export function costsOf(pairs: readonly JobPair[]): Cost[] {
  const runs = new Map(pairs.map((p) => [p.scenario, p]));
  if (costScenarios().some((id) => !runs.has(id))) return [];
  const out: Cost[] = [];
  for (const [driver, moves] of Object.entries(DRIVERS)) {
    for (const { key, name } of NAMES) {
      for (const side of ['before', 'after'] as const) {
        const points = PAGES.flatMap((n) => {
          const run = runs.get(idOf(driver, n))?.[side];
          return run?.status === 'ran' ? [[n, run.costs[key]] as const] : [];
        });
        if (points.length === 0) continue;
        out.push({ name, per: `coherent page, driver moves ${moves}`, side, points, law: lawOf(points) });
      }
    }
  }
  return out;
}
