// SPDX-License-Identifier: GPL-2.0-only
// Which objects another thread can reach, and which cells of them an event touched. An object is
// shared from the moment it can be reached from the machine; what a thread makes is its own until it
// is stored into something shared, with all that hangs on it (DESIGN.md, Scheduling point). What an
// access means beside others (which cell, which class) is said by the cuts.
//
// Of what was there from the start only cells that two threads touch, in an order that can be told,
// are points: places where a thread has to stop. Which these are is found by searching: `grown` says
// that one more was found, and then the search begins anew. When a search ends without that, no
// execution of it has two such accesses anywhere else, so none was left out.

import type { Journal } from './journal.ts';
import type { Key, PortObject } from './runtime.ts';
import type { Activation } from './threads.ts';

/** What an access was: `waited` is the look of a wait that is over, `woken` that of a retry that had given way. */
export type Manner = 'read' | 'wrote' | 'waited' | 'woken';

export interface Place { readonly o: object; readonly k: Key }

/** How accesses of the port count: decided by whoever knows the kernel (model-rules.md, 3). */
export interface Cuts {
  /** False for what only counts how often something happened: it tells no state from another. */
  readonly matters: (o: PortObject, k: Key) => boolean;
  /** The cell that an access is of, or null where it is no event. `part` says which part of a word. */
  readonly cell: (o: PortObject, k: Key, part: Key | null) => Place | null;
  /** The part of a word that an access is about, where whoever makes it says so; null is all of it. `none`: it is no access. */
  readonly part: (o: PortObject, k: Key, by: Activation | null) => Key | null | 'none';
  readonly classOf: (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown) => number;
  /** The cell that a rule looks at beside it. */
  readonly life: (o: PortObject, k: Key) => Place | null;
  /** The class of an access of that cell; -1 is none. */
  readonly lifeClass: (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown) => number;
  /** The class of two accesses of one cell in one event. */
  readonly both: (first: number, second: number) => number;
  /** Whether the order of two accesses of one cell, of these classes, can be told. */
  readonly conflict: (earlier: number, later: number) => boolean;
}

export interface CellAccess { readonly object: number; class: number }

/** What is known of a field, once it was asked for: -1 is no cell. */
interface Slot { readonly cell: number; readonly life: number }
interface Shared { readonly slots: Map<Key, Slot>; readonly cells: Map<Key, number>; readonly lasting: boolean }

/** Cells that are points, or that some thread made accesses of. */
export type Learned = readonly { readonly object: number; readonly k: Key; readonly point: boolean; readonly made: readonly number[] }[];

/** Objects that are no state of the machine's: their fields lead to everything. */
const NO_STATE = new Set(['machine']);
const NOTHING: Slot = { cell: -1, life: -1 };

export class Sharing {
  readonly #journal: Journal;
  readonly #cuts: Cuts;
  readonly #shared = new Map<object, Shared>();
  readonly #free: number[] = [];
  /** The cells by number, for whoever names them; `lasting` ones keep theirs. */
  readonly #names: (Place & { readonly lasting: boolean } | undefined)[] = [];
  #event: CellAccess[] = [];
  /** By cell: whether it is a point. */
  readonly #points: boolean[] = [];
  #pointed = 0;
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
  /** How many cells are points. */
  get points(): number { return this.#pointed; }

  /** What is shared now, in the order in which it was reached. */
  objects(): Iterable<object> { return this.#shared.keys(); }
  isShared(o: object): boolean { return this.#shared.has(o); }
  matters(o: PortObject, k: Key): boolean { return this.#cuts.matters(o, k); }

  /** Whether a thread has to stop before an access. */
  isEvent(o: PortObject, k: Key, by: Activation | null): boolean {
    const shared = this.#shared.get(o);
    if (shared === undefined) return false;
    const slot = this.#slotOf(shared, o, k, by);
    return this.#stopsAt(slot.cell) || this.#stopsAt(slot.life);
  }
  #stopsAt(cell: number): boolean { return cell >= 0 && (!this.#learns || this.#points[cell] === true); }

  /** A value is stored where others find it. */
  publish(value: unknown): void {
    if (typeof value === 'object' && value !== null && !this.#shared.has(value)) this.#reach(value, false);
  }

  note(o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown, by: Activation | null): void {
    const shared = this.#shared.get(o);
    if (shared === undefined) return;
    const slot = this.#slotOf(shared, o, k, by);
    if (slot.cell >= 0) this.#noteCell(slot.cell, this.#cuts.classOf(o, k, manner, old, value));
    if (slot.life < 0) return;
    const kind = this.#cuts.lifeClass(o, k, manner, old, value);
    if (kind >= 0) this.#noteCell(slot.life, kind);
  }
  #noteCell(cell: number, kind: number): void {
    if (!this.#isPoint(cell, kind)) return;
    for (const known of this.#event) {
      if (known.object !== cell) continue;
      known.class = this.#cuts.both(known.class, kind);
      return;
    }
    this.#event.push({ object: cell, class: kind });
  }

  /** Notes who made an access of which class, and says whether the cell is a point. */
  #isPoint(cell: number, kind: number): boolean {
    if (!this.#learns || this.#points[cell] === true) return true;
    let made = this.#made.get(cell);
    if (made === undefined) this.#made.set(cell, made = []);
    const own = made[this.thread] ?? 0;
    if ((own & (1 << kind)) !== 0) return false;
    made[this.thread] = own | (1 << kind);
    for (const [t, classes] of made.entries()) {
      if (t === this.thread || classes === undefined) continue;
      for (let other = 0; classes >>> other !== 0; other += 1) {
        if ((classes & (1 << other)) === 0 || !(this.#cuts.conflict(other, kind) || this.#cuts.conflict(kind, other))) continue;
        this.#points[cell] = true;
        this.#pointed += 1;
        this.grown = true;
        return false;
      }
    }
    return false;
  }

  /** What an access would be, were it made now. */
  would(o: PortObject, k: Key, manner: Manner): CellAccess | null {
    const shared = this.#shared.get(o);
    if (shared === undefined) return null;
    const { cell } = this.#slotOf(shared, o, k, null);
    return cell < 0 ? null : { object: cell, class: this.#cuts.classOf(o, k, manner, undefined, undefined) };
  }

  /** What was found so far, in words that a run with other objects of the same program understands: objects by the order in which they were reached. */
  learned(): Learned {
    const ordinals = new Map<object, number>();
    for (const o of this.#shared.keys()) ordinals.set(o, ordinals.size);
    return this.#names.flatMap((at, cell) => {
      const object = at?.lasting === true ? ordinals.get(at.o) : undefined;
      const made = this.#made.get(cell) ?? [];
      const point = this.#points[cell] === true;
      return at === undefined || object === undefined || (!point && made.length === 0) ? [] : [{ object, k: at.k, point, made: [...made] }];
    });
  }
  /** Goes on from what another run found. */
  recall(learned: Learned): void {
    const objects = [...this.#shared.keys()];
    for (const { object, k, point, made } of learned) {
      const o = objects[object];
      const cell = o === undefined ? -1 : this.#cellAt({ o, k });
      if (cell < 0) continue;
      this.#made.set(cell, [...made]);
      if (point && this.#points[cell] !== true) this.#pointed += 1;
      this.#points[cell] = point;
    }
  }

  /** The cell behind a number. */
  nameOf(cell: number): Place | null { return this.#names[cell] ?? null; }

  #slotOf(shared: Shared, o: PortObject, k: Key, by: Activation | null): Slot {
    const part = this.#cuts.part(o, k, by);
    if (part === 'none') return NOTHING;
    const name = part ?? k;
    let slot = shared.slots.get(name);
    if (slot === undefined) {
      slot = { cell: this.#cellAt(this.#cuts.cell(o, k, part)), life: this.#cellAt(this.#cuts.life(o, k)) };
      shared.slots.set(name, slot);
    }
    return slot;
  }
  #cellAt(at: Place | null): number {
    const shared = at === null ? undefined : this.#shared.get(at.o);
    if (at === null || shared === undefined) return -1;
    let n = shared.cells.get(at.k);
    if (n === undefined) {
      n = this.#free.pop() ?? this.#names.length;
      shared.cells.set(at.k, n);
      this.#names[n] = { ...at, lasting: shared.lasting };
      // What was made since the search began is somebody's to find: always a point.
      this.#points[n] = !shared.lasting;
    }
    return n;
  }

  #reach(from: unknown, lasting: boolean): void {
    const queue: unknown[] = [from];
    for (const o of queue) {
      if (typeof o !== 'object' || o === null || this.#shared.has(o) || NO_STATE.has(o.constructor?.name ?? '')) continue;
      const shared: Shared = { slots: new Map(), cells: new Map(), lasting };
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
