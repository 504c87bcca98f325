// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { orderDifferences } from '../../verifier/report/orders.ts';
import type { PatchReview, ScenarioResult, Side } from '../../verifier/report/review.ts';
import { pointId, PLAIN } from '../../verifier/scenario/gup.ts';

const side = (key: string): Side => ({ status: 'ran', executions: 1, blocked: 0, events: 1, bound: null, states: null, outcomes: [{ key, executions: 1 }] });
const result = (mix: string, before: string, after: string): ScenarioResult =>
  ({ id: pointId({ ...PLAIN, mix }), threads: 1, before: side(before), after: side(after), added: [], removed: [] });
const patch = (scenarios: readonly ScenarioResult[]): PatchReview => ({
  id: 'x/v1/1', number: 1, subject: '', messageId: '', verdict: 'no-change', reason: '',
  apply: { status: 'applied', files: [], typeErrors: 0, conflicts: [], lines: null, notModelled: [] },
  findings: [], scenarios, costs: [], unreached: [],
});

test('an order that came to the same before is new', (t) => {
  const found = orderDifferences(patch([result('cm', 'P.pin=2', 'P.pin=2'), result('mc', 'P.pin=2', 'end=never')]));
  t.deepEqual(found.map((d) => [d.isNew, d.orders.map((o) => `${o.mix} ${o.comesTo}`)]), [[true, ['cm all', 'mc never']]]);
});

test('one that differed before is not new, and equal classes are none', (t) => {
  t.deepEqual(orderDifferences(patch([result('nm', 'P.pin=1', 'P.pin=1'), result('mn', 'P.pin=-ENOMEM', 'P.pin=-ENOMEM')])).map((d) => d.isNew), [false]);
  t.deepEqual(orderDifferences(patch([result('nc', 'P.pin=2', 'P.pin=2'), result('cn', 'P.pin=2', 'P.pin=2')])), []);
});
