// SPDX-License-Identifier: GPL-2.0-only
// Programs that a reduction once got wrong, found by random.test.ts and made small.

import test from 'ava';
import { cell, explore, join, mutex, rwlock, spawn, until, type Cell, type Mutex, type Program, type RwLock } from '../../verifier/explore/index.ts';
import { look } from './oracle.ts';

function agrees<S>(program: Program<S>): readonly [number, number] {
  const brute = look(program, 'enumerate', 10_000), source = look(program, 'source', 10_000);
  return [source.traces.size, brute.result.complete ? brute.traces.size : -1];
}

test('a thread kept out by a reader, in an execution that is abandoned: its wait is a race there too', (t) => {
  const program: Program<{ c: Cell<number>; d: Cell<number>; m: Mutex; r: RwLock }> = {
    name: 'kept out', setup: () => ({ c: cell(0), d: cell(0), m: mutex(), r: rwlock() }),
    threads: [
      function* (s) { yield* s.c.load(); yield* s.d.store(2); },
      function* (s) { yield* s.r.read(); yield* until(s.c, (v) => v === 2); yield* s.r.readUnlock(); },
      function* (s) {
        if (!(yield* s.m.tryLock())) return;
        yield* s.r.write();
        yield* s.c.store(2);
        yield* s.d.load();
        yield* s.r.writeUnlock();
        yield* s.m.unlock();
      },
    ],
  };
  t.deepEqual(agrees(program), [5, 5]);
});

test('a thread that waited for two is behind both: nothing is tried in vain', (t) => {
  const program: Program<{ x: Cell<number>; y: Cell<number> }> = {
    name: 'two joins', setup: () => ({ x: cell(0), y: cell(0) }),
    threads: [function* (s) {
      const a = yield* spawn(function* () { yield* s.x.store(1); });
      const b = yield* spawn(function* () { yield* s.y.store(1); });
      yield* join(a);
      yield* join(b);
      yield* s.x.store(2);
      yield* s.y.store(2);
    }],
  };
  t.deepEqual(agrees(program), [1, 1]);
  t.like(explore(program, { algorithm: 'source' }), { executions: 1, blocked: 0, events: 4 });
});

test('an error in one thread hides nothing that the others show', (t) => {
  const program: Program<{ x: Cell<number>; y: Cell<number> }> = {
    name: 'two errors', setup: () => ({ x: cell(0), y: cell(0) }),
    threads: [
      function* (s) { yield* s.x.load(); throw new Error('first'); },
      function* (s) { yield* s.y.store(1); },
      function* (s) { if ((yield* s.y.load()) === 1) throw new Error('second'); },
    ],
  };
  for (const algorithm of ['enumerate', 'source', 'stateful'] as const) {
    const { findings, outcomes } = explore(program, { algorithm });
    t.deepEqual(findings.map((one) => one.message).sort(), ['first', 'second'], algorithm);
    t.deepEqual(outcomes, []);
  }
});
