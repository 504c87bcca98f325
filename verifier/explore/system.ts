// SPDX-License-Identifier: GPL-2.0-only
// What is searched: threads whose next events can be run one at a time and taken back. The search
// knows neither programs nor kernels: an event is a thread, the objects it touched and in which class.
// Sequential consistency only: an event takes effect at once and for everybody.

/** One event may touch several objects; most touch one. The arrays are the system's own and may be reused. */
export interface Access { readonly object: number; readonly class: number }

/**
 * How an earlier access and a later one of the same object relate:
 * - `commute`: their order cannot be told;
 * - `conflict`: it can, and the later could also have gone first: a reversible race;
 * - `order`: it can, but the later could never have run just before the earlier (release, then blocking acquire).
 *   The search looks further back for the access it does race with;
 * - `await`: as `order` or as `conflict`, `couldRun` says which (a blocking read, a reader-writer lock).
 */
export type Relation = 'commute' | 'conflict' | 'order' | 'await';

export type Status = 'enabled' | 'blocked' | 'done';

export interface System {
  /** Threads created so far, numbered in order of creation; a step may create more. */
  threads(): number;
  /** At the current state; cheap. */
  status(t: number): Status;
  /** 1, or n where the next event of t is a choice among n. */
  choices(t: number): number;
  /** Runs the next event of t, which is enabled, whole: with all that t does by itself before its next one. */
  step(t: number, choice: number): void;
  /** What the last step touched, classified as executed: a failed cas or try is a read. */
  readonly accesses: readonly Access[];
  /**
   * Pairs (a, b), flat and in order, made by the last step: all that thread a has done comes before what b
   * does next (spawn: the parent before the child; join: the child before who waited). Order only, never a race.
   * Pairs rather than the threads before t: a parent has often gone on when its child first runs.
   */
  readonly orders: readonly number[];
  /** What a blocked t would do if it could: held against the past when nothing can run any more. */
  waiting(t: number): readonly Access[];
  /**
   * A finding ended the execution with the last step. 'source' relies on the finding following from what happens before that
   * step: what a rule looked at to find it belongs to the step's accesses, or else its absence in another order is not looked for.
   */
  ended(): boolean;
  /** A bound of the system's own: the execution is not followed further, and why. Reported, never silent. */
  cut?(): string | null;
  /** save() names the current state; undo() goes back to it, as often as asked. */
  save(): number;
  undo(mark: number): void;
  relation(earlier: number, later: number): Relation;
  /**
   * Whether event number `event` of the current execution (or what t is blocked at, if `event` is the number of
   * events so far), an event of t, could run with its objects in the state that they had just before event number `before`.
   * Needed by systems that say `await`.
   */
  couldRun?(t: number, event: number, before: number): boolean;
  /** Equal only for states with equal futures. Needed by 'stateful'. */
  stateKey?(): string | number | bigint;
  /** The last step was progress in the sense of liveness. A thread that ends is progress anyway. */
  progressed?(): boolean;
  /** The next event of t is a blocking acquisition whose owner hands over: treated with strong fairness. */
  acquiring?(t: number): boolean;
}

/** One step of a schedule. */
export interface Move { readonly thread: number; readonly choice: number }

export type Schedule = readonly Move[];

/** A maximal execution, as a visitor is told of it; the system still stands at its end and is not to be moved. */
export interface Execution {
  readonly schedule: Schedule;
  /** A finding ended it. */
  readonly ended: boolean;
  /** The threads that wait for what nobody will do. */
  readonly deadlocked: readonly number[];
  /** The fewest preemptions of any order of the same trace; null where it was not asked for. */
  readonly preemptions: { readonly least: number; readonly exact: boolean } | null;
}

export type Verdict = 'go on' | 'stop';

export interface Visitor {
  maximal(execution: Execution): Verdict;
}

export type BuiltAlgorithm = 'enumerate' | 'source' | 'stateful';

export interface SearchOptions {
  readonly algorithm: BuiltAlgorithm;
  /** In 'stateful': of states. */
  readonly maxExecutions: number;
  /** Of one execution. */
  readonly maxEvents: number;
  /** 0 takes threads in order of creation; any other number shuffles which of them goes first. */
  readonly seed: number;
  readonly preemptions: boolean;
}

/** A cycle that fair scheduling may follow for ever without progress (model rules, 4). */
export interface Cycle {
  /** trap: no progress can be reached from it; self-sustaining: needs no preemption; adversarial: needs some. */
  readonly kind: 'trap' | 'self-sustaining' | 'adversarial';
  /** Of the loop given, each time round. */
  readonly preemptionsPerTurn: number;
  /** False if the cycles were too many to look at all of them: the loop's preemptions are then at most. */
  readonly exact: boolean;
  readonly stem: Schedule;
  readonly loop: Schedule;
}

export interface SearchResult {
  /** Complete executions, ended and deadlocked ones among them; null for 'stateful'. */
  readonly executions: number | null;
  /** Executions abandoned as redundant. */
  readonly blocked: number;
  /** Of `executions`: ended by a finding. One at least for each causal past of such an end. */
  readonly ended: number;
  readonly states: number | null;
  /** Steps that were explored; those of replayed prefixes not counted. */
  readonly events: number;
  /** What was cut, a line each; empty if `complete`. A visitor's stop is one. */
  readonly bounds: readonly string[];
  readonly complete: boolean;
  readonly cycles: readonly Cycle[];
  /** Executions by least number of preemptions: [k] needs k. `exact` is false if some are only at most. */
  readonly preemptions: { readonly counts: readonly number[]; readonly exact: boolean } | null;
}
