// SPDX-License-Identifier: GPL-2.0-only
// Programs whose numbers of executions are known exactly (closed forms, brute force, and what other
// checkers count), so that a reduction can be proven right and its speed compared. All variables start at 0
// unless said. Which access is an event: one of a shared variable, an acquire, a release; nothing else.

import { cell, until, type Cell } from './cell.ts';
import { join, spawn, type Handle } from './control.ts';
import { mutex, type Mutex } from './mutex.ts';
import type { Body } from './operation.ts';
import type { Program } from './program.ts';

const times = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

interface Vars { readonly x: Cell<number>; readonly y: Cell<number>; readonly z: Cell<number> }
const vars = (): Vars => ({ x: cell(0), y: cell(0), z: cell(0) });

/** One writer, n readers. 2^n. */
export const readers = (n: number): Program<Vars> => ({
  name: `readers(${n})`, setup: vars,
  threads: [
    function* (s) { yield* s.x.store(42); },
    ...times(n, () => function* (s: Vars): Body { yield* s.x.load(); }),
  ],
});

/** (n + 3) 2^(n - 2). */
export const lastzero = (n: number): Program<readonly Cell<number>[]> => ({
  name: `lastzero(${n})`, setup: () => times(n + 1, () => cell(0)),
  threads: [
    function* (a) {
      let i = n;
      while ((yield* a[i]!.load()) !== 0) i--;
    },
    ...times(n, (k) => function* (a: readonly Cell<number>[]): Body {
      const v = yield* a[k]!.load();
      yield* a[k + 1]!.store(v + 1);
    }),
  ],
});

/** 8^(n - 11) from n = 11 on, 1 below. */
export const indexer = (n: number): Program<readonly Cell<number>[]> => ({
  name: `indexer(${n})`, setup: () => times(128, () => cell(0)),
  threads: times(n, (tid) => function* (table: readonly Cell<number>[]): Body {
    for (let m = 1; m <= 4; m++) {
      const w = 11 * m + tid;
      let h = (7 * w) % 128;
      while (!(yield* table[h]!.cas(0, w))) h = (h + 1) % 128;
    }
  }),
});

interface Files { readonly li: readonly Mutex[]; readonly inode: readonly Cell<number>[]; readonly lb: readonly Mutex[]; readonly busy: readonly Cell<number>[] }

/** 2^(n - 13) from n = 13 on, 1 below. */
export const filesystem = (n: number): Program<Files> => ({
  name: `filesystem(${n})`,
  setup: () => ({ li: times(32, mutex), inode: times(32, () => cell(0)), lb: times(26, mutex), busy: times(26, () => cell(0)) }),
  threads: times(n, (tid) => function* (s: Files): Body {
    const i = tid % 32;
    yield* s.li[i]!.lock();
    if ((yield* s.inode[i]!.load()) === 0) {
      for (let b = (2 * i) % 26; ; b = (b + 1) % 26) {
        yield* s.lb[b]!.lock();
        const busy = yield* s.busy[b]!.load();
        if (busy === 0) {
          yield* s.busy[b]!.store(1);
          yield* s.inode[i]!.store(b + 1);
        }
        yield* s.lb[b]!.unlock();
        if (busy === 0) break;
      }
    }
    yield* s.li[i]!.unlock();
  }),
});

interface Sigma { readonly idx: Cell<number>; readonly a: readonly Cell<number>[] }

/** (2n - 1)!! */
export const sigma = (n: number): Program<Sigma> => ({
  name: `sigma(${n})`, setup: () => ({ idx: cell(-1), a: times(n, () => cell(0)) }),
  threads: [function* (s) {
    const handles: Handle[] = [];
    for (let i = 0; i < n; i++) {
      const v = yield* s.idx.load();
      yield* s.idx.store(v + 1);
      handles.push(yield* spawn(function* () {
        const k = yield* s.idx.load();
        yield* s.a[k]!.store(1);
      }));
    }
    for (const handle of handles) yield* join(handle);
  }],
});

interface Fib { readonly i: Cell<number>; readonly j: Cell<number> }

function* add(n: number, to: Cell<number>, other: Cell<number>): Body {
  for (let k = 0; k < n; k++) {
    const own = yield* to.load();
    const its = yield* other.load();
    yield* to.store(own + its);
  }
}

/** n: 3, 19, 141, 1107, 8953; with a main thread that reads both at the end, not joined: 11, 140, 1698, 19605, 218243. */
export const fib = (n: number, withMain: boolean): Program<Fib> => ({
  name: `fib(${n})${withMain ? '+main' : ''}`, setup: () => ({ i: cell(1), j: cell(1) }),
  threads: [
    (s) => add(n, s.i, s.j),
    (s) => add(n, s.j, s.i),
    ...(withMain ? [function* (s: Fib): Body { yield* s.i.load(); yield* s.j.load(); }] : []),
  ],
});

/** n! */
export const ainc = (n: number): Program<Vars> => ({
  name: `ainc(${n})`, setup: vars,
  threads: times(n, () => function* (s: Vars): Body { yield* s.x.rmw((v) => v + 1); }),
});

/** (nk)! / (k!)^n */
export const inc = (n: number, k: number): Program<Vars> => ({
  name: `inc(${n},${k})`, setup: vars,
  threads: times(n, () => function* (s: Vars): Body { for (let i = 0; i < k; i++) yield* s.x.rmw((v) => v + 1); }),
});

interface Locked { readonly m: Mutex; readonly c: Cell<number> }
const locked = (): Locked => ({ m: mutex(), c: cell(0) });

/** (nk)! / (k!)^n */
export const lockinc = (n: number, k: number): Program<Locked> => ({
  name: `lockinc(${n},${k})`, setup: locked,
  threads: times(n, () => function* (s: Locked): Body {
    for (let i = 0; i < k; i++) {
      yield* s.m.lock();
      const v = yield* s.c.load();
      yield* s.c.store(v + 1);
      yield* s.m.unlock();
    }
  }),
  outcome: (s) => `c=${s.c.value}`,
});

/** (n!)^2 for binc, (n!)^3 with the third variable. */
export const binc = (n: number, third = false): Program<Vars> => ({
  name: `${third ? 'c' : 'b'}inc(${n})`, setup: vars,
  threads: times(n, () => function* (s: Vars): Body {
    yield* s.x.rmw((v) => v + 1);
    yield* s.y.rmw((v) => v + 1);
    if (third) yield* s.z.rmw((v) => v + 1);
  }),
});

/** 2, 5, 14, 43, 144, 523, 2048, 8597 for n = 2..9: a failed cas is a read. */
export const casrot = (n: number): Program<Vars> => ({
  name: `casrot(${n})`, setup: vars,
  threads: times(n, (i) => function* (s: Vars): Body { yield* s.x.cas(i, i + 1); }),
});

/** 4, 21, 148 for n = 2, 3, 4: a failed try is a read of the lock word. */
export const trylock = (n: number): Program<Locked> => ({
  name: `trylock(${n})`, setup: locked,
  threads: times(n, () => function* (s: Locked): Body {
    if (!(yield* s.m.tryLock())) return;
    const v = yield* s.c.load();
    yield* s.c.store(v + 1);
    yield* s.m.unlock();
  }),
});

/** 3. */
export const storeBuffering: Program<Vars> = {
  name: 'SB', setup: vars,
  threads: [
    function* (s) { yield* s.x.store(1); yield* s.y.load(); },
    function* (s) { yield* s.y.store(1); yield* s.x.load(); },
  ],
};

/** 15. */
export const iriw: Program<Vars> = {
  name: 'IRIW', setup: vars,
  threads: [
    function* (s) { yield* s.x.store(1); },
    function* (s) { yield* s.y.store(1); },
    function* (s) { yield* s.x.load(); yield* s.y.load(); },
    function* (s) { yield* s.y.load(); yield* s.x.load(); },
  ],
};

/** n! (nk)! / (k!)^n: a counter under a mutex, and the last to drop its reference looks once more. */
export const mutexrc = (n: number, k: number): Program<Locked & { readonly rc: Cell<number> }> => ({
  name: `mutexrc(${n},${k})`, setup: () => ({ ...locked(), rc: cell(n) }),
  threads: times(n, () => function* (s: Locked & { readonly rc: Cell<number> }): Body {
    for (let i = 0; i < k; i++) {
      yield* s.m.lock();
      const v = yield* s.c.load();
      yield* s.c.store(v + 1);
      yield* s.m.unlock();
    }
    if ((yield* s.rc.rmw((v) => v - 1)) !== 1) return;
    yield* s.m.lock();
    yield* s.c.load();
    yield* s.m.unlock();
  }),
});

interface Poke { readonly a: readonly Cell<number>[]; readonly ma: readonly Mutex[]; readonly i: Cell<number>; readonly mi: Mutex; readonly d: Cell<number> }

/** (3,1) 6, (3,2) 33, (3,3) 160, (5,3) 844: locks with an index that depends on data, where source sets abandon executions. */
export const poke = (n: number, k: number): Program<Poke> => ({
  name: `poke(${n},${k})`,
  setup: () => ({ a: times(n, () => cell(0)), ma: times(n, mutex), i: cell(0), mi: mutex(), d: cell(0) }),
  threads: [function* (s) {
    const writers: Handle[] = [];
    for (let id = 0; id < n; id++) {
      writers.push(yield* spawn(function* () {
        yield* s.ma[id]!.lock();
        yield* s.a[id]!.store(1);
        yield* s.ma[id]!.unlock();
      }));
    }
    for (let round = 0; round < k; round++) {
      const choice = yield* spawn(function* () {
        for (let x = 1; x < n; x++) {
          yield* s.mi.lock();
          yield* s.i.store(x);
          yield* s.mi.unlock();
        }
      });
      const ra = yield* spawn(function* () {
        yield* s.mi.lock();
        const at = yield* s.i.load();
        yield* s.mi.unlock();
        yield* s.ma[at]!.lock();
        if ((yield* s.a[at]!.load()) === 1) {
          yield* s.d.rmw((v) => v + 1);
          yield* s.a[at]!.store(0);
        }
        yield* s.ma[at]!.unlock();
      });
      yield* join(choice);
      yield* join(ra);
    }
    for (const writer of writers) yield* join(writer);
  }],
});

/** 5 traces; with source sets some executions are abandoned (JACM'17, the example for wakeup trees). */
export const sourceExample: Program<Vars> = {
  name: 'source-sets-example', setup: vars,
  threads: [
    function* (s) { yield* s.x.store(1); },
    function* (s) { yield* s.y.store(1); },
    function* (s) { if ((yield* s.y.load()) === 0) yield* s.z.store(1); },
    function* (s) { if ((yield* s.z.load()) === 1 && (yield* s.y.load()) === 0) yield* s.x.store(2); },
  ],
};

/** One that waits for a flag another sets, then clears, then sets: the wait can end in two places. */
export const awaited: Program<Vars> = {
  name: 'awaited', setup: vars,
  threads: [
    function* (s) { yield* s.x.store(1); yield* s.x.store(0); yield* s.x.store(1); },
    function* (s) { yield* until(s.x, (v) => v === 1); },
  ],
};
