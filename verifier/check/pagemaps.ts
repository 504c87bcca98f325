// SPDX-License-Identifier: GPL-2.0-only
// References of a pgmap (I12, I25), as far as one thread can break them: a live region counts one
// for itself and one for each of its pages (v5.15: every page starts with a reference, DEV_BASE_REF
// old), plus what lookups hold; it is released once, only when it was killed, and its struct pages
// go only after that. A lookup that is never put shows when the step is over.

import type { Site } from '../instrument/sites.ts';
import { classOf, isObject, type PageObj } from './view.ts';
import type { World } from './world.ts';

/** lib/percpu-refcount.ts: added to the atomic while CPUs count for themselves. */
const PERCPU_COUNT_BIAS = 0x80000000;
const HEADER = 'include/linux/percpu-refcount.ts';

export class PageMaps {
  readonly #world: World;
  /** Regions whose struct pages stand, with how many they are. */
  readonly #pages = new Map<object, number>();
  readonly #released = new WeakSet<object>();
  /** Where a count was changed last, and where a lookup returned last. */
  #changed: Site | null = null;
  #lookedUp: Site | null = null;
  constructor(world: World) { this.#world = world; }

  /** A counter is written that is no page's: a CPU's part of a percpu_ref, or the atomic of one. */
  onCounter(of: unknown): void {
    if (this.#pages.size > 0 && /^percpu_(word|ref_data)$/.test(classOf(of))) this.#changed = this.#world.runtime.here();
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
    const { frames, sites } = this.#world.runtime;
    this.#lookedUp = sites[frames[frames.length - 2]?.site ?? -1] ?? null;
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

  atStepEnd(): void {
    for (const [pgmap, pages] of this.#pages) {
      const ref: unknown = Reflect.get(pgmap, 'ref');
      if (!isObject(ref) || this.#isDead(ref)) continue;
      const count = this.#count(ref);
      if (count === null || count === pages + 1) continue;
      const spare = count - pages - 1;
      this.#world.reportStanding(pgmap, `count ${spare}`, spare > 0
        ? { rule: 'refcount-leak', object: 'pgmap', site: this.#lookedUp, message: `${spare} reference${spare === 1 ? '' : 's'} on the pgmap of ${pages} pages ${spare === 1 ? 'is' : 'are'} left when the step is over` }
        : { rule: 'refcount-underflow', object: 'pgmap', site: this.#changed, message: `the pgmap of ${pages} pages has count ${count}, less than one each and its own` });
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
