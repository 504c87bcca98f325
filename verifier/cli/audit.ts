// SPDX-License-Identifier: GPL-2.0-only
// kpv audit: the port held against a kernel source tree or a git repository.

import { readFileSync } from 'node:fs';
import { auditJson, auditText } from '../report/audit.ts';
import { matchesGlob } from '../scenario/suite.ts';
import { openKernel } from '../transform/import/kernel.ts';
import { loadPort, PORT_DIR } from '../tree/load.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readFormat } from './values.ts';

export async function audit(_words: readonly string[], flags: Flags, { io }: Context): Promise<ExitCode> {
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const file = flags.word('output');
  const glob = flags.word('file');
  const dir = flags.word('kernel');
  if (dir === null) throw new CliError('audit needs a kernel to hold the port against: --kernel DIR');
  checkOutput(file);
  const kernel = openKernel({ dir, rev: flags.word('rev'), prefix: flags.word('prefix') });
  if (!kernel.ok) throw new CliError(kernel.why);
  // The C grammar is loaded for this command alone.
  const [{ auditPort }, { treesOf }] = await Promise.all([import('../transform/import/audit.ts'), import('../transform/import/trees.ts')]);
  const result = await auditPort({
    tree: loadPort(), kernel: kernel.read,
    wanted: (path) => glob === null || matchesGlob(path, glob),
    trees: treesOf(readFileSync(new URL('TREES.md', PORT_DIR), 'utf8')),
  });
  if (result.files.length === 0) throw new CliError(`no file of the port matches '${glob ?? '*'}' in ${kernel.what} (C's paths: mm/gup.c)`, EXIT.nothingRun);
  writeOutput(io, file, format === 'json' ? auditJson(result, kernel.what) : auditText(result, kernel.what, io.stdout.width ?? undefined));
  return EXIT.clean;
}
