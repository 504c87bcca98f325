// SPDX-License-Identifier: GPL-2.0-only
// A seeded sample of the whole product, on both sides of two patches: no fault of kpv's own, no run
// that leaves the model or is cut, and every finding names a statement.

import test from 'ava';
import { FULL_DIMENSIONS, gupScenario, refuse } from '../../verifier/scenario/gup.ts';
import type { Point } from '../../verifier/scenario/pairs.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { treesOf, VARIANTS } from '../delta/harness.ts';

const POINTS = 700;

/** Numerical Recipes' linear congruence: any even spread does. */
function* draws(seed: number): Generator<number, never> {
  for (let x = seed >>> 0; ;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

function sample(seed: number): Point[] {
  const draw = draws(seed);
  const out: Point[] = [];
  while (out.length < POINTS) {
    const p: Record<string, string> = {};
    for (const [d, values] of Object.entries(FULL_DIMENSIONS)) p[d] = values[Math.floor(draw.next().value * values.length)] ?? '';
    if (refuse(p) === null) out.push(p);
  }
  return out;
}

for (const [seed, id] of ['device-coherent/v2/3', 'device-coherent/v3/3'].entries()) {
  test(`${id}: ${POINTS} points of the product on each GRAB_FORM`, (t) => {
    t.timeout(600_000);
    const { before, after } = treesOf(id);
    for (const switches of VARIANTS) {
      for (const tree of [before, after]) {
        const side = linkSide(tree.files, { ...CONFIGS.default, ...switches });
        for (const point of sample(seed + 1)) {
          const scenario = gupScenario(point);
          const run = runScenario(side, scenario);
          t.is(run.status, 'ran', `${scenario.id}: ${run.bound ?? ''}`);
          for (const f of run.findings) t.not(f.site.file, '', `${scenario.id}: ${f.rule}`);
        }
      }
    }
  });
}
