// SPDX-License-Identifier: GPL-2.0-only
// madvise: MADV_DONTNEED, MADV_POPULATE_* and the behaviours that only change vm_flags. What
// needs files, swap, KSM or the young-page walks (REMOVE, WILLNEED, COLD, PAGEOUT, FREE) is not
// there. The form is v5.15's: madvise_vma and one loop in do_madvise.

import { notModelled, unreachable } from '../arch/model/marks.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../arch/model/pgtable.ts';
import { EAGAIN, EFAULT, EHWPOISON, EINTR, EINVAL, ENOMEM } from '../include/linux/errno.ts';
import { is_vm_hugetlb_page } from '../include/linux/hugetlb.ts';
import { min_t } from '../include/linux/kernel.ts';
import { vma_policy } from '../include/linux/mempolicy.ts';
import {
  MADV_COLD, MADV_DODUMP, MADV_DOFORK, MADV_DONTDUMP, MADV_DONTFORK, MADV_DONTNEED, MADV_FREE, MADV_KEEPONFORK,
  MADV_NORMAL, MADV_PAGEOUT, MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_RANDOM, MADV_REMOVE, MADV_SEQUENTIAL,
  MADV_WILLNEED, MADV_WIPEONFORK,
} from '../include/linux/mman.ts';
import {
  PAGE_ALIGN, PAGE_ALIGNED, VM_DONTCOPY, VM_DONTDUMP, VM_IO, VM_RAND_READ, VM_SEQ_READ, VM_SHARED, VM_SPECIAL, VM_WIPEONFORK,
  sysctl_max_map_count, untagged_addr,
} from '../include/linux/mm.ts';
import { mmap_read_lock, mmap_read_unlock, mmap_write_lock_killable, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import { VM_WARN_ON } from '../include/linux/mmdebug.ts';
import { userfaultfd_remove } from '../include/linux/userfaultfd_k.ts';
import { faultin_vma_page_range } from './gup.ts';
import { can_madv_lru_vma } from './internal.ts';
import { zap_page_range } from './memory.ts';
import { __split_vma, find_vma, find_vma_prev, vma_merge } from './mmap.ts';
import type { mm_struct, vm_area_struct } from '../include/linux/mm_types.ts';
import type { Ref, int, long, pgoff_t, size_t, uaddr, vm_flags_t } from '../include/linux/types.ts';

/** Zapping needs mmap_lock only for reading: the cheapest way to free a page beside a fault. */
function madvise_need_mmap_write(behavior: int): int {
  switch (behavior) {
  case MADV_REMOVE:
  case MADV_WILLNEED:
  case MADV_DONTNEED:
  case MADV_COLD:
  case MADV_PAGEOUT:
  case MADV_FREE:
  case MADV_POPULATE_READ:
  case MADV_POPULATE_WRITE:
    return 0;
  default:
    return 1;
  }
}

/** @locks requires mmap_lock(write) */
function madvise_behavior(vma: vm_area_struct, prev: Ref<vm_area_struct | null>, start: uaddr, end: uaddr, behavior: int): long {
  const mm: mm_struct = vma.vm_mm;
  let error: int = 0;
  let new_flags: vm_flags_t = vma.vm_flags;
  let pgoff: pgoff_t;

  out: { out_convert_errno: {
    switch (behavior) {
    case MADV_NORMAL:
      new_flags = new_flags & ~VM_RAND_READ & ~VM_SEQ_READ;
      break;
    case MADV_SEQUENTIAL:
      new_flags = (new_flags & ~VM_RAND_READ) | VM_SEQ_READ;
      break;
    case MADV_RANDOM:
      new_flags = (new_flags & ~VM_SEQ_READ) | VM_RAND_READ;
      break;
    case MADV_DONTFORK:
      new_flags |= VM_DONTCOPY;
      break;
    case MADV_DOFORK:
      if (vma.vm_flags & VM_IO) {
        error = -EINVAL;
        break out;
      }
      new_flags &= ~VM_DONTCOPY;
      break;
    case MADV_WIPEONFORK:
      if (vma.vm_file || vma.vm_flags & VM_SHARED) {
        error = -EINVAL;
        break out;
      }
      new_flags |= VM_WIPEONFORK;
      break;
    case MADV_KEEPONFORK:
      new_flags &= ~VM_WIPEONFORK;
      break;
    case MADV_DONTDUMP:
      new_flags |= VM_DONTDUMP;
      break;
    case MADV_DODUMP:
      if (!is_vm_hugetlb_page(vma) && new_flags & VM_SPECIAL) {
        error = -EINVAL;
        break out;
      }
      new_flags &= ~VM_DONTDUMP;
      break;
    }

    if (new_flags === vma.vm_flags) {
      prev.v = vma;
      break out;
    }

    success: {
      pgoff = vma.vm_pgoff + ((start - vma.vm_start) >>> PAGE_SHIFT);
      prev.v = vma_merge(mm, prev.v, start, end, new_flags, vma.anon_vma,
        vma.vm_file, pgoff, vma_policy(vma),
        vma.vm_userfaultfd_ctx);
      if (prev.v) {
        vma = prev.v;
        break success;
      }

      prev.v = vma;

      if (start !== vma.vm_start) {
        if (mm.map_count >= sysctl_max_map_count) {
          error = -ENOMEM;
          break out;
        }
        error = __split_vma(mm, vma, start, 1);
        if (error)
          break out_convert_errno;
      }

      if (end !== vma.vm_end) {
        if (mm.map_count >= sysctl_max_map_count) {
          error = -ENOMEM;
          break out;
        }
        error = __split_vma(mm, vma, end, 0);
        if (error)
          break out_convert_errno;
      }
    }
    /* success: */
    vma.vm_flags = new_flags;
  }
  /* out_convert_errno: */
  if (error === -ENOMEM)
    error = -EAGAIN;
  }
  /* out: */
  return error;
}

/** @locks requires mmap_lock(read) */
function madvise_dontneed_single_vma(vma: vm_area_struct, start: uaddr, end: uaddr): long {
  zap_page_range(vma, start, end - start);
  return 0;
}

/** @locks requires mmap_lock(read) */
function madvise_dontneed_free(vma: vm_area_struct | null, prev: Ref<vm_area_struct | null>, start: uaddr, end: uaddr, behavior: int): long {
  const mm: mm_struct = vma.vm_mm;

  prev.v = vma;
  if (!can_madv_lru_vma(vma))
    return -EINVAL;

  if (!userfaultfd_remove(vma, start, end)) {
    prev.v = null;

    mmap_read_lock(mm);
    vma = find_vma(mm, start);
    if (!vma)
      return -ENOMEM;
    if (start < vma.vm_start) {
      return -ENOMEM;
    }
    if (!can_madv_lru_vma(vma))
      return -EINVAL;
    if (end > vma.vm_end) {
      end = vma.vm_end;
    }
    VM_WARN_ON(start >= end);
  }

  if (behavior === MADV_DONTNEED)
    return madvise_dontneed_single_vma(vma, start, end);
  else if (behavior === MADV_FREE)
    unreachable('MADV_FREE');
  else
    return -EINVAL;
}

/** @locks requires mmap_lock(read), may drop and take it again */
function madvise_populate(vma: vm_area_struct | null, prev: Ref<vm_area_struct | null>, start: uaddr, end: uaddr, behavior: int): long {
  const write: boolean = behavior === MADV_POPULATE_WRITE;
  const mm: mm_struct = vma.vm_mm;
  let tmp_end: uaddr;
  const locked: Ref<int> = { v: 1 };
  let pages: long;

  prev.v = vma;

  while (start < end) {
    if (!vma || start >= vma.vm_end) {
      vma = find_vma(mm, start);
      if (!vma || start < vma.vm_start)
        return -ENOMEM;
    }

    tmp_end = min_t(end, vma.vm_end);
    pages = faultin_vma_page_range(vma, start, tmp_end, write, locked);
    if (!locked.v) {
      mmap_read_lock(mm);
      locked.v = 1;
      prev.v = null;
      vma = null;
    }
    if (pages < 0) {
      switch (pages) {
      case -EINTR:
        return -EINTR;
      case -EINVAL:
        return -EINVAL;
      case -EHWPOISON:
        return -EHWPOISON;
      case -EFAULT:
        return -EFAULT;
      default:
        notModelled('the message about a value that is not expected');
      case -ENOMEM:
        return -ENOMEM;
      }
    }
    start += pages * PAGE_SIZE;
  }
  return 0;
}

function madvise_vma(vma: vm_area_struct, prev: Ref<vm_area_struct | null>, start: uaddr, end: uaddr, behavior: int): long {
  switch (behavior) {
  case MADV_REMOVE:
    unreachable('MADV_REMOVE');
  case MADV_WILLNEED:
    unreachable('MADV_WILLNEED');
  case MADV_COLD:
    unreachable('MADV_COLD');
  case MADV_PAGEOUT:
    unreachable('MADV_PAGEOUT');
  case MADV_FREE:
  case MADV_DONTNEED:
    return madvise_dontneed_free(vma, prev, start, end, behavior);
  case MADV_POPULATE_READ:
  case MADV_POPULATE_WRITE:
    return madvise_populate(vma, prev, start, end, behavior);
  default:
    return madvise_behavior(vma, prev, start, end, behavior);
  }
}

/** KSM, THP and MEMORY_FAILURE are off: their behaviours are not valid. */
function madvise_behavior_valid(behavior: int): boolean {
  switch (behavior) {
  case MADV_DOFORK:
  case MADV_DONTFORK:
  case MADV_NORMAL:
  case MADV_SEQUENTIAL:
  case MADV_RANDOM:
  case MADV_REMOVE:
  case MADV_WILLNEED:
  case MADV_DONTNEED:
  case MADV_FREE:
  case MADV_COLD:
  case MADV_PAGEOUT:
  case MADV_POPULATE_READ:
  case MADV_POPULATE_WRITE:
  case MADV_DONTDUMP:
  case MADV_DODUMP:
  case MADV_WIPEONFORK:
  case MADV_KEEPONFORK:
    return true;

  default:
    return false;
  }
}

/** @locks takes mmap_lock: read, or write where vm_flags change */
export function do_madvise(mm: mm_struct, start: uaddr, len_in: size_t, behavior: int): int {
  let end: uaddr, tmp: uaddr;
  let vma: vm_area_struct | null;
  const prev: Ref<vm_area_struct | null> = { v: null };
  let unmapped_error: int = 0;
  let error: int = -EINVAL;
  let write: int;
  let len: size_t;

  start = untagged_addr(start);

  if (!madvise_behavior_valid(behavior))
    return error;

  if (!PAGE_ALIGNED(start))
    return error;
  len = PAGE_ALIGN(len_in);

  if (len_in && !len)
    return error;

  end = start + len;
  if (end < start)
    return error;

  error = 0;
  if (end === start)
    return error;

  notModelled('error injection (MEMORY_FAILURE), plugging of block requests');

  write = madvise_need_mmap_write(behavior);
  if (write) {
    if (mmap_write_lock_killable(mm))
      return -EINTR;
  } else {
    mmap_read_lock(mm);
  }

  /* a hole in [start, end) is skipped and answered with -ENOMEM at the end */
  vma = find_vma_prev(mm, start, prev);
  if (vma && start > vma.vm_start)
    prev.v = vma;

  out: {
    for (;;) {
      error = -ENOMEM;
      if (!vma)
        break out;

      if (start < vma.vm_start) {
        unmapped_error = -ENOMEM;
        start = vma.vm_start;
        if (start >= end)
          break out;
      }

      tmp = vma.vm_end;
      if (end < tmp)
        tmp = end;

      error = Number(madvise_vma(vma, prev, start, tmp, behavior));
      if (error)
        break out;
      start = tmp;
      if (prev.v && start < prev.v.vm_end)
        start = prev.v.vm_end;
      error = unmapped_error;
      if (start >= end)
        break out;
      if (prev.v)
        vma = prev.v.vm_next;
      else
        vma = find_vma(mm, start);
    }
  }
  if (write)
    mmap_write_unlock(mm);
  else
    mmap_read_unlock(mm);

  return error;
}
