// SPDX-License-Identifier: GPL-2.0-only
// What a user can tell of the pages of the range: where each is.

import type { TaskObj } from '../check/view.ts';
import type { World } from '../check/world.ts';
import type { Bench } from './bench.ts';
import { addressOf, type Scenario } from './scenario.ts';

/** Where each page of the range is, in the eyes of the first task. */
export function observe(world: World, bench: Bench, scenario: Scenario): string[] {
  const owner: TaskObj | undefined = world.tasks[0];
  const out: string[] = [];
  for (let page = 0; page < scenario.pages; page++) {
    const address = addressOf(page);
    const cell = owner?.mm?.pgd?.pmds[address >>> 21]?.pmd?.cells[(address >>> 12) & 511];
    const v = world.ptes.decode(cell?.pte ?? 0);
    let place = 'none';
    if (v.kind === 'present' && v.special) place = 'zero';
    else if (v.kind !== 'none' && v.kind !== 'other') {
      const at = world.pageAt(v.pfn);
      place = at === null ? 'gone' : bench.placeOf(at);
      if (v.kind === 'migration') place = `migrating(${place})`;
    }
    out.push(`page${page}=${place}`);
  }
  return out;
}
