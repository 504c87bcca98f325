// SPDX-License-Identifier: GPL-2.0-only
// kpv show FILE: each C hunk of a mail beside what was made of it.

import type { MailPatch, MailTarget } from '../delta/mails.ts';
import type { Paint } from '../report/paint.ts';
import { besideRows, reasons, sumsOf, sumsText } from '../transform/import/index.ts';
import { hunkText } from '../transform/index.ts';
import { paintFor, wantsColour } from './colour.ts';
import type { Context, Flags } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readColour, readFormat } from './values.ts';

/** Columns where there is no terminal. */
const WIDTH = 160;

export function showMails(target: MailTarget, flags: Flags, { io }: Context): ExitCode {
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const colour = readColour(flags.word('color') ?? 'auto');
  const file = flags.word('output');
  checkOutput(file);
  const paint = paintFor(wantsColour(colour, io.env, file === null && io.stdout.isTTY));
  const width = (file === null ? io.stdout.width : null) ?? WIDTH;
  writeOutput(io, file, format === 'json' ? json(target) : target.patches.map((one) => text(one, paint, width)).join('\n'));
  return target.patches.some((one) => !one.trees.ok || !one.trees.sides.applied.ok) ? EXIT.conflict : EXIT.clean;
}

function text({ patch, imported, trees, standsOn }: MailPatch, paint: Paint, width: number): string {
  const half = Math.max(30, Math.floor((width - 3) / 2));
  const out = [paint.bold(`${patch.id}  ${patch.meta.subject}`), `  on ${standsOn}`, `  ${sumsText(sumsOf(imported.accounts))}`];
  for (const kind of ['outside', 'open'] as const) {
    for (const r of reasons(imported.accounts, kind)) out.push(`  ${kind === 'outside' ? 'not in the port' : 'not understood'}: ${r.why} (${r.lines})`);
  }
  const failed = !trees.ok ? trees.conflict : trees.sides.applied.ok ? null : trees.sides.applied.conflict;
  if (failed !== null) out.push(paint.red(`  does not apply: ${failed.rule}: \`${failed.anchor}\` at ${failed.place.file}:${failed.place.line}`));
  for (const { file, hunk, items } of imported.shown) {
    out.push('', paint.bold(`${file} @@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@ ${hunk.section}`));
    for (const row of besideRows(hunk, items)) out.push(`${painted(fitted(row.c, half), paint)} | ${painted(fitted(row.port, half).trimEnd(), paint)}`.trimEnd());
  }
  return `${out.join('\n')}\n`;
}

function fitted(text: string, width: number): string { return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width); }
function painted(text: string, paint: Paint): string { return text.startsWith('+') ? paint.green(text) : text.startsWith('-') ? paint.red(text) : text; }

function json(target: MailTarget): string {
  return `${JSON.stringify({
    schema: 'kpv.import/1', file: target.id, hash: target.hash, remarks: target.remarks,
    patches: target.patches.map(({ patch, imported, trees, standsOn }) => ({
      id: patch.id, standsOn, meta: patch.meta, lines: sumsOf(imported.accounts), accounts: imported.accounts,
      applies: trees.ok && trees.sides.applied.ok, hunks: patch.hunks.map((h) => ({ file: h.file, function: h.function, text: hunkText(h.hunk) })),
    })),
  }, null, 1)}\n`;
}
