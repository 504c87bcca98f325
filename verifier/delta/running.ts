// SPDX-License-Identifier: GPL-2.0-only
// What every job of a review shares, and how trees are run on it.

import { availableParallelism } from 'node:os';
import type { PatchReview } from '../report/review.ts';
import '../instrument/transpile.ts';
import { linkSide, type RunnableSide } from '../scenario/link-side.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import type { ConfigName } from '../tree/arms.ts';
import type { PortTree } from '../tree/load.ts';
import { Budget } from './budget.ts';
import type { PairOfRuns } from './compare.ts';
import type { FindingContext } from './findings.ts';
import { chosen, configOf, type Chosen, type Job, type JobPair, type JobResult } from './job.ts';
import { Workers } from './pool.ts';
import { prepared } from './prepare.ts';
import { variantSuffix, type Switches } from './switches.ts';

export interface Progress {
  readonly patch: string;
  readonly scenario: string;
  readonly done: number;
  readonly total: number;
  readonly events: number;
  readonly findings: number;
}

export interface ReviewOptions {
  readonly suite: 'default' | 'full';
  /** A glob over scenario ids. */
  readonly scenarios: string | null;
  readonly budget: { readonly executions: number | null; readonly seconds: number | null };
  readonly config: ConfigName;
  readonly switches: Switches;
  /** Worker threads; null is one a core. */
  readonly jobs: number | null;
  readonly onProgress: (p: Progress) => void;
  /** Told of each patch when its verdict stands, in order. */
  readonly onReviewed: (p: PatchReview) => void;
  /** Asked now and then: true ends the review with what was found. */
  readonly stop: () => boolean;
}

export const DEFAULT_OPTIONS: ReviewOptions = {
  suite: 'default', scenarios: null, budget: { executions: null, seconds: null }, config: 'default', switches: {}, jobs: null,
  onProgress: () => undefined, onReviewed: () => undefined, stop: () => false,
};

/** What all patches of a review share. */
export interface Running { readonly options: ReviewOptions; readonly budget: Budget; readonly which: Chosen; readonly threads: number; readonly workers: Workers }

/** apart: in threads of their own, whatever there is to run. */
export function running(options: ReviewOptions, apart: boolean): Running {
  const which = chosen(options.suite, options.scenarios);
  // Workers pay from a few dozen scenarios on: each links the port for itself.
  const threads = which.kind === 'ids' && which.ids.length < 40 ? 1 : options.jobs ?? availableParallelism();
  return { options, budget: new Budget(options), which, threads, workers: new Workers(threads, apart) };
}

/** Runs trees on each setting of the switches, and does something else meanwhile. */
export async function runVariants<T>(target: string, trees: readonly PortTree[], variants: readonly Switches[], run: Running & { readonly costs: readonly string[] }, meanwhile: () => Promise<T>): Promise<{ readonly result: JobResult; readonly own: T }> {
  const { options, budget, which, threads, costs } = run;
  const count = which.kind === 'full' ? null : which.ids.length;
  const files = trees.map((tree) => tree.files);
  const job: Job = {
    target, trees: files, variants, config: options.config, ...prepared(files, options.config, variants), costs, chosen: which,
    limit: budget.share(count), deadline: budget.deadline, stop: budget.flag, next: new SharedArrayBuffer(4),
  };
  return run.workers.run(job, { threads, onTick: (p) => { options.onProgress({ patch: target, ...p, total: count ?? 0 }); } }, meanwhile);
}

export function pairsOf(pairs: readonly JobPair[], variants: readonly Switches[]): PairOfRuns[] {
  return pairs.map((p): PairOfRuns => {
    const switches = variants[p.variant] ?? {};
    return { id: `${p.scenario}${variantSuffix(switches)}`, scenario: named(p.scenario), switches, before: p.before, after: p.after };
  });
}
function named(id: string): Scenario {
  const scenario = scenarioNamed(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return scenario;
}

export type Linker = (before: PortTree, after: PortTree) => FindingContext['sides'];

/** Sides of this thread, linked when a witness is wanted of them, and held while a patch beside them is looked at. */
export function linker(config: ConfigName): Linker {
  const held = new Map<PortTree, Map<string, RunnableSide>>();
  const side = (tree: PortTree, switches: Switches): RunnableSide => {
    const of = held.get(tree) ?? new Map<string, RunnableSide>();
    held.set(tree, of);
    const made = of.get(variantSuffix(switches)) ?? linkSide(tree.files, configOf(config, switches));
    of.set(variantSuffix(switches), made);
    return made;
  };
  return (before, after) => {
    for (const tree of [...held.keys()]) if (tree !== before && tree !== after) held.delete(tree);
    return (switches) => ({ get before() { return side(before, switches); }, get after() { return side(after, switches); } });
  };
}
