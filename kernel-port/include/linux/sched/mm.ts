// SPDX-License-Identifier: GPL-2.0-only
// Keeping an mm: mm_users keeps the address space, mm_count the struct. And what a task has
// declared about its allocations.

import { __mmdrop } from '../../../kernel/fork.ts';
import { atomic_dec_and_test, atomic_inc, atomic_inc_not_zero } from '../atomic.ts';
import { __GFP_FS, __GFP_IO, __GFP_MOVABLE, gfpflags_allow_blocking } from '../gfp.ts';
import { might_sleep_if } from '../kernel.ts';
import type { mm_struct } from '../mm_types.ts';
import { current, PF_MEMALLOC, PF_MEMALLOC_NOFS, PF_MEMALLOC_NOIO, PF_MEMALLOC_PIN } from '../sched.ts';
import type { gfp_t, unsigned_int } from '../types.ts';

export { mm_alloc, mmput, __mmdrop } from '../../../kernel/fork.ts';

/** @refs mm: returns (mm_count) */
export function mmgrab(mm: mm_struct): void { atomic_inc(mm.mm_count); }

/** @refs mm: consumes (mm_count) */
export function mmdrop(mm: mm_struct): void {
  if (atomic_dec_and_test(mm.mm_count))
    __mmdrop(mm);
}

/** @refs mm: returns (mm_users) */
export function mmget(mm: mm_struct): void { atomic_inc(mm.mm_users); }

/** @refs mm: returns (mm_users) when true */
export function mmget_not_zero(mm: mm_struct): boolean { return atomic_inc_not_zero(mm.mm_users); }

/** MEMCG=n */
export function mm_update_next_owner(_mm: mm_struct): void {}

export function current_gfp_context(flags: gfp_t): gfp_t {
  const pflags: unsigned_int = current().flags;

  if (pflags & (PF_MEMALLOC_NOIO | PF_MEMALLOC_NOFS | PF_MEMALLOC_PIN)) {
    if (pflags & PF_MEMALLOC_NOIO)
      flags &= ~(__GFP_IO | __GFP_FS);
    else if (pflags & PF_MEMALLOC_NOFS)
      flags &= ~__GFP_FS;

    if (pflags & PF_MEMALLOC_PIN)
      flags &= ~__GFP_MOVABLE;
  }
  return flags;
}

/** Lockdep's view of reclaim; the model has none. */
export function fs_reclaim_acquire(_gfp_mask: gfp_t): void {}
export function fs_reclaim_release(_gfp_mask: gfp_t): void {}
export function might_alloc(gfp_mask: gfp_t): void {
  fs_reclaim_acquire(gfp_mask);
  fs_reclaim_release(gfp_mask);

  might_sleep_if(gfpflags_allow_blocking(gfp_mask));
}

export function memalloc_noio_save(): unsigned_int {
  const flags: unsigned_int = current().flags & PF_MEMALLOC_NOIO;
  current().flags |= PF_MEMALLOC_NOIO;
  return flags;
}

export function memalloc_noio_restore(flags: unsigned_int): void {
  current().flags = (current().flags & ~PF_MEMALLOC_NOIO) | flags;
}

export function memalloc_nofs_save(): unsigned_int {
  const flags: unsigned_int = current().flags & PF_MEMALLOC_NOFS;
  current().flags |= PF_MEMALLOC_NOFS;
  return flags;
}

export function memalloc_nofs_restore(flags: unsigned_int): void {
  current().flags = (current().flags & ~PF_MEMALLOC_NOFS) | flags;
}

export function memalloc_noreclaim_save(): unsigned_int {
  const flags: unsigned_int = current().flags & PF_MEMALLOC;
  current().flags |= PF_MEMALLOC;
  return flags;
}

export function memalloc_noreclaim_restore(flags: unsigned_int): void {
  current().flags = (current().flags & ~PF_MEMALLOC) | flags;
}

export function memalloc_pin_save(): unsigned_int {
  const flags: unsigned_int = current().flags & PF_MEMALLOC_PIN;

  current().flags |= PF_MEMALLOC_PIN;
  return flags;
}

export function memalloc_pin_restore(flags: unsigned_int): void {
  current().flags = (current().flags & ~PF_MEMALLOC_PIN) | flags;
}
