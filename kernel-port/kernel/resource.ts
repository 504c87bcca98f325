// SPDX-License-Identifier: GPL-2.0-only
// Follows kernel/resource.c: what a range of physical addresses is used for. C keeps a tree of
// resources; here system memory is known by its frames, and what drivers have asked for by a list.

import { per_machine } from '../arch/model/machine.ts';
import { reduced, unreachable } from '../arch/model/marks.ts';
import { pfn_to_page, pfn_valid } from '../arch/model/memory.ts';
import { Given } from '../arch/model/slab.ts';
import { PA_SECTION_SHIFT, MAX_PHYSMEM_BITS } from '../include/linux/mmzone.ts';
import { ERR_PTR, type ErrPtr } from '../include/linux/err.ts';
import { EBUSY, ENOMEM, ERANGE } from '../include/linux/errno.ts';
import { IORES_DESC_DEVICE_PRIVATE_MEMORY, IORES_DESC_NONE, IORESOURCE_BUSY, IORESOURCE_MEM, resource } from '../include/linux/ioport.ts';
import { ALIGN, min_t } from '../include/linux/kernel.ts';
import { REGION_DISJOINT, REGION_INTERSECTS, REGION_MIXED, is_zone_device_page } from '../include/linux/mm.ts';
import { PHYS_PFN } from '../include/linux/pfn.ts';
import { pr_warn } from '../include/linux/printk.ts';
import { kfree } from '../include/linux/slab.ts';
import type { device } from '../include/linux/device.ts';
import { Init, type int, type pfn_nr, type phys_addr_t, type size_t, type unsigned_long } from '../include/linux/types.ts';

/** All physical addresses. */
export const iomem_resource = per_machine(() => Init(resource, { name: 'PCI mem', start: 0, end: 0x7fffffff, flags: IORESOURCE_MEM }), 'iomem_resource');

function __region_intersects(start: phys_addr_t, size: size_t, flags: unsigned_long, desc: unsigned_long): int {
  let type: int = 0, other: int = 0;
  let pfn: pfn_nr;

  reduced('the resource tree: a frame with a struct page that is no device page is system memory');
  for (pfn = PHYS_PFN(start); pfn <= PHYS_PFN(start + size - 1); pfn++) {
    if (pfn_valid(pfn) && !is_zone_device_page(pfn_to_page(pfn)))
      type++;
    else
      other++;
  }
  for (const p of iomem_resource().children) {
    const is_type = (p.flags & flags) === flags && (desc === IORES_DESC_NONE || desc === p.desc);
    if (p.start > start + size - 1 || p.end < start)
      continue;
    if (is_type)
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

export function region_intersects(start: phys_addr_t, size: size_t, flags: unsigned_long, desc: unsigned_long): int {
  let ret: int;

  reduced('no lock: the list is one word');
  ret = __region_intersects(start, size, flags, desc);

  return ret;
}

function __request_region_locked(res: resource, parent: resource, start: phys_addr_t, n: size_t, name: string, flags: unsigned_long): int {
  res.name = name;
  res.start = start;
  res.end = start + n - 1;

  reduced('a conflict is found by whoever looks for a free range');
  res.flags = parent.flags;
  res.flags |= IORESOURCE_BUSY | flags;
  res.desc = parent.desc;
  if (parent.children.some((other) => other.start <= res.end && other.end >= res.start))
    return -EBUSY;
  parent.children = [...parent.children, res];

  return 0;
}

export function __release_region(parent: resource, start: phys_addr_t, n: size_t): void {
  const end: phys_addr_t = start + n - 1;

  reduced('a list of regions');
  const res = parent.children.find((one) => one.start === start && one.end === end) ?? null;
  if (res !== null) {
    parent.children = parent.children.filter((other) => other !== res);
    kfree(res);
    return;
  }

  pr_warn('Trying to free nonexistent resource');
}

/** @refs the region: returns */
function __request_free_mem_region(dev: device | null, base: resource, size: unsigned_long, name: string): resource | ErrPtr {
  let end: phys_addr_t, addr: phys_addr_t;
  let res: resource | null;

  size = ALIGN(size, 1 << PA_SECTION_SHIFT);
  end = min_t(base.end, ((1 << MAX_PHYSMEM_BITS) >>> 0) - 1);
  addr = end - size + 1;

  res = Given(() => new resource());
  if (!res)
    return ERR_PTR(-ENOMEM);

  if (dev) unreachable('regions that go with their device');

  reduced('no lock: the list is one word');
  for (; addr > size && addr >= base.start; addr -= size) {
    if (__region_intersects(addr, size, 0, IORES_DESC_NONE) !==
        REGION_DISJOINT)
      continue;

    if (__request_region_locked(res, iomem_resource(), addr, size,
      name, 0))
      break;

    res.desc = IORES_DESC_DEVICE_PRIVATE_MEMORY;
    return res;
  }

  kfree(res);

  return ERR_PTR(-ERANGE);
}

export function request_free_mem_region(base: resource, size: unsigned_long, name: string): resource | ErrPtr {
  return __request_free_mem_region(null, base, size, name);
}
