// SPDX-License-Identifier: GPL-2.0-only
// The identity of a generator's state: what the engine does not show must not be lost. Each program here has states
// that differ in something hidden only, and an outcome that tells.

import test from 'ava';
import { cell, explore, join, spawn, until, type Body, type Cell, type Program } from '../../verifier/explore/index.ts';
import type { Operation } from '../../verifier/explore/operation.ts';
import { plainYields } from '../../verifier/explore/plain-yields.ts';

interface Pair { readonly x: Cell<number>; readonly y: Cell<number>; readonly out: Cell<number>; note: number }
const setup = (): Pair => ({ x: cell(0), y: cell(0), out: cell(0), note: 0 });
const outcome = (s: Pair): string => `${s.x.value} ${s.y.value} ${s.out.value} ${s.note}`;

/** Sets x and takes it back, then sets y: who has seen x at 1, and then sees y at 1, knows what nothing else tells. */
const blink = function* (s: Pair): Body {
  yield* s.x.store(1);
  yield* s.x.store(0);
  yield* s.y.store(1);
};

const add = (n: number) => (v: number): number => v + n;
type Reading = Generator<Operation<unknown>, number, unknown>;

function* readX(s: Pair): Reading { return yield* s.x.load(); }

const program = (name: string, reader: (s: Pair) => Body): Program<Pair> => ({ name, setup, outcome, threads: [blink, reader] });

const programs: readonly Program<Pair>[] = [
  program('a value half-way through an expression', function* (s) {
    yield* s.out.store((yield* s.x.load()) * 10 + (yield* s.y.load()));
  }),
  program('an argument half-way through a call', function* (s) {
    s.note = Math.hypot(yield* s.x.load(), 2 * (yield* s.y.load()));
  }),
  program('a helper by yield*, and its result', function* (s) {
    const v = yield* readX(s);
    const y = yield* s.y.load();
    yield* s.out.store(v * 10 + y);
  }),
  program('a helper that holds the value itself', function* (s) {
    yield* (function* (): Body {
      const v = yield* s.x.load();
      const y = yield* s.y.load();
      yield* s.out.store(v * 10 + y);
    })();
  }),
  program('the place in a for-of loop', function* (s) {
    const list = (yield* s.x.load()) === 1 ? [0, 0, 0] : [0, 0];
    let sum = 0;
    for (const one of list.splice(0)) sum += 1 + one + 10 * (yield* s.y.load());
    s.note = sum;
  }),
  program('a function that captured the value', function* (s) {
    yield* s.out.rmw(add(10 * (yield* s.x.load())));
    const y = yield* s.y.load();
    yield* s.out.rmw((v) => v + y);
  }),
  program('a function made elsewhere, about to be used', function* (s) {
    const box = { f: add(10 * (yield* s.x.load())) };
    const y = yield* s.y.load();
    yield* s.out.rmw(box.f);
    yield* s.out.rmw((v) => v + y);
  }),
  program('a function in a variable', function* (s) {
    let v = yield* s.x.load();
    const f = add(10 * v);
    v = 0;
    const y = yield* s.y.load();
    yield* s.out.rmw(f);
    yield* s.out.rmw((old) => old + y);
  }),
  program('an array of its own', function* (s) {
    const seen: number[] = [];
    const v = yield* s.x.load();
    seen.push(v);
    const y = yield* s.y.load();
    yield* s.out.store(seen[0]! * 10 + y);
  }),
  program('a map', function* (s) {
    const seen = new Map<string, number>();
    const v = yield* s.x.load();
    seen.set('x', v);
    const y = yield* s.y.load();
    yield* s.out.store(seen.get('x')! * 10 + y);
  }),
  program('a note, by another name', function* (s) {
    const own = { s };
    own.s.note = 10 * (yield* s.x.load());
    const y = yield* s.y.load();
    s.note += y;
  }),
  program('what a child was born with', function* (s) {
    let h = null;
    {
      const v = yield* s.x.load();
      h = yield* spawn(function* () {
        const y = yield* s.y.load();
        yield* s.out.store(v * 10 + y);
      });
    }
    yield* join(h);
  }),
  program('a finally', function* (s) {
    const f = function* (): Reading {
      try { return 10 * (yield* s.x.load()); } finally { s.note = yield* s.y.load(); }
    };
    s.note += yield* f();
  }),
  program('a predicate with a captured value', function* (s) {
    const v = yield* s.x.load();
    yield* until(s.y, (y) => y === v);
    const y = yield* s.y.load();
    yield* s.out.store(v * 10 + y);
  }),
];

test('states that differ in something hidden are not merged', (t) => {
  for (const program of programs) {
    const known = explore(program, { algorithm: 'enumerate' });
    const states = explore(program, { algorithm: 'stateful' });
    t.true(known.complete && states.complete);
    t.true(known.outcomes.length > 1, program.name);
    t.deepEqual(states.outcomes.map((one) => one.key), known.outcomes.map((one) => one.key), program.name);
    t.deepEqual(states.findings.map((one) => one.message), known.findings.map((one) => one.message), program.name);
  }
});

const body = (text: string): string => `function* (s) { ${text} }`;

test('yields that are evaluated first', (t) => {
  for (const text of [
    'yield* s.m.lock();', 'const v = yield* s.x.load();', 'let v; v = yield* s.x.load();', 'return yield* s.x.load();',
    'while (!(yield* s.m.tryLock())) {}', 'if ((yield* s.x.load()) === 1) yield* s.y.store(1);', 'if (a) yield* s.x.load(); else yield* s.y.load();',
    'if (a && (yield* s.x.load()) === 1) {}', 'if (!(yield* s.a.tryLock()) || !(yield* s.b.tryLock())) {}', 's.out[3].v = yield* s.x.load();',
    'for (let i = 0; i < 3; i++) yield* s.x.load();', 'yield* s.x.store(v / 2); // it\'s fine', 'switch (yield* s.x.load()) { default: }', 'yield* s.x.store(`${v}`);',
  ]) t.true(plainYields(body(text)), text);
});

test('yields behind something that the engine holds, and what is not understood', (t) => {
  for (const text of [
    'f(yield* s.x.load());', 'f(1, yield* s.x.load());', 'const v = 1 + (yield* s.x.load());', 'const v = (yield* s.x.load()) + (yield* s.y.load());',
    'v += yield* s.x.load();', 'a[i++] = yield* s.x.load();', 'f().a = yield* s.x.load();', 'const a = [yield* s.x.load()];', 'const o = { a: yield* s.x.load() };',
    'for (const one of list) yield* s.x.load();', 'try { yield* s.x.load(); } finally {}', 'yield s.x;', 'const v = a ? 1 : yield* s.x.load();',
    'f(1, a && (yield* s.x.load()));', 'const v = `${yield* s.x.load()}`;', 'if (a + 1 > (yield* s.x.load())) {}', 'arguments[0]; yield* s.x.load();',
    'const r = /"/; yield* s.x.load();', 'v = a === (b && (yield* s.x.load()));', 'x = f(y) && g(z, (yield* s.x.load()));', 'const v = a ?? (yield* s.x.load());',
  ]) t.false(plainYields(body(text)), text);
  t.false(plainYields('function* (s, n = 1) { yield* s.x.load(); }'));
  t.false(plainYields('function* ({ x }) { yield* x.load(); }'));
});
