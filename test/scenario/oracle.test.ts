// SPDX-License-Identifier: GPL-2.0-only
// Frames with an undo log against generators that are run from the start: two ways to run the same
// port, of which the second takes no expression apart and undoes nothing. The slow part of it is
// oracle.long.test.ts.

import test from 'ava';
import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { defaultSuite } from '../../verifier/scenario/suite.ts';
import { treesOf } from '../delta/harness.ts';
import { bothForms, draws, randomSchedule, runsAgree, scheduledAgree, searchesAgree } from './both-forms.ts';
import { twoThreads } from './two-threads.ts';

const is = bothForms(treesOf('device-coherent/v3/3').after);

test('one thread: a sample of the default suite', (t) => {
  const draw = draws(1);
  const scenarios = defaultSuite().scenarios.filter((s) => s.threads === undefined);
  for (let i = 0; i < 40; i += 1) {
    const scenario = scenarios[Math.floor(draw.next().value * scenarios.length)];
    if (scenario !== undefined) runsAgree(t, is, scenario);
  }
});

test('several threads: all interleavings that differ', (t) => {
  for (const scenario of [twoThreads('n', 'store', 'dontneed'), twoThreads('c', 'load', 'munmap'), twoThreads('c', 'dontneed', 'store')]) searchesAgree(t, is, scenario);
});

test('several threads: all interleavings', (t) => {
  searchesAgree(t, is, twoThreads('n', 'store', 'load'), 'enumerate');
  searchesAgree(t, is, twoThreads('c', 'store', 'store'), 'enumerate');
});

test('several threads in a random order, statement by statement', (t) => {
  const draw = draws(2);
  for (const scenario of [twoThreads('n', 'pin', 'munmap'), twoThreads('c', 'pin', 'evict'), twoThreads('p', 'store', 'dontneed'), twoThreads('p', 'load', 'load')]) {
    for (let i = 0; i < 2; i += 1) scheduledAgree(t, is, scenario, randomSchedule(draw, 2, 30));
  }
});

test('two threads that change places have as many interleavings, with the same outcomes', (t) => {
  const counts = (first: 'store' | 'dontneed', other: 'store' | 'dontneed'): readonly unknown[] => {
    const found = exploreScenario(is.frames, twoThreads('p', first, other), { algorithm: 'source', maxExecutions: 5000, maxEvents: 5000 });
    const rules = [...new Set(found.findings.map((f) => f.finding.rule))].sort();
    return [found.executions, found.bounds, found.outcomes.map((o) => o.executions).sort(), rules];
  };
  t.deepEqual(counts('store', 'dontneed'), counts('dontneed', 'store'));
});
