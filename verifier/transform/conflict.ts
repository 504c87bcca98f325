// SPDX-License-Identifier: GPL-2.0-only
// Why a patch does not apply. Every case names the anchor, what comes nearest to it, where that
// is, and which patch applied earlier took the anchor away, if one did.

import type { PortTree } from '../tree/load.ts';
import { indexFile, type Statement } from '../tree/statements.ts';

export interface Place { readonly file: string; readonly line: number; readonly function: string; readonly text: string }

interface Cause {
  readonly patch: string;
  readonly anchor: string;
  readonly nearest: string | null;
  readonly changedBy: string | null;
  readonly place: Place;
}

export type Conflict =
  | ({ readonly code: 'KPV0301'; readonly rule: 'anchor-missing' } & Cause)
  | ({ readonly code: 'KPV0302'; readonly rule: 'anchor-ambiguous'; readonly matches: readonly Place[] } & Cause)
  | ({ readonly code: 'KPV0303'; readonly rule: 'call-count-changed'; readonly expected: number; readonly found: number } & Cause)
  | ({ readonly code: 'KPV0304'; readonly rule: 'already-applied' } & Cause)
  | ({ readonly code: 'KPV0305'; readonly rule: 'overlaps'; readonly with: string } & Cause)
  | ({ readonly code: 'KPV0306'; readonly rule: 'needs-patch'; readonly needs: string } & Cause)
  /** The anchor is what may not be said. */
  | ({ readonly code: 'KPV0307'; readonly rule: 'refused' } & Cause);

export type ConflictOf<R extends Conflict['rule']> = Extract<Conflict, { readonly rule: R }>;

/** Edits to turn one string into the other; stops counting where it cannot beat `limit`. */
export function editDistance(a: string, b: string, limit = Number.POSITIVE_INFINITY): number {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    if (Math.min(...next) >= limit) return limit;
    row = next;
  }
  return row[b.length] ?? limit;
}

/** The statement that says nearly what the anchor says: in the function, else in the file. */
export function nearestStatement(tree: PortTree, file: string, fn: string, anchor: string): Statement | undefined {
  const text = tree.files.get(file);
  if (text === undefined) return undefined;
  const all = indexFile(file, text).statements.filter((one) => one.kind !== 'ImportDeclaration');
  const own = all.filter((one) => one.function === fn && one.kind !== 'FunctionDeclaration');
  let best: Statement | undefined;
  let distance = Number.POSITIVE_INFINITY;
  for (const one of own.length > 0 ? own : all) {
    const d = editDistance(anchor, one.text, distance);
    if (d < distance) [best, distance] = [one, d];
  }
  return best;
}

export function placeOf(one: Statement): Place {
  return { file: one.file, line: one.line, function: one.function, text: one.text };
}

/** The patch applied last that removed or rewrote a statement with this text. */
export function changedBy(tree: PortTree, file: string, fn: string, anchor: string): string | null {
  const says = (text: string | null): boolean => text !== null && text !== '' && (text === anchor || text.includes(anchor) || (text.length > 8 && anchor.includes(text)));
  for (const record of [...tree.applied].reverse()) {
    const hit = record.changed.some((one) => one.file === file && (fn === '' || one.function === fn)
      && says(one.kind === 'removed' ? one.text : one.was));
    if (hit) return record.id;
  }
  return null;
}

/** The patch that put a statement where the hunk expects none. */
export function addedBy(tree: PortTree, file: string, fn: string, text: string): string | null {
  for (const record of [...tree.applied].reverse()) {
    if (record.changed.some((one) => one.file === file && one.function === fn && one.kind !== 'removed' && one.text === text)) return record.id;
  }
  return null;
}
