// SPDX-License-Identifier: GPL-2.0-only
// SECRETMEM=n: the stubs of the header.

import type { page, vm_area_struct } from './mm_types.ts';

export function page_is_secretmem(_page: page): boolean { return false; }
export function vma_is_secretmem(_vma: vm_area_struct): boolean { return false; }
export function secretmem_active(): boolean { return false; }
