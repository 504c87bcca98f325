// SPDX-License-Identifier: GPL-2.0-only
// Runs a scenario on one side, one step after the other, and says what happened: the outcome, the
// findings, the costs. Deterministic: the same side and scenario give the same run.

import { Checker } from '../check/checker.ts';
import type { RunFinding } from '../check/finding.ts';
import { Tracer, type TracedStep } from '../check/trace.ts';
import { isPage, type TaskObj } from '../check/view.ts';
import { World } from '../check/world.ts';
import { canonical } from '../instrument/canon.ts';
import { ExecutionEnd } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import { Bench, Unsupported } from './bench.ts';
import { addressOf, type Scenario } from './scenario.ts';
import { Shadow } from './shadow.ts';
import type { RunnableSide } from './link-side.ts';

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
}

export interface RunOptions {
  readonly trace: boolean;
  /** Stop after so many accesses; the run is then cut and says so. */
  readonly maxEvents: number;
}
const DEFAULT_RUN: RunOptions = { trace: false, maxEvents: 3_000_000 };

export function runScenario(side: RunnableSide, scenario: Scenario, options: RunOptions = DEFAULT_RUN): Run {
  const { runtime } = side.port;
  const missing = scenario.needs.filter((n) => {
    const [file = '', name = ''] = n.split('#');
    return !side.view.has(file, name);
  });
  if (missing.length > 0) return unsupported(`this side has no ${missing.map((n) => n.split('#')[1]).join(', ')}`);

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
    checker.environment = () => bench.environment();
    checker.tracer = tracer;
    for (const [i, step] of scenario.steps.entries()) {
      const name = step.name ?? `setup${i}`;
      world.step = `${step.by}.${name}`;
      runtime.thrownAt = null;
      const value = bench.perform(step, checker, shadow);
      if (step.name !== null) results.push(`${step.by}.${step.name}=${value}`);
      else if (value.startsWith('-')) results.push(`${step.by}.${name}=${value}`);
      if (i === scenario.observeAfter) places = observe(world, bench, scenario);
    }
    checker.atEnd();
  } catch (e) {
    endedEarly = true;
    const ended = endOf(e, runtime.here());
    if (ended === null) throw e;
    if (ended.kind === 'cut') bound = ended.why;
    results.push(ended.result);
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
    trace,
    cycle: checker.cycled === null ? null : { from: cycleFrom, ...checker.cycled },
  };
}

function unsupported(why: string): Run {
  return {
    status: 'unsupported', bound: why, outcome: '', findings: [], events: 0, endedEarly: false,
    costs: { rounds: 0, pins: 0, unpins: 0, callbacks: 0 }, trace: [], cycle: null,
  };
}

type End = { readonly kind: 'ended'; readonly result: string } | { readonly kind: 'cut'; readonly why: string; readonly result: string };

/** How an execution ended early; null when it is a fault of kpv's own. */
function endOf(e: unknown, here: Site | null): End | null {
  const at = here === null ? '' : ` (${here.file}:${here.line})`;
  if (e instanceof ExecutionEnd) {
    switch (e.reason) {
      case 'finding': return { kind: 'ended', result: `end=${e.message.split(':')[0] ?? 'finding'}` };
      case 'cycle': return { kind: 'ended', result: 'end=never' };
      case 'limit': return { kind: 'cut', why: `${e.message}${at}`, result: 'end=cut' };
    }
  }
  if (e instanceof Unsupported) return { kind: 'cut', why: e.message, result: 'end=unsupported' };
  if (e instanceof Error && e.name === 'machine_halt') {
    const why: unknown = Reflect.get(e, 'why');
    if (why === 'model-limit') return { kind: 'cut', why: `outside the model: ${e.message}${at}`, result: 'end=cut' };
    return { kind: 'ended', result: `end=${String(why)}` };
  }
  if (isOfThePort(e) && here !== null) return { kind: 'ended', result: 'end=null-dereference' };
  return null;
}

/**
 * JavaScript's own word for a NULL that no hook met, thrown in a class of the port or a method of a
 * container. A TypeError of the verifier's is a fault of kpv and no finding.
 */
function isOfThePort(e: unknown): e is TypeError {
  if (!(e instanceof TypeError)) return false;
  const calls = (e.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !/<anonymous>|\(native|node:/.test(line));
  return /kernel-port\/|\/instrument\/runtime\./.test(calls[0] ?? '');
}

/** Where each page of the range is, in the eyes of the first task. */
function observe(world: World, bench: Bench, scenario: Scenario): string[] {
  const owner: TaskObj | undefined = world.tasks[0];
  const out: string[] = [];
  for (let page = 0; page < scenario.pages; page++) {
    const address = addressOf(page);
    const cell = owner?.mm?.pgd?.pmds[address >>> 21]?.pmd?.cells[(address >>> 12) & 511];
    const v = world.ptes.decode(cell?.pte ?? 0);
    let place = 'none';
    if (v.kind === 'present' && v.special) place = 'zero';
    else if (v.kind !== 'none' && v.kind !== 'other') {
      const at = world.pageAt(v.pfn);
      place = at === null ? 'gone' : bench.placeOf(at);
      if (v.kind === 'migration') place = `migrating(${place})`;
    }
    out.push(`page${page}=${place}`);
  }
  return out;
}
