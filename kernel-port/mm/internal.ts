// SPDX-License-Identifier: GPL-2.0-only
// Declarations shared by the files of mm/. Functions that C only declares here live in their file.

import { PAGE_SHIFT } from '../arch/model/pgtable.ts';
import { notModelled, unreachable } from '../arch/model/marks.ts';
import { EFAULT } from '../include/linux/errno.ts';
import type { file } from '../include/linux/fs.ts';
import { compound_nr, fault_flag_allow_retry_first, VM_EXEC, VM_HUGETLB, VM_LOCKED, VM_PFNMAP, VM_SHARED, VM_STACK, VM_WRITE } from '../include/linux/mm.ts';
import { FAULT_FLAG_RETRY_NOWAIT, type page, type vm_area_struct, type vm_fault } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import { PageHead, PageKsm, PageMlocked, PageTail } from '../include/linux/page-flags.ts';
import { mapping_unevictable, page_to_pgoff } from '../include/linux/pagemap.ts';
import { page_ref_count, set_page_count } from '../include/linux/page_ref.ts';
import { rcu_read_lock, rcu_read_unlock } from '../include/linux/rcupdate.ts';
import type { fault_flags, gfp_t, int, pgoff_t, uaddr, unsigned_int, vm_flags_t } from '../include/linux/types.ts';
import { munlock_vma_pages_range } from './mlock.ts';
import { page_mapping } from './util.ts';

export { __vma_link_list, __vma_unlink_list } from './util.ts';
export { isolate_lru_page, putback_lru_page } from './vmscan.ts';

export function can_madv_lru_vma(vma: vm_area_struct): boolean {
  return !(vma.vm_flags & (VM_LOCKED | VM_HUGETLB | VM_PFNMAP));
}

export function page_evictable(page: page): boolean {
  let ret: boolean;

  rcu_read_lock();
  ret = !mapping_unevictable(page_mapping(page)) && !PageMlocked(page);
  rcu_read_unlock();
  return ret;
}

/** @refs page: returns, the first reference of a page that had none */
export function set_page_refcounted(page: page): void {
  VM_BUG_ON_PAGE(PageTail(page), page);
  VM_BUG_ON_PAGE(page_ref_count(page), page);
  set_page_count(page, 1);
}

export function is_exec_mapping(flags: vm_flags_t): boolean {
  return (flags & (VM_EXEC | VM_WRITE | VM_STACK)) === VM_EXEC;
}

export function is_stack_mapping(flags: vm_flags_t): boolean {
  return (flags & VM_STACK) === VM_STACK;
}

export function is_data_mapping(flags: vm_flags_t): boolean {
  return (flags & (VM_WRITE | VM_SHARED | VM_STACK)) === VM_WRITE;
}

export function munlock_vma_pages_all(vma: vm_area_struct): void {
  munlock_vma_pages_range(vma, vma.vm_start, vma.vm_end);
}

export function vma_address(page: page, vma: vm_area_struct): uaddr {
  let pgoff: pgoff_t;
  let address: uaddr;

  VM_BUG_ON_PAGE(PageKsm(page), page);
  pgoff = page_to_pgoff(page);
  if (pgoff >= vma.vm_pgoff) {
    address = vma.vm_start +
      ((pgoff - vma.vm_pgoff) << PAGE_SHIFT);
    if (address < vma.vm_start || address >= vma.vm_end)
      address = -EFAULT as number;
  } else if (PageHead(page) &&
      pgoff + compound_nr(page) - 1 >= vma.vm_pgoff) {
    address = vma.vm_start;
  } else {
    address = -EFAULT as number;
  }
  return address;
}

export function vma_address_end(page: page, vma: vm_area_struct): uaddr {
  let pgoff: pgoff_t;
  let address: uaddr;

  VM_BUG_ON_PAGE(PageKsm(page), page);
  pgoff = page_to_pgoff(page) + compound_nr(page);
  address = vma.vm_start + ((pgoff - vma.vm_pgoff) << PAGE_SHIFT);
  if (address < vma.vm_start || address > vma.vm_end)
    address = vma.vm_end;
  return address;
}

export function maybe_unlock_mmap_for_io(vmf: vm_fault, fpin: file | null): file | null {
  const flags: fault_flags = vmf.flags;

  if (fpin)
    return fpin;

  if (fault_flag_allow_retry_first(flags) &&
      !(flags & FAULT_FLAG_RETRY_NOWAIT)) {
    unreachable('file mappings');
  }
  return fpin;
}

/** Below the watermarks, out of the emergency reserves. */
export const ALLOC_NO_WATERMARKS: unsigned_int = 0x04;

/** No TLB flush is put off at unmap: try_to_unmap, which does that, is not ported. */
export function try_to_unmap_flush(): void { notModelled('batched unmap flush'); }
export function try_to_unmap_flush_dirty(): void { notModelled('batched unmap flush'); }
export function flush_tlb_batched_pending(_mm: object): void { notModelled('batched unmap flush'); }

/** Where to a page is to be migrated, and with which allocation flags. */
export class migration_target_control {
  nid: int = 0;
  nmask: object | null = null;
  gfp_mask: gfp_t = 0;
}
