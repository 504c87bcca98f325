// SPDX-License-Identifier: GPL-2.0-only
// One side pair, all its scenarios: the part of a review that runs in a worker. Plain data in and
// out, so that the result is the same whoever runs it, and in whatever order the jobs end.

import { CONFIGS, resolveArms, type ConfigName } from '../tree/arms.ts';
import type { PortTree } from '../tree/load.ts';
import { compile, takeCompiled, type Compiled } from '../instrument/compile.ts';
import { linkSide, type RunnableSide } from '../scenario/link-side.ts';
import { runScenario, type Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { defaultSuite, fullSuite, matchesGlob, scenarioNamed } from '../scenario/suite.ts';
import { variantSuffix, type Switches } from './switches.ts';

export interface Job {
  readonly target: string;
  /** Both trees by path; the base has one twice. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** What had to be compiled for them, with the resolved text it was made of. */
  readonly compiled: readonly { readonly text: string; readonly compiled: Compiled }[];
  readonly switches: Switches;
  readonly config: ConfigName;
  readonly suite: 'default' | 'full';
  readonly scenarios: string | null;
  /** At most so many scenarios. */
  readonly limit: number | null;
  /** When to stop, in milliseconds of the machine's monotonic clock. */
  readonly deadline: number | null;
  /** Set to 1 from outside: stop at the next scenario. */
  readonly stop: SharedArrayBuffer;
}

export interface JobPair { readonly scenario: string; readonly before: Run; readonly after: Run }
export interface JobResult {
  readonly pairs: readonly JobPair[];
  /** `file:line` of statements that the after side reached. */
  readonly reached: readonly string[];
  /** All scenarios were run. */
  readonly complete: boolean;
}

export interface JobTick { readonly scenario: string; readonly events: number; readonly findings: number }

/** Adds up what a job's ticks say. */
export function tally(tell: (sum: { readonly scenario: string; readonly done: number; readonly events: number; readonly findings: number }) => void): (t: JobTick) => void {
  let done = 0;
  let events = 0;
  let findings = 0;
  return (t) => {
    done += 1;
    events += t.events;
    findings += t.findings;
    tell({ scenario: t.scenario, done, events, findings });
  };
}

export function nowMs(): number { return Number(process.hrtime.bigint() / 1_000_000n); }

function configOf(config: ConfigName, switches: Switches): Readonly<Record<string, string>> {
  return { ...CONFIGS[config], ...switches };
}

/** The scenarios a review asks for, in order. */
export function chosen(suite: 'default' | 'full', glob: string | null): Iterable<Scenario> {
  if (suite === 'full') return glob === null ? fullSuite() : only(fullSuite(), glob);
  const all = defaultSuite().scenarios;
  if (glob === null) return all;
  const hit = all.filter((s) => matchesGlob(s.id, glob));
  // A point of the space that the default suite does not happen to hold may be named, too.
  const named = hit.length === 0 ? scenarioNamed(glob) : null;
  return named === null ? hit : [named];
}
function* only(all: Iterable<Scenario>, glob: string): Generator<Scenario> {
  for (const s of all) if (matchesGlob(s.id, glob)) yield s;
}

/** Links both sides of a target for one setting of the switches; the base has one side twice. */
export function sidePair(before: PortTree['files'], after: PortTree['files'], config: ConfigName, switches: Switches): { readonly before: RunnableSide; readonly after: RunnableSide } {
  const one = linkSide(before, configOf(config, switches));
  return { before: one, after: before === after ? one : linkSide(after, configOf(config, switches)) };
}

/** Both sides, compiled: a worker that is handed them never loads TypeScript. */
export function compiledFor(before: PortTree['files'], after: PortTree['files'], config: ConfigName, switches: Switches): Job['compiled'] {
  const out: { text: string; compiled: Compiled }[] = [];
  for (const files of before === after ? [before] : [before, after]) {
    for (const [file, raw] of files) {
      if (files === after && before !== after && before.get(file) === raw) continue;
      const text = resolveArms(raw, configOf(config, switches));
      out.push({ text, compiled: compile(file, text) });
    }
  }
  return out;
}

/** Runs a job; `tick` is told of each scenario, and `breathe` lets this thread's other events through. */
export async function runJob(job: Job, tick: (t: JobTick) => void, breathe: () => Promise<void> = async () => undefined): Promise<JobResult> {
  for (const { text, compiled } of job.compiled) takeCompiled(text, compiled);
  const sides = sidePair(job.before, job.after, job.config, job.switches);
  const stop = new Int32Array(job.stop);
  const pairs: JobPair[] = [];
  let complete = true;
  for (const scenario of chosen(job.suite, job.scenarios)) {
    const over = Atomics.load(stop, 0) !== 0 || (job.limit !== null && pairs.length >= job.limit) || (job.deadline !== null && nowMs() >= job.deadline);
    if (over) { complete = false; break; }
    const a = runScenario(sides.before, scenario);
    const b = sides.after === sides.before ? a : runScenario(sides.after, scenario);
    pairs.push({ scenario: scenario.id, before: a, after: b });
    tick({ scenario: `${scenario.id}${variantSuffix(job.switches)}`, events: a.events + b.events, findings: b.findings.length });
    if (pairs.length % 8 === 0) await breathe();
  }
  return { pairs, reached: reachedOf(sides.after), complete };
}

function reachedOf(side: RunnableSide): string[] {
  const { runtime } = side.port;
  const out = new Set<string>();
  runtime.reached.forEach((n, at) => {
    const site = runtime.sites[at];
    if (n !== 0 && site?.covers === true) out.add(`${site.file}:${site.line}`);
  });
  return [...out].sort();
}
