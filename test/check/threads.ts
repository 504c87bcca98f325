// SPDX-License-Identifier: GPL-2.0-only
// Several threads by hand: who runs is said call by call, and the rules that need others beside are
// on. A scheduler makes more orders than these; what a rule sees in one of them it sees here.

import { Checker } from '../../verifier/check/checker.ts';
import type { RunFinding } from '../../verifier/check/finding.ts';
import { isObject, isPage, isTask, type MmObj, type PageObj, type TaskObj } from '../../verifier/check/view.ts';
import { World } from '../../verifier/check/world.ts';
import { ExecutionEnd } from '../../verifier/instrument/runtime.ts';
import { Bench } from '../../verifier/scenario/bench.ts';
import { addressOf, type Memory, type Scenario, type Step } from '../../verifier/scenario/scenario.ts';
import { Shadow } from '../../verifier/scenario/shadow.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS, type Config } from '../../verifier/tree/arms.ts';
import type { PortTree } from '../../verifier/tree/load.ts';
import { EXPLAIN } from './pages.ts';

/** A machine on which a scenario's set-up has run. */
export class Beside {
  readonly world: World;
  readonly checker: Checker;
  readonly shadow: Shadow;
  readonly bench: Bench;
  /** An ending rule has ended the execution. */
  ended = false;

  constructor(tree: PortTree, scenario: Scenario, switches: Config = {}) {
    const side = linkSide(tree.files, { ...CONFIGS.default, ...switches });
    const { runtime } = side.port;
    this.bench = new Bench(side, scenario);
    this.world = new World(side.view, runtime, this.bench.machine);
    this.checker = new Checker(this.world);
    this.shadow = new Shadow(this.world, this.checker.mappings);
    runtime.reset(this.checker);
    this.bench.boot(this.world);
    this.world.machine.on_blocked = (on, why) => {
      this.checker.locks.deadlock([{ task: this.world.view.current(), on, why, stack: runtime.stack() }]);
    };
    for (const [i, step] of scenario.steps.entries()) if (!this.step(step, i)) break;
  }

  get findings(): readonly RunFinding[] { return this.world.findings; }
  /** Rule and object of each finding. */
  get said(): string[] { return this.findings.map((f) => `${f.rule} ${f.object}`); }

  /** A step as one thread runs it; from the first kernel step on others count. False when it ended the execution. */
  step(step: Step, i = 0): boolean {
    if ('kernel' in step.do) this.world.concurrent = true;
    this.world.step = `${step.by}.${step.name ?? `setup${i}`}`;
    return this.#until(() => { this.bench.perform(step, this.checker, this.shadow); });
  }

  task(comm: string): TaskObj {
    const task = this.world.tasks.find((t) => t.comm === comm);
    if (!isTask(task)) throw new Error(`no task ${comm}`);
    return task;
  }
  mm(comm: string): MmObj {
    const { mm } = this.task(comm);
    if (mm === null) throw new Error(`${comm} has no mm`);
    return mm;
  }

  /** A part of a step of one thread: the next call may be another's. */
  run(comm: string, file: string, name: string, ...args: readonly unknown[]): unknown {
    let result: unknown;
    this.world.concurrent = true;
    this.#until(() => {
      const act = (): void => { result = this.world.view.fn(file, name)(...args); };
      this.world.view.fn('arch/model/machine.ts', 'run_on')(this.world.machine, comm === 'P' ? 0 : 1, this.task(comm), act);
    });
    return result;
  }
  /** The same of the program's own module. */
  program(comm: string, name: string, ...args: readonly unknown[]): unknown { return this.run(comm, EXPLAIN, name, ...args); }
  page(of: unknown): PageObj {
    if (!isPage(of)) throw new Error('no page');
    return of;
  }
  /** The step of a thread is over; the others may be in theirs. */
  over(comm: string): void { this.#until(() => { this.checker.threadStepEnd(this.task(comm)); }); }

  device(memory: Memory): unknown {
    const found = this.bench.devices().find((d) => d.name === memory)?.device;
    if (!isObject(found)) throw new Error(`no ${memory} device`);
    return found;
  }

  #until(act: () => void): boolean {
    if (this.ended) return false;
    try {
      act();
    } catch (e) {
      if (!(e instanceof ExecutionEnd)) throw e;
      this.ended = true;
    }
    return !this.ended;
  }
}

/** P has a page that it has written; with `memory` a driver has taken it. Q is another process. */
export function twoTasks(memory?: Memory): Scenario {
  const steps: Step[] = [];
  const step = (act: Step['do'], by = 'P'): void => { steps.push({ by, cpu: by === 'P' ? 0 : 1, name: null, do: act }); };
  step({ call: 'mmap', page: 0, pages: 2, write: true });
  if (memory !== undefined) step({ driver: 'create', memory, pages: 4, policy: { reach: 'page', moves: true, result: '0', limit: 64 } });
  step({ store: 0, value: 17 });
  step({ store: 1, value: 18 });
  step({ drain: 'all' });
  if (memory !== undefined) step({ driver: 'take', memory, page: 0, pages: 1 });
  return { id: 'threads', pages: 2, oddities: 0, cpus: 2, tasks: ['P', 'Q'], steps, observeAfter: steps.length - 1, needs: [], reuseFrames: true };
}

export const FIRST = addressOf(0);
