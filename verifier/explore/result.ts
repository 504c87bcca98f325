// SPDX-License-Identifier: GPL-2.0-only
// What explore() and replay() give back: plain data, printed elsewhere.

import type { Cycle } from './system.ts';

/** One event of a schedule, for people. */
export interface Step {
  readonly thread: number;
  /** `m.lock()`, `x.load() → 3`, `choose(2) → 1`. */
  readonly text: string;
}

interface Witness {
  /** In one line. */
  readonly message: string;
  /** For replay(). */
  readonly schedule: string;
  readonly steps: readonly Step[];
  /** What was thrown; null for what nobody throws. */
  readonly error: unknown;
}

export interface ErrorFinding extends Witness {
  readonly kind: 'error';
  /** Who threw; null for atRest(). */
  readonly thread: number | null;
}

/** Threads wait and nobody will end it: a deadlock proper, or a wake-up that was lost. */
export interface DeadlockFinding extends Witness {
  readonly kind: 'deadlock';
  readonly waiting: readonly Step[];
}

/** A fair cycle without progress: `steps` is the stem followed by one turn. */
export interface LivelockFinding extends Witness {
  readonly kind: 'livelock';
  readonly cycle: Cycle['kind'];
  readonly preemptionsPerTurn: number;
  readonly stem: readonly Step[];
  readonly loop: readonly Step[];
}

export type Finding = ErrorFinding | DeadlockFinding | LivelockFinding;

export interface Outcome {
  readonly key: string;
  /** How many executions showed it (in 'stateful': at how many final states). */
  readonly count: number;
}

export interface Exploration {
  readonly program: string;
  readonly algorithm: string;
  /** Complete executions; null in 'stateful', which has states instead. */
  readonly executions: number | null;
  /** Executions abandoned as redundant. */
  readonly blocked: number;
  readonly states: number | null;
  /** Steps explored. */
  readonly events: number;
  readonly complete: boolean;
  /** What was cut, a line each. */
  readonly bounds: readonly string[];
  /** Distinct ones, each with the first schedule that showed it. */
  readonly findings: readonly Finding[];
  /** Sorted by key; of executions in which all threads ended and atRest() was content. */
  readonly outcomes: readonly Outcome[];
  /** Traces by least number of preemptions, on request: [k] is how many need k. */
  readonly preemptions: readonly number[] | null;
  /** False if some of these are only at most. */
  readonly preemptionsExact: boolean;
  /** Of the first livelock. */
  readonly stem: readonly Step[] | null;
  readonly loop: readonly Step[] | null;
}
