// SPDX-License-Identifier: GPL-2.0-only
// MEMCG=n: the stubs of the header, and the LRU lock, which is taken through them.

import { WARN_ON_ONCE } from './bug.ts';
import { lruvec_pgdat, type lruvec, type node_stat_item, type pg_data_t, type pglist_data } from './mmzone.ts';
import type { list_head } from './list.ts';
import { page_pgdat } from './mm.ts';
import { rcu_read_lock_held } from './rcupdate.ts';
import type { mm_struct, page } from './mm_types.ts';
import { node_page_state } from './vmstat.ts';
import { spin_lock, spin_lock_irq, spin_lock_irqsave, spin_unlock, spin_unlock_irq, spin_unlock_irqrestore } from './spinlock.ts';
import type { gfp_t, int, Ref, swp_entry_t, unsigned_int, unsigned_long } from './types.ts';

/** No control groups: every pointer to one is NULL. */
export interface mem_cgroup { readonly id: int }

export function page_memcg(_page: page): mem_cgroup | null { return null; }
export function page_memcg_rcu(_page: page): mem_cgroup | null {
  WARN_ON_ONCE(!rcu_read_lock_held());
  return null;
}
export function PageMemcgKmem(_page: page): boolean { return false; }
export function mem_cgroup_disabled(): boolean { return true; }
export function mem_cgroup_charge(_page: page, _mm: mm_struct, _gfp_mask: gfp_t): int { return 0; }
export function mem_cgroup_uncharge(_page: page): void {}
export function mem_cgroup_uncharge_list(_page_list: list_head<page>): void {}
export function mem_cgroup_lruvec(_memcg: mem_cgroup | null, pgdat: pglist_data): lruvec { return pgdat.__lruvec; }
export function mem_cgroup_page_lruvec(page: page): lruvec {
  const pgdat: pg_data_t = page_pgdat(page);

  return pgdat.__lruvec;
}

export function mem_cgroup_put(_memcg: mem_cgroup | null): void {}

export function lruvec_memcg(_lruvec: lruvec): mem_cgroup | null { return null; }

export function mem_cgroup_enter_user_fault(): void {}
export function mem_cgroup_exit_user_fault(): void {}

export function task_in_memcg_oom(_p: object): boolean { return false; }

export function mod_memcg_state(_memcg: mem_cgroup | null, _idx: int, _nr: int): void {}

export function lruvec_page_state(lruvec: lruvec, idx: node_stat_item): unsigned_long {
  return node_page_state(lruvec_pgdat(lruvec), idx);
}

export function count_memcg_events(_memcg: mem_cgroup | null, _idx: int | string, _count: unsigned_long): void {}
export function count_memcg_page_event(_page: page, _idx: int | string): void {}
export function count_memcg_event_mm(_mm: mm_struct, _idx: int | string): void {}
export function mem_cgroup_swapin_charge_page(_page: page, _mm: mm_struct, _gfp: gfp_t, _entry: swp_entry_t): int { return 0; }
export function mem_cgroup_migrate(_old: page, _new: page): void {}
export function get_mem_cgroup_from_mm(_mm: mm_struct): mem_cgroup | null { return null; }
/** @locks takes lru_lock; returns with it */
export function lock_page_lruvec(page: page): lruvec {
  const pgdat: pglist_data = page_pgdat(page);

  spin_lock(pgdat.__lruvec.lru_lock);
  return pgdat.__lruvec;
}
/** @locks takes lru_lock; returns with it */
export function lock_page_lruvec_irq(page: page): lruvec {
  const pgdat: pglist_data = page_pgdat(page);

  spin_lock_irq(pgdat.__lruvec.lru_lock);
  return pgdat.__lruvec;
}

/** @locks takes lru_lock; returns with it */
export function lock_page_lruvec_irqsave(page: page, _flagsp: Ref<unsigned_long>): lruvec {
  const pgdat: pglist_data = page_pgdat(page);

  spin_lock_irqsave(pgdat.__lruvec.lru_lock);
  return pgdat.__lruvec;
}

export function lock_page_memcg(_page: page): void {}
export function unlock_page_memcg(_page: page): void {}
export function mem_cgroup_oom_synchronize(_wait: boolean): boolean { return false; }
export function __count_memcg_events(_memcg: mem_cgroup | null, _idx: int | string, _count: unsigned_long): void {}
export function split_page_memcg(_head: page, _nr: unsigned_int): void {}

/** @locks drops lru_lock */
export function unlock_page_lruvec(lruvec: lruvec): void { spin_unlock(lruvec.lru_lock); }

/** @locks drops lru_lock */
export function unlock_page_lruvec_irq(lruvec: lruvec): void { spin_unlock_irq(lruvec.lru_lock); }

/** @locks drops lru_lock */
export function unlock_page_lruvec_irqrestore(lruvec: lruvec, _flags: unsigned_long): void {
  spin_unlock_irqrestore(lruvec.lru_lock);
}

export function page_matches_lruvec(page: page, lruvec: lruvec): boolean {
  return lruvec_pgdat(lruvec) === page_pgdat(page) &&
    lruvec_memcg(lruvec) === page_memcg(page);
}

/** @locks returns with the lru_lock of the page's lruvec; drops that of locked_lruvec */
export function relock_page_lruvec_irq(page: page, locked_lruvec: lruvec | null): lruvec {
  if (locked_lruvec) {
    if (page_matches_lruvec(page, locked_lruvec))
      return locked_lruvec;

    unlock_page_lruvec_irq(locked_lruvec);
  }

  return lock_page_lruvec_irq(page);
}

/** @locks returns with the lru_lock of the page's lruvec; drops that of locked_lruvec */
export function relock_page_lruvec_irqsave(page: page, locked_lruvec: lruvec | null, flags: Ref<unsigned_long>): lruvec {
  if (locked_lruvec) {
    if (page_matches_lruvec(page, locked_lruvec))
      return locked_lruvec;

    unlock_page_lruvec_irqrestore(locked_lruvec, flags.v);
  }

  return lock_page_lruvec_irqsave(page, flags);
}
