// SPDX-License-Identifier: GPL-2.0-only
// The undo log of a search: what was there before each change, so that a search steps back instead
// of running again (engine.md, 4.2). Machine, threads and rules write to one log, so one mark is a
// state of all of them. While it is off nothing is kept.

/** In place of a key: the change is taken back by a function. */
const BY_CALL = Symbol('by call');
/** In place of an old value: the field was not there. */
const ABSENT = Symbol('absent');

export class Journal {
  on = false;
  readonly #what: object[] = [];
  readonly #key: PropertyKey[] = [];
  readonly #old: unknown[] = [];

  /** Here: what undo() comes back to. */
  mark(): number { return this.#what.length; }

  undo(to: number): void {
    for (let i = this.#what.length - 1; i >= to; i -= 1) {
      const what = this.#what[i];
      const key = this.#key[i];
      if (what === undefined || key === undefined) continue;
      if (typeof what === 'function' && key === BY_CALL) Reflect.apply(what, undefined, []);
      else if (this.#old[i] === ABSENT) Reflect.deleteProperty(what, key);
      else Reflect.set(what, key, this.#old[i]);
    }
    this.#what.length = to;
    this.#key.length = to;
    this.#old.length = to;
  }

  /** The fields that were changed since a mark, each once, oldest first. */
  changed(since: number): readonly { readonly o: object; readonly k: PropertyKey }[] {
    const seen = new Map<object, Set<PropertyKey>>();
    const out: { o: object; k: PropertyKey }[] = [];
    for (let i = since; i < this.#what.length; i += 1) {
      const o = this.#what[i];
      const k = this.#key[i];
      if (o === undefined || k === undefined || k === BY_CALL) continue;
      let keys = seen.get(o);
      if (keys === undefined) seen.set(o, keys = new Set());
      if (keys.has(k)) continue;
      keys.add(k);
      out.push({ o, k });
    }
    return out;
  }

  /** Keeps everything from here on until stop(). */
  start(): void { this.on = true; }
  /** Forgets all, and keeps nothing any more. */
  stop(): void {
    this.on = false;
    this.#what.length = this.#key.length = this.#old.length = 0;
  }

  /** A change, with the function that takes it back. */
  note(back: () => void): void { if (this.on) this.#keep(back, BY_CALL, undefined); }

  /** o[k] is about to be written: a field, or an accessor that takes back what it gave. */
  field(o: object, k: PropertyKey): void {
    if (this.on) this.#keep(o, k, k in o ? Reflect.get(o, k) : ABSENT);
  }
  /** o[k] was written, a plain data field that was there and held `old`. */
  wrote(o: object, k: PropertyKey, old: unknown): void { if (this.on) this.#keep(o, k, old); }

  #keep(what: object, key: PropertyKey, old: unknown): void {
    this.#what.push(what);
    this.#key.push(key);
    this.#old.push(old);
  }
}

/**
 * A Map whose changes are undone. After an undo its entries are those from before, but an entry that
 * had been deleted stands last: whoever reports must sort.
 */
export class JournaledMap<K, V> extends Map<K, V> {
  readonly #journal: Journal;
  constructor(journal: Journal) {
    super();
    this.#journal = journal;
  }
  override set(key: K, value: V): this {
    if (this.#journal.on) this.#noteEntry(key);
    return super.set(key, value);
  }
  override delete(key: K): boolean {
    if (this.#journal.on && this.has(key)) this.#noteEntry(key);
    return super.delete(key);
  }
  override clear(): void { for (const key of [...this.keys()]) this.delete(key); }

  #noteEntry(key: K): void {
    const old = this.get(key);
    if (old === undefined) this.#journal.note(() => { super.delete(key); });
    else this.#journal.note(() => { super.set(key, old); });
  }
}

/** A Set whose changes are undone; its order is as with JournaledMap. */
export class JournaledSet<K> extends Set<K> {
  readonly #journal: Journal;
  constructor(journal: Journal) {
    super();
    this.#journal = journal;
  }
  override add(key: K): this {
    if (this.has(key)) return this;
    this.#journal.note(() => { super.delete(key); });
    return super.add(key);
  }
  override delete(key: K): boolean {
    if (!this.has(key)) return false;
    this.#journal.note(() => { super.add(key); });
    return super.delete(key);
  }
  override clear(): void { for (const key of [...this.keys()]) this.delete(key); }
}

/** One value whose changes are undone: `kept.value = x`. What is in it is replaced, never changed in place. */
export class Kept<T> {
  readonly #journal: Journal;
  #value: T;
  constructor(journal: Journal, value: T) {
    this.#journal = journal;
    this.#value = value;
  }
  get value(): T { return this.#value; }
  set value(to: T) {
    const old = this.#value;
    this.#journal.note(() => { this.#value = old; });
    this.#value = to;
  }
}
