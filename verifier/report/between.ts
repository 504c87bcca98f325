// SPDX-License-Identifier: GPL-2.0-only
// One target held against another, as data (DESIGN.md, JSON, Delta). Marks are those of git range-diff:
// `=` on both sides alike, `!` on both and not alike, `<` on the left alone, `>` on the right alone.

import type { Finding, Side } from './review.ts';

export type Mark = '=' | '!' | '<' | '>';

/** A patch of the left series beside one of the right. */
export interface PatchRow {
  readonly mark: Mark;
  readonly left: string | null;
  readonly right: string | null;
  readonly subject: string;
}
export interface FindingRow {
  readonly mark: Exclude<Mark, '!'>;
  /** In how many runs of each side it is seen. */
  readonly left: number;
  readonly right: number;
  /** Why the other side may have it, too; null where its runs were not cut short. */
  readonly hidden: string | null;
  readonly finding: Finding;
}
export interface ScenarioRow {
  readonly mark: Mark;
  readonly id: string;
  readonly threads: number;
  readonly left: Side;
  readonly right: Side;
  /** Outcomes of the right side alone, and of the left alone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}
export interface Delta {
  readonly schema: 'kpv.delta/1';
  readonly left: string;
  readonly right: string;
  readonly kernel: string;
  readonly base: string;
  readonly switches: Readonly<Record<string, string>>;
  readonly patches: readonly PatchRow[];
  readonly findings: readonly FindingRow[];
  readonly scenarios: readonly ScenarioRow[];
  readonly complete: boolean;
  readonly limits: readonly string[];
}

export const MARKS: readonly Mark[] = ['=', '!', '<', '>'];

/** How many rows have each mark. */
export function countsOf(rows: readonly { readonly mark: Mark }[]): Readonly<Record<Mark, number>> {
  const of = (mark: Mark): number => rows.filter((row) => row.mark === mark).length;
  return { '=': of('='), '!': of('!'), '<': of('<'), '>': of('>') };
}
