// SPDX-License-Identifier: GPL-2.0-only
// Before and after, side by side: which findings are new, gone or the same, and which outcomes
// came or went. Identity is rule, function, statement and kind of object (DESIGN.md, Sides).

import { identity, type RunFinding } from '../check/finding.ts';
import type { Witness } from '../scenario/explored.ts';
import type { Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { FindingState } from '../report/review.ts';
import { variantSuffix, type Switches } from './target.ts';

export interface PairOfRuns {
  /** The scenario's id with its variant, as reports name it. */
  readonly id: string;
  readonly scenario: Scenario;
  readonly switches: Switches;
  readonly before: Run;
  readonly after: Run;
}

export interface Seen { readonly pair: PairOfRuns; readonly run: Run; readonly finding: RunFinding; readonly side: 'before' | 'after' }

export interface ComparedFinding {
  readonly identity: string;
  readonly state: FindingState;
  /** The smallest run that shows it: on the after side unless it is gone there. */
  readonly witness: Seen;
  /** In how many of the runs of each side it is seen. */
  readonly before: number;
  readonly after: number;
}

export interface Comparison {
  readonly findings: readonly ComparedFinding[];
  /** Gone, but no run of the other side got far enough to show it. */
  readonly masked: readonly ComparedFinding[];
}

interface Group { readonly before: Seen[]; readonly after: Seen[] }

export function compareFindings(pairs: readonly PairOfRuns[]): Comparison {
  const groups = new Map<string, Group>();
  const note = (pair: PairOfRuns, side: 'before' | 'after'): void => {
    const run = pair[side];
    for (const finding of run.findings) {
      const id = identity(finding);
      const group = groups.get(id) ?? { before: [], after: [] };
      group[side].push({ pair, run, finding, side });
      groups.set(id, group);
    }
  };
  for (const pair of pairs) { note(pair, 'before'); note(pair, 'after'); }

  const findings: ComparedFinding[] = [];
  const masked: ComparedFinding[] = [];
  for (const [id, g] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const made = (state: FindingState, from: readonly Seen[]): ComparedFinding =>
      ({ identity: id, state, witness: smallest(from), before: g.before.length, after: g.after.length });
    if (g.before.length > 0 && g.after.length > 0) findings.push(made('same', g.after));
    else if (g.after.length > 0) findings.push(made(stateOfNew(g.after), g.after));
    else if (g.before.every((s) => cutShort(s.pair.after))) masked.push(made('unmasked', g.before));
    else findings.push(made('fixed', g.before));
  }
  return { findings, masked };
}

/** Where no run before could have shown it, it is not the patch that made it. */
function stateOfNew(seen: readonly Seen[]): FindingState {
  const could = seen.filter((s) => s.pair.before.status !== 'unsupported');
  if (could.length === 0) return 'introduced';
  return could.every((s) => cutShort(s.pair.before)) ? 'unmasked' : 'new';
}

function cutShort(run: Run): boolean { return run.endedEarly; }

/** Nearest to the plain case, then fewest accesses, then by name: the one a reader wants to see. */
function smallest(seen: readonly Seen[]): Seen {
  const [first, ...rest] = seen;
  if (first === undefined) throw new Error('a finding that no run shows');
  return rest.reduce((best, s) => (less(s, best) ? s : best), first);
}
function less(a: Seen, b: Seen): boolean {
  const ka = [oddities(a), witnessOf(a)?.preemptions ?? 0, witnessOf(a)?.steps ?? a.finding.event];
  const kb = [oddities(b), witnessOf(b)?.preemptions ?? 0, witnessOf(b)?.steps ?? b.finding.event];
  for (const i of [0, 1, 2]) if ((ka[i] ?? 0) !== (kb[i] ?? 0)) return (ka[i] ?? 0) < (kb[i] ?? 0);
  return a.pair.id < b.pair.id;
}
/** The execution that shows a finding, where the run was a search. */
export function witnessOf({ run, finding }: Seen): Witness | null { return run.search?.witnesses.get(identity(finding)) ?? null; }
function oddities({ pair }: Seen): number {
  return pair.scenario.oddities + variantSuffix(pair.switches).split('@').length - 1;
}
