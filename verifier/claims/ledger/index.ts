// SPDX-License-Identifier: GPL-2.0-only
// The ledger: who said what, when and where. What was said twice stands once, under its first mail;
// what somebody said and later took back are two claims. No verdicts (claim.ts).

import type { Claim } from '../claim.ts';
import { GUP_CLAIMS } from './gup.ts';
import { V1_CLAIMS } from './v1.ts';
import { V3_CLAIMS } from './v3.ts';

/** In the order of their ids. */
export const CLAIMS: readonly Claim[] = [...V3_CLAIMS, ...V1_CLAIMS, ...GUP_CLAIMS];

const BY_ID: ReadonlyMap<string, Claim> = new Map(CLAIMS.map((claim) => [claim.id, claim]));

export function claimNamed(id: string): Claim | undefined { return BY_ID.get(id); }
