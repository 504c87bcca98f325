// SPDX-License-Identifier: GPL-2.0-only
// Runs a scenario on one side, one step after the other, and says what happened: the outcome, the
// findings, the costs. Deterministic: the same side and scenario give the same run.

import { Checker } from '../check/checker.ts';
import type { RunFinding } from '../check/finding.ts';
import { Tracer, type TracedStep } from '../check/trace.ts';
import { isPage } from '../check/view.ts';
import { World } from '../check/world.ts';
import { Concurrency } from '../instrument/concurrency.ts';
import { Sharing, type Cuts } from '../instrument/sharing.ts';
import type { Call } from '../instrument/threads.ts';
import { canonical } from '../instrument/canon.ts';
import { Bench } from './bench.ts';
import { endOf, isOfThePort } from './ends.ts';
import { observe } from './observe.ts';
import { needInWords, symbolOn, type Scenario } from './scenario.ts';
import { Shadow } from './shadow.ts';
import type { Witness } from './explored.ts';
import type { RunnableSide } from './link-side.ts';
import { runBeside } from './run-beside.ts';
import type { Segment } from './schedule.ts';

export interface Run {
  readonly status: 'ran' | 'unsupported' | 'cut';
  /** Why it was cut or is unsupported. */
  readonly bound: string | null;
  readonly outcome: string;
  readonly findings: readonly RunFinding[];
  readonly events: number;
  readonly costs: { readonly rounds: number; readonly pins: number; readonly unpins: number; readonly callbacks: number };
  /** Statements of the trace, when one was asked for. */
  readonly trace: readonly TracedStep[];
  /** A cycle's stem and loop as ranges of the trace. */
  readonly cycle: { readonly from: number; readonly to: number; readonly killable: boolean } | null;
  /** An ending rule broke the run off before its last step. */
  readonly endedEarly: boolean;
  /** Of several threads: what the search over their interleavings came to. */
  readonly search: SearchOutcome | null;
}

export interface SearchOutcome {
  /** Null where states were searched. */
  readonly executions: number | null;
  /** Abandoned as redundant. */
  readonly blocked: number;
  readonly states: number | null;
  /** Places at which threads had to stop. */
  readonly points: number;
  readonly outcomes: readonly { readonly key: string; readonly executions: number | null }[];
  /** By a finding's identity: the plainest execution that shows it. */
  readonly witnesses: ReadonlyMap<string, Witness>;
}

export interface RunOptions {
  readonly trace: boolean;
  /** Stop after so many accesses; the run is then cut and says so. */
  readonly maxEvents: number;
  /** In the resumable form, which must make no difference. */
  readonly resumable?: boolean;
  /** Of several threads: this one execution. */
  readonly schedule?: readonly Segment[];
}
/** Accesses of a run of one thread: seven times what the longest of the default suite and of the costs makes. */
export const MAX_EVENTS = 500_000;
const DEFAULT_RUN: RunOptions = { trace: false, maxEvents: MAX_EVENTS };

export function runScenario(side: RunnableSide, scenario: Scenario, options: RunOptions = DEFAULT_RUN): Run {
  const { runtime } = side.port;
  const missing = scenario.needs.filter((n) => symbolOn(side.view, n) === null);
  if (missing.length > 0) return unsupported(`this side has no ${missing.map(needInWords).join(', ')}`);

  if (scenario.threads !== undefined) return runBeside(side, scenario, options);
  const bench = new Bench(side, scenario);
  const world = new World(side.view, runtime, bench.machine);
  const checker = new Checker(world);
  const shadow = new Shadow(world, checker.mappings);
  const tracer = options.trace ? new Tracer(world) : null;
  let cycleFrom = 0;
  runtime.reset(checker);
  runtime.maxEvents = options.maxEvents;
  runtime.loops.enabled = true;
  runtime.loops.stateOf = (locals) => canonical([bench.state(), world.tasks, locals], {
    pageOf: (pfn) => world.pageAt(pfn),
    contentOf: (page) => (isPage(page) ? world.frameOf(page)?.content ?? 0 : 0),
    frameInPte: (pte) => {
      const v = world.ptes.decode(pte);
      return v.kind === 'none' || v.kind === 'other' ? null : { pfn: v.pfn, rest: v.kind === 'present' ? pte & 0x80000fff : pte & 0xf8000fff };
    },
  });
  runtime.loops.onMark = () => {
    if (!world.muted) cycleFrom = tracer?.count() ?? 0;
    checker.references.markCycle();
  };

  const results: string[] = [];
  let bound: string | null = null;
  let endedEarly = false;
  let places: string[] = [];
  try {
    bench.boot(world);
    if (options.resumable === true) bench.apply = resumably(side);
    checker.environment = () => bench.environment();
    checker.tracer = tracer;
    for (const [i, step] of scenario.steps.entries()) {
      const name = step.name ?? `setup${i}`;
      world.step = `${step.by}.${name}`;
      runtime.thrownAt = null;
      checker.locks.waitIsMeant = step.waits === true;
      const value = bench.perform(step, checker, shadow);
      if (step.name !== null) results.push(`${step.by}.${step.name}=${value}`);
      else if (value.startsWith('-')) results.push(`${step.by}.${name}=${value}`);
      if (i === scenario.observeAfter) places = observe(world, bench, scenario);
    }
    checker.atEnd();
  } catch (e) {
    const ended = endOf(e, runtime.here());
    if (ended === null) throw e;
    if (ended.kind === 'cut') bound = ended.why;
    // A wait that is meant is an end like any other.
    endedEarly = !(checker.locks.waitIsMeant && ended.result === 'end=blocked');
    results.push(endedEarly ? ended.result : `${world.step}=waits`);
    if (isOfThePort(e)) {
      try { checker.nullDereference(e.message); } catch { /* noted */ }
    }
  } finally {
    runtime.loops.enabled = false;
  }
  const trace = tracer?.finish() ?? [];
  return {
    status: bound === null ? 'ran' : 'cut', bound, endedEarly,
    outcome: [...results, ...places].sort().join(' '),
    findings: world.findings, events: runtime.events, costs: { ...checker.counts, ...bench.costs() },
    trace, search: null,
    cycle: checker.cycled === null ? null : { from: cycleFrom, ...checker.cycled },
  };
}

/** Calls in the resumable form, by a thread that stops nowhere. */
function resumably(side: RunnableSide): Bench['apply'] {
  const { runtime } = side.port;
  const nowhere: Cuts = { matters: () => false, cell: (o, k) => null, part: () => null, classOf: () => 0, life: () => null, lifeClass: () => -1, both: Math.max, conflict: () => false };
  return (fn, args) => {
    let result: unknown;
    let call: Call | null = { fn, args, done: (r) => { result = r; } };
    const several = new Concurrency(runtime, new Sharing(runtime.journal, nowhere, []), {
      runOn: (_cpu, _task, run) => { run(); }, cpu: () => side.view.cpu(), task: () => side.view.current(), stateKey: () => '',
    });
    const thread = several.add('alone', side.view.cpu(), side.view.current(), () => {
      const next = call;
      call = null;
      return next;
    });
    runtime.concurrency = several;
    for (several.begin(thread); !thread.done; several.step(thread)) {
      const { stop } = thread;
      // Nobody else runs: a wait that is not over is a deadlock, as in the plain form.
      if (stop?.kind === 'wait') side.view.fn('arch/model/machine.ts', 'block_until')(stop.ready, stop.on, stop.why);
    }
    runtime.concurrency = null;
    return result;
  };
}

function unsupported(why: string): Run {
  return {
    status: 'unsupported', bound: why, outcome: '', findings: [], events: 0, endedEarly: false,
    costs: { rounds: 0, pins: 0, unpins: 0, callbacks: 0 }, trace: [], cycle: null, search: null,
  };
}
