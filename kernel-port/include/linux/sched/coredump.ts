// SPDX-License-Identifier: GPL-2.0-only
// The MMF_* bits of mm->flags that the ported code touches.

import type { int, unsigned_long } from '../types.ts';

export const MMF_VM_MERGEABLE: int = 16;
export const MMF_VM_HUGEPAGE: int = 17;
export const MMF_HAS_UPROBES: int = 19;
export const MMF_RECALC_UPROBES: int = 20;
export const MMF_OOM_SKIP: int = 21;
export const MMF_UNSTABLE: int = 22;
export const MMF_HUGE_ZERO_PAGE: int = 23;
export const MMF_DISABLE_THP: int = 24;
export const MMF_OOM_VICTIM: int = 25;
export const MMF_OOM_REAP_QUEUED: int = 26;
export const MMF_MULTIPROCESS: int = 27;
/** FOLL_PIN has run in this mm; never cleared. */
export const MMF_HAS_PINNED: int = 28;
export const MMF_INIT_MASK: unsigned_long = 1 << MMF_DISABLE_THP;
export const default_dump_filter: unsigned_long = 0;
