// SPDX-License-Identifier: GPL-2.0-only
// No mail at all: what `git show` prints, or a diff, or just text.

import type { SourceLine } from '../../result.ts';
import { findDiff } from '../../diff/read.ts';
import { peopleOf } from '../headers.ts';
import { BLANK, type Mail } from '../types.ts';

export function readBare(lines: readonly SourceLine[], file: string): Mail {
  const line = lines[0]?.line ?? 1;
  if (!/^commit [0-9a-f]{7,64}\b/.test(lines[0]?.text ?? '')) return { ...BLANK, file, line, form: 'text', body: lines };
  const blank = lines.findIndex((one) => one.text === '');
  const head = lines.slice(0, blank === -1 ? lines.length : blank).map((one) => one.text);
  const field = (name: string): string | null => head.find((text) => text.startsWith(`${name}:`))?.slice(name.length + 1).trim() ?? null;
  // The message is indented by four blanks; the diff is not.
  const rest = lines.slice(head.length + 1);
  const diff = findDiff(rest) ?? rest.length;
  const body = rest.map((one, at) => (at < diff && one.text.startsWith('    ') ? { ...one, text: one.text.slice(4) } : one));
  const from = field('Author');
  return {
    ...BLANK, file, line, form: 'commit', subject: body[0]?.text ?? '', from: from === null ? null : peopleOf(from)[0] ?? null,
    date: field('Date') ?? field('AuthorDate'), body: body.slice(1),
  };
}
