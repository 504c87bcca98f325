// SPDX-License-Identifier: GPL-2.0-only
// The bytes of a file or of standard input, and never more than are read: a huge file is refused
// by its size, a stream when it has given too much.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../result.ts';
import { BOUNDS } from './bounds.ts';
import { tooLarge } from './bytes.ts';

/** `-` is standard input, which the caller hands in. */
export async function readSource(path: string, stdin: AsyncIterable<Uint8Array | string>, most: number = BOUNDS.bytes): Promise<Result<Uint8Array>> {
  if (path === '-') return collect(stdin, 'standard input', most);
  try {
    const about = await stat(path);
    if (about.isDirectory()) return fail(path, 1, 'a folder, not a file');
    if (about.isFile() && about.size > most) return fail(path, 1, tooLarge(about.size));
    return await collect(createReadStream(path), path, most);
  } catch (error) {
    return fail(path, 1, reasonOf(error));
  }
}

async function collect(stream: AsyncIterable<Uint8Array | string>, name: string, most: number): Promise<Result<Uint8Array>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    size += bytes.length;
    if (size > most) return fail(name, 1, tooLarge(null));
    chunks.push(bytes);
  }
  return ok(Buffer.concat(chunks));
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT': return 'no such file';
    case 'EACCES': case 'EPERM': return 'may not be read';
    default: return error instanceof Error ? error.message : 'cannot be read';
  }
}
