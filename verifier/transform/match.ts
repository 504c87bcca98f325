// SPDX-License-Identifier: GPL-2.0-only
// Finds a hunk in a function: which token of the port each token of its context and its removed
// lines is. Runs between two `...` must stand there token for token, in order. A run that is only
// context may stand in several places; a run that says where to edit may not.

import { tokens, withoutTrailingCommas, type Token } from '../tree/tokens.ts';
import type { Hunk, HunkLine } from './hunk.ts';

/** One token of the hunk's side that is matched, and the line of the hunk it is from. */
interface Piece { readonly text: string; readonly item: number; readonly column: number }
interface Run { readonly pieces: readonly Piece[]; readonly edits: boolean }

/** Adjacent + and - lines, and the tokens on either side, if the hunk gives them. */
export interface Group {
  readonly items: readonly number[];
  readonly adds: readonly HunkLine[];
  readonly removed: readonly Located[];
  readonly prev: Located | null;
  readonly next: Located | null;
  /** The first tokens of the lines around it, nearest first: what indentation goes by. */
  readonly heads: readonly Located[];
}

/** A token of the hunk found in the port. */
export interface Located { readonly token: Token; readonly item: number; readonly column: number }

export type Match =
  | { readonly kind: 'found'; readonly groups: readonly Group[] }
  | { readonly kind: 'several'; readonly at: readonly Token[]; readonly anchor: string }
  | { readonly kind: 'missing'; readonly anchor: string; readonly instead: Token | null; readonly progress: number };

type Side = 'before' | 'after';

export function matchHunk(hunk: Hunk, scope: readonly Token[], side: Side = 'before'): Match {
  const source = withoutTrailingCommas(scope);
  const runs = runsOf(hunk, side);
  const first: number[] = [];
  let at = 0;
  for (const [index, run] of runs.entries()) {
    const found = find(source, run.pieces, at);
    if (found === -1) return missing(hunk, run, source, at, index);
    first.push(found);
    at = found + run.pieces.length;
  }
  const last: number[] = [];
  let end = source.length;
  for (const run of [...runs].reverse()) {
    const found = findLast(source, run.pieces, end);
    last.unshift(found);
    end = found;
  }
  const located = new Map<string, Located>();
  for (const [index, run] of runs.entries()) {
    const from = first[index] ?? 0;
    if (run.edits) {
      const places = all(source, run.pieces, from, last[index] ?? from);
      if (places.length > 1) {
        return { kind: 'several', anchor: lineText(hunk, run.pieces[0]), at: places.flatMap((place) => source[place] ?? []) };
      }
    }
    for (const [offset, piece] of run.pieces.entries()) {
      const token = source[from + offset];
      if (token !== undefined) located.set(`${piece.item}:${piece.column}`, { token, item: piece.item, column: piece.column });
    }
  }
  return { kind: 'found', groups: groupsOf(hunk, located) };
}

function runsOf(hunk: Hunk, side: Side): readonly Run[] {
  const runs: Run[] = [];
  let pieces: Piece[] = [];
  let edits = false;
  const close = (): void => {
    if (pieces.length > 0) runs.push({ pieces: withoutTrailingCommas(pieces), edits });
    pieces = [];
    edits = false;
  };
  for (const [item, line] of hunk.items.entries()) {
    if (line.role === 'gap') {
      close();
      continue;
    }
    if (line.role !== 'context') edits = true;
    if (line.role === (side === 'before' ? 'add' : 'remove')) continue;
    for (const [column, token] of tokens(line.text).entries()) pieces.push({ text: token.text, item, column });
  }
  close();
  return runs;
}

function equal(source: readonly Token[], pieces: readonly Piece[], at: number): number {
  let n = 0;
  while (n < pieces.length && source[at + n]?.text === pieces[n]?.text) n += 1;
  return n;
}

function find(source: readonly Token[], pieces: readonly Piece[], from: number): number {
  for (let at = from; at + pieces.length <= source.length; at += 1) if (equal(source, pieces, at) === pieces.length) return at;
  return -1;
}

function findLast(source: readonly Token[], pieces: readonly Piece[], end: number): number {
  for (let at = end - pieces.length; at >= 0; at -= 1) if (equal(source, pieces, at) === pieces.length) return at;
  return -1;
}

function all(source: readonly Token[], pieces: readonly Piece[], from: number, to: number): readonly number[] {
  const out: number[] = [];
  for (let at = find(source, pieces, from); at !== -1 && at <= to; at = find(source, pieces, at + 1)) out.push(at);
  return out;
}

/** The line that stops the run, judged by where the run gets furthest. */
function missing(hunk: Hunk, run: Run, source: readonly Token[], from: number, index: number): Match {
  let best = -1;
  let where = from;
  for (let at = from; at < source.length; at += 1) {
    const n = equal(source, run.pieces, at);
    if (n > best) [best, where] = [n, at];
  }
  const stop = run.pieces[Math.max(best, 0)];
  return { kind: 'missing', anchor: lineText(hunk, stop), instead: source[where + Math.max(best, 0)] ?? null, progress: index * 1e6 + Math.max(best, 0) };
}

function lineText(hunk: Hunk, piece: Piece | undefined): string {
  const item = piece === undefined ? undefined : hunk.items[piece.item];
  return item === undefined || item.role === 'gap' ? '' : item.text.trim();
}

function groupsOf(hunk: Hunk, located: ReadonlyMap<string, Located>): readonly Group[] {
  const on = (item: number): readonly Located[] => [...located.values()].filter((one) => one.item === item).sort((a, b) => a.column - b.column);
  const groups: Group[] = [];
  let prev: Located | null = null;
  let before: Located | null = null;
  let open: { items: number[]; adds: HunkLine[]; removed: Located[]; prev: Located | null; before: Located | null } | null = null;
  const close = (next: Located | null): void => {
    if (open !== null) {
      const { before: head, ...group } = open;
      groups.push({ ...group, next, heads: [group.removed[0], next, head].flatMap((one) => one ?? []) });
    }
    open = null;
  };
  for (const [item, line] of hunk.items.entries()) {
    if (line.role === 'gap') {
      close(null);
      prev = before = null;
    } else if (line.role === 'context') {
      const here = on(item);
      if (here.length === 0) continue;
      close(here[0] ?? null);
      prev = here.at(-1) ?? null;
      before = here[0] ?? null;
    } else {
      open ??= { items: [], adds: [], removed: [], prev, before };
      open.items.push(item);
      if (line.role === 'add') open.adds.push(line);
      else open.removed.push(...on(item));
    }
  }
  close(null);
  return groups;
}
