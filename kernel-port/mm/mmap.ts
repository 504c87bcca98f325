// SPDX-License-Identifier: GPL-2.0-only
// The vmas of an mm: finding, mapping, splitting, merging, unmapping, exit. Reduced to anonymous
// mappings; the sorted list of vmas answers what C asks the tree (mm_rb), so rb_link and rb_parent are
// gone from the parameters. Stacks, brk and special mappings are left out.

import { arch_get_unmapped_area_topdown } from '../arch/model/mmap.ts';
import { current, per_machine } from '../arch/model/machine.ts';
import { notModelled, reduced, unreachable } from '../arch/model/marks.ts';
import {
  FIRST_USER_ADDRESS, PAGE_COPY, PAGE_MASK, PAGE_NONE, PAGE_READONLY, PAGE_SHARED, PAGE_SHIFT, TASK_SIZE,
  USER_PGTABLES_CEILING, pgprot_modify, __pgprot, pgprot_val,
} from '../arch/model/pgtable.ts';
import { mmu_gather } from '../include/asm-generic/tlb.ts';
import { BUG, BUG_ON } from '../include/linux/bug.ts';
import { IS_ERR_VALUE } from '../include/linux/err.ts';
import { EAGAIN, EEXIST, EINTR, EINVAL, ENOMEM, EOVERFLOW } from '../include/linux/errno.ts';
import { vma_is_dax } from '../include/linux/fs.ts';
import { is_vm_hugetlb_page } from '../include/linux/hugetlb.ts';
import { CONFIG_MEM_SOFT_DIRTY } from '../include/linux/kconfig.ts';
import { max, min } from '../include/linux/kernel.ts';
import { khugepaged_enter_vma_merge } from '../include/linux/khugepaged.ts';
import { LIST_HEAD, Next, list_for_each_entry, list_is_singular } from '../include/linux/list.ts';
import { mpol_equal, mpol_put, vma_dup_policy, vma_policy, type mempolicy } from '../include/linux/mempolicy.ts';
import {
  MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, MAP_HUGETLB, MAP_LOCKED, MAP_NONBLOCK, MAP_NORESERVE, MAP_POPULATE, MAP_PRIVATE, MAP_SHARED,
  MAP_TYPE, arch_validate_flags, arch_vm_get_page_prot, calc_vm_flag_bits, calc_vm_prot_bits, vm_unacct_memory,
} from '../include/linux/mman.ts';
import {
  VM_ACCESS_FLAGS, VM_ACCOUNT, VM_EXEC, VM_GROWSDOWN, VM_GROWSUP, VM_LOCKED, VM_LOCKED_CLEAR_MASK, VM_MAYEXEC, VM_MAYREAD,
  VM_MAYSHARE, VM_MAYWRITE, VM_NORESERVE, VM_PFNMAP, VM_READ, VM_SHARED, VM_SOFTDIRTY, VM_SPECIAL, VM_WRITE,
  PAGE_ALIGN, find_vma_intersection, get_gate_vma, offset_in_page, sysctl_max_map_count, update_hiwater_rss, update_hiwater_vm, vma_adjust, vma_is_anonymous,
  vma_pages, vma_set_anonymous,
} from '../include/linux/mm.ts';
import {
  mmap_assert_locked, mmap_read_trylock, mmap_read_unlock, mmap_write_downgrade, mmap_write_lock_killable, mmap_write_unlock,
} from '../include/linux/mmap_lock.ts';
import { VM_BUG_ON, VM_BUG_ON_VMA, VM_WARN_ON } from '../include/linux/mmdebug.ts';
import { mmu_notifier_release } from '../include/linux/mmu_notifier.ts';
import { mutex, mutex_is_locked, mutex_lock, mutex_unlock } from '../include/linux/mutex.ts';
import { mm_is_oom_victim } from '../include/linux/oom.ts';
import { RLIMIT_AS, RLIMIT_DATA } from '../include/linux/resource.ts';
import { anon_vma_lock_write, anon_vma_merge, anon_vma_unlock_write } from '../include/linux/rmap.ts';
import { down_write } from '../include/linux/rwsem.ts';
import { cond_resched, signal_pending } from '../include/linux/sched.ts';
import { rlimit, rlimit_max } from '../include/linux/sched/signal.ts';
import { security_vm_enough_memory_mm } from '../include/linux/security.ts';
import { ULONG_MAX } from '../include/linux/types.ts';
import { is_mergeable_vm_userfaultfd_ctx, userfaultfd_unmap_complete, userfaultfd_unmap_prep } from '../include/linux/userfaultfd_k.ts';
import { vm_area_alloc, vm_area_dup, vm_area_free } from '../kernel/fork.ts';
import { populate_vma_page_range } from './gup.ts';
import { is_data_mapping, is_exec_mapping, is_stack_mapping, munlock_vma_pages_all } from './internal.ts';
import { anon_vma_interval_tree_insert, anon_vma_interval_tree_remove } from './interval_tree.ts';
import { free_pgtables, unmap_vmas } from './memory.ts';
import { tlb_finish_mmu, tlb_gather_mmu, tlb_gather_mmu_fullmm } from './mmu_gather.ts';
import { anon_vma_clone, unlink_anon_vmas } from './rmap.ts';
import { shmem_zero_setup } from './shmem.ts';
import { lru_add_drain } from './swap.ts';
import { __vma_link_list, __vma_unlink_list, vm_mmap_pgoff } from './util.ts';
import type { file } from '../include/linux/fs.ts';
import type { list_head } from '../include/linux/list.ts';
import { NULL_VM_UFFD_CTX, type mm_struct, type vm_area_struct, type vm_userfaultfd_ctx } from '../include/linux/mm_types.ts';
import type { vm_operations_struct } from '../include/linux/mm.ts';
import type { anon_vma, anon_vma_chain } from '../include/linux/rmap.ts';
import { Init } from '../include/linux/types.ts';
import type {
  Ref, int, long, pgoff_t, pgprot_t, size_t, uaddr, unsigned_long, vm_flags_t,
} from '../include/linux/types.ts';

/** By VM_SHARED, VM_EXEC, VM_WRITE, VM_READ; execution is not modelled. */
const protection_map: readonly pgprot_t[] = [
  PAGE_NONE, PAGE_READONLY, PAGE_COPY, PAGE_COPY, PAGE_READONLY, PAGE_READONLY, PAGE_COPY, PAGE_COPY,
  PAGE_NONE, PAGE_READONLY, PAGE_SHARED, PAGE_SHARED, PAGE_READONLY, PAGE_READONLY, PAGE_SHARED, PAGE_SHARED,
];

function arch_filter_pgprot(prot: pgprot_t): pgprot_t {
  return prot;
}

export function vm_get_page_prot(vm_flags: vm_flags_t): pgprot_t {
  const ret: pgprot_t = __pgprot(pgprot_val(protection_map[vm_flags &
      (VM_READ | VM_WRITE | VM_EXEC | VM_SHARED)]) |
    pgprot_val(arch_vm_get_page_prot(vm_flags)));

  return arch_filter_pgprot(ret);
}

function vm_pgprot_modify(oldprot: pgprot_t, vm_flags: vm_flags_t): pgprot_t {
  return pgprot_modify(oldprot, vm_get_page_prot(vm_flags));
}

/** @locks requires mmap_lock(write) */
export function vma_set_page_prot(vma: vm_area_struct): void {
  let vm_flags: vm_flags_t = vma.vm_flags;
  let vm_page_prot: pgprot_t;

  vm_page_prot = vm_pgprot_modify(vma.vm_page_prot, vm_flags);
  if (vma_wants_writenotify(vma, vm_page_prot)) {
    vm_flags &= ~VM_SHARED;
    vm_page_prot = vm_pgprot_modify(vm_page_prot, vm_flags);
  }
  vma.vm_page_prot = vm_page_prot;
}

export function unlink_file_vma(vma: vm_area_struct): void {
  const file: file | null = vma.vm_file;

  if (file) unreachable('file mappings');
}

function remove_vma(vma: vm_area_struct): vm_area_struct | null {
  const next: vm_area_struct | null = vma.vm_next;

  if (vma.vm_ops && vma.vm_ops.close)
    vma.vm_ops.close(vma);
  if (vma.vm_file) unreachable('file mappings');
  mpol_put(vma_policy(vma));
  vm_area_free(vma);
  return next;
}

function validate_mm(_mm: mm_struct): void {
  notModelled('DEBUG_VM_RB=n');
}

function vma_gap_update(_vma: vm_area_struct): void {
  notModelled('gaps between vmas: only the search for a free address asks for them');
}

function vma_rb_erase_ignore(_vma: vm_area_struct, _ignore: vm_area_struct): void {
  reduced('mm_rb is the list of vmas');
}

function vma_rb_erase(vma: vm_area_struct): void {
  reduced('mm_rb is the list of vmas');
  vma_rb_erase_ignore(vma, vma);
}

/** @locks requires mmap_lock(write), anon_vma root(write) */
function anon_vma_interval_tree_pre_update_vma(vma: vm_area_struct): void {
  let avc: anon_vma_chain | null;

  for (avc = list_for_each_entry(vma.anon_vma_chain); avc; avc = Next(avc.same_vma))
    anon_vma_interval_tree_remove(avc, avc.anon_vma.rb_root);
}

/** @locks requires mmap_lock(write), anon_vma root(write) */
function anon_vma_interval_tree_post_update_vma(vma: vm_area_struct): void {
  let avc: anon_vma_chain | null;

  for (avc = list_for_each_entry(vma.anon_vma_chain); avc; avc = Next(avc.same_vma))
    anon_vma_interval_tree_insert(avc, avc.anon_vma.rb_root);
}

/** @locks requires mmap_lock(read) */
function find_vma_links(mm: mm_struct, addr: uaddr, end: uaddr, pprev: Ref<vm_area_struct | null>): int {
  let vma_tmp: vm_area_struct | null, rb_prev: vm_area_struct | null;

  mmap_assert_locked(mm);
  reduced('walks the list, not mm_rb');
  vma_tmp = mm.mmap;
  rb_prev = null;

  while (vma_tmp) {
    if (vma_tmp.vm_end > addr) {
      if (vma_tmp.vm_start < end)
        return -ENOMEM;
      break;
    } else {
      rb_prev = vma_tmp;
      vma_tmp = vma_tmp.vm_next;
    }
  }

  pprev.v = null;
  if (rb_prev)
    pprev.v = rb_prev;
  return 0;
}

function vma_next(mm: mm_struct, vma: vm_area_struct | null): vm_area_struct | null {
  if (!vma)
    return mm.mmap;

  return vma.vm_next;
}

/** @locks requires mmap_lock(write) */
function munmap_vma_range(mm: mm_struct, start: uaddr, len: unsigned_long, pprev: Ref<vm_area_struct | null>, uf: list_head | null): int {
  while (find_vma_links(mm, start, start + len, pprev))
    if (do_munmap(mm, start, len, uf))
      return -ENOMEM;

  return 0;
}

function count_vma_pages_range(mm: mm_struct, addr: uaddr, end: uaddr): unsigned_long {
  let nr_pages: unsigned_long = 0;
  let vma: vm_area_struct | null;

  vma = find_vma_intersection(mm, addr, end);
  if (!vma)
    return 0;

  nr_pages = (min(end, vma.vm_end) -
    max(addr, vma.vm_start)) >>> PAGE_SHIFT;

  for (vma = vma.vm_next; vma; vma = vma.vm_next) {
    let overlap_len: unsigned_long;

    if (vma.vm_start > end)
      break;

    overlap_len = min(end, vma.vm_end) - vma.vm_start;
    nr_pages += overlap_len >>> PAGE_SHIFT;
  }

  return nr_pages;
}

export function __vma_link_rb(_mm: mm_struct, _vma: vm_area_struct): void {
  reduced('mm_rb is the list of vmas; highest_vm_end is not kept');
}

function __vma_link_file(vma: vm_area_struct): void {
  let file: file | null;

  file = vma.vm_file;
  if (file) unreachable('file mappings');
}

function __vma_link(mm: mm_struct, vma: vm_area_struct, prev: vm_area_struct | null): void {
  __vma_link_list(mm, vma, prev);
  __vma_link_rb(mm, vma);
}

/** @locks requires mmap_lock(write) */
function vma_link(mm: mm_struct, vma: vm_area_struct, prev: vm_area_struct | null): void {
  if (vma.vm_file) unreachable('file mappings');

  __vma_link(mm, vma, prev);
  __vma_link_file(vma);
  notModelled('i_mmap_lock: no file mappings');

  mm.map_count++;
  validate_mm(mm);
}

function __insert_vm_struct(mm: mm_struct, vma: vm_area_struct): void {
  const prev: Ref<vm_area_struct | null> = { v: null };

  if (find_vma_links(mm, vma.vm_start, vma.vm_end, prev))
    BUG();
  __vma_link(mm, vma, prev.v);
  mm.map_count++;
}

function __vma_unlink(mm: mm_struct, vma: vm_area_struct, ignore: vm_area_struct): void {
  vma_rb_erase_ignore(vma, ignore);
  __vma_unlink_list(mm, vma);
  notModelled('vmacache: a cache of the answers of find_vma');
}

/** @locks requires mmap_lock(write); takes and releases anon_vma root(write) */
export function __vma_adjust(vma: vm_area_struct, start: uaddr, end: uaddr, pgoff: pgoff_t, insert: vm_area_struct | null, expand: vm_area_struct | null): int {
  const mm: mm_struct = vma.vm_mm;
  let next: vm_area_struct | null = vma.vm_next;
  let anon_vma: anon_vma | null = null;
  const file: file | null = vma.vm_file;
  let start_changed = false, end_changed = false;
  let adjust_next: long = 0;
  let remove_next: int = 0;

  if (next && !insert) {
    let exporter: vm_area_struct | null = null, importer: vm_area_struct | null = null;

    if (end >= next.vm_end) {
      if (next === expand) {
        VM_WARN_ON(end !== next.vm_end);
        /* 3: vma goes, next stays; the two change names */
        remove_next = 3;
        VM_WARN_ON(file !== next.vm_file);
        [vma, next] = [next, vma];
      } else {
        VM_WARN_ON(expand !== vma);
        remove_next = 1 + Number(end > next.vm_end);
        VM_WARN_ON(remove_next === 2 && end !== next.vm_next.vm_end);
        end = next.vm_end;
      }

      exporter = next;
      importer = vma;

      if (remove_next === 2 && !next.anon_vma)
        exporter = next.vm_next;

    } else if (end > next.vm_start) {
      adjust_next = end - next.vm_start;
      exporter = next;
      importer = vma;
      VM_WARN_ON(expand !== importer);
    } else if (end < vma.vm_end) {
      adjust_next = -(vma.vm_end - end);
      exporter = vma;
      importer = next;
      VM_WARN_ON(expand !== importer);
    }

    if (exporter && exporter.anon_vma && !importer.anon_vma) {
      let error: int;

      importer.anon_vma = exporter.anon_vma;
      error = anon_vma_clone(importer, exporter);
      if (error)
        return error;
    }
  }
  again: for (;;) {
    notModelled('vma_adjust_trans_huge: THP');

    if (file) unreachable('file mappings');

    anon_vma = vma.anon_vma;
    if (!anon_vma && adjust_next)
      anon_vma = next.anon_vma;
    if (anon_vma) {
      VM_WARN_ON(adjust_next && next.anon_vma && anon_vma !== next.anon_vma);
      anon_vma_lock_write(anon_vma);
      anon_vma_interval_tree_pre_update_vma(vma);
      if (adjust_next)
        anon_vma_interval_tree_pre_update_vma(next);
    }
    if (file) unreachable('file mappings');

    if (start !== vma.vm_start) {
      vma.vm_start = start;
      start_changed = true;
    }
    if (end !== vma.vm_end) {
      vma.vm_end = end;
      end_changed = true;
    }
    vma.vm_pgoff = pgoff;
    if (adjust_next) {
      next.vm_start += adjust_next;
      next.vm_pgoff += adjust_next >> PAGE_SHIFT;
    }
    if (file) unreachable('file mappings');

    if (remove_next) {
      if (remove_next !== 3)
        __vma_unlink(mm, next, next);
      else
        __vma_unlink(mm, next, vma);
      if (file) unreachable('file mappings');
    } else if (insert) {
      __insert_vm_struct(mm, insert);
    } else {
      if (start_changed)
        vma_gap_update(vma);
      if (end_changed) {
        if (!next)
          notModelled('highest_vm_end');
        else if (!adjust_next)
          vma_gap_update(next);
      }
    }

    if (anon_vma) {
      anon_vma_interval_tree_post_update_vma(vma);
      if (adjust_next)
        anon_vma_interval_tree_post_update_vma(next);
      anon_vma_unlock_write(anon_vma);
    }
    if (file) unreachable('file mappings');

    if (remove_next) {
      if (file) unreachable('file mappings');
      if (next.anon_vma)
        anon_vma_merge(vma, next);
      mm.map_count--;
      mpol_put(vma_policy(next));
      vm_area_free(next);
      if (remove_next !== 3) {
        next = vma.vm_next;
      } else {
        next = vma;
      }
      if (remove_next === 2) {
        remove_next = 1;
        end = next.vm_end;
        continue again;
      } else if (next)
        vma_gap_update(next);
      else {
        notModelled('highest_vm_end');
      }
    }
    break;
  }

  validate_mm(mm);

  return 0;
}

/** VM_SOFTDIRTY keeps nobody apart: what is merged is marked dirty by the caller. */
function is_mergeable_vma(vma: vm_area_struct, file: file | null, vm_flags: vm_flags_t, vm_userfaultfd_ctx: vm_userfaultfd_ctx): int {
  if ((vma.vm_flags ^ vm_flags) & ~VM_SOFTDIRTY)
    return 0;
  if (vma.vm_file !== file)
    return 0;
  if (vma.vm_ops && vma.vm_ops.close)
    return 0;
  if (!is_mergeable_vm_userfaultfd_ctx(vma, vm_userfaultfd_ctx))
    return 0;
  return 1;
}

/** A vma that has chains from a parent is left alone: one lock for all of them would be the cost. */
function is_mergeable_anon_vma(anon_vma1: anon_vma | null, anon_vma2: anon_vma | null, vma: vm_area_struct | null): int {
  if ((!anon_vma1 || !anon_vma2) && (!vma ||
      list_is_singular(vma.anon_vma_chain)))
    return 1;
  return Number(anon_vma1 === anon_vma2);
}

/** Whether what is described may come right before vma and become part of it. */
function can_vma_merge_before(vma: vm_area_struct, vm_flags: vm_flags_t, anon_vma: anon_vma | null, file: file | null,
  vm_pgoff: pgoff_t, vm_userfaultfd_ctx: vm_userfaultfd_ctx): int {
  if (is_mergeable_vma(vma, file, vm_flags, vm_userfaultfd_ctx) &&
      is_mergeable_anon_vma(anon_vma, vma.anon_vma, vma)) {
    if (vma.vm_pgoff === vm_pgoff)
      return 1;
  }
  return 0;
}

/** Likewise right behind it. */
function can_vma_merge_after(vma: vm_area_struct, vm_flags: vm_flags_t, anon_vma: anon_vma | null, file: file | null,
  vm_pgoff: pgoff_t, vm_userfaultfd_ctx: vm_userfaultfd_ctx): int {
  if (is_mergeable_vma(vma, file, vm_flags, vm_userfaultfd_ctx) &&
      is_mergeable_anon_vma(anon_vma, vma.anon_vma, vma)) {
    let vm_pglen: pgoff_t;
    vm_pglen = vma_pages(vma);
    if (vma.vm_pgoff + vm_pglen === vm_pgoff)
      return 1;
  }
  return 0;
}

/** The vma that [addr, end) became part of, or null. For mprotect the range is mapped already, by prev
 *  or at the start of what follows it; else it is a hole. Eight cases in all (the numbers are C's). When
 *  the reverse map's locks are dropped the vma has to be right for all of its range, so in case 8 the
 *  one in the middle goes and its successor grows over it.
 *  @locks requires mmap_lock(write); takes and releases anon_vma root(write) */
export function vma_merge(mm: mm_struct, prev: vm_area_struct | null, addr: uaddr, end: uaddr, vm_flags: vm_flags_t,
  anon_vma: anon_vma | null, file: file | null, pgoff: pgoff_t, policy: mempolicy | null,
  vm_userfaultfd_ctx: vm_userfaultfd_ctx): vm_area_struct | null {
  const pglen: pgoff_t = (end - addr) >>> PAGE_SHIFT;
  let area: vm_area_struct | null, next: vm_area_struct | null;
  let err: int;

  if (vm_flags & VM_SPECIAL)
    return null;

  next = vma_next(mm, prev);
  area = next;
  if (area && area.vm_end === end) /* 6, 7, 8 */
    next = next.vm_next;

  VM_WARN_ON(prev && addr <= prev.vm_start);
  VM_WARN_ON(area && end > area.vm_end);
  VM_WARN_ON(addr >= end);

  if (prev && prev.vm_end === addr &&
      mpol_equal(vma_policy(prev), policy) &&
      can_vma_merge_after(prev, vm_flags,
        anon_vma, file, pgoff,
        vm_userfaultfd_ctx)) {
    if (next && end === next.vm_start &&
        mpol_equal(policy, vma_policy(next)) &&
        can_vma_merge_before(next, vm_flags,
          anon_vma, file,
          pgoff + pglen,
          vm_userfaultfd_ctx) &&
        is_mergeable_anon_vma(prev.anon_vma,
          next.anon_vma, null)) {
      /* 1, 6 */
      err = __vma_adjust(prev, prev.vm_start,
        next.vm_end, prev.vm_pgoff, null,
        prev);
    } else /* 2, 5, 7 */
      err = __vma_adjust(prev, prev.vm_start,
        end, prev.vm_pgoff, null, prev);
    if (err)
      return null;
    khugepaged_enter_vma_merge(prev, vm_flags);
    return prev;
  }

  if (next && end === next.vm_start &&
      mpol_equal(policy, vma_policy(next)) &&
      can_vma_merge_before(next, vm_flags,
        anon_vma, file, pgoff + pglen,
        vm_userfaultfd_ctx)) {
    if (prev && addr < prev.vm_end) /* 4 */
      err = __vma_adjust(prev, prev.vm_start,
        addr, prev.vm_pgoff, null, next);
    else { /* 3, 8 */
      err = __vma_adjust(area, addr, next.vm_end,
        next.vm_pgoff - pglen, null, next);
      area = next;
    }
    if (err)
      return null;
    khugepaged_enter_vma_merge(area, vm_flags);
    return area;
  }

  return null;
}

function anon_vma_compatible(a: vm_area_struct, b: vm_area_struct): boolean {
  return a.vm_end === b.vm_start &&
    mpol_equal(vma_policy(a), vma_policy(b)) &&
    a.vm_file === b.vm_file &&
    !((a.vm_flags ^ b.vm_flags) & ~(VM_ACCESS_FLAGS | VM_SOFTDIRTY)) &&
    b.vm_pgoff === a.vm_pgoff + ((b.vm_start - a.vm_start) >>> PAGE_SHIFT);
}

/** Another fault may be setting up old.anon_vma right now: it is read once. */
function reusable_anon_vma(old: vm_area_struct, a: vm_area_struct, b: vm_area_struct): anon_vma | null {
  if (anon_vma_compatible(a, b)) {
    const anon_vma: anon_vma | null = old.anon_vma;

    if (anon_vma && list_is_singular(old.anon_vma_chain))
      return anon_vma;
  }
  return null;
}

/** @locks requires mmap_lock(read) */
export function find_mergeable_anon_vma(vma: vm_area_struct): anon_vma | null {
  let anon_vma: anon_vma | null = null;

  if (vma.vm_next) {
    anon_vma = reusable_anon_vma(vma.vm_next, vma, vma.vm_next);
    if (anon_vma)
      return anon_vma;
  }

  if (vma.vm_prev)
    anon_vma = reusable_anon_vma(vma.vm_prev, vma.vm_prev, vma);

  return anon_vma;
}

function round_hint_to_min(hint: uaddr): uaddr {
  hint &= PAGE_MASK;
  reduced('mmap_min_addr is 0');
  return hint;
}

export function mlock_future_check(_mm: mm_struct, flags: vm_flags_t, _len: unsigned_long): int {
  if (flags & VM_LOCKED) {
    reduced('RLIMIT_MEMLOCK is not set');
  }
  return 0;
}

/** The address, or an errno (IS_ERR_VALUE).
 *  @locks requires mmap_lock(write) */
export function do_mmap(file: file | null, addr: uaddr, len: unsigned_long, prot: unsigned_long, flags: unsigned_long, pgoff: unsigned_long, populate: Ref<unsigned_long>, uf: list_head | null): unsigned_long {
  const mm: mm_struct = current().mm;
  let vm_flags: vm_flags_t;
  const pkey: int = 0;

  populate.v = 0;

  if (!len)
    return -EINVAL;

  reduced('no personality: PROT_READ does not imply PROT_EXEC');

  if (flags & MAP_FIXED_NOREPLACE)
    flags |= MAP_FIXED;

  if (!(flags & MAP_FIXED))
    addr = round_hint_to_min(addr);

  len = PAGE_ALIGN(len);
  if (!len)
    return -ENOMEM;

  if ((pgoff + (len >>> PAGE_SHIFT)) < pgoff)
    return -EOVERFLOW;

  if (mm.map_count > sysctl_max_map_count)
    return -ENOMEM;

  addr = get_unmapped_area(file, addr, len, pgoff, flags);
  if (IS_ERR_VALUE(addr))
    return addr;

  if (flags & MAP_FIXED_NOREPLACE) {
    if (find_vma_intersection(mm, addr, addr + len))
      return -EEXIST;
  }

  notModelled('protection keys');

  vm_flags = calc_vm_prot_bits(prot, pkey) | calc_vm_flag_bits(flags) |
    mm.def_flags | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;

  if (flags & MAP_LOCKED)
    reduced('can_do_mlock: everybody may');

  if (mlock_future_check(mm, vm_flags, len))
    return -EAGAIN;

  if (file) {
    unreachable('file mappings');
  } else {
    switch (flags & MAP_TYPE) {
    case MAP_SHARED:
      if (vm_flags & (VM_GROWSDOWN | VM_GROWSUP))
        return -EINVAL;
      pgoff = 0;
      vm_flags |= VM_SHARED | VM_MAYSHARE;
      break;
    case MAP_PRIVATE:
      pgoff = addr >>> PAGE_SHIFT;
      break;
    default:
      return -EINVAL;
    }
  }

  if (flags & MAP_NORESERVE) {
    reduced('the overcommit policy is never OVERCOMMIT_NEVER');
    vm_flags |= VM_NORESERVE;
  }

  addr = mmap_region(file, addr, len, vm_flags, pgoff, uf);
  if (!IS_ERR_VALUE(addr) &&
      ((vm_flags & VM_LOCKED) ||
       (flags & (MAP_POPULATE | MAP_NONBLOCK)) === MAP_POPULATE))
    populate.v = len;
  return addr;
}

/** Of mmap(2): only anonymous memory. */
export function ksys_mmap_pgoff(addr: uaddr, len: unsigned_long, prot: unsigned_long, flags: unsigned_long, _fd: unsigned_long, pgoff: unsigned_long): unsigned_long {
  const file: file | null = null;
  let retval: unsigned_long;

  if (!(flags & MAP_ANONYMOUS)) {
    unreachable('file mappings');
  } else if (flags & MAP_HUGETLB) {
    unreachable('hugetlb');
  }

  retval = vm_mmap_pgoff(file, addr, len, prot, flags, pgoff);
  if (file) unreachable('file mappings');
  return retval;
}

export function vma_wants_writenotify(vma: vm_area_struct, vm_page_prot: pgprot_t): boolean {
  const vm_flags: vm_flags_t = vma.vm_flags;
  const vm_ops: vm_operations_struct | null = vma.vm_ops;

  if ((vm_flags & (VM_WRITE | VM_SHARED)) !== (VM_WRITE | VM_SHARED))
    return false;

  if (vm_ops && (vm_ops.page_mkwrite || vm_ops.pfn_mkwrite))
    return true;

  if (pgprot_val(vm_page_prot) !==
      pgprot_val(vm_pgprot_modify(vm_page_prot, vm_flags)))
    return false;

  if (CONFIG_MEM_SOFT_DIRTY && !(vm_flags & VM_SOFTDIRTY))
    return true;

  if (vm_flags & VM_PFNMAP)
    return false;

  if (vma.vm_file) unreachable('file mappings');
  return false;
}

function accountable_mapping(file: file | null, vm_flags: vm_flags_t): boolean {
  if (file) unreachable('file mappings');

  return (vm_flags & (VM_NORESERVE | VM_SHARED | VM_WRITE)) === VM_WRITE;
}

/** The address, or an errno (IS_ERR_VALUE).
 *  @locks requires mmap_lock(write) */
export function mmap_region(file: file | null, addr: uaddr, len: unsigned_long, vm_flags: vm_flags_t, pgoff: unsigned_long, uf: list_head | null): unsigned_long {
  const mm: mm_struct = current().mm;
  let vma: vm_area_struct | null;
  const prev: Ref<vm_area_struct | null> = { v: null };
  let error: int;
  let charged: unsigned_long = 0;

  if (!may_expand_vm(mm, vm_flags, len >>> PAGE_SHIFT)) {
    let nr_pages: unsigned_long;

    nr_pages = count_vma_pages_range(mm, addr, addr + len);

    if (!may_expand_vm(mm, vm_flags, (len >>> PAGE_SHIFT) - nr_pages))
      return -ENOMEM;
  }

  if (munmap_vma_range(mm, addr, len, prev, uf))
    return -ENOMEM;
  if (accountable_mapping(file, vm_flags)) {
    charged = len >>> PAGE_SHIFT;
    if (security_vm_enough_memory_mm(mm, charged))
      return -ENOMEM;
    vm_flags |= VM_ACCOUNT;
  }

  unacct_error: { free_vma: { out: {
    vma = vma_merge(mm, prev.v, addr, addr + len, vm_flags,
      null, file, pgoff, null, NULL_VM_UFFD_CTX);
    if (vma)
      break out;

    vma = vm_area_alloc(mm);
    if (!vma) {
      error = -ENOMEM;
      break unacct_error;
    }

    vma.vm_start = addr;
    vma.vm_end = addr + len;
    vma.vm_flags = vm_flags;
    vma.vm_page_prot = vm_get_page_prot(vm_flags);
    vma.vm_pgoff = pgoff;

    if (file) {
      unreachable('file mappings');
    } else if (vm_flags & VM_SHARED) {
      error = shmem_zero_setup(vma);
      if (error)
        break free_vma;
    } else {
      vma_set_anonymous(vma);
    }

    if (!arch_validate_flags(vma.vm_flags)) {
      error = -EINVAL;
      if (file) unreachable('file mappings');
      else
        break free_vma;
    }

    vma_link(mm, vma, prev.v);
    }
    /* out: */
    notModelled('perf events, uprobes');
    vm_stat_account(mm, vm_flags, len >>> PAGE_SHIFT);
    if (vm_flags & VM_LOCKED) {
      if ((vm_flags & VM_SPECIAL) || vma_is_dax(vma) ||
          is_vm_hugetlb_page(vma) ||
          vma === get_gate_vma(current().mm))
        vma.vm_flags &= VM_LOCKED_CLEAR_MASK;
      else
        mm.locked_vm += len >>> PAGE_SHIFT;
    }

    vma.vm_flags |= VM_SOFTDIRTY;

    vma_set_page_prot(vma);

    return addr;
  }
  reduced('unmap_and_free_vma: no file whose mapping a driver could have refused');
  /* free_vma: */
  VM_BUG_ON(vma.vm_file);
  vm_area_free(vma);
  }
  /* unacct_error: */
  if (charged)
    vm_unacct_memory(charged);
  return error;
}

export function get_unmapped_area(_file: file | null, addr: uaddr, len: unsigned_long, _pgoff: unsigned_long, flags: unsigned_long): unsigned_long {
  if (len > TASK_SIZE)
    return -ENOMEM;

  reduced('the search is the architecture\'s for every kind of mapping');
  addr = arch_get_unmapped_area_topdown(addr, len, flags);
  if (IS_ERR_VALUE(addr))
    return addr;

  if (addr > TASK_SIZE - len)
    return -ENOMEM;
  if (offset_in_page(addr))
    return -EINVAL;

  return addr;
}

/** The first vma that ends above addr; addr need not be in it.
 *  @locks requires mmap_lock(read) */
export function find_vma(mm: mm_struct, addr: uaddr): vm_area_struct | null {
  let vma: vm_area_struct | null = null, tmp: vm_area_struct | null;

  mmap_assert_locked(mm);
  notModelled('vmacache: a cache of the answers of find_vma');

  reduced('walks the list, not mm_rb');
  tmp = mm.mmap;

  while (tmp) {
    if (tmp.vm_end > addr) {
      vma = tmp;
      break;
    } else
      tmp = tmp.vm_next;
  }

  return vma;
}

/** @locks requires mmap_lock(read) */
export function find_vma_prev(mm: mm_struct, addr: uaddr, pprev: Ref<vm_area_struct | null>): vm_area_struct | null {
  let vma: vm_area_struct | null;

  vma = find_vma(mm, addr);
  if (vma) {
    pprev.v = vma.vm_prev;
  } else {
    let last: vm_area_struct | null = mm.mmap;

    reduced('walks the list, not mm_rb');
    while (last && last.vm_next)
      last = last.vm_next;
    pprev.v = last;
  }
  return vma;
}

export function expand_downwards(_vma: vm_area_struct, _address: uaddr): int {
  unreachable('a stack that grows');
}

export function expand_stack(vma: vm_area_struct, address: uaddr): int {
  return expand_downwards(vma, address);
}

/** @locks requires mmap_lock(read) */
export function find_extend_vma(mm: mm_struct, addr: uaddr): vm_area_struct | null {
  let vma: vm_area_struct | null;
  let start: uaddr;

  addr &= PAGE_MASK;
  vma = find_vma(mm, addr);
  if (!vma)
    return null;
  if (vma.vm_start <= addr)
    return vma;
  if (!(vma.vm_flags & VM_GROWSDOWN))
    return null;
  start = vma.vm_start;
  if (expand_stack(vma, addr))
    return null;
  if (vma.vm_flags & VM_LOCKED)
    populate_vma_page_range(vma, addr, start, null);
  return vma;
}

/** @locks requires mmap_lock(read) */
function remove_vma_list(mm: mm_struct, vma: vm_area_struct | null): void {
  let nr_accounted: unsigned_long = 0;

  update_hiwater_vm(mm);
  do {
    const nrpages: long = vma_pages(vma);

    if (vma.vm_flags & VM_ACCOUNT)
      nr_accounted += nrpages;
    vm_stat_account(mm, vma.vm_flags, -nrpages);
    vma = remove_vma(vma);
  } while (vma);
  vm_unacct_memory(nr_accounted);
  validate_mm(mm);
}

/** The vmas are off the list already: next is what follows the hole.
 *  @locks requires mmap_lock(read) */
function unmap_region(mm: mm_struct, vma: vm_area_struct, prev: vm_area_struct | null, start: uaddr, end: uaddr): void {
  const next: vm_area_struct | null = vma_next(mm, prev);
  const tlb = Init(mmu_gather, {});

  lru_add_drain();
  tlb_gather_mmu(tlb, mm);
  update_hiwater_rss(mm);
  unmap_vmas(tlb, vma, start, end);
  free_pgtables(tlb, vma, prev ? prev.vm_end : FIRST_USER_ADDRESS,
    next ? next.vm_start : USER_PGTABLES_CEILING);
  tlb_finish_mmu(tlb);
}

/** @locks requires mmap_lock(write) */
function detach_vmas_to_be_unmapped(mm: mm_struct, vma: vm_area_struct | null, prev: vm_area_struct | null, end: uaddr): boolean {
  let tail_vma: vm_area_struct | null = null;

  reduced('the link to set is named where C keeps its address; mm_rb is the list of vmas');
  vma.vm_prev = null;
  do {
    vma_rb_erase(vma);
    mm.map_count--;
    tail_vma = vma;
    vma = vma.vm_next;
  } while (vma && vma.vm_start < end);
  /* the insertion point */
  if (prev) prev.vm_next = vma; else mm.mmap = vma;
  if (vma) {
    vma.vm_prev = prev;
    vma_gap_update(vma);
  } else
    notModelled('highest_vm_end');
  tail_vma.vm_next = null;

  notModelled('vmacache: a cache of the answers of find_vma');

  if (vma && (vma.vm_flags & VM_GROWSDOWN))
    return false;
  if (prev && (prev.vm_flags & VM_GROWSUP))
    return false;
  return true;
}

/** @locks requires mmap_lock(write) */
export function __split_vma(_mm: mm_struct, vma: vm_area_struct, addr: uaddr, new_below: int): int {
  let new_: vm_area_struct | null;
  let err: int;

  if (vma.vm_ops && vma.vm_ops.may_split) {
    err = vma.vm_ops.may_split(vma, addr);
    if (err)
      return err;
  }

  new_ = vm_area_dup(vma);
  if (!new_)
    return -ENOMEM;

  if (new_below)
    new_.vm_end = addr;
  else {
    new_.vm_start = addr;
    new_.vm_pgoff += (addr - vma.vm_start) >>> PAGE_SHIFT;
  }

  out_free_vma: { out_free_mpol: {
    err = vma_dup_policy(vma, new_);
    if (err)
      break out_free_vma;

    err = anon_vma_clone(new_, vma);
    if (err)
      break out_free_mpol;

    if (new_.vm_file) unreachable('file mappings');

    if (new_.vm_ops && new_.vm_ops.open)
      new_.vm_ops.open(new_);

    if (new_below)
      err = vma_adjust(vma, addr, vma.vm_end, vma.vm_pgoff +
        ((addr - new_.vm_start) >>> PAGE_SHIFT), new_);
    else
      err = vma_adjust(vma, vma.vm_start, addr, vma.vm_pgoff, new_);

    if (!err)
      return 0;

    if (new_.vm_ops && new_.vm_ops.close)
      new_.vm_ops.close(new_);
    if (new_.vm_file) unreachable('file mappings');
    unlink_anon_vmas(new_);
  }
  /* out_free_mpol: */
  mpol_put(vma_policy(new_));
  }
  /* out_free_vma: */
  vm_area_free(new_);
  return err;
}

/** @locks requires mmap_lock(write) */
export function split_vma(mm: mm_struct, vma: vm_area_struct, addr: uaddr, new_below: int): int {
  if (mm.map_count >= sysctl_max_map_count)
    return -ENOMEM;

  return __split_vma(mm, vma, addr, new_below);
}

/** @locks requires mmap_lock(write) */
function unlock_range(start: vm_area_struct, limit: uaddr): void {
  const mm: mm_struct = start.vm_mm;
  let tmp: vm_area_struct | null = start;

  while (tmp && tmp.vm_start < limit) {
    if (tmp.vm_flags & VM_LOCKED) {
      mm.locked_vm -= vma_pages(tmp);
      munlock_vma_pages_all(tmp);
    }

    tmp = tmp.vm_next;
  }
}

/** 1 when the lock was downgraded.
 *  @locks requires mmap_lock(write); returns with mmap_lock(read) when 1 */
export function __do_munmap(mm: mm_struct, start: uaddr, len: size_t, uf: list_head | null, downgrade: boolean): int {
  let end: uaddr;
  let vma: vm_area_struct | null, prev: vm_area_struct | null, last: vm_area_struct | null;

  if (offset_in_page(start) || start > TASK_SIZE || len > TASK_SIZE - start)
    return -EINVAL;

  len = PAGE_ALIGN(len);
  end = start + len;
  if (len === 0)
    return -EINVAL;

  notModelled('arch_unmap: nothing to do on x86');
  vma = find_vma_intersection(mm, start, end);
  if (!vma)
    return 0;
  prev = vma.vm_prev;

  if (start > vma.vm_start) {
    let error: int;

    if (end < vma.vm_end && mm.map_count >= sysctl_max_map_count)
      return -ENOMEM;

    error = __split_vma(mm, vma, start, 0);
    if (error)
      return error;
    prev = vma;
  }

  last = find_vma(mm, end);
  if (last && end > last.vm_start) {
    const error: int = __split_vma(mm, last, end, 1);
    if (error)
      return error;
  }
  vma = vma_next(mm, prev);

  if (uf) {
    const error: int = userfaultfd_unmap_prep(vma, start, end, uf);
    if (error)
      return error;
  }

  if (mm.locked_vm)
    unlock_range(vma, end);

  if (!detach_vmas_to_be_unmapped(mm, vma, prev, end))
    downgrade = false;

  if (downgrade)
    mmap_write_downgrade(mm);

  unmap_region(mm, vma, prev, start, end);

  remove_vma_list(mm, vma);

  return downgrade ? 1 : 0;
}

/** @locks requires mmap_lock(write) */
export function do_munmap(mm: mm_struct, start: uaddr, len: size_t, uf: list_head | null): int {
  return __do_munmap(mm, start, len, uf, false);
}

/** @locks takes mmap_lock(write), with downgrade drops to read before the pages go */
export function __vm_munmap(start: uaddr, len: size_t, downgrade: boolean): int {
  let ret: int;
  const mm: mm_struct = current().mm;
  const uf: list_head = LIST_HEAD();

  if (mmap_write_lock_killable(mm))
    return -EINTR;

  ret = __do_munmap(mm, start, len, uf, downgrade);
  if (ret === 1) {
    mmap_read_unlock(mm);
    ret = 0;
  } else
    mmap_write_unlock(mm);

  userfaultfd_unmap_complete(mm, uf);
  return ret;
}

export function vm_munmap(start: uaddr, len: size_t): int {
  return __vm_munmap(start, len, false);
}

/** Nobody uses the mm any more: mm_users is 0, so no lock is taken. */
export function exit_mmap(mm: mm_struct): void {
  const tlb = Init(mmu_gather, {});
  let vma: vm_area_struct | null;
  let nr_accounted: unsigned_long = 0;

  mmu_notifier_release(mm);

  if (mm_is_oom_victim(mm)) unreachable('OOM');

  if (mm.locked_vm)
    unlock_range(mm.mmap, ULONG_MAX);

  notModelled('arch_exit_mmap: paravirt');

  vma = mm.mmap;
  if (!vma)
    return;

  lru_add_drain();
  tlb_gather_mmu_fullmm(tlb, mm);
  unmap_vmas(tlb, vma, 0, ULONG_MAX);
  free_pgtables(tlb, vma, FIRST_USER_ADDRESS, USER_PGTABLES_CEILING);
  tlb_finish_mmu(tlb);

  while (vma) {
    if (vma.vm_flags & VM_ACCOUNT)
      nr_accounted += vma_pages(vma);
    vma = remove_vma(vma);
    cond_resched();
  }
  vm_unacct_memory(nr_accounted);
}

/** @locks requires mmap_lock(write) */
export function insert_vm_struct(mm: mm_struct, vma: vm_area_struct): int {
  const prev: Ref<vm_area_struct | null> = { v: null };

  if (find_vma_links(mm, vma.vm_start, vma.vm_end, prev))
    return -ENOMEM;
  if ((vma.vm_flags & VM_ACCOUNT) &&
      security_vm_enough_memory_mm(mm, vma_pages(vma)))
    return -ENOMEM;

  if (vma_is_anonymous(vma)) {
    BUG_ON(vma.anon_vma);
    vma.vm_pgoff = vma.vm_start >>> PAGE_SHIFT;
  }

  vma_link(mm, vma, prev.v);
  return 0;
}

/** The vma that the pages of *vmap will move to; *vmap is another one when it was merged with it.
 *  @locks requires mmap_lock(write) */
export function copy_vma(vmap: Ref<vm_area_struct>, addr: uaddr, len: unsigned_long, pgoff: pgoff_t,
  need_rmap_locks: Ref<boolean>): vm_area_struct | null {
  let vma: vm_area_struct = vmap.v;
  const vma_start: uaddr = vma.vm_start;
  const mm: mm_struct = vma.vm_mm;
  let new_vma: vm_area_struct | null;
  const prev: Ref<vm_area_struct | null> = { v: null };
  let faulted_in_anon_vma: boolean = true;

  // Nothing is mapped yet that the offset could be about: the new one merges more easily.
  if (vma_is_anonymous(vma) && !vma.anon_vma) {
    pgoff = addr >>> PAGE_SHIFT;
    faulted_in_anon_vma = false;
  }

  out: { out_free_vma: { out_free_mempol: {
    if (find_vma_links(mm, addr, addr + len, prev))
      return null;
    new_vma = vma_merge(mm, prev.v, addr, addr + len, vma.vm_flags,
      vma.anon_vma, vma.vm_file, pgoff, vma_policy(vma),
      vma.vm_userfaultfd_ctx);
    if (new_vma) {
      // Merged with itself: only where no page was there, which could have kept it apart.
      if (vma_start >= new_vma.vm_start &&
          vma_start < new_vma.vm_end) {
        VM_BUG_ON_VMA(faulted_in_anon_vma, new_vma);
        vmap.v = vma = new_vma;
      }
      need_rmap_locks.v = (new_vma.vm_pgoff <= vma.vm_pgoff);
    } else {
      new_vma = vm_area_dup(vma);
      if (!new_vma)
        break out;
      new_vma.vm_start = addr;
      new_vma.vm_end = addr + len;
      new_vma.vm_pgoff = pgoff;
      if (vma_dup_policy(vma, new_vma))
        break out_free_vma;
      if (anon_vma_clone(new_vma, vma))
        break out_free_mempol;
      if (new_vma.vm_file) unreachable('file mappings');
      if (new_vma.vm_ops && new_vma.vm_ops.open)
        new_vma.vm_ops.open(new_vma);
      vma_link(mm, new_vma, prev.v);
      need_rmap_locks.v = false;
    }
    return new_vma;
  }
  /* out_free_mempol: */
  mpol_put(vma_policy(new_vma));
  }
  /* out_free_vma: */
  vm_area_free(new_vma);
  }
  /* out: */
  return null;
}

export function may_expand_vm(mm: mm_struct, flags: vm_flags_t, npages: unsigned_long): boolean {
  if (mm.total_vm + npages > rlimit(RLIMIT_AS) >>> PAGE_SHIFT)
    return false;

  if (is_data_mapping(flags) &&
      mm.data_vm + npages > rlimit(RLIMIT_DATA) >>> PAGE_SHIFT) {
    if (rlimit(RLIMIT_DATA) === 0 &&
        mm.data_vm + npages <= rlimit_max(RLIMIT_DATA) >>> PAGE_SHIFT)
      return true;

    reduced('no message, and ignore_rlimit_data is off');
    return false;
  }

  return true;
}

export function vm_stat_account(mm: mm_struct, flags: vm_flags_t, npages: long): void {
  mm.total_vm += npages;

  if (is_exec_mapping(flags))
    mm.exec_vm += npages;
  else if (is_stack_mapping(flags))
    mm.stack_vm += npages;
  else if (is_data_mapping(flags))
    mm.data_vm += npages;
}

const mm_all_locks_mutex = per_machine(() => new mutex('mm_all_locks_mutex'), 'mm_all_locks_mutex');

/** Several anon_vmas of an mm may have one root. */
function vm_lock_anon_vma(_mm: mm_struct, anon_vma: anon_vma): void {
  reduced('who holds the lock says what C marks in the root of the tree');
  if (anon_vma.root.rwsem.writer !== current()) {
    down_write(anon_vma.root.rwsem);
  }
}

/** @locks requires mmap_lock(write); returns with anon_vma root(write) of all vmas when 0 */
export function mm_take_all_locks(mm: mm_struct): int {
  let vma: vm_area_struct | null;
  let avc: anon_vma_chain | null;

  BUG_ON(mmap_read_trylock(mm));

  out_unlock: {
    mutex_lock(mm_all_locks_mutex());

    for (vma = mm.mmap; vma; vma = vma.vm_next) {
      if (signal_pending(current()))
        break out_unlock;
      if (vma.vm_file && vma.vm_file.f_mapping &&
          is_vm_hugetlb_page(vma)) unreachable('hugetlb');
    }

    for (vma = mm.mmap; vma; vma = vma.vm_next) {
      if (signal_pending(current()))
        break out_unlock;
      if (vma.vm_file && vma.vm_file.f_mapping &&
          !is_vm_hugetlb_page(vma)) unreachable('file mappings');
    }

    for (vma = mm.mmap; vma; vma = vma.vm_next) {
      if (signal_pending(current()))
        break out_unlock;
      if (vma.anon_vma)
        for (avc = list_for_each_entry(vma.anon_vma_chain); avc; avc = Next(avc.same_vma))
          vm_lock_anon_vma(mm, avc.anon_vma);
    }

    return 0;
  }
  mm_drop_all_locks(mm);
  return -EINTR;
}

function vm_unlock_anon_vma(anon_vma: anon_vma): void {
  reduced('who holds the root says what C keeps in the low bit of the tree');
  if (anon_vma.root.rwsem.writer === current()) {
    anon_vma_unlock_write(anon_vma);
  }
}

/** @locks requires mmap_lock(write); releases anon_vma root(write) of all vmas */
export function mm_drop_all_locks(mm: mm_struct): void {
  let vma: vm_area_struct | null;
  let avc: anon_vma_chain | null;

  BUG_ON(mmap_read_trylock(mm));
  BUG_ON(!mutex_is_locked(mm_all_locks_mutex()));

  for (vma = mm.mmap; vma; vma = vma.vm_next) {
    if (vma.anon_vma)
      for (avc = list_for_each_entry(vma.anon_vma_chain); avc; avc = Next(avc.same_vma))
        vm_unlock_anon_vma(avc.anon_vma);
    if (vma.vm_file && vma.vm_file.f_mapping) unreachable('file mappings');
  }

  mutex_unlock(mm_all_locks_mutex());
}
