// SPDX-License-Identifier: GPL-2.0-only
// What users must read (I16): for each address space the value last stored at each page, copied at
// fork, forgotten when the range is zapped. Held against every load, and at rest against the frame
// that each entry names, so that a migration that loses data is seen without touching the page.
//
// A load or store is one event, the access of the hardware. While others run, a zap is a window: until
// it returns a CPU may read what was there, nothing, or what was stored meanwhile, and what is stored
// meanwhile may be dropped with the rest; what was there before it is gone once it has returned. fork
// copies page by page, each at its flush (kernel/fork.c; model-rules.md, 1), so the child has of each
// page what was there at some moment of the call.

import { JournaledMap } from '../instrument/journal.ts';
import { put } from '../check/kept.ts';
import type { Mappings } from '../check/maps.ts';
import { entriesOf, type MmObj, type TaskObj } from '../check/view.ts';
import type { World } from '../check/world.ts';

/** A value that may be there, and when it came to be. `zap`: the nothing that a zap leaves, which nobody stored. */
interface Value { readonly value: number; readonly at: number; readonly zap: boolean }
type Values = readonly Value[];
const NOTHING: Values = [{ value: 0, at: 0, zap: true }];

interface Window { readonly kind: 'zap' | 'fork'; readonly mm: MmObj; readonly from: number; readonly to: number; readonly begun: number; /** fork: what was overwritten since. */ readonly gone: Map<number, Values> }
/** A zap or a fork that is under way. */
export type OpenWindow = Window;

export class Shadow {
  readonly #world: World;
  readonly #values: Map<MmObj, Map<number, Values>>;
  readonly #mappings: Mappings;
  readonly #now: { clock: number; windows: readonly Window[] } = { clock: 0, windows: [] };
  constructor(world: World, mappings: Mappings) {
    this.#world = world;
    this.#mappings = mappings;
    this.#values = new JournaledMap(world.journal);
  }

  /** The access of the hardware: what was stored, or what the load gave. */
  onAccess(mm: MmObj, address: number, write: boolean, value: number): void {
    if (write) this.store(mm, address, value);
    else this.load(mm, address, value);
  }

  store(mm: MmObj, address: number, value: number): void {
    const of = this.#of(mm);
    const before = of.get(address) ?? NOTHING;
    const zapped = this.#isOpen(mm, address);
    // What nobody had stored to when the zap began may be zapped all the same.
    const others: readonly Value[] = zapped && !of.has(address) ? [{ value: 0, at: this.#tick(), zap: true }] : before;
    const stored: Value = { value, at: this.#tick(), zap: false };
    this.#forkMaySee(mm, address, before);
    of.set(address, zapped ? [...others.filter((v) => v.value !== value), stored] : [stored]);
  }

  load(mm: MmObj, address: number, value: number): void {
    const of = this.#of(mm);
    const values = of.get(address) ?? NOTHING;
    const seen = values.find((v) => v.value === value);
    if (seen === undefined) {
      this.#world.report({
        rule: 'data-corruption', object: 'load',
        message: `a load at 0x${address.toString(16)} gives ${value}, but ${said(values)} was last stored there`,
      });
    } else if (values.length > 1 && !this.#isOpen(mm, address)) of.set(address, [seen]);
  }

  /** The range is zapped, at once. */
  zap(mm: MmObj, from: number, to: number): void {
    const values = this.#of(mm);
    for (const address of [...values.keys()]) if (address >= from && address < to) values.delete(address);
  }

  /** What is in the range has moved; what was there before is gone. */
  move(mm: MmObj, from: number, to: number, target: number): void {
    const values = this.#of(mm);
    const moved = [...values].filter(([address]) => address >= from && address < to);
    this.zap(mm, from, to);
    this.zap(mm, target, target + to - from);
    for (const [address, known] of moved) values.set(address - from + target, known);
  }

  /** A call that zaps the range begins. */
  zapBegin(mm: MmObj, from: number, to: number): OpenWindow {
    const begun = this.#tick();
    const values = this.#of(mm);
    for (const [address, known] of [...values]) {
      if (address < from || address >= to) continue;
      this.#forkMaySee(mm, address, known);
      values.set(address, [...known, { value: 0, at: begun, zap: true }]);
    }
    return this.#opened({ kind: 'zap', mm, from, to, begun, gone: new JournaledMap(this.#world.journal) });
  }
  /** It has returned; `happened` is false where it failed: then what was there may be there still. */
  zapEnd(window: OpenWindow, happened = true): void {
    this.#closed(window);
    const values = this.#of(window.mm);
    for (const [address, known] of happened ? [...values] : []) {
      if (address < window.from || address >= window.to) continue;
      this.#forkMaySee(window.mm, address, known);
      const left = known.filter((v) => v.at >= window.begun);
      if (left.every((v) => v.zap)) values.delete(address);
      else values.set(address, left);
    }
  }

  fork(parent: MmObj, child: MmObj): void {
    const of = this.#of(child);
    of.clear();
    for (const [address, values] of this.#of(parent)) of.set(address, values);
  }
  /** A fork of this mm begins. */
  forkBegin(parent: MmObj): OpenWindow {
    return this.#opened({ kind: 'fork', mm: parent, from: 0, to: 0, begun: this.#tick(), gone: new JournaledMap(this.#world.journal) });
  }
  /** It has returned; without a child it failed. */
  forkEnd(window: OpenWindow, child: MmObj | null): void {
    this.#closed(window);
    if (child === null) return;
    this.fork(window.mm, child);
    const of = this.#of(child);
    for (const [address, gone] of window.gone) {
      const known = of.get(address) ?? NOTHING;
      of.set(address, [...gone.filter((g, i) => !known.some((v) => v.value === g.value) && gone.findIndex((o) => o.value === g.value) === i), ...known]);
    }
  }

  /** Nobody is inside the kernel: what each entry names holds what it must. */
  check(tasks: readonly TaskObj[]): void {
    for (const mm of new Set(tasks.flatMap((t) => (t.mm === null ? [] : [t.mm])))) {
      const values = new Map(this.#of(mm));
      for (const { address, cell } of entriesOf(mm)) {
        const v = this.#world.ptes.decode(cell.pte);
        if (v.kind === 'none' || v.kind === 'other') continue;
        const page = this.#world.pageAt(v.pfn);
        const content = page === null ? null : this.#world.frameOf(this.#world.contentOf(page))?.content ?? null;
        const expected = values.get(address) ?? NOTHING;
        values.delete(address);
        const is = expected.find((e) => e.value === content);
        const written = is === undefined ? expected.some((e) => !e.zap) : !is.zap;
        if (written && v.kind === 'present' && !v.special && !v.dirty && page !== null && !this.#world.view.pageFlag(page, 'PG_dirty')) {
          this.#world.report({
            rule: 'bad-page-state', object: 'dirty bit', site: this.#mappings.cleanedAt(cell),
            message: `${this.#world.nameOf(page)} was written to, but neither the page nor its entry is dirty: reclaim would drop what it holds`,
          });
        }
        if (is === undefined) {
          this.#world.report({
            rule: 'data-corruption', object: page === null ? 'pfn' : this.#world.kindOf(page),
            message: `0x${address.toString(16)} holds ${content ?? 'nothing'}, but ${said(expected)} was last stored there`,
          });
        }
      }
      for (const [address, expected] of [...values].sort(([a], [b]) => a - b)) {
        if (expected.some((v) => v.value === 0)) continue;
        this.#world.report({ rule: 'data-corruption', object: 'hole', message: `0x${address.toString(16)} is not mapped any more, but ${said(expected)} was last stored there` });
      }
    }
  }

  /** What is about to be replaced may have been copied by a fork that is under way. */
  #forkMaySee(mm: MmObj, address: number, values: Values): void {
    for (const w of this.#now.windows) {
      if (w.kind === 'fork' && w.mm === mm) w.gone.set(address, [...(w.gone.get(address) ?? []), ...values]);
    }
  }
  #tick(): number {
    put(this.#world.journal, this.#now, 'clock', this.#now.clock + 1);
    return this.#now.clock;
  }
  #isOpen(mm: MmObj, address: number): boolean {
    return this.#now.windows.some((w) => w.kind === 'zap' && w.mm === mm && address >= w.from && address < w.to);
  }
  #opened(window: Window): Window {
    put(this.#world.journal, this.#now, 'windows', [...this.#now.windows, window]);
    return window;
  }
  #closed(window: Window): void { put(this.#world.journal, this.#now, 'windows', this.#now.windows.filter((w) => w !== window)); }

  #of(mm: MmObj): Map<number, Values> {
    let values = this.#values.get(mm);
    if (values === undefined) {
      values = new JournaledMap(this.#world.journal);
      this.#values.set(mm, values);
    }
    return values;
  }
}

/** The values that may be there, in a report. */
function said(values: Values): string {
  return [...new Set(values.map((v) => v.value))].sort((a, b) => a - b).join(' or ');
}
