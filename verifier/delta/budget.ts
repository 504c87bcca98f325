// SPDX-License-Identifier: GPL-2.0-only
// How long a review may go on: executions, seconds, and the wish to stop.

import { nowMs } from './job.ts';

export interface Allowed {
  readonly budget: { readonly executions: number | null; readonly seconds: number | null };
  /** Asked now and then: true ends the review with what was found. */
  readonly stop: () => boolean;
}

/** A review that runs out says so. */
export class Budget {
  readonly #options: Allowed;
  readonly deadline: number | null;
  readonly flag = new SharedArrayBuffer(4);
  readonly #asked: NodeJS.Timeout;
  #left: number | null;
  cut = false;
  constructor(options: Allowed) {
    this.#options = options;
    this.#left = options.budget.executions;
    this.deadline = options.budget.seconds === null ? null : nowMs() + options.budget.seconds * 1000;
    this.#asked = setInterval(() => { this.over(); }, 50);
  }
  /** A job's share: what is left, and then that less. */
  share(wanted: number | null): number | null {
    if (this.#left === null) return null;
    const share = wanted === null ? this.#left : Math.min(this.#left, wanted);
    this.#left -= share;
    return share;
  }
  over(): boolean {
    const out = this.#options.stop() || this.#left === 0 || (this.deadline !== null && nowMs() >= this.deadline);
    if (this.#options.stop()) Atomics.store(new Int32Array(this.flag), 0, 1);
    if (out) this.cut = true;
    return out;
  }
  end(): void { clearInterval(this.#asked); }
}
