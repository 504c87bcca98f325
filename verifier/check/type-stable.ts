// SPDX-License-Identifier: GPL-2.0-only
// What a page names may have gone and come again: an anon_vma's memory stays an anon_vma's while
// readers are about (SLAB_TYPESAFE_BY_RCU), but it may be another one by then. What was obtained from
// a page is the page's own while the page is seen to be mapped (mm/rmap.c, above page_get_anon_vma).
// So whoever hands one out, with a reference or its lock, hands out the one that was meant when
// page->mapping was set.

import { put, Records } from './kept.ts';
import type { Frame } from '../instrument/runtime.ts';
import { classOf, isObject, type PageObj, type TaskObj } from './view.ts';
import type { World } from './world.ts';

const HANDS_OUT: ReadonlySet<string> = new Set(['page_get_anon_vma', 'page_lock_anon_vma_read']);

export class TypeStable {
  readonly #world: World;
  /** How often the cache gave an anon_vma out. */
  readonly #given = new Records<object, { times: number }>(() => ({ times: 0 }));
  /** Which of these a value of page->mapping means; a copy of it means the same. */
  readonly #meant = new Records<object, { times: number | null }>(() => ({ times: null }));
  /** By thread the page and the mapping that it read last to hand out what it names. */
  readonly #read = new Records<TaskObj, { last: { readonly page: PageObj; readonly mapping: object } | null }>(() => ({ last: null }));
  constructor(world: World) { this.#world = world; }

  /** A cache gives an object out. */
  onAlloc(o: object): void {
    if (classOf(o) !== 'anon_vma') return;
    const given = this.#given.of(o);
    put(this.#world.journal, given, 'times', given.times + 1);
  }

  /** page->mapping := value */
  onMapping(value: unknown): void {
    const anon = anonVmaOf(value);
    if (anon === null || !isObject(value)) return;
    const meant = this.#meant.of(value);
    if (meant.times === null) put(this.#world.journal, meant, 'times', this.#given.known(anon)?.times ?? 0);
  }

  /** page->mapping is read. */
  onRead(page: PageObj): void {
    const { top } = this.#world.runtime;
    if (top === null || !HANDS_OUT.has(top.function) || !isObject(page.mapping)) return;
    put(this.#world.journal, this.#read.of(this.#world.view.current()), 'last', { page, mapping: page.mapping });
  }

  onLeave(frame: Frame): void {
    if (frame.file !== 'mm/rmap.ts' || !HANDS_OUT.has(frame.function) || !isObject(frame.result)) return;
    const last = this.#read.of(this.#world.view.current()).last;
    if (last === null || anonVmaOf(last.mapping) !== frame.result) return;
    if (this.#meant.known(last.mapping)?.times === this.#given.known(frame.result)?.times) return;
    this.#world.report({
      rule: 'use-after-free', object: 'anon_vma',
      message: `${frame.function} hands out an anon_vma that was freed and is another's by now (generation changed): ${this.#world.nameOf(last.page)}, which named it, is not mapped any more`,
    });
  }
}

/** What the anon_mapping of a page names. */
function anonVmaOf(mapping: unknown): object | null {
  if (classOf(mapping) !== 'anon_mapping' || !isObject(mapping)) return null;
  const anon = mapping['anon_vma'];
  return isObject(anon) ? anon : null;
}
