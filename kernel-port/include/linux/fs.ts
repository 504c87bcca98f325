// SPDX-License-Identifier: GPL-2.0-only
// File mappings: only what the code that asks for them needs to compile and to say no.

import { unreachable, reduced } from '../../arch/model/marks.ts';
import { CONFIG_FS_DAX } from './kconfig.ts';
import type { migrate_mode } from './migrate_mode.ts';
import type { page, vm_area_struct } from './mm_types.ts';
import type { int } from './types.ts';

export interface address_space_operations {
  migratepage?(mapping: address_space, newpage: page, page: page, mode: migrate_mode): int;
  set_page_dirty?(page: page): int;
}
export class address_space {
  a_ops: address_space_operations | null = null;
  flags: number = 0;
}
export class file {
  f_mapping: address_space | null = null;
}

/** No inode of the model has S_DAX. */
export function vma_is_dax(_vma: vm_area_struct): boolean {
  reduced('no file mappings');
  return false;
}
export function vma_is_fsdax(vma: vm_area_struct): boolean {
  if (!CONFIG_FS_DAX || !vma.vm_file)
    return false;
  if (!vma_is_dax(vma))
    return false;
  unreachable('DAX files');
}
