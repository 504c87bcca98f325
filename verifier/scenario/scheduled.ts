// SPDX-License-Identifier: GPL-2.0-only
// One execution of a scenario's threads by a schedule, for whoever follows it step by step.

import type { RunFinding } from '../check/finding.ts';
import { Tracer, type TracedStep } from '../check/trace.ts';
import type { RunnableSide } from './link-side.ts';
import type { Scenario } from './scenario.ts';
import type { Segment } from './schedule.ts';
import { Several } from './several.ts';

export interface Scheduled {
  readonly outcome: string;
  readonly findings: readonly RunFinding[];
  readonly trace: readonly TracedStep[];
  readonly events: number;
}

/** Follows the schedule as far as it says; then each thread in turn runs on, as far as it goes. */
export function runScheduled(side: RunnableSide, scenario: Scenario, schedule: readonly Segment[], maxEvents: number): Scheduled {
  const { runtime } = side.port;
  const bench = new Several(side, scenario, false);
  const tracer = new Tracer(bench.world);
  const { several, system, begin } = bench.ready();
  bench.checker.tracer = tracer;
  const since = runtime.journal.mark();
  several.stopAt = 0;
  begin();
  const run = (t: number, until: number | null): void => {
    several.stopAt = until ?? Number.POSITIVE_INFINITY;
    const goal = several.stopAt;
    do {
      if (system.ended() || t >= system.threads() || system.status(t) !== 'enabled') return;
      system.step(t);
    } while ((several.threads[t]?.accesses ?? goal) < goal);
  };
  for (const s of schedule) run(s.thread, s.until);
  for (let again = true, steps = 0; again && !system.ended() && steps < maxEvents; steps += 1) {
    const next = Array.from({ length: system.threads() }, (_, t) => t).find((t) => system.status(t) === 'enabled');
    again = next !== undefined;
    if (next !== undefined) run(next, null);
  }
  if (!system.ended()) {
    const stuck = Array.from({ length: system.threads() }, (_, t) => t).filter((t) => system.status(t) !== 'done');
    bench.over(stuck, several, since);
  }
  const out = { outcome: bench.outcome(), findings: [...bench.world.findings], trace: tracer.finish(), events: runtime.events };
  runtime.concurrency = null;
  runtime.journal.stop();
  return out;
}
