// SPDX-License-Identifier: GPL-2.0-only
// Sets of CPUs. All CPUs of a machine are online for as long as it runs; the loops go upwards.

import { this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { unsigned_int } from './types.ts';

export class cpumask {
  readonly bits: Set<unsigned_int> = new Set();
}
export function nr_cpu_ids(): unsigned_int { return this_machine().nr_cpus; }
export function cpumask_set_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('a set of numbers, not a bitmap');
  dstp.bits.add(cpu);
}
export function __cpumask_set_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('a set of numbers, not a bitmap');
  dstp.bits.add(cpu);
}
export function cpumask_clear_cpu(cpu: unsigned_int, dstp: cpumask): void {
  reduced('a set of numbers, not a bitmap');
  dstp.bits.delete(cpu);
}
export function cpumask_test_cpu(cpu: unsigned_int, mask: cpumask): boolean {
  reduced('a set of numbers, not a bitmap');
  return mask.bits.has(cpu);
}
export function cpumask_clear(dstp: cpumask): void {
  reduced('a set of numbers, not a bitmap');
  dstp.bits.clear();
}
export function for_each_online_cpu(): unsigned_int[] { return Array.from({ length: nr_cpu_ids() }, (_, cpu) => cpu); }
export function for_each_possible_cpu(): unsigned_int[] { return for_each_online_cpu(); }
export function for_each_cpu(mask: cpumask): unsigned_int[] { return for_each_online_cpu().filter((cpu) => mask.bits.has(cpu)); }
