// SPDX-License-Identifier: GPL-2.0-only
// Small random programs as data, the same for the same seed, and the generators that run them.

import { cell, choose, join, mutex, rwlock, spawn, until, type Body, type Cell, type Handle, type Mutex, type Program, type RwLock } from '../../verifier/explore/index.ts';

export type Op =
  | { readonly op: 'load' | 'store' | 'rmw' | 'until'; readonly at: number; readonly value: number }
  | { readonly op: 'cas'; readonly at: number; readonly expect: number; readonly value: number }
  | { readonly op: 'lock' | 'tryLock' | 'read' | 'write' | 'tryRead' | 'tryWrite'; readonly at: number; readonly inner: readonly Op[]; readonly keep: boolean }
  | { readonly op: 'spawn'; readonly inner: readonly Op[]; readonly joined: boolean }
  | { readonly op: 'choose'; readonly of: number }
  | { readonly op: 'check'; readonly not: number }
  | { readonly op: 'if'; readonly is: number; readonly inner: readonly Op[] };

export interface Shape { readonly seed: number; readonly threads: readonly (readonly Op[])[] }

export interface Shared {
  readonly c: readonly Cell<number>[];
  readonly m: readonly Mutex[];
  readonly r: readonly RwLock[];
  /** What each thread read, by the thread's name. */
  readonly notes: Record<string, string>;
}

/** mulberry32. */
export function randomOf(seed: number): (n: number) => number {
  let a = seed | 0;
  return (n) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (((t ^ (t >>> 14)) >>> 0) % n);
  };
}

export function shapeOf(seed: number): Shape {
  const random = randomOf(seed);
  const cells = 1 + random(2), locks = 1 + random(2);
  const total = 9 + random(6), count = 2 + random(3);
  let budget = 0;
  const ops = (depth: number, most: number): Op[] => {
    const list: Op[] = [];
    for (let n = 1 + random(most); n > 0 && budget > 0; n--) list.push(one(depth));
    return list;
  };
  const one = (depth: number): Op => {
    budget--;
    const kind = random(depth > 1 ? 9 : 20), at = random(cells), value = random(3);
    if (kind < 2) return { op: 'load', at, value };
    if (kind < 4) return { op: 'store', at, value };
    if (kind < 5) return { op: 'rmw', at, value: 1 + random(2) };
    if (kind < 6) return { op: 'cas', at, expect: random(2), value };
    if (kind < 7) return { op: 'check', not: value };
    if (kind < 8) return random(3) === 0 ? { op: 'until', at, value } : { op: 'load', at, value };
    if (kind < 9) return random(3) > 0 ? { op: 'load', at, value } : { op: 'choose', of: 2 };
    budget--;
    if (kind < 12) return { op: 'lock', at: random(locks), inner: ops(depth + 1, 2), keep: random(12) === 0 };
    if (kind < 14) return { op: 'tryLock', at: random(locks), inner: ops(depth + 1, 1), keep: random(8) === 0 };
    if (kind < 16) return { op: random(2) === 0 ? 'read' : 'write', at: 0, inner: ops(depth + 1, 2), keep: random(12) === 0 };
    if (kind < 17) return { op: random(2) === 0 ? 'tryRead' : 'tryWrite', at: 0, inner: ops(depth + 1, 1), keep: random(8) === 0 };
    if (kind < 19) return { op: 'spawn', inner: ops(depth + 1, 2), joined: random(2) === 0 };
    return { op: 'if', is: value, inner: ops(depth + 1, 2) };
  };
  const threads: Op[][] = [];
  for (let t = 0; t < count; t++) {
    budget = Math.ceil((total - t) / count);
    threads.push(ops(0, 4));
  }
  return { seed, threads };
}

function* run(s: Shared, ops: readonly Op[], name: string, state: { last: number; children: number }): Body {
  const note = (what: number | boolean): void => {
    state.last = Number(what);
    s.notes[name] = `${s.notes[name] ?? ''}${state.last}`;
  };
  for (const one of ops) {
    switch (one.op) {
      case 'load': note(yield* s.c[one.at]!.load()); break;
      case 'store': yield* s.c[one.at]!.store(one.value); break;
      case 'rmw': note(yield* s.c[one.at]!.rmw((v) => (v + one.value) % 3)); break;
      case 'cas': note(yield* s.c[one.at]!.cas(one.expect, one.value)); break;
      case 'until': note(yield* until(s.c[one.at]!, (v) => v === one.value)); break;
      case 'choose': note(yield* choose(one.of)); break;
      case 'check':
        if (state.last === one.not && state.last !== 0) throw new Error(`${name}: ${one.not}`);
        break;
      case 'if':
        if (state.last === one.is) yield* run(s, one.inner, name, state);
        break;
      case 'lock':
        yield* s.m[one.at]!.lock();
        yield* run(s, one.inner, name, state);
        if (!one.keep) yield* s.m[one.at]!.unlock();
        break;
      case 'tryLock': {
        const got = yield* s.m[one.at]!.tryLock();
        note(got);
        if (!got) break;
        yield* run(s, one.inner, name, state);
        if (!one.keep) yield* s.m[one.at]!.unlock();
        break;
      }
      case 'read': case 'write': case 'tryRead': case 'tryWrite': {
        const lock = s.r[one.at]!;
        let got = true;
        if (one.op === 'read') yield* lock.read();
        else if (one.op === 'write') yield* lock.write();
        else note(got = one.op === 'tryRead' ? yield* lock.tryRead() : yield* lock.tryWrite());
        if (!got) break;
        yield* run(s, one.inner, name, state);
        if (!one.keep) yield* one.op === 'read' || one.op === 'tryRead' ? lock.readUnlock() : lock.writeUnlock();
        break;
      }
      case 'spawn': {
        const child = `${name}.${state.children++}`;
        const handle: Handle = yield* spawn(() => run(s, one.inner, child, { last: 0, children: 0 }));
        if (one.joined) yield* join(handle);
        break;
      }
    }
  }
}

export function programOf(shape: Shape): Program<Shared> {
  return {
    name: `random ${shape.seed}`,
    setup: () => ({ c: [cell(0), cell(0)], m: [mutex(), mutex()], r: [rwlock()], notes: {} }),
    threads: shape.threads.map((ops, t) => (s: Shared) => run(s, ops, `${t}`, { last: 0, children: 0 })),
    atRest: (s) => { if (s.c[0]!.value === 2 && s.c[1]!.value === 2) throw new Error('both are 2'); },
    outcome: (s) => `${s.c.map((one) => one.value).join()} ${Object.keys(s.notes).sort().map((name) => `${name}:${s.notes[name]}`).join(' ')}`,
  };
}
