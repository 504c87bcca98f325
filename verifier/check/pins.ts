// SPDX-License-Identifier: GPL-2.0-only
// What a pin promises its caller (I13, I14), slot by slot, when GUP has returned: as many pages as it
// says, each with the reference that was asked for, and for a long-term pin none that must stay
// movable.

import type { Site } from '../instrument/sites.ts';
import type { References } from './refs.ts';
import { COHERENT_TYPES, isObject, type PageObj } from './view.ts';
import type { World } from './world.ts';

export interface PinRequest { readonly pages: number; readonly hold: 'PIN' | 'GET'; readonly longterm: boolean }

const MEMREMAP = 'include/linux/memremap.ts';
const UNMOVABLE_MEMORY = ['MEMORY_DEVICE_PRIVATE', ...COHERENT_TYPES];

export class Pins {
  readonly #world: World;
  readonly #references: References;
  /** The statement of core mm that brought a result into being. */
  readonly #returnedFrom: (result: number, counting: boolean) => Site | null;

  constructor(world: World, references: References, returnedFrom: (result: number, counting: boolean) => Site | null) {
    this.#world = world;
    this.#references = references;
    this.#returnedFrom = returnedFrom;
  }

  /** What a page is held by: a pin's weight, or one reference. */
  weight(hold: PinRequest['hold']): number { return hold === 'PIN' ? this.#references.pinBias : 1; }

  /** Whether what GUP said is so: where it is not, the counts that follow from it are not judged. */
  judge(asked: PinRequest, nr: number, pages: readonly (PageObj | null)[]): boolean {
    const site = this.#returnedFrom(nr, false);
    let kept = true;
    const broken = (message: string): void => {
      kept = false;
      this.#world.report({ rule: 'pin-mismatch', object: 'count', site, message });
    };
    if (nr > asked.pages) broken(`${asked.pages} page${asked.pages === 1 ? '' : 's'} asked for, ${nr} said to be pinned`);
    for (const [i, page] of pages.slice(0, Math.max(0, nr)).entries()) {
      if (page === null) broken(`${nr} pages said to be pinned, but pages[${i}] was never set`);
      else if (!this.#isHeld(page, asked.hold, pages.slice(0, i + 1))) {
        broken(`${nr} page${nr === 1 ? ' is' : 's are'} said to be ${asked.hold === 'PIN' ? 'pinned' : 'held'}, but pages[${i}], ${this.#world.nameOf(page)}, has no such reference`);
      } else if (asked.longterm && this.#mustStayMovable(page)) {
        this.#world.report({
          rule: 'unpinnable-pin', object: this.#world.kindOf(page), site: this.#returnedFrom(nr, true),
          message: `${this.#world.nameOf(page)} is pinned for long (pages[${i}] of ${nr})`,
        });
      }
    }
    return kept;
  }

  /** upTo: the slots until this one; the zero page is in many, and each must have its own reference. */
  #isHeld(page: PageObj, hold: PinRequest['hold'], upTo: readonly (PageObj | null)[]): boolean {
    const task = this.#world.view.current();
    if (!this.#world.isZeroPage(page)) return this.#references.heldBy(page, task) >= this.weight(hold);
    return this.#references.zeroTaken(task) >= upTo.filter((p) => p === page).length * this.weight(hold);
  }

  #mustStayMovable(page: PageObj): boolean {
    if (this.#world.isZeroPage(page)) return false;
    if (!this.#world.isDevice(page)) return this.#world.isMovable(page);
    const type: unknown = isObject(page.word0) ? page.word0['type'] : undefined;
    const { view } = this.#world;
    return UNMOVABLE_MEMORY.some((name) => view.has(MEMREMAP, name) && type === view.number(MEMREMAP, name));
  }
}
