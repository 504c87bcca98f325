// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/swap.c: the last put of a page, and the per-CPU page vectors through which pages
// reach the LRU lists. A page in a vector carries one reference of that vector until it is
// drained, so where a page sits decides whether it can be isolated and what its count is.

import { DEFINE_PER_CPU, per_cpu, per_machine, smp_processor_id, this_cpu_ptr } from '../arch/model/machine.ts';
import { notModelled, unreachable, reduced } from '../arch/model/marks.ts';
import { atomic_inc, atomic_t } from '../include/linux/atomic.ts';
import { WARN_ON, WARN_ON_ONCE } from '../include/linux/bug.ts';
import { __cpumask_set_cpu, cpumask, cpumask_clear, for_each_cpu, for_each_online_cpu } from '../include/linux/cpumask.ts';
import { is_huge_zero_page, thp_nr_pages } from '../include/linux/huge_mm.ts';
import { LIST_HEAD, list_add, list_del, list_empty, type list_head } from '../include/linux/list.ts';
import {
  local_lock, local_lock_irqsave, local_unlock, local_unlock_irqrestore, type local_lock_t,
} from '../include/linux/local_lock.ts';
import {
  lock_page_lruvec_irqsave, lruvec_memcg, __count_memcg_events, mem_cgroup_uncharge, mem_cgroup_uncharge_list,
  relock_page_lruvec_irqsave, unlock_page_lruvec_irqrestore,
} from '../include/linux/memcontrol.ts';
import { put_dev_pagemap } from '../include/linux/memremap.ts';
import {
  get_page, get_page_unless_zero, is_zone_device_page, lru_to_page, page_is_devmap_managed, page_zone, put_page,
  put_page_testzero, VM_LOCKED, VM_SPECIAL,
} from '../include/linux/mm.ts';
import {
  __clear_page_lru_flags, add_page_to_lru_list, add_page_to_lru_list_tail, del_page_from_lru_list,
} from '../include/linux/mm_inline.ts';
import type { page, vm_area_struct } from '../include/linux/mm_types.ts';
import { VM_BUG_ON_PAGE } from '../include/linux/mmdebug.ts';
import { NR_MLOCK, type lruvec, type zone } from '../include/linux/mmzone.ts';
import { mutex, mutex_lock, mutex_unlock } from '../include/linux/mutex.ts';
import {
  __ClearPageWaiters, ClearPageActive, ClearPageReferenced, ClearPageSwapBacked, compound_head, PageActive, PageAnon,
  PageCompound, PageDirty, PageHuge, PageLRU, PageLocked, PageReferenced, PageSwapBacked, PageSwapCache, PageUnevictable,
  PageWriteback, SetPageActive, SetPageLRU, SetPageReclaim, SetPageReferenced, SetPageUnevictable, TestClearPageLRU,
  TestClearPageUnevictable, TestSetPageMlocked,
} from '../include/linux/page-flags.ts';
import { clear_page_idle, page_is_idle } from '../include/linux/page_idle.ts';
import { page_ref_dec_return } from '../include/linux/page_ref.ts';
import { pagevec, pagevec_add, pagevec_count, pagevec_reinit } from '../include/linux/pagevec.ts';
import { lru_cache_disabled, SWAP_CLUSTER_MAX } from '../include/linux/swap.ts';
import type { int, Ref, unsigned_int, unsigned_long } from '../include/linux/types.ts';
import {
  __count_vm_events, __mod_zone_page_state, count_vm_events, PGACTIVATE, PGDEACTIVATE, PGLAZYFREE, PGROTATED,
  UNEVICTABLE_PGCULLED, UNEVICTABLE_PGMLOCKED, UNEVICTABLE_PGRESCUED,
} from '../include/linux/vmstat.ts';
import { flush_work, INIT_WORK, mm_percpu_wq, queue_work_on, work_struct } from '../include/linux/workqueue.ts';
import { page_evictable } from './internal.ts';
//#if DEV_PAGEMAP_OPS
import { free_devmap_managed_page } from './memremap.ts';
//#else
import { put_devmap_managed_page } from '../include/linux/mm.ts';
//#endif
import { drain_local_pages, free_unref_page, free_unref_page_list } from './page_alloc.ts';
import { page_mapped } from './util.ts';

/** A local lock has no word of its own on this configuration: its name is all there is. */
interface with_local_lock { readonly lock: local_lock_t }

/** struct lru_rotate */
class lru_rotate_struct {
  readonly pvec: pagevec = new pagevec();
}
const lru_rotate = { ...DEFINE_PER_CPU(() => new lru_rotate_struct(), 'lru_rotate'), lock: { name: 'lru_rotate' } } satisfies with_local_lock;

/** struct lru_pvecs */
class lru_pvecs_struct {
  readonly lru_add: pagevec = new pagevec();
  readonly lru_deactivate_file: pagevec = new pagevec();
  readonly lru_deactivate: pagevec = new pagevec();
  readonly lru_lazyfree: pagevec = new pagevec();
  readonly activate_page: pagevec = new pagevec();
}
const lru_pvecs = { ...DEFINE_PER_CPU(() => new lru_pvecs_struct(), 'lru_pvecs'), lock: { name: 'lru_pvecs' } } satisfies with_local_lock;

/** @refs page: the count is zero, nobody holds it
 *  @locks takes lru_lock */
function __page_cache_release(page: page): void {
  if (PageLRU(page)) {
    let lruvec: lruvec;
    const flags: Ref<unsigned_long> = { v: 0 };

    lruvec = lock_page_lruvec_irqsave(page, flags);
    del_page_from_lru_list(page, lruvec);
    __clear_page_lru_flags(page);
    unlock_page_lruvec_irqrestore(lruvec, flags.v);
  }
  __ClearPageWaiters(page);
}

function __put_single_page(page: page): void {
  __page_cache_release(page);
  mem_cgroup_uncharge(page);
  free_unref_page(page, 0);
}

function __put_compound_page(page: page): void {
  if (!PageHuge(page))
    __page_cache_release(page);
  unreachable('compound pages');
}

/** @refs page: the count reached zero; a device page gives its pgmap reference back */
export function __put_page(page: page): void {
  if (is_zone_device_page(page)) {
    put_dev_pagemap(page.pgmap);

    return;
  }

  if (PageCompound(page))
    __put_compound_page(page);
  else
    __put_single_page(page);
}

/** @refs pages: consumes one of each */
export function put_pages_list(pages: list_head<page>): void {
  while (!list_empty(pages)) {
    let victim: page;

    victim = lru_to_page(pages);
    list_del(victim.lru);
    put_page(victim);
  }
}

/** @refs pvec: consumes one of each
 *  @locks takes lru_lock */
function pagevec_lru_move_fn(pvec: pagevec, move_fn: (page: page, lruvec: lruvec) => void): void {
  let i: int;
  let lruvec: lruvec | null = null;
  const flags: Ref<unsigned_long> = { v: 0 };

  for (i = 0; i < pagevec_count(pvec); i++) {
    const page = pvec.pages[i];

    if (!TestClearPageLRU(page))
      continue;

    lruvec = relock_page_lruvec_irqsave(page, lruvec, flags);
    move_fn(page, lruvec);

    SetPageLRU(page);
  }
  if (lruvec)
    unlock_page_lruvec_irqrestore(lruvec, flags.v);
  release_pages(pvec.pages, pvec.nr);
  pagevec_reinit(pvec);
}

function pagevec_move_tail_fn(page: page, lruvec: lruvec): void {
  if (!PageUnevictable(page)) {
    del_page_from_lru_list(page, lruvec);
    ClearPageActive(page);
    add_page_to_lru_list_tail(page, lruvec);
    __count_vm_events(PGROTATED, thp_nr_pages(page));
  }
}

function pagevec_add_and_need_flush(pvec: pagevec, page: page): boolean {
  let ret = false;

  if (!pagevec_add(pvec, page) || PageCompound(page) ||
      lru_cache_disabled())
    ret = true;

  return ret;
}

/** @refs page: borrows; the vector takes its own */
export function rotate_reclaimable_page(page: page): void {
  if (!PageLocked(page) && !PageDirty(page) &&
      !PageUnevictable(page) && PageLRU(page)) {
    let pvec: pagevec;

    get_page(page);
    local_lock_irqsave(lru_rotate.lock);
    pvec = this_cpu_ptr(lru_rotate).pvec;
    if (pagevec_add_and_need_flush(pvec, page))
      pagevec_lru_move_fn(pvec, pagevec_move_tail_fn);
    local_unlock_irqrestore(lru_rotate.lock);
  }
}

function __activate_page(page: page, lruvec: lruvec): void {
  if (!PageActive(page) && !PageUnevictable(page)) {
    const nr_pages: int = thp_nr_pages(page);

    del_page_from_lru_list(page, lruvec);
    SetPageActive(page);
    add_page_to_lru_list(page, lruvec);

    __count_vm_events(PGACTIVATE, nr_pages);
    __count_memcg_events(lruvec_memcg(lruvec), PGACTIVATE,
      nr_pages);
  }
}

function activate_page_drain(cpu: int): void {
  const pvec = per_cpu(lru_pvecs, cpu).activate_page;

  if (pagevec_count(pvec))
    pagevec_lru_move_fn(pvec, __activate_page);
}

function need_activate_page_drain(cpu: int): boolean {
  return pagevec_count(per_cpu(lru_pvecs, cpu).activate_page) !== 0;
}

/** @refs page: borrows; the vector takes its own */
export function activate_page(page: page): void {
  page = compound_head(page);
  if (PageLRU(page) && !PageActive(page) && !PageUnevictable(page)) {
    let pvec: pagevec;

    local_lock(lru_pvecs.lock);
    pvec = this_cpu_ptr(lru_pvecs).activate_page;
    get_page(page);
    if (pagevec_add_and_need_flush(pvec, page))
      pagevec_lru_move_fn(pvec, __activate_page);
    local_unlock(lru_pvecs.lock);
  }
}

function __lru_cache_activate_page(page: page): void {
  let pvec: pagevec;
  let i: int;

  local_lock(lru_pvecs.lock);
  pvec = this_cpu_ptr(lru_pvecs).lru_add;

  // Only this CPU's vector: on another's the page may be on its way out at this moment.
  for (i = pagevec_count(pvec) - 1; i >= 0; i--) {
    const pagevec_page = pvec.pages[i];

    if (pagevec_page === page) {
      SetPageActive(page);
      break;
    }
  }

  local_unlock(lru_pvecs.lock);
}

/** @refs page: borrows */
export function mark_page_accessed(page: page): void {
  page = compound_head(page);

  if (!PageReferenced(page)) {
    SetPageReferenced(page);
  } else if (PageUnevictable(page)) {
    // The unevictable list is never rotated.
  } else if (!PageActive(page)) {
    if (PageLRU(page))
      activate_page(page);
    else
      __lru_cache_activate_page(page);
    ClearPageReferenced(page);
    notModelled('workingset_activation: ages of evicted pages');
  }
  if (page_is_idle(page))
    clear_page_idle(page);
}

/** @refs page: borrows; the vector takes its own until it is drained */
export function lru_cache_add(page: page): void {
  let pvec: pagevec;

  VM_BUG_ON_PAGE(PageActive(page) && PageUnevictable(page), page);
  VM_BUG_ON_PAGE(PageLRU(page), page);

  get_page(page);
  local_lock(lru_pvecs.lock);
  pvec = this_cpu_ptr(lru_pvecs).lru_add;
  if (pagevec_add_and_need_flush(pvec, page))
    __pagevec_lru_add(pvec);
  local_unlock(lru_pvecs.lock);
}

/** @refs page: borrows; the vector takes its own until it is drained */
export function lru_cache_add_inactive_or_unevictable(page: page,
  vma: vm_area_struct): void {
  let unevictable: boolean;

  VM_BUG_ON_PAGE(PageLRU(page), page);

  unevictable = (vma.vm_flags & (VM_LOCKED | VM_SPECIAL)) === VM_LOCKED;
  if (unevictable && !TestSetPageMlocked(page)) {
    const nr_pages: int = thp_nr_pages(page);

    __mod_zone_page_state(page_zone(page), NR_MLOCK, nr_pages);
    count_vm_events(UNEVICTABLE_PGMLOCKED, nr_pages);
  }
  lru_cache_add(page);
}

function lru_deactivate_file_fn(page: page, lruvec: lruvec): void {
  const active = PageActive(page);
  const nr_pages: int = thp_nr_pages(page);

  if (PageUnevictable(page))
    return;

  if (page_mapped(page))
    return;

  del_page_from_lru_list(page, lruvec);
  ClearPageActive(page);
  ClearPageReferenced(page);

  if (PageWriteback(page) || PageDirty(page)) {
    add_page_to_lru_list(page, lruvec);
    SetPageReclaim(page);
  } else {
    add_page_to_lru_list_tail(page, lruvec);
    __count_vm_events(PGROTATED, nr_pages);
  }

  if (active) {
    __count_vm_events(PGDEACTIVATE, nr_pages);
    __count_memcg_events(lruvec_memcg(lruvec), PGDEACTIVATE,
      nr_pages);
  }
}

function lru_deactivate_fn(page: page, lruvec: lruvec): void {
  if (PageActive(page) && !PageUnevictable(page)) {
    const nr_pages: int = thp_nr_pages(page);

    del_page_from_lru_list(page, lruvec);
    ClearPageActive(page);
    ClearPageReferenced(page);
    add_page_to_lru_list(page, lruvec);

    __count_vm_events(PGDEACTIVATE, nr_pages);
    __count_memcg_events(lruvec_memcg(lruvec), PGDEACTIVATE,
      nr_pages);
  }
}

function lru_lazyfree_fn(page: page, lruvec: lruvec): void {
  if (PageAnon(page) && PageSwapBacked(page) &&
      !PageSwapCache(page) && !PageUnevictable(page)) {
    const nr_pages: int = thp_nr_pages(page);

    del_page_from_lru_list(page, lruvec);
    ClearPageActive(page);
    ClearPageReferenced(page);
    ClearPageSwapBacked(page);
    add_page_to_lru_list(page, lruvec);

    __count_vm_events(PGLAZYFREE, nr_pages);
    __count_memcg_events(lruvec_memcg(lruvec), PGLAZYFREE,
      nr_pages);
  }
}

/** @locks requires preemption off, or a dead CPU */
export function lru_add_drain_cpu(cpu: int): void {
  let pvec = per_cpu(lru_pvecs, cpu).lru_add;

  if (pagevec_count(pvec))
    __pagevec_lru_add(pvec);

  pvec = per_cpu(lru_rotate, cpu).pvec;
  if (pagevec_count(pvec)) {
    local_lock_irqsave(lru_rotate.lock);
    pagevec_lru_move_fn(pvec, pagevec_move_tail_fn);
    local_unlock_irqrestore(lru_rotate.lock);
  }

  pvec = per_cpu(lru_pvecs, cpu).lru_deactivate_file;
  if (pagevec_count(pvec))
    pagevec_lru_move_fn(pvec, lru_deactivate_file_fn);

  pvec = per_cpu(lru_pvecs, cpu).lru_deactivate;
  if (pagevec_count(pvec))
    pagevec_lru_move_fn(pvec, lru_deactivate_fn);

  pvec = per_cpu(lru_pvecs, cpu).lru_lazyfree;
  if (pagevec_count(pvec))
    pagevec_lru_move_fn(pvec, lru_lazyfree_fn);

  activate_page_drain(cpu);
}

export function deactivate_file_page(page: page): void {
  if (PageUnevictable(page))
    return;

  if (get_page_unless_zero(page)) {
    let pvec: pagevec;

    local_lock(lru_pvecs.lock);
    pvec = this_cpu_ptr(lru_pvecs).lru_deactivate_file;

    if (pagevec_add_and_need_flush(pvec, page))
      pagevec_lru_move_fn(pvec, lru_deactivate_file_fn);
    local_unlock(lru_pvecs.lock);
  }
}

export function deactivate_page(page: page): void {
  if (PageLRU(page) && PageActive(page) && !PageUnevictable(page)) {
    let pvec: pagevec;

    local_lock(lru_pvecs.lock);
    pvec = this_cpu_ptr(lru_pvecs).lru_deactivate;
    get_page(page);
    if (pagevec_add_and_need_flush(pvec, page))
      pagevec_lru_move_fn(pvec, lru_deactivate_fn);
    local_unlock(lru_pvecs.lock);
  }
}

export function mark_page_lazyfree(page: page): void {
  if (PageLRU(page) && PageAnon(page) && PageSwapBacked(page) &&
      !PageSwapCache(page) && !PageUnevictable(page)) {
    let pvec: pagevec;

    local_lock(lru_pvecs.lock);
    pvec = this_cpu_ptr(lru_pvecs).lru_lazyfree;
    get_page(page);
    if (pagevec_add_and_need_flush(pvec, page))
      pagevec_lru_move_fn(pvec, lru_lazyfree_fn);
    local_unlock(lru_pvecs.lock);
  }
}

/** The vectors of the running CPU only. */
export function lru_add_drain(): void {
  local_lock(lru_pvecs.lock);
  lru_add_drain_cpu(smp_processor_id());
  local_unlock(lru_pvecs.lock);
}

function lru_add_and_bh_lrus_drain(): void {
  local_lock(lru_pvecs.lock);
  lru_add_drain_cpu(smp_processor_id());
  local_unlock(lru_pvecs.lock);
  notModelled('invalidate_bh_lrus_cpu: buffer heads');
}

export function lru_add_drain_cpu_zone(zone: zone): void {
  local_lock(lru_pvecs.lock);
  lru_add_drain_cpu(smp_processor_id());
  drain_local_pages(zone);
  local_unlock(lru_pvecs.lock);
}

const lru_add_drain_work = DEFINE_PER_CPU(() => new work_struct(), 'lru_add_drain_work');

function lru_add_drain_per_cpu(_dummy: work_struct): void {
  lru_add_and_bh_lrus_drain();
}

// The statics of __lru_add_drain_all.
const lru_drain_gen = per_machine(() => ({ v: 0 }), 'lru_drain_gen', true);
const has_work = per_machine(() => new cpumask(), '__lru_add_drain_all.has_work');
const lock = per_machine(() => new mutex('__lru_add_drain_all.lock'), '__lru_add_drain_all.lock');

/** @locks takes the mutex of draining; waits for a work item on each CPU with something to drain */
export function __lru_add_drain_all(force_all_cpus: boolean): void {
  reduced('no buffer heads, no barriers; C\'s statics are the machine\'s');
  let this_gen: unsigned_int;

  if (WARN_ON(!mm_percpu_wq()))
    return;

  // Read before the mutex: whoever gets it later and finds a newer generation was drained for.
  this_gen = lru_drain_gen().v;

  mutex_lock(lock());

  done: {
    if (this_gen !== lru_drain_gen().v && !force_all_cpus)
      break done;

    lru_drain_gen().v = lru_drain_gen().v + 1;

    cpumask_clear(has_work());
    for (const cpu of for_each_online_cpu()) {
      const work = per_cpu(lru_add_drain_work, cpu);

      if (force_all_cpus ||
          pagevec_count(per_cpu(lru_pvecs, cpu).lru_add) ||
          pagevec_count(per_cpu(lru_rotate, cpu).pvec) ||
          pagevec_count(per_cpu(lru_pvecs, cpu).lru_deactivate_file) ||
          pagevec_count(per_cpu(lru_pvecs, cpu).lru_deactivate) ||
          pagevec_count(per_cpu(lru_pvecs, cpu).lru_lazyfree) ||
          need_activate_page_drain(cpu)) {
        INIT_WORK(work, lru_add_drain_per_cpu);
        queue_work_on(cpu, mm_percpu_wq(), work);
        __cpumask_set_cpu(cpu, has_work());
      }
    }

    for (const cpu of for_each_cpu(has_work()))
      flush_work(per_cpu(lru_add_drain_work, cpu));
  }

  mutex_unlock(lock());
}

export function lru_add_drain_all(): void {
  __lru_add_drain_all(false);
}

export const lru_disable_count = per_machine(() => new atomic_t(0), 'lru_disable_count');

/** Undone by lru_cache_enable; in between a page never stays in a vector. */
export function lru_cache_disable(): void {
  reduced('SMP; the count is the machine\'s');
  atomic_inc(lru_disable_count());
  __lru_add_drain_all(true);
}

/** @refs pages: consumes one of each
 *  @locks takes lru_lock */
export function release_pages(pages: page[], nr: int): void {
  let i: int;
  const pages_to_free = LIST_HEAD<page>();
  let lruvec: lruvec | null = null;
  const flags: Ref<unsigned_long> = { v: 0 };
  let lock_batch: unsigned_int;

  for (i = 0; i < nr; i++) {
    let page = pages[i];

    // Not to keep interrupts off for the whole of a long list; the lock is held when lruvec is set.
    if (lruvec && ++lock_batch === SWAP_CLUSTER_MAX) {
      unlock_page_lruvec_irqrestore(lruvec, flags.v);
      lruvec = null;
    }

    page = compound_head(page);
    if (is_huge_zero_page(page))
      continue;

    if (is_zone_device_page(page)) {
      if (lruvec) {
        unlock_page_lruvec_irqrestore(lruvec, flags.v);
        lruvec = null;
      }
      // An unmanaged device page is counted like any other, but its page belongs to the pgmap.
      if (page_is_devmap_managed(page)) {
        put_devmap_managed_page(page);
        continue;
      }
      if (put_page_testzero(page))
        put_dev_pagemap(page.pgmap);
      continue;
    }

    if (!put_page_testzero(page))
      continue;

    if (PageCompound(page)) {
      if (lruvec) {
        unlock_page_lruvec_irqrestore(lruvec, flags.v);
        lruvec = null;
      }
      __put_compound_page(page);
      continue;
    }

    if (PageLRU(page)) {
      const prev_lruvec = lruvec;

      lruvec = relock_page_lruvec_irqsave(page, lruvec,
        flags);
      if (prev_lruvec !== lruvec)
        lock_batch = 0;

      del_page_from_lru_list(page, lruvec);
      __clear_page_lru_flags(page);
    }

    __ClearPageWaiters(page);

    list_add(page.lru, pages_to_free);
  }
  if (lruvec)
    unlock_page_lruvec_irqrestore(lruvec, flags.v);

  mem_cgroup_uncharge_list(pages_to_free);
  free_unref_page_list(pages_to_free);
}

/** @refs pvec: consumes one of each */
export function __pagevec_release(pvec: pagevec): void {
  if (!pvec.percpu_pvec_drained) {
    lru_add_drain();
    pvec.percpu_pvec_drained = true;
  }
  release_pages(pvec.pages, pagevec_count(pvec));
  pagevec_reinit(pvec);
}

/** @locks requires lru_lock */
function __pagevec_lru_add_fn(page: page, lruvec: lruvec): void {
  const was_unevictable = TestClearPageUnevictable(page);
  const nr_pages: int = thp_nr_pages(page);

  VM_BUG_ON_PAGE(PageLRU(page), page);

  // Set before the test of mlocked below: clear_page_mlock does the two the other way round.
  SetPageLRU(page);

  if (page_evictable(page)) {
    if (was_unevictable)
      __count_vm_events(UNEVICTABLE_PGRESCUED, nr_pages);
  } else {
    ClearPageActive(page);
    SetPageUnevictable(page);
    if (!was_unevictable)
      __count_vm_events(UNEVICTABLE_PGCULLED, nr_pages);
  }

  add_page_to_lru_list(page, lruvec);
}

/** @refs pvec: consumes one of each
 *  @locks takes lru_lock */
export function __pagevec_lru_add(pvec: pagevec): void {
  let i: int;
  let lruvec: lruvec | null = null;
  const flags: Ref<unsigned_long> = { v: 0 };

  for (i = 0; i < pagevec_count(pvec); i++) {
    const page = pvec.pages[i];

    lruvec = relock_page_lruvec_irqsave(page, lruvec, flags);
    __pagevec_lru_add_fn(page, lruvec);
  }
  if (lruvec)
    unlock_page_lruvec_irqrestore(lruvec, flags.v);
  release_pages(pvec.pages, pvec.nr);
  pagevec_reinit(pvec);
}

//#if DEV_PAGEMAP_OPS
/** @refs page: consumes; at one left the page is free and goes back to its driver */
export function put_devmap_managed_page(page: page): void {
  let count: int;

  if (WARN_ON_ONCE(!page_is_devmap_managed(page)))
    return;

  count = page_ref_dec_return(page);

  // The count of these pages is based on one: at one nobody holds it and it is stable.
  if (count === 1)
    free_devmap_managed_page(page);
  else if (!count)
    __put_page(page);
}
//#endif
