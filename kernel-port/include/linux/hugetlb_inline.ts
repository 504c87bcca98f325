// SPDX-License-Identifier: GPL-2.0-only
import type { vm_area_struct } from './mm_types.ts';

/** HUGETLB_PAGE=n */
export function is_vm_hugetlb_page(_vma: vm_area_struct): boolean { return false; }
