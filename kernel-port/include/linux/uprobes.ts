// SPDX-License-Identifier: GPL-2.0-only
// UPROBES=n: the stubs of the header.

import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { int, uaddr } from './types.ts';

export function uprobe_mmap(_vma: vm_area_struct): int { return 0; }
export function uprobe_munmap(_vma: vm_area_struct, _start: uaddr, _end: uaddr): void {}
export function uprobe_start_dup_mmap(): void {}
export function uprobe_end_dup_mmap(): void {}
export function uprobe_dup_mmap(_oldmm: mm_struct, _newmm: mm_struct): void {}
export function uprobe_clear_state(_mm: mm_struct): void {}
