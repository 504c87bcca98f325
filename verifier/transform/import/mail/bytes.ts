// SPDX-License-Identifier: GPL-2.0-only
// The file as lines of bytes: each byte one character of a string (latin1), so that structure can
// be read as text before anyone knows the charset.

import { fail, ok, type FileLine, type Result, type SourceLine } from '../result.ts';
import { BOUNDS } from './bounds.ts';

/** A line whose characters are bytes. Not a line of text yet. */
export interface ByteLine { readonly bytes: string; readonly line: FileLine }

export function byteLines(content: Uint8Array, file: string): Result<readonly ByteLine[]> {
  if (content.length > BOUNDS.bytes) return fail(file, 1, tooLarge(content.length));
  if (content[0] === 0x1f && content[1] === 0x8b) return fail(file, 1, 'compressed: unpack it first (gunzip)');
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString('latin1').replace(/^\u00ef\u00bb\u00bf/, '');
  if (text.includes('\0')) return fail(file, text.slice(0, text.indexOf('\0')).split('\n').length, 'holds a NUL byte: neither a mail nor a patch');
  if (text.trim() === '') return fail(file, 1, 'empty');
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  // One CR is the transport's; a second one was in the text.
  return ok(lines.map((bytes, i) => ({ bytes: bytes.endsWith('\r') ? bytes.slice(0, -1) : bytes, line: i + 1 })));
}

export function tooLarge(bytes: number | null): string {
  const mib = (n: number): string => `${Math.ceil(n / 1024 / 1024)} MiB`;
  return `${bytes === null ? 'more than' : `${mib(bytes)}, and the most that is read is`} ${mib(BOUNDS.bytes)}`;
}

/** UTF-8 where it is, else what such mails mostly are. */
export function textOf(bytes: string): string {
  if (!/[^\u0000-\u007f]/.test(bytes)) return bytes;
  return isUtf8(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : new TextDecoder('windows-1252').decode(Buffer.from(bytes, 'latin1'));
}

export function isUtf8(bytes: string): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

export function textLines(lines: readonly ByteLine[]): readonly SourceLine[] {
  return lines.map(({ bytes, line }) => ({ text: textOf(bytes), line }));
}
