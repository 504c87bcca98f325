// SPDX-License-Identifier: GPL-2.0-only
// Which objects another thread can reach, and which cells of them an event touched. An object is
// shared from the moment it can be reached from the machine; what a thread makes is its own until it
// is stored into something shared, with all that hangs on it (DESIGN.md, Scheduling point). What an
// access means beside others (which cell, which class) is said by the cuts.

import type { Journal } from './journal.ts';
import type { Key, PortObject } from './runtime.ts';
import type { Activation } from './threads.ts';

/** What an access was: `waited` is the look of a wait that is over. */
export type Manner = 'read' | 'wrote' | 'waited';

export interface Also { readonly o: object; readonly k: Key; readonly class: number }

/** How accesses of the port count: decided by whoever knows the kernel (model-rules.md, 3). */
export interface Cuts {
  /** False for what only counts how often something happened: it tells no state from another. */
  readonly matters: (o: PortObject, k: Key) => boolean;
  /** Whether an access is an event at all. */
  readonly isEvent: (o: PortObject, k: Key, by: Activation | null) => boolean;
  /** The object that has the word, where a field is another's. */
  readonly object: (o: PortObject, k: Key) => PortObject;
  /** The cell that an access is of, below its object, and its class. */
  readonly cell: (o: PortObject, k: Key, by: Activation | null) => Key;
  readonly classOf: (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown) => number;
  /** What an access is of beside its cell: a rule looks at it. */
  readonly also: (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown) => Also | null;
  /** The class of two accesses of one cell in one event. */
  readonly both: (first: number, second: number) => number;
  /** Whether the order of two accesses of one cell, of these classes, can be told. */
  readonly conflict: (earlier: number, later: number) => boolean;
}

export interface CellAccess { readonly object: number; class: number }

interface Shared { readonly cells: Map<Key, number>; readonly lasting: boolean }

/** Objects that are no state of the machine's: their fields lead to everything. */
const NO_STATE = new Set(['machine']);

export class Sharing {
  readonly #journal: Journal;
  readonly #cuts: Cuts;
  readonly #shared = new Map<object, Shared>();
  readonly #free: number[] = [];
  /** The cells by number, for whoever names them. */
  readonly #names: ({ readonly o: object; readonly k: Key } | undefined)[] = [];
  #event: CellAccess[] = [];
  /** Cells of lasting objects whose order between threads can be told, as far as that was seen. */
  readonly #points = new Set<number>();
  /** The classes of accesses that each thread made of a cell, as bits, by cell and thread. */
  readonly #made = new Map<number, number[]>();
  /** The thread that runs. */
  thread = 0;
  /** A cell turned out to be a point that was none: what was searched so far has to be searched again. */
  grown = false;

  readonly #learns: boolean;

  /** learns: points are found by searching; else every access of something shared is one. */
  constructor(journal: Journal, cuts: Cuts, roots: readonly unknown[], learns = true) {
    this.#learns = learns;
    this.#journal = journal;
    this.#cuts = cuts;
    for (const r of roots) this.#reach(r, true);
  }

  newEvent(): void { this.#event = []; }
  /** What the event touched so far, one entry a cell. */
  get event(): readonly CellAccess[] { return this.#event; }

  /** What is shared now, in the order in which it was reached. */
  objects(): Iterable<object> { return this.#shared.keys(); }
  isShared(o: object): boolean { return this.#shared.has(o); }
  matters(o: PortObject, k: Key): boolean { return this.#cuts.matters(o, k); }
  /**
   * Whether a thread has to stop before an access. Of what was there from the start only cells that two
   * threads touch, in an order that can be told, are points. Which these are is found by searching:
   * `grown` says that one more was found, and then the search begins anew. When a search ends without
   * that, no execution of it has two such accesses anywhere else, so none was left out.
   */
  isEvent(o: PortObject, k: Key, by: Activation | null): boolean {
    if (this.#cuts.isEvent(o, k, by)) {
      const at = this.#cuts.object(o, k);
      const shared = this.#shared.get(at);
      if (shared !== undefined && (!shared.lasting || !this.#learns || this.#points.has(this.#cellOf(at, shared, this.#cuts.cell(o, k, by))))) return true;
    }
    const also = this.#shared.has(o) ? this.#cuts.also(o, k, 'read', undefined, undefined) : null;
    const beside = also === null ? undefined : this.#shared.get(also.o);
    return also !== null && beside !== undefined && (!beside.lasting || !this.#learns || this.#points.has(this.#cellOf(also.o, beside, also.k)));
  }

  /** A value is stored where others find it. */
  publish(value: unknown): void {
    if (typeof value === 'object' && value !== null && !this.#shared.has(value)) this.#reach(value, false);
  }

  note(o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown, by: Activation | null): void {
    if (this.#cuts.isEvent(o, k, by)) this.#noteOf(this.#cuts.object(o, k), this.#cuts.cell(o, k, by), this.#cuts.classOf(o, k, manner, old, value));
    const also = this.#cuts.also(o, k, manner, old, value);
    if (also !== null) this.#noteOf(also.o, also.k, also.class);
  }
  #noteOf(o: object, k: Key, kind: number): void {
    const shared = this.#shared.get(o);
    if (shared === undefined) return;
    const object = this.#cellOf(o, shared, k);
    if (shared.lasting && !this.#isPoint(object, kind)) return;
    const known = this.#event.find((a) => a.object === object);
    if (known === undefined) this.#event.push({ object, class: kind });
    else known.class = this.#cuts.both(known.class, kind);
  }

  /** Notes who made an access of which class, and says whether the cell is a point. */
  #isPoint(cell: number, kind: number): boolean {
    if (!this.#learns || this.#points.has(cell)) return true;
    let made = this.#made.get(cell);
    if (made === undefined) this.#made.set(cell, made = []);
    const own = made[this.thread] ?? 0;
    if ((own & (1 << kind)) !== 0) return false;
    made[this.thread] = own | (1 << kind);
    for (const [t, classes] of made.entries()) {
      if (t === this.thread || classes === undefined) continue;
      for (let other = 0; classes >>> other !== 0; other += 1) {
        if ((classes & (1 << other)) === 0 || !(this.#cuts.conflict(other, kind) || this.#cuts.conflict(kind, other))) continue;
        this.#points.add(cell);
        this.grown = true;
        return false;
      }
    }
    return false;
  }
  /** How many cells are points. */
  get points(): number { return this.#points.size; }

  /** What an access would be, were it made now. */
  would(o: PortObject, k: Key, manner: Manner): CellAccess | null {
    const at = this.#cuts.object(o, k);
    const shared = this.#shared.get(at);
    if (shared === undefined || !this.#cuts.isEvent(o, k, null)) return null;
    return { object: this.#cellOf(at, shared, this.#cuts.cell(o, k, null)), class: this.#cuts.classOf(o, k, manner, undefined, undefined) };
  }

  /** The cell behind a number. */
  nameOf(cell: number): { readonly o: object; readonly k: Key } | null { return this.#names[cell] ?? null; }

  #cellOf(o: object, shared: Shared, k: Key): number {
    let n = shared.cells.get(k);
    if (n === undefined) {
      n = this.#free.pop() ?? this.#names.length;
      shared.cells.set(k, n);
      this.#names[n] = { o, k };
    }
    return n;
  }

  #reach(from: unknown, lasting: boolean): void {
    const queue: unknown[] = [from];
    for (const o of queue) {
      if (typeof o !== 'object' || o === null || this.#shared.has(o) || NO_STATE.has(o.constructor?.name ?? '')) continue;
      const shared: Shared = { cells: new Map(), lasting };
      this.#shared.set(o, shared);
      if (!lasting) {
        this.#journal.note(() => {
          this.#shared.delete(o);
          for (const n of shared.cells.values()) this.#free.push(n);
        });
      }
      if (o instanceof Map) for (const [k, v] of o) queue.push(k, v);
      else if (o instanceof Set) queue.push(...o);
      else for (const k of Object.keys(o)) queue.push(Reflect.get(o, k));
    }
  }
}
