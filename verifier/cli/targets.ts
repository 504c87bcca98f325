// SPDX-License-Identifier: GPL-2.0-only
// Words of the command line as targets. A file is a target by the design, but reading a mail is
// not built yet: it is told apart from a name that is misspelt.

import { accessSync, constants, statSync } from 'node:fs';
import { resolveTarget, type Target } from '../delta/target.ts';
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
  throw new CliError(found.reason);
}
