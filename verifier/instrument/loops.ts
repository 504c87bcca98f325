// SPDX-License-Identifier: GPL-2.0-only
// Retry heads. A loop whose head comes round with an equal canonical state will do so for ever:
// one thread is deterministic. The states are compared by Brent's algorithm (BIT 20, 1980): one
// stored state per activation, moved forward at powers of two, so a cycle of any length is found
// in time linear in stem and cycle. Counted loops end before the first comparison is made.

/** One entry into a loop. */
export interface LoopActivation {
  readonly site: number;
  rounds: number;
  /** Where the stored state was taken, and the state. */
  mark: number;
  key: string | null;
  /** The same state without reference counts. */
  bare: string | null;
}

/** Rounds before the first comparison: more than any counted loop over the pages of a scenario. */
export const FIRST_COMPARISON = 20;

export interface StateKeys { readonly full: string; readonly bare: string }

export class LoopWatch {
  /** The state of the machine with the locals of the loop; set for an execution. */
  stateOf: (locals: readonly unknown[]) => StateKeys = () => ({ full: '', bare: '' });
  enabled = false;
  /** The stored state was moved forward: what comes now may be the cycle. */
  onMark: () => void = () => undefined;

  reset(): void { this.enabled = false; }

  enter(site: number): LoopActivation { return { site, rounds: 0, mark: 0, key: null, bare: null }; }

  visit(a: LoopActivation, locals: () => readonly unknown[]): 'fresh' | 'equal' | 'leaks' {
    if (!this.enabled) return 'fresh';
    const { full, bare } = this.stateOf(locals());
    if (a.key === full) return 'equal';
    // Equal but for counts, round after round: what grows is a reference that nobody gives back.
    if (a.bare === bare && a.rounds > 4 * FIRST_COMPARISON) return 'leaks';
    if (a.key === null || a.rounds >= 2 * a.mark) {
      a.mark = a.rounds;
      a.key = full;
      a.bare = bare;
      this.onMark();
    }
    return 'fresh';
  }
}
