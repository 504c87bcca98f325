// SPDX-License-Identifier: GPL-2.0-only
// How rules remember: records whose fields are undone with the machine (instrument/journal.ts). A
// field is kept as its old value, without a closure, since rules write at every access. That a
// record is there is not kept: one that nobody wrote to says nothing.

import type { Journal } from '../instrument/journal.ts';

/** o.k = v, undone. What is in a field is replaced, never changed in place. */
export function put<T extends object, K extends keyof T & string>(journal: Journal, o: T, k: K, v: T[K]): void {
  if (journal.on) journal.wrote(o, k, o[k]);
  o[k] = v;
}

/** list.push(item), undone. The list only grows; to empty it, put() another in its place. */
export function append<T>(journal: Journal, list: T[], item: T): void {
  if (journal.on) journal.wrote(list, 'length', list.length);
  list.push(item);
}

/** A record for each object that a rule was told of, made when it is first asked for. */
export class Records<K extends object, V extends object> {
  readonly #of = new WeakMap<K, V>();
  readonly #make: (of: K) => V;
  /** Asked for last: most questions come in rows. */
  #key: K | null = null;
  #record: V | null = null;
  constructor(make: (of: K) => V) { this.#make = make; }

  of(key: K): V {
    if (this.#key === key && this.#record !== null) return this.#record;
    let record = this.#of.get(key);
    if (record === undefined) {
      record = this.#make(key);
      this.#of.set(key, record);
    }
    this.#key = key;
    this.#record = record;
    return record;
  }

  /** The record if there is one. */
  known(key: K): V | undefined { return this.#of.get(key); }
}

/** An array that keeps what push() did to it: for lists that others fill. */
export class KeptList<T> extends Array<T> {
  readonly #journal: Journal | null = null;
  static override get [Symbol.species](): ArrayConstructor { return Array; }
  constructor(journal: Journal) {
    super();
    this.#journal = journal;
  }
  override push(...items: T[]): number {
    if (this.#journal?.on === true) this.#journal.wrote(this, 'length', this.length);
    return super.push(...items);
  }
}
