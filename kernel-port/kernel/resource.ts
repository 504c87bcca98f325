// SPDX-License-Identifier: GPL-2.0-only
// Follows kernel/resource.c: what a range of physical addresses is used for. Only system memory
// is known; C walks a tree of resources.

import { reduced } from '../arch/model/marks.ts';
import { pfn_to_page, pfn_valid } from '../arch/model/memory.ts';
import { REGION_DISJOINT, REGION_INTERSECTS, REGION_MIXED, is_zone_device_page } from '../include/linux/mm.ts';
import { PHYS_PFN } from '../include/linux/pfn.ts';
import type { int, pfn_nr, phys_addr_t, size_t, unsigned_long } from '../include/linux/types.ts';

export function region_intersects(start: phys_addr_t, size: size_t, _flags: unsigned_long, _desc: unsigned_long): int {
  let type: int = 0, other: int = 0;
  let pfn: pfn_nr;

  reduced('the resource tree: a frame with a struct page that is no device page is system memory');
  for (pfn = PHYS_PFN(start); pfn <= PHYS_PFN(start + size - 1); pfn++) {
    if (pfn_valid(pfn) && !is_zone_device_page(pfn_to_page(pfn)))
      type++;
    else
      other++;
  }

  if (type === 0)
    return REGION_DISJOINT;

  if (other === 0)
    return REGION_INTERSECTS;

  return REGION_MIXED;
}
