// SPDX-License-Identifier: GPL-2.0-only
import { notModelled } from '../../arch/model/marks.ts';
import type { file } from './fs.ts';
import type { mm_struct, vm_area_struct } from './mm_types.ts';
import type { int, long, unsigned_long } from './types.ts';

export function security_vm_enough_memory_mm(_mm: mm_struct, _pages: long): int {
  notModelled('overcommit accounting: there is always enough');
  return 0;
}

export function security_mmap_file(_file: file | null, _prot: unsigned_long, _flags: unsigned_long): int { return 0; }
export function security_file_mprotect(_vma: vm_area_struct, _reqprot: unsigned_long, _prot: unsigned_long): int { return 0; }
