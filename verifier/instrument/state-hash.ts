// SPDX-License-Identifier: GPL-2.0-only
// The state of machine and threads as one number of 64 bits, kept up with each step: what a step
// wrote is hashed anew, all else stays (Zobrist's way; engine.md, 4.3). What was there when the search
// began is named by its place in the walk that shared it; what was made since has no name and is what
// is in it, so two states are equal whichever thread made its objects first, and garbage is no part
// of a state. Frames are hashed whole for the thread that ran.
//
// Not in it: what rules remember. Two paths to one state have moved the same references.

import type { Journal } from './journal.ts';
import type { LoopActivation } from './loops.ts';
import type { Activation, Thread } from './threads.ts';

const PRIME = 0x9e3779b1;
/** How deep what has no name is followed. */
const DEPTH = 6;

function mix(h: number, n: number): number {
  let x = Math.imul(h ^ n, PRIME);
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca6b);
  return x ^ (x >>> 13);
}

const texts = new Map<string, number>();
function textHash(s: string): number {
  let h = texts.get(s);
  if (h === undefined) {
    h = 0x811c9dc5;
    for (let i = 0; i < s.length; i += 1) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193);
    texts.set(s, h);
  }
  return h;
}

export interface StateView {
  /** False for what only counts: it tells no state from another. */
  readonly matters: (o: object, k: string) => boolean;
  /** What the objects that are no part of the state are: the machine and its tables. */
  readonly skips: (o: object) => boolean;
}

export class StateHash {
  readonly #journal: Journal;
  readonly #view: StateView;
  readonly #names = new Map<object, number>();
  /** The hash of each named object, and their sum; the same of a second lane. */
  readonly #of = new Map<object, readonly [number, number]>();
  #sum: readonly [number, number] = [0, 0];
  /** Named objects that lead to something without a name: a change of that is theirs. */
  readonly #leading = new Set<object>();
  readonly #threads = new Map<Thread, readonly [number, number]>();
  #led = false;

  constructor(journal: Journal, view: StateView, shared: Iterable<object>) {
    this.#journal = journal;
    this.#view = view;
    for (const o of shared) this.#names.set(o, this.#names.size + 1);
    for (const o of this.#names.keys()) this.#rehash(o);
  }

  /** These were written in the step that thread t made. */
  update(written: Iterable<object>, t: Thread): void {
    const dirty = new Set<object>();
    let nameless = false;
    for (const o of written) {
      if (this.#names.has(o)) dirty.add(o);
      else nameless = true;
    }
    if (nameless) for (const o of this.#leading) dirty.add(o);
    for (const o of dirty) this.#rehash(o);
    this.#frames(t);
  }

  key(extra: number): string {
    let [a, b] = this.#sum;
    for (const [x, y] of this.#threads.values()) {
      a = (a + x) | 0;
      b = (b + y) | 0;
    }
    return `${mix(a, extra) >>> 0}.${b >>> 0}`;
  }

  #rehash(o: object): void {
    if (this.#view.skips(o)) return;
    this.#led = false;
    const name = this.#names.get(o) ?? 0;
    const is: readonly [number, number] = [mix(this.#content(o, 1, DEPTH), name), mix(this.#content(o, 2, DEPTH), name)];
    if (this.#led) this.#lead(o);
    const was = this.#of.get(o) ?? [0, 0];
    const sum = this.#sum;
    this.#of.set(o, is);
    this.#sum = [(sum[0] - was[0] + is[0]) | 0, (sum[1] - was[1] + is[1]) | 0];
    this.#journal.note(() => {
      this.#of.set(o, was);
      this.#sum = sum;
    });
  }
  #lead(o: object): void {
    if (this.#leading.has(o)) return;
    this.#leading.add(o);
    this.#journal.note(() => { this.#leading.delete(o); });
  }

  #frames(t: Thread): void {
    const was = this.#threads.get(t) ?? [0, 0];
    const hash = (lane: number): number => {
      let h = mix(lane, t.id + 1);
      h = mix(h, t.done ? 1 : 2);
      h = mix(h, textHash(t.stop?.kind ?? ''));
      for (let a: Activation | null = t.top; a !== null; a = a.up) {
        h = mix(mix(mix(h, textHash(a.code.name)), a.pc), a.code.size);
        for (let i = 0; i < a.code.locals; i += 1) h = mix(h, this.#value(a.l[i], lane, DEPTH - 2));
      }
      return h;
    };
    this.#threads.set(t, [hash(1), hash(2)]);
    this.#journal.note(() => { this.#threads.set(t, was); });
  }

  #content(o: object, lane: number, depth: number): number {
    let h = mix(lane, textHash(o.constructor?.name ?? ''));
    if (o instanceof Map) {
      for (const [k, v] of o) h = (h + mix(this.#value(k, lane, depth), this.#value(v, lane, depth))) | 0;
      return h;
    }
    if (o instanceof Set) {
      for (const v of o) h = (h + this.#value(v, lane, depth)) | 0;
      return h;
    }
    for (const k of Object.keys(o)) {
      if (!this.#view.matters(o, k)) continue;
      h = mix(mix(h, textHash(k)), this.#value(Reflect.get(o, k), lane, depth));
    }
    return h;
  }

  #value(v: unknown, lane: number, depth: number): number {
    switch (typeof v) {
      case 'number': return Number.isInteger(v) ? mix(lane, v | 0) : textHash(String(v));
      case 'string': return textHash(v);
      case 'boolean': return v ? 3 : 5;
      case 'undefined': return 7;
      case 'function': return 11;
      case 'object': {
        if (v === null) return 13;
        const name = this.#names.get(v);
        if (name !== undefined) return mix(lane + 17, name);
        if (isLoop(v)) return 19;
        this.#led = true;
        return depth === 0 || this.#view.skips(v) ? 23 : this.#content(v, lane, depth - 1);
      }
      default: return textHash(String(v));
    }
  }
}

/** How often a loop came round is no state: what it does next does not depend on it. */
function isLoop(o: object): o is LoopActivation { return o.constructor.name === 'LoopActivation'; }
