// SPDX-License-Identifier: GPL-2.0-only
// Completions: a count of what is done, and tasks that wait for it to be positive.

import { block_until } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { UINT_MAX, type unsigned_int } from './types.ts';

export class completion {
  done: unsigned_int = 0;
  readonly owner: object | null;
  constructor(owner: object | null = null) { this.owner = owner; }
}
export function init_completion(x: completion): void {
  reduced('who waits watches done itself');
  x.done = 0;
}
export function reinit_completion(x: completion): void { x.done = 0; }
export function complete(x: completion): void {
  if (x.done !== UINT_MAX)
    x.done++;
}
export function complete_all(x: completion): void { x.done = UINT_MAX; }
export function wait_for_completion(x: completion): void {
  block_until(() => x.done !== 0, x, 'completion');
  if (x.done !== UINT_MAX)
    x.done--;
}
export function completion_done(x: completion): boolean { return x.done !== 0; }
