// SPDX-License-Identifier: GPL-2.0-only
// Three programs that tell checkers apart: an assertion where a try fails, two threads that back off from each
// other for ever, and a plain spinlock, which must not be reported. And what ends a search that spins.

import test from 'ava';
import { cell, choose, explore, join, mutex, progress, replay, spawn, until, type Algorithm, type Cell, type Mutex, type Program } from '../../verifier/explore/index.ts';

const ALL: readonly Algorithm[] = ['enumerate', 'source', 'stateful'];

interface One { readonly m: Mutex }
interface Two { readonly a: Mutex; readonly b: Mutex }

const failedTry: Program<One> = {
  name: 'assert where a try fails', setup: () => ({ m: mutex() }),
  threads: [
    function* (s) { yield* s.m.lock(); yield* s.m.unlock(); },
    function* (s) {
      if (!(yield* s.m.tryLock())) throw new Error('the try failed');
      yield* s.m.unlock();
    },
  ],
};

const spinlock: Program<One> = {
  name: 'spinlock', setup: () => ({ m: mutex() }),
  threads: [0, 1].map(() => function* (s: One) {
    while (!(yield* s.m.tryLock())) { /* spin */ }
    yield* s.m.unlock();
  }),
};

function* backOff(first: Mutex, second: Mutex) {
  for (;;) {
    if (!(yield* first.tryLock())) continue;
    if (yield* second.tryLock()) break;
    yield* first.unlock();
  }
  yield* second.unlock();
  yield* first.unlock();
}

const backingOff: Program<Two> = {
  name: 'back off and retry', setup: () => ({ a: mutex(), b: mutex() }),
  threads: [(s) => backOff(s.a, s.b), (s) => backOff(s.b, s.a)],
};

test('an assertion on the path where a try fails is found by every algorithm, and replayed', (t) => {
  for (const algorithm of ALL) {
    const { findings, complete } = explore(failedTry, { algorithm });
    t.true(complete);
    t.deepEqual(findings.map((one) => [one.kind, one.message]), [['error', 'the try failed']], algorithm);
    const again = replay(failedTry, findings[0]!.schedule);
    t.is(again.finding?.message, 'the try failed');
    t.deepEqual(again.steps, findings[0]!.steps);
    t.deepEqual(again.steps.map((one) => `${one.thread} ${one.text}`), ['0 m.lock()', '1 m.tryLock() → false']);
  }
});

test('a plain spinlock is silent, and the search over its states ends', (t) => {
  const { findings, complete, states, executions } = explore(spinlock, { algorithm: 'stateful', maxExecutions: 1000 });
  t.deepEqual(findings, []);
  t.true(complete);
  t.is(executions, null);
  t.true(states !== null && states > 4 && states < 40, `${states} states`);
});

test('two threads that back off from each other are a livelock, with stem and loop', (t) => {
  const { findings, complete, stem, loop } = explore(backingOff, { algorithm: 'stateful', maxExecutions: 10_000 });
  t.true(complete);
  t.deepEqual(findings.map((one) => one.kind), ['livelock']);
  const [finding] = findings;
  if (finding?.kind !== 'livelock') return t.fail();
  t.is(finding.cycle, 'adversarial');
  t.true(finding.preemptionsPerTurn >= 1);
  t.true(finding.loop.length >= 4 && finding.loop.length <= 20, `${finding.loop.length} steps`);
  t.deepEqual([stem, loop], [finding.stem, finding.loop]);
  t.deepEqual([...new Set(finding.loop.map((one) => one.thread))].sort(), [0, 1]);
  // The loop is one: run again after itself, it gives the same steps.
  const again = replay(backingOff, finding.schedule);
  t.deepEqual(again.steps, finding.steps);
  t.deepEqual(again.enabled.length > 0, true);
  return undefined;
});

test('a cycle that marks progress is no livelock', (t) => {
  const hammer: Program<One> = {
    name: 'hammer', setup: () => ({ m: mutex() }),
    threads: [0, 1].map(() => function* (s: One) {
      for (;;) {
        yield* s.m.lock();
        yield* s.m.unlock();
        yield* progress();
      }
    }),
  };
  const without: Program<One> = {
    ...hammer,
    threads: [0, 1].map(() => function* (s: One) {
      for (;;) {
        yield* s.m.lock();
        yield* s.m.unlock();
      }
    }),
  };
  t.deepEqual(explore(hammer, { algorithm: 'stateful' }).findings, []);
  const [finding] = explore(without, { algorithm: 'stateful' }).findings;
  t.is(finding?.kind === 'livelock' ? finding.cycle : null, 'trap');
});

test('a thread that waits by spinning for one that never sets the flag: a trap, self-sustaining at that', (t) => {
  const { findings } = explore({
    name: 'lost flag', setup: () => ({ x: cell(0) }),
    threads: [function* (s) { while ((yield* s.x.load()) === 0) { /* spin */ } }],
  }, { algorithm: 'stateful' });
  t.is(findings.length, 1);
  const [finding] = findings;
  t.deepEqual(finding?.kind === 'livelock' ? [finding.cycle, finding.preemptionsPerTurn, finding.loop.length] : null, ['trap', 0, 1]);
});

test('two that hand a token to and fro without getting on: self-sustaining', (t) => {
  const { findings } = explore({
    name: 'ping-pong', setup: () => ({ turn: cell(0), out: cell(0) }),
    threads: [
      ...[0, 1].map((me) => function* (s: { turn: ReturnType<typeof cell<number>>; out: ReturnType<typeof cell<number>> }) {
        for (;;) {
          yield* until(s.turn, (v) => v === me);
          if ((yield* s.out.load()) === 1) break;
          yield* s.turn.store(1 - me);
        }
        yield* s.turn.store(1 - me);
      }),
      // Frees the two, if it ever gets round to it: it waits for what comes only now and then.
      function* (s) { yield* until(s.turn, (v) => v === 1); yield* s.out.store(1); },
    ],
  }, { algorithm: 'stateful' });
  const kinds = findings.map((one) => (one.kind === 'livelock' ? [one.cycle, one.preemptionsPerTurn] : one.kind));
  t.deepEqual(kinds, [['self-sustaining', 0]]);
});

test('a spin gives way: without states to compare the search ends too, complete', (t) => {
  const flag = (sets: boolean): Program<{ x: Cell<number>; y: Cell<number> }> => ({
    name: 'flag', setup: () => ({ x: cell(0), y: cell(0) }),
    threads: [
      function* (s) {
        while ((yield* s.x.load()) !== 2) { /* spin */ }
        yield* s.y.store(1);
      },
      function* (s) { if (sets) yield* s.x.store(2); yield* s.x.store(sets ? 0 : 1); yield* s.y.load(); },
    ],
    outcome: (s) => s.y.value,
  });
  for (const program of [flag(true), flag(false)]) {
    const known = explore(program, { algorithm: 'stateful' });
    t.deepEqual(known.findings.map((one) => (one.kind === 'livelock' ? one.cycle : one.kind)), ['trap']);
    for (const algorithm of ['enumerate', 'source'] as const) {
      const { complete, outcomes, findings } = explore(program, { algorithm });
      t.true(complete);
      t.deepEqual(outcomes.map((one) => one.key), known.outcomes.map((one) => one.key));
      t.deepEqual(findings.map((one) => (one.kind === 'livelock' ? [one.cycle, one.loop.map((step) => step.text)] : [one.kind])),
        [['trap', [program.threads.length === 2 && known.outcomes.length > 0 ? 'x.load() → 0' : 'x.load() → 1']]]);
      t.true(replay(program, findings[0]!.schedule).enabled.includes(0));
    }
  }
  t.like(explore(spinlock, { algorithm: 'source' }), { complete: true, findings: [] });
});

test('a retry that writes is cut and said to be, never silently complete', (t) => {
  for (const algorithm of ['enumerate', 'source'] as const) {
    const { complete, bounds } = explore(backingOff, { algorithm, maxExecutions: 200 });
    t.false(complete, algorithm);
    t.regex(bounds.join(), /executions cut where a retry came round unchanged/);
  }
  // A helper by yield* hides the thread's state: cut for the number of rounds alone.
  const helper: Program<One> = {
    name: 'spin in a helper', setup: () => ({ m: mutex() }),
    threads: [function* (s) { yield* s.m.lock(); }, function* (s) {
      yield* (function* () { while (!(yield* s.m.tryLock())) { /* spin */ } })();
    }],
  };
  const cut = explore(helper, { algorithm: 'source', maxEvents: 5000 });
  t.deepEqual([cut.complete, cut.bounds], [false, ['executions cut where a retry came round unchanged']]);
});

test('a loop that counts is no retry', (t) => {
  const { complete, executions } = explore({
    name: 'forty looks', setup: () => ({ x: cell(0) }),
    threads: [function* (s) { for (let i = 0; i < 40; i++) yield* s.x.load(); }, function* (s) { yield* s.x.store(1); }],
  }, { algorithm: 'source' });
  t.deepEqual([complete, executions], [true, 41]);
});

test('a deadlock, and a wake-up that was lost', (t) => {
  const crossed: Program<Two> = {
    name: 'crossed locks', setup: () => ({ a: mutex(), b: mutex() }),
    threads: [
      function* (s) { yield* s.a.lock(); yield* s.b.lock(); yield* s.b.unlock(); yield* s.a.unlock(); },
      function* (s) { yield* s.b.lock(); yield* s.a.lock(); yield* s.a.unlock(); yield* s.b.unlock(); },
    ],
    outcome: () => 'through',
  };
  for (const algorithm of ALL) {
    const { findings, outcomes } = explore(crossed, { algorithm });
    t.deepEqual(findings.map((one) => one.message), ['deadlock'], algorithm);
    const [finding] = findings;
    if (finding?.kind !== 'deadlock') return t.fail();
    t.deepEqual(finding.waiting, [{ thread: 0, text: 'b.lock()' }, { thread: 1, text: 'a.lock()' }]);
    t.is(replay(crossed, finding.schedule).finding?.message, 'deadlock');
    t.deepEqual(outcomes.map((one) => one.key), ['through']);
  }
  const [lost] = explore({
    name: 'lost wake-up', setup: () => ({ x: cell(0) }),
    threads: [
      function* (s) { yield* s.x.store(1); yield* s.x.store(0); },
      function* (s) { yield* until(s.x, (v) => v === 1); },
    ],
  }, { algorithm: 'source' }).findings;
  t.is(lost?.kind === 'deadlock' ? lost.waiting[0]?.text : null, 'x.until((v) => v === 1)');
  return undefined;
});

test('atRest throws to report; choose is explored whole; spawn and join order', (t) => {
  const program: Program<{ x: ReturnType<typeof cell<number>> }> = {
    name: 'at rest', setup: () => ({ x: cell(0) }),
    threads: [function* (s) {
      const n = yield* choose(3);
      const h = yield* spawn(function* () { yield* s.x.rmw((v) => v + n); });
      yield* join(h);
      yield* s.x.rmw((v) => v * 2);
    }],
    atRest: (s) => { if (s.x.value === 4) throw new Error('x is 4'); },
    outcome: (s) => ({ x: s.x.value }),
  };
  for (const algorithm of ALL) {
    const { findings, outcomes, executions } = explore(program, { algorithm });
    t.deepEqual(findings.map((one) => [one.kind, one.message]), [['error', 'x is 4']]);
    t.deepEqual(outcomes.map((one) => one.key), ['{"x":0}', '{"x":2}']);
    t.is(executions, algorithm === 'stateful' ? null : 3);
    const again = replay(program, findings[0]!.schedule);
    t.is(again.finding?.message, 'x is 4');
    t.is(again.steps[0]?.text, 'choose(3) → 2');
  }
});

test('what is not built is refused in one line; what is cut is counted', (t) => {
  t.throws(() => explore(spinlock, { algorithm: 'optimal' }), { message: "algorithm 'optimal' is not built yet" });
  t.throws(() => explore(spinlock, { algorithm: 'sample' }), { message: "algorithm 'sample' is not built yet" });
  const cut = explore(failedTry, { algorithm: 'enumerate', maxExecutions: 2 });
  t.deepEqual([cut.executions, cut.complete, cut.bounds], [2, false, ['stopped after 2 executions']]);
});

test('all searches give the same result twice', (t) => {
  for (const algorithm of ALL) for (const program of [failedTry, spinlock]) {
    const run = (): unknown => explore(program, { algorithm, maxExecutions: 100, maxEvents: 30 });
    t.deepEqual(run(), run());
  }
  const run = (): unknown => explore(backingOff, { algorithm: 'stateful' });
  t.deepEqual(run(), run());
});
