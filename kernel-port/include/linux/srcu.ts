// SPDX-License-Identifier: GPL-2.0-only
// Sleepable RCU. A domain knows its readers; a grace period waits for those that were there when it
// began. C counts them on two sides and flips; which side a reader is on is nothing it could see.

import { block_until, current, defer, this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { task_struct } from './sched.ts';
import type { int } from './types.ts';

/** struct rcu_head of something that call_srcu frees; knows what it is embedded in. */
export class rcu_head<T extends object = object> {
  readonly owner: T | null;
  constructor(owner: T | null = null) { this.owner = owner; }
}

interface srcu_callback { run(): void }

/** A grace period of a domain. */
export class srcu_grace_period {
  /** Readers that were there and have not left; a task stands once for each of its sections. */
  readers: readonly task_struct[];
  constructor(readers: readonly task_struct[]) { this.readers = readers; }
}

export class srcu_struct {
  /** A task stands once for each of its sections. */
  readers: readonly task_struct[] = [];
  /** Grace periods that still wait for somebody. */
  waiting: readonly srcu_grace_period[] = [];
  /** With one thread: what runs when the last reader leaves. */
  callbacks: readonly srcu_callback[] = [];
}

function Times(readers: readonly task_struct[], task: task_struct): int { return readers.filter((r) => r === task).length; }
function Without(readers: readonly task_struct[], task: task_struct): readonly task_struct[] {
  const at = readers.indexOf(task);
  return at < 0 ? readers : readers.toSpliced(at, 1);
}

export function Srcu_begin(ssp: srcu_struct): srcu_grace_period {
  const gp = new srcu_grace_period(ssp.readers);
  if (gp.readers.length !== 0) ssp.waiting = [...ssp.waiting, gp];
  return gp;
}

/** With one thread: callbacks run in the first moment without readers, in the context of the last one. */
function srcu_invoke_callbacks(ssp: srcu_struct): void {
  while (ssp.callbacks.length !== 0 && ssp.readers.length === 0) {
    const first = ssp.callbacks[0];
    ssp.callbacks = ssp.callbacks.slice(1);
    first.run();
  }
}

export function srcu_read_lock_held(_ssp: srcu_struct): boolean { return true; }
export function srcu_read_lock(ssp: srcu_struct): int {
  reduced('the readers by name, no two sides');
  ssp.readers = [...ssp.readers, current()];
  return 0;
}
/** One event. Sections of one task are taken to end in the reverse order: an inner one that began later frees nobody. */
export function Srcu_leave(ssp: srcu_struct): void {
  const task = current();
  ssp.readers = Without(ssp.readers, task);
  if (ssp.waiting.length === 0) return;
  const left = Times(ssp.readers, task);
  for (const gp of ssp.waiting) if (Times(gp.readers, task) > left) gp.readers = Without(gp.readers, task);
  ssp.waiting = ssp.waiting.filter((gp) => gp.readers.length !== 0);
}
export function srcu_read_unlock(ssp: srcu_struct, _idx: int): void {
  reduced('the readers by name, no two sides');
  Srcu_leave(ssp);
  if (this_machine().on_defer === null) srcu_invoke_callbacks(ssp);
}
/** Two events: it begins, and it is over. */
export function synchronize_srcu(ssp: srcu_struct): void {
  reduced('a grace period knows whom it waits for');
  const gp = Srcu_begin(ssp);
  block_until(() => gp.readers.length === 0, gp, 'srcu');
}
export function call_srcu<T extends object>(ssp: srcu_struct, head: rcu_head<T>, func: (head: rcu_head<T>) => void): void {
  reduced('no callback thread: on its own after the grace period; with one thread now, or with the last reader');
  if (this_machine().on_defer !== null) {
    const gp = Srcu_begin(ssp);
    defer(() => gp.readers.length === 0, () => { func(head); }, 'call_srcu', gp);
    return;
  }
  ssp.callbacks = [...ssp.callbacks, { run: () => { func(head); } }];
  srcu_invoke_callbacks(ssp);
}
