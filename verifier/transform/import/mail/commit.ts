// SPDX-License-Identifier: GPL-2.0-only
// The text of a patch mail: whose commit it will be, its message, and what stands below the ---
// for the readers of the mail alone. As git mailinfo reads it, with the scissors honoured.

import { findDiff } from '../diff/read.ts';
import type { SourceLine } from '../result.ts';
import { peopleOf } from './headers.ts';
import { readSubject } from './tag.ts';
import type { Mail, Person } from './types.ts';

export interface Commit {
  /** Of a `From:` line at the top of the body, else the sender. */
  readonly author: Person | null;
  /** Of a `Subject:` line at the top of the body, else the mail's, without what is in brackets. */
  readonly subject: string;
  readonly message: readonly SourceLine[];
  /** Notes, diffstat, change log. */
  readonly below: readonly SourceLine[];
  readonly baseCommit: string | null;
  /** Whether something above a scissors line was cut off. */
  readonly scissored: boolean;
}

export function commitOf(mail: Mail): Commit {
  const diff = findDiff(mail.body) ?? mail.body.length;
  const above = mail.body.slice(0, diff);
  const cut = above.findLastIndex((one) => isScissors(one.text));
  const { author, subject, text } = withoutHeaders(above.slice(cut + 1));
  const mark = text.findIndex((one) => /^---\s*$/.test(one.text) || /^Index: /.test(one.text));
  const base = mail.body.map((one) => /^base-commit: ([0-9a-f]{7,64})$/.exec(one.text.trimEnd())?.[1]).find((one) => one !== undefined);
  return {
    author: author ?? mail.from,
    subject: readSubject(subject ?? mail.subject).title,
    message: trimmed(mark === -1 ? text : text.slice(0, mark)),
    below: trimmed(mark === -1 ? [] : text.slice(mark + 1)),
    baseCommit: base ?? null,
    scissored: cut !== -1,
  };
}

/** `-- >8 --`, `8< - - -`: mostly dashes, and scissors among them. */
function isScissors(text: string): boolean {
  return /^[-\s]*(?:>8|8<|>%|%<)[-\s]*$/.test(text) && (text.match(/-/g)?.length ?? 0) >= 3;
}

interface Top { readonly author: Person | null; readonly subject: string | null; readonly text: readonly SourceLine[] }

/** `From:`, `Subject:` and `Date:` at the top of a body are the commit's, folded like a mail's. */
function withoutHeaders(lines: readonly SourceLine[]): Top {
  const first = Math.max(0, lines.findIndex((one) => one.text !== ''));
  const found: string[] = [];
  let at = first;
  for (; at < lines.length; at += 1) {
    const text = lines[at]?.text ?? '';
    if (/^(?:From|Subject|Date): \S/.test(text)) found.push(text);
    else if (found.length > 0 && /^[ \t]+\S/.test(text)) found.push(`${found.pop() ?? ''} ${text.trim()}`);
    else break;
  }
  if (found.length === 0 || lines[at]?.text !== '') return { author: null, subject: null, text: lines.slice(first) };
  const value = (name: string): string | null => found.find((one) => one.startsWith(name))?.slice(name.length) ?? null;
  const author = peopleOf(value('From: ') ?? '').find((one) => one.email.includes('@')) ?? null;
  return { author, subject: value('Subject: '), text: lines.slice(at + 1) };
}

function trimmed(lines: readonly SourceLine[]): readonly SourceLine[] {
  const first = lines.findIndex((one) => one.text.trim() !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((one) => one.text.trim() !== '') + 1);
}
