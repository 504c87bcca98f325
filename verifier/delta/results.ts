// SPDX-License-Identifier: GPL-2.0-only
// The runs of a patch as a review has them: by scenario, what was cut short, what nobody reached.

import type { Place, ScenarioResult, Side } from '../report/review.ts';
import type { Run } from '../scenario/run.ts';
import type { Applied } from '../transform/index.ts';
import { treeHash, type PortTree } from '../tree/load.ts';
import type { PairOfRuns } from './compare.ts';
import type { JobPair } from './job.ts';

/** The patch's statements that nothing reached: those that can run at all. */
export function unreachedOf(applied: Extract<Applied, { readonly ok: true }>, reached: ReadonlySet<string>): Place[] {
  return applied.changed
    .filter((c) => c.kind !== 'removed' && runs(c.text) && !reached.has(`${c.file}:${c.line}`))
    .map(({ file, line, function: fn, text }) => ({ file, line, function: fn, text }));
}
/** Declarations without a value, types and braces do nothing when they run. */
function runs(text: string): boolean {
  return !/^(import|export (const|type|interface|class)|function|export function|interface|type|class|\/\/|[{}]|(let|const) \w+(: [^=]+)?;?$|\w+:( \{)?$)/.test(text.trim());
}

export function scenarioResult(pair: PairOfRuns): ScenarioResult {
  const before = sideOf(pair.before);
  const after = sideOf(pair.after);
  const keys = (s: Side): string[] => s.outcomes.map((o) => o.key);
  const comparable = before.status !== 'unsupported' && after.status !== 'unsupported';
  return {
    id: pair.id, threads: pair.scenario.threads?.length ?? 1, before, after,
    added: comparable ? keys(after).filter((k) => !keys(before).includes(k)) : [],
    removed: comparable ? keys(before).filter((k) => !keys(after).includes(k)) : [],
  };
}
function sideOf(run: Run): Side {
  if (run.search !== null) {
    const { executions, blocked, states, outcomes } = run.search;
    return { status: run.status, executions, blocked, events: run.events, bound: run.bound, states, outcomes };
  }
  return {
    status: run.status, executions: run.status === 'unsupported' ? 0 : 1, blocked: 0, events: run.events, bound: run.bound, states: null,
    outcomes: run.status === 'unsupported' ? [] : [{ key: run.outcome, executions: 1 }],
  };
}

export function allEnded(pairs: readonly PairOfRuns[]): boolean {
  return pairs.every((p) => p.before.status !== 'cut' && p.after.status !== 'cut');
}
/** What was run, so that a report can be held against sources. */
export function sources(id: string, before: PortTree, after: PortTree): string {
  return `${id}: sources ${treeHash(before).slice(0, 12)} before, ${treeHash(after).slice(0, 12)} after`;
}
/** Runs that stand for two sides; what is after one patch and before the next is one run. */
export function shared(pairs: readonly JobPair[]): string[] {
  const taken = new Map<string, boolean>();
  for (const p of pairs) {
    taken.set(`${p.scenario}@${p.variant}@${p.step}`, p.shared.before);
    taken.set(`${p.scenario}@${p.variant}@${p.step + 1}`, p.shared.after);
  }
  const n = [...taken.values()].filter((one) => one).length;
  return n === 0 ? [] : [`${n} of the ${taken.size} runs were taken over from a side that does the same: they reach no function that differs`];
}
/** Runs that were cut short, by reason. */
export function cuts(pairs: readonly PairOfRuns[]): string[] {
  const by = new Map<string, number>();
  for (const p of pairs) for (const run of [p.before, p.after]) if (run.status === 'cut') by.set(run.bound ?? '', (by.get(run.bound ?? '') ?? 0) + 1);
  return [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, n]) => `${n} run${n === 1 ? '' : 's'} cut short: ${why}`);
}

