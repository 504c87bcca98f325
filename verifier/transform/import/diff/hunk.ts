// SPDX-License-Identifier: GPL-2.0-only
// One hunk: the @@ line and as many lines as it says. The one thing forgiven are blank context
// lines missing at the very end, which archives that trim a mail take away; they are counted.

import { fail, ok, shown, type FileLine, type Result, type SourceLine } from '../result.ts';
import { startsSection, type Source } from './header.ts';
import type { DiffLine, Hunk } from './types.ts';

export interface HunkRead { readonly hunk: Hunk; readonly next: number }

const FORM = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(.*)$/s;
/** What git gives before and after a change, if not told otherwise. */
const CONTEXT = 3;

export function startsHunk(line: SourceLine | undefined): boolean { return line?.text.startsWith('@@ -') === true; }

/** `-- `, which ends a mail (archives take the blank away), or the row over a list's footer. */
export function isSignature(line: SourceLine | undefined): boolean { return /^(?:-- ?|_{20,})$/.test(line?.text ?? ''); }

export function readHunk(source: Source, at: number): Result<HunkRead> {
  const first = source.lines[at];
  const found = FORM.exec(first?.text ?? '');
  if (first === undefined || found === null) return fail(source.file, first?.line ?? 1, `no hunk's first line: ${shown(first?.text ?? '')}`);
  const [, a = '', b = '1', c = '', d = '1', section = ''] = found;
  const [oldStart, oldCount, newStart, newCount] = [Number(a), Number(b), Number(c), Number(d)];
  if ((oldStart === 0 && oldCount > 0) || (newStart === 0 && newCount > 0)) return fail(source.file, first.line, 'a hunk that begins at line 0 and is not empty there');
  const body = readBody(source, at + 1, { oldStart, oldCount, newStart, newCount });
  if (!body.ok) return body;
  const { lines, next, trimmed } = body.value;
  if (lines.every((one) => one.kind === ' ')) return fail(source.file, first.line, 'a hunk that changes nothing');
  const after = lastLineFault(source.file, lines);
  if (after !== null) return after;
  return ok({ hunk: { oldStart, oldCount, newStart, newCount, section: section.trim(), line: first.line, lines, trimmed }, next });
}

interface Counts { readonly oldStart: number; readonly oldCount: number; readonly newStart: number; readonly newCount: number }
interface Body { readonly lines: readonly DiffLine[]; readonly next: number; readonly trimmed: number }

function readBody(source: Source, from: number, counts: Counts): Result<Body> {
  const { file, lines } = source;
  const out: DiffLine[] = [];
  let [old, now] = [0, 0];
  let at = from;
  const full = (): boolean => old === counts.oldCount && now === counts.newCount;
  const push = (kind: DiffLine['kind'], text: string, line: FileLine): void => {
    const [oldLine, newLine] = [counts.oldStart + old, counts.newStart + now];
    switch (kind) {
      case ' ': out.push({ kind, text, line, noNewline: false, oldLine, newLine }); break;
      case '+': out.push({ kind, text, line, noNewline: false, newLine }); break;
      case '-': out.push({ kind, text, line, noNewline: false, oldLine }); break;
    }
    if (kind !== '+') old += 1;
    if (kind !== '-') now += 1;
  };
  const tooMany = (line: SourceLine, which: string, count: number): Result<Body> =>
    fail(file, line.line, `the hunk has more than the ${count} line${count === 1 ? '' : 's'} ${which} that its first line says`);

  for (; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) break;
    const mark = line.text.charAt(0);
    if (mark === '\\') {
      const last = out.pop();
      if (last === undefined || last.noNewline || !/^\\ .{10}/.test(line.text)) return fail(file, line.line, `a line that belongs to no line of the hunk: ${shown(line.text)}`);
      out.push({ ...last, noNewline: true });
      continue;
    }
    if (full()) break;
    if (isSignature(line) && counts.oldCount - old === counts.newCount - now && noMoreLines(lines, at + 1)) break;
    if (mark === ' ' || mark === '') {
      if (old === counts.oldCount) return tooMany(line, 'before', counts.oldCount);
      if (now === counts.newCount) return tooMany(line, 'after', counts.newCount);
      push(' ', line.text.slice(1), line.line);
    } else if (mark === '-') {
      if (startsSection(lines, at) === 'plain' && endsEarly(counts.oldCount - old, counts.newCount - now, out)) break;
      if (old === counts.oldCount) return tooMany(line, 'before', counts.oldCount);
      push('-', line.text.slice(1), line.line);
    } else if (mark === '+') {
      if (now === counts.newCount) return tooMany(line, 'after', counts.newCount);
      push('+', line.text.slice(1), line.line);
    } else break;
  }
  if (full()) return ok({ lines: out, next: at, trimmed: 0 });
  return short(source, at, out, counts, [old, now]);
}

/** Whether only context is missing, so that --- can begin the next file. Where one line of each side
 *  is, --- and +++ could be those two: but a hunk that has context ends in some, if another follows. */
function endsEarly(old: number, now: number, out: readonly DiffLine[]): boolean {
  return old === now && (old !== 1 || out.some((one) => one.kind === ' '));
}

/** Whether nothing that could be a hunk's follows. */
function noMoreLines(lines: readonly SourceLine[], from: number): boolean {
  for (let at = from; at < lines.length && startsSection(lines, at) === null; at += 1) {
    if (/^(?:[ +\\-]|@@ )/.test(lines[at]?.text ?? '')) return false;
  }
  return true;
}

/** The hunk ended too early: trimmed blank lines, or damage. */
function short(source: Source, at: number, out: readonly DiffLine[], counts: Counts, [old, now]: readonly [number, number]): Result<Body> {
  const { file, lines } = source;
  const here = lines[at];
  const place = here?.line ?? (lines.at(-1)?.line ?? 0) + 1;
  const missing = counts.oldCount - old;
  const atEnd = here === undefined || startsSection(lines, at) !== null || isSignature(here) || /^Index: /.test(here.text);
  if (!atEnd && !startsHunk(here)) {
    return fail(file, place, `neither a context line, an added one nor a removed one: ${shown(here.text)} (was it wrapped, or its leading blank lost, on the way?)`);
  }
  const leading = out.findIndex((one) => one.kind !== ' ');
  const trailing = [...out].reverse().findIndex((one) => one.kind !== ' ');
  const blankOnly = missing === counts.newCount - now && leading !== -1 && missing + trailing <= Math.max(CONTEXT, leading) && out.at(-1)?.noNewline === false;
  if (!atEnd || !blankOnly) {
    return fail(file, place, `the hunk ends after ${old} of ${counts.oldCount} lines before and ${now} of ${counts.newCount} after`);
  }
  const line = out.at(-1)?.line ?? place;
  const supplied = Array.from({ length: missing }, (_, i): DiffLine => (
    { kind: ' ', text: '', line, noNewline: false, oldLine: counts.oldStart + old + i, newLine: counts.newStart + now + i }));
  return ok({ lines: [...out, ...supplied], next: at, trimmed: missing });
}

/** A line without newline is the last of its file: nothing of that side may follow. */
function lastLineFault(file: string, lines: readonly DiffLine[]): ReturnType<typeof fail> | null {
  for (const [mark, side] of [['+', 'before'], ['-', 'after']] as const) {
    const own = lines.filter((one) => one.kind !== mark);
    const early = own.slice(0, -1).find((one) => one.noNewline);
    if (early !== undefined) return fail(file, early.line, `a line follows the one without newline at the end of the file ${side} the patch`);
  }
  return null;
}
