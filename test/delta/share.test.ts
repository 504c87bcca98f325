// SPDX-License-Identifier: GPL-2.0-only
// A run that is taken over from another side is the run that would have been made: every scenario of a
// sample is run on all sides by itself, and held against what a worker's share says. So for one patch, and
// for a series, whose patches share the trees between them.

import test from 'ava';
import '../../verifier/instrument/transpile.ts';
import { prepared } from '../../verifier/delta/prepare.ts';
import { runShare } from '../../verifier/delta/share.ts';
import type { Job, JobResult } from '../../verifier/delta/job.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import { findSeries, portPatches } from '../../patches/index.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { defaultSuite, scenarioNamed } from '../../verifier/scenario/suite.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import type { PortTree } from '../../verifier/tree/load.ts';
import { treesOf, VARIANTS } from './harness.ts';

const SEARCHED = ['beside/c/pin-slow.munmap', 'beside/c/pin-fast.dontneed', 'beside/p/load.munmap', 'beside/p/evict.child-dontneed', 'beside/c/evict.dontneed'];
/** Every so many of the one-thread scenarios. */
const STRIDE = 29;
const IDS = [...SEARCHED, ...defaultSuite().scenarios.filter((s) => s.threads === undefined).flatMap((s, i) => (i % STRIDE === 0 ? [s.id] : []))];

/** The trees of a patch, or of a series one after the other. */
function chainOf(target: string): readonly PortTree['files'][] {
  const series = findSeries(target);
  const last = series === undefined ? [target] : portPatches(series.patches).map((p) => p.id);
  return [...last.slice(0, 1).map((id) => treesOf(id).before.files), ...last.map((id) => treesOf(id).after.files)];
}

function jobOf(target: string, ids: readonly string[]): Job {
  const trees = chainOf(target);
  return {
    target, trees, variants: VARIANTS, config: 'default', ...prepared(trees, 'default', VARIANTS), costs: [], chosen: { kind: 'ids', ids },
    limit: null, deadline: null, stop: new SharedArrayBuffer(4), next: new SharedArrayBuffer(4),
  };
}
/** All of a run but the order of a map. */
function plain(run: Run): unknown { return { ...run, search: run.search === null ? null : { ...run.search, witnesses: [...run.search.witnesses] } }; }

for (const target of ['device-coherent/v2/3', 'device-coherent/v3']) {
  test(`what is taken over is what would have been run: ${target}`, async (t) => {
    t.timeout(160_000);
    const ids = target.endsWith('/v3') ? IDS.filter((_, i) => i % 3 === 0) : IDS;
    const job = jobOf(target, ids);
    const { pairs, complete } = await runShare(job, () => undefined);
    t.true(complete);
    t.true(pairs.some((p) => p.shared.after), 'the sample takes something over');
    t.true(pairs.length < 2 * ids.length * (job.trees.length - 1), 'and leaves something out');
    const sides = VARIANTS.map((switches) => job.trees.map((tree) => linkSide(tree, { ...CONFIGS.default, ...switches })));
    for (const [index, id] of ids.entries()) {
      const scenario = scenarioNamed(id);
      if (scenario === null) return t.fail(id);
      const runs = sides.map((trees) => trees.map((s) => plain(runScenario(s, scenario))));
      for (const [variant, own] of runs.entries()) {
        for (let step = 0; step + 1 < own.length; step += 1) {
          const made = pairs.find((p) => p.index === index && p.variant === variant && p.step === step);
          const both = [own[step], own[step + 1]];
          // A setting that is left out has the runs of the first, but for its lines.
          if (made === undefined) t.deepEqual(withoutLines(both), withoutLines([runs[0]?.[step], runs[0]?.[step + 1]]), `${id} ${variant} ${step}`);
          else t.deepEqual([plain(made.before), plain(made.after)], both, `${id} ${variant} ${step}`);
        }
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
  t.deepEqual(await runShare({ ...job, stop, next: new SharedArrayBuffer(4) }, () => undefined), { pairs: [], costs: [], reached: [[], []], complete: false });
});
