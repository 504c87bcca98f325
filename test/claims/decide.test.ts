// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { CHECKS } from '../../verifier/claims/checks/index.ts';
import type { Claim, Decision } from '../../verifier/claims/claim.ts';
import { decide } from '../../verifier/claims/decide.ts';
import { CannotLook, type Laboratory } from '../../verifier/claims/laboratory.ts';
import { CLAIMS, claimNamed } from '../../verifier/claims/ledger/index.ts';

const closed = (): never => { throw new Error('nothing is looked at'); };
const CLOSED: Laboratory = { see: closed, tests: closed, source: closed, callers: closed };
const MADE: Decision = { verdict: 'refuted', condition: 'on paper', evidence: 'it was otherwise', command: 'kpv claims C01', story: ['one look'] };
const named = (id: string): Claim => claimNamed(id) ?? { id, author: 'N N', date: '2021-01-01', messageId: null, where: 'a list', statement: 'None.', functions: [], kinds: ['run'] };

test("a claim's check decides it", (t) => {
  t.deepEqual(decide(named('C01'), CLOSED, new Map([['C01', () => MADE]])), { claim: named('C01'), decision: MADE, looked: 'yes' });
});

test('a check is handed the laboratory', (t) => {
  const lab: Laboratory = { ...CLOSED, callers: (_where, fn) => [`mm/demo.ts#${fn}`] };
  const seen = decide(named('C04'), lab, new Map([['C04', (at: Laboratory) => ({ ...MADE, evidence: at.callers({ target: 'base' }, 'count_pages').join() })]]));
  t.is(seen.decision.evidence, 'mm/demo.ts#count_pages');
});

test('a check that is not there is said to be missing', (t) => {
  const { decision, looked } = decide(named('C01'), CLOSED, new Map());
  t.is(looked, 'no-check');
  t.deepEqual(decision, { verdict: 'not-reproduced', condition: null, evidence: 'no check in this build', command: 'none', story: [] });
});

test('a check that cannot look says what is missing; any other error is a fault', (t) => {
  const { decision, looked } = decide(named('C01'), CLOSED, new Map([['C01', () => { throw new CannotLook('this build has no demo/v9'); }]]));
  t.is(looked, 'cannot-look');
  t.is(decision.verdict, 'not-reproduced');
  t.regex(decision.evidence, /this build has no demo\/v9$/);
  t.throws(() => decide(named('C01'), CLOSED, new Map([['C01', closed]])), { message: 'nothing is looked at' });
});

test('a design claim has its reason, and nothing is looked at', (t) => {
  for (const claim of CLAIMS.filter((c) => c.kinds.every((kind) => kind === 'design'))) {
    const { decision, looked } = decide(claim, CLOSED, new Map());
    t.is(looked, 'undecidable', claim.id);
    t.is(decision.verdict, 'not-decidable', claim.id);
    t.not(decision.evidence, '', claim.id);
  }
  t.regex(decide(named('C31b'), CLOSED, new Map()).decision.evidence, /outside the model/);
  t.regex(decide(named('C58'), CLOSED, new Map()).decision.evidence, /C05 and C09/);
  t.is(decide(named('C13'), CLOSED, new Map([['C13', () => MADE]])).looked, 'yes');
});

test('each check of this build is of a claim that the ledger has', (t) => {
  t.deepEqual([...CHECKS.keys()].filter((id) => claimNamed(id) === undefined), []);
});
