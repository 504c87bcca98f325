// SPDX-License-Identifier: GPL-2.0-only
// Waiting on a variable. Who waits watches the condition itself, so waking is nothing.

import { block_until } from '../../arch/model/machine.ts';

export function wake_up_var(_var: object): void {}
export function wait_var_event(var_: object, condition: () => boolean): void {
  block_until(condition, var_, 'wait_var_event');
}
