// SPDX-License-Identifier: GPL-2.0-only
// The header block of a message, unfolded, and the few headers that kpv reads. Encoded words and
// address lists are postal-mime's work.

import { addressParser, decodeWords } from 'postal-mime';
import { fail, ok, type FileLine, type Result } from '../result.ts';
import { BOUNDS } from './bounds.ts';
import { textOf, type ByteLine } from './bytes.ts';
import type { MessageId, Person } from './types.ts';

/** By name in small letters; of several with one name the first counts, but for addresses. */
export type Headers = ReadonlyMap<string, readonly string[]>;

export interface HeaderBlock { readonly headers: Headers; readonly body: readonly ByteLine[]; readonly line: FileLine }

const NAME = /^([!-9;-~]+)[ \t]*:(.*)$/s;
const KNOWN = ['from', 'subject', 'date', 'message-id', 'received', 'return-path', 'delivered-to', 'mime-version', 'to', 'content-type'];

/** Whether the lines begin with a header that mails have. */
export function hasHeaders(lines: readonly ByteLine[]): boolean {
  const block = readHeaders(lines, '');
  return NAME.test(lines[0]?.bytes ?? '') && (!block.ok || KNOWN.some((name) => block.value.headers.has(name)));
}

export function readHeaders(lines: readonly ByteLine[], file: string): Result<HeaderBlock> {
  const out = new Map<string, string[]>();
  let folded: string[] = [];
  let size = 0;
  const flush = (): void => {
    const [, name, value] = NAME.exec(folded.join('')) ?? [];
    folded = [];
    if (name === undefined || value === undefined) return;
    const before = out.get(name.toLowerCase());
    if (before === undefined) out.set(name.toLowerCase(), [textOf(value).trim()]); else before.push(textOf(value).trim());
  };
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = lines[at];
    // A patch that follows without a blank line is no header.
    if (line === undefined || line.bytes === '' || /^(?:diff --git |--- \S)/.test(line.bytes)) break;
    size += line.bytes.length;
    if (size > BOUNDS.headerBytes) return fail(file, line.line, `the headers of one mail are longer than ${BOUNDS.headerBytes / 1024} KiB`);
    if (/^[ \t]/.test(line.bytes) && folded.length > 0) folded.push(line.bytes);
    else {
      flush();
      folded = [line.bytes];
    }
  }
  flush();
  const body = lines.slice(lines[at]?.bytes === '' ? at + 1 : at);
  return ok({ headers: out, body, line: lines[0]?.line ?? 1 });
}

export function first(headers: Headers, name: string): string | null { return headers.get(name)?.[0] ?? null; }

export function unstructured(headers: Headers, name: string): string { return collapse(decodeWords(first(headers, name) ?? '')); }

export function collapse(text: string): string { return text.replace(/\s+/g, ' ').trim(); }

export function people(headers: Headers, name: string): readonly Person[] {
  return (headers.get(name) ?? []).flatMap((value) => peopleOf(value));
}

/** The people of an address list; archives write `name at host`. */
export function peopleOf(value: string): readonly Person[] {
  const most = value.slice(0, BOUNDS.headerBytes);
  const plain = most.includes('@') ? most : most.replace(/(\S) at (\S)/g, '$1@$2');
  return addressParser(plain, { flatten: true }).map((one) => ({ name: collapse(one.name), email: one.address ?? '' }))
    .filter((one) => one.name !== '' || one.email !== '');
}

export function messageIds(headers: Headers, name: string): readonly MessageId[] {
  const value = headers.get(name)?.join(' ') ?? '';
  const found = [...value.matchAll(/<([^<>\s]{1,900})>/g)].map((one) => one[1] ?? '');
  if (found.length > 0) return [...new Set(found)].slice(0, BOUNDS.references);
  return /^[^\s<>@]+@[^\s<>@]+$/.test(value) ? [value] : [];
}
