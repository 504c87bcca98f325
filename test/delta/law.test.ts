// SPDX-License-Identifier: GPL-2.0-only
// A law is said only where every point lies on it.

import test from 'ava';
import fc from 'fast-check';
import { lawOf } from '../../verifier/delta/law.ts';

const points = (f: (n: number) => number, upTo = 16): [number, number][] => Array.from({ length: upTo }, (_, i) => [i + 1, f(i + 1)]);

test('the forms in which laws are written', (t) => {
  t.is(lawOf(points(() => 3)), '3');
  t.is(lawOf(points(() => 0)), '0');
  t.is(lawOf(points((n) => n)), 'n');
  t.is(lawOf(points((n) => n + 1)), 'n + 1');
  t.is(lawOf(points((n) => 2 * n - 1)), '2n - 1');
  t.is(lawOf(points((n) => -n)), '-n');
  t.is(lawOf(points((n) => n * n)), 'n^2');
  t.is(lawOf(points((n) => n * n + n)), 'n^2 + n');
  t.is(lawOf(points((n) => 3 * n * n - 2 * n + 5)), '3n^2 - 2n + 5');
});

test('a polynomial of degree two or less is found again from its points', (t) => {
  const small = fc.integer({ min: -9, max: 9 });
  fc.assert(fc.property(small, small, small, fc.integer({ min: 3, max: 16 }), (a, b, c, upTo) => {
    const law = lawOf(points((n) => a * n * n + b * n + c, upTo));
    if (law === null) return t.fail(`${a} ${b} ${c}`);
    const terms = [[a, 'n^2'], [b, 'n'], [c, '']] as const;
    for (const [k, unit] of terms) if (Math.abs(k) > 1 && unit !== '') t.true(law.includes(`${Math.abs(k)}${unit}`), law);
    t.is(law === '0', a === 0 && b === 0 && c === 0);
  }));
});

test('one point beside the law, and there is none', (t) => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.nat(11), fc.integer({ min: 1, max: 5 }), (a, b, at, off) => {
    const wrong = points((n) => a * n * n + b, 12).map(([n, v], i): [number, number] => [n, i === at ? v + off : v]);
    t.is(lawOf(wrong), null);
  }));
});

test('two points are no law', (t) => {
  t.is(lawOf(points((n) => n, 2)), null);
  t.is(lawOf([]), null);
});
