// SPDX-License-Identifier: GPL-2.0-only
// Static keys. In C a branch is patched code; here it is a read of the count, so that a key
// which is switched while others run is seen as any other shared word.

import { atomic_dec, atomic_inc, atomic_read, atomic_t } from './atomic.ts';

export class static_key_false {
  readonly enabled: atomic_t = new atomic_t(0, this);
}
export function static_branch_unlikely(key: static_key_false): boolean { return atomic_read(key.enabled) > 0; }
export function static_branch_likely(key: static_key_false): boolean { return atomic_read(key.enabled) > 0; }
export function static_branch_inc(key: static_key_false): void { atomic_inc(key.enabled); }
export function static_branch_dec(key: static_key_false): void { atomic_dec(key.enabled); }
