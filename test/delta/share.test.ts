// SPDX-License-Identifier: GPL-2.0-only
// A run that is taken over from another side is the run that would have been made: every scenario of a
// sample is run on all four sides by itself, and held against what a worker's share says.

import test from 'ava';
import '../../verifier/instrument/transpile.ts';
import { prepared } from '../../verifier/delta/prepare.ts';
import { runShare } from '../../verifier/delta/share.ts';
import type { Job, JobResult } from '../../verifier/delta/job.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { defaultSuite, scenarioNamed } from '../../verifier/scenario/suite.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { treesOf, VARIANTS } from './harness.ts';

const SEARCHED = ['beside/c/pin-slow.munmap', 'beside/c/pin-fast.dontneed', 'beside/p/load.munmap', 'beside/p/evict.child-dontneed', 'beside/c/evict.dontneed'];
/** Every so many of the one-thread scenarios. */
const STRIDE = 29;
const IDS = [...SEARCHED, ...defaultSuite().scenarios.filter((s) => s.threads === undefined).flatMap((s, i) => (i % STRIDE === 0 ? [s.id] : []))];

function jobOf(target: string, ids: readonly string[]): Job {
  const trees = treesOf(target);
  return {
    target, before: trees.before.files, after: trees.after.files, variants: VARIANTS, config: 'default',
    ...prepared(trees.before.files, trees.after.files, 'default', VARIANTS), costs: [], chosen: { kind: 'ids', ids },
    limit: null, deadline: null, stop: new SharedArrayBuffer(4), next: new SharedArrayBuffer(4),
  };
}
/** All of a run but the order of a map. */
function plain(run: Run): unknown { return { ...run, search: run.search === null ? null : { ...run.search, witnesses: [...run.search.witnesses] } }; }

for (const target of ['device-coherent/v2/3', 'device-coherent/v3/3']) {
  test(`what is taken over is what would have been run: ${target}`, async (t) => {
    t.timeout(160_000);
    const job = jobOf(target, IDS);
    const { pairs, complete } = await runShare(job, () => undefined);
    t.true(complete);
    t.true(pairs.some((p) => p.shared > 0), 'the sample takes something over');
    t.true(pairs.length < 2 * IDS.length, 'and leaves something out');
    const sides = VARIANTS.map((switches) => ({
      before: linkSide(job.before, { ...CONFIGS.default, ...switches }), after: linkSide(job.after, { ...CONFIGS.default, ...switches }),
    }));
    for (const [index, id] of IDS.entries()) {
      const scenario = scenarioNamed(id);
      if (scenario === null) return t.fail(id);
      const runs = sides.map((s) => ({ before: plain(runScenario(s.before, scenario)), after: plain(runScenario(s.after, scenario)) }));
      for (const [variant, own] of runs.entries()) {
        const made = pairs.find((p) => p.index === index && p.variant === variant);
        // A setting that is left out has the runs of the first, but for its lines.
        if (made === undefined) t.deepEqual(withoutLines(own), withoutLines(runs[0]), `${id} ${variant}`);
        else t.deepEqual({ before: plain(made.before), after: plain(made.after) }, own, `${id} ${variant}`);
      }
    }
  });
}

function withoutLines(value: unknown): string { return JSON.stringify(value, (k, v: unknown) => (k === 'line' ? 0 : v)); }

test('two that take from one count run everything once', async (t) => {
  const ids = IDS.filter((id) => id.startsWith('gup/')).slice(0, 8);
  const job = jobOf('device-coherent/v2/3', ids);
  const once = await runShare(job, () => undefined);
  const shared = { ...job, next: new SharedArrayBuffer(4) };
  const turn = (): Promise<void> => new Promise((go) => { setImmediate(go); });
  const both = await Promise.all([runShare(shared, () => undefined, turn), runShare({ ...shared }, () => undefined, turn)]);
  const of = (results: readonly JobResult[]): string[] => results.flatMap((r) => r.pairs.map((p) => `${p.index} ${p.variant} ${p.scenario} ${p.after.outcome}`)).sort();
  t.deepEqual(of(both), of([once]));
});

test('a limit counts scenarios, and what is asked to stop stops', async (t) => {
  const ids = IDS.filter((id) => id.startsWith('gup/')).slice(0, 6);
  const job = jobOf('device-coherent/v2/3', ids);
  const some = await runShare({ ...job, limit: 2 }, () => undefined);
  t.deepEqual([...new Set(some.pairs.map((p) => p.index))], [0, 1]);
  t.false(some.complete);
  const stop = new SharedArrayBuffer(4);
  new Int32Array(stop)[0] = 1;
  t.deepEqual(await runShare({ ...job, stop, next: new SharedArrayBuffer(4) }, () => undefined), { pairs: [], costs: [], reached: [], complete: false });
});
