// SPDX-License-Identifier: GPL-2.0-only
// A side in both forms, and what has to be the same of a scenario in both.

import type { ExecutionContext } from 'ava';
import { identity } from '../../verifier/check/finding.ts';
import { exploreScenario } from '../../verifier/scenario/explored.ts';
import { exploreReplayed, linkGeneratorSide } from '../../verifier/scenario/replayed.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { runScheduled } from '../../verifier/scenario/scheduled.ts';
import type { Segment } from '../../verifier/scenario/schedule.ts';
import { symbolOn, type Scenario } from '../../verifier/scenario/scenario.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/side.ts';
import { CONFIGS, type Config } from '../../verifier/tree/arms.ts';
import type { PortTree } from '../../verifier/tree/load.ts';

export interface BothForms { readonly frames: RunnableSide; readonly generators: RunnableSide }

export function bothForms(tree: PortTree, switches: Config = {}): BothForms {
  const config = { ...CONFIGS.default, ...switches };
  return { frames: linkSide(tree.files, config), generators: linkGeneratorSide(tree.files, config) };
}

/** Whether a side has what a scenario is about. */
export function has(side: RunnableSide, scenario: Scenario): boolean {
  return scenario.needs.every((n) => symbolOn(side.view, n) !== null);
}

/** Every interleaving: as many, with the same outcomes and findings, in as many steps. */
export function searchesAgree(t: ExecutionContext, { frames, generators }: BothForms, scenario: Scenario, algorithm: 'source' | 'enumerate' = 'source'): void {
  const options = { algorithm, maxExecutions: 100_000, maxEvents: 5000 };
  const a = exploreScenario(frames, scenario, options);
  const b = exploreReplayed(generators, scenario, options);
  const said = (f: { readonly message: string } & Parameters<typeof identity>[0]): string => `${identity(f)}: ${f.message}`;
  t.deepEqual(
    { executions: a.executions, blocked: a.blocked, events: a.events, bounds: a.bounds, outcomes: a.outcomes, findings: a.findings.map((f) => said(f.finding)) },
    { executions: b.executions, blocked: b.blocked, events: b.events, bounds: b.bounds, outcomes: b.outcomes, findings: b.findings.map(said) },
    `${scenario.id}, ${algorithm}`);
}

/** One order, said in accesses that each thread makes: every statement, what it reads and writes, and what comes of it. */
export function scheduledAgree(t: ExecutionContext, { frames, generators }: BothForms, scenario: Scenario, schedule: readonly Segment[]): void {
  const a = runScheduled(frames, scenario, schedule, 5000);
  const b = runScheduled(generators, scenario, schedule, 5000);
  const found = (r: typeof a): readonly string[] => r.findings.map((f) => `${identity(f)}: ${f.message}`);
  t.deepEqual([a.outcome, found(a), a.events, a.trace], [b.outcome, found(b), b.events, b.trace], `${scenario.id} ${schedule.map((s) => `${s.thread}.${s.until ?? ''}`).join('-')}`);
}

/** One thread: the whole run. */
export function runsAgree(t: ExecutionContext, { frames, generators }: BothForms, scenario: Scenario): void {
  const options = { trace: false, maxEvents: 3_000_000, resumable: true };
  t.deepEqual(runScenario(generators, scenario, options), runScenario(frames, scenario, options), scenario.id);
}

/** Numerical Recipes' linear congruence: any even spread does. */
export function* draws(seed: number): Generator<number, never> {
  for (let x = seed >>> 0; ;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

/** Threads that take turns at random, a few accesses or many at a time. */
export function randomSchedule(draw: Generator<number, never>, threads: number, length: number): Segment[] {
  const made: number[] = Array.from({ length: threads }, () => 0);
  return Array.from({ length }, () => {
    const thread = Math.floor(draw.next().value * threads);
    const longest = 10 ** (1 + Math.floor(draw.next().value * 3));
    const until = (made[thread] ?? 0) + 1 + Math.floor(draw.next().value * longest);
    made[thread] = until;
    return { thread, until };
  });
}
