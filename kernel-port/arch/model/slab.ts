// SPDX-License-Identifier: GPL-2.0-only
// The allocator of kernel objects, as far as it is modelled: it can fail.

import { should_fail } from './fault_inject.ts';
import { this_machine } from './machine.ts';

/** A new object of the cache, told to the machine; null when the allocation fails. */
export function Given<T extends object>(make: () => T): T | null {
  if (kmalloc_fails()) return null;
  const given = make();
  this_machine().on_alloc(given);
  return given;
}

/** Counts an allocation of kernel memory and says whether it fails. */
export function kmalloc_fails(): boolean { return should_fail(this_machine().fail_slab_alloc); }
