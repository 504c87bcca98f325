// SPDX-License-Identifier: GPL-2.0-only
// Preemption and contexts. A region with preemption off is an RCU reader, and the CPU is the task's
// alone (arch/model/cpu.ts; model-rules.md, 2.6). There are no interrupts: every task runs in task
// context.

import { Cpu_enter, Cpu_leave, irqs_off } from '../../arch/model/cpu.ts';
import { this_cpu_ptr } from '../../arch/model/machine.ts';
import type { int } from './types.ts';

export function preempt_count(): int { return this_cpu_ptr(irqs_off).preempt; }
export function preempt_disable(): void { Cpu_enter().preempt += 1; }
export function preempt_enable(): void {
  const cpu = this_cpu_ptr(irqs_off);
  cpu.preempt -= 1;
  Cpu_leave(cpu);
}
export function in_task(): boolean { return true; }
export function in_interrupt(): boolean { return false; }
export function in_irq(): boolean { return false; }
export function in_atomic(): boolean { return preempt_count() !== 0; }
