// SPDX-License-Identifier: GPL-2.0-only
// What every search counts and reports alike: executions, what was abandoned, what was cut. A cut is
// never silent: it is a line in `bounds`, and `complete` follows from there being none.

import type { Cycle, Execution, SearchOptions, SearchResult, System, Visitor } from './system.ts';

export class Tally {
  executions = 0;
  blocked = 0;
  ended = 0;
  events = 0;
  stopped = false;
  #runs = 0;
  readonly #options: SearchOptions;
  readonly #visitor: Visitor;
  readonly #bounds = new Map<string, number>();
  readonly #preemptions: number[] = [];
  #exact = true;

  constructor(options: SearchOptions, visitor: Visitor) {
    this.#options = options;
    this.#visitor = visitor;
  }

  /** Counts a maximal execution and tells the visitor; true if the search is over. */
  maximal(execution: Execution): boolean {
    this.executions++;
    this.#runs++;
    if (execution.ended) this.ended++;
    const { preemptions } = execution;
    if (preemptions !== null) {
      while (this.#preemptions.length <= preemptions.least) this.#preemptions.push(0);
      this.#preemptions[preemptions.least]!++;
      if (!preemptions.exact) this.#exact = false;
    }
    if (this.#visitor.maximal(execution) === 'stop') return this.stop('stopped at an execution');
    return false;
  }

  redundant(): void {
    this.blocked++;
    this.#runs++;
  }

  /** True if no further execution may be begun; abandoned and cut ones count. */
  full(): boolean {
    return this.#runs >= this.#options.maxExecutions && this.stop(`stopped after ${this.#runs} executions`);
  }

  stop(why: string): true {
    this.cut(why);
    this.stopped = true;
    return true;
  }

  cut(why: string): void {
    this.#bounds.set(why, (this.#bounds.get(why) ?? 0) + 1);
  }

  /** The system itself does not follow the execution further. */
  cutBy(system: System): boolean {
    const why = system.cut?.() ?? null;
    if (why === null) return false;
    this.#runs++;
    this.cut(why);
    return true;
  }

  cutEvents(): void {
    this.#runs++;
    this.cut(`executions cut after ${this.#options.maxEvents} events`);
  }

  result(states: number | null, cycles: readonly Cycle[]): SearchResult {
    const bounds = [...this.#bounds].map(([why, n]) => (n === 1 ? why : `${why} (${n} times)`));
    const counts = Array.from(this.#preemptions);
    return {
      executions: states === null ? this.executions : null,
      blocked: this.blocked, ended: this.ended, states, events: this.events,
      bounds, complete: bounds.length === 0, cycles,
      preemptions: this.#options.preemptions && states === null ? { counts, exact: this.#exact } : null,
    };
  }
}
