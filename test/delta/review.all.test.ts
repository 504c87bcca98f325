// SPDX-License-Identifier: GPL-2.0-only
// Whole reviews, as the commands make them.

import test from 'ava';
import { resolveTarget } from '../../verifier/delta/target.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../verifier/delta/review.ts';
import { replayToken } from '../../verifier/delta/replay.ts';
import { EXIT, exitOfReview } from '../../verifier/cli/exit.ts';
import { jsonReport } from '../../verifier/report/json.ts';
import { mergeReviews } from '../../verifier/report/merge.ts';
import type { Review } from '../../verifier/report/review.ts';

async function review(id: string, jobs: number | null = null): Promise<Review> {
  const target = resolveTarget(id);
  if (!target.ok) throw new Error(target.reason);
  return reviewTarget(target.target, { ...DEFAULT_OPTIONS, jobs });
}

test.serial('v2 3/11: findings of both layers, each with its way back, the costs and their laws', async (t) => {
  const r = await review('device-coherent/v2/3');
  t.true(r.complete);
  t.is(exitOfReview(r, { failOn: null, interrupted: false }), EXIT.findings);
  const [patch] = r.patches;
  if (patch === undefined) { t.fail('no patch'); return; }
  t.is(patch.verdict, 'mixed');
  t.deepEqual(patch.findings.filter((f) => f.layer === 'types').map((f) => [f.rule, f.config, f.function]), [
    ['type-mismatch', 'default', 'migrate_device_page'], ['config-break', 'MIGRATION=n', '__gup_longterm_locked'],
  ]);
  for (const f of patch.findings.filter((x) => x.layer === 'run' && x.state !== 'same')) {
    const again = await replayToken(f.replay ?? '');
    t.true(again.ok && again.replay.reproduces, `${f.rule} in ${f.function}`);
  }
  const law = (name: string, driver: string, side: string): string | null | undefined =>
    patch.costs.find((c) => c.name === name && c.per.includes(driver) && c.side === side)?.law;
  t.is(law('GUP rounds', 'one page', 'after'), 'n + 1');
  t.is(law('pins taken', 'one page', 'after'), 'n^2 + n');
  t.is(law('pins dropped', 'one page', 'after'), 'n^2');
  t.is(law('GUP rounds', 'whole range', 'after'), '2');
  t.is(law('pins taken', 'whole range', 'after'), '2n');
  t.true(patch.costs.every((c) => c.points.length === 16));
});

test.serial('the same review twice, in workers and without, gives the same bytes', async (t) => {
  const one = jsonReport(mergeReviews([await review('device-coherent/v2/3')]));
  const two = jsonReport(mergeReviews([await review('device-coherent/v2/3', 1)]));
  t.is(one, two);
});

test.serial('v3 3/10: the slow path says -EFAULT, the fast path pins as before', async (t) => {
  const r = await review('device-coherent/v3/3');
  const [patch] = r.patches;
  if (patch === undefined) { t.fail('no patch'); return; }
  const slow = patch.scenarios.find((s) => s.id === 'gup/c/slow.long.w.own.once.none.page.drained.never.load.now');
  t.true(slow?.added.some((k) => k.includes('P.pin=-EFAULT') && k.includes('page0=device0')));
  const fast = patch.scenarios.find((s) => s.id === 'gup/c/fast.long.w.own.once.none.page.drained.never.load.now');
  t.deepEqual(fast?.added, []);
  t.true(fast?.after.outcomes.some((o) => o.key.includes('P.pin=1') && o.key.includes('page0=device0')));
  t.true(patch.findings.some((f) => f.rule === 'unpinnable-pin' && f.state === 'same' && f.function === 'lockless_pages_from_mm'));
  t.false(patch.findings.some((f) => f.state === 'new' || f.state === 'introduced'));
});

test.serial('a series says of each patch what its own review says', async (t) => {
  const target = resolveTarget('device-coherent/v2');
  if (!target.ok) return t.fail(target.reason);
  const options = { ...DEFAULT_OPTIONS, scenarios: 'gup/c/*' };
  const told: string[] = [];
  const whole = await reviewTarget(target.target, { ...options, onReviewed: (p) => { told.push(p.id); } });
  t.deepEqual(told, whole.patches.map((p) => p.id));
  for (const patch of whole.patches) {
    const one = resolveTarget(patch.id);
    if (!one.ok) return t.fail(one.reason);
    const [alone] = (await reviewTarget(one.target, options)).patches;
    t.deepEqual(patch, alone, patch.id);
  }
  return undefined;
});

test.serial('the base against itself: all same, no change', async (t) => {
  const r = await review('base');
  t.is(exitOfReview(r, { failOn: null, interrupted: false }), EXIT.clean);
  t.true(r.complete);
  t.true(r.patches[0]?.findings.every((f) => f.state === 'same'));
});
