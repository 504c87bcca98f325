// SPDX-License-Identifier: GPL-2.0-only
// Lifetimes: use after free, double free, and the two arms of struct page. Struct pages are
// type-stable, so what is forbidden is not to look at one but to use what it says after the frame
// went back; only the allocator does that (model-rules.md, 2.2 and 2.4).

import { JournaledMap } from '../instrument/journal.ts';
import type { Key, PortObject } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import type { LabelledSite } from './finding.ts';
import { put } from './kept.ts';
import type { Owners } from './owners.ts';
import { classOf, isObject, isPage, type FrameObj, type PageObj } from './view.ts';
import type { World } from './world.ts';

/** What is made for address spaces and goes with the last of them. */
const OF_AN_MM = new Set(['anon_vma', 'anon_vma_chain', 'vm_area_struct', 'mm_struct']);

const PAGE_FIELDS: ReadonlySet<Key> = new Set(['flags', 'mapping', 'index', 'private', '_mapcount', '_refcount', 'pgmap', 'zone_device_data', 'lru']);
const HINTS: ReadonlySet<Key> = new Set(['flags', '_mapcount', '_refcount', 'lru']);
/** The files that own free frames. */
const ALLOCATOR = new Set(['mm/page_alloc.ts']);

function member(k: Key): string { return typeof k === 'number' ? `[${k}]` : `->${k}`; }

export class Lifetimes {
  readonly #world: World;
  readonly #owners: Owners;
  /** Objects that live no longer than the mms that use them, with where they were made. */
  readonly #live: Map<object, { readonly site: Site | null; readonly n: number }>;
  readonly #freed: Map<object, { readonly said: string; readonly places: readonly LabelledSite[] }>;
  /** The classes of which some object was ever freed, undone or not: only their reads are looked at. */
  readonly #classes = new Set<unknown>();
  /** Objects made so far: the order in which what is left is told. */
  readonly #made = { n: 0 };
  /** The running thread holds the page, or is freeing it. */
  readonly #isOwn: (page: PageObj) => boolean;
  constructor(world: World, owners: Owners, isOwn: (page: PageObj) => boolean) {
    this.#world = world;
    this.#isOwn = isOwn;
    this.#owners = owners;
    this.#live = new JournaledMap(world.journal);
    this.#freed = new JournaledMap(world.journal);
  }

  onPageRead(o: PortObject, k: Key): void {
    if (!isPage(o)) return;
    this.#page(o, k, 'read');
    if (k === 'pgmap' && o.arm0 === 'lru') this.#overlay(o, 'pgmap', 'lru.next');
    if (k === 'zone_device_data' && o.arm1 === 'lru' && this.#world.isDevice(o)) this.#overlay(o, 'zone_device_data', 'lru.prev');
  }

  onObjectRead(o: PortObject, k: Key): void {
    if (!this.#classes.has(o.constructor)) return;
    const freed = this.#freed.get(o);
    if (freed !== undefined) {
      this.#world.report({ rule: 'use-after-free', object: classOf(o), places: freed.places, message: `${classOf(o)}${member(k)} is read after it was freed (${freed.said})` });
    }
  }

  onWrite(o: PortObject, k: Key): void {
    if (isPage(o)) this.#page(o, k, 'written');
    else if (this.#classes.has(o.constructor)) {
      const freed = this.#freed.get(o);
      if (freed !== undefined) this.#world.report({ rule: 'use-after-free', object: classOf(o), places: freed.places, message: `${classOf(o)}${member(k)} is written after it was freed (${freed.said})` });
    }
    if (classOf(o) === 'page_lru') this.#listWrite(o, k);
  }

  /** frame.allocated := value */
  onFrame(frame: FrameObj, before: boolean, after: boolean): void {
    if (!before && !after) {
      this.#world.report({ rule: 'double-free', object: this.#world.kindOf(frame.page), message: `${this.#world.nameOf(frame.page)} is freed, but it is free already` });
    }
  }

  /** A cache gave an object out. */
  onObjectAlloc(o: object): void {
    if (!OF_AN_MM.has(classOf(o))) return;
    put(this.#world.journal, this.#made, 'n', this.#made.n + 1);
    this.#live.set(o, { site: this.#world.caller() ?? this.#world.runtime.here(), n: this.#made.n });
  }

  /** No mm is left: what was made for one must have gone back. */
  atEnd(): void {
    for (const [o, { site }] of [...this.#live].sort(([, a], [, b]) => a.n - b.n)) {
      this.#world.report({ rule: 'refcount-leak', object: classOf(o), site, message: `${classOf(o)} is left when every process is gone` });
    }
  }

  /** An object went back to its cache (kmem_cache_free, kfree). */
  onObjectFree(o: object): void {
    const site = this.#world.runtime.here();
    const before = this.#freed.get(o);
    if (before !== undefined) {
      this.#world.report({ rule: 'double-free', object: classOf(o), places: before.places, message: `${classOf(o)} is freed twice (first ${before.said})` });
    }
    this.#classes.add(o.constructor);
    this.#live.delete(o);
    this.#freed.set(o, {
      said: site === null ? 'earlier' : `${site.function}, ${site.file}:${site.line}`,
      // One thread needs not be told that it was itself.
      places: site === null || !this.#world.concurrent ? [] : [{ label: 'freed by', site, thread: this.#world.view.current().comm }],
    });
  }

  /** A function returns: no page may hang on a list head of its frame (model-rules.md, 1). */
  onLocalList(head: PortObject): void {
    for (let node: unknown = head['next']; node !== head && isObject(node); node = node['next']) {
      const page = node['owner'];
      if (!isPage(page) || node['prev'] === null) return;
      // Freed pages leave their old links behind, as in C.
      if (this.#world.frameOf(page)?.allocated !== true) return;
      // Beside others it may have been given out again meanwhile: then it is not this thread's any more.
      if (this.#world.concurrent && !this.#isOwn(page)) return;
      this.#world.lost.add(page);
      this.#world.report({
        rule: 'lost-page', object: this.#world.kindOf(page),
        message: `${this.#world.nameOf(page)} is on a list of the function that returns here: nobody can put it back`,
      });
    }
  }

  #page(page: PageObj, k: Key, how: 'read' | 'written'): void {
    if (!PAGE_FIELDS.has(k) || this.#world.isDevice(page)) return;
    // Beside others flags and counts are hints that are checked again (2.2, class A), and lru and the counts' own words are judged where they are followed.
    if (how === 'read' && this.#world.concurrent && HINTS.has(k)) return;
    const frame = this.#world.frameOf(page);
    if (frame === undefined || frame.allocated) return;
    const frames = this.#world.runtime.frames;
    const here = frames[frames.length - 1];
    if (here === undefined || frames.some((f) => ALLOCATOR.has(f.file))) return;
    this.#world.report({ rule: 'use-after-free', object: this.#world.kindOf(page), places: this.#world.concurrent ? this.#owners.freedAt(page) : [], message: `${this.#world.nameOf(page)}${member(k)} is ${how} after the page was freed` });
  }

  #overlay(page: PageObj, arm: string, wrote: string): void {
    this.#world.report({
      rule: 'overlay-misuse', object: this.#world.kindOf(page),
      message: `${this.#world.nameOf(page)}: ${arm} is read, but the word was last written as ${wrote}`,
    });
  }

  /** A device page's lru is written: its pgmap is gone (I9). */
  #listWrite(o: PortObject, k: Key): void {
    const page = o['owner'];
    if (!isPage(page) || !this.#world.isDevice(page)) return;
    if (this.#world.runtime.frames.some((f) => ALLOCATOR.has(f.file))) return;
    this.#world.report({
      rule: 'overlay-misuse', object: 'device page',
      message: `${this.#world.nameOf(page)} is put on a list: lru.${k} overwrites ${k === 'next' ? 'pgmap' : 'zone_device_data'}`,
    });
  }
}
