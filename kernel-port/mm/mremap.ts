// SPDX-License-Identifier: GPL-2.0-only
// mm/mremap.c: a mapping grows, shrinks or moves, and the entries of its page tables with it, of
// whatever kind they are. A whole table of ptes moves by its pmd; puds are folded. Huge pages are one
// line behind their conditions.

import { current } from '../arch/model/machine.ts';
import { notModelled, reduced, unreachable } from '../arch/model/marks.ts';
import {
  PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, PMD_MASK, PMD_SIZE, PUD_MASK, PUD_SIZE, Pmd, Pte, TASK_SIZE, p4d_offset, pgd_offset,
  pmd_clear, pmd_devmap, pmd_next, pmd_none, pmd_offset, pmd_pgtable, pmd_populate, pmd_trans_huge, pte_lockptr,
  pte_mksoft_dirty, pte_next, pte_none, pte_offset_map, pte_present, pte_prev, pte_swp_mksoft_dirty, pte_unmap, ptep_get_and_clear,
  pud_devmap, pud_offset, pud_trans_huge, set_pte_at, type p4d_cell, type pgd_cell, type pmd_cell, type pmd_t,
  type pte_cell, type pud_cell,
} from '../arch/model/pgtable.ts';
import { flush_tlb_range } from '../arch/model/tlb.ts';
import { BUILD_BUG, WARN_ON_ONCE } from '../include/linux/bug.ts';
import { CAP_IPC_LOCK, capable } from '../include/linux/capability.ts';
import { ERR_PTR, IS_ERR, IS_ERR_VALUE, PTR_ERR, type ErrPtr } from '../include/linux/err.ts';
import { EAGAIN, EFAULT, EINTR, EINVAL, ENOMEM } from '../include/linux/errno.ts';
import { HPAGE_PMD_SIZE, HPAGE_PUD_SIZE, is_swap_pmd, move_huge_pmd, split_huge_pmd } from '../include/linux/huge_mm.ts';
import { is_vm_hugetlb_page } from '../include/linux/hugetlb.ts';
import { CONFIG_HAVE_MOVE_PMD, CONFIG_HAVE_MOVE_PUD, CONFIG_TRANSPARENT_HUGEPAGE } from '../include/linux/kconfig.ts';
import { ksm_madvise } from '../include/linux/ksm.ts';
import { LIST_HEAD, type list_head } from '../include/linux/list.ts';
import { SINGLE_DEPTH_NESTING } from '../include/linux/lockdep.ts';
import {
  PAGE_ALIGN, VM_ACCOUNT, VM_DONTEXPAND, VM_LOCKED, VM_LOCKED_CLEAR_MASK, VM_MAYSHARE, VM_PFNMAP, VM_SHARED, mm_populate,
  offset_in_page, p4d_alloc, pmd_alloc, pmd_lock, pmd_lockptr, pte_alloc, pte_offset_map_lock, pte_unmap_unlock,
  pud_alloc, sysctl_max_map_count, untagged_addr, vma_adjust, vma_lookup,
} from '../include/linux/mm.ts';
import { NULL_VM_UFFD_CTX, type mm_struct, type vm_area_struct, type vm_userfaultfd_ctx } from '../include/linux/mm_types.ts';
import {
  MADV_UNMERGEABLE, MAP_FIXED, MAP_SHARED, MREMAP_DONTUNMAP, MREMAP_FIXED, MREMAP_MAYMOVE, vm_acct_memory,
  vm_unacct_memory,
} from '../include/linux/mman.ts';
import { VM_BUG_ON } from '../include/linux/mmdebug.ts';
import { mmap_read_unlock, mmap_write_lock_killable, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import {
  MMU_NOTIFY_UNMAP, mmu_notifier_invalidate_range_end, mmu_notifier_invalidate_range_start, mmu_notifier_range,
  mmu_notifier_range_init,
} from '../include/linux/mmu_notifier.ts';
import {
  arch_enter_lazy_mmu_mode, arch_leave_lazy_mmu_mode, move_pte, p4d_none_or_clear_bad, pgd_none_or_clear_bad,
  pmd_trans_unstable, pud_none_or_clear_bad, untrack_pfn_moved,
} from '../include/linux/pgtable.ts';
import { pr_warn_once } from '../include/linux/printk.ts';
import { RLIMIT_MEMLOCK } from '../include/linux/resource.ts';
import { anon_vma_lock_write, anon_vma_unlock_write } from '../include/linux/rmap.ts';
import { cond_resched } from '../include/linux/sched.ts';
import { rlimit } from '../include/linux/sched/signal.ts';
import { security_vm_enough_memory_mm } from '../include/linux/security.ts';
import { spin_lock_nested, spin_unlock, type spinlock_t } from '../include/linux/spinlock.ts';
import { is_swap_pte } from '../include/linux/swapops.ts';
import {
  Init, type Ref, type int, type pgoff_t, type pte_t, type uaddr, type unsigned_long, type vm_flags_t,
} from '../include/linux/types.ts';
import {
  mremap_userfaultfd_complete, mremap_userfaultfd_prep, userfaultfd_unmap_complete,
} from '../include/linux/userfaultfd_k.ts';
import { flush_tlb_batched_pending } from './internal.ts';
import { __do_munmap, copy_vma, do_munmap, get_unmapped_area, may_expand_vm, vm_stat_account } from './mmap.ts';
import { unlink_anon_vmas } from './rmap.ts';

function get_old_pud(mm: mm_struct, addr: uaddr): pud_cell | null {
  let pgd: pgd_cell;
  let p4d: p4d_cell;
  let pud: pud_cell;

  pgd = pgd_offset(mm, addr);
  if (pgd_none_or_clear_bad(pgd))
    return null;

  p4d = p4d_offset(pgd, addr);
  if (p4d_none_or_clear_bad(p4d))
    return null;

  pud = pud_offset(p4d, addr);
  if (pud_none_or_clear_bad(pud))
    return null;

  return pud;
}

function get_old_pmd(mm: mm_struct, addr: uaddr): pmd_cell | null {
  let pud: pud_cell | null;
  let pmd: pmd_cell;

  pud = get_old_pud(mm, addr);
  if (!pud)
    return null;

  pmd = pmd_offset(pud, addr);
  if (pmd_none(Pmd(pmd)))
    return null;

  return pmd;
}

function alloc_new_pud(mm: mm_struct, vma: vm_area_struct, addr: uaddr): pud_cell | null {
  let pgd: pgd_cell;
  let p4d: p4d_cell | null;

  pgd = pgd_offset(mm, addr);
  p4d = p4d_alloc(mm, pgd, addr);
  if (!p4d)
    return null;

  return pud_alloc(mm, p4d, addr);
}

function alloc_new_pmd(mm: mm_struct, vma: vm_area_struct, addr: uaddr): pmd_cell | null {
  let pud: pud_cell | null;
  let pmd: pmd_cell | null;

  pud = alloc_new_pud(mm, vma, addr);
  if (!pud)
    return null;

  pmd = pmd_alloc(mm, pud, addr);
  if (!pmd)
    return null;

  VM_BUG_ON(pmd_trans_huge(Pmd(pmd)));

  return pmd;
}

/** @locks takes anon_vma root(write) */
function take_rmap_locks(vma: vm_area_struct): void {
  if (vma.vm_file) unreachable('file mappings');
  if (vma.anon_vma)
    anon_vma_lock_write(vma.anon_vma);
}

/** @locks releases anon_vma root(write) */
function drop_rmap_locks(vma: vm_area_struct): void {
  if (vma.anon_vma)
    anon_vma_unlock_write(vma.anon_vma);
  if (vma.vm_file) unreachable('file mappings');
}

function move_soft_dirty_pte(pte: pte_t): pte_t {
  if (pte_present(pte))
    pte = pte_mksoft_dirty(pte);
  else if (is_swap_pte(pte))
    pte = pte_swp_mksoft_dirty(pte);
  return pte;
}

/** Whoever walks the reverse map finds the old entry or the new one: by its locks, or because the new
 *  vma comes after the old one in its order.
 *  @locks requires mmap_lock(write); takes ptl of both, anon_vma root(write) when need_rmap_locks */
function move_ptes(vma: vm_area_struct, old_pmd: pmd_cell, old_addr: uaddr, old_end: uaddr, new_vma: vm_area_struct,
  new_pmd: pmd_cell, new_addr: uaddr, need_rmap_locks: boolean): void {
  const mm: mm_struct = vma.vm_mm;
  let old_pte: pte_cell, new_pte: pte_cell, pte: pte_t;
  const old_ptl: Ref<spinlock_t> = { v: null };
  let new_ptl: spinlock_t;
  let force_flush: boolean = false;
  const len: unsigned_long = old_end - old_addr;

  if (need_rmap_locks)
    take_rmap_locks(vma);

  // In any order: nobody else has two of this mm's tables while mmap_lock is held for writing.
  old_pte = pte_offset_map_lock(mm, old_pmd, old_addr, old_ptl);
  new_pte = pte_offset_map(new_pmd, new_addr);
  new_ptl = pte_lockptr(mm, new_pmd);
  if (new_ptl !== old_ptl.v)
    spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING);
  flush_tlb_batched_pending(vma.vm_mm);
  arch_enter_lazy_mmu_mode();

  for (; old_addr < old_end; old_pte = pte_next(old_pte), old_addr += PAGE_SIZE,
    new_pte = pte_next(new_pte), new_addr += PAGE_SIZE) {
    if (pte_none(Pte(old_pte)))
      continue;

    pte = ptep_get_and_clear(mm, old_addr, old_pte);
    // Flushed before either lock is dropped: until then the page must not go by its new entry.
    if (pte_present(pte))
      force_flush = true;
    pte = move_pte(pte, new_vma.vm_page_prot, old_addr, new_addr);
    pte = move_soft_dirty_pte(pte);
    set_pte_at(mm, new_addr, new_pte, pte);
  }

  arch_leave_lazy_mmu_mode();
  if (force_flush)
    flush_tlb_range(vma, old_end - len, old_end);
  if (new_ptl !== old_ptl.v)
    spin_unlock(new_ptl);
  pte_unmap(pte_prev(new_pte));
  pte_unmap_unlock(pte_prev(old_pte), old_ptl.v);
  if (need_rmap_locks)
    drop_rmap_locks(vma);
}

function arch_supports_page_table_move(): boolean {
  return CONFIG_HAVE_MOVE_PMD ||
    CONFIG_HAVE_MOVE_PUD;
}

/** @locks requires mmap_lock(write), anon_vma root(write); takes the pmd lock of both */
function move_normal_pmd(vma: vm_area_struct, old_addr: uaddr, new_addr: uaddr, old_pmd: pmd_cell, new_pmd: pmd_cell): boolean {
  let old_ptl: spinlock_t, new_ptl: spinlock_t;
  const mm: mm_struct = vma.vm_mm;
  let pmd: pmd_t;

  if (!arch_supports_page_table_move())
    return false;
  // free_pgtables has been there; only exec, which moves its stack down over itself, may find one.
  if (WARN_ON_ONCE(!pmd_none(Pmd(new_pmd))))
    return false;

  old_ptl = pmd_lock(vma.vm_mm, old_pmd);
  new_ptl = pmd_lockptr(mm, new_pmd);
  if (new_ptl !== old_ptl)
    spin_lock_nested(new_ptl, SINGLE_DEPTH_NESTING);

  pmd = Pmd(old_pmd);
  pmd_clear(old_pmd);

  VM_BUG_ON(!pmd_none(Pmd(new_pmd)));

  pmd_populate(mm, new_pmd, pmd_pgtable(pmd));
  flush_tlb_range(vma, old_addr, old_addr + PMD_SIZE);
  if (new_ptl !== old_ptl)
    spin_unlock(new_ptl);
  spin_unlock(old_ptl);

  return true;
}

function move_normal_pud(_vma: vm_area_struct, _old_addr: uaddr, _new_addr: uaddr, _old_pud: pud_cell, _new_pud: pud_cell): boolean {
  reduced('puds are folded');
  return false;
}

function move_huge_pud(_vma: vm_area_struct, _old_addr: uaddr, _new_addr: uaddr, _old_pud: pud_cell, _new_pud: pud_cell): boolean {
  unreachable('THP');
}

/** enum pgt_entry */
type pgt_entry = 0 | 1 | 2 | 3;
const NORMAL_PMD = 0;
const HPAGE_PMD = 1;
const NORMAL_PUD = 2;
const HPAGE_PUD = 3;

/** How far one entry of this kind goes on both sides. */
function get_extent(entry: pgt_entry, old_addr: uaddr, old_end: uaddr, new_addr: uaddr): unsigned_long {
  let next: uaddr, extent: unsigned_long, mask: unsigned_long, size: unsigned_long;

  switch (entry) {
  case HPAGE_PMD:
  case NORMAL_PMD:
    mask = PMD_MASK;
    size = PMD_SIZE;
    break;
  case HPAGE_PUD:
  case NORMAL_PUD:
    mask = PUD_MASK;
    size = PUD_SIZE;
    break;
  default:
    BUILD_BUG();
    break;
  }

  next = ((old_addr + size) & mask) >>> 0;
  extent = next - old_addr;
  if (extent > old_end - old_addr)
    extent = old_end - old_addr;
  next = ((new_addr + size) & mask) >>> 0;
  if (extent > next - new_addr)
    extent = next - new_addr;
  return extent;
}

/** @locks requires mmap_lock(write); takes anon_vma root(write) when need_rmap_locks */
function move_pgt_entry(entry: pgt_entry, vma: vm_area_struct, old_addr: uaddr, new_addr: uaddr,
  old_entry: pmd_cell | pud_cell, new_entry: pmd_cell | pud_cell, need_rmap_locks: boolean): boolean {
  let moved: boolean = false;

  if (need_rmap_locks)
    take_rmap_locks(vma);

  switch (entry) {
  case NORMAL_PMD:
    moved = move_normal_pmd(vma, old_addr, new_addr, old_entry as pmd_cell,
      new_entry as pmd_cell);
    break;
  case NORMAL_PUD:
    moved = move_normal_pud(vma, old_addr, new_addr, old_entry as pud_cell,
      new_entry as pud_cell);
    break;
  case HPAGE_PMD:
    moved = CONFIG_TRANSPARENT_HUGEPAGE &&
      move_huge_pmd(vma, old_addr, new_addr, old_entry as pmd_cell,
        new_entry as pmd_cell);
    break;
  case HPAGE_PUD:
    moved = CONFIG_TRANSPARENT_HUGEPAGE &&
      move_huge_pud(vma, old_addr, new_addr, old_entry as pud_cell,
        new_entry as pud_cell);
    break;

  default:
    WARN_ON_ONCE(1);
    break;
  }

  if (need_rmap_locks)
    drop_rmap_locks(vma);

  return moved;
}

/** How much was moved: less than len when a table could not be had.
 *  @locks requires mmap_lock(write) */
export function move_page_tables(vma: vm_area_struct, old_addr: uaddr, new_vma: vm_area_struct, new_addr: uaddr,
  len: unsigned_long, need_rmap_locks: boolean): unsigned_long {
  let extent: unsigned_long, old_end: uaddr;
  const range = Init(mmu_notifier_range, {});
  let old_pmd: pmd_cell | null, new_pmd: pmd_cell | null;
  let old_pud: pud_cell | null, new_pud: pud_cell | null;

  if (!len)
    return 0;

  old_end = old_addr + len;

  mmu_notifier_range_init(range, MMU_NOTIFY_UNMAP, 0, vma, vma.vm_mm,
    old_addr, old_end);
  mmu_notifier_invalidate_range_start(range);

  for (; old_addr < old_end; old_addr += extent, new_addr += extent) {
    cond_resched();
    extent = get_extent(NORMAL_PUD, old_addr, old_end, new_addr);

    old_pud = get_old_pud(vma.vm_mm, old_addr);
    if (!old_pud)
      continue;
    new_pud = alloc_new_pud(vma.vm_mm, vma, new_addr);
    if (!new_pud)
      break;
    if (pud_trans_huge(old_pud) || pud_devmap(old_pud)) {
      if (extent === HPAGE_PUD_SIZE) {
        move_pgt_entry(HPAGE_PUD, vma, old_addr, new_addr,
          old_pud, new_pud, need_rmap_locks);
        continue;
      }
    } else if (CONFIG_HAVE_MOVE_PUD && extent === PUD_SIZE) {

      if (move_pgt_entry(NORMAL_PUD, vma, old_addr, new_addr,
        old_pud, new_pud, true))
        continue;
    }

    extent = get_extent(NORMAL_PMD, old_addr, old_end, new_addr);
    old_pmd = get_old_pmd(vma.vm_mm, old_addr);
    if (!old_pmd)
      continue;
    new_pmd = alloc_new_pmd(vma.vm_mm, vma, new_addr);
    if (!new_pmd)
      break;
    if (is_swap_pmd(Pmd(old_pmd)) || pmd_trans_huge(Pmd(old_pmd)) ||
        pmd_devmap(Pmd(old_pmd))) {
      if (extent === HPAGE_PMD_SIZE &&
          move_pgt_entry(HPAGE_PMD, vma, old_addr, new_addr,
            old_pmd, new_pmd, need_rmap_locks))
        continue;
      split_huge_pmd(vma, old_pmd, old_addr);
      if (pmd_trans_unstable(old_pmd))
        continue;
    } else if (CONFIG_HAVE_MOVE_PMD &&
        extent === PMD_SIZE) {
      // A whole table at once.
      if (move_pgt_entry(NORMAL_PMD, vma, old_addr, new_addr,
        old_pmd, new_pmd, true))
        continue;
    }

    if (pte_alloc(new_vma.vm_mm, new_pmd))
      break;
    move_ptes(vma, old_pmd, old_addr, old_addr + extent, new_vma,
      new_pmd, new_addr, need_rmap_locks);
  }

  mmu_notifier_invalidate_range_end(range);

  return len + old_addr - old_end;
}

/** The new address, or an errno (IS_ERR_VALUE).
 *  @locks requires mmap_lock(write) */
function move_vma(vma: vm_area_struct, old_addr: uaddr, old_len: unsigned_long, new_len: unsigned_long, new_addr: uaddr,
  locked: Ref<boolean>, flags: unsigned_long, uf: Ref<vm_userfaultfd_ctx>, uf_unmap: list_head): unsigned_long {
  const mm: mm_struct = vma.vm_mm;
  let new_vma: vm_area_struct | null;
  const vm_flags: Ref<vm_flags_t> = { v: vma.vm_flags };
  let new_pgoff: pgoff_t;
  let moved_len: unsigned_long;
  let excess: unsigned_long = 0;
  let hiwater_vm: unsigned_long;
  let split: int = 0;
  let err: int = 0;
  const need_rmap_locks: Ref<boolean> = { v: false };
  const vmap: Ref<vm_area_struct> = { v: null };

  // do_munmap may split one vma in three: better refused now than in the middle.
  if (mm.map_count >= sysctl_max_map_count - 3)
    return -ENOMEM;

  if (vma.vm_ops && vma.vm_ops.may_split) {
    if (vma.vm_start !== old_addr)
      err = vma.vm_ops.may_split(vma, old_addr);
    if (!err && vma.vm_end !== old_addr + old_len)
      err = vma.vm_ops.may_split(vma, old_addr + old_len);
    if (err)
      return err;
  }

  err = ksm_madvise(vma, old_addr, old_addr + old_len,
    MADV_UNMERGEABLE, vm_flags);
  if (err)
    return err;

  if (flags & MREMAP_DONTUNMAP && vm_flags.v & VM_ACCOUNT) {
    if (security_vm_enough_memory_mm(mm, new_len >>> PAGE_SHIFT))
      return -ENOMEM;
  }

  new_pgoff = vma.vm_pgoff + ((old_addr - vma.vm_start) >>> PAGE_SHIFT);
  vmap.v = vma;
  new_vma = copy_vma(vmap, new_addr, new_len, new_pgoff,
    need_rmap_locks);
  vma = vmap.v;
  if (!new_vma) {
    if (flags & MREMAP_DONTUNMAP && vm_flags.v & VM_ACCOUNT)
      vm_unacct_memory(new_len >>> PAGE_SHIFT);
    return -ENOMEM;
  }

  moved_len = move_page_tables(vma, old_addr, new_vma, new_addr, old_len,
    need_rmap_locks.v);
  if (moved_len < old_len) {
    err = -ENOMEM;
  } else if (vma.vm_ops && vma.vm_ops.mremap) {
    err = vma.vm_ops.mremap(new_vma);
  }

  if (err) {
    // Back again, for which all tables are there; then the new area is unmapped and not the old one.
    move_page_tables(new_vma, new_addr, vma, old_addr, moved_len,
      true);
    vma = new_vma;
    old_len = new_len;
    old_addr = new_addr;
    new_addr = err as number;
  } else {
    mremap_userfaultfd_prep(new_vma, uf);
  }

  // What was charged for the old area is the new one's now: unmapping must not take it back.
  if (vm_flags.v & VM_ACCOUNT && !(flags & MREMAP_DONTUNMAP)) {
    vma.vm_flags &= ~VM_ACCOUNT;
    excess = vma.vm_end - vma.vm_start - old_len;
    if (old_addr > vma.vm_start &&
        old_addr + old_len < vma.vm_end)
      split = 1;
  }

  // total_vm is too high until do_munmap; its high-water mark is put back below.
  hiwater_vm = mm.hiwater_vm;
  vm_stat_account(mm, vma.vm_flags, new_len >>> PAGE_SHIFT);

  if (vma.vm_flags & VM_PFNMAP)
    untrack_pfn_moved(vma);

  if (!err && (flags & MREMAP_DONTUNMAP)) {
    vma.vm_flags &= VM_LOCKED_CLEAR_MASK;

    // No page is left that could ask for them.
    if (new_vma !== vma && vma.vm_start === old_addr &&
        vma.vm_end === (old_addr + old_len))
      unlink_anon_vmas(vma);

    return new_addr;
  }

  if (do_munmap(mm, old_addr, old_len, uf_unmap) < 0) {
    // It could not be split: at least the accounts are right.
    if (vm_flags.v & VM_ACCOUNT && !(flags & MREMAP_DONTUNMAP))
      vm_acct_memory(old_len >>> PAGE_SHIFT);
    excess = 0;
  }

  if (vm_flags.v & VM_LOCKED) {
    mm.locked_vm += new_len >>> PAGE_SHIFT;
    locked.v = true;
  }

  mm.hiwater_vm = hiwater_vm;

  // One or two pieces of the old vma are left.
  if (excess) {
    vma.vm_flags |= VM_ACCOUNT;
    if (split)
      vma.vm_next.vm_flags |= VM_ACCOUNT;
  }

  return new_addr;
}

/** @locks requires mmap_lock(write) */
function vma_to_resize(addr: uaddr, old_len: unsigned_long, new_len: unsigned_long, flags: unsigned_long,
  p: Ref<unsigned_long>): vm_area_struct | ErrPtr {
  const mm: mm_struct = current().mm;
  let vma: vm_area_struct | null;
  let pgoff: pgoff_t;

  vma = vma_lookup(mm, addr);
  if (!vma)
    return ERR_PTR(-EFAULT);

  // Length 0 makes a second mapping of what is shared; of what is private there is nothing to make.
  if (!old_len && !(vma.vm_flags & (VM_SHARED | VM_MAYSHARE))) {
    pr_warn_once('attempted to duplicate a private mapping with mremap\n');
    return ERR_PTR(-EINVAL);
  }

  if ((flags & MREMAP_DONTUNMAP) &&
      (vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP)))
    return ERR_PTR(-EINVAL);

  if (is_vm_hugetlb_page(vma))
    return ERR_PTR(-EINVAL);

  // Never across the end of a vma.
  if (old_len > vma.vm_end - addr)
    return ERR_PTR(-EFAULT);

  if (new_len === old_len)
    return vma;

  pgoff = (addr - vma.vm_start) >>> PAGE_SHIFT;
  pgoff += vma.vm_pgoff;
  if (pgoff + (new_len >>> PAGE_SHIFT) < pgoff)
    return ERR_PTR(-EINVAL);

  if (vma.vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
    return ERR_PTR(-EFAULT);

  if (vma.vm_flags & VM_LOCKED) {
    let locked: unsigned_long, lock_limit: unsigned_long;
    locked = mm.locked_vm << PAGE_SHIFT;
    lock_limit = rlimit(RLIMIT_MEMLOCK);
    locked += new_len - old_len;
    if (locked > lock_limit && !capable(CAP_IPC_LOCK))
      return ERR_PTR(-EAGAIN);
  }

  if (!may_expand_vm(mm, vma.vm_flags,
    (new_len - old_len) >>> PAGE_SHIFT))
    return ERR_PTR(-ENOMEM);

  if (vma.vm_flags & VM_ACCOUNT) {
    const charged: unsigned_long = (new_len - old_len) >>> PAGE_SHIFT;
    if (security_vm_enough_memory_mm(mm, charged))
      return ERR_PTR(-ENOMEM);
    p.v = charged;
  }

  return vma;
}

/** The new address, or an errno (IS_ERR_VALUE).
 *  @locks requires mmap_lock(write) */
function mremap_to(addr: uaddr, old_len: unsigned_long, new_addr: uaddr, new_len: unsigned_long, locked: Ref<boolean>,
  flags: unsigned_long, uf: Ref<vm_userfaultfd_ctx>, uf_unmap_early: list_head, uf_unmap: list_head): unsigned_long {
  const mm: mm_struct = current().mm;
  let vma: vm_area_struct | ErrPtr;
  let ret: unsigned_long = -EINVAL;
  const charged: Ref<unsigned_long> = { v: 0 };
  let map_flags: unsigned_long = 0;

  out: { out1: {
    if (offset_in_page(new_addr))
      break out;

    if (new_len > TASK_SIZE || new_addr > TASK_SIZE - new_len)
      break out;

    // The two must not overlap.
    if (addr + old_len > new_addr && new_addr + new_len > addr)
      break out;

    // Both ranges may be split in three by the unmapping; after it an -ENOMEM of move_vma would
    // leave the caller in the dark.
    if ((mm.map_count + 2) >= sysctl_max_map_count - 3)
      return -ENOMEM;

    if (flags & MREMAP_FIXED) {
      ret = do_munmap(mm, new_addr, new_len, uf_unmap_early);
      if (ret)
        break out;
    }

    if (old_len >= new_len) {
      ret = do_munmap(mm, addr + new_len, old_len - new_len, uf_unmap);
      if (ret && old_len !== new_len)
        break out;
      old_len = new_len;
    }

    vma = vma_to_resize(addr, old_len, new_len, flags, charged);
    if (IS_ERR(vma)) {
      ret = PTR_ERR(vma);
      break out;
    }

    // Both stay mapped.
    if (flags & MREMAP_DONTUNMAP &&
        !may_expand_vm(mm, vma.vm_flags, old_len >>> PAGE_SHIFT)) {
      ret = -ENOMEM;
      break out;
    }

    if (flags & MREMAP_FIXED)
      map_flags |= MAP_FIXED;

    if (vma.vm_flags & VM_MAYSHARE)
      map_flags |= MAP_SHARED;

    ret = get_unmapped_area(vma.vm_file, new_addr, new_len, vma.vm_pgoff +
      ((addr - vma.vm_start) >>> PAGE_SHIFT),
      map_flags);
    if (IS_ERR_VALUE(ret))
      break out1;

    if (!(flags & MREMAP_FIXED))
      new_addr = ret as number;

    ret = move_vma(vma, addr, old_len, new_len, new_addr, locked, flags, uf,
      uf_unmap);

    if (!(offset_in_page(ret)))
      break out;
  }
  /* out1: */
  vm_unacct_memory(charged.v);
  }
  /* out: */
  return ret;
}

/** @locks requires mmap_lock(write) */
function vma_expandable(vma: vm_area_struct, delta: unsigned_long): int {
  const end: uaddr = (vma.vm_end + delta) >>> 0;
  if (end < vma.vm_end)
    return 0;
  if (vma.vm_next && vma.vm_next.vm_start < end)
    return 0;
  if (get_unmapped_area(null, vma.vm_start, end - vma.vm_start,
    0, MAP_FIXED) & ~PAGE_MASK)
    return 0;
  return 1;
}

/** The system call: the address, or an errno (IS_ERR_VALUE).
 *  @locks takes and releases mmap_lock(write), dropped to read before pages go when it shrinks */
export function mremap(addr: uaddr, old_len: unsigned_long, new_len: unsigned_long, flags: unsigned_long, new_addr: uaddr): unsigned_long {
  const mm: mm_struct = current().mm;
  let vma: vm_area_struct | ErrPtr;
  let ret: unsigned_long = -EINVAL;
  const charged: Ref<unsigned_long> = { v: 0 };
  const locked: Ref<boolean> = { v: false };
  let downgraded: boolean = false;
  const uf: Ref<vm_userfaultfd_ctx> = { v: NULL_VM_UFFD_CTX };
  const uf_unmap_early: list_head = LIST_HEAD();
  const uf_unmap: list_head = LIST_HEAD();

  addr = untagged_addr(addr);

  if (flags & ~(MREMAP_FIXED | MREMAP_MAYMOVE | MREMAP_DONTUNMAP))
    return ret;

  if (flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE))
    return ret;

  // Always a move, and never another length.
  if (flags & MREMAP_DONTUNMAP &&
      (!(flags & MREMAP_MAYMOVE) || old_len !== new_len))
    return ret;


  if (offset_in_page(addr))
    return ret;

  old_len = PAGE_ALIGN(old_len);
  new_len = PAGE_ALIGN(new_len);

  if (!new_len)
    return ret;

  if (mmap_write_lock_killable(current().mm))
    return -EINTR;

  out: {
    if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {
      ret = mremap_to(addr, old_len, new_addr, new_len,
        locked, flags, uf, uf_unmap_early,
        uf_unmap);
      break out;
    }

    // It shrinks: the end is unmapped, by which all accounts are kept.
    if (old_len >= new_len) {
      let retval: int;

      retval = __do_munmap(mm, addr + new_len, old_len - new_len,
        uf_unmap, true);
      if (retval < 0 && old_len !== new_len) {
        ret = retval;
        break out;
      } else if (retval === 1)
        downgraded = true;
      ret = addr as number;
      break out;
    }

    vma = vma_to_resize(addr, old_len, new_len, flags, charged);
    if (IS_ERR(vma)) {
      ret = PTR_ERR(vma);
      break out;
    }

    // To the end of the vma: perhaps there is room behind it.
    if (old_len === vma.vm_end - addr) {
      if (vma_expandable(vma, new_len - old_len)) {
        const pages: int = (new_len - old_len) >>> PAGE_SHIFT;

        if (vma_adjust(vma, vma.vm_start, addr + new_len,
          vma.vm_pgoff, null)) {
          ret = -ENOMEM;
          break out;
        }

        vm_stat_account(mm, vma.vm_flags, pages);
        if (vma.vm_flags & VM_LOCKED) {
          mm.locked_vm += pages;
          locked.v = true;
          new_addr = addr;
        }
        ret = addr as number;
        break out;
      }
    }

    // A place of its own, if it may move.
    ret = -ENOMEM;
    if (flags & MREMAP_MAYMOVE) {
      let map_flags: unsigned_long = 0;
      if (vma.vm_flags & VM_MAYSHARE)
        map_flags |= MAP_SHARED;

      new_addr = get_unmapped_area(vma.vm_file, 0, new_len,
        vma.vm_pgoff +
        ((addr - vma.vm_start) >>> PAGE_SHIFT),
        map_flags);
      if (IS_ERR_VALUE(new_addr)) {
        ret = new_addr as number;
        break out;
      }

      ret = move_vma(vma, addr, old_len, new_len, new_addr,
        locked, flags, uf, uf_unmap);
    }
  }
  /* out: */
  if (offset_in_page(ret)) {
    vm_unacct_memory(charged.v);
    locked.v = false;
  }
  if (downgraded)
    mmap_read_unlock(current().mm);
  else
    mmap_write_unlock(current().mm);
  if (locked.v && new_len > old_len)
    mm_populate(new_addr + old_len, new_len - old_len);
  userfaultfd_unmap_complete(mm, uf_unmap_early);
  mremap_userfaultfd_complete(uf, addr, ret, old_len);
  userfaultfd_unmap_complete(mm, uf_unmap);
  return ret;
}
