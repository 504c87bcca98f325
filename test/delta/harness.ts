// SPDX-License-Identifier: GPL-2.0-only
// A review in small for tests that change the port or a patch: both trees, the plain points and a
// few crossings, both values of GRAB_FORM; findings as strings that hold no line and no count.

import { compareFindings, type PairOfRuns } from '../../verifier/delta/compare.ts';
import { sidesOf, variantSuffix } from '../../verifier/delta/target.ts';
import { findPatch } from '../../patches/index.ts';
import { gupScenario, NAMED, PLAIN } from '../../verifier/scenario/gup.ts';
import type { Point } from '../../verifier/scenario/pairs.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { checkTypes } from '../../verifier/tree/check.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { withFiles, type PortTree } from '../../verifier/tree/load.ts';

const EXTRA: readonly Point[] = [
  { ...PLAIN, mix: 'mc', driver: 'oom' },
  { ...PLAIN, driver: 'nothing' },
  { ...PLAIN, mix: 'n', foreign: 'ref' },
  { ...PLAIN, mix: 'm' },
  { ...PLAIN, mix: 'nm', shared: 'forked' },
  { ...PLAIN, mix: 'm', lru: 'isolated' },
  { ...PLAIN, mix: 'mn', lru: 'ownpvec' },
  { ...PLAIN, mix: 'm', lru: 'otherpvec' },
  { ...PLAIN, mix: 'nc', then: 'dontneed' },
  { ...PLAIN, mix: 'n', shared: 'forked', access: 'r', then: 'store' },
  { ...PLAIN, mix: 'nm', path: 'fast', hold: 'get' },
  { ...PLAIN, mix: 'p', shared: 'forked', driver: 'range' },
];
export const SCENARIOS = [...NAMED.map((n) => n.point), ...EXTRA].map(gupScenario);

export const VARIANTS = [{ GRAB_FORM: '886d' }, { GRAB_FORM: 'own' }] as const;

export interface Small { readonly fresh: readonly string[]; readonly fixed: readonly string[]; readonly same: readonly string[] }

/** Findings by state, as `rule function object`. */
export function smallReview(before: PortTree, after: PortTree): Small {
  const pairs: PairOfRuns[] = [];
  const types = new Set<string>();
  for (const switches of VARIANTS) {
    const config = { ...CONFIGS.default, ...switches };
    const a = linkSide(before.files, config);
    const b = linkSide(after.files, config);
    for (const scenario of SCENARIOS) {
      pairs.push({ id: `${scenario.id}${variantSuffix(switches)}`, scenario, switches, before: runScenario(a, scenario), after: runScenario(b, scenario) });
    }
    for (const t of checkTypes(before, after, { switches }).added) types.add(`${t.rule} ${t.function}`);
  }
  const { findings } = compareFindings(pairs);
  const named = (states: readonly string[]): string[] => [...new Set(findings.filter((f) => states.includes(f.state))
    .map((f) => `${f.witness.finding.rule} ${f.witness.finding.site.function}`))].sort();
  return { fresh: [...named(['new', 'introduced']), ...types].sort(), fixed: named(['fixed']), same: named(['same', 'unmasked']) };
}

/** The trees of a patch of the project. */
export function treesOf(id: string): { readonly before: PortTree; readonly after: PortTree } {
  const patch = findPatch(id);
  if (patch === undefined) throw new Error(`no patch ${id}`);
  const trees = sidesOf(patch);
  if (!trees.ok || !trees.sides.applied.ok) throw new Error(`${id} does not apply`);
  return { before: trees.sides.before, after: trees.sides.applied.tree };
}

/** The tree with a text replaced that stands in the file exactly `times` times. */
export function replaced(tree: PortTree, file: string, from: string, to: string, times = 1): PortTree {
  const text = tree.files.get(file) ?? '';
  const parts = text.split(from);
  if (parts.length !== times + 1) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
  return withFiles(tree, new Map([[file, parts.join(to)]]));
}
