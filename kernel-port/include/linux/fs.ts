// SPDX-License-Identifier: GPL-2.0-only
// Files: of file mappings only what the code that asks for them needs to compile and to say no; of open
// files what a character device has to do with.

import { unreachable, reduced } from '../../arch/model/marks.ts';
import { CONFIG_FS_DAX } from './kconfig.ts';
import type { migrate_mode } from './migrate_mode.ts';
import type { page, vm_area_struct } from './mm_types.ts';
import type { cdev } from './cdev.ts';
import type { dev_t } from './kdev_t.ts';
import type { module_ } from './module.ts';
import type { int, long, uaddr, unsigned_int } from './types.ts';

export interface address_space_operations {
  migratepage?(mapping: address_space, newpage: page, page: page, mode: migrate_mode): int;
  set_page_dirty?(page: page): int;
}
export class address_space {
  a_ops: address_space_operations | null = null;
  flags: number = 0;
}
export class inode {
  i_rdev: dev_t = 0;
  i_cdev: cdev | null = null;
}
export class file {
  f_mapping: address_space | null = null;
  f_inode: inode | null = null;
  f_op: file_operations | null = null;
  f_count: int = 0;
  /** The driver's. */
  private_data: object | null = null;
}
export interface file_operations {
  readonly owner?: module_;
  open?(inode: inode, filp: file): int;
  release?(inode: inode, filp: file): int;
  unlocked_ioctl?(filp: file, cmd: unsigned_int, arg: uaddr): long;
  llseek?(filp: file, offset: long, whence: int): long;
}

export { alloc_chrdev_region, unregister_chrdev_region } from '../../fs/char_dev.ts';

/** fs/read_write.c: nobody seeks. */
export function default_llseek(_filp: file, _offset: long, _whence: int): long { unreachable('lseek'); }

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
