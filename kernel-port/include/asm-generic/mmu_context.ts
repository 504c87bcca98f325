// SPDX-License-Identifier: GPL-2.0-only
// What an architecture keeps for each mm: nothing here.

import type { mm_struct } from '../linux/mm_types.ts';
import type { task_struct } from '../linux/sched.ts';
import type { int } from '../linux/types.ts';

export function init_new_context(_tsk: task_struct, _mm: mm_struct): int { return 0; }
export function destroy_context(_mm: mm_struct): void {}
