// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { jsonReport } from '../../verifier/report/json.ts';
import { mergeReviews } from '../../verifier/report/merge.ts';
import { CONFLICTED, REVIEW, reviewOf, UNCHANGED } from './fixture.ts';
import { golden } from './golden.ts';

test('the document', (t) => { golden(t, 'report/review.json', jsonReport(REVIEW)); });

test('nothing is lost on the way', (t) => {
  const back: unknown = JSON.parse(jsonReport(REVIEW));
  t.deepEqual(back, JSON.parse(JSON.stringify(REVIEW)));
});

test('the bytes do not depend on the order in which the review was put together', (t) => {
  const turned = reviewOf([...REVIEW.patches], { switches: { GRAB_FORM: 'own', PFN_LOCKED: 'old' } });
  const { patches, schema, ...rest } = turned;
  t.is(jsonReport({ ...rest, patches, schema }), jsonReport(REVIEW));
});

test('several targets are one document', (t) => {
  const one = reviewOf([UNCHANGED], { target: 'a' });
  const two = reviewOf([CONFLICTED], { target: 'b', complete: false, limits: ['memory order is sequential consistency', 'another'] });
  const both = mergeReviews([one, two]);
  t.is(both.target, 'a b');
  t.is(both.patches.length, 2);
  t.false(both.complete);
  t.deepEqual(both.limits, ['one thread at a time', 'memory order is sequential consistency', 'another']);
  t.is(mergeReviews([one]), one);
});
