// SPDX-License-Identifier: GPL-2.0-only
// NUMA=n: the stubs of the header.

import type { mm_struct, page, vm_area_struct } from './mm_types.ts';
import type { int, uaddr } from './types.ts';

export interface mempolicy { readonly mode: int }
export function mpol_put(_p: mempolicy | null): void {}
export function mpol_equal(_a: mempolicy | null, _b: mempolicy | null): boolean { return true; }
export function vma_policy(_vma: vm_area_struct): mempolicy | null { return null; }
export function vma_dup_policy(_src: vm_area_struct, _dst: vm_area_struct): int { return 0; }
export function vma_migratable(_vma: vm_area_struct): boolean { return true; }
export function mpol_rebind_mm(_mm: mm_struct, _new: object): void {}
export function mpol_misplaced(_page: page, _vma: vm_area_struct, _address: uaddr): int { return -1; }
export function mpol_put_task_policy(_task: object): void {}
