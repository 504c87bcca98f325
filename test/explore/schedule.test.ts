// SPDX-License-Identifier: GPL-2.0-only
// Schedules as text, and replay of what is not one.

import test from 'ava';
import { cell, decodeSchedule, encodeSchedule, explore, replay, type Program, type Cell } from '../../verifier/explore/index.ts';
import { randomOf } from './random-programs.ts';

const move = (thread: number, choice = 0): { thread: number; choice: number } => ({ thread, choice });

test('a schedule is short, and safe in a URL', (t) => {
  t.is(encodeSchedule([move(0), move(0), move(0), move(1), move(2, 1), move(2, 1)]), '0x3.1.2c1x2');
  t.is(encodeSchedule([]), '');
});

test('decoding gives back what was encoded', (t) => {
  const random = randomOf(5);
  for (let n = 0; n < 200; n++) {
    const moves = Array.from({ length: random(30) }, () => move(random(3), random(4) === 0 ? random(3) : 0));
    const text = encodeSchedule(moves);
    t.regex(text, /^[0-9cx.]*$/);
    t.deepEqual(decodeSchedule(text), moves);
  }
});

test('what is no schedule is refused', (t) => {
  for (const text of ['x', '0..1', '1x', '0c', '-1', '0 1', '0x9999999']) t.is(decodeSchedule(text), null, text);
  const program: Program<{ x: Cell<number> }> = { name: 'one store', setup: () => ({ x: cell(0) }), threads: [function* (s) { yield* s.x.store(1); }] };
  t.throws(() => replay(program, 'nonsense'), { message: "'nonsense' is no schedule" });
  // Of another program: it is run as far as it goes.
  t.like(replay(program, '0x5'), { ran: 1, finding: null, enabled: [] });
  t.like(replay(program, '3'), { ran: 0, enabled: [0] });
});

test('a program that does not start anew each time is told so', (t) => {
  const x = { made: 0 };
  const program: Program<{ a: Cell<number>; b: Cell<number> }> = {
    name: 'leaky', setup: () => ({ a: cell(0), b: cell(0) }),
    threads: [0, 1].map(() => function* (s: { a: Cell<number>; b: Cell<number> }) {
      yield* s.a.load();
      yield* (x.made++ % 3 === 2 ? s.a : s.b).store(1);
      yield* s.a.load();
    }),
  };
  t.throws(() => { for (let i = 0; i < 3; i++) replayAll(program); }, { message: /leaky: event \d+ differs when the same schedule is run again/ });
  t.throws(() => cell(0), { message: /a cell is made in setup\(\)/ });
});

function replayAll<S>(program: Program<S>): void { explore(program, { algorithm: 'enumerate' }); }
