// SPDX-License-Identifier: GPL-2.0-only
// A driver that is unloaded while its page is mapped waits; where pages no longer hold their pgmap, it
// does not, and takes the struct page away from under the entry (device-coherent/v1/2).

import test from 'ava';
import '../../verifier/instrument/transpile.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/link-side.ts';
import { scenarioNamed } from '../../verifier/scenario/suite.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { scenarioInWords } from '../../verifier/report/words.ts';
import { treesOf } from '../delta/harness.ts';

const sideOf = (id: string, which: 'before' | 'after'): RunnableSide => linkSide(treesOf(id)[which].files, CONFIGS.default);
const base = sideOf('device-coherent/v1/2', 'before');
const zero = sideOf('device-coherent/v1/2', 'after');
const last = sideOf('device-coherent/v1/9', 'after');

function run(side: RunnableSide, id: string): Run {
  const scenario = scenarioNamed(id);
  if (scenario === null) throw new Error(id);
  return runScenario(side, scenario);
}
const rules = (r: Run): string[] => [...new Set(r.findings.map((f) => `${f.rule} ${f.site.function}`))].sort();

test('with a count of one for each page the unload waits: the end of the run, and no deadlock', (t) => {
  const r = run(base, 'unload/p');
  t.is(r.outcome, 'U.unload=waits page0=device0');
  t.false(r.endedEarly);
  t.false(r.findings.some((f) => f.rule === 'deadlock'));
});

test('with a count of zero it does not wait', (t) => {
  const r = run(zero, 'unload/p');
  t.deepEqual(rules(r), ['data-corruption memunmap_pages', 'stale-pte pageunmap_range']);
  t.is(run(zero, 'unload/c').status, 'unsupported');
  t.true(rules(run(last, 'unload/c')).includes('stale-pte pageunmap_range'));
});

test('a page that starts at zero is counted like any other: its driver gives it out with one, and gets it back at none', (t) => {
  for (const mix of ['p', 'pp', 'np']) {
    for (const then of ['load', 'dontneed']) {
      const scenario = gupScenario({ ...PLAIN, mix, then });
      t.deepEqual(rules(runScenario(zero, scenario)), rules(runScenario(base, scenario)), scenario.id);
    }
  }
  const coherent = runScenario(last, gupScenario({ ...PLAIN, mix: 'c', hold: 'pin' }));
  t.true(coherent.outcome.includes('P.pin=1') && coherent.outcome.includes('page0=device0'), coherent.outcome);
  t.false(coherent.findings.some((f) => /^(refcount|lost-page|accounting)/.test(f.rule)), rules(coherent).join());
});

test('memory that takes no page is no memory for threads to meet at', (t) => {
  const before = sideOf('device-coherent/v1/8', 'before');
  const r = run(before, 'beside/c/evict.dontneed');
  t.is(r.status, 'unsupported');
  t.regex(r.bound ?? '', /coherent memory that takes no page/);
  t.is(run(last, 'beside/c/evict.dontneed').status, 'ran');
});

test('in words', (t) => { t.is(scenarioInWords('unload/p'), 'page: device-private; the model driver is unloaded while the page is mapped'); });
