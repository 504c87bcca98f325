// SPDX-License-Identifier: GPL-2.0-only
// What compiled port code calls: a frame per C function, a site per statement, a hook per access,
// a mark per loop head. The code of the port names it `$`; nothing in the port's source knows it.
//
// Headers and arch/model get no frames of their own: an access made in get_page() belongs to the
// statement that called it, as a backtrace with inlines folded would show it.

import type { Concurrency } from './concurrency.ts';
import { Journal } from './journal.ts';
import { LoopWatch, type LoopActivation } from './loops.ts';
import type { Site } from './sites.ts';
import { placeOfFrame, type Activation, type Code } from './threads.ts';

/** A port object behind an access; its fields are read by name, its elements by index. */
export type PortObject = Record<Key, unknown>;
export type Key = string | number;

/** One C function that is running. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  /** The site of the function itself: its name and return type. */
  readonly entry: number;
  /** The frame it was entered from, and how many there are with it. */
  readonly caller: Frame | null;
  readonly depth: number;
  site: number;
  /** What it returned, once it did. */
  result: unknown;
  /** The list heads that live in it (LIST_HEAD). */
  lists: PortObject[] | null;
}

/** Ends an execution; the finding that did it was noted before it was thrown. */
export class ExecutionEnd extends Error {
  readonly reason: 'finding' | 'cycle' | 'limit';
  constructor(reason: ExecutionEnd['reason'], what: string) {
    super(what);
    this.name = 'ExecutionEnd';
    this.reason = reason;
  }
}

/** What an observer of the running port is told. Every method may throw ExecutionEnd. */
export interface Monitor {
  /** Before the read of o[k]. */
  read(o: PortObject, k: Key): void;
  /** After the write of o[k]. */
  write(o: PortObject, k: Key, old: unknown, value: unknown): void;
  /** A NULL pointer was followed to a field k, or called. Never returns. */
  nullDereference(k: string): never;
  /** Before a call through a pointer: a driver's callback, an rmap walker, an allocator. */
  call(o: PortObject, k: Key, args: readonly unknown[]): void;
  enter(frame: Frame): void;
  leave(frame: Frame): void;
  /** A loop came round with an equal state, or with one that differs in reference counts only. */
  cycle(activation: LoopActivation, kind: 'equal' | 'leaks'): void;
}

export const SILENT: Monitor = {
  read: () => undefined,
  write: () => undefined,
  nullDereference: (k) => { throw new ExecutionEnd('finding', `NULL->${k}`); },
  call: () => undefined,
  enter: () => undefined,
  leave: () => undefined,
  cycle: () => { throw new ExecutionEnd('cycle', 'unwatched cycle'); },
};

type Op = '+' | '-' | '&' | '|' | '^' | '<<' | '>>' | '>>>' | '*' | '/' | '%' | '**';

function arithmetic(op: Op, a: number, b: number): number {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '&': return a & b;
    case '|': return a | b;
    case '^': return a ^ b;
    case '<<': return a << b;
    case '>>': return a >> b;
    case '>>>': return a >>> b;
    case '*': return a * b;
    case '/': return a / b;
    case '%': return a % b;
    case '**': return a ** b;
  }
}

function isPortObject(o: unknown): o is PortObject { return typeof o === 'object' && o !== null; }

/** The containers of JavaScript that the port is built on: what a method of theirs does is one access. */
function isContainer(o: unknown): boolean { return Array.isArray(o) || o instanceof Map || o instanceof Set; }
const MUTATORS: ReadonlySet<Key> = new Set([
  'push', 'pop', 'shift', 'unshift', 'splice', 'sort', 'reverse', 'fill', 'copyWithin', 'set', 'add', 'delete', 'clear',
]);
/** Code from a mail may compute a key; by these it would come to what is not the port's (SECURITY.md). */
function leadsOut(k: unknown): boolean {
  if (typeof k === 'number') return false;
  // An object becomes a string only at the access itself: nobody can look at it before.
  if (typeof k !== 'string') return typeof k === 'object' || typeof k === 'function' || typeof k === 'symbol';
  return k === 'constructor' || k === 'prototype' || (k.charCodeAt(0) === UNDERSCORE && OBJECTS_OWN.has(k));
}
/** Rounds between two accesses: no loop of the port has a thousandth of that. */
const MOST_IDLE = 50_000;
/** Comparing costs a look at the whole state. */
const MOST_COMPARED = 20_000;
const UNDERSCORE = 95;
const OBJECTS_OWN: ReadonlySet<string> = new Set(['__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']);
/** The key of an access to a container as a whole. */
const WHOLE = '[]';

/** The runtime of one side: its frames, coverage and monitor. One execution runs at a time. */
export class Runtime {
  readonly sites: Site[] = [];
  /** 1 where a site was reached since the last clearCoverage(). */
  reached = new Uint8Array(0);
  /** The innermost frame of what runs. */
  top: Frame | null = null;
  /** Set while several threads run: what it is told of, and what it decides. */
  concurrency: Concurrency | null = null;
  readonly #codes = new WeakMap<object, Code>();
  monitor: Monitor = SILENT;
  /** Accesses since reset(): the events of an execution. */
  events = 0;
  /** An execution with more accesses is cut, and says so. */
  maxEvents = Number.POSITIVE_INFINITY;
  /** Frames at the moment something was thrown, innermost last; the unwinding pops the live ones. */
  thrownAt: readonly Frame[] | null = null;
  readonly loops = new LoopWatch();
  /** Rounds of loops since the last access, and what had been accessed by then. */
  #idle = 0;
  #eventsAtHead = -1;
  /** Rounds since reset() that were late enough to be compared with earlier ones. */
  compared = 0;
  /** The undo log of a search: off while one thread runs to its end. */
  readonly journal = new Journal();
  /** Called by the linker: room for a file's sites; gives their base. */
  addSites(sites: readonly Site[]): number {
    const base = this.sites.length;
    for (const s of sites) this.sites.push(s);
    this.reached = new Uint8Array(this.sites.length);
    return base;
  }

  clearCoverage(): void { this.reached.fill(0); }

  reset(monitor: Monitor): void {
    this.monitor = monitor;
    this.top = null;
    this.concurrency = null;
    this.journal.stop();
    this.events = 0;
    this.maxEvents = Number.POSITIVE_INFINITY;
    this.thrownAt = null;
    this.loops.reset();
    this.compared = 0;
  }

  /** The frames of what runs, outermost first. */
  get frames(): readonly Frame[] {
    const chain: Frame[] = [];
    for (let f = this.top; f !== null; f = f.caller) chain.push(f);
    return chain.reverse();
  }

  /** The innermost statement that runs. */
  here(): Site | null {
    const top = this.thrownAt === null ? this.top : this.thrownAt[this.thrownAt.length - 1];
    return top === undefined || top === null ? null : this.sites[top.site] ?? null;
  }

  /** The statements of the call chain, outermost first. */
  stack(): Site[] {
    const chain: Site[] = [];
    for (const f of this.thrownAt ?? this.frames) {
      const s = this.sites[f.site];
      if (s !== undefined) chain.push(s);
    }
    return chain;
  }

  // --- called by compiled code -----------------------------------------------------------------

  enter(fn: string, file: string, site: number): Frame {
    const caller = this.top;
    const frame: Frame = { function: fn, file, entry: site, caller, depth: (caller?.depth ?? 0) + 1, site, result: undefined, lists: null };
    this.top = frame;
    if (frame.depth > 400) throw new ExecutionEnd('limit', `call depth in ${fn}`);
    this.monitor.enter(frame);
    return frame;
  }
  /** In a catch: keep the chain before it is unwound. */
  thrown(): void { this.thrownAt ??= this.frames.map((f) => ({ ...f })); }
  leave(frame: Frame): void {
    if (this.thrownAt === null) this.monitor.leave(frame);
    this.top = frame.caller;
  }
  /** A statement with a frame. */
  s(site: number): void {
    this.reached[site] = 1;
    if (this.top !== null) this.top.site = site;
  }
  /** return value; */
  x(value: unknown): unknown {
    if (this.top !== null) this.top.result = value;
    return value;
  }
  /** LIST_HEAD(name): a head that lives in the frame. */
  l(head: PortObject): PortObject {
    if (this.top !== null) this.top.lists = [...(this.top.lists ?? []), head];
    return head;
  }
  /** A statement of a header: coverage only. */
  v(site: number): void { this.reached[site] = 1; }

  /** o.k, o[k] */
  r(o: PortObject | null | undefined, k: Key): unknown {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    const value = o[k];
    // What a predicate of the blocking primitive looks at is no access of the run.
    if (this.concurrency?.asked(o, k, value) === true) return value;
    this.events += 1;
    // First: what a rule then ends the execution for is part of the event.
    this.concurrency?.read(o, k, value);
    this.monitor.read(o, k);
    return value;
  }
  /** o.k = value */
  w(o: PortObject | null | undefined, k: Key, value: unknown): unknown {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    this.#count();
    const old = o[k];
    if (this.journal.on) keepField(this.journal, o, k, old);
    o[k] = value;
    this.concurrency?.wrote(o, k, old, value);
    this.monitor.write(o, k, old, value);
    return value;
  }
  /** o.k where the blocking primitive asks: no access of the run. */
  k(o: PortObject | null | undefined, k: Key): unknown {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    const value = o[k];
    this.concurrency?.asked(o, k, value);
    return value;
  }
  /** o.k op= n */
  m(o: PortObject | null | undefined, k: Key, op: Op, n: unknown): unknown {
    const old = this.r(o, k);
    if (op === '+' && (typeof old === 'string' || typeof n === 'string')) return this.w(o, k, `${String(old)}${String(n)}`);
    return this.w(o, k, arithmetic(op, Number(old), Number(n)));
  }
  /** o.k ??= value, and the like */
  z(o: PortObject | null | undefined, k: Key, op: '??' | '||' | '&&', value: () => unknown): unknown {
    const old = this.r(o, k);
    const keeps = op === '??' ? old !== null && old !== undefined : op === '||' ? Boolean(old) : !old;
    return keeps ? old : this.w(o, k, value());
  }
  /** o.k++, ++o.k, o.k--, --o.k */
  i(o: PortObject | null | undefined, k: Key, by: number, prefix: boolean): unknown {
    const old = Number(this.r(o, k));
    this.w(o, k, old + by);
    return prefix ? old + by : old;
  }
  /** delete o.k */
  d(o: PortObject | null | undefined, k: Key): boolean {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    this.#count();
    const old = o[k];
    this.journal.field(o, k);
    const gone = Reflect.deleteProperty(o, k);
    this.concurrency?.wrote(o, k, old, undefined);
    this.monitor.write(o, k, old, undefined);
    return gone;
  }
  /** k in o */
  h(k: Key, o: PortObject | null | undefined): boolean {
    if (o === null || o === undefined) return this.#null(k);
    this.#note(o, k);
    return k in o;
  }
  /** o.k(...args): a call through a pointer, or of a method of the machine's own objects. */
  c(o: PortObject | null | undefined, k: Key, ...args: readonly unknown[]): unknown {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    const callee = o[k];
    if (typeof callee !== 'function') return this.monitor.nullDereference(`${k}()`);
    this.monitor.call(o, k, args);
    const container = typeof k === 'string' && isContainer(o);
    if (container && !MUTATORS.has(k)) this.#note(o, WHOLE);
    if (container && this.journal.on && MUTATORS.has(k)) keepContainer(this.journal, o);
    const result: unknown = Reflect.apply(callee, o, args);
    if (container && MUTATORS.has(k)) {
      this.#count();
      this.concurrency?.changed(o, WHOLE, args);
      this.monitor.write(o, WHOLE, undefined, undefined);
    }
    return result;
  }
  /** A value that a pattern takes apart, by paths of keys. */
  t(value: unknown, paths: readonly (readonly Key[])[]): unknown {
    for (const path of paths) {
      let at: unknown = value;
      for (const [depth, k] of path.entries()) {
        if (at === null || at === undefined) { if (depth === 0) this.#null(k); break; }
        if (!isPortObject(at)) break;
        if (depth === path.length - 1) this.#note(at, k);
        at = at[k];
      }
    }
    return value;
  }
  /** Where a pattern assigns to: `$.p(o, k).v = value`. */
  p(o: PortObject | null | undefined, k: Key): { v: unknown } {
    const set = (value: unknown): void => { this.w(o, k, value); };
    return { get v() { return undefined; }, set v(value) { set(value); } };
  }
  /** ...list, for (x of list): an array element by element, anything else as it is. */
  q(list: unknown): unknown {
    if (list === null || list === undefined) return this.#null(WHOLE);
    return Array.isArray(list) ? this.#elements(list) : list;
  }
  /** {...o} */
  u(o: unknown): unknown {
    if (isPortObject(o)) for (const k of Object.keys(o)) this.#note(o, k);
    return o;
  }
  /** a?.…: what follows, where a is there. */
  o(a: unknown, then: (it: unknown) => unknown): unknown { return a === null || a === undefined ? undefined : then(a); }

  /** o.k?.(…): o, evaluated once. */
  b(o: unknown, then: (it: unknown) => unknown): unknown { return then(o); }

  *#elements(list: readonly unknown[]): Generator<unknown> {
    for (let i = 0; i < list.length; i += 1) {
      if (isPortObject(list)) this.#note(list, i);
      yield list[i];
    }
  }
  #note(o: PortObject, k: Key): void {
    if (this.concurrency?.asked(o, k, o[k]) === true) return;
    this.events += 1;
    this.concurrency?.read(o, k, o[k]);
    this.monitor.read(o, k);
  }
  #count(): void {
    if ((this.events += 1) > this.maxEvents) throw new ExecutionEnd('limit', `more than ${this.maxEvents} accesses`);
  }
  #null(k: Key): never {
    if (leadsOut(k)) throw new ExecutionEnd('limit', typeof k === 'string' ? `a field called ${k}` : 'a key that is an object');
    return this.monitor.nullDereference(typeof k === 'number' ? WHOLE : k);
  }

  loop(site: number): LoopActivation { return this.loops.enter(site); }
  head(activation: LoopActivation, locals: () => readonly unknown[]): void {
    // A loop that touches nothing makes no event that could be one too many; nor do loops in such a loop.
    if (this.events === this.#eventsAtHead) this.#idle += 1;
    else [this.#eventsAtHead, this.#idle] = [this.events, 0];
    if (this.#idle > MOST_IDLE) throw new ExecutionEnd('limit', `more than ${MOST_IDLE} rounds of loops that touch nothing`);
    if (activation.rounds > this.maxEvents) throw new ExecutionEnd('limit', `more than ${this.maxEvents} rounds of a loop`);
    if ((this.compared += 1) > MOST_COMPARED) throw new ExecutionEnd('limit', `more than ${MOST_COMPARED} rounds of loops to be compared`);
    const seen = this.loops.visit(activation, locals);
    if (seen !== 'fresh') this.monitor.cycle(activation, seen);
  }

  // --- called by the resumable form alone ------------------------------------------------------

  /** A function and its resumable form; gives the function. */
  code(fn: object, locals: number, size: number, body: (a: Activation) => number, name = '', file = '', entry = -1, other: Pick<Code, 'source' | 'place'> | null = null): object {
    this.#codes.set(fn, { name, file, entry, locals, size, body, oneEvent: false, waits: false, source: other?.source ?? body, place: other?.place ?? placeOfFrame });
    return fn;
  }
  /** All that a function does is one event. */
  oneEvent(fn: object): void {
    const code = this.#codes.get(fn);
    if (code === undefined) return;
    code.oneEvent = true;
    code.waits = /\$g?\.wait\(/.test(String(code.source));
  }
  /** In place of a function that cannot be resumed. */
  refuse(why: string): never { throw new ExecutionEnd('limit', why); }
  codeOf(fn: object): Code | null { return this.#codes.get(fn) ?? null; }
  /** Whether the thread stops before o.k. */
  at(o: PortObject | null | undefined, k: Key): boolean { return this.#several().at(o, k); }
  /** Whether it stops before o.k(…): only what containers do is an access. */
  atCall(o: PortObject | null | undefined, k: Key): boolean {
    return o !== null && o !== undefined && typeof k === 'string' && isContainer(o) && this.#several().at(o, WHOLE);
  }
  /** A pattern that takes something apart. What others may change in between is taken apart field by field, or not at all. */
  atPattern(value: unknown, paths: readonly (readonly Key[])[]): boolean {
    if (!isPortObject(value)) return false;
    const [[key] = []] = paths;
    if (key === undefined || !this.#several().sharing.isShared(value)) return false;
    if (paths.length > 1) throw new ExecutionEnd('limit', 'a pattern takes apart what others can reach');
    return this.#several().at(value, key);
  }
  /** What a for…of goes through. */
  list(of: unknown): unknown {
    if (of === null || of === undefined) return this.#null(WHOLE);
    return Array.isArray(of) ? of : isIterable(of) ? Items.from(of) : this.#null(WHOLE);
  }
  /** One item of it. */
  e(list: PortObject, i: number): unknown { return list instanceof Items ? list[i] : this.r(list, i); }
  wait(ready: () => boolean, on: object, why: string): boolean { return this.#several().wait(ready, on, why); }
  round(loop: LoopActivation, locals: readonly unknown[]): boolean { return this.#several().round(loop, locals); }
  touch(a: Activation): void { this.#several().touch(a); }
  /** The same where somebody runs a closure of a in one go. */
  touched(a: Activation): void { this.concurrency?.touch(a); }
  rest(a: Activation, from: number): readonly unknown[] { return a.l.slice(from, a.given); }
  n(old: unknown, op: Op, n: unknown): unknown {
    return op === '+' && (typeof old === 'string' || typeof n === 'string') ? `${String(old)}${String(n)}` : arithmetic(op, Number(old), Number(n));
  }
  /** fn(…args): true when it was entered, false when it has run and its result is there. */
  call(fn: unknown, args: unknown[]): boolean {
    if (typeof fn !== 'function') return this.monitor.nullDereference('()');
    const code = this.#codes.get(fn);
    if (code === undefined) return this.#several().ran(Reflect.apply(fn, undefined, args));
    return this.#several().push(code, args);
  }
  /** o.k(…args), likewise. */
  method(o: PortObject | null | undefined, k: Key, args: unknown[]): boolean {
    if (o === null || o === undefined || leadsOut(k)) return this.#null(k);
    const callee = o[k];
    const code = typeof callee === 'function' ? this.#codes.get(callee) : undefined;
    if (code === undefined) return this.#several().ran(this.c(o, k, ...args));
    this.monitor.call(o, k, args);
    return this.#several().push(code, args);
  }
  #several(): Concurrency {
    if (this.concurrency === null) throw new Error('a resumable function runs without a scheduler');
    return this.concurrency;
  }
}

/** The items of something that is no array, as a for…of found them. */
class Items extends Array<unknown> {}
function isIterable(o: unknown): o is Iterable<unknown> { return typeof o === 'object' && o !== null && Symbol.iterator in o; }

/** o[k] is about to change: what it held, also where an array grows. An accessor takes back what it gave. */
function keepField(journal: Journal, o: PortObject, k: Key, old: unknown): void {
  if (Array.isArray(o) && !Object.hasOwn(o, k)) journal.wrote(o, 'length', o.length);
  if (k in o) journal.wrote(o, k, old);
  else journal.field(o, k);
}

function keepContainer(journal: Journal, o: object): void {
  if (Array.isArray(o)) {
    const items: unknown[] = o.slice();
    journal.note(() => { o.splice(0, o.length, ...items); });
  } else if (o instanceof Map) {
    const entries: [unknown, unknown][] = [...o];
    journal.note(() => { o.clear(); for (const [k, v] of entries) o.set(k, v); });
  } else if (o instanceof Set) {
    const values: unknown[] = [...o];
    journal.note(() => { o.clear(); for (const v of values) o.add(v); });
  }
}
