// SPDX-License-Identifier: GPL-2.0-only
// The place and the variables of a suspended generator, which the language does not show but the
// engine's debugger does ([[GeneratorLocation]], [[Scopes]]). Synchronous, in this thread; about a tenth of a
// millisecond per question, so answers are kept by whoever asks.

import { Session, type Debugger, type Runtime } from 'node:inspector';

export interface Variable { readonly name: string; readonly value: unknown }

export interface Suspended {
  /** Script, line and column: which function and where in it. */
  readonly place: string;
  /** Innermost scope first, up to the function's own; null if the engine does not show it. */
  readonly variables: readonly Variable[] | null;
}

export interface Captured { readonly place: string; readonly variables: readonly Variable[] }

const HAND = Symbol.for('kpv.explore.hand');
const HAND_TEXT = "globalThis[Symbol.for('kpv.explore.hand')]";
const GROUP = 'kpv.explore';

export class Inspector {
  readonly #session = new Session();

  constructor() {
    this.#session.connect();
    this.#session.post('Debugger.enable');
    this.#session.post('Debugger.setBreakpointsActive', { active: false });
  }

  close(): void { this.#session.disconnect(); }

  /**
   * The source of a generator's function. From here on the engine does not optimise the function: optimised code
   * leaves variables that do not matter any more as they were, and states would be told apart by chance.
   * It is a breakpoint, never active, that has this effect.
   */
  source(generator: object): string | null {
    return this.#with(generator, (id) => {
      const f = this.#internal(id).get('[[GeneratorFunction]]');
      const location: unknown = f?.objectId === undefined ? undefined : this.#internal(f.objectId).get('[[FunctionLocation]]')?.value;
      if (isLocation(location)) this.#session.post('Debugger.setBreakpoint', { location });
      return f?.description ?? null;
    });
  }

  generator(generator: object): Suspended | null {
    return this.#with(generator, (id) => {
      const internal = this.#internal(id);
      const place = placeOf(internal.get('[[GeneratorLocation]]'));
      if (place === null) return null;
      const scopes = this.#scopes(internal.get('[[Scopes]]'));
      const local = scopes.findIndex((one) => one.kind === 'Local');
      const variables = local < 0 ? null : scopes.slice(0, local + 1).flatMap((one) => this.#variables(one.id));
      return { place, variables };
    });
  }

  /** Where a function is written and what it captured, other than from the module and the globals. */
  closure(f: object): Captured | null {
    return this.#with(f, (id) => {
      const internal = this.#internal(id);
      const place = placeOf(internal.get('[[FunctionLocation]]'));
      if (place === null) return null;
      const scopes = this.#scopes(internal.get('[[Scopes]]')).filter((one) => !['Module', 'Script', 'Global'].includes(one.kind));
      return { place, variables: scopes.flatMap((one) => this.#variables(one.id)) };
    });
  }

  #with<R>(value: object, ask: (id: string) => R): R | null {
    Reflect.set(globalThis, HAND, value);
    try {
      const { objectId } = this.#post('Runtime.evaluate', { expression: HAND_TEXT, objectGroup: GROUP }).result;
      return objectId === undefined ? null : ask(objectId);
    } finally {
      Reflect.deleteProperty(globalThis, HAND);
      this.#session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    }
  }

  #internal(objectId: string): Map<string, Runtime.RemoteObject> {
    const { internalProperties = [] } = this.#properties(objectId);
    const found = new Map<string, Runtime.RemoteObject>();
    for (const { name, value } of internalProperties) if (value !== undefined) found.set(name, value);
    return found;
  }

  #scopes(list: Runtime.RemoteObject | undefined): { kind: string; id: string }[] {
    if (list?.objectId === undefined) return [];
    const scopes: { kind: string; id: string }[] = [];
    for (const { name, value } of this.#properties(list.objectId).result) {
      if (/^\d+$/.test(name) && value?.objectId !== undefined) scopes.push({ kind: (value.description ?? '').split(' ')[0] ?? '', id: value.objectId });
    }
    return scopes;
  }

  #variables(objectId: string): Variable[] {
    return this.#properties(objectId).result.map(({ name, value }) => ({ name, value: this.#value(value) }));
  }

  #value(remote: Runtime.RemoteObject | undefined): unknown {
    if (remote === undefined) return undefined;
    if (remote.objectId !== undefined) return this.#object(remote.objectId);
    if (remote.unserializableValue === undefined) return remote.value;
    return remote.type === 'bigint' ? BigInt(remote.unserializableValue.slice(0, -1)) : Number(remote.unserializableValue);
  }

  /** The object itself: the debugger calls a function on it, which puts it where we find it. */
  #object(objectId: string): unknown {
    this.#post('Runtime.callFunctionOn', { objectId, functionDeclaration: `function () { ${HAND_TEXT} = this; }` });
    const value: unknown = Reflect.get(globalThis, HAND);
    return value;
  }

  #properties(objectId: string): Runtime.GetPropertiesReturnType {
    return this.#answer<Runtime.GetPropertiesReturnType>((take) => this.#session.post('Runtime.getProperties', { objectId, ownProperties: true }, take));
  }

  #post(method: 'Runtime.evaluate', params: Runtime.EvaluateParameterType): Runtime.EvaluateReturnType;
  #post(method: 'Runtime.callFunctionOn', params: Runtime.CallFunctionOnParameterType): Runtime.CallFunctionOnReturnType;
  #post(method: 'Runtime.evaluate' | 'Runtime.callFunctionOn', params: Runtime.EvaluateParameterType | Runtime.CallFunctionOnParameterType): unknown {
    return this.#answer<unknown>((take) => this.#session.post(method, params, take));
  }

  /** Answers within this thread come before post() returns. */
  #answer<R>(ask: (take: (error: Error | null, result: R) => void) => void): R {
    const got: { result: R }[] = [];
    ask((error, result) => {
      if (error !== null) throw new Error(`the debugger refuses: ${JSON.stringify(error)}`);
      got.push({ result });
    });
    const first = got[0];
    if (first === undefined) throw new Error('the debugger does not answer');
    return first.result;
  }
}

function isLocation(value: unknown): value is Debugger.Location {
  return typeof value === 'object' && value !== null && 'scriptId' in value && 'lineNumber' in value;
}

function placeOf(remote: Runtime.RemoteObject | undefined): string | null {
  const value: unknown = remote?.value;
  return value === undefined ? null : JSON.stringify(value);
}
