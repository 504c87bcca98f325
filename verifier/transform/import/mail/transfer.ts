// SPDX-License-Identifier: GPL-2.0-only
// A text part decoded: transfer encoding and charset by postal-mime, one part at a time, and for
// every line of the text the line of the file that it begins on.

import PostalMime from 'postal-mime';
import { fail, ok, type FileLine, type Result, type SourceLine } from '../result.ts';
import { isUtf8, type ByteLine } from './bytes.ts';
import { unflow } from './flowed.ts';
import type { TextPart } from './mime.ts';

export async function decodePart(part: TextPart, file: string): Promise<Result<readonly SourceLine[]>> {
  const text = await decoded(part);
  if (text === null) return fail(file, part.lines[0]?.line ?? 1, `a part in ${part.encoding} that cannot be decoded`);
  const texts = text.split('\n');
  if (texts.at(-1) === '') texts.pop();
  const at = placesOf(part);
  const last = part.lines.at(-1)?.line ?? 1;
  const lines = texts.map((one, i): SourceLine => ({ text: one.endsWith('\r') ? one.slice(0, -1) : one, line: at[i] ?? last }));
  return ok(part.flowed === 'no' ? lines : unflow(lines, part.flowed === 'deleting the blank'));
}

/** Null where the library gives up: the mail's fault, not ours. */
async function decoded(part: TextPart): Promise<string | null> {
  const raw = part.lines.map((one) => `${one.bytes}\n`).join('');
  const charset = charsetOf(part, raw);
  // Nothing to decode, as in most patches: the library would take each line for a piece of its own.
  if (part.encoding === 'as-is' && charset === 'utf-8') return Buffer.from(raw, 'latin1').toString('utf8').replace(/^\ufeff/, '');
  const encoding = part.encoding === 'as-is' ? '8bit' : part.encoding;
  const head = `Content-Type: text/plain; charset="${charset}"\nContent-Transfer-Encoding: ${encoding}\n\n`;
  try {
    return (await PostalMime.parse(Buffer.from(`${head}${raw}`, 'latin1'))).text ?? '';
  } catch {
    return null;
  }
}

/** Mailers that say nothing, or ASCII, and send UTF-8 are common; the others mean what they say. */
function charsetOf({ charset, encoding }: TextPart, raw: string): string {
  const said = /^[\w.:-]{1,40}$/.test(charset) ? charset.toLowerCase() : '';
  if (!/^(?:|us-ascii|ascii|unknown-8bit|x-unknown)$/.test(said)) return said;
  return encoding !== 'as-is' || isUtf8(raw) ? 'utf-8' : 'windows-1252';
}

function placesOf({ lines, encoding }: TextPart): readonly FileLine[] {
  switch (encoding) {
    case 'as-is': return lines.map((one) => one.line);
    case 'quoted-printable': return placesInQuoted(lines);
    case 'base64': return placesInBase64(lines);
  }
}

/** A line that ends in = goes on in the next; =0A is a line end within one. */
function placesInQuoted(lines: readonly ByteLine[]): readonly FileLine[] {
  const out: FileLine[] = [];
  let open = false;
  for (const { bytes, line } of lines) {
    if (!open) out.push(line);
    for (const _ of bytes.matchAll(/=0A/gi)) out.push(line);
    open = bytes.endsWith('=');
  }
  return out;
}

/** Four characters are three bytes: each line end is counted off on the lines that carry it. */
function placesInBase64(lines: readonly ByteLine[]): readonly FileLine[] {
  const clean = lines.map((one) => one.bytes.replace(/[^A-Za-z0-9+/]/g, ''));
  const bytes = Buffer.from(clean.join(''), 'base64');
  const out: FileLine[] = [];
  let at = 0;
  let end = clean[0]?.length ?? 0;
  const lineAt = (offset: number): FileLine => {
    while (at + 1 < lines.length && Math.floor((offset * 4) / 3) >= end) {
      at += 1;
      end += clean[at]?.length ?? 0;
    }
    return lines[at]?.line ?? 1;
  };
  for (let from = 0; from < bytes.length;) {
    out.push(lineAt(from));
    const next = bytes.indexOf(10, from);
    if (next === -1) break;
    from = next + 1;
  }
  return out;
}
