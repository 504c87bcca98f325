// SPDX-License-Identifier: GPL-2.0-only
// An mbox into its mails. The separator is the line that git and public-inbox write, `From `, who
// or which commit, and a date; a header has to follow, so that a sentence in a body that begins
// with "From " does not cut it. Lines with > before From lose one, as mboxrd has it.

import type { ByteLine } from './bytes.ts';

const FROM = /^From \S.* \d?\d:\d\d(?::\d\d)? (?:\S+ )?\d{4}(?: [+-]\d{4})?\s*$/;

export function isMbox(lines: readonly ByteLine[]): boolean {
  return separates(lines, lines.findIndex((one) => one.bytes.trim() !== ''));
}

function separates(lines: readonly ByteLine[], at: number): boolean {
  return FROM.test(lines[at]?.bytes ?? '') && /^>?[!-9;-~]+:|^>?From /.test(lines[at + 1]?.bytes ?? '');
}

/** The mails without their separators; what stands before the first is none. */
export function splitMbox(lines: readonly ByteLine[]): readonly (readonly ByteLine[])[] {
  const starts = lines.map((_, at) => at).filter((at) => separates(lines, at));
  return starts.map((start, i) => lines.slice(start + 1, starts[i + 1] ?? lines.length).map(unescaped));
}

function unescaped(one: ByteLine): ByteLine {
  return /^>+From /.test(one.bytes) ? { ...one, bytes: one.bytes.slice(1) } : one;
}
