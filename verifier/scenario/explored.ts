// SPDX-License-Identifier: GPL-2.0-only
// Every interleaving of a scenario's threads that differs, on one side: the orders without a preemption,
// the complete search, and, for what only an interleaving shows, all executions with one preemption, so
// that it has its plainest witness.
// At which accesses threads have to stop is found on the way (sharing.ts): a search that finds one
// more place begins anew.

import { identity, type RunFinding } from '../check/finding.ts';
import { search } from '../explore/search.ts';
import type { Cycle, SearchResult } from '../explore/system.ts';
import type { Concurrency } from '../instrument/concurrency.ts';
import { boundedSearch } from './bounded.ts';
import type { KernelSystem } from './kernel-system.ts';
import type { RunnableSide } from './link-side.ts';
import type { Scenario } from './scenario.ts';
import { encodeSchedule } from './schedule.ts';
import { Several, type CycleTurn } from './several.ts';

/** The plainest execution that shows a finding: fewest preemptions, then fewest steps. */
export interface Witness {
  readonly schedule: string;
  readonly steps: number;
  /** Switches away from a thread that could have gone on: exact up to one, beyond that what was found. */
  readonly preemptions: number;
  /** Some order of the threads, one wholly after the other, shows it, too. */
  readonly serial: boolean;
  /** Of a livelock: its class. The schedule says where a turn begins. */
  readonly cycle: { readonly kind: CycleTurn['kind']; readonly preemptionsPerTurn: number } | null;
}

export interface Explored {
  /** null where states were searched. */
  readonly executions: number | null;
  readonly states: number | null;
  readonly cycles: readonly Cycle[];
  readonly blocked: number;
  readonly events: number;
  /** Cells of the machine at which threads had to stop. */
  readonly points: number;
  /** What was cut, a line each. */
  readonly bounds: readonly string[];
  readonly outcomes: readonly { readonly key: string; readonly executions: number | null }[];
  readonly findings: readonly { readonly finding: RunFinding; readonly witness: Witness }[];
}

export interface ExploreOptions { readonly maxExecutions: number; readonly maxEvents: number; readonly algorithm: 'enumerate' | 'source' | 'stateful' }

interface Kept { readonly finding: RunFinding; readonly schedule: string; readonly steps: number; readonly preemptions: number; readonly cycle: Witness['cycle'] }

export function exploreScenario(side: RunnableSide, scenario: Scenario, options: ExploreOptions): Explored {
  const { runtime } = side.port;
  const bench = new Several(side, scenario, options.algorithm === 'stateful');
  const { several, system, begin } = bench.ready();
  const start = runtime.journal.mark();
  const outcomes = new Map<string, number>();
  const found = new Map<string, Kept>();
  bench.world.onFinding = (f) => { keep(found, f, system, f.rule === 'livelock' ? bench.turn : null); };
  const leaf = (deadlocked: readonly number[], cut = false): void => {
    const mark = runtime.journal.mark();
    if (!system.ended() && !cut) bench.over(deadlocked, several, start);
    const key = bench.outcome();
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    runtime.journal.undo(mark);
  };
  const afresh = (run: () => void): void => {
    do {
      several.sharing.grown = false;
      found.clear();
      outcomes.clear();
      bench.cuts.clear();
      // What the endings showed went with the findings.
      bench.endings.clear();
      runtime.journal.undo(start);
      // What a thread does before its first point depends on which cells are points.
      begin();
      run();
    } while (several.sharing.grown);
  };
  several.watchesCycles = options.algorithm !== 'stateful';
  let serial: ReadonlySet<string> = new Set();
  const results: SearchResult[] = [];
  // Which cells matter is found by the small searches first; the large one is then seldom run twice.
  afresh(() => { boundedSearch(system, 0, options.maxEvents, leaf); });
  afresh(() => {
    boundedSearch(system, 0, options.maxEvents, leaf);
    serial = new Set(found.keys());
    outcomes.clear();
    bench.cuts.clear();
    const begun = system.save();
    results.push(search(system, { ...options, seed: 0, preemptions: false }, {
      maximal: (execution) => {
        leaf(execution.deadlocked);
        return several.sharing.grown ? 'stop' : 'go on';
      },
    }));
    system.undo(begun);
    if (!several.sharing.grown) for (const c of uncut(results[results.length - 1])) follow(c, bench, several, system);
    system.undo(begun);
    const whole = results[results.length - 1]?.bounds.length === 0;
    if (several.sharing.grown || (whole && [...found.keys()].every((id) => serial.has(id)))) return;
    // What only an interleaving shows: the plainest one that does. Its executions are among those that were counted.
    const counted = [...outcomes];
    boundedSearch(system, 1, options.maxEvents, leaf, () => whole && system.schedule.length >= longestToBeat(found, serial));
    outcomes.clear();
    for (const [key, n] of counted) outcomes.set(key, n);
  });
  const result = results[results.length - 1];
  if (result === undefined) throw new Error('no search was made');
  const { points } = several.sharing;
  runtime.journal.undo(start);
  runtime.concurrency = null;
  runtime.journal.stop();
  return {
    executions: result.executions, states: result.states, cycles: result.cycles, blocked: result.blocked, events: result.events, points,
    bounds: [...result.bounds, ...[...bench.cuts].sort()],
    outcomes: [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => ({ key, executions: result.executions === null ? null : n })),
    findings: [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, { finding, ...w }]) => ({ finding, witness: { ...w, cycle: w.cycle === null ? null : { kind: w.cycle.kind, preemptionsPerTurn: w.cycle.preemptionsPerTurn }, serial: serial.has(id) } })),
  };
}

/** The steps from which on an execution with one preemption is no plainer witness of anything: all are known, and each from one as long. */
function longestToBeat(found: ReadonlyMap<string, Kept>, serial: ReadonlySet<string>): number {
  let longest = 0;
  for (const [id, kept] of found) if (!serial.has(id)) longest = Math.max(longest, kept.preemptions > 1 ? Number.POSITIVE_INFINITY : kept.steps);
  return longest;
}

/** Cycles of a graph that was searched whole: of a part nobody knows what leads out of them. */
function uncut(result: SearchResult | undefined): readonly Cycle[] { return result?.bounds.length === 0 ? result.cycles : []; }

/** Goes once round a cycle that the graph of states has, so that it is found like everything else. */
function follow(c: Cycle, bench: Several, several: Concurrency, system: KernelSystem): void {
  const mark = system.save();
  for (const m of [...c.stem, ...c.loop]) {
    if (system.ended() || system.status(m.thread) !== 'enabled') break;
    system.step(m.thread);
  }
  bench.turn = { kind: c.kind, preemptionsPerTurn: c.preemptionsPerTurn, from: c.stem.length };
  bench.livelock(several, [...new Set(c.loop.map((m) => m.thread))].sort((a, b) => a - b), null);
  system.undo(mark);
}

function keep(found: Map<string, Kept>, finding: RunFinding, system: KernelSystem, turn: CycleTurn | null): void {
  const id = identity(finding);
  const known = found.get(id);
  const { preemptions } = system;
  const steps = system.schedule.length;
  if (known !== undefined && (known.preemptions < preemptions || (known.preemptions === preemptions && known.steps <= steps))) return;
  found.set(id, { finding, schedule: encodeSchedule(system.segments(turn?.from ?? null)), steps, preemptions, cycle: turn });
}
