// SPDX-License-Identifier: GPL-2.0-only
// A diff as git writes it: the reader's inverse. Lines an archive had trimmed come out as blank
// context; a binary file, which was not read, comes out as its name; a mode that the mail did not
// say as that of a plain file.

import { quoted } from './path.ts';
import { hunksOf, type Diff, type DiffFile, type Hunk } from './types.ts';

export function printDiff(diff: Diff): readonly string[] { return diff.files.flatMap(printFile); }

function printFile(file: DiffFile): readonly string[] {
  const [old, now] = [file.oldPath ?? file.newPath, file.newPath ?? file.oldPath];
  const [a, b] = [quoted(`a/${old}`), quoted(`b/${now}`)];
  const minus = file.oldPath === null ? '/dev/null' : a;
  const plus = file.newPath === null ? '/dev/null' : b;
  const head = [
    `diff --git ${a} ${b}`,
    ...(file.modes === null ? [] : [`old mode ${file.modes.from}`, `new mode ${file.modes.to}`]),
    ...changeLines(file, old, now),
  ];
  if (file.content.kind === 'binary') return [...head, `Binary files ${minus} and ${plus} differ`];
  const hunks = hunksOf(file);
  return hunks.length === 0 ? head : [...head, `--- ${minus}${tab(minus)}`, `+++ ${plus}${tab(plus)}`, ...hunks.flatMap(printHunk)];
}

/** Git ends a name with blanks by a tab, so that no tool takes the rest for a time stamp. */
function tab(name: string): string { return name.includes(' ') ? '\t' : ''; }

function changeLines({ change }: DiffFile, old: string, now: string): readonly string[] {
  switch (change.kind) {
    case 'modify': case 'mode': return [];
    case 'create': return [`new file mode ${change.mode ?? '100644'}`];
    case 'delete': return [`deleted file mode ${change.mode ?? '100644'}`];
    case 'rename': case 'copy': return [
      ...(change.similarity === null ? [] : [`similarity index ${change.similarity}%`]),
      `${change.kind} from ${quoted(old)}`, `${change.kind} to ${quoted(now)}`,
    ];
  }
}

function printHunk(hunk: Hunk): readonly string[] {
  const range = (start: number, count: number): string => (count === 1 ? String(start) : `${start},${count}`);
  return [
    `@@ -${range(hunk.oldStart, hunk.oldCount)} +${range(hunk.newStart, hunk.newCount)} @@${hunk.section === '' ? '' : ` ${hunk.section}`}`,
    ...hunk.lines.flatMap((one) => [`${one.kind}${one.text}`, ...(one.noNewline ? ['\\ No newline at end of file'] : [])]),
  ];
}
