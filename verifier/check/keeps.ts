// SPDX-License-Identifier: GPL-2.0-only
// What keeps a page, or a pgmap, from going away under a reader (I10; model-rules.md, 2.2). Asked at
// each read, so all of it is at hand: balances, page-lock owners and held page-table locks are kept
// up by the rules that know them.

import type { Locks } from './locks.ts';
import type { Mappings } from './maps.ts';
import type { Owners } from './owners.ts';
import type { PageMaps } from './pagemaps.ts';
import type { References } from './refs.ts';
import type { PageObj, TaskObj } from './view.ts';
import type { World } from './world.ts';

export class Keeps {
  readonly #world: World;
  readonly #references: References;
  readonly #locks: Locks;
  readonly #mappings: Mappings;
  readonly #owners: Owners;
  readonly #pageMaps: PageMaps;
  constructor(world: World, references: References, locks: Locks, mappings: Mappings, owners: Owners, pageMaps: PageMaps) {
    this.#world = world;
    this.#references = references;
    this.#locks = locks;
    this.#mappings = mappings;
    this.#owners = owners;
    this.#pageMaps = pageMaps;
  }

  /** A reference of the reader (its CPU's pagevec may have it), the page lock, the lock of a page table that names the page, or that the reader is the one who frees it. */
  page(page: PageObj, task: TaskObj): boolean {
    if (this.#references.balanceOf(page, task) > 0 || this.#locks.ownerOf(page) === task || this.#owners.isFreer(page, task)) return true;
    for (const table of this.#locks.tablesOf(task)) if (this.#mappings.namedIn(page, table)) return true;
    return this.#world.queued(page, this.#world.view.cpu()) > 0;
  }

  /** What keeps a page of it keeps the pgmap: any page of it; so does a lookup; and its driver and its teardown are who would take it away. */
  pgmap(pgmap: object, page: PageObj | null, task: TaskObj): boolean {
    return (page !== null && this.page(page, task)) || this.#references.holdsPageOf(pgmap, task) || this.#pageMaps.isLookedUp(pgmap, task)
      || this.#owners.inDriver(pgmap) || this.#owners.inTeardown();
  }

  /** What a thread does hold, for a report. */
  said(task: TaskObj): string { return [...new Set(this.#locks.heldBy(task))].join(', ') || 'nothing'; }
}
