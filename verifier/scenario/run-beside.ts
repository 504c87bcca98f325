// SPDX-License-Identifier: GPL-2.0-only
// A scenario with several threads as a run like any other: its outcomes, findings and bounds are those
// of the whole search, or, where a schedule is given, of that one execution.

import { identity } from '../check/finding.ts';
import { Unsupported } from './bench.ts';
import { endOf } from './ends.ts';
import { exploreScenario, type Explored, type Witness } from './explored.ts';
import type { RunnableSide } from './link-side.ts';
import type { Run, RunOptions } from './run.ts';
import type { Scenario } from './scenario.ts';
import type { Segment } from './schedule.ts';
import { runScheduled } from './scheduled.ts';

/** What a search of one scenario is given at most: more than any of the default suite needs. */
const BOUNDS = { source: 20_000, stateful: 120_000, events: 5_000 } as const;

const NO_COSTS = { rounds: 0, pins: 0, unpins: 0, callbacks: 0 };
const NOTHING = { findings: [], costs: NO_COSTS, trace: [], cycle: null, search: null } as const;

export function runBeside(side: RunnableSide, scenario: Scenario, options: RunOptions): Run {
  return options.schedule === undefined ? searched(side, scenario) : scheduled(side, scenario, options.schedule);
}

function searched(side: RunnableSide, scenario: Scenario): Run {
  const algorithm = scenario.search ?? 'source';
  const { runtime } = side.port;
  let found: Explored;
  try {
    found = exploreScenario(side, scenario, { algorithm, maxExecutions: BOUNDS[algorithm], maxEvents: BOUNDS.events });
  } catch (e) {
    if (e instanceof Unsupported) {
      runtime.concurrency = null;
      return { ...NOTHING, status: 'unsupported', bound: e.message, outcome: '', events: runtime.events, endedEarly: false };
    }
    // Not in a thread, whose end is an outcome: before any of them began.
    const ended = endOf(e, runtime.here());
    runtime.concurrency = null;
    runtime.journal.stop();
    if (ended === null) throw e;
    return { ...NOTHING, status: 'cut', bound: `the set-up does not come to its end: ${ended.kind === 'cut' ? ended.why : ended.result}`, outcome: ended.result, events: runtime.events, endedEarly: true };
  }
  const witnesses = new Map<string, Witness>();
  for (const f of found.findings) witnesses.set(identity(f.finding), f.witness);
  const [only] = found.outcomes;
  return {
    status: found.bounds.length === 0 ? 'ran' : 'cut', bound: found.bounds.length === 0 ? null : found.bounds.join('; '),
    outcome: only?.key ?? '', findings: found.findings.map((f) => f.finding), events: found.events, costs: NO_COSTS, trace: [], cycle: null, endedEarly: false,
    search: { executions: found.executions, blocked: found.blocked, states: found.states, points: found.points, outcomes: found.outcomes, witnesses },
  };
}

function scheduled(side: RunnableSide, scenario: Scenario, schedule: readonly Segment[]): Run {
  const run = runScheduled(side, scenario, schedule, BOUNDS.events);
  return {
    status: 'ran', bound: null, outcome: run.outcome, findings: run.findings, events: run.events, costs: NO_COSTS, trace: run.trace,
    cycle: run.cycle, endedEarly: false, search: null,
  };
}
