// SPDX-License-Identifier: GPL-2.0-only
// What compiled port code calls: a frame per C function, a site per statement, a hook per access,
// a mark per loop head. The code of the port names it `$`; nothing in the port's source knows it.
//
// Headers and arch/model get no frames of their own: an access made in get_page() belongs to the
// statement that called it, as a backtrace with inlines folded would show it.

import { LoopWatch, type LoopActivation } from './loops.ts';
import type { Site } from './sites.ts';

/** A port object behind an access; its fields are read by name. */
export type PortObject = Record<string, unknown>;

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
  read(o: PortObject, k: string): void;
  /** After the write of o[k]. */
  write(o: PortObject, k: string, old: unknown, value: unknown): void;
  /** A NULL pointer was followed to a field k, or called. Never returns. */
  nullDereference(k: string): never;
  /** Around a call through a pointer: a driver's callback, an rmap walker, an allocator. */
  call(o: PortObject, k: string, args: readonly unknown[]): void;
  returned(o: PortObject, k: string, args: readonly unknown[], result: unknown): void;
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
  returned: () => undefined,
  enter: () => undefined,
  leave: () => undefined,
  cycle: () => { throw new ExecutionEnd('cycle', 'unwatched cycle'); },
};

type Op = '+' | '-' | '&' | '|' | '^' | '<<' | '>>' | '>>>' | '*' | '/' | '%';

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
  }
}

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

  r(o: PortObject | null | undefined, k: string): unknown {
    if (o === null || o === undefined) return this.monitor.nullDereference(k);
    this.events += 1;
    this.monitor.read(o, k);
    return o[k];
  }
  w(o: PortObject | null | undefined, k: string, value: unknown): unknown {
    if (o === null || o === undefined) return this.monitor.nullDereference(k);
    if ((this.events += 1) > this.maxEvents) throw new ExecutionEnd('limit', `more than ${this.maxEvents} accesses`);
    const old = o[k];
    o[k] = value;
    this.monitor.write(o, k, old, value);
    return value;
  }
  /** o.k op= n */
  m(o: PortObject | null | undefined, k: string, op: Op, n: number): unknown {
    const old = this.r(o, k);
    return this.w(o, k, arithmetic(op, Number(old), n));
  }
  /** o.k++, ++o.k, o.k--, --o.k */
  i(o: PortObject | null | undefined, k: string, by: number, prefix: boolean): unknown {
    const old = Number(this.r(o, k));
    this.w(o, k, old + by);
    return prefix ? old + by : old;
  }
  /** o.k(...args): a call through a pointer, or of a method of the machine's own objects. */
  c(o: PortObject | null | undefined, k: string, ...args: readonly unknown[]): unknown {
    if (o === null || o === undefined) return this.monitor.nullDereference(k);
    const callee = o[k];
    if (typeof callee !== 'function') return this.monitor.nullDereference(`${k}()`);
    this.monitor.call(o, k, args);
    const result: unknown = Reflect.apply(callee, o, args);
    this.monitor.returned(o, k, args, result);
    return result;
  }
  /** The array behind an index. */
  a(o: PortObject | null | undefined): PortObject {
    if (o === null || o === undefined) return this.monitor.nullDereference('[]');
    return o;
  }
  loop(site: number): LoopActivation { return this.loops.enter(site); }
  head(activation: LoopActivation, locals: () => readonly unknown[]): void {
    const seen = this.loops.visit(activation, locals);
    if (seen !== 'fresh') this.monitor.cycle(activation, seen);
  }
}
