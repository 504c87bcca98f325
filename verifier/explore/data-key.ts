// SPDX-License-Identifier: GPL-2.0-only
// Values as text, such that equal text means equal in all that a program can tell. Objects that setup() made and
// shared objects are named (the same name in each execution); thread-made plain data is written out, with
// aliases; anything else has no text, or one that no other value gets.

import { Shared } from './shared.ts';
import type { RwWord } from './rwlock.ts';
import type { Variable } from './inspect.ts';

export class DataKeys {
  /** Objects that were in the state right after setup(), by the order of a walk. */
  readonly #known = new Map<object, number>();
  readonly #identities = new WeakMap<object, number>();
  #fresh = 0;

  begin(state: unknown): void {
    this.#known.clear();
    walk(state, (object) => {
      this.#known.set(object, this.#known.size);
      return true;
    });
  }

  /** As begin(), for a state that threads have been at: what is where setup() had put it goes by that name. */
  resume(state: unknown, paths: readonly Path[]): void {
    this.#known.clear();
    paths.forEach((path, i) => {
      let value = state;
      for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
      if (typeof value === 'object' && value !== null && !this.#known.has(value)) this.#known.set(value, i);
    });
  }

  /** The result of an operation. */
  result(value: unknown): string {
    if (typeof value === 'object' && value !== null && 'thread' in value && typeof value.thread === 'number') return `t${value.thread}`;
    return primitive(value) ?? `i${this.#identity(value)}`;
  }

  word(value: unknown): string {
    if (isRwWord(value)) return `${value.writer}/${value.readers.join()}`;
    return primitive(value) ?? this.#text(value, new Map(), new Set(), null) ?? `f${this.#fresh++}`;
  }

  /** The plain fields of the state. */
  state(state: unknown): string {
    return this.#text(state, new Map(), new Set(), 'in state') ?? `f${this.#fresh++}`;
  }

  variables(variables: readonly Variable[], state: unknown): string | null {
    return this.#list(variables, state, () => null);
  }

  /** Of a function: objects that are not plain are told apart by identity, which none of another execution shares. */
  captured(variables: readonly Variable[], state: unknown): string | null {
    return this.#list(variables, state, (value) => `i${this.#identity(value)}`);
  }

  #list(variables: readonly Variable[], state: unknown, other: (value: unknown) => string | null): string | null {
    const reachable = new Set<object>();
    walk(state, (object) => {
      if (reachable.has(object)) return false;
      reachable.add(object);
      return true;
    });
    const seen = new Map<object, number>();
    const parts: string[] = [];
    for (const { name, value } of variables) {
      const text = this.#text(value, seen, reachable, null) ?? other(value);
      if (text === null) return null;
      parts.push(`${name}=${text}`);
    }
    return parts.join(' ');
  }

  /** `where` is null for what a thread holds: there an object of the state is named, not written out. */
  #text(value: unknown, seen: Map<object, number>, reachable: ReadonlySet<object>, where: 'in state' | null): string | null {
    const simple = primitive(value);
    if (simple !== null) return simple;
    if (typeof value === 'function') return where === null ? null : `i${this.#identity(value)}`;
    if (typeof value !== 'object' || value === null) return null;
    if (value instanceof Shared) return `#${value.id}`;
    if (where === null) {
      const known = this.#known.get(value);
      if (known !== undefined) return `s${known}`;
      if (reachable.has(value)) return null;
    }
    const before = seen.get(value);
    if (before !== undefined) return `^${before}`;
    seen.set(value, seen.size);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return null;
    const parts: string[] = [];
    for (const key of Reflect.ownKeys(value)) {
      if (typeof key === 'symbol') return null;
      if (Array.isArray(value) && key === 'length') continue;
      const property = Object.getOwnPropertyDescriptor(value, key);
      if (property === undefined || !('value' in property)) return null;
      const text = this.#text(property.value, seen, reachable, where);
      if (text === null) return null;
      parts.push(`${JSON.stringify(key)}:${text}`);
    }
    return Array.isArray(value) ? `[${value.length} ${parts.join()}]` : `{${parts.join()}}`;
  }

  #identity(value: unknown): number {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return this.#fresh++;
    let id = this.#identities.get(value);
    if (id === undefined) this.#identities.set(value, id = this.#fresh++);
    return id;
  }
}

function primitive(value: unknown): string | null {
  switch (typeof value) {
    case 'number': return Object.is(value, -0) ? '-0' : `${value}`;
    case 'string': return JSON.stringify(value);
    case 'bigint': return `${value}n`;
    case 'boolean': case 'undefined': return `${value}`;
    case 'object': return value === null ? 'null' : null;
    case 'symbol': case 'function': return null;
  }
}

function isRwWord(value: unknown): value is RwWord {
  return typeof value === 'object' && value !== null && 'writer' in value && 'readers' in value && Array.isArray(value.readers) && Object.keys(value).length === 2;
}

/** Visits the objects that are reachable over plain fields; not into shared ones. */
function walk(value: unknown, visit: (object: object) => boolean, seen = new Set<object>()): void {
  if (typeof value !== 'object' || value === null || value instanceof Shared || seen.has(value)) return;
  seen.add(value);
  if (!visit(value)) return;
  for (const key of Object.keys(value)) walk(Reflect.get(value, key), visit, seen);
}

export type Path = readonly string[];

/** Where the objects of a state are that are not shared ones. */
export function pathsOf(state: unknown): Path[] {
  const paths: Path[] = [], seen = new Set<object>();
  const visit = (value: unknown, path: Path): void => {
    if (typeof value !== 'object' || value === null || value instanceof Shared || seen.has(value)) return;
    seen.add(value);
    paths.push(path);
    for (const key of Object.keys(value)) visit(Reflect.get(value, key), [...path, key]);
  };
  visit(state, []);
  return paths;
}
