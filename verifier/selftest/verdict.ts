// SPDX-License-Identifier: GPL-2.0-only
// What became of a test. Its asserts leave it by an exception, as the harness of kselftest leaves by a
// jump; nothing outside this folder sees one.

import type { RunFinding } from '../check/finding.ts';

export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly why: string }
  | { readonly kind: 'skip'; readonly why: string };

/** findings: what the rules said while it ran, whatever its asserts came to. */
export interface Tested {
  readonly name: string;
  readonly verdict: Verdict;
  readonly findings: readonly RunFinding[];
  /** The calls of its program that can fail, in order. */
  readonly calls: readonly string[];
}

/** An assert that does not hold. */
export class Failed extends Error {}
/** What the test needs is not there. */
export class Skip extends Error {}
