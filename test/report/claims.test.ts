// SPDX-License-Identifier: GPL-2.0-only
// Claims as text and JSON. The claims and what became of them are invented.

import test from 'ava';
import type { Claim, Decision } from '../../verifier/claims/claim.ts';
import type { Judged, Looked } from '../../verifier/claims/decide.ts';
import { claimsJson, claimsStory, claimsText, type ClaimsReport } from '../../verifier/report/claims.ts';
import { golden } from './golden.ts';

const CLAIM: Claim = {
  id: 'C01', author: 'Ann Example', date: '2022-01-12', messageId: 'one@example.org', where: null, kinds: ['run', 'interleaving'],
  functions: ['count_pages', 'drop_pages'], statement: 'Whoever counts the pages of the demo while another one drops them comes to a number that was never true.',
};
const DECISION: Decision = {
  verdict: 'confirmed', condition: 'where two CPUs do it, on demo/v2 with GRAB_FORM=own and the driver that moves one page per call',
  evidence: 'the second of two threads counted 3 pages where there were 2', command: "kpv review demo/v2/3 --set GRAB_FORM=own --scenario 'demo/two'",
  story: ['demo/v2/3[GRAB_FORM=own], demo/two: 12 executions: P.count=2 | P.count=3', 'base, demo/two: 12 executions: P.count=2; the count is taken under the lock there, and no order of the two threads gives another number than that'],
};
function judged(claim: Partial<Claim>, decision: Partial<Decision>, looked: Looked = 'yes'): Judged {
  return { claim: { ...CLAIM, ...claim }, decision: { ...DECISION, condition: null, story: [], ...decision }, looked };
}
const NOTHING: Partial<Decision> = { verdict: 'not-reproduced', evidence: 'no check in this build', command: 'none' };
const JUDGED: readonly Judged[] = [
  { claim: CLAIM, decision: DECISION, looked: 'yes' },
  judged({ id: 'C02a', author: 'Bo Sample', kinds: ['static'], messageId: null, where: 'a list' }, { verdict: 'refuted', evidence: 'count_pages() has one caller, mm/demo.ts#main', command: 'kpv claims C02a' }),
  judged({ id: 'C02b', author: 'Bo Sample', kinds: ['static'] }, { verdict: 'not-reproduced', condition: 'on demo/v2', evidence: 'neither was seen in 4 executions', command: 'kpv claims C02b' }),
  judged({ id: 'C03', kinds: ['design'], functions: [] }, { verdict: 'not-decidable', evidence: 'an opinion', command: 'none' }, 'undecidable'),
  judged({ id: 'C04', author: 'Cy Specimen' }, NOTHING, 'no-check'),
  judged({ id: 'C05' }, { ...NOTHING, evidence: 'its check cannot look here: this build has no demo/v9' }, 'cannot-look'),
  judged({ id: 'C06' }, NOTHING, 'no-check'),
];
const REPORT: ClaimsReport = {
  judged: JUDGED, again: (id) => (id === 'C01' ? [{ date: '2022-01-20', messageId: 'two@example.org' }, { date: '2022-02-01', messageId: null }] : []),
  kernel: 'v5.15', limits: ['a page holds one word of content'],
};

test('the table: what was looked at, what was not, the counts', (t) => {
  golden(t, 'report/claims.txt', claimsText(REPORT));
});

test('the table fits a narrow terminal, but for commands', (t) => {
  const text = claimsText(REPORT, 40);
  for (const line of text.split('\n')) t.true(line.length <= 60 || line.includes('kpv review'), line);
  t.is(claimsText(REPORT, 400), claimsText(REPORT));
});

test('verdicts count what was looked at alone', (t) => {
  const counts = (some: readonly Judged[]): string => (/^\d+ claims?: [^]*?\.$/m.exec(claimsText({ ...REPORT, judged: some }))?.[0] ?? '').replace(/\n/g, ' ');
  t.is(counts(JUDGED), '7 claims: 1 confirmed, 1 refuted, 1 not-reproduced, 1 not-decidable; apart from these 2 without a check in this build and 1 whose check cannot look.');
  t.is(counts(JUDGED.slice(0, 1)), '1 claim: 1 confirmed, 0 refuted, 0 not-reproduced, 0 not-decidable.');
  t.is(counts(JUDGED.slice(4, 5)), '1 claim: 0 confirmed, 0 refuted, 0 not-reproduced, 0 not-decidable; apart from these 1 without a check in this build.');
});

test('one claim with all that was seen', (t) => {
  golden(t, 'report/claims-story.txt', claimsStory(REPORT));
});

test('JSON has the fields of the contract, in its order', (t) => {
  golden(t, 'report/claims.json', claimsJson(JUDGED));
  const read: unknown = JSON.parse(claimsJson(JUDGED));
  t.like(read, { schema: 'kpv.claims/1', claims: { length: 7 } });
});
