// SPDX-License-Identifier: GPL-2.0-only
// kpv show: a patch as the project holds it. The mail's own text is not here, so what is shown is
// its data, the port's diff, and the edits that the hunks were compiled to.

import { sidesOf } from '../delta/target.ts';
import { columns, counted, listed, wrap } from '../report/layout.ts';
import type { Paint } from '../report/paint.ts';
import type { PatchModule, SuiteChange } from '../transform/index.ts';
import type { EditScript, Op } from '../tree/edits.ts';
import { paintFor, wantsColour } from './colour.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { showMails } from './show-mails.ts';
import { readAnyTarget } from './targets.ts';
import { readColour, readFormat } from './values.ts';

export async function show(words: readonly string[], flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context;
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const colour = readColour(flags.word('color') ?? 'auto');
  const file = flags.word('output');
  const target = await readAnyTarget(words[0] ?? '', io, flags);
  if (target.kind === 'mails') return showMails(target, flags, context);
  if (target.kind === 'base') throw new CliError("'base' is no patch: there is nothing to show");
  checkOutput(file);
  const patches = target.kind === 'patch' ? [target.patch] : target.series.patches;
  const shown = patches.map(shownOf);
  const paint = paintFor(wantsColour(colour, io.env, file === null && io.stdout.isTTY));
  writeOutput(io, file, format === 'json' ? showJson(shown) : shown.map((s) => showText(s, paint)).join('\n'));
  return shown.some((s) => s.conflict !== null) ? EXIT.conflict : EXIT.clean;
}

interface Shown { readonly patch: PatchModule; readonly diff: string; readonly edits: EditScript | null; readonly conflict: string | null }

function shownOf(patch: PatchModule): Shown {
  const trees = sidesOf(patch);
  const failed = !trees.ok ? trees.conflict : trees.sides.applied.ok ? null : trees.sides.applied.conflict;
  const applied = trees.ok && trees.sides.applied.ok ? trees.sides.applied : null;
  return {
    patch, diff: applied?.diff ?? '', edits: applied?.edits ?? null,
    conflict: failed === null ? null : `${failed.rule}: \`${failed.anchor}\` at ${failed.place.file}:${failed.place.line}`,
  };
}

function showText({ patch, diff, edits, conflict }: Shown, paint: Paint): string {
  const { meta } = patch;
  const out = [
    paint.bold(`${patch.id}  ${meta.subject}`),
    ...columns([
      ...(meta.sender === undefined ? [] : [['sender', `${meta.sender.name} <${meta.sender.email}>`]]),
      ['author', `${meta.author.name} <${meta.author.email}>`], ['date', meta.date], ['patch', `${meta.number} of ${meta.of}, ${meta.version}`],
      ['mail', `https://lore.kernel.org/r/${meta.messageId}/`], ['cover', `https://lore.kernel.org/r/${meta.coverId}/`],
      ['base', meta.base ?? 'base'], ['C files', meta.files.join(', ')],
    ]),
    ...wrap(meta.to.join(', '), 100, '  to       ', '           '), ...wrap(meta.cc.join(', '), 100, '  cc       ', '           '),
  ];
  if (meta.notModelled.length > 0) {
    out.push('', paint.bold('Not modelled'), ...meta.notModelled.flatMap((n) => wrap(`${n.what}: ${n.reason}`, 100, '  - ', '    ')));
  }
  if (patch.kind === 'outside-port') {
    out.push('', paint.bold('Outside the port'), ...patch.outside.flatMap((one) => wrap(`${one.file}: ${one.why}`, 100, '  - ', '    ')), ...suiteText(patch.suite));
    return `${out.join('\n')}\n`;
  }
  if (conflict !== null) out.push('', paint.red(`Does not apply: ${conflict}`));
  if (diff !== '') out.push('', paint.bold("kpv's port, before and after"), ...diff.trimEnd().split('\n').map((line) => painted(line, paint)));
  if (edits !== null) out.push('', paint.bold(`Edits (${counted(edits.ops.length, 'operation')})`), ...columns(edits.ops.map(opRow)));
  return `${out.join('\n')}\n`;
}

function suiteText(suite: SuiteChange | null): string[] {
  if (suite === null) return [];
  const rows: readonly (readonly [string, readonly string[]])[] = [['runs each test on', suite.variants], ['adds', suite.adds], ['changes', suite.changes]];
  return ['', `Selftests: ${suite.suite}`, ...rows.filter(([, names]) => names.length > 0).flatMap(([what, names]) => wrap(`${what} ${listed(names)}`, 100, '  ', '    '))];
}

function painted(line: string, paint: Paint): string {
  if (/^(diff|---|\+\+\+|@@)/.test(line)) return paint.dim(line);
  return line.startsWith('+') ? paint.green(line) : line.startsWith('-') ? paint.red(line) : line;
}

function opRow(op: Op): readonly string[] {
  const one = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 70);
  switch (op.op) {
    case 'insert': return ['insert', `${op.anchor.file} ${op.anchor.function}`, `${op.where} \`${one(op.anchor.text)}\``];
    case 'delete': return ['delete', `${op.anchor.file} ${op.anchor.function}`, `\`${one(op.text)}\``];
    case 'replace': return ['replace', `${op.anchor.file} ${op.anchor.function}`, `\`${one(op.was)}\``];
    case 'label': return ['label', `${op.from.file} ${op.from.function}`, op.label];
    case 'parameter': return ['parameter', `${op.anchor.file} ${op.anchor.function}`, `${op.index}: ${one(op.text)}`];
    case 'declare': return ['declare', op.anchor.file, op.names.join(', ')];
    case 'import': return ['import', op.file, `${op.names.join(', ')} from ${op.from}`];
    case 'expect': return ['expect', op.file, `${op.calls}() is called ${op.exactly} x`];
  }
}

function showJson(shown: readonly Shown[]): string {
  const patches = shown.map(({ patch, diff, edits, conflict }) => ({
    id: patch.id, ...patch.meta, outside: patch.kind === 'outside-port' ? patch.outside : [], suite: patch.kind === 'outside-port' ? patch.suite : null, conflict, diff, edits: edits?.ops.map((op) => opRow(op).join(' ')) ?? [],
  }));
  return `${JSON.stringify({ schema: 'kpv.show/1', patches }, null, 1)}\n`;
}
