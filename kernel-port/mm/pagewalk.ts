// SPDX-License-Identifier: GPL-2.0-only
// Walks the page tables of a range of addresses and calls back for each entry or hole.
// The machine has no hugepd and no hugetlb tables. Left out: walk_page_mapping (files).

import {
  Pmd, is_hugepd, p4d_addr_end, p4d_offset, pgd_addr_end, pgd_offset, pmd_addr_end, pmd_leaf, pmd_none, pmd_offset,
  pmd_present, pmd_next, pte_next, pte_offset_map, pte_unmap, pud_addr_end, pud_leaf, pud_none, pud_offset,
  pud_present, P4D_SHIFT, PAGE_SIZE, PGDIR_SHIFT, PMD_SHIFT, PTRS_PER_P4D, PTRS_PER_PMD, PTRS_PER_PUD, PUD_SHIFT,
  __hugepd, p4d_val, pgd_val, pmd_val, pud_val, type p4d_cell, type pgd_cell, type pmd_cell, type pte_cell,
  type pud_cell,
} from '../arch/model/pgtable.ts';
import { EINVAL } from '../include/linux/errno.ts';
import { split_huge_pmd, split_huge_pud } from '../include/linux/huge_mm.ts';
import { is_vm_hugetlb_page } from '../include/linux/hugetlb.ts';
import { min } from '../include/linux/kernel.ts';
import { VM_PFNMAP, pte_offset_map_lock, pte_unmap_unlock } from '../include/linux/mm.ts';
import type { mm_struct, vm_area_struct } from '../include/linux/mm_types.ts';
import { mmap_assert_locked } from '../include/linux/mmap_lock.ts';
import { ACTION_AGAIN, ACTION_CONTINUE, ACTION_SUBTREE, mm_walk, type mm_walk_ops } from '../include/linux/pagewalk.ts';
import { p4d_none_or_clear_bad, pgd_none_or_clear_bad, pmd_trans_unstable } from '../include/linux/pgtable.ts';
import type { spinlock_t } from '../include/linux/spinlock.ts';
import { Init, type Ref, type int, type uaddr } from '../include/linux/types.ts';
import { find_vma } from './mmap.ts';

/** A hole in a folded level is a hole of the level above. */
function real_depth(depth: int): int {
  if (depth === 3 && PTRS_PER_PMD === 1)
    depth = 2;
  if (depth === 2 && PTRS_PER_PUD === 1)
    depth = 1;
  if (depth === 1 && PTRS_PER_P4D === 1)
    depth = 0;
  return depth;
}

function walk_pte_range_inner<P>(pte: pte_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  const ops: mm_walk_ops<P> = walk.ops;
  let err: int = 0;

  for (;;) {
    err = ops.pte_entry(pte, addr, addr + PAGE_SIZE, walk);
    if (err)
      break;
    if (addr >= end - PAGE_SIZE)
      break;
    addr += PAGE_SIZE;
    pte = pte_next(pte);
  }
  return err;
}

/** @locks takes ptl for the callbacks, unless the walk ignores vmas */
function walk_pte_range<P>(pmd: pmd_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let pte: pte_cell;
  let err: int = 0;
  const ptl: Ref<spinlock_t> = { v: null };

  if (walk.no_vma) {
    pte = pte_offset_map(pmd, addr);
    err = walk_pte_range_inner(pte, addr, end, walk);
    pte_unmap(pte);
  } else {
    pte = pte_offset_map_lock(walk.mm, pmd, addr, ptl);
    err = walk_pte_range_inner(pte, addr, end, walk);
    pte_unmap_unlock(pte, ptl.v);
  }

  return err;
}

/** ARCH_HAS_HUGEPD=n */
function walk_hugepd_range<P>(phpd: pmd_cell | pgd_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>, pdshift: int): int {
  return 0;
}

function walk_pmd_range<P>(pud: pud_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let pmd: pmd_cell;
  let next: uaddr;
  const ops: mm_walk_ops<P> = walk.ops;
  let err: int = 0;
  const depth: int = real_depth(3);

  pmd = pmd_offset(pud, addr);
  // The inner loop is the label; C's break and continue mean the outer one.
  each: do {
    again: for (;;) {
      next = pmd_addr_end(addr, end);
      if (pmd_none(Pmd(pmd)) || (!walk.vma && !walk.no_vma)) {
        if (ops.pte_hole)
          err = ops.pte_hole(addr, next, depth, walk);
        if (err)
          break each;
        continue each;
      }

      walk.action = ACTION_SUBTREE;

      if (ops.pmd_entry)
        err = ops.pmd_entry(pmd, addr, next, walk);
      if (err)
        break each;

      if (walk.action === ACTION_AGAIN)
        continue again;

      if ((!walk.vma && (pmd_leaf(Pmd(pmd)) || !pmd_present(Pmd(pmd)))) ||
          walk.action === ACTION_CONTINUE ||
          !(ops.pte_entry))
        continue each;

      if (walk.vma) {
        split_huge_pmd(walk.vma, pmd, addr);
        if (pmd_trans_unstable(pmd))
          continue again;
      }

      if (is_hugepd(__hugepd(pmd_val(Pmd(pmd)))))
        err = walk_hugepd_range(pmd, addr, next, walk, PMD_SHIFT);
      else
        err = walk_pte_range(pmd, addr, next, walk);
      if (err)
        break each;
      break;
    }
  } while (pmd = pmd_next(pmd), addr = next, addr !== end);

  return err;
}

function walk_pud_range<P>(p4d: p4d_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let pud: pud_cell;
  let next: uaddr;
  const ops: mm_walk_ops<P> = walk.ops;
  let err: int = 0;
  const depth: int = real_depth(2);

  pud = pud_offset(p4d, addr);
  // The entry is the only one of its folded level, so there is no next one to step to.
  each: do {
    again: for (;;) {
      next = pud_addr_end(addr, end);
      if (pud_none(pud) || (!walk.vma && !walk.no_vma)) {
        if (ops.pte_hole)
          err = ops.pte_hole(addr, next, depth, walk);
        if (err)
          break each;
        continue each;
      }

      walk.action = ACTION_SUBTREE;

      if (ops.pud_entry)
        err = ops.pud_entry(pud, addr, next, walk);
      if (err)
        break each;

      if (walk.action === ACTION_AGAIN)
        continue again;

      if ((!walk.vma && (pud_leaf(pud) || !pud_present(pud))) ||
          walk.action === ACTION_CONTINUE ||
          !(ops.pmd_entry || ops.pte_entry))
        continue each;

      if (walk.vma)
        split_huge_pud(walk.vma, pud, addr);
      if (pud_none(pud))
        continue again;

      if (is_hugepd(__hugepd(pud_val(pud))))
        err = walk_hugepd_range(pud, addr, next, walk, PUD_SHIFT);
      else
        err = walk_pmd_range(pud, addr, next, walk);
      if (err)
        break each;
      break;
    }
  } while (addr = next, addr !== end);

  return err;
}

function walk_p4d_range<P>(pgd: pgd_cell, addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let p4d: p4d_cell;
  let next: uaddr;
  const ops: mm_walk_ops<P> = walk.ops;
  let err: int = 0;
  const depth: int = real_depth(1);

  p4d = p4d_offset(pgd, addr);
  do {
    next = p4d_addr_end(addr, end);
    if (p4d_none_or_clear_bad(p4d)) {
      if (ops.pte_hole)
        err = ops.pte_hole(addr, next, depth, walk);
      if (err)
        break;
      continue;
    }
    if (ops.p4d_entry) {
      err = ops.p4d_entry(p4d, addr, next, walk);
      if (err)
        break;
    }
    if (is_hugepd(__hugepd(p4d_val(p4d))))
      err = walk_hugepd_range(p4d, addr, next, walk, P4D_SHIFT);
    else if (ops.pud_entry || ops.pmd_entry || ops.pte_entry)
      err = walk_pud_range(p4d, addr, next, walk);
    if (err)
      break;
  } while (addr = next, addr !== end);

  return err;
}

function walk_pgd_range<P>(addr: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let pgd: pgd_cell;
  let next: uaddr;
  const ops: mm_walk_ops<P> = walk.ops;
  let err: int = 0;

  if (walk.pgd)
    pgd = walk.pgd;
  else
    pgd = pgd_offset(walk.mm, addr);
  do {
    next = pgd_addr_end(addr, end);
    if (pgd_none_or_clear_bad(pgd)) {
      if (ops.pte_hole)
        err = ops.pte_hole(addr, next, 0, walk);
      if (err)
        break;
      continue;
    }
    if (ops.pgd_entry) {
      err = ops.pgd_entry(pgd, addr, next, walk);
      if (err)
        break;
    }
    if (is_hugepd(__hugepd(pgd_val(pgd))))
      err = walk_hugepd_range(pgd, addr, next, walk, PGDIR_SHIFT);
    else if (ops.p4d_entry || ops.pud_entry || ops.pmd_entry || ops.pte_entry)
      err = walk_p4d_range(pgd, addr, next, walk);
    if (err)
      break;
  } while (addr = next, addr !== end);

  return err;
}

/** HUGETLB_PAGE=n */
function walk_hugetlb_range<P>(start: uaddr, end: uaddr, walk: mm_walk<P>): int {
  return 0;
}

function walk_page_test<P>(start: uaddr, end: uaddr, walk: mm_walk<P>): int {
  const vma: vm_area_struct = walk.vma;
  const ops: mm_walk_ops<P> = walk.ops;

  if (ops.test_walk)
    return ops.test_walk(start, end, walk);

  // Behind VM_PFNMAP there are no struct pages: to the walk it is one hole.
  if (vma.vm_flags & VM_PFNMAP) {
    let err: int = 1;
    if (ops.pte_hole)
      err = ops.pte_hole(start, end, -1, walk);
    return err ? err : 1;
  }
  return 0;
}

function __walk_page_range<P>(start: uaddr, end: uaddr, walk: mm_walk<P>): int {
  let err: int = 0;
  const vma: vm_area_struct | null = walk.vma;
  const ops: mm_walk_ops<P> = walk.ops;

  if (vma && ops.pre_vma) {
    err = ops.pre_vma(start, end, walk);
    if (err)
      return err;
  }

  if (vma && is_vm_hugetlb_page(vma)) {
    if (ops.hugetlb_entry)
      err = walk_hugetlb_range(start, end, walk);
  } else
    err = walk_pgd_range(start, end, walk);

  if (vma && ops.post_vma)
    ops.post_vma(walk);

  return err;
}

/** @locks requires mmap_lock(read) */
export function walk_page_range<P>(mm: mm_struct, start: uaddr, end: uaddr, ops: mm_walk_ops<P>, private_: P): int {
  let err: int = 0;
  let next: uaddr;
  let vma: vm_area_struct | null;
  const walk = Init(mm_walk<P>, {
    ops: ops,
    mm: mm,
    private: private_,
  });

  if (start >= end)
    return -EINVAL;

  if (!walk.mm)
    return -EINVAL;

  mmap_assert_locked(walk.mm);

  vma = find_vma(walk.mm, start);
  do {
    if (!vma) {
      walk.vma = null;
      next = end;
    } else if (start < vma.vm_start) {
      walk.vma = null;
      next = min(end, vma.vm_start);
    } else {
      walk.vma = vma;
      next = min(end, vma.vm_end);
      vma = vma.vm_next;

      err = walk_page_test(start, next, walk);
      if (err > 0) {
        // A positive result steers the walk; the caller never sees it.
        err = 0;
        continue;
      }
      if (err < 0)
        break;
    }
    if (walk.vma || walk.ops.pte_hole)
      err = __walk_page_range(start, next, walk);
    if (err)
      break;
  } while (start = next, start < end);
  return err;
}

/** @locks requires mmap_lock(read); the callbacks run without ptl */
export function walk_page_range_novma<P>(mm: mm_struct, start: uaddr, end: uaddr, ops: mm_walk_ops<P>,
  pgd: pgd_cell | null, private_: P): int {
  const walk = Init(mm_walk<P>, {
    ops: ops,
    mm: mm,
    pgd: pgd,
    private: private_,
    no_vma: true,
  });

  if (start >= end || !walk.mm)
    return -EINVAL;

  mmap_assert_locked(walk.mm);

  return __walk_page_range(start, end, walk);
}

/** @locks requires mmap_lock(read) */
export function walk_page_vma<P>(vma: vm_area_struct, ops: mm_walk_ops<P>, private_: P): int {
  const walk = Init(mm_walk<P>, {
    ops: ops,
    mm: vma.vm_mm,
    vma: vma,
    private: private_,
  });
  let err: int;

  if (!walk.mm)
    return -EINVAL;

  mmap_assert_locked(walk.mm);

  err = walk_page_test(vma.vm_start, vma.vm_end, walk);
  if (err > 0)
    return 0;
  if (err < 0)
    return err;
  return __walk_page_range(vma.vm_start, vma.vm_end, walk);
}
