// SPDX-License-Identifier: GPL-2.0-only
// A thread's own state as text: its place, its variables and its pending operation, where these are all there is
// (plain-yields.ts). Null where they are not: it runs helper generators by `yield*`, whose frames are out of
// reach, or it holds functions or objects that are not plain data. What it captured from outside is taken as
// constant (program.ts says why).

import { DataKeys } from './data-key.ts';
import { Inspector } from './inspect.ts';
import { EventOperation, type Body, type Operation } from './operation.ts';
import { plainYields } from './plain-yields.ts';
import { resumeThread, type ProgramSystem } from './program.ts';

export class OwnStates {
  readonly data = new DataKeys();
  #inspector: Inspector | null = null;
  readonly #plain = new Map<string, boolean>();
  readonly #plainOf = new WeakMap<object, boolean>();

  close(): void {
    this.#inspector?.close();
    this.#inspector = null;
  }

  /** Equal only for equal states of threads that were born alike. */
  of<S>(system: ProgramSystem<S>, t: number): string | null {
    const { at, body } = system.list[t]!;
    if (at === null || at.helpers !== 0 || !this.#isPlain(body)) return null;
    const suspended = this.#engine().generator(body);
    if (suspended === null || suspended.variables === null) return null;
    const variables = this.data.variables(suspended.variables, system.state);
    if (variables === null) return null;
    const argument = this.#argument(at, system);
    return argument === null ? null : `${suspended.place} ${variables} ${argument}`;
  }

  /** The same with the plain fields of the program's state, which a thread may use as its own. */
  withFields<S>(system: ProgramSystem<S>, t: number): string | null {
    const own = this.of(system, t);
    return own === null ? null : `${own} ${this.data.state(system.state)}`;
  }

  #engine(): Inspector { return this.#inspector ??= new Inspector(); }

  #argument<S>(operation: Operation<unknown>, system: ProgramSystem<S>): string | null {
    if (!(operation instanceof EventOperation)) return '';
    const key = operation.argumentKey();
    if (typeof key !== 'function') return this.data.variables([{ name: `${operation.target.id}`, value: key }], system.state);
    const closure = this.#engine().closure(key);
    if (closure === null) return null;
    const variables = this.data.captured(closure.variables, system.state);
    return variables === null ? null : `${operation.target.id} ${closure.place} ${variables}`;
  }

  /** By the generator's prototype, which is its function's own; and by the text, which is the same for all closures of it. */
  #isPlain(body: Body): boolean {
    const prototype: object = Object.getPrototypeOf(body);
    let plain = this.#plainOf.get(prototype);
    if (plain !== undefined) return plain;
    const source = this.#engine().source(body) ?? '';
    plain = this.#plain.get(source) ?? plainYields(source);
    this.#plain.set(source, plain);
    this.#plainOf.set(prototype, plain);
    return plain;
  }
}

interface Frame { readonly name: string | null; readonly builtin: boolean }

/**
 * Frames of user generators beyond the thread's own, between the operation that is being handed over and the
 * explorer; null if the stack is not understood. To be called by way of the operation's next() only.
 */
export function helpersOnStack(): number | null {
  const { stackTraceLimit, prepareStackTrace } = Error;
  let frames: Frame[] = [];
  try {
    Error.stackTraceLimit = 30;
    Error.prepareStackTrace = (_, sites) => {
      frames = sites.map((site) => ({ name: site.getFunctionName(), builtin: site.isNative() || (site.getFileName() ?? null) === null }));
      return '';
    };
    const holder: { stack?: string } = {};
    Error.captureStackTrace(holder, helpersOnStack);
    void holder.stack;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
    if (prepareStackTrace === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
  }
  // From the top: who asks; the operation's next; the generators, each with the engine's own next below it;
  // the program's resume and resumeThread.
  const end = frames.findIndex((frame) => frame.name === resumeThread.name);
  const first = frames.findIndex((frame) => frame.name === 'next');
  if (end < 0 || first < 0) return null;
  const between = frames.slice(first + 1, end).filter((frame) => !frame.builtin).length;
  return between < 2 ? null : between - 2;
}
