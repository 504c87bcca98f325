// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { PLAIN_PAINT } from '../../verifier/report/paint.ts';
import { mailReport } from '../../verifier/report/mail.ts';
import { textReport } from '../../verifier/report/text.ts';
import { CONFLICTED, FINDINGS, moduleOf, OUTSIDE, REVIEW, REVIEWED, reviewOf, UNCHANGED } from './fixture.ts';
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

test('a finding that a later patch of the series cures is open until then', (t) => {
  const [broken] = FINDINGS.filter((f) => f.rule === 'pin-mismatch');
  if (broken === undefined) return t.fail();
  const fixed = { ...UNCHANGED, id: 'demo/v2/4', number: 4, findings: [{ ...broken, state: 'fixed' as const }] };
  t.regex(textReport(reviewOf([REVIEWED, fixed])), /error\[KPV0105\][^]*?= open: until demo\/v2\/4, with which it goes\n/);
  t.notRegex(textReport(reviewOf([fixed, REVIEWED])), /= open/);
  t.regex(mailReport(reviewOf([REVIEWED, fixed]), moduleOf, { version: '0', sourceDate: 0 }), /It goes with demo\/v2\/4, later in this series\./);
});

test('a long run is held from some step on, and says how many came before', (t) => {
  const held = FINDINGS.map((f) => (f.cycle === null ? f : { ...f, cycle: { ...f.cycle, stem: f.cycle.stem.map((s) => ({ ...s, n: s.n + 90 })) } }));
  const text = (verbose: boolean): string => textReport(reviewOf([{ ...REVIEWED, findings: held }]), { verbose });
  t.regex(text(false), /stem \(98 steps\):\n +\(93 steps before these; -v shows 3 of them, a replay all\)/);
  t.regex(text(true), /stem \(98 steps\):\n +\(90 steps before these; a replay shows them\)/);
});

test('what was not reached and what the model lacks is there', (t) => {
  const text = textReport(REVIEW);
  t.regex(text, /no scenario reached \(1\)\n {2}kernel-port\/mm\/demo\.ts:122 {2}count_pages: return -EBUSY;/);
  for (const limit of REVIEW.limits) t.true(text.includes(limit));
  t.regex(text, /P\.pin=2 -> P\.pin=-EFAULT/);
});
