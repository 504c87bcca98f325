// SPDX-License-Identifier: GPL-2.0-only
// The suites by name: what `--suite` and `--scenario` choose from.

import { besideFull, besideNamed, besideScenarios } from './beside.ts';
import { coverPairs, product, type Covering } from './pairs.ts';
import { DIMENSIONS, FULL_DIMENSIONS, gupScenario, NAMED, pointId, pointOf, refuse } from './gup.ts';
import { hmmNamed, hmmScenarios } from './hmm.ts';
import { listScenarios } from './lists.ts';
import type { Scenario } from './scenario.ts';
import { unloadScenarios } from './unload.ts';

export interface Suite { readonly scenarios: readonly Scenario[]; readonly coverage: Covering; readonly named: readonly string[] }

let cached: Suite | null = null;

/** Every pair of dimension values that a point may have, and every point that the manifest names. */
export function defaultSuite(): Suite {
  if (cached !== null) return cached;
  const coverage = coverPairs(DIMENSIONS, refuse);
  const points = new Map(coverage.points.map((p) => [pointId(p), p]));
  for (const { point } of NAMED) points.set(pointId(point), point);
  const scenarios = [...points.entries()].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, p]) => gupScenario(p));
  cached = { scenarios: [...besideScenarios(), ...hmmScenarios(), ...scenarios, ...unloadScenarios()], coverage, named: NAMED.map((n) => n.row) };
  return cached;
}

/** The whole product, made as it is asked for: far more than a review runs without a budget. */
export function* fullSuite(): Generator<Scenario> {
  yield* listScenarios();
  yield* unloadScenarios();
  yield* besideFull();
  yield* hmmScenarios();
  for (const p of product(FULL_DIMENSIONS, refuse)) yield gupScenario(p);
}

/** A scenario by its id, also one outside the default suite. */
export function scenarioNamed(id: string): Scenario | null {
  const list = [...listScenarios(), ...unloadScenarios()].find((s) => s.id === id);
  if (list !== undefined) return list;
  const hmm = hmmNamed(id);
  if (hmm !== null) return hmm;
  const beside = besideNamed(id);
  if (beside !== null) return beside;
  const point = pointOf(id);
  return point === null ? null : gupScenario(point);
}

/** A glob over scenario ids: `*` is any run of characters, `?` one. */
export function matchesGlob(id: string, glob: string): boolean {
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.');
  return new RegExp(`^${pattern}$`).test(id);
}
