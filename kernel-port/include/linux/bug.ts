// SPDX-License-Identifier: GPL-2.0-only
// BUG, WARN and the VM_* observers. A BUG ends the execution; all others are told to the
// machine's debug exception and the run goes on (model-rules.md, 2.8).

import { machine_halt, this_machine } from '../../arch/model/machine.ts';

export function BUG(): never { this_machine().on_trap('BUG', ''); throw new machine_halt('bug', 'BUG'); }
export function BUG_ON(condition: unknown): void {
  if (condition) { this_machine().on_trap('BUG', ''); throw new machine_halt('bug', 'BUG_ON'); }
}
export function WARN_ON(condition: unknown): boolean { if (condition) this_machine().on_trap('WARN', ''); return Boolean(condition); }
/** Once a boot in C; here each execution boots, and a finding is counted once anyway. */
export function WARN_ON_ONCE(condition: unknown): boolean { return WARN_ON(condition); }
export function WARN(condition: unknown, text: string): boolean { if (condition) this_machine().on_trap('WARN', text); return Boolean(condition); }
export function WARN_ONCE(condition: unknown, text: string): boolean { return WARN(condition, text); }
/** The compiler of C sees that nobody gets here. */
export function BUILD_BUG(): never { throw new machine_halt('model-limit', 'BUILD_BUG'); }
