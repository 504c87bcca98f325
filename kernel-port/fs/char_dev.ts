// SPDX-License-Identifier: GPL-2.0-only
// Follows fs/char_dev.c as far as one driver sees it: numbers are handed out, devices are found by
// number, and an open file keeps the module. Of a kobject there is only whether it was initialised: a
// cdev is found from cdev_add to cdev_del.

import { per_machine } from '../arch/model/machine.ts';
import { reduced } from '../arch/model/marks.ts';
import { kmalloc_fails } from '../arch/model/slab.ts';
import { WARN } from '../include/linux/bug.ts';
import { ENOMEM, ENXIO } from '../include/linux/errno.ts';
import { MAJOR, MKDEV, type dev_t } from '../include/linux/kdev_t.ts';
import { module_put, try_module_get } from '../include/linux/module.ts';
import type { cdev } from '../include/linux/cdev.ts';
import type { file, file_operations, inode } from '../include/linux/fs.ts';
import type { Ref, int, unsigned_int } from '../include/linux/types.ts';

/** The majors that are handed out on demand go down from here. */
const CHRDEV_MAJOR_DYN_END: unsigned_int = 234;
const chrdevs = per_machine((): { taken: readonly unsigned_int[] } => ({ taken: [] }), 'chrdevs');
/** drivers/base/map.c: which numbers are whose. */
interface probe { readonly dev: dev_t; readonly range: unsigned_int; readonly data: cdev }
/** The one that came last is asked first. */
const cdev_map = per_machine((): { probes: readonly probe[] } => ({ probes: [] }), 'cdev_map');

export function alloc_chrdev_region(dev: Ref<dev_t>, baseminor: unsigned_int, _count: unsigned_int, _name: string): int {
  reduced('the highest major that is free');
  if (kmalloc_fails())
    return -ENOMEM;
  let major = CHRDEV_MAJOR_DYN_END;
  while (chrdevs().taken.includes(major)) major--;
  chrdevs().taken = [...chrdevs().taken, major];
  dev.v = MKDEV(major, baseminor);
  return 0;
}

export function unregister_chrdev_region(from: dev_t, _count: unsigned_int): void {
  reduced('a region is a major');
  chrdevs().taken = chrdevs().taken.filter((major) => major !== MAJOR(from));
}

function cdev_get(p: cdev): boolean {
  const owner = p.owner;

  if (owner && !try_module_get(owner))
    return false;
  reduced('no kobject');
  return true;
}

export function cdev_put(p: cdev | null): void {
  if (p) {
    const owner = p.owner;
    reduced('no kobject');
    module_put(owner);
  }
}

/** @refs the module: one for as long as the file is open (when 0) */
export function chrdev_open(inode: inode, filp: file): int {
  let p: cdev | null;
  let ret: int = 0;

  reduced('an inode for each open, which nobody else has');
  p = cdev_map().probes.find((one) => inode.i_rdev >= one.dev && inode.i_rdev < one.dev + one.range)?.data ?? null;
  if (!p)
    return -ENXIO;
  if (!cdev_get(p))
    return -ENXIO;
  inode.i_cdev = p;

  filp.f_op = p.ops;
  if (filp.f_op.open) {
    ret = filp.f_op.open(inode, filp);
    if (ret) {
      cdev_put(p);
      return ret;
    }
  }

  return 0;
}

export function cdev_add(p: cdev, dev: dev_t, count: unsigned_int): int {
  p.dev = dev;
  p.count = count;

  reduced('no kobject');
  if (kmalloc_fails())
    return -ENOMEM;
  cdev_map().probes = [{ dev, range: count, data: p }, ...cdev_map().probes];

  return 0;
}

export function cdev_del(p: cdev): void {
  cdev_map().probes = cdev_map().probes.filter((one) => one.dev !== p.dev || one.data !== p);
  reduced('of kobject_put() what it says of one that was never initialised');
  if (!p.state_initialized)
    WARN(1, 'kobject: is not initialized, yet kobject_put() is being called');
}

export function cdev_init(cdev: cdev, fops: file_operations): void {
  reduced('no kobject');
  cdev.state_initialized = true;
  cdev.ops = fops;
}
