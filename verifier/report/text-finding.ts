// SPDX-License-Identifier: GPL-2.0-only
// One finding in the form compilers have taught us to read: code and message, the place, the
// statement, the other places of the story, then notes that say before and after, the scenario in
// words and how to see it again.

import { beforeAfter, isError, isNews, placeText, statementOf, stepsOf, summaryOf } from './findings.ts';
import { counted } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Finding, PatchReview, Step } from './review.ts';
import { scenarioInWords } from './words.ts';

/** Steps shown of a stem or witness before the rest is only counted. */
const SHOWN = 12;

export function findingText(f: Finding, patch: PatchReview, paint: Paint, verbose: boolean): string[] {
  const width = Math.max(String(f.line).length, 2);
  const bar = paint.blue(`${' '.repeat(width)} |`);
  const statement = statementOf(f);
  const out = [
    `${head(f, paint)}: ${paint.bold(f.message)}`,
    `${' '.repeat(width)}${paint.blue('-->')} ${placeText(f.file, f.line, f.c)}`,
    bar,
  ];
  if (statement !== null) {
    out.push(
      `${paint.blue(`${String(f.line).padStart(width)} |`)}   ${statement}`,
      `${bar}   ${(isNews(f) ? paint.red : paint.yellow)('^'.repeat(Math.min(statement.length, 60)))} ${summaryOf(f)}`,
      bar,
    );
  }
  for (const place of f.places) {
    const who = place.thread === null ? '' : `, by ${place.thread}`;
    out.push(`${paint.blue('note')}: ${place.label}`, `${' '.repeat(width)}${paint.blue('-->')} ${placeText(place.file, place.line, null)} (${place.function}${who})`);
  }
  const note = (label: string, text: string): void => { out.push(`${' '.repeat(width)} ${paint.blue('=')} ${paint.bold(label)}: ${text}`); };
  const { before, after } = beforeAfter(f, patch);
  note('before', before);
  note('after', after);
  if (f.scenario !== null) {
    note('scenario', f.scenario);
    note('in words', scenarioInWords(f.scenario));
  }
  if (f.config !== null) note('configuration', f.config);
  note('layer', layerWords(f));
  out.push(...traceText(f, width, paint, verbose));
  if (f.replay !== null) note('replay', `kpv replay ${f.replay}`);
  out.push('', `For more information about this finding, try \`kpv explain ${f.code}\`.`);
  return out;
}

function head(f: Finding, paint: Paint): string {
  const state = f.state === 'new' ? '' : ` (${f.state})`;
  if (isError(f)) return paint.red(paint.bold(`error[${f.code}]${state}`));
  return (f.state === 'fixed' ? paint.green : paint.yellow)(paint.bold(`${f.state === 'fixed' ? 'fixed' : 'warning'}[${f.code}]`));
}

function layerWords(f: Finding): string {
  switch (f.layer) {
    case 'types': return 'types: the checker, without running anything';
    case 'static': return 'static: every path, without running any';
    case 'run': return `run: ${counted(f.steps, 'step')}, one thread at a time`;
    case 'interleaving': return `interleaving: ${counted(f.steps, 'step')}, ${counted(f.preemptions, 'preemption')}`;
  }
}

function traceText(f: Finding, width: number, paint: Paint, verbose: boolean): string[] {
  const pad = ' '.repeat(width + 1);
  if (f.cycle !== null) {
    const { stem, loop, killable, preemptionsPerTurn } = f.cycle;
    const how = [f.cycle.kind, counted(preemptionsPerTurn, 'preemption') + ' per turn', killable ? 'a fatal signal ends it' : 'no signal ends it'];
    if (f.cycle.expectedRounds !== null) how.push(`${counted(f.cycle.expectedRounds, 'round')} expected`);
    return [
      `${pad}${paint.blue('=')} ${paint.bold('cycle')}: ${how.join(', ')}`,
      ...tail(stem, `stem (${counted(stem.length, 'step')})`, pad, verbose),
      ...tail(loop, `loop (${counted(loop.length, 'step')}, then the same again)`, pad, verbose),
    ];
  }
  if (f.witness.length === 0 || !verbose) return [];
  return tail(stepsOf(f), `witness (${counted(f.witness.length, 'step')})`, pad, verbose);
}

function tail(steps: readonly Step[], title: string, pad: string, verbose: boolean): string[] {
  const shown = verbose ? steps : steps.slice(-SHOWN);
  const hidden = steps.length - shown.length;
  return [
    `${pad}  ${title}:`,
    ...(hidden > 0 ? [`${pad}    (${counted(hidden, 'step')} before these; -v shows them)`] : []),
    ...shown.flatMap((s) => stepText(s).map((line) => `${pad}    ${line}`)),
  ];
}

/** A step: number, CPU, thread, function and statement, then what it changed. */
export function stepText(s: Step): string[] {
  const at = `${String(s.n).padStart(4)}  CPU${s.cpu} ${s.thread}  ${s.function}:${s.line}  ${s.text}`;
  return [at.trimEnd(), ...s.values.map((v) => `          ${v}`)];
}
