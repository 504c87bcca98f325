// SPDX-License-Identifier: GPL-2.0-only
// The happens-before order of the execution at hand, kept up event by event and taken back in O(1)
// per access. A clock is a row of one Int32Array: [r] is the number, from 1, of the last event of
// thread r that happens before. Races as in Abdulla, Aronis, Jonsson, Sagonas (JACM'17), section 4:
// two events race if one happens before the other directly, with nothing in between. A blocking event
// races with the last access before which it could have run, whatever released it in between; so its
// race is decided by the clock of its thread before the release is joined.

import type { Access, Relation, System } from './system.ts';

const CODE = { commute: 0, conflict: 1, order: 2, await: 3 } as const satisfies Record<Relation, number>;
const COMMUTE = CODE.commute, CONFLICT = CODE.conflict, AWAIT = CODE.await;

function grown(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const next = new Int32Array(Math.max(length, old.length * 2));
  next.set(old);
  return next;
}

export class Trace {
  /** Number of events. */
  length = 0;
  /** Threads seen; the columns in use. */
  width = 1;
  /** Columns per row. */
  stride = 8;
  thread = new Int32Array(64);
  /** Rows of clocks: `clock` with the event itself and all its edges, `before` of the thread just before it. */
  clock = new Int32Array(64 * 8);
  before = new Int32Array(64 * 8);
  /** Events that the last pushed event (or probe) races with, the latest first per access. */
  races = new Int32Array(16);
  raceCount = 0;

  // Accesses, in order of execution, linked per object.
  accessTop = new Int32Array(65);
  accObject = new Int32Array(128);
  accClass = new Int32Array(128);
  #accEvent = new Int32Array(128);
  #accPrev = new Int32Array(128);
  /** The nearest earlier access of the same object in another class. */
  #accSkip = new Int32Array(128);
  /** 1 where all earlier accesses of the object happen before this one. */
  #accTotal = new Uint8Array(128);
  #head = new Int32Array(16).fill(-1);

  readonly #system: System;
  #relations: Int8Array;
  #classes = 0;
  #last = new Int32Array(8).fill(-1);
  #previous = new Int32Array(64);
  /** Order-only edges to the next event of a thread: a row of #rows, or -1. */
  #pending = new Int32Array(8).fill(-1);
  #pendingOf = new Int32Array(64);
  #rows = new Int32Array(64);
  #rowCount = 0;
  #orderTo: number[] = [];
  #orderOld: number[] = [];
  #orderTop = new Int32Array(65);
  #scratch = new Int32Array(8);

  constructor(system: System) {
    this.#system = system;
    this.#relations = new Int8Array(0);
    this.#relate(8);
  }

  relation(earlier: number, later: number): number {
    if (earlier >= this.#classes || later >= this.#classes) this.#relate(Math.max(earlier, later) + 1);
    let r = this.#relations[earlier * this.#classes + later] ?? -1;
    if (r < 0) {
      r = CODE[this.#system.relation(earlier, later)];
      this.#relations[earlier * this.#classes + later] = r;
    }
    return r;
  }

  /** The order of two accesses of one object cannot be told, whichever comes first. */
  commute(a: number, b: number): boolean {
    return this.relation(a, b) === COMMUTE && this.relation(b, a) === COMMUTE;
  }

  happensBefore(earlier: number, later: number): boolean {
    return this.clock[later * this.stride + this.thread[earlier]!]! > earlier;
  }

  /** Appends the event that t has just run; `races` then holds what it races with. */
  push(t: number, accesses: readonly Access[], orders: readonly number[]): void {
    const n = this.length;
    if (n + 2 > this.thread.length) this.#growEvents();
    this.#widen(Math.max(t + 1, this.#system.threads()));
    const row = n * this.stride;
    this.#startRow(t, n);
    this.#pendingOf[n] = this.#pending[t]!;
    this.#pending[t] = -1;
    this.#scan(t, n, accesses);
    this.clock[row + t] = n + 1;
    this.thread[n] = t;
    this.#previous[n] = this.#last[t]!;
    this.#last[t] = n;
    this.length = n + 1;
    this.accessTop[n + 1] = this.accessTop[n]!;
    for (let i = 0; i < accesses.length; i++) this.#link(n, accesses[i]!);
    for (let i = 0; i + 1 < orders.length; i += 2) this.#order(orders[i]!, orders[i + 1]!);
    this.#orderTop[n + 1] = this.#orderTo.length;
  }

  /** What a blocked thread would race with; nothing is appended. The row `length` holds its clock. */
  probe(t: number, accesses: readonly Access[]): void {
    if (this.length + 2 > this.thread.length) this.#growEvents();
    this.#widen(t + 1);
    this.#startRow(t, this.length);
    this.#scan(t, this.length, accesses);
  }

  pop(): void {
    const n = this.length - 1;
    const t = this.thread[n]!;
    for (let i = this.#orderTo.length; i > this.#orderTop[n]!; i--) {
      this.#pending[this.#orderTo.pop()!] = this.#orderOld.pop()!;
      this.#rowCount--;
    }
    for (let a = this.accessTop[n + 1]! - 1; a >= this.accessTop[n]!; a--) this.#head[this.accObject[a]!] = this.#accPrev[a]!;
    this.#last[t] = this.#previous[n]!;
    this.#pending[t] = this.#pendingOf[n]!;
    this.length = n;
  }

  #startRow(t: number, n: number): void {
    const { clock, before, stride, width } = this;
    const row = n * stride, last = this.#last[t]!, pending = this.#pending[t]!;
    if (last >= 0) for (let r = 0, from = last * stride; r < width; r++) clock[row + r] = clock[from + r]!;
    else for (let r = 0; r < width; r++) clock[row + r] = 0;
    if (pending >= 0) {
      for (let r = 0, from = pending * stride; r < width; r++) if (this.#rows[from + r]! > clock[row + r]!) clock[row + r] = this.#rows[from + r]!;
    }
    for (let r = 0; r < width; r++) before[row + r] = clock[row + r]!;
    this.raceCount = 0;
  }

  #scan(t: number, n: number, accesses: readonly Access[]): void {
    for (let i = 0; i < accesses.length; i++) {
      const { object, class: kind } = accesses[i]!;
      this.#scanObject(t, n, object, kind);
    }
    if (this.raceCount > 1) this.#keepDirect();
  }

  #scanObject(t: number, n: number, object: number, kind: number): void {
    const { clock, before, stride } = this;
    const row = n * stride;
    let a = object < this.#head.length ? this.#head[object]! : -1;
    while (a >= 0) {
      const e = this.#accEvent[a]!;
      const of = this.thread[e]!;
      const known = before[row + of]! > e;
      if (known && this.#accTotal[a] === 1) return;
      const relation = this.relation(this.accClass[a]!, kind);
      if (relation === COMMUTE) {
        a = this.#accSkip[a]!;
        continue;
      }
      if (!known) {
        if (clock[row + of]! <= e) {
          for (let r = 0, from = e * stride; r < this.width; r++) if (clock[from + r]! > clock[row + r]!) clock[row + r] = clock[from + r]!;
        }
        if (relation === CONFLICT || (relation === AWAIT && (this.#system.couldRun?.(t, n, e) ?? true))) {
          if (this.raceCount === this.races.length) this.races = grown(this.races, this.raceCount * 2);
          this.races[this.raceCount++] = e;
          if (this.#accTotal[a] === 1) return;
        }
      }
      a = this.#accPrev[a]!;
    }
  }

  /** Leaves those races that no other one of them comes after. */
  #keepDirect(): void {
    let kept = 0;
    outer: for (let i = 0; i < this.raceCount; i++) {
      const e = this.races[i]!;
      for (let j = 0; j < this.raceCount; j++) {
        const other = this.races[j]!;
        if (other > e && this.happensBefore(e, other)) continue outer;
        if (other === e && j < i) continue outer;
      }
      this.#scratch = this.#scratch.length <= kept ? grown(this.#scratch, kept + 1) : this.#scratch;
      this.#scratch[kept++] = e;
    }
    for (let i = 0; i < kept; i++) this.races[i] = this.#scratch[i]!;
    this.raceCount = kept;
  }

  #link(n: number, access: Access): void {
    const a = this.accessTop[n + 1]!;
    if (a + 1 > this.accObject.length) this.#growAccesses();
    const { object, class: kind } = access;
    if (object >= this.#head.length) {
      const from = this.#head.length;
      this.#head = grown(this.#head, object + 1);
      this.#head.fill(-1, from);
    }
    const previous = this.#head[object]!;
    this.accObject[a] = object;
    this.accClass[a] = kind;
    this.#accEvent[a] = n;
    this.#accPrev[a] = previous;
    this.#accSkip[a] = previous >= 0 && this.accClass[previous] === kind ? this.#accSkip[previous]! : previous;
    this.#accTotal[a] = this.#coversAll(n, previous) ? 1 : 0;
    this.#head[object] = a;
    this.accessTop[n + 1] = a + 1;
  }

  /** Event n comes after all accesses of an object from `a` back: after each down to the first that covers the rest. */
  #coversAll(n: number, a: number): boolean {
    for (; a >= 0; a = this.#accPrev[a]!) {
      const e = this.#accEvent[a]!;
      if (e !== n && this.clock[n * this.stride + this.thread[e]!]! <= e) return false;
      if (this.#accTotal[a] === 1) return true;
    }
    return true;
  }

  #order(from: number, to: number): void {
    const { stride, width } = this;
    const at = this.#rowCount * stride;
    if (at + stride > this.#rows.length) this.#rows = grown(this.#rows, at + stride);
    const old = this.#pending[to]!, pending = this.#pending[from]!, last = this.#last[from]!;
    for (let r = 0; r < width; r++) {
      let value = old >= 0 ? this.#rows[old * stride + r]! : 0;
      if (pending >= 0) value = Math.max(value, this.#rows[pending * stride + r]!);
      if (last >= 0) value = Math.max(value, this.clock[last * stride + r]!);
      this.#rows[at + r] = value;
    }
    this.#orderTo.push(to);
    this.#orderOld.push(old);
    this.#pending[to] = this.#rowCount++;
  }

  #relate(classes: number): void {
    const old = this.#relations, from = this.#classes;
    this.#classes = Math.max(classes, from * 2);
    this.#relations = new Int8Array(this.#classes * this.#classes).fill(-1);
    for (let a = 0; a < from; a++) for (let b = 0; b < from; b++) this.#relations[a * this.#classes + b] = old[a * from + b]!;
  }

  #growEvents(): void {
    const size = this.thread.length * 2;
    this.thread = grown(this.thread, size);
    this.#previous = grown(this.#previous, size);
    this.#pendingOf = grown(this.#pendingOf, size);
    this.accessTop = grown(this.accessTop, size + 1);
    this.#orderTop = grown(this.#orderTop, size + 1);
    this.clock = grown(this.clock, size * this.stride);
    this.before = grown(this.before, size * this.stride);
  }

  #growAccesses(): void {
    const size = this.accObject.length * 2;
    this.accObject = grown(this.accObject, size);
    this.accClass = grown(this.accClass, size);
    this.#accEvent = grown(this.#accEvent, size);
    this.#accPrev = grown(this.#accPrev, size);
    this.#accSkip = grown(this.#accSkip, size);
    const total = new Uint8Array(size);
    total.set(this.#accTotal);
    this.#accTotal = total;
  }

  /** Makes room for more threads. Rows of clocks keep zeros in columns that were not in use. */
  #widen(threads: number): void {
    if (threads <= this.width) return;
    if (threads > this.stride) {
      const old = this.stride, next = Math.max(threads, old * 2);
      const wider = (rows: Int32Array): Int32Array<ArrayBuffer> => {
        const count = Math.floor(rows.length / old), to = new Int32Array(count * next);
        for (let i = 0; i < count; i++) for (let r = 0; r < old; r++) to[i * next + r] = rows[i * old + r]!;
        return to;
      };
      this.clock = wider(this.clock);
      this.before = wider(this.before);
      this.#rows = wider(this.#rows);
      this.#last = grown(this.#last, next);
      this.#last.fill(-1, old);
      this.#pending = grown(this.#pending, next);
      this.#pending.fill(-1, old);
      this.stride = next;
    }
    // Rows still on the stack were written with fewer columns: what the new ones hold is of older executions.
    for (let i = 0; i < this.length; i++) {
      this.clock.fill(0, i * this.stride + this.width, i * this.stride + threads);
      this.before.fill(0, i * this.stride + this.width, i * this.stride + threads);
    }
    for (let i = 0; i < this.#rowCount; i++) this.#rows.fill(0, i * this.stride + this.width, i * this.stride + threads);
    this.width = threads;
  }
}
