// SPDX-License-Identifier: GPL-2.0-only
// Frames against generators (oracle.test.ts), on the whole default suite and on every pair of acts
// whose search ends soon enough.

import test from 'ava';
import { defaultSuite } from '../../verifier/scenario/suite.ts';
import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { loadPort } from '../../verifier/tree/load.ts';
import type { Scenario } from '../../verifier/scenario/scenario.ts';
import { treesOf } from '../delta/harness.ts';
import { bothForms, draws, has, randomSchedule, runsAgree, scheduledAgree, searchesAgree, type BothForms } from './both-forms.ts';
import { twoThreads, type Act } from './two-threads.ts';

const ACTS: readonly Act[] = ['pin', 'store', 'load', 'dontneed', 'munmap', 'evict'];
const MIXES = ['n', 'c', 'p'] as const;
/** A search of more executions is not run from the start for each of them. */
const MOST = 60;

interface Named { readonly name: string; readonly form: () => BothForms }
const sides: readonly Named[] = [
  { name: 'base', form: () => bothForms(loadPort()) },
  ...['device-coherent/v2/3', 'device-coherent/v3/3'].flatMap((id): readonly Named[] => {
    const { before, after } = treesOf(id);
    return [{ name: `before ${id}`, form: () => bothForms(before) }, { name: `after ${id}`, form: () => bothForms(after) }];
  }),
];

/** Every pair of acts that a side knows, on each kind of page. */
function pairs(side: BothForms): readonly Scenario[] {
  const all = MIXES.flatMap((mix) => ACTS.flatMap((first) => ACTS.map((other) => ({ mix, first, other }))));
  return all.filter(({ mix, first, other }) => mix !== 'n' || (first !== 'evict' && other !== 'evict'))
    .map(({ mix, first, other }) => twoThreads(mix, first, other)).filter((s) => has(side.frames, s));
}

for (const { name, form } of sides) {
  test.serial(`${name}: every scenario of the default suite, by one thread`, (t) => {
    t.timeout(1_200_000);
    const side = form();
    for (const scenario of defaultSuite().scenarios) if (scenario.threads === undefined) runsAgree(t, side, scenario);
  });

  test.serial(`${name}: every pair of acts, all interleavings that differ`, (t) => {
    t.timeout(1_200_000);
    const side = form();
    let compared = 0;
    for (const scenario of pairs(side)) {
      const small = exploreScenario(side.frames, scenario, { algorithm: 'source', maxExecutions: MOST, maxEvents: 5000 });
      if (small.bounds.length > 0) continue;
      searchesAgree(t, side, scenario);
      compared += 1;
    }
    t.true(compared > 20, `${compared} pairs`);
    t.log(`${compared} pairs`);
  });

  test.serial(`${name}: every pair of acts and the suite's scenarios of several threads, in random orders`, (t) => {
    t.timeout(1_200_000);
    const side = form();
    const draw = draws(3);
    const several = defaultSuite().scenarios.filter((s) => s.threads !== undefined && has(side.frames, s));
    for (const scenario of [...pairs(side), ...several]) {
      for (let i = 0; i < 4; i += 1) scheduledAgree(t, side, scenario, randomSchedule(draw, scenario.threads?.length ?? 1, 40));
    }
    t.log(`${several.length} scenarios of the suite`);
  });
}
