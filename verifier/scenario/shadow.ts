// SPDX-License-Identifier: GPL-2.0-only
// What users must read (I16): for each address space the value last stored at each page, copied at
// fork, forgotten when the range is zapped. Held against every load, and at rest against the frame
// that each entry names, so that a migration that loses data is seen without touching the page.

import type { Mappings } from '../check/maps.ts';
import { entriesOf, type MmObj, type TaskObj } from '../check/view.ts';
import type { World } from '../check/world.ts';

export class Shadow {
  readonly #world: World;
  readonly #values = new Map<MmObj, Map<number, number>>();
  readonly #mappings: Mappings;
  constructor(world: World, mappings: Mappings) {
    this.#world = world;
    this.#mappings = mappings;
  }

  store(mm: MmObj, address: number, value: number): void { this.#of(mm).set(address, value); }

  load(mm: MmObj, address: number, value: number): void {
    const expected = this.#of(mm).get(address) ?? 0;
    if (value !== expected) {
      this.#world.report({
        rule: 'data-corruption', object: 'load',
        message: `a load at 0x${address.toString(16)} gives ${value}, but ${expected} was last stored there`,
      });
    }
  }

  zap(mm: MmObj, from: number, to: number): void {
    const values = this.#of(mm);
    for (const address of [...values.keys()]) if (address >= from && address < to) values.delete(address);
  }

  fork(parent: MmObj, child: MmObj): void { this.#values.set(child, new Map(this.#of(parent))); }

  check(tasks: readonly TaskObj[]): void {
    for (const mm of new Set(tasks.flatMap((t) => (t.mm === null ? [] : [t.mm])))) {
      const values = new Map(this.#of(mm));
      for (const { address, cell } of entriesOf(mm)) {
        const v = this.#world.ptes.decode(cell.pte);
        if (v.kind === 'none' || v.kind === 'other') continue;
        const page = this.#world.pageAt(v.pfn);
        const content = page === null ? null : this.#world.frameOf(page)?.content ?? null;
        const expected = values.get(address) ?? 0;
        const written = values.delete(address);
        if (written && v.kind === 'present' && !v.special && !v.dirty && page !== null && !this.#world.view.pageFlag(page, 'PG_dirty')) {
          this.#world.report({
            rule: 'bad-page-state', object: 'dirty bit', site: this.#mappings.cleanedAt(cell),
            message: `${this.#world.nameOf(page)} was written to, but neither the page nor its entry is dirty: reclaim would drop what it holds`,
          });
        }
        if (content !== expected) {
          this.#world.report({
            rule: 'data-corruption', object: page === null ? 'pfn' : this.#world.kindOf(page),
            message: `0x${address.toString(16)} holds ${content ?? 'nothing'}, but ${expected} was last stored there`,
          });
        }
      }
      for (const [address, expected] of values) {
        if (expected === 0) continue;
        this.#world.report({ rule: 'data-corruption', object: 'hole', message: `0x${address.toString(16)} is not mapped any more, but ${expected} was last stored there` });
      }
    }
  }

  #of(mm: MmObj): Map<number, number> {
    let values = this.#values.get(mm);
    if (values === undefined) { values = new Map(); this.#values.set(mm, values); }
    return values;
  }
}
