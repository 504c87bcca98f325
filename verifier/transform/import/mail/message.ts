// SPDX-License-Identifier: GPL-2.0-only
// A message as it was sent: headers, and all its text one below the other.

import { findDiff } from '../diff/read.ts';
import { ok, type Result, type SourceLine } from '../result.ts';
import type { ByteLine } from './bytes.ts';
import { collapse, first, messageIds, people, readHeaders, unstructured } from './headers.ts';
import { partsOf } from './mime.ts';
import { decodePart } from './transfer.ts';
import type { Mail } from './types.ts';

export async function readMessage(lines: readonly ByteLine[], file: string): Promise<Result<Mail>> {
  const block = readHeaders(lines, file);
  if (!block.ok) return block;
  const { headers, line } = block.value;
  const parts = partsOf(block.value, file);
  if (!parts.ok) return parts;
  const body: SourceLine[] = [];
  const unread = [...parts.value.unread];
  for (const part of parts.value.texts) {
    const text = await decodePart(part, file);
    if (!text.ok) return text;
    // A log that is attached to a patch is no part of the patch.
    if (part.attached !== null && findDiff(text.value) === null) {
      unread.push(part.attached);
      continue;
    }
    // Parts are paragraphs: one does not go on in the next.
    if (body.length > 0) body.push({ text: '', line: part.lines[0]?.line ?? line });
    for (const one of text.value) body.push(one);
  }
  const date = first(headers, 'date');
  return ok({
    file, line, form: 'message', body, unread,
    messageId: messageIds(headers, 'message-id')[0] ?? null,
    subject: unstructured(headers, 'subject'),
    from: people(headers, 'from')[0] ?? null,
    date: date === null || date === '' ? null : collapse(date),
    to: people(headers, 'to'), cc: people(headers, 'cc'),
    inReplyTo: messageIds(headers, 'in-reply-to')[0] ?? null,
    references: messageIds(headers, 'references'),
  });
}
