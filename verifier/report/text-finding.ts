// SPDX-License-Identifier: GPL-2.0-only
// One finding in the form compilers have taught us to read: code and message, the place, the
// statement, the other places of the story, then notes that say before and after, the scenario in
// words and how to see it again.

import { beforeAfter, isError, isNews, messageParts, otherPlaces, placeText, preemptionWords, scenarioOf, statementOf, summaryOf } from './findings.ts';
import { interleavingLines, isFolded, isSwitch, type LaneOptions } from './interleaving.ts';
import { counted } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Cycle, Finding, PatchReview, Step } from './review.ts';
import { scenarioInWords } from './words.ts';

/** Columns of an interleaving where there is room. */
const WIDTH = 100;
/** Steps shown of a stem and of a loop before the rest is only counted. */
const STEM = 5;
const LOOP = 24;
/** Rules whose witness is the cycle; a cycle after another finding is that finding's aftermath. */
const CYCLIC: readonly string[] = ['livelock', 'unbounded-retry', 'refcount-leak', 'deadlock'];
const CALLED = 'called from ';

export function findingText(f: Finding, patch: PatchReview, paint: Paint, verbose: boolean, cured: string | null, columns = WIDTH): string[] {
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
  if (cured !== null) note('open', `until ${cured}, with which it goes`);
  if (f.scenario !== null) {
    note('scenario', f.scenario);
    note('in words', scenarioInWords(f.scenario));
  }
  if (f.config !== null && (f.layer === 'types' || f.layer === 'static' || f.config !== 'default')) note('configuration', f.config);
  if (f.layer === 'interleaving') out.push(...interleavingText(f, note, paint, verbose, columns));
  else note('layer', layerWords(f, (scenarioOf(f, patch)?.threads ?? 1) > 1));
  if (f.layer !== 'interleaving') {
    const { takes } = messageParts(f);
    if (takes !== null) note('threads', `also ${takes}; the order of whole calls is enough to see it`);
    out.push(...traceText(f, width, paint, verbose));
  }
  if (f.replay !== null) note('replay', `kpv replay ${f.replay}`);
  out.push(`For more information about this finding, try \`kpv explain ${f.code}\`.`);
  return out;
}

/** Who goes on when, with the note of who else it takes above. */
function interleavingText(f: Finding, note: (label: string, text: string) => void, paint: Paint, verbose: boolean, columns: number): readonly string[] {
  const { takes } = messageParts(f);
  note('interleaving', `${f.witness.length === 0 ? '' : `${counted(f.steps, 'step')}, `}${preemptionWords(f)}`);
  if (takes !== null) note('needs', takes);
  const options = { width: Math.min(columns, WIDTH), all: verbose, paint };
  if (f.cycle !== null && CYCLIC.includes(f.rule)) return cycleLanes(f, f.cycle, note, options);
  // What was there before is not traced again.
  if (f.witness.length === 0) return [];
  const lines = interleavingLines(f, options);
  return ['', ...lines, ...(!verbose && isFolded(f) ? ['', '  -v shows the steps that are only counted here.'] : []), ''];
}

/** How it is come to, and then the turn that comes again and again. */
function cycleLanes(f: Finding, cycle: Cycle, note: (label: string, text: string) => void, options: LaneOptions): string[] {
  note('cycle', cycleWords(cycle));
  const part = (title: string, steps: readonly Step[]): string[] => (steps.length === 0 ? [] : ['', `  ${title}`, '', ...interleavingLines(f, options, steps)]);
  return [...part(`the way to it (${counted(cycle.stem.at(-1)?.n ?? 0, 'step')}):`, cycle.stem), ...part(`then again and again (${counted(cycle.loop.length, 'step')}):`, cycle.loop), ''];
}

function head(f: Finding, paint: Paint): string {
  const state = f.state === 'new' ? '' : ` (${f.state})`;
  if (isError(f)) return paint.red(paint.bold(`error[${f.code}]${state}`));
  return (f.state === 'fixed' ? paint.green : paint.yellow)(paint.bold(`${f.state === 'fixed' ? 'fixed' : 'warning'}[${f.code}]`));
}

function layerWords(f: Finding, several: boolean): string {
  switch (f.layer) {
    case 'types': return 'types: the checker, without running anything';
    case 'static': return 'static: every path, without running any';
    // What was there before is not traced again.
    case 'run': return `run${f.steps === 0 ? '' : `: ${counted(f.steps, 'step')}${several ? '' : ' into the call'}`}, ${several ? 'the threads one after the other' : 'one thread at a time'}`;
    case 'interleaving': return `interleaving: ${preemptionWords(f)}`;
  }
}

function traceText(f: Finding, width: number, paint: Paint, verbose: boolean): string[] {
  const pad = ' '.repeat(width + 1);
  const label = (name: string): string => `${pad}${paint.blue('=')} ${paint.bold(name)}`;
  if (f.cycle !== null && CYCLIC.includes(f.rule)) {
    const { stem, loop } = f.cycle;
    return [
      `${label('cycle')}: ${cycleWords(f.cycle)}`,
      ...tail(stem, `stem (${counted(stem.at(-1)?.n ?? 0, 'step')})`, pad, verbose ? stem.length : STEM, notHeld(stem)),
      ...tail(loop, `loop (${counted(loop.length, 'step')}, then the same again)`, pad, verbose ? loop.length : LOOP, 0),
    ];
  }
  const after = f.cycle === null ? [] : [`${label('then')}: the run goes on for ever`];
  if (f.witness.length === 0 || !verbose) return after;
  return [...after, ...tail(f.witness, `witness (${counted(f.steps, 'step')})`, pad, f.witness.length, notHeld(f.witness))];
}

const KINDS: Readonly<Record<Cycle['kind'], string>> = {
  trap: 'a trap: nobody in this run can change what it waits for', 'self-sustaining': 'self-sustaining: the threads keep each other in it',
  adversarial: 'adversarial: it needs a scheduler that is against it',
};

export function cycleWords(c: Cycle): string {
  const rounds = c.expectedRounds === null ? [] : [`${counted(c.expectedRounds, 'round')} expected`];
  return [KINDS[c.kind], `${counted(c.preemptionsPerTurn, 'preemption')} per turn`, c.killable ? 'a fatal signal ends it' : 'no signal ends it', ...rounds].join(', ');
}

/** A long run is held from some step on; the numbers tell from which. */
function notHeld(steps: readonly Step[]): number { return Math.max(0, (steps[0]?.n ?? 1) - 1); }

function tail(steps: readonly Step[], title: string, pad: string, limit: number, lost: number): string[] {
  const shown = steps.slice(-limit);
  const hidden = steps.length - shown.length;
  const who = lost === 0 ? '-v shows them' : hidden === 0 ? 'a replay shows them' : `-v shows ${hidden} of them, a replay all`;
  return [
    `${pad}  ${title}:`,
    ...(hidden + lost > 0 ? [`${pad}    (${counted(hidden + lost, 'step')} before these; ${who})`] : []),
    ...shown.map((s) => `${pad}    ${stepText(s).map((line) => line.trim()).join('   ')}`),
  ];
}

/** A step: number, CPU, thread, function and statement, then what it changed. */
export function stepText(s: Step): string[] {
  const stands = isSwitch(s) ? 'stands in ' : '';
  const where = s.function === '' ? '(user code)' : `${s.function} (${s.file}:${s.line})  ${s.text}`;
  return [`${String(s.n).padStart(4)}  CPU${s.cpu} ${s.thread}  ${stands}${where}`.trimEnd(), ...s.values.map((v) => `          ${v}`)];
}
