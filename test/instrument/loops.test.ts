// SPDX-License-Identifier: GPL-2.0-only
// A cycle of any length is found, whatever comes before it; a loop that ends is left alone. Once
// with the watch by itself, once through compiled code.

import test from 'ava';
import fc from 'fast-check';
import { LinkedPort } from '../../verifier/instrument/link.ts';
import '../../verifier/instrument/transpile.ts';
import { FIRST_COMPARISON, LoopWatch } from '../../verifier/instrument/loops.ts';
import { ExecutionEnd, SILENT } from '../../verifier/instrument/runtime.ts';

/** Rounds until the watch says so, as compiled code would ask; null when it never does. */
function found(stateAt: (round: number) => string, bareAt: (round: number) => string, limit: number, countsAt: (round: number) => readonly number[] = () => []): { readonly round: number; readonly kind: string } | null {
  const watch = new LoopWatch();
  watch.enabled = true;
  const loop = watch.enter(0);
  for (;;) {
    loop.rounds += 1;
    if (loop.rounds > limit) return null;
    if (loop.rounds < FIRST_COMPARISON) continue;
    watch.stateOf = () => ({ full: stateAt(loop.rounds), bare: bareAt(loop.rounds), counts: countsAt(loop.rounds) });
    const seen = watch.visit(loop, () => []);
    if (seen !== 'fresh') return { round: loop.rounds, kind: seen };
  }
}

const cycle = (stem: number, length: number) => (round: number): string => String(round < stem ? round : stem + ((round - stem) % length));

test('a cycle is found in rounds linear in its stem and length', (t) => {
  fc.assert(fc.property(fc.nat(200), fc.integer({ min: 1, max: 40 }), (stem, length) => {
    const at = cycle(stem, length);
    const hit = found(at, at, 10_000);
    t.is(hit?.kind, 'equal');
    t.true((hit?.round ?? 0) <= 3 * (Math.max(stem, FIRST_COMPARISON) + length) + 2, `${hit?.round}`);
  }));
});

test('a loop that never repeats is never reported', (t) => {
  t.is(found(String, String, 5000), null);
});

test('a loop equal but for counts is a leak, after a while', (t) => {
  const hit = found(String, () => 'same', 5000, (round) => [1, round]);
  t.is(hit?.kind, 'leaks');
  t.true((hit?.round ?? 0) > 4 * FIRST_COMPARISON);
});

test('a leak in a cycle of any length is found, and in linear time', (t) => {
  fc.assert(fc.property(fc.nat(200), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 1024 }), (stem, length, amount) => {
    // The reference is taken once a cycle, in its first round.
    const hit = found(String, cycle(stem, length), 10_000, (round) => [amount * Math.floor(Math.max(0, round - stem) / length)]);
    t.is(hit?.kind, 'leaks');
    t.true((hit?.round ?? 0) <= 4 * (Math.max(stem, 4 * FIRST_COMPARISON) + length) + 2, `${hit?.round}`);
  }));
});

test('what is no leak: counts that fall, that move against each other, that do not grow evenly', (t) => {
  t.is(found(String, () => 'same', 5000, (round) => [10_000 - round]), null);
  t.is(found(String, () => 'same', 5000, (round) => [round, 10_000 - round]), null);
  t.is(found(String, () => 'same', 5000, (round) => [round * round]), null);
  t.is(found(String, () => 'same', 5000, () => [7]), null);
});

test('a loop that takes references and has something to end it is no leak', (t) => {
  // Equal but for the counts and its own index: the index is in both keys.
  t.is(found(String, String, 5000, (round) => [round]), null);
});

const TEXT = `
export function turns(length: number): number {
  let at = 0;
  again: for (;;) {
    at = (at + 1) % length;
    if (at < 0)
      break;
    continue again;
  }
  return at;
}
export function counted(n: number): number {
  let i: number, sum = 0;
  for (i = 0; i < n; i++) {
    sum += i;
  }
  return sum;
}
export function waits(length: number): number {
  let at = 0;
  do {
    at = (at + 1) % length;
  } while (at >= 0);
  return at;
}
export function nested(n: number): number {
  let i: number, j: number, sum = 0;
  for (i = 0; i < n; i++) {
    j = 0;
    while (j < n)
      j++;
    sum += j;
  }
  return sum;
}
`;
const linked = new LinkedPort(new Map([['mm/loops.ts', TEXT]]));

function run(name: string, n: number): unknown {
  const { runtime } = linked;
  runtime.reset({ ...SILENT, cycle: (loop) => { throw new ExecutionEnd('cycle', `round ${loop.rounds}`); } });
  runtime.loops.enabled = true;
  runtime.loops.stateOf = (locals) => ({ full: JSON.stringify(locals), bare: JSON.stringify(locals), counts: [] });
  const fn = linked.symbol('mm/loops.ts', name);
  if (typeof fn !== 'function') throw new Error(name);
  const result: unknown = Reflect.apply(fn, undefined, [n]);
  return result;
}

test('compiled: cycles of length 1 to 5 are found', (t) => {
  for (let length = 1; length <= 5; length += 1) {
    for (const name of ['turns', 'waits']) t.is(t.throws(() => run(name, length), { instanceOf: ExecutionEnd })?.reason, 'cycle', `${name} ${length}`);
  }
});

test('compiled: a loop of 100 counted rounds is none, nor are loops in loops', (t) => {
  t.is(run('counted', 100), 4950);
  t.is(run('nested', 100), 10_000);
});
