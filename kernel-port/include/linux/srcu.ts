// SPDX-License-Identifier: GPL-2.0-only
// Sleepable RCU: one count of readers per domain; a grace period ends when there are none.

import { block_until } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { int } from './types.ts';

/** struct rcu_head of something that call_srcu frees; knows what it is embedded in. */
export class rcu_head<T extends object = object> {
  readonly owner: T | null;
  constructor(owner: T | null = null) { this.owner = owner; }
}

interface srcu_callback { run(): void }

export class srcu_struct {
  readers: int = 0;
  callbacks: readonly srcu_callback[] = [];
}

/** Callbacks run in the first moment without readers, in the context of the last one. */
function srcu_invoke_callbacks(ssp: srcu_struct): void {
  while (ssp.readers === 0 && ssp.callbacks.length !== 0) {
    const first = ssp.callbacks[0];
    ssp.callbacks = ssp.callbacks.slice(1);
    first.run();
  }
}

export function srcu_read_lock_held(_ssp: srcu_struct): boolean { return true; }
export function srcu_read_lock(ssp: srcu_struct): int {
  reduced('one count of readers, no two sides');
  ssp.readers += 1;
  return 0;
}
export function srcu_read_unlock(ssp: srcu_struct, _idx: int): void {
  reduced('one count of readers, no two sides');
  ssp.readers -= 1;
  srcu_invoke_callbacks(ssp);
}
export function synchronize_srcu(ssp: srcu_struct): void {
  reduced('waits for all readers, not only for those that were there before');
  block_until(() => ssp.readers === 0, ssp, 'srcu');
}
export function call_srcu<T extends object>(ssp: srcu_struct, head: rcu_head<T>, func: (head: rcu_head<T>) => void): void {
  reduced('no callback thread: runs now, or with the last reader');
  ssp.callbacks = [...ssp.callbacks, { run: () => { func(head); } }];
  srcu_invoke_callbacks(ssp);
}
