// SPDX-License-Identifier: GPL-2.0-only
// Retry heads. A loop whose head comes round with an equal canonical state will do so for ever:
// one thread is deterministic. The states are compared by Brent's algorithm (BIT 20, 1980): one
// stored state per activation, moved forward at powers of two, so a cycle of any length is found
// in time linear in stem and cycle. Counted loops end before the first comparison is made.
//
// A loop that leaves a reference behind in each round never has an equal state. It is known by a
// state that is equal but for reference counts, twice at the same distance, each time with every
// count grown by the same amount and some of them grown. Whatever else could end the loop is part
// of the comparison: locals, fields, lists, and every counter that is no reference count. So the
// next turn can differ only if the loop asks for the value of a count that it drives up itself.
// Such a loop is reported all the same, and it should be: a reference count is no loop counter, and
// what bounds it is its overflow. A loop that gives references back, or takes and gives by turns,
// is not: its counts do not all grow.

import type { SeenRead } from './threads.ts';

/** A state at a loop's head: its key, how many steps of all threads led there, where the thread's log stood. */
export interface SeenState { readonly key: string; readonly step: number; readonly log: number }

/** One entry into a loop. */
export class LoopActivation {
  readonly site: number;
  rounds = 0;
  /** Where the stored state was taken, and the state. */
  mark = 0;
  stored: StateKeys | null = null;
  /** The last time the state was equal but for counts: how many rounds after the mark, and the counts. */
  turn: { readonly length: number; readonly rounds: number; readonly counts: readonly number[] } | null = null;
  /** With several threads: the variables at the last head, where the thread's log stood then, the states that were seen. */
  locals: readonly unknown[] | null = null;
  since = 0;
  /** Where it stood a round before, or -1 if its variables have changed since. */
  before = -1;
  seen: readonly SeenState[] = [];
  /** It waits at its head until one of these has another value. */
  parked = false;
  waitsFor: readonly SeenRead[] = [];
  constructor(site: number) { this.site = site; }
}

/** Rounds before the first comparison: more than any counted loop over the pages of a scenario. */
export const FIRST_COMPARISON = 20;

export interface StateKeys {
  readonly full: string;
  /** The same without the values of reference counts. */
  readonly bare: string;
  /** These values, in the order of the walk: where `bare` is equal, they are of the same counts. */
  readonly counts: readonly number[];
}

export class LoopWatch {
  /** The state of the machine with the locals of the loop; set for an execution. */
  stateOf: (locals: readonly unknown[]) => StateKeys = () => ({ full: '', bare: '', counts: [] });
  enabled = false;
  /** The stored state was moved forward: what comes now may be the cycle. */
  onMark: () => void = () => undefined;

  reset(): void { this.enabled = false; }

  enter(site: number): LoopActivation { return new LoopActivation(site); }

  visit(a: LoopActivation, locals: () => readonly unknown[]): 'fresh' | 'equal' | 'leaks' {
    if (!this.enabled) return 'fresh';
    const now = this.stateOf(locals());
    if (a.stored?.full === now.full) return 'equal';
    if (a.stored?.bare === now.bare && a.rounds > 4 * FIRST_COMPARISON && this.#grown(a, a.stored.counts, now.counts)) return 'leaks';
    if (a.stored === null || a.rounds >= 2 * a.mark) {
      a.mark = a.rounds;
      a.stored = now;
      a.turn = null;
      this.onMark();
    }
    return 'fresh';
  }

  /** Whether this is the second turn of one length, and grew as the first did. */
  #grown(a: LoopActivation, stored: readonly number[], now: readonly number[]): boolean {
    const from = a.turn?.counts ?? stored;
    const length = a.rounds - (a.turn?.rounds ?? a.mark);
    const grew = now.map((n, i) => n - (from[i] ?? 0));
    const before = a.turn?.counts.map((n, i) => n - (stored[i] ?? 0));
    const again = a.turn?.length === length && before !== undefined && grew.every((d, i) => d === before[i]);
    if (a.turn === null) a.turn = { length, rounds: a.rounds, counts: now };
    return again && grew.every((d) => d >= 0) && grew.some((d) => d > 0);
  }
}
