// SPDX-License-Identifier: GPL-2.0-only
// A ported file at work: a module in the port's own language is put beside the port, its functions
// are called by steps of a scenario, and every rule of the checker looks on.

import type { Action, DriverPolicy, KernelArg, Memory, Scenario, Step, ThreadSteps } from '../../verifier/scenario/scenario.ts';
import type { Config } from '../../verifier/tree/arms.ts';
import { checkTypes } from '../../verifier/tree/check.ts';
import { withFiles, type PortTree } from '../../verifier/tree/load.ts';
import { EXPLAIN, runOn, withProgram } from '../check/pages.ts';

/** What each named step gave, as an outcome key has it, and what the rules had to say. */
export interface Worked {
  readonly results: Readonly<Record<string, string>>;
  readonly findings: readonly string[];
  readonly endedEarly: boolean;
  readonly status: string;
}

const MOVES: DriverPolicy = { reach: 'page', moves: true, result: '0', limit: 64 };

/** The steps of a scenario, one after the other. */
export class Steps {
  readonly list: Step[] = [];
  readonly pages: number;
  constructor(pages: number) { this.pages = pages; }

  do(act: Action, name: string | null = null, by = 'P', cpu = 0): this {
    this.list.push({ by, cpu, name, do: act });
    return this;
  }
  map(write = true): this { return this.do({ call: 'mmap', page: 0, pages: this.pages, write }); }
  store(page: number, value: number, name: string | null = null, by = 'P', cpu = 0): this { return this.do({ store: page, value }, name, by, cpu); }
  load(page: number, name: string, by = 'P', cpu = 0): this { return this.do({ load: page }, name, by, cpu); }
  device(memory: Memory): this { return this.do({ driver: 'create', memory, pages: 8, policy: MOVES }); }
  take(memory: Memory, page: number, pages = 1): this { return this.do({ driver: 'take', memory, page, pages }); }
  /** A function of the program. */
  call(fn: string, args: readonly KernelArg[], name: string | null = fn, by = 'P', cpu = 0): this {
    return this.do({ kernel: fn, file: EXPLAIN, args }, name, by, cpu);
  }
  /** Everybody goes, and the drivers after them. */
  end(children: readonly string[] = [], devices: readonly Memory[] = []): this {
    this.do({ drain: 'all' }).do({ call: 'exit' });
    for (const child of children) this.do({ call: 'exit' }, null, child);
    this.do({ drain: 'all' });
    for (const memory of devices) this.do({ driver: 'remove', memory });
    return this;
  }
}

function scenarioOf(steps: Steps): Scenario {
  return {
    id: 'port/program', pages: steps.pages, oddities: 0, cpus: 2, tasks: ['P'], steps: steps.list,
    observeAfter: -1, needs: [], reuseFrames: true,
  };
}

/** One act of a thread: its name, who does it where, and what. */
export function thread(by: string, cpu: number, name: string, act: Action): ThreadSteps { return { by, cpu, steps: [{ name, do: act }] }; }
/** A function of the program as such an act. */
export function calls(fn: string, args: readonly KernelArg[]): Action { return { kernel: fn, file: EXPLAIN, args }; }

/** A piece of a port file in another's place. */
export interface Mending { readonly file: string; readonly was: string; readonly is: string }

function mended(tree: PortTree, mendings: readonly Mending[]): PortTree {
  return mendings.reduce((now, { file, was, is }) => {
    const text = now.files.get(file) ?? '';
    if (text.split(was).length !== 2) throw new Error(`${file} has not exactly one: ${was}`);
    return withFiles(now, new Map([[file, text.replace(was, () => is)]]));
  }, tree);
}

/** What all orders of the threads come to after the steps, and what ends them. */
export function workBeside(program: string, steps: Steps, threads: readonly ThreadSteps[], ending: Steps, mendings: readonly Mending[] = []): { readonly outcomes: readonly string[]; readonly findings: readonly string[]; readonly status: string } {
  const run = runOn(mended(withProgram(program), mendings), { ...scenarioOf(steps), threads, ending: ending.list });
  return {
    outcomes: (run.search?.outcomes ?? []).map((o) => o.key), status: run.bound ?? run.status,
    findings: [...new Set(run.findings.map((f) => `${f.rule} in ${f.site.function}`))].sort(),
  };
}

/** Runs the steps with the program beside the port. */
export function work(program: string, steps: Steps, switches: Config = {}): Worked {
  const scenario = scenarioOf(steps);
  const run = runOn(withProgram(program), scenario, null, switches);
  const results: Record<string, string> = {};
  for (const one of run.outcome.split(' ')) {
    const [, name = '', value = ''] = /^(?:\w+\.)?(\w+)=(.*)$/.exec(one) ?? [];
    if (name !== '') results[name] = value;
  }
  return {
    results, endedEarly: run.endedEarly, status: run.bound ?? run.status,
    findings: run.findings.map((f) => `${f.rule}: ${f.message} (${f.site.function})`),
  };
}

/** What a C compiler would object to in the program. */
export function objections(program: string): readonly string[] {
  return checkTypes(withProgram('export {};\n'), withProgram(program)).added.map((f) => `${f.rule}: ${f.statement}: ${f.text}`);
}
