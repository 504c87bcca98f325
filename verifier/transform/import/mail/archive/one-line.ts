// SPDX-License-Identifier: GPL-2.0-only
// A mail of which an archive made one line: headers and body with blanks between them. Where the
// body begins is not marked: it is what follows the first word of the last header. A diff cannot
// have come through, the words of a reply have.

import type { SourceLine } from '../../result.ts';
import { collapse, peopleOf } from '../headers.ts';
import { BLANK, type Mail } from '../types.ts';

const NAMES = ['ARC-[A-Za-z-]+', 'Authentication-Results', 'Cc', 'Content-[A-Za-z-]+', 'DKIM-Signature', 'Date', 'From', 'In-Reply-To', 'List-[A-Za-z-]+',
  'MIME-Version', 'Message-ID', 'Message-Id', 'Organization', 'Precedence', 'Received', 'Received-SPF', 'References', 'Return-Path', 'Sender', 'Subject', 'To',
  'User-Agent', 'X-[A-Za-z0-9-]+'];
const HEADER = new RegExp(`(?<=^|\\s)(${NAMES.join('|')}):(?=\\s|$)`, 'g');

/** Null where it is no such line. */
export function readOneLine(lines: readonly SourceLine[], file: string): Mail | null {
  const [line, ...others] = lines.filter((one) => one.text.trim() !== '');
  if (line === undefined || others.length > 0) return null;
  const found = [...line.text.matchAll(HEADER)].map((one) => ({ name: one[1] ?? '', from: one.index, value: one.index + one[0].length }));
  if (found[0]?.from !== 0 || !['Subject', 'From', 'Date'].every((name) => found.some((one) => one.name === name))) return null;
  const values = new Map<string, string>();
  for (const [i, { name, value }] of found.entries()) {
    const text = line.text.slice(value, found[i + 1]?.from ?? line.text.length).trim();
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), text);
  }
  const get = (name: string): string => values.get(name) ?? '';
  const ids = (name: string): readonly string[] => [...get(name).matchAll(/<([^<>\s]+)>/g)].map((one) => one[1] ?? '');
  const text = line.text.slice(found.at(-1)?.value ?? 0).replace(/^\s*\S+\s*/, '');
  return {
    ...BLANK, file, line: line.line, form: 'one-line', subject: collapse(get('subject')),
    from: peopleOf(get('from'))[0] ?? null, date: get('date') === '' ? null : get('date'), to: peopleOf(get('to')), cc: peopleOf(get('cc')),
    messageId: ids('message-id')[0] ?? null, inReplyTo: ids('in-reply-to')[0] ?? null, references: ids('references'),
    body: [{ text, line: line.line }],
  };
}
