// SPDX-License-Identifier: GPL-2.0-only
// Preemption and contexts. A region with preemption off is an RCU reader; the count per CPU says
// where one is (model-rules.md, 2.6). There are no interrupts: every task runs in task context.

import { DEFINE_PER_CPU, this_cpu_ptr } from '../../arch/model/machine.ts';
import type { int } from './types.ts';

class preempt_state { count: int = 0; }
const preempt_count_of_cpu = DEFINE_PER_CPU(() => new preempt_state(), 'preempt_count');

export function preempt_count(): int { return this_cpu_ptr(preempt_count_of_cpu).count; }
export function preempt_disable(): void { this_cpu_ptr(preempt_count_of_cpu).count += 1; }
export function preempt_enable(): void { this_cpu_ptr(preempt_count_of_cpu).count -= 1; }
export function in_task(): boolean { return true; }
export function in_interrupt(): boolean { return false; }
export function in_irq(): boolean { return false; }
export function in_atomic(): boolean { return preempt_count() !== 0; }
