// SPDX-License-Identifier: GPL-2.0-only
// Exit codes and which of them wins when several hold (DESIGN.md, Command line).

import { isNews } from '../report/findings.ts';
import type { Finding, PatchReview, Review } from '../report/review.ts';

export const EXIT = {
  clean: 0, findings: 1, usage: 2, conflict: 3, nothingRun: 4, incomplete: 5, internal: 70, interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const PRECEDENCE: readonly ExitCode[] = [70, 130, 2, 3, 1, 5, 4, 0];

export function worstExit(codes: Iterable<ExitCode>): ExitCode {
  const all = new Set(codes);
  return PRECEDENCE.find((code) => all.has(code)) ?? EXIT.clean;
}

export interface ExitOptions {
  /** Rules whose new findings count; all when null. */
  readonly failOn: readonly string[] | null;
  readonly interrupted: boolean;
}

export function exitOfReview(review: Review, options: ExitOptions): ExitCode {
  const codes: ExitCode[] = review.patches.map((p) => exitOfPatch(p, options.failOn));
  if (options.interrupted) codes.push(EXIT.interrupted);
  if (!review.complete) codes.push(EXIT.incomplete);
  if (review.patches.length === 0) codes.push(EXIT.nothingRun);
  return worstExit(codes);
}

function exitOfPatch(p: PatchReview, failOn: readonly string[] | null): ExitCode {
  switch (p.apply.status) {
    case 'conflict': return EXIT.conflict;
    case 'outside-port': return EXIT.clean;
    case 'applied': {
      if (p.findings.some((f) => isNews(f) && counts(f, failOn))) return EXIT.findings;
      if (p.scenarios.length === 0 || p.scenarios.every((s) => s.before.status === 'unsupported' && s.after.status === 'unsupported')) return EXIT.nothingRun;
      const cut = p.scenarios.some((s) => s.before.status === 'cut' || s.after.status === 'cut');
      return cut || (p.apply.lines?.notUnderstood ?? 0) > 0 ? EXIT.incomplete : EXIT.clean;
    }
  }
}

function counts(f: Finding, failOn: readonly string[] | null): boolean {
  return failOn === null || failOn.includes(f.rule);
}
