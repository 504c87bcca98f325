// SPDX-License-Identifier: GPL-2.0-only
// Two targets beside each other: marks, counts, and tokens that name the side they are of.

import test from 'ava';
import { deltaBetween } from '../../verifier/delta/between.ts';
import { replayToken } from '../../verifier/delta/replay.ts';
import { DEFAULT_OPTIONS } from '../../verifier/delta/review.ts';
import { resolveTarget, type Target } from '../../verifier/delta/target.ts';
import { exitOfDelta } from '../../verifier/cli/delta.ts';
import { deltaJson } from '../../verifier/report/between-json.ts';
import { deltaText } from '../../verifier/report/between-text.ts';
import { countsOf, type Delta } from '../../verifier/report/between.ts';

function target(id: string): Target {
  const found = resolveTarget(id);
  if (!found.ok) throw new Error(found.reason);
  return found.target;
}
async function delta(left: string, right: string, scenarios: string): Promise<Delta> {
  const between = await deltaBetween(target(left), target(right), { ...DEFAULT_OPTIONS, scenarios, jobs: 1 });
  if (!between.ok) throw new Error(between.patch);
  return between.delta;
}
const SOME = 'gup/c/slow.long.w.own.once.none.*';

test('v2 against v3: what each has alone, and what both have', async (t) => {
  const d = await delta('device-coherent/v2', 'device-coherent/v3', SOME);
  t.true(d.complete);
  t.deepEqual(d.patches.map((p) => [p.mark, p.left?.split('/').at(-1) ?? null, p.right?.split('/').at(-1) ?? null]).slice(0, 4), [['=', '1', '1'], ['=', '2', '2'], ['!', '3', '3'], ['=', '4', '4']]);
  t.deepEqual(d.patches.filter((p) => p.mark === '<').map((p) => p.left), ['device-coherent/v2/11']);
  const left = d.findings.filter((f) => f.mark === '<');
  t.true(left.some((f) => f.finding.rule === 'pin-mismatch' && f.left > 0 && f.right === 0));
  t.true(left.some((f) => f.finding.rule === 'type-mismatch'));
  t.is(countsOf(d.findings)['>'], 0);
  t.is(exitOfDelta(d, false), 0);
  const [one] = d.scenarios.filter((s) => s.mark === '!');
  t.true(one !== undefined && one.added.length > 0 && one.removed.length > 0);
  const token = left.find((f) => f.finding.replay !== null)?.finding.replay ?? '';
  const again = await replayToken(token);
  t.true(again.ok && again.replay.reproduces && again.replay.token.target === 'device-coherent/v2/8');
  t.regex(deltaText(d), /^ {2}device-coherent\/v2\/3 +! device-coherent\/v3\/3 /m);
});

test('the other way round the marks are turned', async (t) => {
  const d = await delta('device-coherent/v3', 'device-coherent/v2', SOME);
  t.is(countsOf(d.findings)['<'], 0);
  t.true(countsOf(d.findings)['>'] > 0);
  t.is(exitOfDelta(d, false), 1);
  t.is(exitOfDelta({ ...d, findings: [], complete: false }, false), 5);
  t.is(exitOfDelta(d, true), 130);
});

test('a target against itself: all alike; against the base: what it can run alone', async (t) => {
  const same = await delta('device-coherent/v3', 'device-coherent/v3', SOME);
  t.deepEqual([...new Set([...same.patches, ...same.findings, ...same.scenarios].map((r) => r.mark))], ['=']);
  const base = await delta('base', 'device-coherent/v3/2', SOME);
  t.deepEqual([...new Set(base.scenarios.map((s) => s.mark))], ['>']);
  t.deepEqual(base.patches.map((p) => [p.mark, p.right]), [['>', 'device-coherent/v3/1'], ['>', 'device-coherent/v3/2']]);
  t.true(base.findings.filter((f) => f.mark === '>' && f.finding.layer !== 'types').every((f) => f.hidden !== null));
});

test('as JSON the fields are in order', async (t) => {
  const text = deltaJson(await delta('device-coherent/v2/3', 'device-coherent/v3/3', 'gup/c/slow.long.w.own.once.none.page.drained.never.load.now'));
  const keys = [...text.matchAll(/^ "(\w+)":/gm)].map(([, k]) => k);
  t.deepEqual(keys, ['schema', 'left', 'right', 'kernel', 'base', 'switches', 'patches', 'findings', 'scenarios', 'complete', 'limits']);
});
