// SPDX-License-Identifier: GPL-2.0-only
// Files before and after an edit, as git would print the change: for the tests that read it back.

import { structuredPatch } from 'diff';
import fc from 'fast-check';

export interface Edited { readonly path: string; readonly before: readonly string[]; readonly after: readonly string[]; readonly newline: readonly [boolean, boolean]; readonly context: number }

/** Lines that look like parts of a diff or of a mail, among plain ones. */
const line = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('', '\tx = 1;', '{', '}', '\treturn x;', 'int frob(void)') },
  { weight: 1, arbitrary: fc.constantFrom(' ', '-', '-- ', '--', '---', '-- a/x.c', '++ b/x.c', '+++ b/x.c', '--- a/x.c', '@@ -1 +1 @@', 'diff --git a/x b/x', '\\ No', '> x', 'From x', 'ä', 'index 1111..2222') },
);
const name = fc.stringMatching(/^[a-z][a-z_]{0,8}(?:\/[a-zA-Z0-9_.-]{1,6}[a-z]){0,2}(?: [a-z]{1,4})?(?:é)?\.[ch]$/).filter((one) => !one.split('/').some((part) => /^\.+$|^\.git$/i.test(part)));

/** One edit: at a place, so many lines go and these come. */
const edit = fc.record({ at: fc.nat(60), goes: fc.nat(4), comes: fc.array(line, { maxLength: 4 }) });

export const edited: fc.Arbitrary<Edited> = fc.record({
  path: name, before: fc.array(line, { maxLength: 60 }), edits: fc.array(edit, { minLength: 1, maxLength: 5 }),
  newline: fc.tuple(fc.boolean(), fc.boolean()), context: fc.nat(5),
}).map(({ path, before, edits, newline, context }) => {
  const after = [...before];
  for (const one of edits) after.splice(Math.min(one.at, after.length), one.goes, ...one.comes);
  return { path, before, after, newline, context };
}).filter(({ before, after }) => before.join('\n') !== after.join('\n') && before.length > 0 && after.length > 0 && before.at(-1) !== '' && after.at(-1) !== '');

/** By a library that shares no code with the reader. */
export function printed({ path, before, after, newline, context }: Edited): string {
  const text = (lines: readonly string[], ends: boolean): string => `${lines.join('\n')}${ends ? '\n' : ''}`;
  const { hunks } = structuredPatch('a', 'b', text(before, newline[0]), text(after, newline[1]), undefined, undefined, { context });
  const quoted = /[^ -~]/.test(path) ? (prefix: string): string => `"${prefix}${path.replace(/é/g, '\\303\\251')}"` : (prefix: string): string => `${prefix}${path}`;
  const tab = path.includes(' ') && !/[^ -~]/.test(path) ? '\t' : '';
  const range = (start: number, count: number): string => `${count === 0 ? start - 1 : start},${count}`;
  return [
    `diff --git ${quoted('a/')} ${quoted('b/')}`, `--- ${quoted('a/')}${tab}`, `+++ ${quoted('b/')}${tab}`,
    ...hunks.flatMap((hunk) => [`@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`, ...hunk.lines]), '',
  ].join('\n');
}
