// SPDX-License-Identifier: GPL-2.0-only
// Who has a page (model-rules.md, 1, I4): the allocator or the driver has a free one, a thread one
// that is on its way, whoever counts has one in use. A page that went back and came again is another
// one: its generation moves on, and each thread knows which generation it last had to do with.
//
// A device page goes back with the call of page_free, and comes again when its own driver raises the
// count; that somebody else raises it (a speculative reference of GUP-fast) does not make it used.

import type { Runtime } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import type { LabelledSite } from './finding.ts';
import { put, Records } from './kept.ts';
import { isObject, type FrameObj, type PageObj, type TaskObj } from './view.ts';
import type { World } from './world.ts';

interface Freed { readonly site: Site; readonly thread: string }
interface Seen { readonly task: TaskObj; readonly generation: number }
interface Owner {
  generation: number;
  /** With the allocator or the driver. */
  free: boolean;
  freed: Freed | null;
  /** Who brought the count down and has not yet handed the page on. */
  freer: TaskObj | null;
  seen: readonly Seen[];
}

/** In place of a field: that a page went back. No access makes it so, but who reads the page is judged by it. */
export const FREED = 'goes back';

/** Functions of core mm that bring a region's pages up or take them away: nobody else has them then. */
const TEARDOWN = new Set(['memremap_pages', 'memunmap_pages']);

export class Owners {
  readonly #world: World;
  readonly #pages = new Records<PageObj, Owner>(() => ({ generation: 0, free: false, freed: null, freer: null, seen: [] }));
  readonly #drivers = new WeakMap<object, string>();
  constructor(world: World) { this.#world = world; }

  /** A page's count was written; base: what it is when it is free. */
  onCount(page: PageObj, before: number, after: number, base: number): void {
    const { journal } = this.#world;
    const of = this.#pages.of(page);
    if (after < before) {
      // A page that is made with a count of zero was never anybody's.
      if (after === base && !(of.free && this.#world.inBringUp())) put(journal, of, 'freer', this.#world.view.current());
      return;
    }
    if (of.freer !== null) put(journal, of, 'freer', null);
    // A region's pages come up with one reference each (DEV_BASE_REF old; new takes it off at once), and are its driver's.
    if (before === 0 && after === base && this.#world.isDevice(page)) put(journal, of, 'free', true);
    if (before <= base) this.sees(page, this.#world.view.current());
    if (of.free && this.#world.isDevice(page) && this.inDriverOf(page)) put(journal, of, 'free', false);
  }

  /** page_free is called: the driver has it. */
  onPageFree(page: PageObj): void { this.#freed(page); }
  /** frame.allocated := value */
  onFrame(frame: FrameObj, allocated: boolean): void {
    if (!allocated) { this.#freed(frame.page); return; }
    const of = this.#pages.of(frame.page);
    put(this.#world.journal, of, 'free', false);
  }
  #freed(page: PageObj): void {
    const { journal } = this.#world;
    const of = this.#pages.of(page);
    const site = this.#world.runtime.here();
    put(journal, of, 'generation', of.generation + 1);
    put(journal, of, 'free', true);
    put(journal, of, 'freer', null);
    put(journal, of, 'freed', site === null ? null : { site, thread: this.#world.view.current().comm });
    if (isObject(page)) this.#world.runtime.concurrency?.turned(page, FREED);
  }

  /** A thread has to do with the page as it is now: it holds it, or it reads an entry that names it. */
  sees(page: PageObj, task: TaskObj): void {
    const of = this.#pages.of(page);
    for (const s of of.seen) if (s.task === task && s.generation === of.generation) return;
    put(this.#world.journal, of, 'seen', [...of.seen.filter((s) => s.task !== task), { task, generation: of.generation }]);
  }
  /** What the thread had to do with went back since. */
  isAnother(page: PageObj, task: TaskObj): boolean {
    const of = this.#pages.known(page);
    if (of === undefined) return false;
    for (const s of of.seen) if (s.task === task) return s.generation !== of.generation;
    return false;
  }
  generationOf(page: PageObj): number { return this.#pages.known(page)?.generation ?? 0; }
  isFree(page: PageObj): boolean { return this.#pages.known(page)?.free === true; }
  isFreer(page: PageObj, task: TaskObj): boolean { return this.#pages.known(page)?.freer === task; }
  /** Where it went back last, for a report. */
  freedAt(page: PageObj): readonly LabelledSite[] {
    const freed = this.#pages.known(page)?.freed ?? null;
    return freed === null ? [] : [{ label: 'freed by', site: freed.site, thread: freed.thread }];
  }

  /** The running function belongs to the driver that the page's region is of. */
  inDriverOf(page: PageObj): boolean { return isObject(page.word0) && this.inDriver(page.word0); }
  inDriver(pgmap: object): boolean {
    const driver = this.#driver(pgmap);
    const file = this.#world.runtime.top?.file;
    return driver !== '' && file !== undefined && (driver.endsWith('/') ? file.startsWith(driver) : file === driver);
  }
  /** The region is being made or taken away by the running thread. */
  inTeardown(): boolean {
    for (let f = this.#world.runtime.top; f !== null; f = f.caller) if (TEARDOWN.has(f.function)) return true;
    return false;
  }

  /** A driver is known by its ops: their file, or their folder where a driver has one to itself. */
  #driver(pgmap: object): string {
    let driver = this.#drivers.get(pgmap);
    if (driver === undefined) {
      const ops: unknown = Reflect.get(pgmap, 'ops');
      const one: unknown = isObject(ops) ? ops['page_free'] ?? ops['migrate_to_ram'] : undefined;
      if (typeof one !== 'function') return '';
      const file = filesOf(this.#world.runtime).get(one.name) ?? '';
      driver = file.startsWith('drivers/gpu/') ? file.slice(0, file.lastIndexOf('/') + 1) : file;
      this.#drivers.set(pgmap, driver);
    }
    return driver;
  }
}

const files = new WeakMap<Runtime, ReadonlyMap<string, string>>();
/** The file of each function of a side. */
function filesOf(runtime: Runtime): ReadonlyMap<string, string> {
  let known = files.get(runtime);
  if (known === undefined) {
    known = new Map(runtime.sites.map((s) => [s.function, s.file]));
    files.set(runtime, known);
  }
  return known;
}
