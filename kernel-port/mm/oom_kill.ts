// SPDX-License-Identifier: GPL-2.0-only
// Follows mm/oom_kill.c: what a page fault does that found no memory. Without it a fault under
// lasting allocation failure would be taken for ever.

import { reduced } from '../arch/model/marks.ts';
import { current } from '../include/linux/sched.ts';

export function pagefault_out_of_memory(): void {
  reduced('out_of_memory: the one that is killed is always the task that faulted');
  current().sigkill = true;
}
