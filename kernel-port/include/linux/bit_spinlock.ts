// SPDX-License-Identifier: GPL-2.0-only
// A spinlock in one bit of a flags word.

import { block_until } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { clear_bit_unlock, test_and_set_bit_lock, type flags_word } from './bitops.ts';
import { preempt_disable, preempt_enable } from './preempt.ts';
import type { int } from './types.ts';

/** One event: waits for the bit and has it. */
export function Take_bit(bitnum: int, addr: flags_word): void {
  block_until(() => (addr.flags & (1 << bitnum)) === 0, addr, 'bit spinlock');
  test_and_set_bit_lock(bitnum, addr);
}
export function bit_spin_lock(bitnum: int, addr: flags_word): void {
  reduced('blocks instead of spinning');
  preempt_disable();
  Take_bit(bitnum, addr);
}
export function bit_spin_unlock(bitnum: int, addr: flags_word): void {
  reduced('no debug check');
  clear_bit_unlock(bitnum, addr);
  preempt_enable();
}
