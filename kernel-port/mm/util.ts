// SPDX-License-Identifier: GPL-2.0-only
// The list of vmas, mmap from the outside, and what a page's mapping is.

import { current } from '../arch/model/machine.ts';
import { unreachable } from '../arch/model/marks.ts';
import { Unflagged } from '../arch/model/words.ts';
import { atomic_read } from '../include/linux/atomic.ts';
import { EINTR } from '../include/linux/errno.ts';
import { LIST_HEAD, type list_head } from '../include/linux/list.ts';
import { mm_populate } from '../include/linux/mm.ts';
import { anon_mapping, type mm_struct, type page, type vm_area_struct } from '../include/linux/mm_types.ts';
import { mmap_write_lock_killable, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import {
  compound_head, PAGE_MAPPING_ANON, PAGE_MAPPING_FLAGS, PageCompound, PageSlab, PageSwapCache, ulong,
} from '../include/linux/page-flags.ts';
import { security_mmap_file } from '../include/linux/security.ts';
import { userfaultfd_unmap_complete } from '../include/linux/userfaultfd_k.ts';
import { do_mmap } from './mmap.ts';
import type { address_space, file } from '../include/linux/fs.ts';
import type { anon_vma } from '../include/linux/rmap.ts';
import type { Ref, uaddr, unsigned_long } from '../include/linux/types.ts';

/** @locks requires mmap_lock(write) */
export function __vma_link_list(mm: mm_struct, vma: vm_area_struct, prev: vm_area_struct | null): void {
  let next: vm_area_struct | null;

  vma.vm_prev = prev;
  if (prev) {
    next = prev.vm_next;
    prev.vm_next = vma;
  } else {
    next = mm.mmap;
    mm.mmap = vma;
  }
  vma.vm_next = next;
  if (next)
    next.vm_prev = vma;
}

/** @locks requires mmap_lock(write) */
export function __vma_unlink_list(mm: mm_struct, vma: vm_area_struct): void {
  let prev: vm_area_struct | null, next: vm_area_struct | null;

  next = vma.vm_next;
  prev = vma.vm_prev;
  if (prev)
    prev.vm_next = next;
  else
    mm.mmap = next;
  if (next)
    next.vm_prev = prev;
}

/** The address, or an errno (IS_ERR_VALUE).
 *  @locks takes mmap_lock(write), then for what is populated mmap_lock(read) */
export function vm_mmap_pgoff(file: file | null, addr: uaddr, len: unsigned_long, prot: unsigned_long, flag: unsigned_long, pgoff: unsigned_long): unsigned_long {
  let ret: unsigned_long;
  const mm: mm_struct = current().mm;
  const populate: Ref<unsigned_long> = { v: 0 };
  const uf: list_head = LIST_HEAD();

  ret = security_mmap_file(file, prot, flag);
  if (!ret) {
    if (mmap_write_lock_killable(mm))
      return -EINTR;
    ret = do_mmap(file, addr, len, prot, flag, pgoff, populate, uf);
    mmap_write_unlock(mm);
    userfaultfd_unmap_complete(mm, uf);
    if (populate.v)
      mm_populate(ret, populate.v);
  }
  return ret;
}

function __page_rmapping(page: page): anon_vma | address_space | null {
  const mapping = page.mapping;

  return Unflagged(mapping);
}

export function page_rmapping(page: page): anon_vma | address_space | null {
  page = compound_head(page);
  return __page_rmapping(page);
}

export function page_mapped(page: page): boolean {
  if (!PageCompound(page))
    return atomic_read(page._mapcount) >= 0;
  unreachable('compound pages');
}

/** @refs anon_vma: borrows */
export function page_anon_vma(page: page): anon_vma | null {
  page = compound_head(page);
  const mapping = page.mapping;
  if ((ulong(mapping) & PAGE_MAPPING_FLAGS) !== PAGE_MAPPING_ANON)
    return null;
  return __page_rmapping(page) as anon_vma;
}

export function page_mapping(page: page): address_space | null {
  let mapping: anon_mapping | address_space | null;

  page = compound_head(page);

  if (PageSlab(page))
    return null;

  if (PageSwapCache(page))
    unreachable('swap');

  mapping = page.mapping;
  if (ulong(mapping) & PAGE_MAPPING_ANON)
    return null;

  return mapping as address_space | null;
}
