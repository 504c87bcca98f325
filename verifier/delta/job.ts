// SPDX-License-Identifier: GPL-2.0-only
// What a worker is asked: the scenarios of a review on all its sides, as plain data. Workers take one
// scenario after the other from a common count, so that none waits for another, and whoever takes one
// runs it on every side; the results are put in order by the scenarios' numbers.

import { CONFIGS, type ConfigName } from '../tree/arms.ts';
import type { Difference } from '../tree/difference.ts';
import type { Compiled } from '../instrument/compile.ts';
import { linkSide, type RunnableSide } from '../scenario/link-side.ts';
import type { Run } from '../scenario/run.ts';
import { defaultSuite, fullSuite, matchesGlob, scenarioNamed } from '../scenario/suite.ts';
import type { Switches } from './switches.ts';

/** A tree in one setting of the switches. */
export interface SideSpec { readonly tree: number; readonly variant: number }

export interface Job {
  readonly target: string;
  /** A tree and what it becomes, step by step: what is after one patch is before the next. The base stands alone. */
  readonly trees: readonly ReadonlyMap<string, string>[];
  /** What had to be compiled for them, with the resolved text it was made of. */
  readonly compiled: readonly { readonly text: string; readonly compiled: Compiled }[];
  readonly variants: readonly Switches[];
  readonly config: ConfigName;
  /** For every two sides (indices of sidesOfJob) what they do differently: `[i][j]` with j < i. */
  readonly differences: readonly (readonly Difference[])[];
  /** Run first, in the first setting alone, for their costs: no part of the suite. */
  readonly costs: readonly string[];
  readonly chosen: Chosen;
  /** At most so many scenarios. */
  readonly limit: number | null;
  /** When to stop, in milliseconds of the machine's monotonic clock. */
  readonly deadline: number | null;
  /** Set to 1 from outside: stop at the next scenario. */
  readonly stop: SharedArrayBuffer;
  /** The number of the scenario that is taken next. */
  readonly next: SharedArrayBuffer;
}

export interface JobPair {
  /** The scenario's place in the suite. */
  readonly index: number;
  /** Before is this tree, after the next. */
  readonly step: number;
  readonly variant: number;
  readonly scenario: string;
  readonly before: Run;
  readonly after: Run;
  /** Which of the two were taken over from a side that does the same. */
  readonly shared: { readonly before: boolean; readonly after: boolean };
}
export interface JobResult {
  readonly pairs: readonly JobPair[];
  readonly costs: readonly JobPair[];
  /** By tree: `file:line` of statements that it reached, of those that its step changed at least. */
  readonly reached: readonly (readonly string[])[];
  /** No scenario was left. */
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

/** The scenarios of a review: by id, or, of the whole product, as many as there are. */
export type Chosen = { readonly kind: 'ids'; readonly ids: readonly string[] } | { readonly kind: 'full'; readonly glob: string | null };

export function chosen(suite: 'default' | 'full', glob: string | null): Chosen {
  if (suite === 'full') return { kind: 'full', glob };
  const all = defaultSuite().scenarios.map((s) => s.id);
  if (glob === null) return { kind: 'ids', ids: all };
  const hit = all.filter((id) => matchesGlob(id, glob));
  // A point of the space that the default suite does not happen to hold may be named, too.
  return { kind: 'ids', ids: hit.length === 0 && scenarioNamed(glob) !== null ? [glob] : hit };
}
/** What a job runs, in order. */
export function* idsOf({ costs, chosen: c }: Pick<Job, 'costs' | 'chosen'>): Generator<string> {
  yield* costs;
  switch (c.kind) {
    case 'ids': yield* c.ids; return;
    case 'full': for (const { id } of fullSuite()) if (c.glob === null || matchesGlob(id, c.glob)) yield id;
  }
}

/** The sides of a job: each tree in each setting. */
export function sidesOfJob(job: Pick<Job, 'trees' | 'variants'>): readonly SideSpec[] {
  return job.variants.flatMap((_, variant) => job.trees.map((_tree, tree): SideSpec => ({ tree, variant })));
}

export function configOf(config: ConfigName, switches: Switches): Readonly<Record<string, string>> { return { ...CONFIGS[config], ...switches }; }

export function linkOf(job: Job, { tree, variant }: SideSpec): RunnableSide {
  return linkSide(job.trees[tree] ?? new Map(), configOf(job.config, job.variants[variant] ?? {}));
}
