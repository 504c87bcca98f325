// SPDX-License-Identifier: GPL-2.0-only
// TRANSPARENT_HUGEPAGE=n: the stubs of the header.

import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { int, vm_flags_t } from './types.ts';

export function khugepaged_fork(_mm: mm_struct, _oldmm: mm_struct): int { return 0; }
export function khugepaged_exit(_mm: mm_struct): void {}
export function khugepaged_enter_vma_merge(_vma: vm_area_struct, _vm_flags: vm_flags_t): int { return 0; }
