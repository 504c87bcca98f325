// SPDX-License-Identifier: GPL-2.0-only
// The unified-diff reader, strict: what it cannot account for is an error with its line. Prose is
// passed over before the first file, and after the last line that a hunk said it has. It reads
// what `git apply` takes, and refuses some of what git would take with a shrug.

import { fail, ok, shown, type Result, type SourceLine } from '../result.ts';
import { binaryAt } from './binary.ts';
import { isPair, readHead, startsSection, type Head, type Source } from './header.ts';
import { isSignature, readHunk, startsHunk } from './hunk.ts';
import { pathOf, type Content, type Diff, type DiffFile, type Hunk, type Remark } from './types.ts';

/** The index of the first line that is part of a diff; null where there is none. */
export function findDiff(lines: readonly SourceLine[]): number | null {
  const at = lines.findIndex((_, i) => startsSection(lines, i) !== null);
  return at === -1 ? null : at;
}

/** Whether there is something that only a damaged diff leaves: `readDiff` has the reason. */
export function hasRemains(lines: readonly SourceLine[]): boolean {
  return lines.some((line, at) => startsHunk(line) || isPair(lines, at));
}

/** The diff in a mail's body, or in a file of its own. No diff is an error here. */
export function readDiff(lines: readonly SourceLine[], file: string): Result<Diff> {
  const source: Source = { file, lines };
  const files = new Map<string, DiffFile>();
  const first = findDiff(lines);
  let below = first === null;
  for (let at = 0; at < lines.length;) {
    const line = lines[at];
    if (line === undefined) break;
    const start = startsSection(lines, at);
    if (start === 'combined') return fail(file, line.line, "a merge's combined diff is not read: send the merge as its patches");
    if (start !== null) {
      const one = readSection(source, at);
      if (!one.ok) return one;
      const { section, next } = one.value;
      const twice = files.get(pathOf(section));
      if (twice !== undefined) return fail(file, section.line, `${shown(pathOf(section))} is there twice, first at line ${twice.line}: is this more than one patch?`);
      files.set(pathOf(section), section);
      below = true;
      at = next;
      continue;
    }
    // Above the --- of a mail a diff may be quoted in prose; below, it has lost its first line.
    if (below && STRAY.test(line.text)) return fail(file, line.line, `part of a diff without the file that it belongs to: ${shown(line.text)}`);
    if (/^---\s*$/.test(line.text)) below = true;
    at += 1;
  }
  if (files.size === 0) return fail(file, lines[0]?.line ?? 1, 'no diff');
  const all = [...files.values()];
  return ok({ files: all, remarks: all.flatMap(remarksOf) });
}

/** Lines that only a diff has: where one stands alone, something before it was damaged. `rename from`
 *  is not among them, a change log can say that; the line of similarity above it is. */
const STRAY = /^(?:@@ -\d|\+\+\+ \S|index [0-9a-f]{4,}\.\.[0-9a-f]|(?:dis)?similarity index \d+%|(?:old|new|deleted file|new file) mode \d{6}$)/;

interface Section { readonly section: DiffFile; readonly next: number }

function readSection(source: Source, from: number): Result<Section> {
  const head = readHead(source, from);
  if (!head.ok) return head;
  const { file, lines } = source;
  let { next } = head.value;
  const whole = (content: Content): Result<Section> => ok({ section: finished(head.value.head, content), next });

  const binary = binaryAt(source, next);
  if (binary !== null) {
    if (!binary.ok) return binary;
    next = binary.value;
    return leftOver(source, next) ?? whole({ kind: 'binary' });
  }
  if (!head.value.hunks) {
    if (startsHunk(lines[next])) return fail(file, lines[next]?.line ?? 1, 'a hunk without the lines --- and +++ before it');
    if (isEmptyChange(head.value.head)) return fail(file, head.value.head.line, `nothing changes in ${shown(pathName(head.value.head))}`);
    return leftOver(source, next) ?? whole({ kind: 'text', hunks: [] });
  }
  const hunks: Hunk[] = [];
  while (startsHunk(lines[next])) {
    const one = readHunk(source, next);
    if (!one.ok) return one;
    const before = hunks.at(-1);
    if (before !== undefined && one.value.hunk.oldStart < before.oldStart + before.oldCount) {
      return fail(file, one.value.hunk.line, `the hunk begins at line ${one.value.hunk.oldStart}, before the end of the one above it`);
    }
    hunks.push(one.value.hunk);
    next = one.value.next;
  }
  if (hunks.length === 0) return fail(file, lines[next]?.line ?? head.value.head.line, `no hunk follows the head of ${shown(pathName(head.value.head))}`);
  const fault = sidesFault(file, head.value.head, hunks) ?? leftOver(source, next);
  return fault ?? whole({ kind: 'text', hunks });
}

function pathName(head: Head): string { return head.newPath ?? head.oldPath; }

function isEmptyChange(head: Head): boolean { return head.change.kind === 'modify' && head.modes === null; }

/** A mode that changes and nothing else is a kind of change of its own. */
function finished(head: Head, content: Content): DiffFile {
  if (head.oldPath === null || head.newPath === null) return { ...head, content };
  const alone = head.change.kind === 'modify' && content.kind === 'text' && content.hunks.length === 0;
  return alone ? { ...head, change: { kind: 'mode' }, content } : { ...head, content };
}

/** A file that comes has no lines before, one that goes has none after. */
function sidesFault(file: string, head: Head, hunks: readonly Hunk[]): ReturnType<typeof fail> | null {
  const wrong = hunks.find((hunk) => (head.change.kind === 'create' && (hunk.oldCount > 0 || hunk.oldStart > 0))
    || (head.change.kind === 'delete' && (hunk.newCount > 0 || hunk.newStart > 0)));
  if (wrong === undefined) return null;
  return fail(file, wrong.line, head.change.kind === 'create' ? 'a new file with lines before the patch' : 'a deleted file with lines after the patch');
}

/** What stands behind a file's section: its own lines would mean that a count is too small, others
 *  that a line in between was damaged. Prose begins after a blank line. */
function leftOver({ file, lines }: Source, from: number): ReturnType<typeof fail> | null {
  let at = from;
  while (lines[at]?.text === '') at += 1;
  const line = lines[at];
  if (line === undefined || isSignature(line) || startsSection(lines, at) !== null || /^Index: /.test(line.text)) return null;
  if (at > from) {
    // Rules and PGP's marks stand below many a mail.
    if (!/^[ +-]/.test(line.text) || line.text.startsWith('---')) return null;
    return fail(file, line.line, `the hunk above has all the lines that it says, and more follow: ${shown(line.text)}`);
  }
  return fail(file, line.line, `right behind a complete file section stands ${shown(line.text)}`);
}

function remarksOf(file: DiffFile): readonly Remark[] {
  const path = pathOf(file);
  if (file.content.kind === 'binary') return [{ kind: 'binary', path, line: file.line }];
  let shift = 0;
  return file.content.hunks.flatMap((hunk) => {
    const out: Remark[] = [];
    // An empty side is numbered by the line before it.
    const follows = hunk.oldStart + shift + (hunk.oldCount === 0 ? 1 : 0) - (hunk.newCount === 0 ? 1 : 0);
    if (hunk.newStart !== follows) out.push({ kind: 'new-start', path, line: hunk.line, says: hunk.newStart, follows });
    if (hunk.trimmed > 0) out.push({ kind: 'trimmed', path, line: hunk.line, count: hunk.trimmed });
    shift += hunk.newCount - hunk.oldCount;
    return out;
  });
}
