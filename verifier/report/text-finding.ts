// SPDX-License-Identifier: GPL-2.0-only
// One finding in the form compilers have taught us to read: code and message, the place, the
// statement, the other places of the story, then notes that say before and after, the scenario in
// words and how to see it again.

import { beforeAfter, isError, isNews, messageParts, otherPlaces, placeText, statementOf, summaryOf } from './findings.ts';
import { counted } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Cycle, Finding, PatchReview, Step } from './review.ts';
import { scenarioInWords } from './words.ts';

/** Steps shown of a stem and of a loop before the rest is only counted. */
const STEM = 5;
const LOOP = 24;
/** Rules whose witness is the cycle; a cycle after another finding is that finding's aftermath. */
const CYCLIC: readonly string[] = ['livelock', 'unbounded-retry', 'refcount-leak', 'deadlock'];
const CALLED = 'called from ';

export function findingText(f: Finding, patch: PatchReview, paint: Paint, verbose: boolean): string[] {
  const width = Math.max(String(f.line).length, 2);
  const bar = paint.blue(`${' '.repeat(width)} |`);
  const statement = statementOf(f);
  const out = [
    `${head(f, paint)}: ${paint.bold(`${f.rule}: ${messageParts(f).what}`)}`,
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
  const stack = otherPlaces(f).filter((p) => p.label.startsWith(CALLED));
  for (const place of otherPlaces(f).filter((p) => !stack.includes(p))) {
    const who = place.thread === null ? '' : `, by ${place.thread}`;
    out.push(`${paint.blue('note')}: ${place.label}`, `${' '.repeat(width)}${paint.blue('-->')} ${placeText(place.file, place.line, null)} (${place.function}${who})`);
  }
  const note = (label: string, text: string): void => { out.push(`${' '.repeat(width)} ${paint.blue('=')} ${paint.bold(label)}: ${text}`); };
  for (const p of stack) note('called from', `${p.function} (${p.file}:${p.line}): ${p.label.slice(CALLED.length)}`);
  if (f.state === 'fixed') note('place', 'line numbers are those before the patch');
  const { before, after } = beforeAfter(f, patch);
  note('before', before);
  note('after', after);
  if (f.scenario !== null) {
    note('scenario', f.scenario);
    note('in words', scenarioInWords(f.scenario));
  }
  if (f.config !== null && (f.layer === 'types' || f.layer === 'static' || f.config !== 'default')) note('configuration', f.config);
  note('layer', layerWords(f));
  out.push(...traceText(f, width, paint, verbose));
  if (f.replay !== null) note('replay', `kpv replay ${f.replay}`);
  out.push(`For more information about this finding, try \`kpv explain ${f.code}\`.`);
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
  const label = (name: string): string => `${pad}${paint.blue('=')} ${paint.bold(name)}`;
  if (f.cycle !== null && CYCLIC.includes(f.rule)) {
    const { stem, loop } = f.cycle;
    return [
      `${label('cycle')}: ${cycleWords(f.cycle)}`,
      ...tail(stem, `stem (${counted(stem.length, 'step')})`, pad, verbose ? stem.length : STEM),
      ...tail(loop, `loop (${counted(loop.length, 'step')}, then the same again)`, pad, verbose ? loop.length : LOOP),
    ];
  }
  const after = f.cycle === null ? [] : [`${label('then')}: the run goes on for ever`];
  if (f.witness.length === 0 || !verbose) return after;
  return [...after, ...tail(f.witness, `witness (${counted(f.witness.length, 'step')})`, pad, f.witness.length)];
}

export function cycleWords(c: Cycle): string {
  const rounds = c.expectedRounds === null ? [] : [`${counted(c.expectedRounds, 'round')} expected`];
  return [c.kind, `${counted(c.preemptionsPerTurn, 'preemption')} per turn`, c.killable ? 'a fatal signal ends it' : 'no signal ends it', ...rounds].join(', ');
}

function tail(steps: readonly Step[], title: string, pad: string, limit: number): string[] {
  const shown = steps.slice(-limit);
  const hidden = steps.length - shown.length;
  return [
    `${pad}  ${title}:`,
    ...(hidden > 0 ? [`${pad}    (${counted(hidden, 'step')} before these; -v shows them)`] : []),
    ...shown.map((s) => `${pad}    ${stepText(s).map((line) => line.trim()).join('   ')}`),
  ];
}

/** A step: number, CPU, thread, function and statement, then what it changed. */
export function stepText(s: Step): string[] {
  const where = s.function === '' ? '(user code)' : `${s.function} (${s.file}:${s.line})  ${s.text}`;
  return [`${String(s.n).padStart(4)}  CPU${s.cpu} ${s.thread}  ${where}`.trimEnd(), ...s.values.map((v) => `          ${v}`)];
}
