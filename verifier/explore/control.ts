// SPDX-License-Identifier: GPL-2.0-only
// What threads do that is no event: spawn and join (order only), progress (a mark for liveness), and choose
// (the scheduler's choice: a step that touches nothing).

import { Operation, type Body } from './operation.ts';

/** A thread that was spawned. */
export interface Handle { readonly thread: number }

export class Spawn extends Operation<Handle> {
  readonly body: () => Body;
  constructor(body: () => Body) { super(); this.body = body; }
}

export class Join extends Operation<void> {
  readonly thread: number;
  constructor(thread: number) { super(); this.thread = thread; }
}

export class Progress extends Operation<void> {}

export class Choose extends Operation<number> {
  readonly of: number;
  constructor(of: number) { super(); this.of = of; }
}

/** Starts a thread, which comes after what its parent has done so far. */
export function spawn(body: () => Body): Spawn { return new Spawn(body); }

/** Waits until the thread has ended. */
export function join(handle: Handle): Join { return new Join(handle.thread); }

/** Marks progress: a cycle that passes here is no livelock. */
export function progress(): Progress { return new Progress(); }

/** A number from 0 to n - 1; all of them are explored. */
export function choose(n: number): Choose {
  if (!Number.isInteger(n) || n < 1) throw new Error(`choose(${n}): there is nothing to choose from`);
  return new Choose(n);
}
