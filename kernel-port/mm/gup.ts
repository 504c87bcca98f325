// SPDX-License-Identifier: GPL-2.0-only
// get_user_pages() and pin_user_pages(): from user addresses to referenced pages, slowly under
// mmap_lock and the page table lock, or fast with interrupts off and neither. Follows mm/gup.c of
// v5.15; the two forms of try_grab_page() are the switch GRAB_FORM (port-manifest.md, 1.4).

import {
  ArrayAt, Init, int,
  type fault_flags, type foll_flags, type long, type pte_t, type Ref, type swp_entry_t, type uaddr,
  type unsigned_int, type unsigned_long, type vm_fault_t, type vm_flags_t,
} from '../include/linux/types.ts';
import {
  EBUSY, EEXIST, EFAULT, EHWPOISON, EINTR, EINVAL, ENOENT, ENOMEM, EOPNOTSUPP,
} from '../include/linux/errno.ts';
import { ERR_PTR, IS_ERR, IS_ERR_VALUE, PTR_ERR, type ErrPtr } from '../include/linux/err.ts';
import { BUG, BUG_ON, WARN_ON, WARN_ON_ONCE } from '../include/linux/bug.ts';
import {
  VM_BUG_ON, VM_BUG_ON_PAGE, VM_BUG_ON_VMA, VM_WARN_ON_ONCE_PAGE,
} from '../include/linux/mmdebug.ts';
import { min, min_t } from '../include/linux/kernel.ts';
import { CONFIG_HAVE_FAST_GUP } from '../include/linux/kconfig.ts';
import { set_bit, test_bit, type flags_word } from '../include/linux/bitops.ts';
import { check_add_overflow } from '../include/linux/overflow.ts';
import { access_ok } from '../include/linux/uaccess.ts';
import { local_irq_restore, local_irq_save } from '../include/linux/irqflags.ts';
import { might_lock_read } from '../include/linux/lockdep.ts';
import { LIST_HEAD, list_add_tail, list_empty } from '../include/linux/list.ts';
import { raw_read_seqcount, read_seqcount_retry } from '../include/linux/seqlock.ts';
import type { spinlock_t } from '../include/linux/spinlock.ts';
import { cond_resched, current, fatal_signal_pending } from '../include/linux/sched.ts';
import { MMF_HAS_PINNED } from '../include/linux/sched/coredump.ts';
import { memalloc_pin_restore, memalloc_pin_save } from '../include/linux/sched/mm.ts';
import { vma_is_fsdax } from '../include/linux/fs.ts';
import {
  FAULT_FLAG_ALLOW_RETRY, FAULT_FLAG_KILLABLE, FAULT_FLAG_REMOTE, FAULT_FLAG_RETRY_NOWAIT, FAULT_FLAG_TRIED,
  FAULT_FLAG_WRITE, VM_FAULT_ERROR, VM_FAULT_RETRY, VM_FAULT_WRITE,
  type mm_struct, type page, type vm_area_struct,
} from '../include/linux/mm_types.ts';
import {
  FOLL_ANON, FOLL_COW, FOLL_DUMP, FOLL_FAST_ONLY, FOLL_FORCE, FOLL_GET, FOLL_HWPOISON, FOLL_LONGTERM, FOLL_MIGRATION,
  FOLL_MLOCK, FOLL_NOWAIT, FOLL_NUMA, FOLL_PIN, FOLL_POPULATE, FOLL_REMOTE, FOLL_TOUCH, FOLL_TRIED, FOLL_WRITE,
  GUP_PIN_COUNTING_BIAS, PAGE_ALIGNED, VM_IO, VM_LOCKED, VM_LOCKONFAULT, VM_MAYREAD, VM_PFNMAP, VM_READ, VM_SHARED,
  VM_WRITE, compound_order, hpage_pincount_available, in_gate_area, is_cow_mapping, is_pinnable_page, page_pgdat,
  pte_offset_map_lock, pte_unmap_unlock, put_page, try_get_page, untagged_addr, vm_fault_to_errno, vma_is_accessible,
  vma_is_anonymous, compound_nr,
} from '../include/linux/mm.ts';
import {
  ClearPageReferenced, PageCompound, PageDirty, PageHuge, PageLRU, PageTransCompound, SetPageReferenced, compound_head,
} from '../include/linux/page-flags.ts';
import { page_ref_add, page_ref_count, page_ref_sub } from '../include/linux/page_ref.ts';
import { page_cache_add_speculative, trylock_page } from '../include/linux/pagemap.ts';
import { NR_FOLL_PIN_ACQUIRED, NR_FOLL_PIN_RELEASED, NR_ISOLATED_ANON } from '../include/linux/mmzone.ts';
import { mod_node_page_state } from '../include/linux/vmstat.ts';
import { GFP_USER, __GFP_NOWARN, arch_make_page_accessible } from '../include/linux/gfp.ts';
import { page_is_file_lru } from '../include/linux/mm_inline.ts';
import { mmap_assert_locked, mmap_read_lock, mmap_read_lock_killable, mmap_read_unlock } from '../include/linux/mmap_lock.ts';
import { put_dev_pagemap, type dev_pagemap } from '../include/linux/memremap.ts';
import {
  is_zero_pfn, p4d_offset_lockless, pmd_offset_lockless, pud_offset_lockless, __hugepd, p4d_val, pgd_val, pmd_val,
  pud_val,
} from '../include/linux/pgtable.ts';
import { is_migration_entry, migration_entry_wait, pte_to_swp_entry } from '../include/linux/swapops.ts';
import { page_is_secretmem, vma_is_secretmem } from '../include/linux/secretmem.ts';
import { follow_huge_addr, is_vm_hugetlb_page, isolate_huge_page } from '../include/linux/hugetlb.ts';
import { thp_nr_pages } from '../include/linux/huge_mm.ts';
import { MIGRATE_SYNC } from '../include/linux/migrate_mode.ts';
import {
  MR_LONGTERM_PIN, alloc_migration_target, migrate_pages, putback_movable_pages,
} from '../include/linux/migrate.ts';
import { NUMA_NO_NODE } from '../include/linux/numa.ts';
import {
  Pmd, Pte,
  PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, gup_fast_permitted, is_hugepd, p4d_addr_end, p4d_bad, p4d_none, p4d_offset,
  pgd_addr_end, pgd_bad, pgd_huge, pgd_none, pgd_offset, pmd_addr_end, pmd_bad, pmd_devmap, pmd_huge,
  pmd_next, pmd_none, pmd_offset, pmd_present, pmd_trans_huge, pte_access_permitted, pte_devmap,
  pte_dirty, pte_mkdirty, pte_mkyoung, pte_next, pte_none, pte_offset_map_value, pte_page, pte_pfn, pte_present, pte_protnone,
  pte_same, pte_special, pte_unmap, pte_val, pte_write, ptep_get_lockless, pud_addr_end, pud_bad, pud_devmap, pud_huge,
  pud_none, pud_offset, pud_present, set_pte_at, update_mmu_cache,
  type p4d_cell, type p4d_t, type pgd_cell, type pgd_t, type pmd_cell, type pmd_t, type pte_cell, type pud_cell, type pud_t,
} from '../arch/model/pgtable.ts';
import { page_to_pfn, pfn_to_page, pfn_valid, Memmap_at } from '../arch/model/memory.ts';
import { unreachable } from '../arch/model/marks.ts';
import { arch_vma_access_permitted } from '../include/asm-generic/mm_hooks.ts';
import { migration_target_control } from './internal.ts';
import { unlock_page } from './filemap.ts';
import { get_dev_pagemap } from './memremap.ts';
import { handle_mm_fault, vm_normal_page } from './memory.ts';
import { mlock_vma_page } from './mlock.ts';
import { find_extend_vma, find_vma } from './mmap.ts';
import { set_page_dirty, set_page_dirty_lock } from './page-writeback.ts';
import { lru_add_drain, lru_add_drain_all, mark_page_accessed } from './swap.ts';
import { isolate_lru_page } from './vmscan.ts';

class follow_page_context {
  readonly pgmap: Ref<dev_pagemap | null> = { v: null };
  page_mask: unsigned_int = 0;
}

function hpage_pincount_add(page: page, _refs: int): void {
  VM_BUG_ON_PAGE(!hpage_pincount_available(page), page);
  VM_BUG_ON_PAGE(page !== compound_head(page), page);

  unreachable('compound pages');
}

function hpage_pincount_sub(page: page, _refs: int): void {
  VM_BUG_ON_PAGE(!hpage_pincount_available(page), page);
  VM_BUG_ON_PAGE(page !== compound_head(page), page);

  unreachable('compound pages');
}

/** @refs page: consumes refs */
function put_page_refs(page: page, refs: int): void {
//#if DEBUG_VM
  if (VM_WARN_ON_ONCE_PAGE(page_ref_count(page) < refs, page))
    return;
//#endif

  // The put that may free comes last and alone.
  if (refs > 1)
    page_ref_sub(page, refs - 1);
  put_page(page);
}

/** @refs page: returns refs (when not null) */
function try_get_compound_head(page: page, refs: int): page | null {
  const head: page = compound_head(page);

  if (WARN_ON_ONCE(page_ref_count(head) < 0))
    return null;
  if (!page_cache_add_speculative(head, refs))
    return null;

  // A compound page may have been split before the count was raised.
  if (compound_head(page) !== head) {
    put_page_refs(head, refs);
    return null;
  }

  return head;
}

/** @refs page: returns refs, as plain references (FOLL_GET) or as pins (FOLL_PIN) (when not null) */
export function try_grab_compound_head(page: page, refs: int, flags: foll_flags): page | null {
  if (flags & FOLL_GET)
    return try_get_compound_head(page, refs);
  else if (flags & FOLL_PIN) {
    // Before the grab: a page in the wrong zone is never touched.
    if ((flags & FOLL_LONGTERM) &&
        !is_pinnable_page(page))
      return null;

    page = try_get_compound_head(page, refs);
    if (!page)
      return null;

    // Until here a pin is a plain reference.
    if (hpage_pincount_available(page))
      hpage_pincount_add(page, refs);
    else
      page_ref_add(page, refs * (GUP_PIN_COUNTING_BIAS - 1));

    mod_node_page_state(page_pgdat(page), NR_FOLL_PIN_ACQUIRED, refs);

    return page;
  }

  WARN_ON_ONCE(1);
  return null;
}

/** @refs page: consumes refs, plain references (FOLL_GET) or pins (FOLL_PIN) */
function put_compound_head(page: page, refs: int, flags: foll_flags): void {
  if (flags & FOLL_PIN) {
    mod_node_page_state(page_pgdat(page), NR_FOLL_PIN_RELEASED, refs);

    if (hpage_pincount_available(page))
      hpage_pincount_sub(page, refs);
    else
      refs *= GUP_PIN_COUNTING_BIAS;
  }

  put_page_refs(page, refs);
}

//#if GRAB_FORM=own
/** @refs page: returns one reference (FOLL_GET) or pin (FOLL_PIN) (when true)
 *  @locks requires ptl */
export function try_grab_page(page: page, flags: foll_flags): boolean {
  WARN_ON_ONCE((flags & (FOLL_GET | FOLL_PIN)) === (FOLL_GET | FOLL_PIN));

  if (flags & FOLL_GET)
    return try_get_page(page);
  else if (flags & FOLL_PIN) {
    let refs: int = 1;

    page = compound_head(page);

    if (WARN_ON_ONCE(page_ref_count(page) <= 0))
      return false;

    if (hpage_pincount_available(page))
      hpage_pincount_add(page, 1);
    else
      refs = GUP_PIN_COUNTING_BIAS;

    page_ref_add(page, refs);

    mod_node_page_state(page_pgdat(page), NR_FOLL_PIN_ACQUIRED, 1);
  }

  return true;
}
//#else
/** @refs page: returns one reference (FOLL_GET) or pin (FOLL_PIN) (when true)
 *  @locks requires ptl */
export function try_grab_page(page: page, flags: foll_flags): boolean {
  if (!(flags & (FOLL_GET | FOLL_PIN)))
    return true;

  return try_grab_compound_head(page, 1, flags) !== null;
}
//#endif

/** @refs page: consumes one pin */
export function unpin_user_page(page: page): void {
  put_compound_head(compound_head(page), 1, FOLL_PIN);
}

function compound_range_next(
  i: unsigned_long, npages: unsigned_long, list: Ref<page>, head: Ref<page>, ntails: Ref<unsigned_int>,
): void {
  let next: page, page: page;
  let nr: unsigned_int = 1;

  if (i >= npages)
    return;

  next = Memmap_at(list.v, i);
  page = compound_head(next);
  if (PageCompound(page) && compound_order(page) >= 1)
    nr = min_t(
      page_to_pfn(page) + compound_nr(page) - page_to_pfn(next), npages - i);

  head.v = page;
  ntails.v = nr;
}

/** The head and the step of C's for; __i and __ntails start at zero: `for (; for_each_compound_range(…);)`. */
function for_each_compound_range(
  __i: Ref<unsigned_long>, __list: Ref<page>, __npages: unsigned_long, __head: Ref<page>, __ntails: Ref<unsigned_int>,
): boolean {
  __i.v += __ntails.v;
  compound_range_next(__i.v, __npages, __list, __head, __ntails);
  return __i.v < __npages;
}

function compound_next(
  i: unsigned_long, npages: unsigned_long, list: page[], head: Ref<page>, ntails: Ref<unsigned_int>,
): void {
  let page: page;
  let nr: unsigned_int;

  if (i >= npages)
    return;

  page = compound_head(list[i]);
  for (nr = i + 1; nr < npages; nr++) {
    if (compound_head(list[nr]) !== page)
      break;
  }

  head.v = page;
  ntails.v = nr - i;
}

/** The head and the step of C's for; __i and __ntails start at zero: `for (; for_each_compound_head(…);)`. */
function for_each_compound_head(
  __i: Ref<unsigned_long>, __list: page[], __npages: unsigned_long, __head: Ref<page>, __ntails: Ref<unsigned_int>,
): boolean {
  __i.v += __ntails.v;
  compound_next(__i.v, __npages, __list, __head, __ntails);
  return __i.v < __npages;
}

/** @refs pages: consumes one pin each
 *  @locks takes page */
export function unpin_user_pages_dirty_lock(pages: page[], npages: unsigned_long, make_dirty: boolean): void {
  const index: Ref<unsigned_long> = { v: 0 };
  const head: Ref<page> = { v: null };
  const ntails: Ref<unsigned_int> = { v: 0 };

  if (!make_dirty) {
    unpin_user_pages(pages, npages);
    return;
  }

  for (; for_each_compound_head(index, pages, npages, head, ntails);) {
    // A hint: a page that is written back just now is dirtied once too often or has been already.
    if (!PageDirty(head.v))
      set_page_dirty_lock(head.v);
    put_compound_head(head.v, ntails.v, FOLL_PIN);
  }
}

/** @refs page: consumes one pin on each of npages in a row
 *  @locks takes page */
export function unpin_user_page_range_dirty_lock(page: page, npages: unsigned_long, make_dirty: boolean): void {
  const index: Ref<unsigned_long> = { v: 0 };
  const head: Ref<page> = { v: null };
  const ntails: Ref<unsigned_int> = { v: 0 };

  for (; for_each_compound_range(index, { v: page }, npages, head, ntails);) {
    if (make_dirty && !PageDirty(head.v))
      set_page_dirty_lock(head.v);
    put_compound_head(head.v, ntails.v, FOLL_PIN);
  }
}

/** @refs pages: consumes one pin each */
export function unpin_user_pages(pages: page[], npages: unsigned_long): void {
  const index: Ref<unsigned_long> = { v: 0 };
  const head: Ref<page> = { v: null };
  const ntails: Ref<unsigned_int> = { v: 0 };

  // An errno in the place of a count: pins may leak, but nothing is put that is not held.
  if (WARN_ON(IS_ERR_VALUE(npages)))
    return;

  for (; for_each_compound_head(index, pages, npages, head, ntails);)
    put_compound_head(head.v, ntails.v, FOLL_PIN);
}

/** C hands `&mm->flags`. The bit stays for the life of the mm; fork asks for it. */
function mm_set_has_pinned_flag(mm_flags: flags_word): void {
  if (!test_bit(MMF_HAS_PINNED, mm_flags))
    set_bit(MMF_HAS_PINNED, mm_flags);
}

function no_page_table(vma: vm_area_struct, flags: foll_flags): ErrPtr | null {
  // A core dump leaves a hole rather than allocate.
  if ((flags & FOLL_DUMP) &&
      (vma_is_anonymous(vma) || !vma.vm_ops.fault))
    return ERR_PTR(-EFAULT);
  return null;
}

/** @locks requires ptl */
function follow_pfn_pte(vma: vm_area_struct, address: uaddr, pte: pte_cell, flags: foll_flags): int {
  if (flags & (FOLL_GET | FOLL_PIN))
    return -EFAULT;

  if (flags & FOLL_TOUCH) {
    let entry = Pte(pte);

    if (flags & FOLL_WRITE)
      entry = pte_mkdirty(entry);
    entry = pte_mkyoung(entry);

    if (!pte_same(Pte(pte), entry)) {
      set_pte_at(vma.vm_mm, address, pte, entry);
      update_mmu_cache(vma, address, pte);
    }
  }

  return -EEXIST;
}

/** FOLL_FORCE may write through a read-only pte once COW was broken and the pte is dirty. */
function can_follow_write_pte(pte: pte_t, flags: foll_flags): boolean {
  return pte_write(pte) ||
    (Boolean(flags & FOLL_FORCE) && Boolean(flags & FOLL_COW) && pte_dirty(pte));
}

/** @refs return: one reference (FOLL_GET) or pin (FOLL_PIN), pgmap: returns (when a devmap pte was met)
 *  @locks requires mmap_lock(read); takes ptl */
function follow_page_pte(
  vma: vm_area_struct, address: uaddr, pmd: pmd_cell, flags: foll_flags, pgmap: Ref<dev_pagemap | null>,
): page | ErrPtr | null {
  const mm: mm_struct = vma.vm_mm;
  let page: page | ErrPtr | null;
  const ptl: Ref<spinlock_t> = { v: null };
  let ptep: pte_cell, pte: pte_t;
  let ret: int;

  if (WARN_ON_ONCE((flags & (FOLL_PIN | FOLL_GET)) ===
                   (FOLL_PIN | FOLL_GET)))
    return ERR_PTR(-EINVAL);
  retry: for (;;) {
    if (pmd_bad(Pmd(pmd)))
      return no_page_table(vma, flags);

    ptep = pte_offset_map_lock(mm, pmd, address, ptl);
    pte = Pte(ptep);
    no_page: {
      out: {
        if (!pte_present(pte)) {
          let entry: swp_entry_t;
          // Only break_ksm() needs to see the page while it is migrated.
          if (!(flags & FOLL_MIGRATION))
            break no_page;
          if (pte_none(pte))
            break no_page;
          entry = pte_to_swp_entry(pte);
          if (!is_migration_entry(entry))
            break no_page;
          pte_unmap_unlock(ptep, ptl.v);
          migration_entry_wait(mm, pmd, address);
          continue retry;
        }
        if ((flags & FOLL_NUMA) && pte_protnone(pte))
          break no_page;
        if ((flags & FOLL_WRITE) && !can_follow_write_pte(pte, flags)) {
          pte_unmap_unlock(ptep, ptl.v);
          return null;
        }

        page = vm_normal_page(vma, address, pte);
        if (!page && pte_devmap(pte) && (flags & (FOLL_GET | FOLL_PIN))) {
          // A devmap page is valid only under a reference to its pgmap.
          pgmap.v = get_dev_pagemap(pte_pfn(pte), pgmap.v);
          if (pgmap.v)
            page = pte_page(pte);
          else
            break no_page;
        } else if (!page) {
          if (flags & FOLL_DUMP) {
            page = ERR_PTR(-EFAULT);
            break out;
          }

          if (is_zero_pfn(pte_pfn(pte))) {
            page = pte_page(pte);
          } else {
            ret = follow_pfn_pte(vma, address, ptep, flags);
            page = ERR_PTR(ret);
            break out;
          }
        }

        if (!try_grab_page(page, flags)) {
          page = ERR_PTR(-ENOMEM);
          break out;
        }
        if (flags & FOLL_PIN) {
          ret = arch_make_page_accessible(page);
          if (ret) {
            unpin_user_page(page);
            page = ERR_PTR(ret);
            break out;
          }
        }
        if (flags & FOLL_TOUCH) {
          if ((flags & FOLL_WRITE) &&
              !pte_dirty(pte) && !PageDirty(page))
            set_page_dirty(page);
          // Not pte_mkyoung(): it could lose a dirty bit that the hardware sets.
          mark_page_accessed(page);
        }
        if ((flags & FOLL_MLOCK) && (vma.vm_flags & VM_LOCKED)) {
          if (PageTransCompound(page))
            break out;

          // A page that is locked by somebody is left to reclaim.
          if (page.mapping && trylock_page(page)) {
            lru_add_drain();
            mlock_vma_page(page);
            unlock_page(page);
          }
        }
      }
      pte_unmap_unlock(ptep, ptl.v);
      return page;
    }
    pte_unmap_unlock(ptep, ptl.v);
    if (!pte_none(pte))
      return null;
    return no_page_table(vma, flags);
  }
}

/** @refs return: one reference (FOLL_GET) or pin (FOLL_PIN)
 *  @locks requires mmap_lock(read) */
function follow_pmd_mask(
  vma: vm_area_struct, address: uaddr, pudp: pud_cell, flags: foll_flags, ctx: follow_page_context,
): page | ErrPtr | null {
  let pmd: pmd_cell, pmdval: pmd_t;

  pmd = pmd_offset(pudp, address);
  pmdval = Pmd(pmd);
  if (pmd_none(pmdval))
    return no_page_table(vma, flags);
  if (pmd_huge(pmdval) && is_vm_hugetlb_page(vma)) unreachable('hugetlb');
  if (is_hugepd(__hugepd(pmd_val(pmdval)))) unreachable('hugepd');
  if (!pmd_present(pmdval)) unreachable('THP migration');
  if (pmd_devmap(pmdval)) unreachable('devmap pmd');
  if (!pmd_trans_huge(pmdval))
    return follow_page_pte(vma, address, pmd, flags, ctx.pgmap);

  unreachable('THP');
}

/** @refs return: one reference (FOLL_GET) or pin (FOLL_PIN)
 *  @locks requires mmap_lock(read) */
function follow_pud_mask(
  vma: vm_area_struct, address: uaddr, p4dp: p4d_cell, flags: foll_flags, ctx: follow_page_context,
): page | ErrPtr | null {
  let pud: pud_cell;

  pud = pud_offset(p4dp, address);
  if (pud_none(pud))
    return no_page_table(vma, flags);
  if (pud_huge(pud) && is_vm_hugetlb_page(vma)) unreachable('hugetlb');
  if (is_hugepd(__hugepd(pud_val(pud)))) unreachable('hugepd');
  if (pud_devmap(pud)) unreachable('devmap pud');
  if (pud_bad(pud))
    return no_page_table(vma, flags);

  return follow_pmd_mask(vma, address, pud, flags, ctx);
}

/** @refs return: one reference (FOLL_GET) or pin (FOLL_PIN)
 *  @locks requires mmap_lock(read) */
function follow_p4d_mask(
  vma: vm_area_struct, address: uaddr, pgdp: pgd_cell, flags: foll_flags, ctx: follow_page_context,
): page | ErrPtr | null {
  let p4d: p4d_cell;

  p4d = p4d_offset(pgdp, address);
  if (p4d_none(p4d))
    return no_page_table(vma, flags);
  if (p4d_bad(p4d))
    return no_page_table(vma, flags);

  if (is_hugepd(__hugepd(p4d_val(p4d)))) unreachable('hugepd');
  return follow_pud_mask(vma, address, p4d, flags, ctx);
}

/** @refs return: one reference (FOLL_GET) or pin (FOLL_PIN)
 *  @locks requires mmap_lock(read) */
function follow_page_mask(
  vma: vm_area_struct, address: uaddr, flags: foll_flags, ctx: follow_page_context,
): page | ErrPtr | null {
  let pgd: pgd_cell;
  let page: page | ErrPtr | null;
  const mm: mm_struct = vma.vm_mm;

  ctx.page_mask = 0;

  page = follow_huge_addr(mm, address, flags & FOLL_WRITE);
  if (!IS_ERR(page)) {
    WARN_ON_ONCE(flags & (FOLL_GET | FOLL_PIN));
    return page;
  }

  pgd = pgd_offset(mm, address);

  if (pgd_none(pgd) || pgd_bad(pgd))
    return no_page_table(vma, flags);

  if (pgd_huge(pgd)) unreachable('hugetlb');
  if (is_hugepd(__hugepd(pgd_val(pgd)))) unreachable('hugepd');

  return follow_p4d_mask(vma, address, pgd, flags, ctx);
}

/** @refs return: one reference (FOLL_GET)
 *  @locks requires mmap_lock(read) */
export function follow_page(vma: vm_area_struct, address: uaddr, foll_flags: foll_flags): page | ErrPtr | null {
  const ctx = Init(follow_page_context, {});
  let page: page | ErrPtr | null;

  if (vma_is_secretmem(vma))
    return null;

  page = follow_page_mask(vma, address, foll_flags, ctx);
  if (ctx.pgmap.v)
    put_dev_pagemap(ctx.pgmap.v);
  return page;
}

function get_gate_page(
  _mm: mm_struct, _address: uaddr, _gup_flags: foll_flags, _vma: Ref<vm_area_struct>, _page: page[] | null,
): int {
  unreachable('gate area');
}

/** @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
function faultin_page(
  vma: vm_area_struct, address: uaddr, flags: Ref<foll_flags>, locked: Ref<int> | null,
): int {
  let fault_flags: fault_flags = 0;
  let ret: vm_fault_t;

  // mlock alone takes what is there.
  if ((flags.v & (FOLL_POPULATE | FOLL_MLOCK)) === FOLL_MLOCK)
    return -ENOENT;
  if (flags.v & FOLL_WRITE)
    fault_flags |= FAULT_FLAG_WRITE;
  if (flags.v & FOLL_REMOTE)
    fault_flags |= FAULT_FLAG_REMOTE;
  if (locked)
    fault_flags |= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;
  if (flags.v & FOLL_NOWAIT)
    fault_flags |= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_RETRY_NOWAIT;
  if (flags.v & FOLL_TRIED) {
    fault_flags |= FAULT_FLAG_TRIED;
  }

  ret = handle_mm_fault(vma, address, fault_flags, null);
  if (ret & VM_FAULT_ERROR) {
    const err: int = vm_fault_to_errno(ret, flags.v);

    if (err)
      return err;
    BUG();
  }

  if (ret & VM_FAULT_RETRY) {
    if (locked && !(fault_flags & FAULT_FLAG_RETRY_NOWAIT))
      locked.v = 0;
    return -EBUSY;
  }

  // COW was broken but the vma is read-only: waiting for a writable pte would never end.
  if ((ret & VM_FAULT_WRITE) && !(vma.vm_flags & VM_WRITE))
    flags.v |= FOLL_COW;
  return 0;
}

/** @locks requires mmap_lock(read) */
function check_vma_flags(vma: vm_area_struct, gup_flags: foll_flags): int {
  const vm_flags: vm_flags_t = vma.vm_flags;
  const write: int = (gup_flags & FOLL_WRITE);
  const foreign: int = (gup_flags & FOLL_REMOTE);

  if (vm_flags & (VM_IO | VM_PFNMAP))
    return -EFAULT;

  if (gup_flags & FOLL_ANON && !vma_is_anonymous(vma))
    return -EFAULT;

  if ((gup_flags & FOLL_LONGTERM) && vma_is_fsdax(vma))
    return -EOPNOTSUPP;

  if (vma_is_secretmem(vma))
    return -EFAULT;

  if (write) {
    if (!(vm_flags & VM_WRITE)) {
      if (!(gup_flags & FOLL_FORCE))
        return -EFAULT;
      // No anonymous page of COW may come into a shared mapping.
      if (!is_cow_mapping(vm_flags))
        return -EFAULT;
    }
  } else if (!(vm_flags & VM_READ)) {
    if (!(gup_flags & FOLL_FORCE))
      return -EFAULT;
    if (!(vm_flags & VM_MAYREAD))
      return -EFAULT;
  }
  if (!arch_vma_access_permitted(vma, write, false, foreign))
    return -EFAULT;
  return 0;
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
function __get_user_pages(
  mm: mm_struct, start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null,
  vmas: vm_area_struct[] | null, locked: Ref<int> | null,
): long {
  let ret: long = 0, i: long = 0;
  let vma: vm_area_struct = null;
  const ctx = Init(follow_page_context, {});

  if (!nr_pages)
    return 0;

  start = untagged_addr(start);

  VM_BUG_ON(!!pages !== !!(gup_flags & (FOLL_GET | FOLL_PIN)));

  // FOLL_FORCE is not to see NUMA hints.
  if (!(gup_flags & FOLL_FORCE))
    gup_flags |= FOLL_NUMA;

  out: {
    do {
      let page: page | ErrPtr | null;
      const foll_flags: Ref<foll_flags> = { v: gup_flags };
      let page_increm: unsigned_int;

      next_page: {
        if (!vma || start >= vma.vm_end) {
          vma = find_extend_vma(mm, start);
          if (!vma && in_gate_area(mm, start)) {
            ret = get_gate_page(mm, start & PAGE_MASK,
              gup_flags, { v: vma },
              pages ? ArrayAt(pages, i) : null);
            if (ret)
              break out;
            ctx.page_mask = 0;
            break next_page;
          }

          if (!vma) {
            ret = -EFAULT;
            break out;
          }
          ret = check_vma_flags(vma, gup_flags);
          if (ret)
            break out;

          if (is_vm_hugetlb_page(vma)) unreachable('hugetlb');
        }
        retry: for (;;) {
          if (fatal_signal_pending(current())) {
            ret = -EINTR;
            break out;
          }
          cond_resched();

          page = follow_page_mask(vma, start, foll_flags.v, ctx);
          if (!page) {
            ret = faultin_page(vma, start, foll_flags, locked);
            switch (ret) {
              case 0:
                continue retry;
              case -EBUSY:
                ret = 0;
                // fallthrough
              case -EFAULT:
              case -ENOMEM:
              case -EHWPOISON:
                break out;
              case -ENOENT:
                break next_page;
            }
            BUG();
          } else if (PTR_ERR(page) === -EEXIST) {
            // A pte without a struct page.
            break next_page;
          } else if (IS_ERR(page)) {
            ret = PTR_ERR(page);
            break out;
          }
          break;
        }
        if (pages) {
          pages[i] = page;
          ctx.page_mask = 0;
        }
      }
      if (vmas) {
        vmas[i] = vma;
        ctx.page_mask = 0;
      }
      page_increm = 1 + (~(start >> PAGE_SHIFT) & ctx.page_mask);
      if (page_increm > nr_pages)
        page_increm = nr_pages;
      i += page_increm;
      start += page_increm * PAGE_SIZE;
      nr_pages -= page_increm;
    } while (nr_pages);
  }
  if (ctx.pgmap.v)
    put_dev_pagemap(ctx.pgmap.v);
  return i ? i : ret;
}

/** @locks requires mmap_lock(read) */
function vma_permits_fault(vma: vm_area_struct, fault_flags: fault_flags): boolean {
  const write: boolean = !!(fault_flags & FAULT_FLAG_WRITE);
  const foreign: boolean = !!(fault_flags & FAULT_FLAG_REMOTE);
  const vm_flags: vm_flags_t = write ? VM_WRITE : VM_READ;

  if (!(vm_flags & vma.vm_flags))
    return false;

  if (!arch_vma_access_permitted(vma, write, false, foreign))
    return false;

  return true;
}

/** @locks requires mmap_lock(read); returns with mmap_lock(read) (unlocked says that it was dropped between) */
export function fixup_user_fault(
  mm: mm_struct, address: uaddr, fault_flags: fault_flags, unlocked: Ref<boolean> | null,
): int {
  let vma: vm_area_struct;
  let ret: vm_fault_t;

  address = untagged_addr(address);

  if (unlocked)
    fault_flags |= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;

  retry: for (;;) {
    vma = find_extend_vma(mm, address);
    if (!vma || address < vma.vm_start)
      return -EFAULT;

    if (!vma_permits_fault(vma, fault_flags))
      return -EFAULT;

    if ((fault_flags & FAULT_FLAG_KILLABLE) &&
        fatal_signal_pending(current()))
      return -EINTR;

    ret = handle_mm_fault(vma, address, fault_flags, null);
    if (ret & VM_FAULT_ERROR) {
      const err: int = vm_fault_to_errno(ret, 0);

      if (err)
        return err;
      BUG();
    }

    if (ret & VM_FAULT_RETRY) {
      mmap_read_lock(mm);
      unlocked.v = true;
      fault_flags |= FAULT_FLAG_TRIED;
      continue retry;
    }

    return 0;
  }
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
function __get_user_pages_locked(
  mm: mm_struct, start: uaddr, nr_pages: unsigned_long, pages: page[] | null, vmas: vm_area_struct[] | null,
  locked: Ref<int> | null, flags: foll_flags,
): long {
  let ret: long, pages_done: long;
  let lock_dropped: boolean;

  if (locked) {
    // The vmas do not outlive the lock.
    BUG_ON(vmas);
    BUG_ON(locked.v !== 1);
  }

  if (flags & FOLL_PIN)
    mm_set_has_pinned_flag(mm);

  // Who wants pages[] and does not pin means FOLL_GET.
  if (pages && !(flags & FOLL_PIN))
    flags |= FOLL_GET;

  pages_done = 0;
  lock_dropped = false;
  done: for (;;) {
    ret = __get_user_pages(mm, start, nr_pages, flags, pages,
      vmas, locked);
    if (!locked)
      return ret;

    if (!locked.v) {
      BUG_ON(ret < 0);
      BUG_ON(ret >= nr_pages);
    }

    if (ret > 0) {
      nr_pages -= ret;
      pages_done += ret;
      if (!nr_pages)
        break;
    }
    if (locked.v) {
      // No retry, or FOLL_NOWAIT.
      if (!pages_done)
        pages_done = ret;
      break;
    }
    // The lock is gone: on to the address that faulted. A prefault only counts.
    if (pages)
      pages = ArrayAt(pages, ret);
    start += ret << PAGE_SHIFT;
    lock_dropped = true;

    retry: for (;;) {
      // Without this test a killed task would go round for ever.
      if (fatal_signal_pending(current())) {
        if (!pages_done)
          pages_done = -EINTR;
        break done;
      }

      ret = mmap_read_lock_killable(mm);
      if (ret) {
        BUG_ON(ret > 0);
        if (!pages_done)
          pages_done = ret;
        break done;
      }

      locked.v = 1;
      ret = __get_user_pages(mm, start, 1, flags | FOLL_TRIED,
        pages, null, locked);
      if (!locked.v) {
        BUG_ON(ret !== 0);
        continue retry;
      }
      break;
    }
    if (ret !== 1) {
      BUG_ON(ret > 1);
      if (!pages_done)
        pages_done = ret;
      break;
    }
    nr_pages--;
    pages_done++;
    if (!nr_pages)
      break;
    if (pages)
      pages = ArrayAt(pages, 1);
    start += PAGE_SIZE;
  }
  if (lock_dropped && locked.v) {
    // The caller must learn that its critical section was cut.
    mmap_read_unlock(mm);
    locked.v = 0;
  }
  return pages_done;
}

/** @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function populate_vma_page_range(
  vma: vm_area_struct, start: uaddr, end: uaddr, locked: Ref<int> | null,
): long {
  const mm: mm_struct = vma.vm_mm;
  const nr_pages: unsigned_long = ((end - start) / PAGE_SIZE) >>> 0;
  let gup_flags: foll_flags;

  VM_BUG_ON(!PAGE_ALIGNED(start));
  VM_BUG_ON(!PAGE_ALIGNED(end));
  VM_BUG_ON_VMA(start < vma.vm_start, vma);
  VM_BUG_ON_VMA(end > vma.vm_end, vma);
  mmap_assert_locked(mm);

  gup_flags = FOLL_TOUCH | FOLL_POPULATE | FOLL_MLOCK;
  if (vma.vm_flags & VM_LOCKONFAULT)
    gup_flags &= ~FOLL_POPULATE;
  // Break COW now; a shared mapping has none and would be dirtied for nothing.
  if ((vma.vm_flags & (VM_WRITE | VM_SHARED)) === VM_WRITE)
    gup_flags |= FOLL_WRITE;

  // mlock succeeds whatever the protection, PROT_NONE excepted.
  if (vma_is_accessible(vma))
    gup_flags |= FOLL_FORCE;

  return __get_user_pages(mm, start, nr_pages, gup_flags,
    null, null, locked);
}

/** @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function faultin_vma_page_range(
  vma: vm_area_struct, start: uaddr, end: uaddr, write: boolean, locked: Ref<int> | null,
): long {
  const mm: mm_struct = vma.vm_mm;
  const nr_pages: unsigned_long = ((end - start) / PAGE_SIZE) >>> 0;
  let gup_flags: foll_flags;

  VM_BUG_ON(!PAGE_ALIGNED(start));
  VM_BUG_ON(!PAGE_ALIGNED(end));
  VM_BUG_ON_VMA(start < vma.vm_start, vma);
  VM_BUG_ON_VMA(end > vma.vm_end, vma);
  mmap_assert_locked(mm);

  // No FOLL_FORCE: the protection of the vma counts.
  gup_flags = FOLL_TOUCH | FOLL_POPULATE | FOLL_MLOCK | FOLL_HWPOISON;
  if (write)
    gup_flags |= FOLL_WRITE;

  if (check_vma_flags(vma, gup_flags))
    return -EINVAL;

  return __get_user_pages(mm, start, nr_pages, gup_flags,
    null, null, locked);
}

/** @locks takes mmap_lock(read) */
export function __mm_populate(start: uaddr, len: unsigned_long, ignore_errors: int): int {
  const mm: mm_struct = current().mm;
  let end: uaddr, nstart: uaddr, nend: uaddr;
  let vma: vm_area_struct = null;
  const locked: Ref<int> = { v: 0 };
  let ret: long = 0;

  end = start + len;

  for (nstart = start; nstart < end; nstart = nend) {
    if (!locked.v) {
      locked.v = 1;
      mmap_read_lock(mm);
      vma = find_vma(mm, nstart);
    } else if (nstart >= vma.vm_end)
      vma = vma.vm_next;
    if (!vma || vma.vm_start >= end)
      break;
    nend = min(end, vma.vm_end);
    if (vma.vm_flags & (VM_IO | VM_PFNMAP))
      continue;
    if (nstart < vma.vm_start)
      nstart = vma.vm_start;
    ret = populate_vma_page_range(vma, nstart, nend, locked);
    if (ret < 0) {
      if (ignore_errors) {
        ret = 0;
        continue;
      }
      break;
    }
    nend = nstart + ret * PAGE_SIZE;
    ret = 0;
  }
  if (locked.v)
    mmap_read_unlock(mm);
  return int(ret);
}

/** @refs return: one reference
 *  @locks takes mmap_lock(read) */
export function get_dump_page(addr: uaddr): page | null {
  const mm: mm_struct = current().mm;
  const page: page[] = [null];
  const locked: Ref<int> = { v: 1 };
  let ret: int;

  if (mmap_read_lock_killable(mm))
    return null;
  ret = int(__get_user_pages_locked(mm, addr, 1, page, null, locked,
    FOLL_FORCE | FOLL_DUMP | FOLL_GET));
  if (locked.v)
    mmap_read_unlock(mm);
  return (ret === 1) ? page[0] : null;
}

//#if MIGRATION
/** @refs pages: consumes one reference or pin each (unless it returns nr_pages)
 *  @locks requires mmap_lock(read) */
function check_and_migrate_movable_pages(
  nr_pages: unsigned_long,
  pages: page[],
  gup_flags: foll_flags,
): long {
  let i: unsigned_long;
  let isolation_error_count: unsigned_long = 0;
  let drain_allow: boolean = true;
  const movable_page_list = LIST_HEAD<page>();
  let ret: long = 0;
  let prev_head: page = null;
  let head: page;
  const mtc = Init(migration_target_control, {
    nid: NUMA_NO_NODE,
    gfp_mask: GFP_USER | __GFP_NOWARN,
  });

  for (i = 0; i < nr_pages; i++) {
    head = compound_head(pages[i]);
    if (head === prev_head)
      continue;
    prev_head = head;
    // A movable page may not stay where a long pin would hold it.
    if (!is_pinnable_page(head)) {
      if (PageHuge(head)) {
        if (!isolate_huge_page(head, movable_page_list))
          isolation_error_count++;
      } else {
        if (!PageLRU(head) && drain_allow) {
          lru_add_drain_all();
          drain_allow = false;
        }

        if (isolate_lru_page(head)) {
          isolation_error_count++;
          continue;
        }
        list_add_tail(head.lru, movable_page_list);
        mod_node_page_state(page_pgdat(head),
          NR_ISOLATED_ANON +
          page_is_file_lru(head),
          thp_nr_pages(head));
      }
    }
  }

  // Nothing to move and nothing that should have been: every page is in the right zone.
  if (list_empty(movable_page_list) && !isolation_error_count)
    return nr_pages;

  if (gup_flags & FOLL_PIN) {
    unpin_user_pages(pages, nr_pages);
  } else {
    for (i = 0; i < nr_pages; i++)
      put_page(pages[i]);
  }
  if (!list_empty(movable_page_list)) {
    ret = migrate_pages(movable_page_list, alloc_migration_target,
      null, mtc, MIGRATE_SYNC,
      MR_LONGTERM_PIN, null);
    if (ret && !list_empty(movable_page_list))
      putback_movable_pages(movable_page_list);
  }

  return ret > 0 ? -ENOMEM : ret;
}
//#else
function check_and_migrate_movable_pages(
  nr_pages: unsigned_long,
  pages: page[],
  gup_flags: foll_flags,
): long {
  return nr_pages;
}
//#endif

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks requires mmap_lock(read) */
function __gup_longterm_locked(
  mm: mm_struct,
  start: uaddr,
  nr_pages: unsigned_long,
  pages: page[] | null,
  vmas: vm_area_struct[] | null,
  gup_flags: foll_flags,
): long {
  let flags: unsigned_int;
  let rc: long;

  if (!(gup_flags & FOLL_LONGTERM))
    return __get_user_pages_locked(mm, start, nr_pages, pages, vmas,
      null, gup_flags);
  flags = memalloc_pin_save();
  do {
    rc = __get_user_pages_locked(mm, start, nr_pages, pages, vmas,
      null, gup_flags);
    if (rc <= 0)
      break;
    rc = check_and_migrate_movable_pages(rc, pages, gup_flags);
  } while (!rc);
  memalloc_pin_restore(flags);

  return rc;
}

function is_valid_gup_flags(gup_flags: foll_flags): boolean {
  // FOLL_PIN is set by the pin_user_pages*() alone.
  if (WARN_ON_ONCE(gup_flags & FOLL_PIN))
    return false;
  // FOLL_LONGTERM is a narrower FOLL_PIN.
  if (WARN_ON_ONCE(gup_flags & FOLL_LONGTERM))
    return false;

  return true;
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
function __get_user_pages_remote(
  mm: mm_struct, start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null,
  vmas: vm_area_struct[] | null, locked: Ref<int> | null,
): long {
  // A long pin looks at the vmas, so the lock may not be dropped under it.
  if (gup_flags & FOLL_LONGTERM) {
    if (WARN_ON_ONCE(locked))
      return -EINVAL;
    return __gup_longterm_locked(mm, start, nr_pages, pages,
      vmas, gup_flags | FOLL_TOUCH |
      FOLL_REMOTE);
  }

  return __get_user_pages_locked(mm, start, nr_pages, pages, vmas,
    locked,
    gup_flags | FOLL_TOUCH | FOLL_REMOTE);
}

/** @refs pages: returns one reference each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function get_user_pages_remote(
  mm: mm_struct, start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null,
  vmas: vm_area_struct[] | null, locked: Ref<int> | null,
): long {
  if (!is_valid_gup_flags(gup_flags))
    return -EINVAL;

  return __get_user_pages_remote(mm, start, nr_pages, gup_flags,
    pages, vmas, locked);
}

/** @refs pages: returns one reference each (when > 0, so many)
 *  @locks requires mmap_lock(read) */
export function get_user_pages(
  start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null, vmas: vm_area_struct[] | null,
): long {
  if (!is_valid_gup_flags(gup_flags))
    return -EINVAL;

  return __gup_longterm_locked(current().mm, start, nr_pages,
    pages, vmas, gup_flags | FOLL_TOUCH);
}

/** @refs pages: returns one reference each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function get_user_pages_locked(
  start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null, locked: Ref<int> | null,
): long {
  if (WARN_ON_ONCE(gup_flags & FOLL_LONGTERM))
    return -EINVAL;
  if (WARN_ON_ONCE(gup_flags & FOLL_PIN))
    return -EINVAL;

  return __get_user_pages_locked(current().mm, start, nr_pages,
    pages, null, locked,
    gup_flags | FOLL_TOUCH);
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks takes mmap_lock(read) */
export function get_user_pages_unlocked(
  start: uaddr, nr_pages: unsigned_long, pages: page[] | null, gup_flags: foll_flags,
): long {
  const mm: mm_struct = current().mm;
  const locked: Ref<int> = { v: 1 };
  let ret: long;

  if (WARN_ON_ONCE(gup_flags & FOLL_LONGTERM))
    return -EINVAL;

  mmap_read_lock(mm);
  ret = __get_user_pages_locked(mm, start, nr_pages, pages, null,
    locked, gup_flags | FOLL_TOUCH);
  if (locked.v)
    mmap_read_unlock(mm);
  return ret;
}

// --- fast GUP ---------------------------------------------------------------------------------
// Walks the tables without a lock. Interrupts are off, so the flush that comes before a table or a
// page is freed waits for this CPU; what was read is believed only after it was read again.

/** @refs pages[nr_start .. nr): consumes one reference (FOLL_GET) or pin (FOLL_PIN) each */
function undo_dev_pagemap(nr: Ref<int>, nr_start: int, flags: foll_flags, pages: page[]): void {
  while (nr.v - nr_start) {
    const page: page = pages[--nr.v];

    ClearPageReferenced(page);
    if (flags & FOLL_PIN)
      unpin_user_page(page);
    else
      put_page(page);
  }
}

/** @refs pages[nr ..]: returns one reference (FOLL_GET) or pin (FOLL_PIN) each, also when it returns 0 */
function gup_pte_range(
  pmd: pmd_t, addr: uaddr, end: uaddr, flags: foll_flags, pages: page[], nr: Ref<int>,
): int {
  let pgmap: dev_pagemap | null = null;
  const nr_start: int = nr.v;
  let ret: int = 0;
  let ptep: pte_cell, ptem: pte_cell;

  ptem = ptep = pte_offset_map_value(pmd, addr);
  pte_unmap: {
    do {
      const pte: pte_t = ptep_get_lockless(ptep);
      let head: page, page: page;

      if (pte_protnone(pte))
        break pte_unmap;

      if (!pte_access_permitted(pte, Boolean(flags & FOLL_WRITE)))
        break pte_unmap;

      if (pte_devmap(pte)) {
        if (flags & FOLL_LONGTERM)
          break pte_unmap;

        pgmap = get_dev_pagemap(pte_pfn(pte), pgmap);
        if (!pgmap) {
          undo_dev_pagemap(nr, nr_start, flags, pages);
          break pte_unmap;
        }
      } else if (pte_special(pte))
        break pte_unmap;

      VM_BUG_ON(!pfn_valid(pte_pfn(pte)));
      page = pte_page(pte);

      head = try_grab_compound_head(page, 1, flags);
      if (!head)
        break pte_unmap;

      if (page_is_secretmem(page)) {
        put_compound_head(head, 1, flags);
        break pte_unmap;
      }

      // The pte was cleared meanwhile: whose page this is now nobody knows.
      if (pte_val(pte) !== pte_val(Pte(ptep))) {
        put_compound_head(head, 1, flags);
        break pte_unmap;
      }

      VM_BUG_ON_PAGE(compound_head(page) !== head, page);

      if (flags & FOLL_PIN) {
        ret = arch_make_page_accessible(page);
        if (ret) {
          unpin_user_page(page);
          break pte_unmap;
        }
      }
      SetPageReferenced(page);
      pages[nr.v] = page;
      nr.v++;

    } while (ptep = pte_next(ptep), addr += PAGE_SIZE, addr !== end);

    ret = 1;
  }
  if (pgmap)
    put_dev_pagemap(pgmap);
  pte_unmap(ptem);
  return ret;
}

function gup_pmd_range(
  pudp: pud_cell, pud: pud_t, addr: uaddr, end: uaddr, flags: foll_flags, pages: page[], nr: Ref<int>,
): int {
  let next: uaddr;
  let pmdp: pmd_cell;

  pmdp = pmd_offset_lockless(pudp, pud, addr);
  do {
    const pmd: pmd_t = Pmd(pmdp);

    next = pmd_addr_end(addr, end);
    if (!pmd_present(pmd))
      return 0;

    if (pmd_trans_huge(pmd) || pmd_huge(pmd) ||
        pmd_devmap(pmd)) {
      unreachable('THP');
    } else if (is_hugepd(__hugepd(pmd_val(pmd)))) {
      unreachable('hugepd');
    } else if (!gup_pte_range(pmd, addr, next, flags, pages, nr))
      return 0;
  } while (pmdp = pmd_next(pmdp), addr = next, addr !== end);

  return 1;
}

/** pud, p4d and pgd are folded: one turn, and the pointer has nowhere to go on to. */
function gup_pud_range(
  p4dp: p4d_cell, p4d: p4d_t, addr: uaddr, end: uaddr, flags: foll_flags, pages: page[], nr: Ref<int>,
): int {
  let next: uaddr;
  let pudp: pud_cell;

  pudp = pud_offset_lockless(p4dp, p4d, addr);
  do {
    const pud: pud_t = pudp;

    next = pud_addr_end(addr, end);
    if (!pud_present(pud))
      return 0;
    if (pud_huge(pud)) {
      unreachable('hugetlb');
    } else if (is_hugepd(__hugepd(pud_val(pud)))) {
      unreachable('hugepd');
    } else if (!gup_pmd_range(pudp, pud, addr, next, flags, pages, nr))
      return 0;
  } while (addr = next, addr !== end);

  return 1;
}

function gup_p4d_range(
  pgdp: pgd_cell, pgd: pgd_t, addr: uaddr, end: uaddr, flags: foll_flags, pages: page[], nr: Ref<int>,
): int {
  let next: uaddr;
  let p4dp: p4d_cell;

  p4dp = p4d_offset_lockless(pgdp, pgd, addr);
  do {
    const p4d: p4d_t = p4dp;

    next = p4d_addr_end(addr, end);
    if (p4d_none(p4d))
      return 0;
    if (is_hugepd(__hugepd(p4d_val(p4d)))) {
      unreachable('hugepd');
    } else if (!gup_pud_range(p4dp, p4d, addr, next, flags, pages, nr))
      return 0;
  } while (addr = next, addr !== end);

  return 1;
}

function gup_pgd_range(addr: uaddr, end: uaddr, flags: foll_flags, pages: page[], nr: Ref<int>): void {
  let next: uaddr;
  let pgdp: pgd_cell;

  pgdp = pgd_offset(current().mm, addr);
  do {
    const pgd: pgd_t = pgdp;

    next = pgd_addr_end(addr, end);
    if (pgd_none(pgd))
      return;
    if (pgd_huge(pgd)) {
      unreachable('hugetlb');
    } else if (is_hugepd(__hugepd(pgd_val(pgd)))) {
      unreachable('hugepd');
    } else if (!gup_p4d_range(pgdp, pgd, addr, next, flags, pages, nr))
      return;
  } while (addr = next, addr !== end);
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks takes mmap_lock(read) */
function __gup_longterm_unlocked(
  start: uaddr, nr_pages: int, gup_flags: foll_flags, pages: page[],
): int {
  let ret: int;

  // get_user_pages_unlocked() cannot do FOLL_LONGTERM.
  if (gup_flags & FOLL_LONGTERM) {
    mmap_read_lock(current().mm);
    ret = int(__gup_longterm_locked(current().mm,
      start, nr_pages,
      pages, null, gup_flags));
    mmap_read_unlock(current().mm);
  } else {
    ret = int(get_user_pages_unlocked(start, nr_pages,
      pages, gup_flags));
  }

  return ret;
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many) */
function lockless_pages_from_mm(
  start: uaddr, end: uaddr, gup_flags: foll_flags, pages: page[],
): unsigned_long {
  let flags: unsigned_long;
  const nr_pinned: Ref<int> = { v: 0 };
  let seq: unsigned_int;

  if (!CONFIG_HAVE_FAST_GUP ||
      !gup_fast_permitted(start, end))
    return 0;

  if (gup_flags & FOLL_PIN) {
    seq = raw_read_seqcount(current().mm.write_protect_seq);
    if (seq & 1)
      return 0;
  }

  flags = local_irq_save();
  gup_pgd_range(start, end, gup_flags, pages, nr_pinned);
  local_irq_restore(flags);

  // fork() may have write-protected what was pinned: then nothing was.
  if (gup_flags & FOLL_PIN) {
    if (read_seqcount_retry(current().mm.write_protect_seq, seq)) {
      unpin_user_pages(pages, nr_pinned.v);
      return 0;
    }
  }
  return nr_pinned.v;
}

/** @refs pages: returns one reference (FOLL_GET) or pin (FOLL_PIN) each (when > 0, so many)
 *  @locks takes mmap_lock(read) (unless FOLL_FAST_ONLY) */
function internal_get_user_pages_fast(
  start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[],
): int {
  let len: unsigned_long;
  const end: Ref<uaddr> = { v: 0 };
  let nr_pinned: unsigned_long;
  let ret: int;

  if (WARN_ON_ONCE(gup_flags & ~(FOLL_WRITE | FOLL_LONGTERM |
                                 FOLL_FORCE | FOLL_PIN | FOLL_GET |
                                 FOLL_FAST_ONLY)))
    return -EINVAL;

  if (gup_flags & FOLL_PIN)
    mm_set_has_pinned_flag(current().mm);

  if (!(gup_flags & FOLL_FAST_ONLY))
    might_lock_read(current().mm.mmap_lock);

  start = (untagged_addr(start) & PAGE_MASK) >>> 0;
  len = (nr_pages << PAGE_SHIFT) >>> 0;
  if (check_add_overflow(start, len, end))
    return 0;
  if (!access_ok(start, len))
    return -EFAULT;

  nr_pinned = lockless_pages_from_mm(start, end.v, gup_flags, pages);
  if (nr_pinned === nr_pages || gup_flags & FOLL_FAST_ONLY)
    return nr_pinned;

  start += nr_pinned << PAGE_SHIFT;
  pages = ArrayAt(pages, nr_pinned);
  ret = __gup_longterm_unlocked(start, nr_pages - nr_pinned, gup_flags,
    pages);
  if (ret < 0) {
    // What is pinned already the caller must learn of, or it leaks.
    if (nr_pinned)
      return nr_pinned;
    return ret;
  }
  return ret + nr_pinned;
}

/** @refs pages: returns one reference each (so many as it says) */
export function get_user_pages_fast_only(
  start: uaddr, nr_pages: int, gup_flags: foll_flags, pages: page[],
): int {
  let nr_pinned: int;

  gup_flags |= FOLL_GET | FOLL_FAST_ONLY;

  nr_pinned = internal_get_user_pages_fast(start, nr_pages, gup_flags,
    pages);

  // This one says a count and no errno.
  if (nr_pinned < 0)
    nr_pinned = 0;

  return nr_pinned;
}

/** @refs pages: returns one reference each (when > 0, so many)
 *  @locks takes mmap_lock(read) */
export function get_user_pages_fast(
  start: uaddr, nr_pages: int, gup_flags: foll_flags, pages: page[],
): int {
  if (!is_valid_gup_flags(gup_flags))
    return -EINVAL;

  gup_flags |= FOLL_GET;
  return internal_get_user_pages_fast(start, nr_pages, gup_flags, pages);
}

/** @refs pages: returns one pin each (when > 0, so many)
 *  @locks takes mmap_lock(read) */
export function pin_user_pages_fast(
  start: uaddr, nr_pages: int, gup_flags: foll_flags, pages: page[],
): int {
  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return -EINVAL;

  gup_flags |= FOLL_PIN;
  return internal_get_user_pages_fast(start, nr_pages, gup_flags, pages);
}

/** @refs pages: returns one pin each (so many as it says) */
export function pin_user_pages_fast_only(
  start: uaddr, nr_pages: int, gup_flags: foll_flags, pages: page[],
): int {
  let nr_pinned: int;

  // This one says a count and no errno.
  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return 0;
  gup_flags |= (FOLL_PIN | FOLL_FAST_ONLY);
  nr_pinned = internal_get_user_pages_fast(start, nr_pages, gup_flags,
    pages);
  if (nr_pinned < 0)
    nr_pinned = 0;

  return nr_pinned;
}

/** @refs pages: returns one pin each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function pin_user_pages_remote(
  mm: mm_struct, start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null,
  vmas: vm_area_struct[] | null, locked: Ref<int> | null,
): long {
  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return -EINVAL;

  gup_flags |= FOLL_PIN;
  return __get_user_pages_remote(mm, start, nr_pages, gup_flags,
    pages, vmas, locked);
}

/** @refs pages: returns one pin each (when > 0, so many)
 *  @locks requires mmap_lock(read) */
export function pin_user_pages(
  start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null, vmas: vm_area_struct[] | null,
): long {
  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return -EINVAL;

  gup_flags |= FOLL_PIN;
  return __gup_longterm_locked(current().mm, start, nr_pages,
    pages, vmas, gup_flags);
}

/** @refs pages: returns one pin each (when > 0, so many)
 *  @locks takes mmap_lock(read) */
export function pin_user_pages_unlocked(
  start: uaddr, nr_pages: unsigned_long, pages: page[] | null, gup_flags: foll_flags,
): long {
  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return -EINVAL;

  gup_flags |= FOLL_PIN;
  return get_user_pages_unlocked(start, nr_pages, pages, gup_flags);
}

/** @refs pages: returns one pin each (when > 0, so many)
 *  @locks requires mmap_lock(read); releases mmap_lock (when locked is cleared) */
export function pin_user_pages_locked(
  start: uaddr, nr_pages: unsigned_long, gup_flags: foll_flags, pages: page[] | null, locked: Ref<int> | null,
): long {
  if (WARN_ON_ONCE(gup_flags & FOLL_LONGTERM))
    return -EINVAL;

  if (WARN_ON_ONCE(gup_flags & FOLL_GET))
    return -EINVAL;

  gup_flags |= FOLL_PIN;
  return __get_user_pages_locked(current().mm, start, nr_pages,
    pages, null, locked,
    gup_flags | FOLL_TOUCH);
}
