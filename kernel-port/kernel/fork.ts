// SPDX-License-Identifier: GPL-2.0-only
// Making, copying and giving back an mm and its vmas. Of fork only the part that copies the
// address space is here; files, accounting of kernel stacks, signals and the rest are not.

import { flush_tlb_mm } from '../arch/model/tlb.ts';
import { current, per_machine, this_machine } from '../arch/model/machine.ts';
import { notModelled, reduced, unreachable } from '../arch/model/marks.ts';
import { pgd_alloc, pgd_free } from '../arch/model/pgtable.ts';
import { Clear, Copy } from '../arch/model/words.ts';
import { init_new_context, destroy_context } from '../include/asm-generic/mmu_context.ts';
import { exit_aio } from '../include/linux/aio.ts';
import { atomic_dec_and_test, atomic_long_read, atomic_read, atomic_set } from '../include/linux/atomic.ts';
import { WARN_ON_ONCE } from '../include/linux/bug.ts';
import { EINTR, ENOMEM } from '../include/linux/errno.ts';
import { GFP_KERNEL } from '../include/linux/gfp.ts';
import { mm_put_huge_zero_page } from '../include/linux/huge_mm.ts';
import { is_vm_hugetlb_page, hugetlb_count_init, reset_vma_resv_huge_pages } from '../include/linux/hugetlb.ts';
import { khugepaged_fork, khugepaged_exit } from '../include/linux/khugepaged.ts';
import { ksm_exit, ksm_fork } from '../include/linux/ksm.ts';
import { INIT_LIST_HEAD, LIST_HEAD, type list_head } from '../include/linux/list.ts';
import { SINGLE_DEPTH_NESTING } from '../include/linux/lockdep.ts';
import { mpol_put, vma_dup_policy, vma_policy } from '../include/linux/mempolicy.ts';
import {
  VM_ACCOUNT, VM_DONTCOPY, VM_INIT_DEF_MASK, VM_LOCKED, VM_LOCKONFAULT, VM_WIPEONFORK, get_mm_rss, mm_pgtables_bytes,
  mm_pgtables_bytes_init, vma_init, vma_pages,
} from '../include/linux/mm.ts';
import {
  NR_MM_COUNTERS, init_tlb_flush_pending, mm_init_cpumask, mm_struct, vm_area_struct,
} from '../include/linux/mm_types.ts';
import { mmap_init_lock, mmap_write_lock_killable, mmap_write_lock_nested, mmap_write_unlock } from '../include/linux/mmap_lock.ts';
import { VM_BUG_ON } from '../include/linux/mmdebug.ts';
import { vm_unacct_memory } from '../include/linux/mman.ts';
import { mmu_notifier_subscriptions_destroy, mmu_notifier_subscriptions_init } from '../include/linux/mmu_notifier.ts';
import { fatal_signal_pending, type task_struct } from '../include/linux/sched.ts';
import { MMF_INIT_MASK, default_dump_filter } from '../include/linux/sched/coredump.ts';
import { mmdrop, mmget } from '../include/linux/sched/mm.ts';
import { security_vm_enough_memory_mm } from '../include/linux/security.ts';
import { seqcount_init } from '../include/linux/seqlock.ts';
import { kmem_cache_alloc, kmem_cache_create, kmem_cache_free } from '../include/linux/slab.ts';
import { spin_lock_init } from '../include/linux/spinlock.ts';
import {
  uprobe_start_dup_mmap, uprobe_end_dup_mmap, uprobe_dup_mmap, uprobe_clear_state,
} from '../include/linux/uprobes.ts';
import { dup_userfaultfd, dup_userfaultfd_complete } from '../include/linux/userfaultfd_k.ts';
import { copy_page_range } from '../mm/memory.ts';
import { __vma_link_rb, exit_mmap, vm_stat_account } from '../mm/mmap.ts';
import { anon_vma_fork } from '../mm/rmap.ts';
import type { file } from '../include/linux/fs.ts';
import type { int, long, unsigned_long } from '../include/linux/types.ts';

export const CLONE_VM: unsigned_long = 0x00000100;

const vm_area_cachep = per_machine(() => kmem_cache_create('vm_area_struct', () => new vm_area_struct()), 'vm_area_cachep');
const mm_cachep = per_machine(() => kmem_cache_create('mm_struct', () => new mm_struct()), 'mm_cachep');

export function vm_area_alloc(mm: mm_struct): vm_area_struct | null {
  let vma: vm_area_struct | null;

  vma = kmem_cache_alloc(vm_area_cachep(), GFP_KERNEL);
  if (vma)
    vma_init(vma, mm);
  return vma;
}

export function vm_area_dup(orig: vm_area_struct): vm_area_struct | null {
  reduced('a structure assignment is one field after the other');
  const new_: vm_area_struct | null = kmem_cache_alloc(vm_area_cachep(), GFP_KERNEL);

  if (new_) {
    Copy(new_, orig);
    INIT_LIST_HEAD(new_.anon_vma_chain);
    new_.vm_next = new_.vm_prev = null;
  }
  return new_;
}

export function vm_area_free(vma: vm_area_struct): void {
  kmem_cache_free(vm_area_cachep(), vma);
}

/** The child's vmas and page tables, after the parent's.
 *  @locks takes mmap_lock(write) of both */
function dup_mmap(mm: mm_struct, oldmm: mm_struct): int {
  let mpnt: vm_area_struct | null, tmp: vm_area_struct | null, prev: vm_area_struct | null;
  let retval: int;
  let charge: unsigned_long = 0;
  const uf: list_head = LIST_HEAD();

  uprobe_start_dup_mmap();
  fail_uprobe_end: {
    if (mmap_write_lock_killable(oldmm)) {
      retval = -EINTR;
      break fail_uprobe_end;
    }
    uprobe_dup_mmap(oldmm, mm);
    mmap_write_lock_nested(mm, SINGLE_DEPTH_NESTING);

    reduced('no executable file');

    mm.total_vm = oldmm.total_vm;
    mm.data_vm = oldmm.data_vm;
    mm.exec_vm = oldmm.exec_vm;
    mm.stack_vm = oldmm.stack_vm;

    out: { fail_nomem: { fail_nomem_policy: { fail_nomem_anon_vma_fork: {
      retval = ksm_fork(mm, oldmm);
      if (retval)
        break out;
      retval = khugepaged_fork(mm, oldmm);
      if (retval)
        break out;

      prev = null;
      for (mpnt = oldmm.mmap; mpnt; mpnt = mpnt.vm_next) {
        let file: file | null;

        if (mpnt.vm_flags & VM_DONTCOPY) {
          vm_stat_account(mm, mpnt.vm_flags, -vma_pages(mpnt));
          continue;
        }
        charge = 0;
        if (fatal_signal_pending(current())) {
          retval = -EINTR;
          break out;
        }
        if (mpnt.vm_flags & VM_ACCOUNT) {
          const len: unsigned_long = vma_pages(mpnt);

          if (security_vm_enough_memory_mm(oldmm, len))
            break fail_nomem;
          charge = len;
        }
        tmp = vm_area_dup(mpnt);
        if (!tmp)
          break fail_nomem;
        retval = vma_dup_policy(mpnt, tmp);
        if (retval)
          break fail_nomem_policy;
        tmp.vm_mm = mm;
        retval = dup_userfaultfd(tmp, uf);
        if (retval)
          break fail_nomem_anon_vma_fork;
        if (tmp.vm_flags & VM_WIPEONFORK) {
          tmp.anon_vma = null;
        } else if (anon_vma_fork(tmp, mpnt))
          break fail_nomem_anon_vma_fork;
        tmp.vm_flags &= ~(VM_LOCKED | VM_LOCKONFAULT);
        file = tmp.vm_file;
        if (file) unreachable('file mappings');

        if (is_vm_hugetlb_page(tmp))
          reset_vma_resv_huge_pages(tmp);

        /* where the list ends */
        if (prev) prev.vm_next = tmp; else mm.mmap = tmp;
        tmp.vm_prev = prev;
        prev = tmp;

        __vma_link_rb(mm, tmp);

        mm.map_count++;
        if (!(tmp.vm_flags & VM_WIPEONFORK))
          retval = copy_page_range(tmp, mpnt);

        if (tmp.vm_ops && tmp.vm_ops.open)
          tmp.vm_ops.open(tmp);

        if (retval)
          break out;
      }
      reduced('arch_dup_mmap: no LDT, no protection keys');
      retval = 0;
      break out;
    }
    /* fail_nomem_anon_vma_fork: */
    mpol_put(vma_policy(tmp));
    }
    /* fail_nomem_policy: */
    vm_area_free(tmp);
    }
    /* fail_nomem: */
    retval = -ENOMEM;
    vm_unacct_memory(charge);
    }
    /* out: */
    mmap_write_unlock(mm);
    flush_tlb_mm(oldmm);
    mmap_write_unlock(oldmm);
    dup_userfaultfd_complete(uf);
  }
  /* fail_uprobe_end: */
  uprobe_end_dup_mmap();
  return retval;
}

function mm_alloc_pgd(mm: mm_struct): int {
  mm.pgd = pgd_alloc(mm);
  if (!mm.pgd)
    return -ENOMEM;
  return 0;
}

function mm_free_pgd(mm: mm_struct): void {
  pgd_free(mm, mm.pgd);
}

/** What C prints as an alert is a report here. */
function check_mm(mm: mm_struct): void {
  reduced('an alert in the log is a warning of the machine');
  let i: int;

  for (i = 0; i < NR_MM_COUNTERS; i++) {
    const x: long = atomic_long_read(mm.rss_stat.count[i]);

    if (x)
      this_machine().on_trap('WARN', `Bad rss-counter state: ${i} is ${x}`);
  }

  if (mm_pgtables_bytes(mm))
    this_machine().on_trap('WARN', 'non-zero pgtables_bytes on freeing mm');
}

function allocate_mm(): mm_struct | null {
  return kmem_cache_alloc(mm_cachep(), GFP_KERNEL);
}

function free_mm(mm: mm_struct): void {
  kmem_cache_free(mm_cachep(), mm);
}

/** The last mm_count is gone. */
export function __mmdrop(mm: mm_struct): void {
  WARN_ON_ONCE(mm === current().mm);
  WARN_ON_ONCE(mm === current().active_mm);
  mm_free_pgd(mm);
  destroy_context(mm);
  mmu_notifier_subscriptions_destroy(mm);
  check_mm(mm);
  reduced('no init_mm, no user namespace');
  free_mm(mm);
}

function mm_init_aio(_mm: mm_struct): void {
  notModelled('AIO=n');
}

function mm_init_owner(_mm: mm_struct, _p: task_struct): void {
  notModelled('MEMCG=n');
}

function mm_init_pasid(_mm: mm_struct): void {
  notModelled('IOMMU_SUPPORT=n');
}

function mm_init_uprobes_state(_mm: mm_struct): void {
  notModelled('UPROBES=n');
}

function mm_init(mm: mm_struct, p: task_struct, _user_ns: object | null): mm_struct | null {
  mm.mmap = null;
  atomic_set(mm.mm_users, 1);
  atomic_set(mm.mm_count, 1);
  seqcount_init(mm.write_protect_seq);
  mmap_init_lock(mm);
  mm_pgtables_bytes_init(mm);
  mm.map_count = 0;
  mm.locked_vm = 0;
  Clear(mm.rss_stat);
  spin_lock_init(mm.page_table_lock);
  mm_init_cpumask(mm);
  mm_init_aio(mm);
  mm_init_owner(mm, p);
  mm_init_pasid(mm);
  reduced('no vma cache, executable file, list of swapped mms, core dump');
  mmu_notifier_subscriptions_init(mm);
  init_tlb_flush_pending(mm);
  mm_init_uprobes_state(mm);
  hugetlb_count_init(mm);

  fail_nopgd: { fail_nocontext: {
    if (current().mm) {
      mm.flags = current().mm.flags & MMF_INIT_MASK;
      mm.def_flags = current().mm.def_flags & VM_INIT_DEF_MASK;
    } else {
      mm.flags = default_dump_filter;
      mm.def_flags = 0;
    }

    if (mm_alloc_pgd(mm))
      break fail_nopgd;

    if (init_new_context(p, mm))
      break fail_nocontext;

    reduced('no user namespace');
    return mm;
  }
  /* fail_nocontext: */
  mm_free_pgd(mm);
  }
  /* fail_nopgd: */
  free_mm(mm);
  return null;
}

/** Of the current task's kind, with one user: the caller. */
export function mm_alloc(): mm_struct | null {
  let mm: mm_struct | null;

  mm = allocate_mm();
  if (!mm)
    return null;

  reduced('memset: the cache gives a struct of zeroes');
  return mm_init(mm, current(), null);
}

/** The last user is gone: the mappings go, the struct stays while mm_count says so. */
function __mmput(mm: mm_struct): void {
  VM_BUG_ON(atomic_read(mm.mm_users));

  uprobe_clear_state(mm);
  exit_aio(mm);
  ksm_exit(mm);
  khugepaged_exit(mm);
  exit_mmap(mm);
  mm_put_huge_zero_page(mm);
  reduced('no executable file, no list of swapped mms, no binfmt');
  mmdrop(mm);
}

/** @refs mm: consumes (mm_users) */
export function mmput(mm: mm_struct): void {
  if (atomic_dec_and_test(mm.mm_users))
    __mmput(mm);
}

function dup_mm(tsk: task_struct, oldmm: mm_struct): mm_struct | null {
  let mm: mm_struct | null;
  let err: int;

  fail_nomem: { free_pt: {
    mm = allocate_mm();
    if (!mm)
      break fail_nomem;

    reduced('mm_init and dup_mmap set every field that memcpy would carry over');

    if (!mm_init(mm, tsk, null))
      break fail_nomem;

    err = dup_mmap(mm, oldmm);
    if (err)
      break free_pt;

    mm.hiwater_rss = get_mm_rss(mm);
    mm.hiwater_vm = mm.total_vm;

    reduced('no binfmt to count');

    return mm;
  }
  /* free_pt: */
  mmput(mm);
  }
  /* fail_nomem: */
  return null;
}

/** @refs the mm of tsk: returns (mm_users) */
export function copy_mm(clone_flags: unsigned_long, tsk: task_struct): int {
  let mm: mm_struct | null, oldmm: mm_struct | null;

  notModelled('counts of faults and switches; vmacache');
  tsk.mm = null;
  tsk.active_mm = null;

  oldmm = current().mm;
  if (!oldmm)
    return 0;

  notModelled('vmacache: a cache of the answers of find_vma');
  if (clone_flags & CLONE_VM) {
    mmget(oldmm);
    mm = oldmm;
  } else {
    mm = dup_mm(tsk, current().mm);
    if (!mm)
      return -ENOMEM;
  }

  tsk.mm = mm;
  tsk.active_mm = mm;
  return 0;
}
