// SPDX-License-Identifier: GPL-2.0-only
// explore(): searches a program of generators and collects what it showed. Findings are distinct by what they
// say; each keeps the first schedule that showed it.

import { StateKeys } from './state-key.ts';
import { ProgramSystem, type Program } from './program.ts';
import type { DeadlockFinding, ErrorFinding, Exploration, Finding, LivelockFinding, Outcome, Step } from './result.ts';
import { encodeSchedule } from './schedule.ts';
import { isBuilt, search, type Algorithm } from './search.ts';
import { messageOf } from './shown.ts';
import { stepsOf, waitingStep } from './steps.ts';
import type { Cycle, Execution, Schedule } from './system.ts';

export interface ExploreOptions {
  readonly algorithm: Algorithm;
  /** In 'stateful': states. Abandoned executions count. */
  readonly maxExecutions?: number;
  /** Of one execution; what is longer is cut, and said to be. */
  readonly maxEvents?: number;
  /** 0: threads in order of creation. */
  readonly seed?: number;
  /** Count the least preemptions of each trace ('source' only). */
  readonly preemptions?: boolean;
}

export function explore<S>(program: Program<S>, options: ExploreOptions): Exploration {
  const { algorithm, maxExecutions = 1e6, maxEvents = algorithm === 'stateful' ? Infinity : 10_000, seed = 0, preemptions = false } = options;
  if (!isBuilt(algorithm)) throw new Error(`algorithm '${algorithm}' is not built yet`);
  const keys = algorithm === 'stateful' ? new StateKeys() : null;
  const system = new ProgramSystem(program, { observer: keys });
  const collector = new Collector(system);
  try {
    const result = search(system, { algorithm, maxExecutions, maxEvents, seed, preemptions }, collector);
    for (const cycle of result.cycles) collector.cycle(cycle);
    const findings = [...collector.findings.values()];
    const livelock = findings.find((one) => one.kind === 'livelock');
    return {
      program: program.name, algorithm,
      executions: result.executions, blocked: result.blocked, states: result.states, events: result.events,
      complete: result.complete, bounds: result.bounds, findings, outcomes: collector.sorted(),
      preemptions: result.preemptions?.counts ?? null, preemptionsExact: result.preemptions?.exact ?? true,
      stem: livelock?.stem ?? null, loop: livelock?.loop ?? null,
    };
  } finally {
    keys?.close();
    system.close();
  }
}

class Collector<S> {
  readonly findings = new Map<string, Finding>();
  readonly #outcomes = new Map<string, number>();
  readonly #system: ProgramSystem<S>;

  constructor(system: ProgramSystem<S>) { this.#system = system; }

  maximal({ schedule, deadlocked }: Execution): 'go on' {
    const judged = judge(this.#system, schedule, deadlocked);
    if (judged.finding !== null) this.#add(judged.finding);
    if (judged.outcome !== null) this.#outcomes.set(judged.outcome, (this.#outcomes.get(judged.outcome) ?? 0) + 1);
    return 'go on';
  }

  cycle({ kind, preemptionsPerTurn, stem, loop }: Cycle): void {
    const schedule = [...stem, ...loop];
    const steps = stepsAlong(this.#system, schedule);
    this.#add(() => ({
      kind: 'livelock', message: 'livelock', cycle: kind, preemptionsPerTurn, error: null,
      schedule: encodeSchedule(schedule), steps, stem: steps.slice(0, stem.length), loop: steps.slice(stem.length),
    } satisfies LivelockFinding), `livelock ${kind}`);
  }

  sorted(): Outcome[] {
    return [...this.#outcomes].map(([key, count]) => ({ key, count })).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  }

  #add(finding: Lazy | (() => Finding), key = ''): void {
    const [id, make] = typeof finding === 'function' ? [key, finding] : [finding.key, finding.make];
    if (!this.findings.has(id)) this.findings.set(id, make());
  }
}

/** A finding whose steps are written out only if it is a new one. */
interface Lazy { readonly key: string; readonly make: () => Finding }

export interface Judged { readonly finding: Lazy | null; readonly outcome: string | null }

/** What the end of an execution shows; the system stands there. */
export function judge<S>(system: ProgramSystem<S>, schedule: Schedule, deadlocked: readonly number[]): Judged {
  const { thrown, program, state } = system;
  if (thrown !== null) return { finding: errorFinding(system, schedule, thrown.thread, thrown.error), outcome: null };
  const spinning = deadlocked.find((t) => system.list[t]?.parked);
  if (spinning !== undefined) return { finding: { key: 'livelock trap', make: () => spin(system, schedule, spinning) }, outcome: null };
  if (deadlocked.length > 0) {
    const waiting = deadlocked.map((t) => waitingStep(system, t));
    const key = `deadlock ${waiting.map((one) => `${system.list[one.thread]?.name} ${one.text}`).sort().join(', ')}`;
    return { finding: { key, make: () => deadlock(system, schedule, waiting) }, outcome: null };
  }
  try {
    system.within(() => program.atRest?.(state));
  } catch (error) {
    return { finding: errorFinding(system, schedule, null, error), outcome: null };
  }
  if (program.outcome === undefined) return { finding: null, outcome: null };
  const outcome = system.within(() => program.outcome?.(state));
  return { finding: null, outcome: typeof outcome === 'string' ? outcome : JSON.stringify(outcome) ?? 'undefined' };
}

function errorFinding<S>(system: ProgramSystem<S>, schedule: Schedule, thread: number | null, error: unknown): Lazy {
  const message = messageOf(error);
  const make = (): ErrorFinding => ({ kind: 'error', message, thread, error, schedule: encodeSchedule(schedule), steps: stepsOf(system) });
  return { key: `error ${message}`, make };
}

function deadlock<S>(system: ProgramSystem<S>, schedule: Schedule, waiting: readonly Step[]): DeadlockFinding {
  const steps = stepsOf(system);
  return { kind: 'deadlock', message: 'deadlock', waiting, error: null, schedule: encodeSchedule(schedule), steps };
}

/** A thread spins for what nobody will change: the last round it made, over and over. */
function spin<S>(system: ProgramSystem<S>, schedule: Schedule, thread: number): LivelockFinding {
  const stem = stepsOf(system);
  const loop = stem.filter((one) => one.thread === thread).slice(-(system.list[thread]?.parked?.period ?? 1));
  const again = loop.map(() => ({ thread, choice: 0 }));
  return {
    kind: 'livelock', message: 'livelock', cycle: 'trap', preemptionsPerTurn: 0, error: null,
    schedule: encodeSchedule([...schedule, ...again]), steps: [...stem, ...loop], stem, loop,
  };
}

/** Runs a schedule from the start and gives its steps. */
export function stepsAlong<S>(system: ProgramSystem<S>, schedule: Schedule): Step[] {
  system.undo(0);
  for (const { thread, choice } of schedule) system.step(thread, choice);
  return stepsOf(system);
}
