// SPDX-License-Identifier: GPL-2.0-only
// Small batches of pages. A page in one is held by a reference until the batch is worked off.

import type { page } from './mm_types.ts';
import { __pagevec_release } from '../../mm/swap.ts';
import type { unsigned_int } from './types.ts';

export { __pagevec_release, __pagevec_lru_add } from '../../mm/swap.ts';

export const PAGEVEC_SIZE: unsigned_int = 15;

export class pagevec {
  nr: unsigned_int = 0;
  percpu_pvec_drained: boolean = false;
  readonly pages: page[] = [];
}

export function pagevec_init(pvec: pagevec): void {
  pvec.nr = 0;
  pvec.percpu_pvec_drained = false;
}

export function pagevec_reinit(pvec: pagevec): void { pvec.nr = 0; }

export function pagevec_count(pvec: pagevec): unsigned_int { return pvec.nr; }

export function pagevec_space(pvec: pagevec): unsigned_int { return PAGEVEC_SIZE - pvec.nr; }

/** @refs page: consumes. Gives how many more fit. */
export function pagevec_add(pvec: pagevec, page: page): unsigned_int {
  pvec.pages[pvec.nr++] = page;
  return pagevec_space(pvec);
}

export function pagevec_release(pvec: pagevec): void {
  if (pagevec_count(pvec))
    __pagevec_release(pvec);
}
