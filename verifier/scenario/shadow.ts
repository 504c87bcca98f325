// SPDX-License-Identifier: GPL-2.0-only
// What users must read (I16): for each address space the value last stored at each page, copied at
// fork, forgotten when the range is zapped. Held against every load, and at rest against the frame
// that each entry names, so that a migration that loses data is seen without touching the page.

import { entriesOf, type MmObj, type TaskObj } from '../check/view.ts';
import type { World } from '../check/world.ts';

export class Shadow {
  readonly #world: World;
  readonly #values = new Map<MmObj, Map<number, number>>();
  constructor(world: World) { this.#world = world; }

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
        values.delete(address);
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
