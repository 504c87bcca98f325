// SPDX-License-Identifier: GPL-2.0-only
import { reduced } from '../../../arch/model/marks.ts';
import { RLIM_INFINITY } from '../resource.ts';
import type { unsigned_int, unsigned_long } from '../types.ts';

export function rlimit(_limit: unsigned_int): unsigned_long {
  reduced('no limits');
  return RLIM_INFINITY;
}
export function rlimit_max(_limit: unsigned_int): unsigned_long {
  reduced('no limits');
  return RLIM_INFINITY;
}
