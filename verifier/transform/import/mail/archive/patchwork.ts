// SPDX-License-Identifier: GPL-2.0-only
// A patch as the text of its patchwork page: a small table, the commit message, the comments with
// their numbers, and the diff at the end. The comments are the patch's replies.

import type { FileLine, SourceLine } from '../../result.ts';
import { startsSection } from '../../diff/header.ts';
import { BLANK, type Mail, type MessageId } from '../types.ts';

const STAMP = /^(.{1,200}?) ((?:Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*\.? \d{1,2}, \d{4}, [\d:]*(?: ?[ap]\.m\.|noon|midnight)? UTC)(?: \| #(\d+))?$/;

interface Stamp { readonly name: string; readonly date: string; readonly number: number | null }

function stampOf(text: string): Stamp | null {
  const [, name, date, number] = STAMP.exec(text) ?? [];
  return name === undefined || date === undefined ? null : { name, date, number: number === undefined ? null : Number(number) };
}

/** Null where it is no such page. */
export function readPatchwork(lines: readonly SourceLine[], file: string): readonly Mail[] | null {
  const titled = (title: string, from = 0): number => lines.findIndex((one, i) => i >= from && one.text.trim() === title);
  const head = lines.findIndex((one) => /^Message ID[ \t]+\S+$/.test(one.text));
  const commit = titled('Commit Message', head);
  if (head === -1 || commit === -1 || head > 30) return null;
  const messageId: MessageId = (lines[head]?.text ?? '').replace(/^Message ID[ \t]+/, '').replace(/[<>]/g, '');
  const subject = lines.slice(0, head).map((one) => one.text.trim()).filter((text) => text !== '' && text !== 'diff mbox series').at(-1) ?? '';

  const patch = lines.findLastIndex((one, i) => one.text === 'Patch' && beginsWithDiff(lines, i + 1));
  const end = patch === -1 ? lines.length : patch;
  const heading = titled('Comments', commit);
  const comments = heading === -1 || heading > end ? end : heading;
  const at = lines.findIndex((one, i) => i > commit && one.text !== '');
  const stamp = stampOf(lines[at]?.text ?? '');
  const from = (name: string | undefined): Mail['from'] => (name === undefined ? null : { name, email: '' });
  const first: Mail = {
    ...BLANK, file, line: lines[0]?.line ?? 1, form: 'patchwork', messageId, subject, from: from(stamp?.name), date: stamp?.date ?? null,
    body: [...lines.slice(stamp === null ? commit + 1 : at + 1, comments), ...lines.slice(patch === -1 ? lines.length : patch + 1)],
  };
  const starts = commentStarts(lines, comments, end);
  return [first, ...starts.map(({ at: start, stamp: one, line }, i): Mail => ({
    ...BLANK, file, line, form: 'patchwork', subject: `Re: ${subject}`, from: from(one.name), date: one.date, inReplyTo: messageId, references: [messageId],
    body: lines.slice(start + 1, starts[i + 1]?.at ?? end),
  }))];
}

interface CommentStart { readonly at: number; readonly stamp: Stamp; readonly line: FileLine }

/** Comments are numbered from 1: a stamp with another number is a quote's. */
function commentStarts(lines: readonly SourceLine[], from: number, end: number): readonly CommentStart[] {
  const out: CommentStart[] = [];
  for (let at = from; at < end; at += 1) {
    const line = lines[at];
    const stamp = stampOf(line?.text ?? '');
    if (line !== undefined && stamp !== null && stamp.number === out.length + 1) out.push({ at, stamp, line: line.line });
  }
  return out;
}

function beginsWithDiff(lines: readonly SourceLine[], from: number): boolean {
  let at = from;
  while (lines[at]?.text === '') at += 1;
  return startsSection(lines, at) !== null;
}
