// SPDX-License-Identifier: GPL-2.0-only
// Interrupts of this CPU on and off. With them off a TLB flush by another CPU waits on x86
// (model-rules.md, 2.5): the count per CPU says that they are off.

import { DEFINE_PER_CPU, this_cpu_ptr } from '../../arch/model/machine.ts';
import type { int, unsigned_long } from './types.ts';

/** How many sections of this CPU have interrupts off, one inside the other. */
export class irq_state { count: int = 0; }
export const irqs_off = DEFINE_PER_CPU(() => new irq_state(), 'irqs_off');

/** C's macro stores the flags into its argument; here they are the value. */
export function local_irq_save(): unsigned_long {
  const flags: unsigned_long = this_cpu_ptr(irqs_off).count;
  this_cpu_ptr(irqs_off).count = flags + 1;
  return flags;
}
/** Without flags: ends the innermost section. */
export function local_irq_restore(flags?: unsigned_long): void {
  if (flags === undefined) this_cpu_ptr(irqs_off).count -= 1;
  else this_cpu_ptr(irqs_off).count = flags;
}
export function local_irq_disable(): void { this_cpu_ptr(irqs_off).count = 1; }
export function local_irq_enable(): void { this_cpu_ptr(irqs_off).count = 0; }
export function irqs_disabled(): boolean { return this_cpu_ptr(irqs_off).count !== 0; }
