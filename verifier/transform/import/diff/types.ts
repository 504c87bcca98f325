// SPDX-License-Identifier: GPL-2.0-only
// A unified diff as it was read. Every line knows its place in the mail, and its numbers in the
// file before and after.

import type { FileLine } from '../result.ts';
import type { TreePath } from './path.ts';

/** A line of the file before the patch, from 1. */
export type OldLine = number & { readonly __kind?: 'line before' };
/** A line of the file after the patch, from 1. */
export type NewLine = number & { readonly __kind?: 'line after' };
/** As git writes it: `100644` */
export type FileMode = string & { readonly __kind?: 'file mode' };

interface AnyLine {
  readonly text: string;
  /** In the mail; of a line that was supplied, where it was missed. */
  readonly line: FileLine;
  /** `\ No newline at end of file` follows. */
  readonly noNewline: boolean;
}

export type DiffLine =
  | (AnyLine & { readonly kind: ' '; readonly oldLine: OldLine; readonly newLine: NewLine })
  | (AnyLine & { readonly kind: '+'; readonly newLine: NewLine })
  | (AnyLine & { readonly kind: '-'; readonly oldLine: OldLine });

export interface Hunk {
  readonly oldStart: OldLine;
  readonly oldCount: number;
  readonly newStart: NewLine;
  readonly newCount: number;
  /** The text after the second @@. */
  readonly section: string;
  /** Of the @@ line. */
  readonly line: FileLine;
  readonly lines: readonly DiffLine[];
  /** Blank context lines at the end that an archive had trimmed and the reader supplied. */
  readonly trimmed: number;
}

export type Change =
  | { readonly kind: 'modify' }
  | { readonly kind: 'create'; readonly mode: FileMode | null }
  | { readonly kind: 'delete'; readonly mode: FileMode | null }
  | { readonly kind: 'rename'; readonly similarity: number | null }
  | { readonly kind: 'copy'; readonly similarity: number | null }
  /** Nothing but the mode changed. */
  | { readonly kind: 'mode' };

/** A binary file is named, its content is not read. */
export type Content =
  | { readonly kind: 'text'; readonly hunks: readonly Hunk[] }
  | { readonly kind: 'binary' };

export interface ModeChange { readonly from: FileMode; readonly to: FileMode }

interface AnyFile {
  /** Of the section's first line. */
  readonly line: FileLine;
  readonly modes: ModeChange | null;
  readonly content: Content;
}

export type DiffFile =
  | (AnyFile & { readonly change: Extract<Change, { kind: 'create' }>; readonly oldPath: null; readonly newPath: TreePath })
  | (AnyFile & { readonly change: Extract<Change, { kind: 'delete' }>; readonly oldPath: TreePath; readonly newPath: null })
  | (AnyFile & { readonly change: Exclude<Change, { kind: 'create' | 'delete' }>; readonly oldPath: TreePath; readonly newPath: TreePath });

/** What was read in a way that a report has to tell. */
export type Remark =
  | { readonly kind: 'trimmed'; readonly path: TreePath; readonly line: FileLine; readonly count: number }
  /** The start after the patch does not follow from the hunks before it: git applies it all the same. */
  | { readonly kind: 'new-start'; readonly path: TreePath; readonly line: FileLine; readonly says: NewLine; readonly follows: NewLine }
  | { readonly kind: 'binary'; readonly path: TreePath; readonly line: FileLine };

export interface Diff { readonly files: readonly DiffFile[]; readonly remarks: readonly Remark[] }

export function hunksOf(file: DiffFile): readonly Hunk[] {
  return file.content.kind === 'text' ? file.content.hunks : [];
}

/** The path a section is spoken of by: the one after, unless the file goes. */
export function pathOf(file: DiffFile): TreePath { return file.newPath ?? file.oldPath; }

/** Lines added and removed, as `git apply --numstat` counts them; null for a binary file. */
export function numstat(file: DiffFile): { readonly added: number; readonly removed: number } | null {
  if (file.content.kind === 'binary') return null;
  const lines = file.content.hunks.flatMap((hunk) => hunk.lines);
  return { added: lines.filter((one) => one.kind === '+').length, removed: lines.filter((one) => one.kind === '-').length };
}

export function remarkText(remark: Remark): string {
  const at = `${remark.path}, line ${remark.line} of the mail`;
  switch (remark.kind) {
    case 'trimmed': return `${at}: ${remark.count} blank context line${remark.count === 1 ? '' : 's'} at the end of the hunk taken as trimmed by the archive`;
    case 'new-start': return `${at}: the hunk says it begins at ${remark.says} after the patch, by the hunks before it that is ${remark.follows}`;
    case 'binary': return `${at}: a binary patch, not read`;
  }
}
