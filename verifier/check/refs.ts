// SPDX-License-Identifier: GPL-2.0-only
// References, accounted and not annotated (DESIGN.md, How code runs; model-rules.md, 1). What page
// table entries and pagevecs hold is computed from state; the rest is each thread's own balance.
// Clearing an entry passes its reference to the thread that did it; a put below the thread's
// balance is the finding. At the end of a step what is left must be what the step's caller was
// told it holds.

import type { Site } from '../instrument/sites.ts';
import { holds } from './pte.ts';
import { classOf, isObject, isPage, type Counter, type PageObj, type Pagevec, type PteCell, type TaskObj } from './view.ts';
import { placeIn, type World } from './world.ts';

interface Taken { amount: number; begun: boolean; readonly site: Site | null; readonly caller: Site | null }

export class References {
  /** GUP_PIN_COUNTING_BIAS: what a pin weighs; one of it is the plain reference. */
  readonly pinBias: number;
  readonly #world: World;
  readonly #balance = new Map<TaskObj, Map<PageObj, number>>();
  /** References held by page table entries. */
  readonly #entries = new Map<PageObj, number>();
  /** Device pages whose base reference (DEV_BASE_REF old) is still there. */
  readonly #base = new Set<PageObj>();
  /** What tasks hold with right after the steps so far: pins and references that a step returned. */
  readonly #held = new Map<TaskObj, Map<PageObj, number>>();
  /** References taken in this step and not matched by a put, per page. */
  readonly #taken = new Map<PageObj, Taken[]>();
  readonly #zero = new Map<TaskObj, number>();
  readonly #touched = new Set<PageObj>();
  readonly #round = new Set<string>();
  /** Pagevecs written since they were last looked at, and by whom. */
  readonly #dirty = new Map<Pagevec, TaskObj>();
  readonly #queued = new Map<Pagevec, readonly PageObj[]>();

  /** Where a page was taken off its list in this step. */
  readonly #unlistedAt: (page: PageObj) => Site | null;

  constructor(world: World, unlistedAt: (page: PageObj) => Site | null) {
    this.#world = world;
    this.pinBias = world.view.number('include/linux/mm.ts', 'GUP_PIN_COUNTING_BIAS');
    this.#unlistedAt = unlistedAt;
  }

  entries(page: PageObj): number { return this.#entries.get(page) ?? 0; }

  /** A loop's state was stored: from here on a round of a cycle may begin. */
  markCycle(): void { this.#round.clear(); }
  /** What kinds of pages a cycle turned about: they tell one endless retry from another. */
  kindsInCycle(): string {
    const kinds = [...this.#round].sort();
    const special = kinds.filter((k) => k !== 'page');
    return (special.length > 0 ? special : kinds).join(', ') || 'a fault';
  }

  onCount(counter: Counter, before: number, after: number): void {
    const page = counter.owner;
    if (!isPage(page) || page._refcount !== counter) return;
    const d = after - before;
    if (this.#world.isZeroPage(page)) {
      const task = this.#world.view.current();
      this.#zero.set(task, this.zeroTaken(task) + d);
      return;
    }
    if (d === 0) return;
    this.#touched.add(page);
    this.#round.add(this.#world.kindOf(page));
    if (this.#world.isDevice(page) && before === 0 && after === 1 && !this.#base.has(page)) {
      this.#base.add(page);
      return;
    }
    if (before <= 0 && d > 0 && !this.#world.isDevice(page) && this.#world.frameOf(page)?.allocated !== true) {
      this.#world.report({ rule: 'use-after-free', object: this.#world.kindOf(page), message: `a reference is taken on ${this.#world.nameOf(page)}, which is free` });
    }
    this.#sync();
    const task = this.#world.view.current();
    const had = this.#get(this.#balance, task, page);
    this.#add(this.#balance, task, page, d);
    if (d > 0) { this.#took(page, d); return; }
    this.#gave(page, -d);
    if (had + d + this.#world.queued(page, this.#world.view.cpu()) >= 0) return;
    if (this.#base.has(page) && had + d === -1 && this.#dying(page)) {
      this.#base.delete(page);
      this.#add(this.#balance, task, page, 1);
      return;
    }
    this.#world.report({
      rule: 'refcount-underflow', object: d <= 1 - this.pinBias ? 'pin' : this.#world.kindOf(page),
      message: `a thread puts ${-d > 1 ? `${-d} references` : 'a reference'} on ${this.#world.nameOf(page)}, of which it holds ${had} (count ${before} -> ${after})`,
    });
    this.#set(this.#balance, task, page, 0);
  }

  onPte(_cell: PteCell, before: number, after: number): void {
    const was = holds(this.#world.ptes.decode(before));
    const is = holds(this.#world.ptes.decode(after));
    if (was === is) return;
    const task = this.#world.view.current();
    const pass = (pfn: number | null, entries: number): void => {
      const page = pfn === null ? null : this.#world.pageAt(pfn);
      if (page === null || this.#world.isZeroPage(page)) return;
      this.#touched.add(page);
      this.#entries.set(page, this.entries(page) + entries);
      this.#add(this.#balance, task, page, -entries);
      if (entries < 0) this.#took(page, 1); else this.#gave(page, 1);
    };
    pass(was, -1);
    pass(is, 1);
  }

  /** A step returned references to its caller (or took them back, negative). */
  handOver(task: TaskObj, page: PageObj, amount: number): void {
    this.#add(this.#held, task, page, amount);
    this.#touched.add(page);
  }

  /** A caller gave back what it held; never more than it held. */
  takeBack(task: TaskObj, page: PageObj, amount: number): void {
    const held = this.#get(this.#held, task, page);
    this.#add(this.#held, task, page, -Math.min(held, amount));
    this.#touched.add(page);
  }

  /** What a thread took on the zero page in this step; nobody accounts for it any further. */
  zeroTaken(task: TaskObj): number { return this.#zero.get(task) ?? 0; }

  /** What a thread holds on a page beyond what earlier steps gave it. */
  heldBy(page: PageObj, task: TaskObj): number {
    return this.#get(this.#balance, task, page) - this.#get(this.#held, task, page);
  }

  /** Where the page's newest reference of this step was taken. */
  takenAt(page: PageObj): Site | null {
    const taken = this.#taken.get(page) ?? [];
    const last = taken[taken.length - 1];
    return last?.caller ?? last?.site ?? null;
  }

  /** After a step: count == base + entries + pagevecs + what callers hold, for every page it touched. */
  atStepEnd(): void {
    this.#sync();
    for (const page of [...this.#touched].sort((a, b) => a.pfn - b.pfn)) this.#settle(page);
    this.#touched.clear();
    this.#taken.clear();
    this.#zero.clear();
  }

  #settle(page: PageObj): void {
    const frame = this.#world.frameOf(page);
    const gone = frame === undefined || (!this.#world.isDevice(page) && !frame.allocated);
    let held = 0;
    for (const pages of this.#held.values()) held += pages.get(page) ?? 0;
    const count = page._refcount.counter;
    const reasons = (this.#base.has(page) ? 1 : 0) + this.entries(page) + this.#world.queued(page, null) + held;
    const spare = gone ? -held : count - reasons;
    if (spare > 0) this.#leaked(page, spare, reasons);
    if (!gone) this.#placed(page, count);
    if (spare < 0) {
      this.#world.report({
        rule: 'refcount-underflow', object: this.#world.kindOf(page), site: this.takenAt(page),
        message: `${this.#world.nameOf(page)} has count ${count}, but ${reasons} references have a reason: ${this.#reasons(page, held)}`,
      });
    }
    for (const pages of this.#balance.values()) pages.delete(page);
    for (const [task, pages] of this.#held) {
      const n = pages.get(page) ?? 0;
      if (n !== 0) this.#set(this.#balance, task, page, n);
    }
    // Settled once: what is left over is not reported again by later steps.
    if (spare !== 0) {
      const someone = this.#world.tasks[0];
      if (someone !== undefined && !gone) this.#add(this.#held, someone, page, spare);
    }
  }

  /** A system page is with the allocator when its count is zero, and on an LRU list when it is mapped. */
  #placed(page: PageObj, count: number): void {
    if (this.#world.isDevice(page) || this.#world.lost.has(page)) return;
    const site = this.#unlistedAt(page) ?? this.takenAt(page);
    if (count === 0) {
      this.#world.lost.add(page);
      this.#world.report({ rule: 'lost-page', object: this.#world.kindOf(page), site, message: `${this.#world.nameOf(page)} has count 0, but it never went back to the allocator` });
      return;
    }
    if (classOf(page.mapping) === 'anon_mapping' && page._mapcount.counter >= 0) this.#anonymous(page, site);
    if (this.#world.view.pageFlag(page, 'PG_lru') || page._mapcount.counter < 0 || this.#world.isolated.has(page) || this.#world.queued(page, null) > 0) return;
    this.#world.lost.add(page);
    this.#world.report({ rule: 'lost-page', object: this.#world.kindOf(page), site, message: `${this.#world.nameOf(page)} is mapped, but on no LRU list and in no pagevec: reclaim cannot find it` });
  }

  /** A mapped anonymous page holds data (PG_uptodate) and belongs to swap (PG_swapbacked). */
  #anonymous(page: PageObj, site: Site | null): void {
    for (const name of ['PG_uptodate', 'PG_swapbacked']) {
      if (this.#world.view.pageFlag(page, name)) continue;
      this.#world.report({ rule: 'bad-page-state', object: name, site, message: `${this.#world.nameOf(page)} is mapped and anonymous, but ${name} is not set` });
    }
  }

  #leaked(page: PageObj, spare: number, reasons: number): void {
    if (this.#world.lost.has(page)) return;
    const isolated = page.lru.next !== null && page.arm0 === 'lru' && page.lru.next.owner !== page && page.lru.next !== page.lru;
    const lost = !this.#world.isDevice(page) && isolated && !this.#world.view.pageFlag(page, 'PG_lru');
    const what = `${spare} reference${spare === 1 ? '' : 's'} on ${this.#world.nameOf(page)}`;
    this.#world.report({
      rule: lost ? 'lost-page' : 'refcount-leak', object: this.#world.kindOf(page), site: (lost ? this.#unlistedAt(page) : null) ?? this.takenAt(page),
      message: lost
        ? `${this.#world.nameOf(page)} was isolated and is on no list that anybody can reach (count ${page._refcount.counter}, ${reasons} accounted for)`
        : `${what} ${spare === 1 ? 'is' : 'are'} left when the step is over (count ${page._refcount.counter}, ${reasons} accounted for)`,
    });
  }

  #reasons(page: PageObj, held: number): string {
    return [
      this.#base.has(page) ? '1 base' : '', `${this.entries(page)} page table`, `${this.#world.queued(page, null)} pagevec`, `${held} held by callers`,
    ].filter((s) => s !== '').join(', ');
  }

  /** The pgmap of a device page is being torn down (killed): its base reference may go. */
  #dying(page: PageObj): boolean {
    const word = field(field(field(page.word0, 'ref'), 'percpu_count_ptr'), 'bits');
    return typeof word === 'number' && (word & this.#world.view.number('include/linux/percpu-refcount.ts', '__PERCPU_REF_DEAD')) !== 0;
  }

  // --- pagevecs ---------------------------------------------------------------------------------

  /** A pagevec's count was written; the slot that a larger one names is stored right after. */
  onPagevec(pvec: Pagevec, before: number, after: number): void {
    const task = this.#world.view.current();
    const pending = this.#dirty.get(pvec);
    if (pending !== undefined) this.#settlePagevec(pvec, pending, before);
    this.#dirty.set(pvec, task);
    if (after < before) this.#settlePagevec(pvec, task, after);
  }

  #sync(): void {
    for (const [pvec, task] of [...this.#dirty]) this.#settlePagevec(pvec, task, pvec.nr);
  }

  /** Putting a page into a pagevec gives it the thread's reference; taking it out gives it back. */
  #settlePagevec(pvec: Pagevec, task: TaskObj, nr: number): void {
    const was = this.#queued.get(pvec) ?? [];
    const is = pvec.pages.slice(0, nr).filter(isPage);
    for (const page of was) { this.#add(this.#balance, task, page, 1); this.#touched.add(page); }
    for (const page of is) { this.#add(this.#balance, task, page, -1); this.#touched.add(page); }
    this.#queued.set(pvec, is);
    this.#dirty.delete(pvec);
  }

  #took(page: PageObj, amount: number): void {
    const stack = this.#world.runtime.stack();
    const taken = this.#taken.get(page) ?? [];
    taken.push({ amount, begun: false, site: placeIn(stack), caller: stack[stack.length - 2] ?? null });
    this.#taken.set(page, taken);
  }
  /** Which taking a put undoes: a pin's weight undoes a pin, its last one the pin begun, others the newest. */
  #gave(page: PageObj, amount: number): void {
    const taken = this.#taken.get(page) ?? [];
    while (amount > 0 && taken.length > 0) {
      const fits = amount > 1 ? taken.findLastIndex((x) => x.amount >= amount) : taken.findLastIndex((x) => x.begun);
      const at = fits >= 0 ? fits : taken.length - 1;
      const one = taken[at];
      if (one === undefined) return;
      const n = Math.min(amount, one.amount);
      one.amount -= n;
      one.begun = true;
      amount -= n;
      if (one.amount === 0) taken.splice(at, 1);
    }
  }
  #get(m: Map<TaskObj, Map<PageObj, number>>, task: TaskObj, page: PageObj): number { return m.get(task)?.get(page) ?? 0; }
  #set(m: Map<TaskObj, Map<PageObj, number>>, task: TaskObj, page: PageObj, n: number): void {
    let pages = m.get(task);
    if (pages === undefined) { pages = new Map(); m.set(task, pages); }
    if (n === 0) pages.delete(page); else pages.set(page, n);
  }
  #add(m: Map<TaskObj, Map<PageObj, number>>, task: TaskObj, page: PageObj, n: number): void {
    this.#set(m, task, page, this.#get(m, task, page) + n);
  }
}

function field(o: unknown, k: string): unknown { return isObject(o) ? o[k] : undefined; }
