// SPDX-License-Identifier: GPL-2.0-only
// Runs the generators that generator-form.ts makes: an activation of the same trampoline, whose
// function is not entered again by a number but resumed (engine.md, 4.1: an explicit stack of
// generators, where a call is a yield). When a thread stops is said by the very rules that resumable
// frames have (concurrency.ts); what is another's is how a function body gets there.
//
// A generator asks, its driver answers: a question either stops the thread, to be asked again when it
// goes on, or calls, or is answered. Nothing here is saved or undone.

import { CALLED, RETURNED, STOPPED } from './codes.ts';
import type { LoopActivation } from './loops.ts';
import type { Key, PortObject, Runtime } from './runtime.ts';
import type { Activation } from './threads.ts';

/** How a question went, beside STOPPED and CALLED: its answer is there, or something has to run for it first. */
const ANSWERED = 3;
const ENTERED = 4;
type How = typeof STOPPED | typeof CALLED | typeof ANSWERED | typeof ENTERED;

/** A question. The answer is left where the results of calls are. */
type Question = (a: Activation, running: Running) => How;
type Asking = Generator<Question, unknown, unknown>;
type Made = (running: Running, ...args: readonly unknown[]) => Asking;

/** One activation: its generator, and above it the parts of the expression that it is in. */
class Running {
  readonly stack: { readonly it: Asking; asked: Question | null }[] = [];
  #place = -1;
  #variables: () => readonly unknown[];
  /** What it was told since: with place and variables, where it is in the statement. */
  readonly told: unknown[] = [];

  constructor(a: Activation, made: Made) {
    this.#variables = () => a.l;
    this.stack.push({ it: made(this, ...a.l), asked: null });
  }
  /** A statement begins. */
  at(place: number, variables: () => readonly unknown[]): void {
    this.#place = place;
    this.#variables = variables;
    this.told.length = 0;
  }
  /** Where it stands: equal for states in which it goes on alike. */
  get place(): readonly unknown[] { return [this.#place, this.#variables(), this.stack.length, [...this.told]]; }
}

type Op = Parameters<Runtime['n']>[1];

export class Generators {
  readonly #$: Runtime;
  readonly #running = new WeakMap<Activation, Running>();
  /** The one that ran last: mostly it runs again. */
  #last: { readonly a: Activation; readonly running: Running } | null = null;

  constructor(runtime: Runtime) { this.#$ = runtime; }

  /** A function and its generator; gives the function. */
  code(fn: object, made: Made, name = '', file = '', entry = -1): object {
    return this.#$.code(fn, 0, 0, (a) => this.#run(a, made), name, file, entry, { source: made, place: (a) => this.#running.get(a)?.place ?? [a.l] });
  }

  /** Goes on until the activation returns, calls or stops. */
  #run(a: Activation, made: Made): number {
    const running = this.#of(a, made);
    for (;;) {
      const top = running.stack[running.stack.length - 1];
      if (top === undefined) throw new Error(`${a.code.name} has returned`);
      if (top.asked === null) {
        running.told.push(a.v);
        const said = top.it.next(a.v);
        if (said.done === true) {
          a.v = said.value;
          running.stack.pop();
          if (running.stack.length === 0) return RETURNED;
          continue;
        }
        top.asked = said.value;
      }
      const how = top.asked(a, running);
      if (how === STOPPED) return STOPPED;
      top.asked = null;
      if (how === CALLED) return CALLED;
    }
  }

  #of(a: Activation, made: Made): Running {
    if (this.#last?.a === a) return this.#last.running;
    let running = this.#running.get(a);
    if (running === undefined) this.#running.set(a, running = new Running(a, made));
    this.#last = { a, running };
    return running;
  }

  // --- accesses: one, before which the thread may stop ------------------------------------------

  #access(o: PortObject | null | undefined, k: Key, does: () => unknown): Question {
    return (a) => {
      if (this.#$.at(o, k)) return STOPPED;
      a.v = does();
      return ANSWERED;
    };
  }
  r(o: PortObject | null | undefined, k: Key): Question { return this.#access(o, k, () => this.#$.r(o, k)); }
  w(o: PortObject | null | undefined, k: Key, value: unknown): Question { return this.#access(o, k, () => this.#$.w(o, k, value)); }
  d(o: PortObject | null | undefined, k: Key): Question { return this.#access(o, k, () => this.#$.d(o, k)); }
  h(k: Key, o: PortObject | null | undefined): Question { return this.#access(o, k, () => this.#$.h(k, o)); }
  u(o: PortObject | null | undefined): Question { return this.#access(o, '[]', () => this.#$.u(o)); }
  /** A list is gone through in one go; one item of a for…of is `e`. */
  q(list: PortObject | null | undefined): Question {
    return this.#access(list, '[]', () => {
      const all = this.#$.q(list);
      return isIterable(all) ? [...all] : all;
    });
  }
  e(list: PortObject, i: number): Question { return this.#access(list, i, () => this.#$.e(list, i)); }
  list(of: unknown): unknown { return this.#$.list(of); }
  t(value: unknown, paths: readonly (readonly Key[])[]): Question {
    return (a) => {
      if (this.#$.atPattern(value, paths)) return STOPPED;
      a.v = this.#$.t(value, paths);
      return ANSWERED;
    };
  }

  // --- what is made of several: generators in their turn ----------------------------------------

  #within(it: Asking): Question {
    return (a, running) => {
      a.v = undefined;
      running.stack.push({ it, asked: null });
      return ENTERED;
    };
  }
  /** `o.k op= n` */
  m(o: PortObject | null | undefined, k: Key, op: Op, n: unknown): Question { return this.#within(this.#compound(o, k, op, n)); }
  *#compound(o: PortObject | null | undefined, k: Key, op: Op, n: unknown): Asking {
    const old = yield this.r(o, k);
    return yield this.w(o, k, this.#$.n(old, op, n));
  }
  /** `o.k++` and the like. */
  i(o: PortObject | null | undefined, k: Key, by: number, prefix: boolean): Question { return this.#within(this.#increment(o, k, by, prefix)); }
  *#increment(o: PortObject | null | undefined, k: Key, by: number, prefix: boolean): Asking {
    const old = Number(yield this.r(o, k));
    yield this.w(o, k, old + by);
    return prefix ? old + by : old;
  }
  /** `o.k ??= value` and the like. */
  z(o: PortObject | null | undefined, k: Key, op: '??' | '||' | '&&', value: () => Asking): Question { return this.#within(this.#lazily(o, k, op, value)); }
  *#lazily(o: PortObject | null | undefined, k: Key, op: '??' | '||' | '&&', value: () => Asking): Asking {
    const old = yield this.r(o, k);
    const keeps = op === '??' ? old !== null && old !== undefined : op === '||' ? Boolean(old) : !old;
    return keeps ? old : yield this.w(o, k, yield this.#within(value()));
  }
  /** `on?.…` */
  o(on: unknown, then: (it: unknown) => Asking): Question { return this.#within(on === null || on === undefined ? nothing() : then(on)); }
  /** `on.k?.(…)` evaluates `on` once. */
  b(on: unknown, then: (it: unknown) => Asking): Question { return this.#within(then(on)); }

  // --- calls, waits, heads of loops -------------------------------------------------------------

  call(fn: unknown, args: unknown[]): Question { return () => (this.#$.call(fn, args) ? CALLED : ANSWERED); }
  /** `o.k(…)` */
  c(o: PortObject | null | undefined, k: Key, ...args: unknown[]): Question {
    return () => {
      if (this.#$.atCall(o, k)) return STOPPED;
      return this.#$.method(o, k, args) ? CALLED : ANSWERED;
    };
  }
  wait(ready: () => boolean, on: object, why: string): Question { return stopsIf(() => this.#$.wait(ready, on, why)); }
  round(loop: LoopActivation, locals: readonly unknown[]): Question { return stopsIf(() => this.#$.round(loop, locals)); }
  refuse(why: string): never { return this.#$.refuse(why); }
}

function stopsIf(stops: () => boolean): Question {
  return (a) => {
    if (stops()) return STOPPED;
    a.v = undefined;
    return ANSWERED;
  };
}

function* nothing(): Asking { return undefined; }

function isIterable(o: unknown): o is Iterable<unknown> { return typeof o === 'object' && o !== null && Symbol.iterator in o; }
