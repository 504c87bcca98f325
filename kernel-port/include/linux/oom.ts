// SPDX-License-Identifier: GPL-2.0-only
// The OOM killer does not run; what remains is that an mm it took apart must not be faulted on.

import { test_bit } from './bitops.ts';
import { VM_FAULT_SIGBUS, type mm_struct } from './mm_types.ts';
import { MMF_OOM_VICTIM, MMF_UNSTABLE } from './sched/coredump.ts';
import type { vm_fault_t } from './types.ts';

export function mm_is_oom_victim(mm: mm_struct): boolean { return test_bit(MMF_OOM_VICTIM, mm); }

export function check_stable_address_space(mm: mm_struct): vm_fault_t {
  if (test_bit(MMF_UNSTABLE, mm))
    return VM_FAULT_SIGBUS;
  return 0;
}
