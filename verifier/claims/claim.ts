// SPDX-License-Identifier: GPL-2.0-only
// A statement that somebody made on the lists about this code, and how it is decided here. The ledger
// holds no verdicts: a check looks at runs, searches and the port's text each time it is asked.

import type { Laboratory } from './laboratory.ts';

/** What decides it: one run or a set of them, schedules of several threads, the text of the port; or nothing here. */
export type ClaimKind = 'run' | 'interleaving' | 'static' | 'design';

export type Verdict = 'confirmed' | 'refuted' | 'not-reproduced' | 'not-decidable';

export interface Claim {
  /** `C01`, `C24b` */
  readonly id: string;
  readonly author: string;
  /** Of the mail: `2022-01-12`. */
  readonly date: string;
  /** Null where only the list is known. */
  readonly messageId: string | null;
  /** The lists, where there is no Message-ID. */
  readonly where: string | null;
  /** In our words. */
  readonly statement: string;
  readonly functions: readonly string[];
  readonly kinds: readonly ClaimKind[];
}

export interface Decision {
  readonly verdict: Verdict;
  /** What the verdict hangs on; null where on nothing. */
  readonly condition: string | null;
  /** One line: what was seen that decides it. */
  readonly evidence: string;
  /** What shows it on a command line. */
  readonly command: string;
  /** Every observation that was made, a line each, in the order they were made. */
  readonly story: readonly string[];
}

/** Two-sided: what it finds confirms or refutes; what it cannot find is not reproduced. */
export type Check = (lab: Laboratory) => Decision;

/** A claim with its decision, for reports. */
export interface Decided { readonly claim: Claim; readonly decision: Decision }

/** For what no run decides: a question, a plan, a style, or code outside the model. */
export function notDecidable(why: string): Decision {
  return { verdict: 'not-decidable', condition: null, evidence: why, command: 'none', story: [] };
}
