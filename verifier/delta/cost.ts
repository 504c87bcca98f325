// SPDX-License-Identifier: GPL-2.0-only
// What a long-term pin of n device pages costs: rounds of GUP, pins and unpins taken, calls of the
// driver, for a driver that moves one page a call and one that moves the whole range (C44, C45).

import type { Cost } from '../report/review.ts';
import { gupScenario, PLAIN } from '../scenario/gup.ts';
import { runScenario, type Run } from '../scenario/run.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import { lawOf } from './law.ts';
import { turn } from './pool.ts';

const PAGES = Array.from({ length: 16 }, (_, i) => i + 1);
const NAMES: readonly { readonly key: keyof Run['costs']; readonly name: string }[] = [
  { key: 'rounds', name: 'GUP rounds' }, { key: 'pins', name: 'pins taken' }, { key: 'unpins', name: 'pins dropped' },
  { key: 'callbacks', name: 'migrate_to_ram calls' },
];

/** `over` is asked between runs: a review that is to end has no costs. */
export async function costsOf({ before, after }: { readonly before: RunnableSide; readonly after: RunnableSide }, over: () => boolean): Promise<Cost[]> {
  const out: Cost[] = [];
  for (const driver of ['page', 'range']) {
    const runs = async (side: RunnableSide): Promise<readonly (readonly [number, Run])[]> => {
      const made: (readonly [number, Run])[] = [];
      for (const n of PAGES) {
        made.push([n, runScenario(side, gupScenario({ ...PLAIN, mix: 'c'.repeat(n), driver }))]);
        await turn();
      }
      return made;
    };
    if (over()) return [];
    const measured = { before: await runs(before), after: await runs(after) };
    for (const { key, name } of NAMES) {
      for (const side of ['before', 'after'] as const) {
        const points = measured[side].filter(([, run]) => run.status === 'ran').map(([n, run]) => [n, run.costs[key]] as const);
        if (points.length === 0) continue;
        out.push({ name, per: `coherent page, driver moves ${driver === 'page' ? 'one page a call' : 'the whole range'}`, side, points, law: lawOf(points) });
      }
    }
  }
  return out;
}
