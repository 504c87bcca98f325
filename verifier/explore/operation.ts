// SPDX-License-Identifier: GPL-2.0-only
// What a program's threads yield: events on shared objects, and control that is no event. An operation is
// its own iterator (`yield* x.load()` hands it to whoever runs the thread, then gives back its result), so that
// no generator stands between the thread's code and the explorer: a suspended thread's place is its own.

import { ambient } from './ambient.ts';
import type { Shared } from './shared.ts';

/** Events by what they did, which is known only once they ran: a failed try is told from one that took. */
export const EVENT_KINDS = ['load', 'store', 'rmw', 'cas', 'cas-failed', 'until',
  'lock', 'try', 'try-failed', 'unlock',
  'read', 'write', 'read-try', 'write-try', 'read-try-failed', 'write-try-failed', 'read-unlock', 'write-unlock'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

/** As what an event counts: its kind, or, of a thread that was parked at a retry (retry.ts), that it had to be woken. */
export const EVENT_CLASSES = [...EVENT_KINDS, 'woken-read', 'woken-write'] as const;
export type EventClass = (typeof EVENT_CLASSES)[number];

export abstract class Operation<R> {
  /** Set by whoever runs the operation, before the thread is resumed. */
  result!: R;
  /** Functions on the stack between the thread's own and this operation (helpers by `yield*`); null if not measured. */
  helpers: number | null = null;
  private asked = false;

  [Symbol.iterator](): this { return this; }

  next(): IteratorResult<Operation<unknown>, R> {
    if (this.asked) return { done: true, value: this.result };
    this.asked = true;
    if (ambient.measure !== null) this.helpers = ambient.measure();
    return { done: false, value: this };
  }
}

/** One event on one shared object. */
export abstract class EventOperation<R> extends Operation<R> {
  abstract readonly target: Shared;
  /** What it did; before it ran, what it would do if it may. */
  abstract kind: EventKind;
  /** Sets `result` and `kind`. Throws where the program breaks the object's contract. */
  abstract perform(thread: number): void;
  /** The arguments, for people. */
  abstract argument(): string;
  /** What tells this call from others like it in a state; null for a function, which nothing tells apart. */
  abstract argumentKey(): unknown;

  /** Whether it may run with the object's word as given. Only blocking operations are ever refused. */
  open(_word: unknown): boolean { return true; }
}

/** A thread's code. */
export type Body = Generator<Operation<unknown>, void, unknown>;
