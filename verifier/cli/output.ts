// SPDX-License-Identifier: GPL-2.0-only
// Where a report goes: stdout, or the file of -o. Whether the file can be written is found out
// before the work, not after it.

import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from './errors.ts';
import type { Io } from './io.ts';

export function checkOutput(file: string | null): void {
  if (file === null) return;
  const there = statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw new CliError(`cannot write '${file}': it is a directory`);
  try {
    accessSync(there === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw new CliError(`cannot write '${file}': ${whyNot(error)}`);
  }
}

export function writeOutput(io: Io, file: string | null, text: string): void {
  if (file === null) {
    io.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(`cannot write '${file}': ${whyNot(error)}`);
  }
}

export function whyNot(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  switch (code) {
    case 'ENOENT': return 'no such file or directory';
    case 'ENOTDIR': return 'part of the path is no directory';
    case 'EACCES': case 'EPERM': return 'permission denied';
    case 'EROFS': return 'the file system is read-only';
    case 'EISDIR': return 'it is a directory';
    case 'ENOSPC': return 'no space left';
    default: return error instanceof Error ? error.message : String(error);
  }
}
