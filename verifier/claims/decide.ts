// SPDX-License-Identifier: GPL-2.0-only
// The decision on a claim: its check's, or why there is none. Where nothing was looked at, the verdict
// has no word of its own for it; `looked` and the evidence say so.

import { CHECKS } from './checks/index.ts';
import { notDecidable, type Check, type Claim, type Decided, type Decision } from './claim.ts';
import { CannotLook, type Laboratory } from './laboratory.ts';
import { UNDECIDABLE, whyNotInWords } from './ledger/undecidable.ts';

/** `undecidable`: there is nothing to look at. The last two are `not-reproduced` for want of a look. */
export type Looked = 'yes' | 'undecidable' | 'no-check' | 'cannot-look';

export interface Judged extends Decided { readonly looked: Looked }

/** A check comes before the reason for having none: one may be found for what was thought to have none. */
export function decide(claim: Claim, lab: Laboratory, checks: ReadonlyMap<string, Check> = CHECKS): Judged {
  const check = checks.get(claim.id);
  if (check !== undefined) return checked(claim, check, lab);
  const why = UNDECIDABLE.get(claim.id);
  if (why !== undefined) return { claim, decision: notDecidable(whyNotInWords(why)), looked: 'undecidable' };
  return { claim, decision: unseen('no check in this build'), looked: 'no-check' };
}

function checked(claim: Claim, check: Check, lab: Laboratory): Judged {
  try {
    return { claim, decision: check(lab), looked: 'yes' };
  } catch (error) {
    if (!(error instanceof CannotLook)) throw error;
    return { claim, decision: unseen(`its check cannot look here: ${error.message}`), looked: 'cannot-look' };
  }
}

function unseen(evidence: string): Decision {
  return { verdict: 'not-reproduced', condition: null, evidence, command: 'none', story: [] };
}
