// SPDX-License-Identifier: GPL-2.0-only
// Interrupts of this CPU on and off. With them off a TLB flush by another CPU waits on x86
// (model-rules.md, 2.5), and the CPU is the task's alone (arch/model/cpu.ts).

import { Cpu_enter, Cpu_leave, irqs_off } from '../../arch/model/cpu.ts';
import { this_cpu_ptr } from '../../arch/model/machine.ts';
import type { unsigned_long } from './types.ts';

export { irqs_off } from '../../arch/model/cpu.ts';

/** C's macro stores the flags into its argument; here they are the value. */
export function local_irq_save(): unsigned_long {
  const cpu = Cpu_enter();
  const flags: unsigned_long = cpu.count;
  cpu.count = flags + 1;
  return flags;
}
/** Without flags: ends the innermost section. */
export function local_irq_restore(flags?: unsigned_long): void {
  const cpu = this_cpu_ptr(irqs_off);
  cpu.count = flags === undefined ? cpu.count - 1 : flags;
  Cpu_leave(cpu);
}
export function local_irq_disable(): void { Cpu_enter().count = 1; }
export function local_irq_enable(): void {
  const cpu = this_cpu_ptr(irqs_off);
  cpu.count = 0;
  Cpu_leave(cpu);
}
export function irqs_disabled(): boolean { return this_cpu_ptr(irqs_off).count !== 0; }
