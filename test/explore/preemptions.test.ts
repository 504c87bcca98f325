// SPDX-License-Identifier: GPL-2.0-only
// Traces by the least number of preemptions of any of their linearisations, cumulated: oracle tables.

import test from 'ava';
import { ainc, binc, casrot, fib, inc, lastzero, mutexrc, readers } from '../../verifier/explore/bench-programs.ts';
import { explore, type Program } from '../../verifier/explore/index.ts';

function cumulated<S>(program: Program<S>): readonly number[] {
  const { preemptions, preemptionsExact } = explore(program, { algorithm: 'source', preemptions: true });
  if (preemptions === null || !preemptionsExact) return [];
  let sum = 0;
  return preemptions.map((n) => (sum += n));
}

test('histograms', (t) => {
  t.deepEqual(cumulated(binc(3)), [6, 24, 36]);
  t.deepEqual(cumulated(inc(2, 3)), [2, 6, 14, 18, 20]);
  t.deepEqual(cumulated(inc(3, 2)), [6, 24, 60, 90]);
  t.deepEqual(cumulated(mutexrc(2, 2)), [2, 6, 10, 12]);
  t.deepEqual(cumulated(mutexrc(3, 1)), [6, 24, 36]);
  t.deepEqual(cumulated(fib(2, false)), [2, 8, 18, 19]);
});

test('programs whose traces all do without', (t) => {
  t.deepEqual([cumulated(readers(5)), cumulated(lastzero(5)), cumulated(ainc(5)), cumulated(casrot(6))], [[32], [64], [120], [144]]);
});

test('not asked for, not counted', (t) => t.is(explore(ainc(2), { algorithm: 'source' }).preemptions, null));
