// SPDX-License-Identifier: GPL-2.0-only
// The parts of a message, as far as they are text. Only the structure is read here, so that every
// part knows its lines in the file; what stands in a part is decoded in transfer.ts.

import { fail, ok, type Result } from '../result.ts';
import { BOUNDS } from './bounds.ts';
import type { ByteLine } from './bytes.ts';
import { first, readHeaders, type HeaderBlock, type Headers } from './headers.ts';
import type { UnreadPart } from './types.ts';

export type Encoding = 'as-is' | 'quoted-printable' | 'base64';

export interface TextPart {
  readonly lines: readonly ByteLine[];
  readonly encoding: Encoding;
  /** '' where none is given. */
  readonly charset: string;
  readonly flowed: 'no' | 'yes' | 'deleting the blank';
  /** Null for what is shown as the mail's text; an attachment counts only if a diff is in it. */
  readonly attached: UnreadPart | null;
}

export interface Parts { readonly texts: readonly TextPart[]; readonly unread: readonly UnreadPart[] }

export interface ContentType { readonly type: string; readonly params: ReadonlyMap<string, string> }

export function contentType(value: string): ContentType {
  const type = /^[^\s;]*/.exec(value)?.[0].toLowerCase() ?? '';
  const params = new Map<string, string>();
  for (const [, name = '', text = '', bare = ''] of value.matchAll(/;\s*([\w*-]+)\s*=\s*(?:"([^"]*)"|([^\s;"]*))/g)) {
    if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), text === '' ? bare : text);
  }
  return { type, params };
}

/** All text of a message in its order; of alternatives the plain one. */
export function partsOf(message: HeaderBlock, file: string): Result<Parts> {
  let count = 0;
  const walk = ({ headers, body, line }: HeaderBlock, depth: number): Result<Parts> => {
    count += 1;
    if (count > BOUNDS.parts) return fail(file, line, `a mail of more than ${BOUNDS.parts} parts`);
    if (depth > BOUNDS.depth) return fail(file, line, `parts within parts, deeper than ${BOUNDS.depth}`);
    const { type, params } = contentType(first(headers, 'content-type') ?? 'text/plain');
    const boundary = params.get('boundary') ?? '';
    if (!type.startsWith('multipart/') || boundary === '') return ok(leaf(headers, body, line));
    const all: Parts[] = [];
    for (const lines of split(body, boundary)) {
      const block = readHeaders(lines, file);
      if (!block.ok) return block;
      const parts = walk(block.value, depth + 1);
      if (!parts.ok) return parts;
      all.push(parts.value);
    }
    const chosen = type === 'multipart/alternative' ? all.filter((one) => one.texts.length > 0).slice(0, 1) : all;
    const used = chosen.length === 0 ? all : chosen;
    return ok({ texts: used.flatMap((one) => one.texts), unread: used.flatMap((one) => one.unread) });
  };
  return walk(message, 0);
}

function leaf(headers: Headers, lines: readonly ByteLine[], line: UnreadPart['line']): Parts {
  const { type, params } = contentType(first(headers, 'content-type') ?? 'text/plain');
  const encoding = encodingOf(first(headers, 'content-transfer-encoding') ?? '');
  if (type === 'application/pgp-signature') return { texts: [], unread: [] };
  if (encoding === null || !isText(type, name(headers, params))) return { texts: [], unread: [{ type, line }] };
  const flowed = params.get('format')?.toLowerCase() !== 'flowed' ? 'no' : params.get('delsp')?.toLowerCase() === 'yes' ? 'deleting the blank' : 'yes';
  const attached = /^\s*attachment\b/i.test(first(headers, 'content-disposition') ?? '') ? { type, line } : null;
  return { texts: [{ lines, encoding, charset: params.get('charset') ?? '', flowed, attached }], unread: [] };
}

function name(headers: Headers, params: ContentType['params']): string {
  return contentType(first(headers, 'content-disposition') ?? '').params.get('filename') ?? params.get('name') ?? '';
}

/** Patches are attached as text of many names, or as bytes with the name of a patch. */
function isText(type: string, fileName: string): boolean {
  if (type === '' || type === 'text/html' || type === 'text/calendar') return type === '';
  if (type.startsWith('text/') || /^application\/(?:x-)?(?:patch|diff)$/.test(type)) return true;
  return /^application\//.test(type) && /\.(?:patch|diff)$/i.test(fileName);
}

function encodingOf(value: string): Encoding | null {
  switch (value.trim().toLowerCase()) {
    case 'base64': return 'base64';
    case 'quoted-printable': return 'quoted-printable';
    case 'x-uuencode': case 'uuencode': case 'x-uue': return null;
    default: return 'as-is';
  }
}

/** What stands between the delimiters; a part that is never closed goes to the end. */
function split(lines: readonly ByteLine[], boundary: string): readonly (readonly ByteLine[])[] {
  const out: ByteLine[][] = [];
  let open = false;
  for (const line of lines) {
    if (line.bytes.startsWith(`--${boundary}`)) {
      const rest = line.bytes.slice(boundary.length + 2).trimEnd();
      if (rest === '--') break;
      if (rest === '') {
        out.push([]);
        open = true;
        continue;
      }
    }
    if (open) out.at(-1)?.push(line);
  }
  return out;
}
