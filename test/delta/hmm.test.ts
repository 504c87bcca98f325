// SPDX-License-Identifier: GPL-2.0-only
// The patches to the test driver, reviewed by the scenarios that load it: the verdict, what is found, and
// that each finding is found again by its token.

import test from 'ava';
import { resolveTarget } from '../../verifier/delta/target.ts';
import { replayToken } from '../../verifier/delta/replay.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../verifier/delta/review.ts';
import type { PatchReview } from '../../verifier/report/review.ts';

async function reviewed(id: string, scenarios: string): Promise<PatchReview> {
  const target = resolveTarget(id);
  if (!target.ok) throw new Error(target.reason);
  const [patch] = (await reviewTarget(target.target, { ...DEFAULT_OPTIONS, scenarios, jobs: 1, switches: { GRAB_FORM: '886d' } })).patches;
  if (patch === undefined) throw new Error('no patch');
  return patch;
}
const news = (p: PatchReview): string[] => p.findings.filter((f) => f.layer === 'run' && f.state !== 'same').map((f) => `${f.state} ${f.rule} ${f.function}`).sort();

for (const version of ['v2', 'v3']) {
  test.serial(`${version} 6: a command more, and nothing else`, async (t) => {
    const p = await reviewed(`device-coherent/${version}/6`, 'hmm/p/*');
    t.is(p.verdict, 'behaviour-change');
    t.deepEqual(news(p), []);
  });

  test.serial(`${version} 7: the driver does not load, and leaves a device behind`, async (t) => {
    const p = await reviewed(`device-coherent/${version}/7`, 'hmm/p/type');
    t.is(p.verdict, 'regression');
    t.deepEqual(news(p), ['new use-after-free cdev_get']);
    for (const f of p.findings.filter((one) => one.state === 'new')) {
      const again = await replayToken(f.replay ?? '');
      t.true(again.ok && again.replay.reproduces, f.rule);
    }
  });

  test.serial(`${version} 8: a second chunk of coherent memory lies where the first does`, async (t) => {
    const p = await reviewed(`device-coherent/${version}/8`, 'hmm/*');
    t.is(p.verdict, 'regression');
    t.deepEqual(news(p).filter((one) => one.includes('warn-on')), ['introduced warn-on pagemap_range']);
  });
}
