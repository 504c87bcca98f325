// SPDX-License-Identifier: GPL-2.0-only
// A thread of a program while it runs, and who may watch it.

import type { Choose } from './control.ts';
import type { Body, EventOperation, Operation } from './operation.ts';
import type { ProgramSystem } from './program.ts';
import type { Retry } from './retry.ts';
import type { Shared } from './shared.ts';

/** What ended an execution: an error that a thread threw, or its misuse of a lock. */
export interface Thrown { readonly thread: number; readonly error: unknown }

export interface Thread {
  readonly body: Body;
  /** Who spawned it and as which of its children: the same in every schedule. */
  readonly name: string;
  /** The event (or choice) it is about to run; null while it joins and when it has ended. */
  pending: EventOperation<unknown> | Choose | null;
  /** The operation at which it stands, joins included. */
  at: Operation<unknown> | null;
  /** The thread it waits for, or -1. */
  joining: number;
  done: boolean;
  children: number;
  /** Null where retries are not looked for. */
  readonly retry: Retry | null;
  /** The object whose word it waits to change, at a retry that came round unchanged. */
  parked: { readonly on: Shared; readonly word: unknown; readonly period: number } | null;
}

/** Told of what a thread's own future can depend on; for the identity of states. */
export interface Observer {
  reset(): void;
  begun(state: unknown): void;
  born(t: number, parent: number): void;
  /** Thread t was resumed with the result of an operation. */
  resumed(t: number, operation: Operation<unknown>): void;
  /** Thread t is about to hand over an operation: functions of its own on the stack, if that is of interest. */
  measure(t: number): number | null;
  key<S>(system: ProgramSystem<S>): string;
}
