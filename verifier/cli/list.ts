// SPDX-License-Identifier: GPL-2.0-only
// kpv list: what there is to name on a command line.

import { PATCHES, SERIES } from '../../patches/index.ts';
import { RULES } from '../check/rules.ts';
import { CLAIMS } from '../claims/ledger/index.ts';
import { columns } from '../report/layout.ts';
import { scenarioInWords } from '../report/words.ts';
import { defaultSuite } from '../scenario/suite.ts';
import type { PatchModule } from '../transform/index.ts';
import type { Context, Flags } from './context.ts';
import { CliError, didYouMean } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readFormat } from './values.ts';

const KINDS = ['series', 'patches', 'scenarios', 'rules', 'claims'] as const;
type Kind = (typeof KINDS)[number];

export async function list(words: readonly string[], flags: Flags, { io }: Context): Promise<ExitCode> {
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const file = flags.word('output');
  const [word] = words;
  const kinds = word === undefined ? (['series', 'patches'] as const) : [kindOf(word)];
  checkOutput(file);
  const text = format === 'json'
    ? `${JSON.stringify({ schema: 'kpv.list/1', ...Object.fromEntries(kinds.map((kind) => [kind, rowsOf(kind)])) }, null, 1)}\n`
    : kinds.map((kind) => `${columns(shownOf(kind), [], '').join('\n')}\n`).join('\n');
  writeOutput(io, file, text);
  return EXIT.clean;
}

function kindOf(word: string): Kind {
  const kind = KINDS.find((one) => one === word);
  if (kind !== undefined) return kind;
  throw new CliError(`nothing to list called '${word}'${didYouMean(word, KINDS)} (there are ${KINDS.join(', ')})`);
}

/** A row's columns on a terminal: of patches, what finds them. */
function shownOf(kind: Kind): readonly (readonly string[])[] {
  if (kind === 'patches') return PATCHES.map((p) => [p.id, p.kind === 'outside-port' ? p.kind : '', p.meta.subject]);
  return rowsOf(kind).map((row) => Object.values(row));
}

function patchRow(p: PatchModule): Readonly<Record<string, string>> {
  const { number, of, subject, author, date, messageId, files } = p.meta;
  return { id: p.id, number: `${number}/${of}`, subject, kind: p.kind, author: `${author.name} <${author.email}>`, date, messageId, files: files.join(' ') };
}

function rowsOf(kind: Kind): readonly Readonly<Record<string, string>>[] {
  switch (kind) {
    case 'series': return SERIES.map((s) => ({ id: s.id, patches: `${s.patches.length} of ${s.of}`, title: s.title }));
    case 'patches': return PATCHES.map(patchRow);
    case 'scenarios': return defaultSuite().scenarios.map((s) => ({ id: s.id, words: scenarioInWords(s.id) }));
    case 'claims': return CLAIMS.map((c) => ({ id: c.id, author: c.author, date: c.date, kinds: c.kinds.join(','), statement: c.statement }));
    case 'rules': return RULES.map((r) => ({ code: r.code, name: r.name, group: r.group, decided: r.decided ? r.layer : 'not yet', summary: r.summary }));
  }
}
