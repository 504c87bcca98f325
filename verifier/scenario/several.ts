// SPDX-License-Identifier: GPL-2.0-only
// A scenario with several threads on one side, up to where they begin: the set-up as one thread runs
// it, the threads stopped before their first point, and what is judged and done when all have ended.
// Who goes when is for explored.ts and scheduled.ts to say.

import { createHash } from 'node:crypto';
import { Checker } from '../check/checker.ts';
import { classOf, isObject, isPage, isTask } from '../check/view.ts';
import { World } from '../check/world.ts';
import { canonical, type CanonView } from '../instrument/canon.ts';
import { Concurrency } from '../instrument/concurrency.ts';
import { LoopActivation } from '../instrument/loops.ts';
import { ExecutionEnd } from '../instrument/runtime.ts';
import { Sharing } from '../instrument/sharing.ts';
import { StateHash } from '../instrument/state-hash.ts';
import type { Site } from '../instrument/sites.ts';
import type { Call, Thread } from '../instrument/threads.ts';
import { Bench, Unsupported } from './bench.ts';
import { KernelCuts } from './cuts.ts';
import { endOf, isOfThePort, type End } from './ends.ts';
import { KernelSystem } from './kernel-system.ts';
import { observe } from './observe.ts';
import type { RunnableSide } from './link-side.ts';
import type { Scenario, Step, ThreadSteps } from './scenario.ts';
import { Shadow } from './shadow.ts';

/** What leads to everything. */
const SKIPPED = new Set(['machine', 'physical_memory']);
const MACHINE = 'arch/model/machine.ts';
const SCHED = 'include/linux/sched.ts';

/** The threads, ready to run. */
export interface Ready {
  readonly several: Concurrency;
  readonly system: KernelSystem;
  /** Runs each thread up to its first point. */
  readonly begin: () => void;
}

export class Several {
  readonly #side: RunnableSide;
  readonly #scenario: Scenario;
  readonly #bench: Bench;
  readonly world: World;
  readonly checker: Checker;
  readonly #shadow: Shadow;
  readonly #results: string[] = [];
  /** Why executions were cut, a line each. */
  readonly cuts = new Set<string>();
  /** Where the pages of the range are, as the first task sees them at rest. */
  #places: readonly string[] = [];
  /** End states from which the ending was run. */
  readonly endings = new Set<string>();
  /** The steps that give everything back are no outcome. */
  #ending = false;
  readonly #ordinals = new Map<object, number>();

  readonly #keepsStates: boolean;

  /** keepsStates: the search compares the states of all steps. */
  constructor(side: RunnableSide, scenario: Scenario, keepsStates: boolean) {
    this.#keepsStates = keepsStates;
    this.#side = side;
    this.#scenario = scenario;
    this.#bench = new Bench(side, scenario);
    this.world = new World(side.view, side.port.runtime, this.#bench.machine);
    this.checker = new Checker(this.world);
    this.#shadow = new Shadow(this.world, this.checker.mappings);
  }

  #plain(step: Step, i: number): void {
    this.world.step = `${step.by}.${step.name ?? `setup${i}`}`;
    const value = this.#bench.perform(step, this.checker, this.#shadow);
    if (step.name !== null && !this.#ending) this.#result(`${step.by}.${step.name}=${value}`);
    // What the threads are to meet is not there: it is another scenario.
    if (step.name === null && 'driver' in step.do && step.do.driver === 'take' && value !== String(step.do.pages)) {
      throw new Unsupported(`${step.do.memory} memory that takes no page on this side (${value} of ${step.do.pages})`);
    }
  }
  #result(text: string): void {
    this.#results.push(text);
    this.#side.port.runtime.journal.note(() => { this.#results.pop(); });
  }

  /** Boots, sets up, and makes the threads; from here on everything is undone through the journal. */
  ready(): Ready {
    const { runtime } = this.#side.port;
    runtime.reset(this.checker);
    this.#bench.boot(this.world);
    for (const [i, step] of this.#scenario.steps.entries()) this.#plain(step, i);
    return this.#begin();
  }
  /** The outcome of the execution that is over: what each step gave, and where the pages are. */
  outcome(): string {
    // How far the others had come when a finding ended it all is no matter: executions that differ in it alone are one.
    const ends = this.#results.filter((r) => r.startsWith('end='));
    return (ends.length > 0 ? ends : [...this.#results, ...this.#places]).toSorted().join(' ');
  }

  #begin(): Ready {
    const { runtime } = this.#side.port;
    const { view } = this.#side;
    const { machine } = this.#bench;
    this.#inContext(0, this.#bench.taskOf(this.#scenario.tasks[0] ?? ''), () => { view.fn(MACHINE, 'make_globals')(); });
    const roots = [machine.globals().map((g) => g.value), this.world.tasks, this.#bench.devices().map((d) => d.device), machine.fail_page_alloc, machine.fail_slab_alloc];
    const quiet = new Set<object>();
    for (const g of machine.globals()) if (g.statistics && typeof g.value === 'object' && g.value !== null) quiet.add(g.value);
    // A failure that is not due counts calls that nobody looks at.
    for (const f of [machine.fail_page_alloc, machine.fail_slab_alloc]) if (f.nth === 0) quiet.add(f);
    const cuts = new KernelCuts(view, quiet);
    runtime.journal.start();
    const runOn = view.fn(MACHINE, 'run_on');
    const sharing = new Sharing(runtime.journal, cuts, roots);
    for (const o of sharing.objects()) this.#ordinals.set(o, this.#ordinals.size);
    const several = new Concurrency(runtime, sharing, {
      runOn: (cpu, task, fn) => { runOn(machine, cpu, task, fn); },
      cpu: () => view.cpu(),
      task: () => view.current(),
      stateKey: (threads) => this.#stateKey(threads),
    });
    runtime.concurrency = several;
    machine.on_defer = (ready, run, name, on) => {
      several.spawn(name, view.cpu(), this.#kernelThread(name), ready, on, { fn: run, args: [], done: () => undefined });
    };
    machine.on_access = (mm, va, write, value) => { this.#shadow.onAccess(mm, va, write, value); };
    this.world.concurrent = true;
    const hash = !this.#keepsStates ? null : new StateHash(runtime.journal, {
      matters: (o, k) => isObject(o) && cuts.matters(o, k),
      skips: (o) => quiet.has(o) || SKIPPED.has(classOf(o)),
    }, sharing.objects());
    const system = new KernelSystem(several, runtime.journal, hash, {
      results: () => this.#results.length,
      switching: (t) => { this.world.step = t.name; },
      ended: (e, t) => {
        // Where the thread was when it threw: by now it does not run.
        const { top } = runtime;
        runtime.top = t.frame;
        try { this.#note(endOf(e, runtime.here()), e); } finally { runtime.top = top; }
      },
      inContextOf: (t, fn) => this.#inContext(t.cpu, t.task, fn),
    });
    several.onCycle = (t, loop, from) => { this.#cycle(t, loop, system.turn(from), several); };
    for (const t of this.#scenario.threads ?? []) this.#thread(several, t);
    return { several, system, begin: () => {
      for (const t of several.threads) system.begin(t.id);
    } };
  }

  /** A grace period's callback has no user behind it. */
  #kernelThread(name: string): object {
    const task_struct = this.#side.port.symbol(SCHED, 'task_struct');
    const task: unknown = typeof task_struct === 'function' ? Reflect.construct(task_struct, [name, 0]) : null;
    if (!isTask(task)) throw new Error('no task_struct');
    return task;
  }
  #inContext<T>(cpu: number, task: object, fn: () => T): T {
    let out: { readonly value: T } | null = null;
    this.#side.view.fn(MACHINE, 'run_on')(this.#bench.machine, cpu, task, () => { out = { value: fn() }; });
    return given<T>(out);
  }

  #thread(several: Concurrency, t: ThreadSteps): void {
    const { journal } = this.#side.port.runtime;
    let at = 0;
    several.add(t.by, t.cpu, this.#bench.taskOf(t.by), (): Call | null => {
      const step = t.steps[at];
      if (step === undefined) return null;
      at += 1;
      journal.note(() => { at -= 1; });
      const task = this.#bench.taskOf(t.by);
      const deed = this.#bench.deed(step.do, task, this.checker, { shadow: this.#shadow, beside: true });
      if ('value' in deed) throw new Error(`thread ${t.by} of ${this.#scenario.id} does what only the environment can`);
      deed.begin?.();
      return {
        fn: deed.fn, args: deed.args,
        done: (r) => {
          const value = deed.done(r);
          this.checker.threadStepEnd(task);
          this.#result(`${t.by}.${step.name}=${value}`);
        },
      };
    });
  }

  #note(end: End | null, e: unknown): void {
    if (end === null) throw e;
    if (end.kind === 'cut') this.cuts.add(end.why);
    // The same state may come again, and its ending is not run again.
    if (!this.#ending) this.#result(end.result);
    if (!isOfThePort(e)) return;
    try { this.checker.nullDereference(e.message); } catch { /* noted */ }
  }

  /** A maximal execution that nothing ended: who waits for ever, or the state at rest and then the ending. since: where the threads began. */
  over(deadlocked: readonly number[], several: Concurrency, since: number): void {
    const { runtime } = this.#side.port;
    const { machine } = this.#bench;
    const before = runtime.concurrency;
    runtime.concurrency = null;
    const { on_access: watched, on_defer: deferred } = machine;
    machine.on_access = () => undefined;
    machine.on_defer = null;
    try {
      if (deadlocked.length > 0) this.#stuck(deadlocked, several);
      const first = this.#bench.taskOf(this.#scenario.tasks[0] ?? '');
      this.#inContext(0, first, () => {
        this.checker.atRest(this.#bench.devices(), this.#bench.isolated(), this.#bench.pins());
        this.#shadow.check(this.#bench.tasks());
      });
      this.#observe();
      const state = this.#endState(since);
      if (this.endings.has(state)) return;
      this.endings.add(state);
      this.world.concurrent = false;
      this.#ending = true;
      for (const [i, step] of (this.#scenario.ending ?? []).entries()) this.#plain(step, i);
      this.checker.atEnd();
    } catch (e) {
      this.#note(endOf(e, runtime.here()), e);
    } finally {
      this.#ending = false;
      runtime.concurrency = before;
      runtime.thrownAt = null;
      runtime.top = null;
      machine.on_defer = deferred;
      machine.on_access = watched;
    }
  }

  /** The same state once more, and nobody has come to the end of a step. */
  #cycle(thread: Thread, loop: LoopActivation, turn: ReturnType<KernelSystem['turn']>, several: Concurrency): void {
    if (!turn.fair || turn.threads.length < 2) return;
    this.turn = { kind: turn.preemptions === 0 ? 'self-sustaining' : 'adversarial', preemptionsPerTurn: turn.preemptions, from: turn.from };
    this.livelock(several, turn.threads, loop.site);
    throw new ExecutionEnd('cycle', 'livelock');
  }

  /** The cycle that a livelock was reported for. */
  turn: CycleTurn | null = null;

  /** A fair cycle that these threads never leave. */
  livelock(several: Concurrency, threads: readonly number[], loop: number | null): void {
    const { sites } = this.#side.port.runtime;
    const [first] = threads;
    const at = loop ?? (first === undefined ? null : outermostLoop(several.threads[first]));
    const site = at === null ? null : sites[at] ?? null;
    const names = threads.map((t) => several.threads[t]?.name ?? '').join(' and ');
    const how = this.turn === null || this.turn.preemptionsPerTurn === 0 ? 'by itself'
      : `with ${this.turn.preemptionsPerTurn} preemption${this.turn.preemptionsPerTurn === 1 ? '' : 's'} a turn`;
    this.world.report({
      rule: 'livelock', object: this.checker.references.kindsInCycle(), site, ends: false,
      message: `\`${(site?.text ?? 'a loop').replace(/;$/, '')}\` comes round in the same state: ${names} keep each other from ever ending, ${how}`,
    });
  }

  #observe(): void {
    const { journal } = this.#side.port.runtime;
    const before = this.#places;
    journal.note(() => { this.#places = before; });
    this.#places = observe(this.world, this.#bench, this.#scenario);
  }

  #stuck(deadlocked: readonly number[], several: Concurrency): void {
    const waits = [];
    for (const t of deadlocked) {
      const thread = several.threads[t];
      if (thread?.stop?.kind !== 'wait' || !isTask(thread.task)) continue;
      waits.push({ task: thread.task, on: thread.stop.on, why: thread.stop.why, stack: stackOf(thread, this.#side.port.runtime.sites) });
    }
    this.#result(`end=stuck(${deadlocked.map((t) => several.threads[t]?.name).join()})`);
    this.checker.locks.deadlock(waits);
  }

  /** What the threads left otherwise than they found it, and what they said: equal for states with equal endings. */
  #endState(start: number): string {
    const token = (v: unknown, depth: number): string => {
      if (typeof v !== 'object' || v === null) return String(v);
      const known = this.#ordinals.get(v);
      if (known !== undefined) return `#${known}`;
      if (depth === 0) return v.constructor?.name ?? 'object';
      return `${v.constructor?.name ?? ''}{${Object.keys(v).map((k) => `${k}:${token(Reflect.get(v, k), depth - 1)}`).join()}}`;
    };
    const changes = this.#side.port.runtime.journal.changed(start)
      .filter(({ o }) => this.#ordinals.has(o)).map(({ o, k }) => `${this.#ordinals.get(o)}.${String(k)}=${token(Reflect.get(o, k), 3)}`);
    return [...changes.sort(), ...[...this.#results].sort()].join(';');
  }

  #stateKey(threads: readonly Thread[]): string {
    const stacks = threads.map((t) => {
      const out: unknown[] = [t.done, t.cpu, t.stop?.kind, this.#results.length];
      for (let a = t.top; a !== null; a = a.up) out.push(a.code.name, ...a.code.place(a));
      return out;
    });
    return createHash('sha256').update(canonical([this.#bench.state(), this.world.tasks, stacks], this.#canon()).full).digest('base64');
  }
  #canon(): CanonView {
    const world = this.world;
    return {
      pageOf: (pfn) => world.pageAt(pfn),
      contentOf: (page) => (isPage(page) ? world.frameOf(page)?.content ?? 0 : 0),
      frameInPte: (pte) => {
        const v = world.ptes.decode(pte);
        return v.kind === 'none' || v.kind === 'other' ? null : { pfn: v.pfn, rest: v.kind === 'present' ? pte & 0x80000fff : pte & 0xf8000fff };
      },
    };
  }
}

/** A cycle of threads: its class, what a turn takes, and after how many steps it begins. */
export interface CycleTurn { readonly kind: 'trap' | 'self-sustaining' | 'adversarial'; readonly preemptionsPerTurn: number; readonly from: number }

/** The site of the outermost loop that a thread goes round in. */
function outermostLoop(t: Thread | undefined): number | null {
  let site: number | null = null;
  for (let a = t?.top ?? null; a !== null; a = a.up) {
    for (const v of a.l) if (v instanceof LoopActivation && v.rounds > 1) site = v.site;
  }
  return site;
}

/** The statements of a thread's call chain, outermost first. */
function stackOf(t: Thread, sites: readonly Site[]): Site[] {
  const out: Site[] = [];
  for (let f = t.frame; f !== null; f = f.caller) {
    const site = sites[f.site];
    if (site !== undefined) out.push(site);
  }
  return out.reverse();
}

function given<T>(out: { readonly value: T } | null): T {
  if (out === null) throw new Error('nothing was run');
  return out.value;
}
