// SPDX-License-Identifier: GPL-2.0-only
// KSM=n: the stubs of the header.

import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import type { rmap_walk_control } from './rmap.ts';
import type { int, Ref, uaddr, vm_flags_t } from './types.ts';

export function ksm_fork(_mm: mm_struct, _oldmm: mm_struct): int { return 0; }
export function ksm_exit(_mm: mm_struct): void {}
export function ksm_madvise(_vma: vm_area_struct, _start: uaddr, _end: uaddr, _advice: int, _vm_flags: Ref<vm_flags_t>): int { return 0; }
export function ksm_might_need_to_copy(page: page, _vma: vm_area_struct, _address: uaddr): page { return page; }
export function rmap_walk_ksm(_page: page, _rwc: rmap_walk_control): void {}
export function ksm_migrate_page(_newpage: page, _oldpage: page): void {}
