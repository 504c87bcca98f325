// SPDX-License-Identifier: GPL-2.0-only
// The system calls on device files and modules, as the current task. There is no table of descriptors:
// who opens a file has it, and who shares it with another process takes a reference.

import { chrdev_open, cdev_put } from '../../fs/char_dev.ts';
import { do_delete_module, do_init_module } from '../../kernel/module.ts';
import { ENOTTY } from '../../include/linux/errno.ts';
import { ERR_PTR, type ErrPtr } from '../../include/linux/err.ts';
import { file, inode } from '../../include/linux/fs.ts';
import type { dev_t } from '../../include/linux/kdev_t.ts';
import type { module_ } from '../../include/linux/module.ts';
import type { int, long, uaddr, unsigned_int } from '../../include/linux/types.ts';

/** open of a device node: the file, or an errno. */
export function sys_open_device(dev: dev_t): file | ErrPtr {
  const node = new inode();
  const filp = new file();
  node.i_rdev = dev;
  filp.f_inode = node;
  filp.f_count = 1;
  const ret = chrdev_open(node, filp);
  return ret ? ERR_PTR(ret) : filp;
}

export function sys_ioctl(filp: file, cmd: unsigned_int, arg: uaddr): long {
  if (!filp.f_op.unlocked_ioctl) return -ENOTTY;
  return filp.f_op.unlocked_ioctl(filp, cmd, arg);
}

/** Another process has the file, too (fork). */
export function sys_share_file(filp: file): void { filp.f_count++; }

export function sys_close(filp: file): int {
  filp.f_count--;
  if (filp.f_count) return 0;
  if (filp.f_op.release) filp.f_op.release(filp.f_inode, filp);
  cdev_put(filp.f_inode.i_cdev);
  return 0;
}

/** init_module: a module whose init fails is gone again. */
export function sys_init_module(mod: module_, init: () => int): int { return do_init_module(mod, init); }
export function sys_delete_module(mod: module_, exit: () => void): int { return do_delete_module(mod, exit); }
