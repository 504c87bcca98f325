// SPDX-License-Identifier: GPL-2.0-only
// The covering covers: held against the whole product of small random spaces.

import test from 'ava';
import fc from 'fast-check';
import { coverPairs, pairsOf, product, type Constraint, type Dimensions, type Point } from '../../verifier/scenario/pairs.ts';
import { defaultSuite } from '../../verifier/scenario/suite.ts';

interface Space { readonly dims: Dimensions; readonly refuse: Constraint }

/** Two to four dimensions of one to four values, some pairs of values refused. */
const space: fc.Arbitrary<Space> = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }),
  bans: fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)), { maxLength: 8 }),
}).map(({ sizes, bans }) => ({
  dims: Object.fromEntries(sizes.map((n, d) => [`d${d}`, Array.from({ length: n }, (_, v) => `v${v}`)])),
  refuse: (p) => {
    const hit = bans.find(([a, va, b, vb]) => a !== b && p[`d${a}`] === `v${va}` && p[`d${b}`] === `v${vb}`);
    return hit === undefined ? null : `banned ${hit.join(' ')}`;
  },
}));

const pairs = (points: Iterable<Point>, names: readonly string[]): Set<string> => new Set([...points].flatMap((p) => pairsOf(p, names)));

test('every pair that an allowed point has is covered, and no point is refused', (t) => {
  fc.assert(fc.property(space, ({ dims, refuse }) => {
    const names = Object.keys(dims);
    const cover = coverPairs(dims, refuse);
    const possible = pairs(product(dims, refuse), names);
    t.deepEqual([...pairs(cover.points, names)].sort(), [...possible].sort());
    t.deepEqual([cover.pairs, cover.covered], [possible.size, possible.size]);
    t.true(cover.points.every((p) => refuse(p) === null && names.every((n) => dims[n]?.includes(p[n] ?? ''))));
  }));
});

test('every pair is covered or excluded with a reason, once', (t) => {
  fc.assert(fc.property(space, ({ dims, refuse }) => {
    const names = Object.keys(dims);
    const cover = coverPairs(dims, refuse);
    const all = pairs(product(dims, () => null), names);
    t.deepEqual([...pairs(cover.points, names), ...cover.excluded.map((e) => e.pair)].sort(), [...all].sort());
    t.true(cover.excluded.every((e) => e.reason !== ''));
  }));
});

test('no more points than pairs, and the same ones every time', (t) => {
  fc.assert(fc.property(space, ({ dims, refuse }) => {
    const cover = coverPairs(dims, refuse);
    t.true(cover.points.length <= Math.max(1, cover.pairs));
    t.deepEqual(coverPairs(dims, refuse), cover);
  }));
});

test('the default suite covers all its pairs', (t) => {
  const { coverage, scenarios } = defaultSuite();
  t.is(coverage.covered, coverage.pairs);
  t.is(new Set(scenarios.map((s) => s.id)).size, scenarios.length);
});
