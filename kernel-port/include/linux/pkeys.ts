// SPDX-License-Identifier: GPL-2.0-only
// ARCH_HAS_PKEYS=n: the stubs of the header.

import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { int, unsigned_long } from './types.ts';

export function arch_override_mprotect_pkey(_vma: vm_area_struct, _prot: unsigned_long, _pkey: int): int { return 0; }
export function vma_pkey(_vma: vm_area_struct): int { return 0; }
export function mm_pkey_is_allocated(_mm: mm_struct, pkey: int): boolean { return pkey === 0; }
