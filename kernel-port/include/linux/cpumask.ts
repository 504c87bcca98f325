// SPDX-License-Identifier: GPL-2.0-only
// Sets of CPUs. All CPUs of a machine are online for as long as it runs; the loops go upwards.

import { this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { unsigned_int, unsigned_long } from './types.ts';

export class cpumask {
  bits: unsigned_long = 0;
}
export function nr_cpu_ids(): unsigned_int { return this_machine().nr_cpus; }
export function cpumask_set_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('one word, not an array of them');
  dstp.bits |= 1 << cpu;
}
export function __cpumask_set_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('one word, not an array of them');
  dstp.bits |= 1 << cpu;
}
export function cpumask_clear_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('one word, not an array of them');
  dstp.bits &= ~(1 << cpu);
}
export function cpumask_test_cpu(cpu: unsigned_int, mask: cpumask): boolean {
  reduced('one word, not an array of them');
  return (mask.bits & (1 << cpu)) !== 0;
}
export function cpumask_clear(dstp: cpumask): void {
  reduced('one word, not an array of them');
  dstp.bits = 0;
}
export function for_each_online_cpu(): unsigned_int[] { return Array.from({ length: nr_cpu_ids() }, (_, cpu) => cpu); }
export function for_each_possible_cpu(): unsigned_int[] { return for_each_online_cpu(); }
export function for_each_cpu(mask: cpumask): unsigned_int[] { 
  const { bits } = mask;
  return for_each_online_cpu().filter((cpu) => (bits & (1 << cpu)) !== 0);
}
