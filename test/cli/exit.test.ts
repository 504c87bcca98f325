// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { exitOfReview, worstExit, type ExitCode } from '../../verifier/cli/exit.ts';
import type { PatchReview, Review } from '../../verifier/report/review.ts';
import { CONFLICTED, OUTSIDE, REVIEW, REVIEWED, reviewOf, UNCHANGED } from '../report/fixture.ts';
import { kpv } from './world.ts';

const cut: PatchReview = { ...UNCHANGED, scenarios: UNCHANGED.scenarios.map((s) => ({ ...s, after: { ...s.after, status: 'cut' } })) };
const none: PatchReview = { ...UNCHANGED, scenarios: [] };
const unsupported: PatchReview = {
  ...UNCHANGED,
  scenarios: UNCHANGED.scenarios.map((s) => ({ ...s, before: { ...s.before, status: 'unsupported' }, after: { ...s.after, status: 'unsupported' } })),
};
const unread: PatchReview = { ...UNCHANGED, apply: { ...UNCHANGED.apply, lines: { translated: 3, commentOnly: 0, notInPort: 0, notUnderstood: 1 } } };
const only = (state: 'new' | 'introduced' | 'fixed' | 'same' | 'unmasked'): PatchReview =>
  ({ ...REVIEWED, findings: REVIEWED.findings.slice(0, 1).map((f) => ({ ...f, state })) });

const CODES: readonly (readonly [string, Review, ExitCode])[] = [
  ['nothing new', reviewOf([UNCHANGED]), 0],
  ['outside the port', reviewOf([OUTSIDE]), 0],
  ['new findings', REVIEW, 1],
  ['introduced findings', reviewOf([only('introduced')]), 1],
  ['only fixed ones', reviewOf([only('fixed')]), 0],
  ['only what was there', reviewOf([only('same')]), 0],
  ['only what came to light', reviewOf([only('unmasked')]), 0],
  ['a patch that does not apply', reviewOf([CONFLICTED]), 3],
  ['a conflict beside findings', reviewOf([REVIEWED, CONFLICTED]), 3],
  ['nothing could be run', reviewOf([none]), 4],
  ['no side that can', reviewOf([unsupported]), 4],
  ['a run cut short', reviewOf([cut]), 5],
  ['a budget spent', reviewOf([UNCHANGED], { complete: false }), 5],
  ['lines not understood', reviewOf([unread]), 5],
  ['findings, though cut short', reviewOf([REVIEWED], { complete: false }), 1],
  ['one ran, one could not', reviewOf([UNCHANGED, none]), 4],
];
for (const [name, review, code] of CODES) {
  test(`${name}: ${code}`, async (t) => {
    t.is(exitOfReview(review, { failOn: null, interrupted: false }), code);
    t.is((await kpv(['review', 'base'], { review })).code, code);
    t.is(exitOfReview(review, { failOn: null, interrupted: true }), 130);
  });
}

test('which code wins', (t) => {
  const order: readonly ExitCode[] = [70, 130, 2, 3, 1, 5, 4, 0];
  for (const [i, code] of order.entries()) t.is(worstExit([...order.slice(i)].reverse()), code);
  t.is(worstExit([]), 0);
});

test('--fail-on takes names and codes, and leaves the others out', async (t) => {
  const review = REVIEW;
  t.is((await kpv(['review', 'base', '--fail-on', 'pin-mismatch'], { review })).code, 1);
  t.is((await kpv(['review', 'base', '--fail-on', 'use-after-free'], { review })).code, 0);
  const mixed = await kpv(['review', 'base', '--fail-on', 'dma-misuse, kpv0402'], { review });
  t.is(mixed.code, 1);
  t.is(mixed.err, 'kpv: --fail-on dma-misuse: this build has no check for it\n');
});

test('a fault of its own is 70, in one line; the stack on request', async (t) => {
  const broken = { during: () => { throw new TypeError('it broke\nbadly'); } };
  const { code, out, err } = await kpv(['review', 'base'], broken);
  t.deepEqual([code, out], [70, '']);
  t.is(err, "kpv: a fault of kpv's own: it broke badly (KPV_BACKTRACE=1 shows where)\n");
  t.regex((await kpv(['review', 'base'], { ...broken, env: { KPV_BACKTRACE: '1' } })).err, /\n\s+at /);
});

test('Ctrl-C: what was found is printed, and it is 130', async (t) => {
  let stop = false;
  const { code, out, err } = await kpv(['review', 'base', 'base'], {
    review: reviewOf([REVIEWED], { complete: false }),
    during: ({ options, interrupt }) => {
      t.false(options.stop());
      interrupt();
      stop = options.stop();
    },
  });
  t.true(stop);
  t.is(code, 130);
  t.is([...out.matchAll(/^kpv review of/gm)].length, 1);
  t.regex(out, /error\[KPV0105\]/);
  t.regex(err, /interrupted/);
});
