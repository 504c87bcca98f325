// SPDX-License-Identifier: GPL-2.0-only
// The allocator of kernel objects, as far as it is modelled: it can fail.

import { should_fail, this_machine } from './machine.ts';

/** Counts an allocation of kernel memory and says whether it fails. */
export function kmalloc_fails(): boolean { return should_fail(this_machine().fail_slab_alloc); }
