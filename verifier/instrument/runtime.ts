// SPDX-License-Identifier: GPL-2.0-only
// What compiled port code calls: a frame per C function, a site per statement, a hook per access,
// a mark per loop head. The code of the port names it `$`; nothing in the port's source knows it.
//
// Headers and arch/model get no frames of their own: an access made in get_page() belongs to the
// statement that called it, as a backtrace with inlines folded would show it.

import { LoopWatch, type LoopActivation } from './loops.ts';
import type { Site } from './sites.ts';

/** A port object behind an access; its fields are read by name, its elements by index. */
export type PortObject = Record<Key, unknown>;
export type Key = string | number;

/** One C function that is running. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  /** The site of the function itself: its name and return type. */
  readonly entry: number;
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
/** The key of an access to a container as a whole. */
const WHOLE = '[]';

/** The runtime of one side: its frames, coverage and monitor. One execution runs at a time. */
export class Runtime {
  readonly sites: Site[] = [];
  /** 1 where a site was reached since the last clearCoverage(). */
  reached = new Uint8Array(0);
  readonly frames: Frame[] = [];
  monitor: Monitor = SILENT;
  /** Accesses since reset(): the events of an execution. */
  events = 0;
  /** An execution with more accesses is cut, and says so. */
  maxEvents = Number.POSITIVE_INFINITY;
  /** Frames at the moment something was thrown, innermost last; the unwinding pops the live ones. */
  thrownAt: readonly Frame[] | null = null;
  readonly loops = new LoopWatch();
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
    this.frames.length = 0;
    this.events = 0;
    this.maxEvents = Number.POSITIVE_INFINITY;
    this.thrownAt = null;
    this.loops.reset();
  }

  /** The innermost statement that runs. */
  here(): Site | null {
    const frames = this.thrownAt ?? this.frames;
    const top = frames[frames.length - 1];
    return top === undefined ? null : this.sites[top.site] ?? null;
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
    const frame: Frame = { function: fn, file, entry: site, site, result: undefined, lists: null };
    this.frames.push(frame);
    if (this.frames.length > 400) throw new ExecutionEnd('limit', `call depth in ${fn}`);
    this.monitor.enter(frame);
    return frame;
  }
  /** In a catch: keep the chain before it is unwound. */
  thrown(): void { this.thrownAt ??= this.frames.map((f) => ({ ...f })); }
  leave(frame: Frame): void {
    if (this.thrownAt === null) this.monitor.leave(frame);
    this.frames.pop();
  }
  /** A statement with a frame. */
  s(site: number): void {
    this.reached[site] = 1;
    const top = this.frames[this.frames.length - 1];
    if (top !== undefined) top.site = site;
  }
  /** return value; */
  x(value: unknown): unknown {
    const top = this.frames[this.frames.length - 1];
    if (top !== undefined) top.result = value;
    return value;
  }
  /** LIST_HEAD(name): a head that lives in the frame. */
  l(head: PortObject): PortObject {
    const top = this.frames[this.frames.length - 1];
    if (top !== undefined) (top.lists ??= []).push(head);
    return head;
  }
  /** A statement of a header: coverage only. */
  v(site: number): void { this.reached[site] = 1; }

  /** o.k, o[k] */
  r(o: PortObject | null | undefined, k: Key): unknown {
    if (o === null || o === undefined) return this.#null(k);
    this.events += 1;
    this.monitor.read(o, k);
    return o[k];
  }
  /** o.k = value */
  w(o: PortObject | null | undefined, k: Key, value: unknown): unknown {
    if (o === null || o === undefined) return this.#null(k);
    this.#count();
    const old = o[k];
    o[k] = value;
    this.monitor.write(o, k, old, value);
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
    if (o === null || o === undefined) return this.#null(k);
    this.#count();
    const old = o[k];
    const gone = Reflect.deleteProperty(o, k);
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
    if (o === null || o === undefined) return this.#null(k);
    const callee = o[k];
    if (typeof callee !== 'function') return this.monitor.nullDereference(`${k}()`);
    this.monitor.call(o, k, args);
    const container = typeof k === 'string' && isContainer(o);
    if (container && !MUTATORS.has(k)) this.#note(o, WHOLE);
    const result: unknown = Reflect.apply(callee, o, args);
    if (container && MUTATORS.has(k)) {
      this.#count();
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
    this.events += 1;
    this.monitor.read(o, k);
  }
  #count(): void {
    if ((this.events += 1) > this.maxEvents) throw new ExecutionEnd('limit', `more than ${this.maxEvents} accesses`);
  }
  #null(k: Key): never { return this.monitor.nullDereference(typeof k === 'number' ? WHOLE : k); }

  loop(site: number): LoopActivation { return this.loops.enter(site); }
  head(activation: LoopActivation, locals: () => readonly unknown[]): void {
    // A loop that writes nothing shared makes no event that could be one too many.
    if (activation.rounds > this.maxEvents) throw new ExecutionEnd('limit', `more than ${this.maxEvents} rounds of a loop`);
    const seen = this.loops.visit(activation, locals);
    if (seen !== 'fresh') this.monitor.cycle(activation, seen);
  }
}
