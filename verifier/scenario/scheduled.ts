// SPDX-License-Identifier: GPL-2.0-only
// One execution of a scenario's threads by a schedule, for whoever follows it step by step.

import type { RunFinding } from '../check/finding.ts';
import { PREEMPTED, Tracer, WAITS, type TracedStep } from '../check/trace.ts';
import { isTask } from '../check/view.ts';
import type { Thread } from '../instrument/threads.ts';
import type { RunnableSide } from './link-side.ts';
import type { Scenario } from './scenario.ts';
import type { Segment } from './schedule.ts';
import { Several } from './several.ts';

export interface Scheduled {
  readonly outcome: string;
  readonly findings: readonly RunFinding[];
  readonly trace: readonly TracedStep[];
  readonly events: number;
  /** Of a cycle: the range of the trace that is its turn, and whether a fatal signal ends it. */
  readonly cycle: { readonly from: number; readonly to: number; readonly killable: boolean } | null;
}

/** What it waits for, and who has it. */
function waitsFor({ stop }: Thread): string {
  if (stop?.kind !== 'wait') return 'what it reads to change';
  const holder: unknown = Reflect.get(stop.on, 'holder') ?? Reflect.get(stop.on, 'writer');
  return isTask(holder) ? `${stop.why}, which ${holder.comm} has` : stop.why;
}

/** Follows the schedule as far as it says; then each thread in turn runs on, as far as it goes. */
export function runScheduled(side: RunnableSide, scenario: Scenario, schedule: readonly Segment[], maxEvents: number): Scheduled {
  const { runtime } = side.port;
  const bench = new Several(side, scenario, false);
  const tracer = new Tracer(bench.world);
  const { several, system, begin } = bench.ready();
  bench.checker.tracer = tracer;
  bench.world.onFinding = (f) => { tracer.found(f); };
  const since = runtime.journal.mark();
  several.stopAt = 0;
  begin();
  let ran: Thread | null = null;
  const stands = (t: Thread): void => {
    const status = system.status(t.id);
    if (status === 'done') return;
    const thread = isTask(t.task) ? t.task.comm : t.name;
    const why = status === 'enabled' ? PREEMPTED : `${WAITS}${waitsFor(t)}`;
    tracer.stands({ name: t.name, thread, cpu: t.cpu, site: runtime.sites[t.frame?.site ?? -1] ?? null }, why);
  };
  const run = (t: number, until: number | null): void => {
    several.stopAt = until ?? Number.POSITIVE_INFINITY;
    const goal = several.stopAt;
    do {
      if (system.ended() || t >= system.threads() || system.status(t) !== 'enabled') return;
      if (ran !== null && ran.id !== t) stands(ran);
      ran = several.threads[t] ?? null;
      system.step(t);
    } while ((several.threads[t]?.accesses ?? goal) < goal);
  };
  let turns: number | null = null;
  for (const s of schedule) {
    if (s.turns === true) turns = tracer.count();
    run(s.thread, s.until);
  }
  const to = tracer.count();
  const goOn = (steps: number): void => {
    for (; steps > 0 && !system.ended(); steps -= 1) {
      const next = Array.from({ length: system.threads() }, (_, t) => t).find((t) => system.status(t) === 'enabled');
      if (next === undefined) return;
      run(next, null);
    }
  };
  let killable = false;
  if (turns !== null) {
    // The turn would come again and again. Whether a signal ends it is tried: what comes then is not judged.
    if (!bench.world.findings.some((f) => f.rule === 'livelock')) bench.livelock(several, [...new Set(schedule.map((s) => s.thread))].sort((a, b) => a - b), null);
    bench.world.muted = true;
    for (const t of several.threads) Reflect.set(t.task, 'sigkill', true);
    goOn(4 * system.threads());
    killable = several.threads.every((t) => t.done);
  } else {
    goOn(maxEvents);
    const left = Array.from({ length: system.threads() }, (_, t) => t).filter((t) => system.status(t) !== 'done');
    if (!system.ended()) bench.over(left, several, since);
  }
  const trace = tracer.finish();
  const out = { outcome: bench.outcome(), findings: [...bench.world.findings], trace, events: runtime.events, cycle: turns === null ? null : { from: turns, to, killable } };
  runtime.concurrency = null;
  runtime.journal.stop();
  return out;
}
