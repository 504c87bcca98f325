// SPDX-License-Identifier: GPL-2.0-only
import { block_until } from '../../arch/model/machine.ts';
import type { unsigned_int } from './types.ts';

/** seqcount_t: odd while a writer is inside. */
export class seqcount_t {
  sequence: unsigned_int = 0;
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}
export function seqcount_init(s: seqcount_t): void { s.sequence = 0; }
export function raw_read_seqcount(s: seqcount_t): unsigned_int { return s.sequence; }
export function read_seqcount_begin(s: seqcount_t): unsigned_int {
  block_until(() => (s.sequence & 1) === 0, s, 'seqcount');
  return s.sequence;
}
export function read_seqcount_retry(s: seqcount_t, start: unsigned_int): boolean { return s.sequence !== start; }
export function raw_write_seqcount_begin(s: seqcount_t): void { s.sequence += 1; }
export function raw_write_seqcount_end(s: seqcount_t): void { s.sequence += 1; }
