// SPDX-License-Identifier: GPL-2.0-only
// Whole series: a verdict with a reason for every patch, each of which applies.

import test from 'ava';
import { SERIES } from '../../patches/index.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../verifier/delta/review.ts';
import { resolveTarget } from '../../verifier/delta/target.ts';
import { textReport } from '../../verifier/report/text.ts';

for (const series of SERIES) {
  test.serial(`${series.id}: every patch applies or is outside the port, and says why`, async (t) => {
    const target = resolveTarget(series.id);
    if (!target.ok) return t.fail(target.reason);
    const told: string[] = [];
    // A sample: whether each patch's statements are reached is for the whole suite to say.
    const review = await reviewTarget(target.target, { ...DEFAULT_OPTIONS, scenarios: 'unload/*', jobs: 1, onReviewed: (p) => { told.push(p.id); } });
    t.deepEqual(told, series.patches.map((p) => p.id));
    for (const [i, p] of review.patches.entries()) {
      t.not(p.verdict, 'conflict');
      t.is(p.verdict === 'outside-port', series.patches[i]?.kind === 'outside-port', p.id);
      t.not(p.reason, '');
    }
    // A line for each patch, before any finding.
    const [head = ''] = textReport(review).split(/\n\n(?=\S+\/\d+ {2})/);
    for (const p of review.patches) if (review.patches.length > 1) t.regex(head, new RegExp(`^ {2}${p.id} +${p.verdict} +\\S`, 'm'));
    return undefined;
  });
}

test.serial('v1: where pages no longer hold their pgmap, an unload takes them away; what a patch brings a later one cures', async (t) => {
  const target = resolveTarget('device-coherent/v1');
  if (!target.ok) return t.fail(target.reason);
  const review = await reviewTarget(target.target, { ...DEFAULT_OPTIONS, scenarios: 'gup/c/slow.long.w.own.once.none.page.drained.never.load.now', jobs: 1 });
  const of = (n: number): readonly string[] => review.patches.find((p) => p.number === n)?.findings.filter((f) => f.state !== 'same').map((f) => `${f.state} ${f.rule} ${f.function}`).sort() ?? [];
  t.true(of(4).includes('introduced lost-page model_migrate_to_device'));
  t.true(of(8).includes('fixed lost-page model_migrate_to_device'));
  t.true(of(8).includes('new unpinnable-pin check_and_migrate_movable_pages'));
  t.true(of(9).some((f) => f.startsWith('fixed lost-page')));
  return undefined;
});
