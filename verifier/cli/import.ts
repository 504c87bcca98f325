// SPDX-License-Identifier: GPL-2.0-only
// kpv import: a C patch mail as modules of the patch language, with what was made of each changed line.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailPatch } from '../delta/mails.ts';
import { moduleName, moduleText, reasons, sumsOf, sumsText } from '../transform/import/index.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, worstExit, type ExitCode } from './exit.ts';
import { whyNot } from './output.ts';
import { readAnyTarget } from './targets.ts';

export async function importMail(words: readonly string[], flags: Flags, { io }: Context): Promise<ExitCode> {
  const [word = ''] = words;
  const target = await readAnyTarget(word, io, flags);
  if (target.kind !== 'mails') throw new CliError(`'${word}' is in the project already: kpv import takes a file, or - for standard input`);
  const folder = flags.word('output');
  const { patches } = target;
  for (const one of patches) {
    const text = moduleText(one.imported);
    if (one.imported.refused.length > 0) io.stderr.write(`kpv: ${one.patch.meta.subject}: refused, nothing is written: ${one.imported.refused[0] ?? ''}\n`);
    else if (folder === null) io.stdout.write(text);
    else write(folder, moduleName(one.patch), text);
    io.stderr.write(`${accountText(one)}\n`);
  }
  for (const remark of target.remarks) io.stderr.write(`kpv: ${remark}\n`);
  return worstExit(patches.map(exitOf));
}

function exitOf({ trees, imported }: MailPatch): ExitCode {
  if (!trees.ok || !trees.sides.applied.ok) return EXIT.conflict;
  return sumsOf(imported.accounts).open > 0 ? EXIT.incomplete : EXIT.clean;
}

function accountText({ patch, imported, trees, standsOn }: MailPatch): string {
  const why = [...reasons(imported.accounts, 'outside').map((r) => `  not in the port: ${r.why} (${r.lines})`), ...reasons(imported.accounts, 'open').map((r) => `  not understood: ${r.why} (${r.lines})`)];
  const failed = !trees.ok ? trees.conflict : trees.sides.applied.ok ? null : trees.sides.applied.conflict;
  const conflict = failed === null ? [] : [`  does not apply: ${failed.rule}: \`${failed.anchor}\` at ${failed.place.file}:${failed.place.line}${failed.nearest === null ? '' : `, nearest is \`${failed.nearest}\``}`];
  return [`${patch.meta.subject} (on ${standsOn})`, `  ${sumsText(sumsOf(imported.accounts))}`, ...why, ...conflict].join('\n');
}

function write(folder: string, name: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new CliError(`cannot write '${join(folder, name)}': ${whyNot(error)}`);
  }
}
