// SPDX-License-Identifier: GPL-2.0-only
// Two states are one when they differ in which frames and objects stand where; a count tells them
// apart in the full key only.

import test from 'ava';
import fc from 'fast-check';
import { canonical, type CanonView } from '../../verifier/instrument/canon.ts';
import type { StateKeys } from '../../verifier/instrument/loops.ts';

class atomic_t { counter: number; constructor(counter: number) { this.counter = counter; } }
class page {
  readonly pfn: number;
  flags = 0;
  readonly _refcount: atomic_t;
  constructor(pfn: number, count: number) { this.pfn = pfn; this._refcount = new atomic_t(count); }
}
class pte_cell { pte: number; constructor(pte: number) { this.pte = pte; } }
class counts { static readonly statistics: readonly string[] = ['calls']; calls = 0; mode = 0; }

interface Spec { readonly count: number; readonly content: number; readonly bits: number }

/** One entry a page, in order; the frames as they are dealt. */
function state(specs: readonly Spec[], pfns: readonly number[], extra: readonly unknown[] = []): StateKeys {
  const pages = specs.map((s, i) => new page(pfns[i] ?? 0, s.count));
  const byPfn = new Map(pages.map((p, i) => [p.pfn, { page: p, content: specs[i]?.content ?? 0 }]));
  const view: CanonView = {
    pageOf: (pfn) => byPfn.get(pfn)?.page ?? null,
    contentOf: (p) => [...byPfn.values()].find((f) => f.page === p)?.content ?? 0,
    frameInPte: (pte) => (pte === 0 ? null : { pfn: pte >>> 12, rest: pte & 0xfff }),
  };
  const cells = specs.map((s, i) => new pte_cell(((pfns[i] ?? 0) << 12) | s.bits));
  return canonical([cells, extra], view);
}

const spec: fc.Arbitrary<Spec> = fc.record({ count: fc.integer({ min: 1, max: 4 }), content: fc.nat(3), bits: fc.integer({ min: 1, max: 7 }) });
const specs = fc.array(spec, { minLength: 1, maxLength: 5 });
const dealt = fc.shuffledSubarray([1, 2, 3, 5, 8, 13, 21], { minLength: 7, maxLength: 7 });

test('other frames in the same places give equal keys', (t) => {
  fc.assert(fc.property(specs, dealt, dealt, (s, a, b) => { t.deepEqual(state(s, a), state(s, b)); }));
});

test('a changed count shows in the full key, and nowhere else', (t) => {
  fc.assert(fc.property(specs, dealt, fc.nat(), (s, pfns, at) => {
    const changed = s.map((one, i) => (i === at % s.length ? { ...one, count: one.count + 1 } : one));
    t.not(state(s, pfns).full, state(changed, pfns).full);
    t.is(state(s, pfns).bare, state(changed, pfns).bare);
  }));
});

test('the counts are those that the bare key leaves out, in one order', (t) => {
  fc.assert(fc.property(specs, dealt, (s, pfns) => { t.deepEqual(state(s, pfns).counts, s.map((one) => one.count)); }));
});

test('a counter that is no reference count shows in both keys', (t) => {
  const made = (n: number): StateKeys => state([], [], [{ nr_pending: new atomic_t(n) }]);
  t.not(made(1).bare, made(2).bare);
  t.deepEqual(made(1).counts, []);
});

test('a changed content and a changed entry show in both', (t) => {
  fc.assert(fc.property(specs, dealt, fc.nat(), fc.constantFrom('content', 'bits'), (s, pfns, at, what) => {
    const changed = s.map((one, i) => (i === at % s.length ? { ...one, [what]: one[what] + 8 } : one));
    t.not(state(s, pfns).full, state(changed, pfns).full);
    t.not(state(s, pfns).bare, state(changed, pfns).bare);
  }));
});

test('statistics are left out, other fields are not', (t) => {
  const made = (calls: number, mode: number): StateKeys => state([], [], [Object.assign(new counts(), { calls, mode })]);
  t.deepEqual(made(1, 0), made(2, 0));
  t.notDeepEqual(made(1, 0), made(1, 1));
});

test('sharing is part of the state', (t) => {
  const one = new atomic_t(0);
  t.notDeepEqual(state([], [], [one, one]), state([], [], [one, new atomic_t(0)]));
});
