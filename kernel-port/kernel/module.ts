// SPDX-License-Identifier: GPL-2.0-only
// Follows kernel/module.c where a module is there: its init and exit, and the end of its memory. Loading
// it is all of the rest, and left out.

import { reduced } from '../arch/model/marks.ts';
import { EAGAIN } from '../include/linux/errno.ts';
import { Free_statics, type module_ } from '../include/linux/module.ts';
import type { int } from '../include/linux/types.ts';

function free_module(mod: module_): void {
  reduced('its memory is that of its static structs');
  Free_statics(mod);
}

export function do_init_module(mod: module_, init: () => int): int {
  let ret: int = 0;

  reduced('its init alone');
  mod.loads++;
  mod.live = true;
  ret = init();
  if (ret < 0) {
    mod.live = false;
    free_module(mod);
    return ret;
  }
  return 0;
}

/** delete_module(2), by name there. */
export function do_delete_module(mod: module_, exit: () => void): int {
  reduced('its exit alone');
  if (mod.refcnt !== 0)
    return -EAGAIN;
  mod.live = false;
  exit();
  free_module(mod);
  return 0;
}
