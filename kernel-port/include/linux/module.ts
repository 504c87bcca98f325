// SPDX-License-Identifier: GPL-2.0-only
// Modules (struct module is module_ here): who uses one keeps it from being unloaded, and its static variables come and go with it.

import { per_machine, this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { int } from './types.ts';

export class module_ {
  readonly name: string;
  /** Open files and the like; the loader's own is not counted here. */
  refcnt: int = 0;
  live: boolean = false;
  /** How often it was loaded. */
  loads: int = 0;
  /** The structs among its static variables: their memory goes when it does. */
  statics: readonly object[] = [];
  constructor(name: string) { this.name = name; }
}

export function try_module_get(module: module_): boolean {
  reduced('a count, and whether it is loaded');
  if (!module.live)
    return false;
  module.refcnt++;
  return true;
}
export function module_put(module: module_): void {
  reduced('a count, and whether it is loaded');
  module.refcnt--;
}

/** Static variables of a module: fresh each time it is loaded. Read like per_machine(). */
export function per_module<T extends object>(of: () => module_, init: () => T, name: string): () => T {
  const held = per_machine((): { loads: int; value: T | null } => ({ loads: 0, value: null }), name);
  return () => {
    const mine = held();
    if (mine.value === null || mine.loads !== of().loads) {
      mine.value = init();
      mine.loads = of().loads;
      if (Array.isArray(mine.value)) of().statics = [...of().statics, ...mine.value];
    }
    return mine.value;
  };
}

/** The module is unloaded: the memory of its static structs, and of what is embedded in them, is given back. */
export function Free_statics(module: module_): void {
  for (const one of module.statics) {
    for (const part of Object.values(one)) if (Is_within(part, one)) this_machine().on_free(part);
    this_machine().on_free(one);
  }
  module.statics = [];
}
function Is_within(part: unknown, one: object): part is object {
  return typeof part === 'object' && part !== null && !Array.isArray(part) && (('container' in part && part.container === one) || ('owner' in part && part.owner === one));
}
