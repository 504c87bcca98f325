// SPDX-License-Identifier: GPL-2.0-only
// A pfn that says whether it has a struct page. DAX mappings are not modelled, so it is a plain pfn.

import { reduced } from '../../arch/model/marks.ts';
import { pfn_to_page } from '../../arch/model/memory.ts';
import type { page } from './mm_types.ts';
import type { pfn_nr } from './types.ts';

export type pfn_t = pfn_nr;
export function pfn_to_pfn_t(pfn: pfn_nr): pfn_t {
  reduced('a plain pfn: no flags');
  return pfn;
}
export function pfn_t_has_page(_pfn: pfn_t): boolean {
  reduced('a plain pfn: no flags');
  return true;
}
export function pfn_t_to_pfn(pfn: pfn_t): pfn_nr {
  reduced('a plain pfn: no flags');
  return pfn;
}
export function pfn_t_to_page(pfn: pfn_t): page {
  if (pfn_t_has_page(pfn))
    return pfn_to_page(pfn_t_to_pfn(pfn));
  return null;
}
export function pfn_t_devmap(_pfn: pfn_t): boolean {
  reduced('a plain pfn: no flags');
  return false;
}
