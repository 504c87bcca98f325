// SPDX-License-Identifier: GPL-2.0-only
// Words of the command line as targets: names that the project knows, and files of mails.

import { statSync } from 'node:fs';
import { findSeries } from '../../patches/index.ts';
import { resolveTarget, type Target } from '../delta/target.ts';
import type { MailTarget } from '../delta/mails.ts';
import { listed } from '../report/layout.ts';
import type { BaseTree } from '../transform/import/base.ts';
import type { Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

/** A name that the project knows. */
export function readTarget(word: string): Target {
  const found = resolveTarget(word);
  if (found.ok) return found.target;
  throw new CliError(notStated(word) ?? found.reason);
}

/** A name, or a file of mails; `-` is standard input. `flags`: of the command, for the kernel tree that patches were made on. */
export async function readAnyTarget(word: string, io: Io, flags: Flags): Promise<Target | MailTarget> {
  const found = resolveTarget(word);
  if (found.ok) return found.target;
  if (!isFile(word)) throw new CliError(notStated(word) ?? found.reason);
  const bytes = await readFile(word, io);
  const { readMailTarget } = await import('../delta/mails.ts');
  const read = await readMailTarget(bytes, nameOf(word), undefined, await kernelOf(flags));
  if (!read.ok) throw new CliError(read.reason, read.why === 'no-patch' ? EXIT.nothingRun : EXIT.usage);
  return read.target;
}

async function kernelOf(flags: Flags): Promise<BaseTree | null> {
  const dir = flags.word('kernel');
  if (dir === null) return null;
  const { openKernel } = await import('../transform/import/kernel.ts');
  const kernel = openKernel({ dir, rev: flags.word('rev'), prefix: flags.word('prefix') });
  if (!kernel.ok) throw new CliError(kernel.why);
  return kernel;
}

/** The bytes of a mail file, within bounds. */
export async function readFile(word: string, io: Io): Promise<Uint8Array> {
  if (word !== '-' && statSync(word, { throwIfNoEntry: false })?.isDirectory() === true) throw new CliError(`'${word}' is a directory, no target`);
  const { readSource } = await import('../transform/import/index.ts');
  const read = await readSource(word, io.stdin ?? none());
  if (!read.ok) throw new CliError(`cannot read ${word === '-' ? 'standard input' : `'${word}'`}: ${read.error.reason}`);
  return read.value;
}
async function* none(): AsyncGenerator<Uint8Array> { /* nobody writes */ }

export function nameOf(word: string): string { return word === '-' ? 'standard input' : word; }

function isFile(word: string): boolean {
  return word === '-' || statSync(word, { throwIfNoEntry: false }) !== undefined || /^(\.{0,2}\/|~)/.test(word) || /\.(patch|diff|mbox|mail|eml|txt)$/.test(word);
}

/** A patch that was posted, or one past the last: a series that is known says which it has. */
function notStated(word: string): string | null {
  const [, id = '', number = ''] = /^(.+)\/(\d+)$/.exec(word) ?? [];
  const series = findSeries(id);
  if (series === undefined) return null;
  const has = listed(series.patches.map((p) => String(p.meta.number)));
  const posted = Number(number) >= 1 && Number(number) <= series.of;
  return `no target '${word}': ${posted ? `patch ${number} of ${series.of} is not in this build` : `${series.id} has ${series.of} patches`}; there ${series.patches.length === 1 ? 'is' : 'are'} ${has}`;
}
