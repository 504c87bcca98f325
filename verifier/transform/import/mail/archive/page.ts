// SPDX-License-Identifier: GPL-2.0-only
// A mail as the text of any other archive's page: a few lines of the page, among them `Subject: …`,
// then the body. Such pages often lose the blanks that lines begin with: a diff in one cannot be
// read, and the diff reader says so.

import type { SourceLine } from '../../result.ts';
import { peopleOf } from '../headers.ts';
import { BLANK, type Mail } from '../types.ts';

/** The page's own lines end within so many. */
const HEAD = 16;
const FIELD = /^(Subject|From|Date|To|Cc|Message-ID|In-Reply-To|References): ?(.*)$/i;

/** Null where it is no such page. */
export function readPage(lines: readonly SourceLine[], file: string): Mail | null {
  const fields = new Map<string, string>();
  let last = -1;
  for (const [at, { text }] of lines.slice(0, HEAD).entries()) {
    const [, name, value] = FIELD.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      // A blank line behind the subject ends the head; sentences behind it are the mail's.
      if (last !== -1 && text.trim() === '') break;
      continue;
    }
    if (!fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value.trim());
    last = at;
  }
  const subject = fields.get('subject');
  const above = lines.slice(0, last).map((one) => one.text.trim());
  const by = above.map((text) => /^by (\S.*)$/.exec(text)?.[1]).find((one) => one !== undefined);
  const stamp = above.find((text) => /^\d{4}-\d\d-\d\d\b/.test(text));
  if (subject === undefined || (by === undefined && !fields.has('from'))) return null;
  const ids = (name: string): readonly string[] => [...(fields.get(name) ?? '').matchAll(/<([^<>\s]+)>/g)].map((one) => one[1] ?? '');
  return {
    ...BLANK, file, line: lines[0]?.line ?? 1, form: 'page', subject,
    from: by === undefined ? peopleOf(fields.get('from') ?? '')[0] ?? null : { name: by, email: '' },
    date: fields.get('date') ?? stamp ?? null, to: peopleOf(fields.get('to') ?? ''), cc: peopleOf(fields.get('cc') ?? ''),
    messageId: ids('message-id')[0] ?? null, inReplyTo: ids('in-reply-to')[0] ?? null, references: ids('references'),
    body: lines.slice(last + 1),
  };
}
