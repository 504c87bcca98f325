// SPDX-License-Identifier: GPL-2.0-only
// An interleaving for a person to read: time goes down, each thread has a lane, and what a step
// changed stands at the right, told of the page that the finding is about. Shown are the steps that
// touch that page and those around a switch; stretches of others are folded into a count.
// Where there is no room at the right, changes stand below their statement.

import { counted } from './layout.ts';
import type { Paint } from './paint.ts';
import type { Finding, Step } from './review.ts';
import { PREEMPTED, WAITS } from '../check/trace.ts';

export interface LaneOptions {
  readonly width: number;
  /** Nothing is folded. */
  readonly all: boolean;
  readonly paint: Paint;
}

/** Number and mark, before the lanes. */
const MARGIN = 7;
/** Widest that changes are given beside a lane, and the least a lane is moved to the right. */
const BESIDE = 30;
const LANE = 8;
/** What the last lane gets: names of functions are long. */
const LAST = 28;
/** How far apart lanes are where there is no room for anything else. */
const CLOSE = 12;
/** Fewer steps than this are shown rather than folded. */
const FOLD = 3;
/** Shown of one thread's turn where nothing tells what matters in it, from its ends. */
const [HEAD, TAIL] = [2, 5];

interface Lane { readonly thread: string; readonly cpu: number }

/** steps: the witness, or a part of a cycle. */
export function interleavingLines(f: Finding, { width, all, paint }: LaneOptions, steps: readonly Step[] = f.witness): string[] {
  const page = pageOf(f);
  const lanes = lanesOf(steps);
  const shown = all ? new Set(steps) : worthShowing(steps, page);
  const short = shortener(steps, page);
  const turns = turnsOf(steps);
  const told = [...shown].flatMap((s) => s.values.map((v) => (v === PREEMPTED ? preempted(1, nextOf(s, steps)) : short(v))));
  const grid = gridOf([...told, verdict(f)], lanes, width);
  const left = (s: Step): number => MARGIN + grid.lane * Math.max(0, lanes.findIndex((l) => l.thread === s.thread && l.cpu === s.cpu));

  const heads = lanes.map((l) => `CPU${l.cpu} ${l.thread}`);
  const headed = (cells: readonly string[]): string => cells.reduce((line, cell, i) => line.padEnd(MARGIN + grid.lane * i) + cell, '');
  const out = [
    clip(beside(headed(heads), page ?? '', grid), width),
    clip(beside(headed(heads.map((h) => '-'.repeat(Math.max(h.length, grid.lane - 2)))), page === null ? '' : '-'.repeat(page.length), grid), width),
  ];
  let switched = 0;
  for (const turn of turns) {
    for (const group of folded(turn, shown)) {
      const [first] = group.steps;
      if (first === undefined) continue;
      if (group.hidden) {
        out.push(paint.dim(`${' '.repeat(left(first))}\u2026 ${counted(group.steps.length, 'step')}${first.thread === '' ? '' : ` of ${first.thread}`}`));
        continue;
      }
      for (const s of group.steps) {
        if (s.values.includes(PREEMPTED)) switched += 1;
        out.push(...rowOf(s, { f, left: left(s), grid, width, short, switched, next: nextOf(s, steps), paint }));
      }
    }
  }
  return out.map((line) => line.trimEnd());
}

/** Steps that nothing shows by default. */
export function isFolded(f: Finding): boolean { return worthShowing(f.witness, pageOf(f)).size < f.witness.length; }

export function isFindingStep(s: Step, f: Finding): boolean { return s === f.witness.at(-1); }
/** Somebody else goes on while this thread stands there. */
export function isSwitch(s: Step): boolean { return s.values.some((v) => v === PREEMPTED || v.startsWith(WAITS)); }

interface Grid { readonly lane: number; /** Where changes stand; null where there is no room beside the lanes. */ readonly at: number | null; readonly room: number }

function gridOf(values: readonly string[], lanes: readonly Lane[], width: number): Grid {
  const n = Math.max(1, lanes.length);
  const most = Math.min(BESIDE, Math.floor(width / 3));
  const room = Math.max(10, ...values.map((v) => v.length).filter((l) => l <= most));
  const roomy = width - MARGIN - room >= LAST + LANE * (n - 1);
  const text = width - MARGIN - (roomy ? room : 0);
  // What stands in a lane may run on into the next ones, which are empty there: only the last needs room.
  const apart = n === 1 ? text : Math.min(Math.floor(text / n), Math.floor((text - LAST) / (n - 1)), roomy ? text : CLOSE);
  return { lane: Math.max(LANE, apart), at: roomy ? width - room : null, room };
}

interface Row {
  readonly f: Finding;
  readonly left: number;
  readonly grid: Grid;
  readonly width: number;
  readonly short: (value: string) => string;
  /** Preemptions so far. */
  readonly switched: number;
  readonly next: Step | null;
  readonly paint: Paint;
}

function rowOf(s: Step, row: Row): string[] {
  const { f, grid, width, paint, next } = row;
  const here = isFindingStep(s, f);
  const where = s.function === '' ? '(user code)' : `${s.function}()`;
  const pad = ' '.repeat(row.left);
  const number = `${here ? '>>' : '  '}${String(s.n).padStart(3)}`.padEnd(MARGIN);
  const lines = [
    number.padEnd(row.left) + (isSwitch(s) ? `stands in ${where}` : where),
    ...(s.text === '' ? [] : [`${pad}  ${s.text}`]),
  ];
  const changes = s.values.map((v) => (v === PREEMPTED ? preempted(row.switched, next) : row.short(v)));
  if (here) changes.push(verdict(f));
  const out: string[] = [];
  for (const line of lines) {
    const [change] = changes;
    const fits = change !== undefined && grid.at !== null && line.length + 2 <= grid.at && change.length <= grid.room;
    out.push(fits ? beside(line, change, grid) : clip(line, width));
    if (fits) changes.shift();
  }
  for (const change of changes) {
    const alone = grid.at !== null && change.length <= grid.room ? beside('', change, grid) : `${' '.repeat(Math.min(row.left + 4, Math.max(MARGIN, width - change.length)))}${change}`;
    out.push(clip(alone, width));
  }
  const mark = here ? paint.red : isSwitch(s) ? paint.yellow : s.values.some((v) => v.endsWith(' freed')) ? paint.bold : (x: string): string => x;
  return out.map(mark);
}

function nextOf(s: Step, steps: readonly Step[]): Step | null { return steps[steps.indexOf(s) + 1] ?? null; }
function preempted(n: number, next: Step | null): string { return `preemption ${n}: ${next === null || next.thread === '' ? 'others go' : `${next.thread} goes`} on`; }
function verdict(f: Finding): string { return `==> [${f.code}] ${f.rule}`; }

function beside(line: string, change: string, { at }: Grid): string { return at === null || change === '' ? line : line.padEnd(at) + change; }
function clip(line: string, width: number): string { return line.length <= width ? line : `${line.slice(0, width - 1)}\u2026`; }

function lanesOf(steps: readonly Step[]): readonly Lane[] {
  const out: Lane[] = [];
  for (const s of steps) if (s.thread !== '' && !out.some((l) => l.thread === s.thread && l.cpu === s.cpu)) out.push({ thread: s.thread, cpu: s.cpu });
  return out.sort((a, b) => a.cpu - b.cpu);
}

function turnsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const out: Step[][] = [];
  for (const [i, s] of steps.entries()) {
    const before = steps[i - 1];
    if (before === undefined || before.thread !== s.thread || before.cpu !== s.cpu) out.push([]);
    out.at(-1)?.push(s);
  }
  return out;
}

/** The page that the finding is about, as values name it. */
function pageOf(f: Finding): string | null { return /(?:(?:device|movable) )?page 0x[0-9a-f]+/.exec(f.message)?.[0] ?? null; }

function worthShowing(steps: readonly Step[], page: string | null): ReadonlySet<Step> {
  const frame = page === null ? null : new RegExp(`\\b${page.split(' ').at(-1)}\\b`);
  const out = new Set<Step>();
  for (const turn of turnsOf(steps)) {
    const [first, last] = [turn[0], turn.at(-1)];
    const telling = frame === null ? [] : turn.filter((s) => s.values.some((v) => frame.test(v)));
    for (const s of [first, last, ...telling, ...turn.filter(isSwitch)]) if (s !== undefined) out.add(s);
    if (telling.length === 0) for (const s of [...turn.slice(0, HEAD), ...turn.slice(-TAIL)]) out.add(s);
  }
  // A few by themselves are shorter than the line that counts them.
  for (const turn of turnsOf(steps)) for (const g of folded(turn, out)) if (g.hidden && g.steps.length < FOLD) for (const s of g.steps) out.add(s);
  return out;
}

function folded(turn: readonly Step[], shown: ReadonlySet<Step>): readonly { readonly hidden: boolean; readonly steps: readonly Step[] }[] {
  const out: { hidden: boolean; steps: Step[] }[] = [];
  for (const s of turn) {
    const hidden = !shown.has(s);
    const last = out.at(-1);
    if (last?.hidden === hidden) last.steps.push(s);
    else out.push({ hidden, steps: [s] });
  }
  return out;
}

/** Changes of the page that everything is about need not name it, nor entries the only address there is. */
function shortener(steps: readonly Step[], page: string | null): (value: string) => string {
  const entries = new Set(steps.flatMap((s) => s.values.flatMap((v) => /^pte\(\w+\)/.exec(v)?.[0] ?? [])));
  return (value) => {
    const said = (entries.size === 1 ? value.replace(/^pte\(\w+\)/, 'pte') : value).replace(/ for reading$/, ' (read)');
    if (page === null) return said;
    if (said === `${page} freed`) return 'freed here';
    return said.replace(`(${page})`, '').replace(new RegExp(`^${page} (locked|unlocked|allocated)$`), 'page $1');
  };
}
