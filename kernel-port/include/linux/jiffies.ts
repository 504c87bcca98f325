// SPDX-License-Identifier: GPL-2.0-only
// Time: it stands still, so that a timeout never comes. What would end by one alone is an endless retry.

import { per_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { Ref, unsigned_int, unsigned_long } from './types.ts';

export const jiffies = per_machine((): Ref<unsigned_long> => ({ v: 0 }), 'jiffies');
/** HZ=1000 */
export function msecs_to_jiffies(m: unsigned_int): unsigned_long {
  reduced('HZ=1000');
  return m;
}
export function time_after(a: unsigned_long, b: unsigned_long): boolean { return a > b; }
