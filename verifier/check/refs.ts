// SPDX-License-Identifier: GPL-2.0-only
// References, accounted and not annotated (DESIGN.md, How code runs; model-rules.md, 1). What page
// table entries and pagevecs hold is computed from state; the rest is each thread's own balance.
// Clearing an entry passes its reference to the thread that did it; a put below the thread's
// balance is the finding. At the end of a step what is left must be what the step's caller was
// told it holds.

import { JournaledMap, JournaledSet } from '../instrument/journal.ts';
import type { Site } from '../instrument/sites.ts';
import { append, put, Records } from './kept.ts';
import { holds } from './pte.ts';
import { classOf, isObject, isPage, type Counter, type PageObj, type Pagevec, type PteCell, type TaskObj } from './view.ts';
import type { World } from './world.ts';

interface Taken { readonly amount: number; readonly begun: boolean; readonly task: TaskObj; readonly site: Site | null; readonly caller: Site | null }

/** What one task has of one page. */
interface Claim {
  readonly page: PageObj;
  readonly of: PageRefs;
  readonly task: TaskObj;
  balance: number;
  /** What the task holds with right after its steps so far: pins and references that a step returned. */
  held: number;
  /** It changed since the task's step began. */
  touched: boolean;
}

interface PageRefs {
  readonly page: PageObj;
  /** References held by page table entries. */
  entries: number;
  /** References held by device pages that it is the data of. */
  behind: number;
  /** Of a device page: the system page that has its data. */
  data: PageObj | null;
  /** The base reference of a device page (DEV_BASE_REF old) is still there. */
  base: boolean;
  /** A device page that was made with a count of zero: it never has a base reference. */
  zeroBased: boolean;
  claims: readonly Claim[];
  /** References taken in a step that still runs and not matched by a put. */
  taken: readonly Taken[];
  touched: boolean;
}

interface TaskRefs {
  /** What it took on the zero page in this step. */
  zero: number;
  touched: Claim[];
  /** How many pages of a pgmap it has a reference on. */
  readonly pgmaps: Map<object, number>;
}

interface PagevecRefs { readonly pvec: Pagevec; queued: readonly PageObj[]; /** Who wrote it since it was last looked at. */ by: TaskObj | null }

export class References {
  /** GUP_PIN_COUNTING_BIAS: what a pin weighs; one of it is the plain reference. */
  readonly pinBias: number;
  readonly #world: World;
  readonly #pages = new Records<PageObj, PageRefs>((page) => ({ page, entries: 0, behind: 0, data: null, base: false, zeroBased: false, claims: [], taken: [], touched: false }));
  readonly #tasks: Records<TaskObj, TaskRefs>;
  readonly #pagevecs = new Records<Pagevec, PagevecRefs>((pvec) => ({ pvec, queued: [], by: null }));
  readonly #round: Set<string>;
  /** Pages and pagevecs that changed since they were last looked at. */
  readonly #open: { pages: PageRefs[]; pagevecs: readonly PagevecRefs[]; zeroes: readonly TaskRefs[] } = { pages: [], pagevecs: [], zeroes: [] };

  /** Where a page was taken off its list in this step. */
  readonly #unlistedAt: (page: PageObj) => Site | null;

  constructor(world: World, unlistedAt: (page: PageObj) => Site | null) {
    this.#world = world;
    this.pinBias = world.view.number('include/linux/mm.ts', 'GUP_PIN_COUNTING_BIAS');
    this.#round = new JournaledSet(world.journal);
    this.#tasks = new Records(() => ({ zero: 0, touched: [], pgmaps: new JournaledMap(world.journal) }));
    this.#unlistedAt = unlistedAt;
  }

  entries(page: PageObj): number { return this.#pages.known(page)?.entries ?? 0; }

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
    const { view, journal } = this.#world;
    if (this.#world.isZeroPage(page)) {
      const of = this.#tasks.of(view.current());
      if (of.zero === 0) put(journal, this.#open, 'zeroes', [...this.#open.zeroes, of]);
      put(journal, of, 'zero', of.zero + d);
      return;
    }
    if (d === 0) return;
    const refs = this.#pages.of(page);
    const task = view.current();
    const claim = this.#claim(refs, task);
    this.#touch(claim);
    this.#round.add(this.#world.kindOf(page));
    if (before === 0 && after === 1 && !refs.base && !refs.zeroBased && this.#world.isDevice(page)) {
      put(journal, refs, 'base', true);
      return;
    }
    // What a series that does away with the base reference does to each page that it makes.
    if (before === 1 && after === 0 && refs.base && this.#world.inBringUp()) {
      put(journal, refs, 'base', false);
      put(journal, refs, 'zeroBased', true);
      return;
    }
    if (before <= 0 && d > 0 && !this.#world.isDevice(page) && this.#world.frameOf(page)?.allocated !== true) {
      this.#world.report({ rule: 'use-after-free', object: this.#world.kindOf(page), message: `a reference is taken on ${this.#world.nameOf(page)}, which is free` });
    }
    this.#sync(task);
    const had = claim.balance;
    this.#balance(claim, had + d);
    if (d > 0) { this.#took(refs, task, d); return; }
    this.#gave(refs, task, -d);
    if (had + d >= 0 || had + d + this.#world.queued(page, view.cpu()) >= 0) return;
    if (refs.base && had + d === -1 && this.#dying(page)) {
      put(journal, refs, 'base', false);
      this.#balance(claim, 0);
      return;
    }
    this.#world.report({
      rule: 'refcount-underflow', object: d <= 1 - this.pinBias ? 'pin' : this.#world.kindOf(page),
      message: `a thread puts ${-d > 1 ? `${-d} references` : 'a reference'} on ${this.#world.nameOf(page)}, of which it holds ${had} (count ${before} -> ${after})`,
    });
    this.#balance(claim, 0);
  }

  onPte(_cell: PteCell, before: number, after: number): void {
    const was = holds(this.#world.ptes.decode(before));
    const is = holds(this.#world.ptes.decode(after));
    if (was === is) return;
    if (was !== null) this.#pass(this.#world.pageAt(was), 'entries', -1);
    if (is !== null) this.#pass(this.#world.pageAt(is), 'entries', 1);
  }

  /** page->zone_device_data was written: a device page has the reference of a system page that it names (World.dataOf). */
  onDriverData(page: PageObj): void { this.#data(page, this.#world.dataOf(page)); }
  /** The driver gets the page back, and what is behind it. */
  onPageFree(page: PageObj): void { this.#data(page, null); }
  #data(page: PageObj, is: PageObj | null): void {
    const was = this.#pages.known(page)?.data ?? null;
    if (was === is) return;
    put(this.#world.journal, this.#pages.of(page), 'data', is);
    if (was !== null) this.#pass(was, 'behind', -1);
    if (is !== null) this.#pass(is, 'behind', 1);
  }

  /** A reference passes between what names the page, an entry or a device page, and the thread that writes it. */
  #pass(page: PageObj | null, by: 'entries' | 'behind', d: 1 | -1): void {
    if (page === null || this.#world.isZeroPage(page)) return;
    const refs = this.#pages.of(page);
    const task = this.#world.view.current();
    const claim = this.#claim(refs, task);
    this.#touch(claim);
    put(this.#world.journal, refs, by, refs[by] + d);
    this.#balance(claim, claim.balance - d);
    if (d < 0) this.#took(refs, task, 1); else this.#gave(refs, task, 1);
  }

  /** A step returned references to its caller (or took them back, negative). */
  handOver(task: TaskObj, page: PageObj, amount: number): void {
    const claim = this.#claim(this.#pages.of(page), task);
    put(this.#world.journal, claim, 'held', claim.held + amount);
    this.#touch(claim);
  }

  /** A caller gave back what it held; never more than it held. */
  takeBack(task: TaskObj, page: PageObj, amount: number): void {
    const claim = this.#claim(this.#pages.of(page), task);
    put(this.#world.journal, claim, 'held', claim.held - Math.min(claim.held, amount));
    this.#touch(claim);
  }

  /** What a thread took on the zero page in this step; nobody accounts for it any further. */
  zeroTaken(task: TaskObj): number { return this.#tasks.of(task).zero; }

  /** What a thread holds on a page beyond what earlier steps gave it. */
  heldBy(page: PageObj, task: TaskObj): number {
    const claim = this.#known(page, task);
    return claim === undefined ? 0 : claim.balance - claim.held;
  }
  /** What a thread holds on a page, all told. */
  balanceOf(page: PageObj, task: TaskObj): number { return this.#known(page, task)?.balance ?? 0; }
  /** Whether a thread holds a page of this pgmap. */
  holdsPageOf(pgmap: object, task: TaskObj): boolean { return (this.#tasks.of(task).pgmaps.get(pgmap) ?? 0) > 0; }
  /** The base reference of a device page is there. */
  hasBase(page: PageObj): boolean { return this.#pages.known(page)?.base === true; }

  /** Where the page's newest reference of this step was taken. */
  takenAt(page: PageObj): Site | null {
    const taken = this.#pages.known(page)?.taken ?? [];
    const last = taken[taken.length - 1];
    return last?.caller ?? last?.site ?? null;
  }

  /**
   * A thread's step is over while others run: it holds on each page what it was told it holds. What
   * entries, pagevecs and the others have is no part of that, so nobody else's step can disturb it.
   */
  threadStepEnd(task: TaskObj): void {
    this.#sync(task);
    const { journal } = this.#world;
    const of = this.#tasks.of(task);
    for (const claim of of.touched.toSorted((a, b) => a.page.pfn - b.page.pfn)) {
      if (claim.balance !== claim.held) this.#unbalanced(claim);
      put(journal, claim, 'touched', false);
      const others = claim.of.taken.filter((t) => t.task !== task);
      if (others.length !== claim.of.taken.length) put(journal, claim.of, 'taken', others);
    }
    put(journal, of, 'touched', []);
    put(journal, of, 'zero', 0);
  }

  #unbalanced(claim: Claim): void {
    const { page, of } = claim;
    const spare = claim.balance - claim.held;
    const frame = this.#world.frameOf(page);
    const gone = frame === undefined || (!this.#world.isDevice(page) && !frame.allocated);
    if (spare > 0 && !gone) this.#leaked(page, spare, page._refcount.counter - spare);
    if (spare < 0 && this.#world.queued(page, null) === 0) {
      this.#world.report({
        rule: 'refcount-underflow', object: this.#world.kindOf(page), site: this.takenAt(page),
        message: `${claim.task.comm} has put ${-spare} reference${spare === -1 ? '' : 's'} on ${this.#world.nameOf(page)} that it did not hold (count ${page._refcount.counter})`,
      });
    }
    // Said once: at rest it is accounted for.
    if (of.claims.includes(claim)) put(this.#world.journal, claim, 'held', claim.balance);
  }

  /** Nobody is inside the kernel: count == base + entries + pagevecs + what callers hold, for every page that was touched. */
  atRest(): void {
    this.#sync(null);
    const { journal } = this.#world;
    for (const refs of this.#open.pages.toSorted((a, b) => a.page.pfn - b.page.pfn)) {
      this.#settle(refs.page, refs);
      put(journal, refs, 'touched', false);
      put(journal, refs, 'taken', []);
      for (const claim of refs.claims) {
        if (!claim.touched) continue;
        put(journal, claim, 'touched', false);
        put(journal, this.#tasks.of(claim.task), 'touched', []);
      }
    }
    put(journal, this.#open, 'pages', []);
    for (const of of this.#open.zeroes) put(journal, of, 'zero', 0);
    put(journal, this.#open, 'zeroes', []);
  }

  #settle(page: PageObj, refs: PageRefs): void {
    const { journal } = this.#world;
    const frame = this.#world.frameOf(page);
    const gone = frame === undefined || (!this.#world.isDevice(page) && !frame.allocated);
    let held = 0;
    for (const claim of refs.claims) held += claim.held;
    const count = page._refcount.counter;
    const reasons = (refs.base ? 1 : 0) + refs.entries + refs.behind + this.#world.queued(page, null) + held;
    const spare = gone ? -held : count - reasons;
    if (spare > 0) this.#leaked(page, spare, reasons);
    if (!gone) this.#placed(page, count);
    if (spare < 0) {
      this.#world.report({
        rule: 'refcount-underflow', object: this.#world.kindOf(page), site: this.takenAt(page),
        message: `${this.#world.nameOf(page)} has count ${count}, but ${reasons} references have a reason: ${this.#reasons(refs, held)}`,
      });
    }
    for (const claim of refs.claims) this.#balance(claim, claim.held);
    // Settled once: what is left over is not reported again by later steps.
    const someone = this.#world.tasks[0];
    if (spare !== 0 && someone !== undefined && !gone) {
      const claim = this.#claim(refs, someone);
      put(journal, claim, 'held', claim.held + spare);
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

  #reasons(refs: PageRefs, held: number): string {
    return [
      refs.base ? '1 base' : '', `${refs.entries} page table`, refs.behind > 0 ? `${refs.behind} behind a device page` : '', `${this.#world.queued(refs.page, null)} pagevec`, `${held} held by callers`,
    ].filter((s) => s !== '').join(', ');
  }

  /** The pgmap of a device page is being torn down (killed): its base reference may go. */
  dying(page: PageObj): boolean { return this.#dying(page); }
  #dying(page: PageObj): boolean {
    const word = field(field(field(page.word0, 'ref'), 'percpu_count_ptr'), 'bits');
    return typeof word === 'number' && (word & this.#world.view.number('include/linux/percpu-refcount.ts', '__PERCPU_REF_DEAD')) !== 0;
  }

  // --- pagevecs ---------------------------------------------------------------------------------

  /** A pagevec's count was written; the slot that a larger one names is stored right after. */
  onPagevec(pvec: Pagevec, before: number, after: number): void {
    const task = this.#world.view.current();
    const refs = this.#pagevecs.of(pvec);
    if (refs.by !== null) this.#settlePagevec(refs, refs.by, before);
    put(this.#world.journal, refs, 'by', task);
    if (after < before) this.#settlePagevec(refs, task, after);
    else put(this.#world.journal, this.#open, 'pagevecs', [...this.#open.pagevecs, refs]);
  }

  /** A slot that another thread has counted but not yet stored is its own affair: it waits for that thread. Null: all of them. */
  #sync(task: TaskObj | null): void {
    const open = this.#open.pagevecs;
    if (open.length === 0) return;
    let left = open;
    for (const refs of open) {
      if (this.#world.concurrent && task !== null && refs.by !== null && refs.by !== task) continue;
      if (refs.by !== null) this.#settlePagevec(refs, refs.by, refs.pvec.nr);
      left = left.filter((r) => r !== refs);
    }
    put(this.#world.journal, this.#open, 'pagevecs', left);
  }

  /** Putting a page into a pagevec gives it the thread's reference; taking it out gives it back. */
  #settlePagevec(refs: PagevecRefs, task: TaskObj, nr: number): void {
    const is = refs.pvec.pages.slice(0, nr).filter(isPage);
    for (const page of refs.queued) this.#give(page, task, 1);
    for (const page of is) this.#give(page, task, -1);
    put(this.#world.journal, refs, 'queued', is);
    put(this.#world.journal, refs, 'by', null);
  }
  #give(page: PageObj, task: TaskObj, d: number): void {
    const claim = this.#claim(this.#pages.of(page), task);
    this.#balance(claim, claim.balance + d);
    this.#touch(claim);
  }

  #took(refs: PageRefs, task: TaskObj, amount: number): void {
    const one: Taken = { amount, begun: false, task, site: this.#world.runtime.here(), caller: this.#world.caller() };
    put(this.#world.journal, refs, 'taken', [...refs.taken, one]);
  }
  /** Which taking a put undoes: a pin's weight undoes a pin, its last one the pin begun, others the newest. Each thread undoes its own. */
  #gave(refs: PageRefs, task: TaskObj, amount: number): void {
    const taken = [...refs.taken];
    const own = (t: Taken): boolean => !this.#world.concurrent || t.task === task;
    while (amount > 0 && taken.length > 0) {
      const fits = amount > 1 ? taken.findLastIndex((x) => own(x) && x.amount >= amount) : taken.findLastIndex((x) => own(x) && x.begun);
      const at = fits >= 0 ? fits : taken.findLastIndex(own);
      const one = taken[at];
      if (one === undefined) break;
      const n = Math.min(amount, one.amount);
      amount -= n;
      if (one.amount === n) taken.splice(at, 1);
      else taken[at] = { ...one, amount: one.amount - n, begun: true };
    }
    if (refs.taken.length > 0) put(this.#world.journal, refs, 'taken', taken);
  }

  // --- claims -----------------------------------------------------------------------------------

  #known(page: PageObj, task: TaskObj): Claim | undefined {
    const claims = this.#pages.known(page)?.claims;
    if (claims !== undefined) for (const claim of claims) if (claim.task === task) return claim;
    return undefined;
  }
  #claim(refs: PageRefs, task: TaskObj): Claim {
    for (const claim of refs.claims) if (claim.task === task) return claim;
    const made: Claim = { page: refs.page, of: refs, task, balance: 0, held: 0, touched: false };
    put(this.#world.journal, refs, 'claims', [...refs.claims, made]);
    return made;
  }
  #touch(claim: Claim): void {
    const { journal } = this.#world;
    if (!claim.of.touched) {
      put(journal, claim.of, 'touched', true);
      append(journal, this.#open.pages, claim.of);
    }
    if (!claim.touched) {
      put(journal, claim, 'touched', true);
      append(journal, this.#tasks.of(claim.task).touched, claim);
    }
  }
  #balance(claim: Claim, to: number): void {
    const from = claim.balance;
    if (from === to) return;
    put(this.#world.journal, claim, 'balance', to);
    if ((from > 0) === (to > 0) || !this.#world.isDevice(claim.page)) return;
    const pgmap = claim.page.word0;
    if (!isObject(pgmap)) return;
    const { pgmaps } = this.#tasks.of(claim.task);
    pgmaps.set(pgmap, (pgmaps.get(pgmap) ?? 0) + (to > 0 ? 1 : -1));
  }
}

function field(o: unknown, k: string): unknown { return isObject(o) ? o[k] : undefined; }
