// SPDX-License-Identifier: GPL-2.0-only
// A character device; drivers embed it (fs/char_dev.ts has the functions).

import type { file_operations } from './fs.ts';
import type { dev_t } from './kdev_t.ts';
import type { module_ } from './module.ts';
import type { unsigned_int } from './types.ts';

export { cdev_add, cdev_del, cdev_init } from '../../fs/char_dev.ts';

export class cdev {
  owner: module_ | null = null;
  ops: file_operations | null = null;
  dev: dev_t = 0;
  count: unsigned_int = 0;
  /** Of its kobject only this: cdev_init() was called. */
  state_initialized: boolean = false;
  /** The struct it is embedded in. */
  readonly container: object | null;
  constructor(container: object | null = null) { this.container = container; }
}
