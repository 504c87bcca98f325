// SPDX-License-Identifier: GPL-2.0-only
// A spinlock in one bit of a flags word.

import { block_until } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { clear_bit_unlock, test_and_set_bit_lock, test_bit, type flags_word } from './bitops.ts';
import type { int } from './types.ts';

export function bit_spin_lock(bitnum: int, addr: flags_word): void {
  reduced('blocks instead of spinning');
  block_until(() => !test_bit(bitnum, addr), addr, 'bit spinlock');
  test_and_set_bit_lock(bitnum, addr);
}
export function bit_spin_unlock(bitnum: int, addr: flags_word): void {
  reduced('no debug check, no preempt count');
  clear_bit_unlock(bitnum, addr);
}
