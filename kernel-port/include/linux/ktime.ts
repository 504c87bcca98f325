// SPDX-License-Identifier: GPL-2.0-only
// Time: there is no clock. What is measured is always zero.

import { notModelled, reduced } from '../../arch/model/marks.ts';
import type { long } from './types.ts';

export type ktime_t = number;

export function ktime_get(): ktime_t {
  notModelled('time');
  return 0;
}
export function ktime_us_delta(later: ktime_t, earlier: ktime_t): long {
  reduced('no unit below it');
  return later - earlier;
}
