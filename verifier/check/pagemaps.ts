// SPDX-License-Identifier: GPL-2.0-only
// References of a pgmap (I12, I25), as far as one thread can break them: a live region counts one
// for itself and one for each of its pages (v5.15: every page starts with a reference, DEV_BASE_REF
// old), plus what lookups hold; it is released once, only when it was killed, and its struct pages
// go only after that. A lookup that is never put shows when the step is over.

import { JournaledMap, JournaledSet } from '../instrument/journal.ts';
import type { Site } from '../instrument/sites.ts';
import { put } from './kept.ts';
import type { PortObject } from '../instrument/runtime.ts';
import { classOf, isObject, type PageObj, type TaskObj } from './view.ts';
import type { World } from './world.ts';

/** lib/percpu-refcount.ts: added to the atomic while CPUs count for themselves. */
const PERCPU_COUNT_BIAS = 0x80000000;
const HEADER = 'include/linux/percpu-refcount.ts';

export class PageMaps {
  readonly #world: World;
  /** Regions whose struct pages stand, with how many they are. */
  readonly #pages: Map<object, number>;
  readonly #released: Set<object>;
  /** What each thread has looked up in its step. */
  readonly #lookups: Map<TaskObj, readonly { readonly pgmap: object; readonly n: number }[]>;
  /** Where a count was changed last, and where a lookup returned last. */
  readonly #last: { changed: Site | null; lookedUp: Site | null } = { changed: null, lookedUp: null };
  constructor(world: World) {
    this.#world = world;
    this.#pages = new JournaledMap(world.journal);
    this.#released = new JournaledSet(world.journal);
    this.#lookups = new JournaledMap(world.journal);
  }

  /** A counter is written that is no page's: a CPU's part of a percpu_ref, or the atomic of one. */
  onCounter(of: unknown, d: number): void {
    if (this.#pages.size === 0 || !isObject(of) || !/^percpu_(word|ref_data)$/.test(classOf(of))) return;
    put(this.#world.journal, this.#last, 'changed', this.#world.runtime.here());
    if (!this.#world.concurrent) return;
    const pgmap = this.#pgmapOf(of);
    if (pgmap === null) return;
    const task = this.#world.view.current();
    const held = this.#lookups.get(task) ?? [];
    const n = (held.find((h) => h.pgmap === pgmap)?.n ?? 0) + d;
    this.#lookups.set(task, [...held.filter((h) => h.pgmap !== pgmap), ...(n > 0 ? [{ pgmap, n }] : [])]);
  }

  /** A thread has looked this pgmap up and not put it yet. */
  isLookedUp(pgmap: object, task: TaskObj): boolean { return this.#lookups.get(task)?.some((h) => h.pgmap === pgmap) === true; }
  /** A thread's step is over: what it took on behalf of others (a region's pages) is none of its own. */
  threadStepEnd(task: TaskObj): void { this.#lookups.delete(task); }

  /** The pgmap behind a word of its count: one of the few there are. */
  #pgmapOf(word: PortObject): object | null {
    for (const pgmap of this.#pages.keys()) {
      const ref: unknown = Reflect.get(pgmap, 'ref');
      if (!isObject(ref)) continue;
      if (ref['data'] === word) return pgmap;
      const count: unknown = isObject(ref['percpu_count_ptr']) ? ref['percpu_count_ptr']['count'] : undefined;
      const cpus: unknown = isObject(count) ? count['words'] : undefined;
      if (Array.isArray(cpus) && cpus.includes(word)) return pgmap;
    }
    return null;
  }

  /** page->pgmap := pgmap, when the struct pages of a region are made. */
  onPage(pgmap: unknown, before: unknown): void {
    if (pgmap === before || classOf(pgmap) !== 'dev_pagemap' || !isObject(pgmap)) return;
    this.#pages.set(pgmap, (this.#pages.get(pgmap) ?? 0) + 1);
  }

  /** ref->data->release(ref) */
  onRelease(ref: unknown): void {
    if (!isObject(ref) || classOf(ref) !== 'percpu_ref') return;
    if (this.#released.has(ref)) {
      this.#world.report({ rule: 'refcount-underflow', object: 'pgmap', message: 'a percpu_ref is released a second time' });
    } else if (!this.#isDead(ref)) {
      this.#world.report({ rule: 'refcount-underflow', object: 'pgmap', message: 'a percpu_ref is released, but nobody has killed it' });
    }
    this.#released.add(ref);
  }

  /** get_dev_pagemap returns to its caller. */
  onLookup(pgmap: unknown): void {
    if (!isObject(pgmap) || classOf(pgmap) !== 'dev_pagemap') return;
    put(this.#world.journal, this.#last, 'lookedUp', this.#world.caller());
    const ref = pgmap['ref'];
    if (!isObject(ref) || this.#isDead(ref)) {
      this.#world.report({ rule: 'use-after-free', object: 'pgmap', message: 'get_dev_pagemap gives a pgmap that was killed before' });
    }
  }

  /** The struct page of a device frame is taken away. */
  onRemoved(page: PageObj): void {
    const pgmap = page.word0;
    if (!isObject(pgmap) || classOf(pgmap) !== 'dev_pagemap') return;
    const left = (this.#pages.get(pgmap) ?? 0) - 1;
    if (left > 0) this.#pages.set(pgmap, left);
    else this.#pages.delete(pgmap);
    const ref = pgmap['ref'] ?? pgmap['internal_ref'];
    if (isObject(ref) && !this.#released.has(ref)) {
      this.#world.report({ rule: 'use-after-free', object: 'pgmap', message: `${this.#world.nameOf(page)} is taken away while its pgmap is still referenced` });
    }
  }

  /** Nobody is inside the kernel. Regions in the order of their addresses. */
  atRest(): void {
    for (const [pgmap, pages] of [...this.#pages].sort(([a], [b]) => startOf(a) - startOf(b))) {
      const ref: unknown = Reflect.get(pgmap, 'ref');
      if (!isObject(ref) || this.#isDead(ref)) continue;
      const count = this.#count(ref);
      if (count === null || count === pages + 1) continue;
      const spare = count - pages - 1;
      this.#world.reportStanding(pgmap, `count ${spare}`, spare > 0
        ? { rule: 'refcount-leak', object: 'pgmap', site: this.#last.lookedUp, message: `${spare} reference${spare === 1 ? '' : 's'} on the pgmap of ${pages} pages ${spare === 1 ? 'is' : 'are'} left when the step is over` }
        : { rule: 'refcount-underflow', object: 'pgmap', site: this.#last.changed, message: `the pgmap of ${pages} pages has count ${count}, less than one each and its own` });
    }
  }

  #isDead(ref: Readonly<Record<string, unknown>>): boolean {
    const word = ref['percpu_count_ptr'];
    const bits: unknown = isObject(word) ? word['bits'] : undefined;
    return typeof bits === 'number' && (bits & this.#world.view.number(HEADER, '__PERCPU_REF_DEAD')) !== 0;
  }

  /** The sum, as percpu_ref_switch_to_atomic_rcu would form it. */
  #count(ref: Readonly<Record<string, unknown>>): number | null {
    const word = ref['percpu_count_ptr'];
    const data = ref['data'];
    const atomic: unknown = isObject(data) && isObject(data['count']) ? data['count']['counter'] : undefined;
    if (!isObject(word) || typeof atomic !== 'number') return null;
    if ((Number(word['bits']) & this.#world.view.number(HEADER, '__PERCPU_REF_ATOMIC')) !== 0) return atomic;
    const cpus: unknown = isObject(word['count']) ? word['count']['words'] : undefined;
    if (!Array.isArray(cpus)) return null;
    let sum = atomic - PERCPU_COUNT_BIAS;
    for (const cpu of cpus) sum += isObject(cpu) ? Number(cpu['counter']) : 0;
    return sum;
  }
}

function startOf(pgmap: object): number {
  const range: unknown = Reflect.get(pgmap, 'range');
  return isObject(range) ? Number(range['start']) : 0;
}
