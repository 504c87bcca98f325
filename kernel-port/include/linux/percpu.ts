// SPDX-License-Identifier: GPL-2.0-only
// Per-CPU variables live with the machine. What is allocated at run time is a counter per CPU.

import { this_cpu_ptr, this_machine, type per_cpu_var } from '../../arch/model/machine.ts';
import { kmalloc_fails } from '../../arch/model/slab.ts';
import type { gfp_t, long } from './types.ts';

export { DEFINE_PER_CPU, per_cpu, this_cpu_ptr, smp_processor_id, type per_cpu_var } from '../../arch/model/machine.ts';
export { per_cpu as per_cpu_ptr, this_cpu_ptr as raw_cpu_ptr } from '../../arch/model/machine.ts';

class percpu_word { counter: long = 0; }

/** unsigned long __percpu * */
export class percpu_long implements per_cpu_var<percpu_word> {
  readonly words: percpu_word[] = Array.from({ length: this_machine().nr_cpus }, () => new percpu_word());
  areas(): percpu_word[] { return this.words; }
}
export function __alloc_percpu_gfp(_gfp: gfp_t): percpu_long | null { return kmalloc_fails() ? null : new percpu_long(); }
export function free_percpu(_pdata: percpu_long | null): void {}

// One event each: no other task of this CPU runs in between.
export function this_cpu_add(pcp: percpu_long, val: long): void { this_cpu_ptr(pcp).counter += val; }
export function this_cpu_sub(pcp: percpu_long, val: long): void { this_cpu_ptr(pcp).counter -= val; }
export function this_cpu_inc(pcp: percpu_long): void { this_cpu_ptr(pcp).counter += 1; }
export function this_cpu_dec(pcp: percpu_long): void { this_cpu_ptr(pcp).counter -= 1; }
export function this_cpu_read(pcp: percpu_long): long { return this_cpu_ptr(pcp).counter; }
