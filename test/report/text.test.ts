// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { PLAIN_PAINT } from '../../verifier/report/paint.ts';
import { textReport } from '../../verifier/report/text.ts';
import { CONFLICTED, FINDINGS, OUTSIDE, REVIEW, REVIEWED, reviewOf } from './fixture.ts';
import { golden } from './golden.ts';

test('the text of a review', (t) => { golden(t, 'report/review.txt', textReport(REVIEW)); });
test('the text, with everything', (t) => { golden(t, 'report/review-verbose.txt', textReport(REVIEW, { verbose: true, coverage: () => 'they cover 5 of 9 pairs' })); });
test('a conflict, a patch outside the port, a search cut short', (t) => {
  golden(t, 'report/conflict.txt', textReport(reviewOf([CONFLICTED, OUTSIDE], { complete: false })));
});

test('twice the same bytes, and no colour unless there is a painter', (t) => {
  const text = textReport(REVIEW);
  t.is(textReport(REVIEW), text);
  t.false(text.includes('\x1b'));
  t.true(textReport(REVIEW, { paint: { ...PLAIN_PAINT, red: (s) => `\x1b[31m${s}\x1b[39m` } }).includes('\x1b[31m'));
});

test('every finding that is not the same says before and after, and where it is', (t) => {
  const blocks = textReport(REVIEW).split(/\n(?=(?:error|fixed|warning)\[)/).slice(1);
  t.is(blocks.length, FINDINGS.filter((f) => f.state !== 'same').length);
  for (const block of blocks) {
    t.regex(block, /= before: ./);
    t.regex(block, /= after: ./);
    t.regex(block, /--> kernel-port\/mm\/demo\.ts:\d+ \(C: mm\/demo\.c(:\d+)?, \w+\)/);
    t.regex(block, /try `kpv explain KPV\d{4}`/);
  }
  t.regex(blocks.find((b) => b.startsWith('error[KPV0602]')) ?? '', /configuration: MIGRATION=n/);
  t.regex(blocks.find((b) => b.startsWith('error[KPV0402]')) ?? '', /stem \(8 steps\)[^]*loop \(2 steps/);
});

test('worst first: what the patch broke before what it fixed, whatever the order it came in', (t) => {
  const order = (text: string): string[] => [...text.matchAll(/^(?:error|fixed)\[(KPV\d+)\]/gm)].map(([, code = '']) => code);
  t.deepEqual(order(textReport(REVIEW)), ['KPV0105', 'KPV0402', 'KPV0602', 'KPV0107', 'KPV0104']);
  const turned = reviewOf([{ ...REVIEWED, findings: [...FINDINGS].reverse() }]);
  t.deepEqual(order(textReport(turned)), order(textReport(REVIEW)));
});

test('what was not reached and what the model lacks is there', (t) => {
  const text = textReport(REVIEW);
  t.regex(text, /no scenario reached \(1\)\n {2}kernel-port\/mm\/demo\.ts:122 {2}count_pages: return -EBUSY;/);
  for (const limit of REVIEW.limits) t.true(text.includes(limit));
  t.regex(text, /P\.pin=2 -> P\.pin=-EFAULT/);
});
