// SPDX-License-Identifier: GPL-2.0-only
// Of mm/shmem.c only the entry that a shared anonymous mapping goes through: there is no page
// cache in the model, so such a mapping cannot be made.

import { unreachable } from '../arch/model/marks.ts';
import type { vm_area_struct } from '../include/linux/mm_types.ts';
import type { int } from '../include/linux/types.ts';

export function shmem_zero_setup(_vma: vm_area_struct): int {
  unreachable('shared anonymous memory (shmem)');
}
