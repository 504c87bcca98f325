// SPDX-License-Identifier: GPL-2.0-only
// Retry heads: a thread whose loop comes round unchanged gives way. What is looked for is a thread that repeats
// its last few events with the same results; twice so, its own state (own-state.ts) is compared with that one round before.
// If it is the same, and the round only read one object, more rounds change nothing: the thread is parked until the
// object's word is another, as if it had been written with until(). Rounds that write, or read several objects, cannot be
// left out like that: the execution is cut, and the result says so. Without such states ('enumerate', 'source') a spin
// would have no end; the search over states needs none of this.

import type { EventOperation } from './operation.ts';
import { isRead } from './relation.ts';

/** Events in a round, at most. */
const LONGEST = 8;
/** Rounds after which a thread is cut whose own state cannot be looked at. */
const PATIENCE = 256;

type Event = EventOperation<unknown>;

/** What is to be done about a thread after an event. */
export type Advice = 'go on' | 'note' | 'compare' | 'cut';

export class Retry {
  private readonly events: Event[] = [];
  /** Events in a round, and events that have repeated the one a round before. */
  period = 0;
  private run = 0;
  /** The next round at which to note the thread's state; compared one round later. */
  private due = 1;
  noted: string | null = null;
  /** Once it was parked, it is looked at after each round. */
  parkedAs: string | null = null;

  ran(event: Event): Advice {
    const events = this.events;
    if (this.period === 0 || !alike(event, events[events.length - this.period])) {
      if (this.period !== 0) {
        this.period = this.run = 0;
        this.due = 1;
        this.noted = this.parkedAs = null;
      }
      for (let p = 1; p <= LONGEST && p <= events.length; p++) {
        if (!alike(event, events[events.length - p])) continue;
        this.period = p;
        break;
      }
    }
    events.push(event);
    if (this.period === 0 || ++this.run % this.period !== 0) return 'go on';
    const round = this.run / this.period;
    if (this.parkedAs !== null) return 'compare';
    if (round === this.due) return 'note';
    if (round !== this.due + 1) return 'go on';
    if (this.noted === null && round < PATIENCE) {
      this.due *= 4;
      return 'go on';
    }
    return this.noted === null ? 'cut' : 'compare';
  }

  /** The state after a round is another: the loop counts, or got on. Looked at less often from here on. */
  differs(): void {
    this.due *= 4;
    this.noted = this.parkedAs = null;
  }

  /** The last round only read, and one object only. */
  onlyReads(): boolean {
    const round = this.events.slice(-this.period);
    return round.every((one) => isRead(one.kind) && one.target === round[0]?.target);
  }
}

function alike(a: Event, b: Event | undefined): boolean {
  return b !== undefined && a.target === b.target && a.kind === b.kind && Object.is(a.result, b.result);
}
