// SPDX-License-Identifier: GPL-2.0-only
// Reads that need protection (I10; model-rules.md, 2.2), judged while several threads run.
//
// Class A, flags, zone bits, order and counts: hints that are checked again; that the struct page
// exists is enough. Class B, page->pgmap and the pgmap's type, owner and ops: something must keep
// the pgmap. Class C, zone_device_data, mapping, index, private, lru and content: something must keep
// the page. A read that nothing protects is unprotected-read, whether or not it meets a free page in
// this run; where it does, or meets the page of a later owner, it is use-after-free.
//
// lru: a page on an LRU list or one of the allocator's is kept by the lock of that list.

import type { Frame, Key, PortObject } from '../instrument/runtime.ts';
import { put, Records } from './kept.ts';
import type { Keeps } from './keeps.ts';
import type { Owners } from './owners.ts';
import { isFrame, isObject, isPage, type PageObj, type TaskObj } from './view.ts';
import type { World } from './world.ts';

const OF_PGMAP: ReadonlySet<Key> = new Set(['type', 'owner', 'ops']);
const OF_PAGE: ReadonlySet<Key> = new Set(['mapping', 'index', 'private', 'zone_device_data']);
/** The locks of lists that pages are on. */
const LIST_LOCKS = new Set(['lru_lock', 'zone lock']);
/** Free frames are the allocator's own. */
const ALLOCATOR = 'mm/page_alloc.ts';

export class Reads {
  readonly #world: World;
  readonly #keeps: Keeps;
  readonly #owners: Owners;
  readonly #heldBy: (task: TaskObj) => readonly string[];
  /** By thread the page that led it to a pgmap last. */
  readonly #led = new Records<TaskObj, { page: PageObj | null }>(() => ({ page: null }));
  constructor(world: World, keeps: Keeps, owners: Owners, heldBy: (task: TaskObj) => readonly string[]) {
    this.#world = world;
    this.#keeps = keeps;
    this.#owners = owners;
    this.#heldBy = heldBy;
  }

  /** page.k is about to be read. */
  onPage(page: PageObj, k: Key): void {
    if (k === 'pgmap') this.#pgmapOf(page);
    else if (OF_PAGE.has(k)) this.#page(page, `->${k}`);
  }

  /** pgmap.k */
  onPgmap(pgmap: PortObject, k: Key): void {
    if (!OF_PGMAP.has(k) || this.#world.runtime.top === null) return;
    const task = this.#world.view.current();
    const { page } = this.#led.of(task);
    const of = page !== null && page.word0 === pgmap ? page : null;
    if (this.#keeps.pgmap(pgmap, of, task)) return;
    if (of === null) {
      this.#world.report({ rule: 'unprotected-read', object: 'pgmap', message: `pgmap->${k} is read, and nothing that ${task.comm} holds keeps the pgmap (held: ${this.#keeps.said(task)})` });
    } else this.#unprotected(of, task, `->pgmap->${k}`, 'pgmap');
  }

  /** page.lru.next, page.lru.prev */
  onList(node: PortObject, k: Key): void {
    const page = node['owner'];
    if (!isPage(page) || this.#world.runtime.top === null) return;
    const task = this.#world.view.current();
    for (const name of this.#heldBy(task)) if (LIST_LOCKS.has(name)) return;
    this.#page(page, `->lru.${k}`);
  }

  /** What stands in a page; the hardware's own accesses have no statement, and go by the TLB. */
  onContent(frame: PortObject): void {
    if (isFrame(frame)) this.#page(frame.page, "'s content");
  }

  /** An entry is read: from here on the thread may know the page that it names. */
  onEntry(pfn: number): void {
    const page = this.#world.pageAt(pfn);
    if (page !== null) this.#owners.sees(page, this.#world.view.current());
  }

  #pgmapOf(page: PageObj): void {
    if (this.#world.runtime.top === null || !this.#world.isDevice(page)) return;
    const task = this.#world.view.current();
    const led = this.#led.of(task);
    if (led.page !== page) put(this.#world.journal, led, 'page', page);
    const pgmap = page.word0;
    if (isObject(pgmap) && this.#keeps.pgmap(pgmap, page, task)) {
      if (this.#keeps.page(page, task)) this.#owners.sees(page, task);
      return;
    }
    if (!isObject(pgmap) && this.#keeps.page(page, task)) return;
    this.#unprotected(page, task, '->pgmap', 'pgmap');
  }

  #page(page: PageObj, what: string): void {
    if (this.#world.runtime.top === null || this.#world.isZeroPage(page)) return;
    const task = this.#world.view.current();
    if (this.#keeps.page(page, task)) { this.#owners.sees(page, task); return; }
    if (this.#world.isDevice(page)) {
      // What is free is the driver's to read, what is made or taken away the region's.
      if (this.#owners.inTeardown() || (this.#owners.inDriverOf(page) && this.#isDrivers(page))) return;
    } else {
      for (let f: Frame | null = this.#world.runtime.top; f !== null; f = f.caller) if (f.file === ALLOCATOR) return;
    }
    this.#unprotected(page, task, what, this.#world.kindOf(page));
  }

  /** A device page that nobody uses: the driver has it, whether it is on the list or was just taken off. */
  #isDrivers(page: PageObj): boolean { return this.#owners.isFree(page); }

  #unprotected(page: PageObj, task: TaskObj, what: string, object: string): void {
    const name = this.#world.nameOf(page);
    const places = this.#owners.freedAt(page);
    const used = (why: string): void => this.#world.report({ rule: 'use-after-free', object, places, message: `${name}${what} is read by ${task.comm}, ${why}` });
    if (this.#world.frameOf(page)?.page !== page) used('and its struct page has gone with its region');
    else if (this.#owners.isFree(page)) used(this.#world.isDevice(page) ? 'but its driver has it on the free list' : 'after the page was freed');
    else if (this.#owners.isAnother(page, task)) used('who knew it before it was freed: it is another owner\'s page by now (generation changed)');
    else {
      this.#world.report({
        rule: 'unprotected-read', object,
        message: `${name}${what} is read, and nothing that ${task.comm} holds keeps ${object === 'pgmap' ? 'the pgmap' : 'the page'}: no reference, not the page lock, no lock of a page table that names it (held: ${this.#keeps.said(task)})`,
      });
    }
  }
}
