// SPDX-License-Identifier: GPL-2.0-only
// kpv replay: one run again from its token, every step of it, and the finding at its end. A mailer
// may have wrapped or quoted the token; the shell then hands it over in pieces.

import { existsSync } from 'node:fs';
import type { Replay } from '../delta/replay.ts';
import { ftraceText } from '../report/ftrace.ts';
import { stepOf } from '../report/json.ts';
import { counted } from '../report/layout.ts';
import { messageParts, placeText, statementOf } from '../report/findings.ts';
import type { Paint } from '../report/paint.ts';
import { stepText } from '../report/text-finding.ts';
import { scenarioInWords } from '../report/words.ts';
import { paintFor, wantsColour } from './colour.ts';
import type { Context, Flags } from './context.ts';
import { CliError, didYouMean } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { readAnyTarget } from './targets.ts';
import { readColour, readFormat } from './values.ts';

export async function replay(words: readonly string[], flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context;
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const colour = readColour(flags.word('color') ?? 'auto');
  const trace = flags.word('trace') ?? 'text';
  if (trace === 'perfetto') throw new CliError('--trace perfetto is not built yet: there are text and ftrace');
  if (trace !== 'text' && trace !== 'ftrace') throw new CliError(`--trace takes text or ftrace, not '${trace}'${didYouMean(trace, ['text', 'ftrace'])}`);
  if (trace === 'ftrace' && format === 'json') throw new CliError('--trace ftrace is a form of text: --format json has the steps as data');
  const file = flags.word('output');
  checkOutput(file);
  // A mailer may have broken the token; a file comes last.
  const last = words.at(-1) ?? '';
  const named = words.length > 1 && (last === '-' || existsSync(last) || /^[\w./~-]*[./~][\w./~-]*$/.test(last)) ? last : null;
  const token = unwrapped(named === null ? words : words.slice(0, -1));
  if (token.split('kpv1:').length > 2) throw new CliError('one token at a time: these are several');
  const mails = named === null ? null : await readAnyTarget(named, io, flags);
  if (mails !== null && mails.kind !== 'mails') throw new CliError(`'${named}' is no file of mails`);
  const engine = await context.engine();
  const done = await engine.replayToken(token, mails);
  if (!done.ok) throw new CliError(done.reason);
  const paint = paintFor(wantsColour(colour, io.env, file === null && io.stdout.isTTY));
  if (trace === 'ftrace' && !done.replay.reproduces) io.stderr.write(`kpv: it does not reproduce: ${done.replay.reason ?? 'the finding did not come'}\n`);
  writeOutput(io, file, format === 'json' ? replayJson(done.replay) : trace === 'ftrace' ? replayFtrace(done.replay) : replayText(done.replay, paint));
  return done.replay.reproduces ? EXIT.clean : EXIT.findings;
}

/** The token in one piece, from where it starts: marks of quoting, line ends and a shell's backslashes taken out. */
export function unwrapped(words: readonly string[]): string {
  const text = words.join(' ');
  return text.slice(Math.max(0, text.indexOf('kpv1:'))).replace(/[\s<>|\\`'"()[\]]+/g, '');
}

export function replayText(r: Replay, paint: Paint): string {
  const { token } = r;
  const switches = Object.entries(token.switches).map(([k, v]) => `${k}=${v}`).sort().join(', ');
  const out = [
    paint.bold(`kpv replay: ${token.target}, ${token.side === 'after' ? 'with the patch' : 'before the patch'}`),
    `  scenario       ${token.scenario}`,
    `  in words       ${scenarioInWords(token.scenario)}`,
    `  configuration  ${token.config}${switches === '' ? '' : `, ${switches}`}`,
    ...(r.sections[0]?.from === 1 ? [] : ['']),
    ...r.steps.flatMap((s, i) => [...headingsAt(r, i + 1, paint), ...stepText(s), ...markAfter(r, i + 1, paint)]),
    '',
    `${counted(r.steps.length, 'step')}; the run ends with ${r.outcome}`,
  ];
  if (r.finding !== null) {
    const { finding: f } = r;
    const statement = statementOf(f);
    out.push(
      '', `${paint.red(paint.bold(`[${f.code}] ${f.rule}`))}: ${paint.bold(messageParts(f).what)}`,
      `  --> ${placeText(f.file, f.line, f.c)}`, ...(statement === null ? [] : [`      ${statement}`]),
    );
  }
  out.push('', r.reproduces ? 'It reproduces.' : `It does not reproduce: ${r.reason ?? 'the finding did not come'}.`);
  return `${out.join('\n')}\n`;
}

export function replayFtrace({ steps, scenario, finding, foundAfter }: Replay): string {
  return ftraceText(steps, scenario.cpus, finding === null || foundAfter === null ? null : { n: foundAfter, name: `[${finding.code}] ${finding.rule}` });
}

/** What the user's step does, above the first of its trace. */
function headingsAt(r: Replay, step: number, paint: Paint): string[] {
  return r.sections.filter((s) => s.from === step).flatMap((s) => ['', paint.bold(s.does)]);
}

/** Where the finding was noted, in the middle of what goes on after it. */
function markAfter(r: Replay, step: number, paint: Paint): string[] {
  return r.foundAfter === step && r.finding !== null ? [paint.red(`  ==> here: [${r.finding.code}] ${r.finding.rule}`)] : [];
}

function replayJson(r: Replay): string {
  const { token, reproduces, reason, outcome, finding, steps } = r;
  return `${JSON.stringify({ schema: 'kpv.replay/1', token, reproduces, reason, outcome, finding, steps: steps.map(stepOf) }, null, 1)}\n`;
}
