// SPDX-License-Identifier: GPL-2.0-only
// Words of the command line as targets. A file is a target by the design, but reading a mail is
// not built yet: it is told apart from a name that is misspelt.

import { accessSync, constants, statSync } from 'node:fs';
import { findSeries } from '../../patches/index.ts';
import { resolveTarget, type Target } from '../delta/target.ts';
import { listed } from '../report/layout.ts';
import { CliError } from './errors.ts';
import { whyNot } from './output.ts';

export function readTarget(word: string): Target {
  const found = resolveTarget(word);
  if (found.ok) return found.target;
  const later = 'reading a patch mail is not built yet';
  if (word === '-') throw new CliError(`cannot review standard input: ${later}`);
  const there = statSync(word, { throwIfNoEntry: false });
  if (there?.isDirectory() === true) throw new CliError(`'${word}' is a directory, no target`);
  if (there !== undefined) {
    try {
      accessSync(word, constants.R_OK);
    } catch (error) {
      throw new CliError(`cannot read '${word}': ${whyNot(error)}`);
    }
    throw new CliError(`cannot review the file '${word}': ${later}`);
  }
  if (/^(\.{0,2}\/|~)/.test(word) || /\.(patch|diff|mbox|mail|eml|txt)$/.test(word)) throw new CliError(`cannot read '${word}': no such file`);
  throw new CliError(notStated(word) ?? found.reason);
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
