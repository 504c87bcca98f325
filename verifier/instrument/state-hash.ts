// SPDX-License-Identifier: GPL-2.0-only
// The state of machine and threads as one number of 64 bits, kept up with each step: the objects that a
// step wrote are hashed anew, all else stays (Zobrist's way; engine.md, 4.3). What was there when the
// search began is named by its place in the walk that shared it; what was made since has no name and is
// what is in it, so two states are equal whichever thread made its objects first, and garbage is no part
// of a state. Of a stack only the frames that a step touched are hashed anew.
//
// Not in it: what rules remember. Two paths to one state have moved the same references.

import type { Journal } from './journal.ts';
import { LoopActivation } from './loops.ts';
import type { Activation, Thread } from './threads.ts';

/** What stands for a value that is no number, a word for each lane. */
interface Token { readonly x: number; readonly y: number }

/** The fields of an object that are state, in order. */
interface Plan { readonly of: Token; readonly keys: readonly string[] }
/** uniform: all objects of the class that have names have the same fields that are state; those made since are taken to. */
interface ClassPlan { readonly plan: Plan; readonly uniform: boolean }

interface ThreadHash { readonly a: number; readonly b: number; readonly led: boolean }

let made = 0;
/** Well mixed and never twice, so it is no small number of the kernel's either. */
function newToken(): Token {
  made += 1;
  return { x: scatter(Math.imul(made, 0x9e3779b1)), y: scatter(Math.imul(made, 0x85ebca6b) ^ 0x27d4eb2f) };
}
function scatter(n: number): number {
  let x = n ^ (n >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

const texts = new Map<string, Token>();
function textToken(s: string): Token {
  let t = texts.get(s);
  if (t === undefined) texts.set(s, t = newToken());
  return t;
}
const codes = new WeakMap<object, Token>();
function codeToken(code: object): Token {
  let t = codes.get(code);
  if (t === undefined) codes.set(code, t = newToken());
  return t;
}
const NULL = newToken(), UNDEFINED = newToken(), TRUE = newToken(), FALSE = newToken(), LOOP = newToken(), SKIPPED = newToken();
const SEEN = newToken(), LARGE = newToken(), ABSENT = newToken(), DONE = newToken(), PARKED = newToken(), THREAD = newToken();

export interface StateView {
  /** False for what only counts: it tells no state from another. */
  readonly matters: (o: object, k: string) => boolean;
  /** What the objects that are no part of the state are: the machine and its tables. */
  readonly skips: (o: object) => boolean;
}

/** Longer arrays are mostly holes. */
const DENSE = 64;

export class StateHash {
  readonly #journal: Journal;
  readonly #view: StateView;
  readonly #names = new Map<object, number>();
  /** By name: the object, what stands for it, its fields (null: they vary), its hash. */
  readonly #objects: object[] = [];
  readonly #tokens: Token[] = [];
  readonly #plans: (Plan | null)[] = [];
  readonly #a: number[] = [];
  readonly #b: number[] = [];
  /** The sum over all named objects. */
  #sumA = 0;
  #sumB = 0;
  /** Named objects that lead to something without a name: a change of that is theirs. */
  readonly #leading = new Set<number>();
  /** By thread: its hash, and whether its frames lead to something without a name. */
  #threads: readonly ThreadHash[] = [];
  readonly #known: Thread[] = [];
  readonly #classes = new Map<unknown, ClassPlan>();
  /** All named objects are known. */
  readonly #begun: boolean = false;
  // What is being hashed: so far, whether something without a name was met, and what of that.
  #ha = 0;
  #hb = 0;
  #led = false;
  #met: object[] = [];

  constructor(journal: Journal, view: StateView, shared: Iterable<object>) {
    this.#journal = journal;
    this.#view = view;
    for (const o of shared) {
      this.#names.set(o, this.#objects.length);
      this.#objects.push(o);
      this.#tokens.push(newToken());
    }
    for (const o of this.#objects) {
      const keeps = isContainer(o) || o.constructor === Object || view.skips(o);
      this.#plans.push(keeps ? null : this.#planOf(o));
      this.#a.push(0);
      this.#b.push(0);
    }
    for (const [of, { plan }] of this.#classes) {
      const uniform = this.#plans.every((p, n) => p === null || p === plan || this.#objects[n]?.constructor !== of);
      this.#classes.set(of, { plan, uniform });
    }
    this.#begun = true;
    for (const n of this.#objects.keys()) this.#rehash(n);
  }

  /** These were written in the step that thread t made. What it did up to its first point was no step: all is looked at. */
  update(written: Iterable<object>, t: Thread): void {
    const names: number[] = t.id < this.#threads.length ? [] : [...this.#objects.keys()];
    let nameless = false;
    for (const o of written) {
      const n = this.#names.get(o);
      if (n === undefined) nameless = true;
      else names.push(n);
    }
    this.#update(names, nameless, t);
  }
  /** A thread that the last step made. */
  spawned(t: Thread): void { this.#update([], false, t); }

  #update(names: number[], nameless: boolean, t: Thread): void {
    if (nameless) for (const n of this.#leading) if (!names.includes(n)) names.push(n);
    const was: number[] = [];
    const led: boolean[] = [];
    for (const n of names) {
      was.push(this.#a[n] ?? 0, this.#b[n] ?? 0);
      led.push(this.#leading.has(n));
    }
    const threads = this.#threads;
    const a = this.#sumA;
    const b = this.#sumB;
    this.#journal.note(() => {
      this.#threads = threads;
      this.#sumA = a;
      this.#sumB = b;
      for (let i = 0; i < names.length; i += 1) {
        const n = names[i] ?? 0;
        this.#a[n] = was[2 * i] ?? 0;
        this.#b[n] = was[2 * i + 1] ?? 0;
        if (led[i] === true) this.#leading.add(n);
        else this.#leading.delete(n);
      }
    });
    for (const n of names) this.#rehash(n);
    const now = threads.slice();
    this.#known[t.id] = t;
    now[t.id] = this.#stack(t);
    // What one thread made and published may be in the frames of another.
    if (nameless) for (const [i, other] of threads.entries()) if (other.led && i !== t.id) now[i] = this.#stackOf(i);
    this.#threads = now;
  }

  key(extra: number): string {
    let a = this.#sumA;
    let b = this.#sumB;
    for (const t of this.#threads) {
      a = (a + t.a) | 0;
      b = (b + t.b) | 0;
    }
    return `${scatter(a ^ Math.imul(extra, 0x9e3779b1)) >>> 0}.${b >>> 0}`;
  }

  #rehash(n: number): void {
    const o = this.#objects[n];
    const token = this.#tokens[n];
    if (o === undefined || token === undefined) return;
    const plan = this.#plans[n] ?? null;
    if (plan === null && this.#view.skips(o)) return;
    this.#begin(token);
    this.#met.push(o);
    this.#content(o, plan);
    if (this.#led) this.#leading.add(n);
    else this.#leading.delete(n);
    this.#sumA = (this.#sumA - (this.#a[n] ?? 0) + this.#ha) | 0;
    this.#sumB = (this.#sumB - (this.#b[n] ?? 0) + this.#hb) | 0;
    this.#a[n] = this.#ha;
    this.#b[n] = this.#hb;
  }

  #stackOf(id: number): ThreadHash {
    const t = this.#known[id];
    if (t === undefined) throw new Error(`thread ${id} was never hashed`);
    return this.#stack(t);
  }
  #stack(t: Thread): ThreadHash {
    let a = 0;
    let b = 0;
    let led = false;
    for (let at: Activation | null = t.top; at !== null; at = at.up) {
      if (!at.hashed) this.#frame(at, t.id);
      led ||= at.led;
      a = (a + at.hashA) | 0;
      b = (b + at.hashB) | 0;
    }
    this.#begin(THREAD);
    this.#fold(t.id, ~t.id);
    this.#fold(t.cpu, ~t.cpu);
    this.#fold(a, b);
    if (t.done) this.#take(DONE);
    this.#value(t.task);
    if (t.stop?.kind === 'parked') {
      // It goes on when one of these has another value: whether it can is a matter of what it saw.
      this.#take(PARKED);
      for (const r of t.stop.reads) {
        this.#value(r.o);
        this.#value(r.k);
        this.#value(r.value);
      }
    }
    for (const r of t.returned) this.#value(r);
    return { a: this.#ha, b: this.#hb, led: led || this.#led };
  }
  #frame(at: Activation, thread: number): void {
    this.#begin(codeToken(at.code));
    this.#fold(at.pc, ~at.pc);
    this.#fold(at.level, thread);
    // A thread that stops within a statement has part of its values in what stands above the variables.
    for (let i = 0; i < at.l.length; i += 1) this.#value(at.l[i]);
    at.hashA = this.#ha;
    at.hashB = this.#hb;
    at.led = this.#led;
    // What has no name may be written while nobody touches the frame.
    at.hashed = !this.#led;
  }

  #begin(with_: Token): void {
    this.#ha = with_.x;
    this.#hb = with_.y;
    this.#led = false;
    this.#met.length = 0;
  }
  #fold(x: number, y: number): void {
    let a = Math.imul(this.#ha ^ x, 0x9e3779b1);
    a = Math.imul(a ^ (a >>> 15), 0x85ebca6b);
    this.#ha = a ^ (a >>> 13);
    let b = Math.imul(this.#hb ^ y, 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x27d4eb2f);
    this.#hb = b ^ (b >>> 14);
  }
  #take(t: Token): void { this.#fold(t.x, t.y); }

  #content(o: object, plan: Plan | null): void {
    if (plan !== null) {
      this.#take(plan.of);
      const { keys } = plan;
      for (let i = 0; i < keys.length; i += 1) {
        const k = keys[i];
        if (k !== undefined) this.#value(Reflect.get(o, k));
      }
      return;
    }
    if (Array.isArray(o)) { this.#array(o); return; }
    if (o instanceof Map) { this.#unordered(o); return; }
    if (o instanceof Set) { this.#unordered(o.entries()); return; }
    const keys = Object.keys(o).sort();
    this.#fold(keys.length, ~keys.length);
    for (const k of keys) {
      if (!this.#view.matters(o, k)) continue;
      this.#take(textToken(k));
      this.#value(Reflect.get(o, k));
    }
  }
  #array(o: readonly unknown[]): void {
    this.#fold(o.length, ~o.length);
    if (o.length <= DENSE) {
      for (let i = 0; i < o.length; i += 1) this.#value(o[i]);
      return;
    }
    for (const k of Object.keys(o)) {
      this.#take(textToken(k));
      this.#value(Reflect.get(o, k));
    }
  }
  /** After a step back an entry may stand elsewhere: the order is nobody's state. */
  #unordered(entries: Iterable<readonly [unknown, unknown]>): void {
    const [a, b] = [this.#ha, this.#hb];
    const met = this.#met;
    let [sumA, sumB] = [0, 0];
    for (const [k, v] of entries) {
      this.#ha = a;
      this.#hb = b;
      this.#met = met.slice();
      this.#value(k);
      this.#value(v);
      sumA = (sumA + this.#ha) | 0;
      sumB = (sumB + this.#hb) | 0;
    }
    this.#met = met;
    this.#ha = a;
    this.#hb = b;
    this.#fold(sumA, sumB);
  }

  #value(v: unknown): void {
    switch (typeof v) {
      case 'number': this.#number(v); return;
      case 'boolean': this.#take(v ? TRUE : FALSE); return;
      case 'undefined': this.#take(UNDEFINED); return;
      case 'object': if (v === null) this.#take(NULL); else this.#object(v); return;
      case 'function': this.#take(textToken(v.name)); return;
      default: this.#take(textToken(String(v)));
    }
  }
  #number(v: number): void {
    if ((v | 0) === v) { this.#fold(v, v ^ 0x5bd1e995); return; }
    this.#take(LARGE);
    if (!Number.isInteger(v)) { this.#take(textToken(String(v))); return; }
    const high = Math.floor(v / 0x100000000);
    this.#fold(v >>> 0, ~v);
    this.#fold(high, ~high);
  }
  #object(v: object): void {
    const n = this.#names.get(v);
    if (n !== undefined) {
      this.#take(this.#tokens[n] ?? ABSENT);
      return;
    }
    // How often a loop came round is no state: what it does next does not depend on it.
    if (v instanceof LoopActivation) { this.#take(LOOP); return; }
    this.#led = true;
    // What is met again in one walk is the same object.
    const at = this.#met.indexOf(v);
    if (at >= 0) {
      this.#take(SEEN);
      this.#fold(at, ~at);
      return;
    }
    this.#met.push(v);
    if (isContainer(v) || v.constructor === Object) this.#content(v, null);
    else if (this.#classes.get(v.constructor)?.uniform !== true && this.#view.skips(v)) this.#take(SKIPPED);
    else this.#content(v, this.#planOf(v));
  }

  /** One plan a class, but where some object of it counts what others do not. */
  #planOf(o: object): Plan {
    const known = this.#classes.get(o.constructor);
    if (known?.uniform === true) return known.plan;
    const keys = Object.keys(o).filter((k) => this.#view.matters(o, k));
    if (known === undefined) {
      const plan: Plan = { of: newToken(), keys };
      this.#classes.set(o.constructor, { plan, uniform: this.#begun });
      return plan;
    }
    return keys.length === known.plan.keys.length ? known.plan : { of: known.plan.of, keys };
  }
}

function isContainer(o: object): boolean { return Array.isArray(o) || o instanceof Map || o instanceof Set; }
