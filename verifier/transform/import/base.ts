// SPDX-License-Identifier: GPL-2.0-only
// The kernel tree that a patch was made on, if one is at hand. It says which function a hunk is in
// where the hunk does not, and gives more context to a hunk that fits in several places.

import type { Diff, DiffFile, DiffLine, Hunk } from './diff/types.ts';
import { hunksOf, pathOf } from './diff/types.ts';

/** A file of C by its path; null where the tree has none. */
export interface BaseTree { readonly read: (path: string) => string | null }

export interface Based {
  /** With the functions named. */
  readonly diff: Diff;
  /** The same with more context; for hunks that are ambiguous without. */
  readonly wide: Diff;
  /** Hunks that the tree does not have as the patch shows it. */
  readonly remarks: readonly string[];
  /** The tree with the patch: what the next one of a series stands on. */
  readonly after: BaseTree;
}

/** Lines of context more on either side. */
const MORE = 12;

export function onBase(diff: Diff, base: BaseTree, wanted: (path: string) => boolean): Based {
  const remarks: string[] = [];
  const texts = new Map<string, readonly string[]>();
  const files = diff.files.map((file): { readonly named: DiffFile; readonly wide: DiffFile } => {
    const text = file.oldPath === null || !wanted(file.oldPath) ? null : base.read(file.oldPath);
    const hunks = hunksOf(file);
    if (file.content.kind !== 'text' || text === null || file.oldPath === null) return { named: file, wide: file };
    const lines = text.split('\n');
    const at = hunks.map((hunk) => placeIn(lines, hunk));
    for (const [n, hunk] of hunks.entries()) if (at[n] === null) remarks.push(`${pathOf(file)}, line ${hunk.line} of the mail: the kernel tree does not have these lines; is it what the patch was made on?`);
    const named = hunks.map((hunk, n): Hunk => { const from = at[n] ?? null; return from === null ? hunk : { ...hunk, section: headBefore(lines, from + firstChange(hunk)) ?? hunk.section }; });
    const wide = named.map((hunk, n): Hunk => { const from = at[n] ?? null; return from === null ? hunk : widened(hunk, lines, from, at[n + 1] ?? lines.length, n === 0 ? 0 : endOf(hunks[n - 1], at[n - 1] ?? 0)); });
    if (file.newPath !== null) texts.set(file.newPath, patched(lines, hunks, at));
    return { named: { ...file, content: { kind: 'text', hunks: named } }, wide: { ...file, content: { kind: 'text', hunks: wide } } };
  });
  return {
    diff: { ...diff, files: files.map((one) => one.named) }, wide: { ...diff, files: files.map((one) => one.wide) }, remarks,
    after: { read: (path) => texts.get(path)?.join('\n') ?? base.read(path) },
  };
}

function oldLines(hunk: Hunk): readonly string[] { return hunk.lines.flatMap((line) => (line.kind === '+' ? [] : [line.text])); }
function endOf(hunk: Hunk | undefined, from: number): number { return hunk === undefined ? 0 : from + hunk.oldCount; }

/** Where the hunk's lines stand, from 0: where it says, else in the one place that has them. */
function placeIn(lines: readonly string[], hunk: Hunk): number | null {
  const old = oldLines(hunk);
  const stands = (from: number): boolean => old.every((text, n) => lines[from + n] === text);
  const said = Math.max(hunk.oldStart - 1, 0);
  if (old.length === 0 || stands(said)) return said;
  const found: number[] = [];
  for (let from = 0; from + old.length <= lines.length && found.length < 2; from += 1) if (stands(from)) found.push(from);
  const [only, second] = found;
  return only === undefined || second !== undefined ? null : only;
}

function firstChange(hunk: Hunk): number { return Math.max(hunk.lines.findIndex((line) => line.kind !== ' '), 0); }

/** The head of the function that a line is in; null at the top level. */
function headBefore(lines: readonly string[], at: number): string | null {
  for (let n = Math.min(at, lines.length) - 1; n >= 0; n -= 1) {
    const line = lines[n] ?? '';
    if (/^}/.test(line)) return null;
    if (/^[A-Za-z_][\w\s*]*\(/.test(line) && !/;\s*$/.test(line)) return line;
    if (/^(?:static |const )*(?:struct|union|enum)\b[^();]*\{\s*$/.test(line)) return line;
  }
  return null;
}

/** With up to MORE lines on either side, within the function and off the hunks beside it. */
function widened(hunk: Hunk, lines: readonly string[], from: number, next: number, last: number): Hunk {
  const stop = (text: string | undefined): boolean => text === undefined || /^[}A-Za-z_#{]/.test(text);
  const front: string[] = [];
  for (let n = from - 1; n >= last && front.length < MORE && !stop(lines[n]); n -= 1) front.unshift(lines[n] ?? '');
  const back: string[] = [];
  for (let n = from + hunk.oldCount; n < next && back.length < MORE && !stop(lines[n]); n += 1) back.push(lines[n] ?? '');
  const [first] = hunk.lines;
  const end = hunk.lines.at(-1);
  if (first === undefined || end === undefined) return hunk;
  const shown = (text: string, line: DiffLine['line'], oldLine: number, newLine: number): DiffLine => ({ kind: ' ', text, line, noNewline: false, oldLine, newLine });
  return {
    ...hunk, oldStart: hunk.oldStart - front.length, newStart: hunk.newStart - front.length,
    oldCount: hunk.oldCount + front.length + back.length, newCount: hunk.newCount + front.length + back.length,
    lines: [
      ...front.map((text, n) => shown(text, first.line, hunk.oldStart - front.length + n, hunk.newStart - front.length + n)), ...hunk.lines,
      ...back.map((text, n) => shown(text, end.line, hunk.oldStart + hunk.oldCount + n, hunk.newStart + hunk.newCount + n)),
    ],
  };
}

function patched(lines: readonly string[], hunks: readonly Hunk[], at: readonly (number | null)[]): readonly string[] {
  const out = [...lines];
  for (let n = hunks.length - 1; n >= 0; n -= 1) {
    const [hunk, from] = [hunks[n], at[n] ?? null];
    if (hunk !== undefined && from !== null) out.splice(from, hunk.oldCount, ...hunk.lines.flatMap((line) => (line.kind === '-' ? [] : [line.text])));
  }
  return out;
}
