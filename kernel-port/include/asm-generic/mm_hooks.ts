// SPDX-License-Identifier: GPL-2.0-only
// What an architecture may add where an mm or a vma is used. Follows include/asm-generic/mm_hooks.h;
// x86 has its own form for protection keys, which the model does not have.

import type { vm_area_struct } from '../linux/mm_types.ts';

export function arch_vma_access_permitted(
  _vma: vm_area_struct, _write: boolean | number, _execute: boolean | number, _foreign: boolean | number,
): boolean { return true; }
