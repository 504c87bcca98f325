// SPDX-License-Identifier: GPL-2.0-only
// The programs of the explain pages (docs/rules/), read out of their fences and made to run: as a
// module of the port that a step calls, or in the place of the port function of the same name.

import { existsSync, readFileSync } from 'node:fs';
import type { Rule } from '../../verifier/check/rules.ts';
import type { Scenario, Step, ThreadSteps, Action, Memory } from '../../verifier/scenario/scenario.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS, type Config } from '../../verifier/tree/arms.ts';
import { missingImports } from '../../verifier/tree/imports.ts';
import { loadPort, treeOf, type PortTree } from '../../verifier/tree/load.ts';
import { indexFile } from '../../verifier/tree/statements.ts';

/** docs/rules/ of this checkout, seen from build/test/check/. */
const PAGES = new URL('../../../docs/rules/', import.meta.url);
export const EXPLAIN = 'drivers/model/explain.ts';
export const port = loadPort();

export interface RulePage { readonly text: string; readonly broken: string; readonly mended: string }

export function hasPage(rule: Rule): boolean { return existsSync(new URL(`${rule.code}.md`, PAGES)); }

export function pageOf(rule: Rule): RulePage {
  const text = readFileSync(new URL(`${rule.code}.md`, PAGES), 'utf8');
  return { text, broken: fence(text, 'broken', rule), mended: fence(text, 'mended', rule) };
}

function fence(text: string, name: string, rule: Rule): string {
  const all = [...text.matchAll(new RegExp(`^\`\`\`ts ${name}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))];
  const only = all[0]?.[1];
  if (only === undefined || all.length > 1) throw new Error(`${rule.code}.md: one program \`ts ${name}\` is wanted, ${all.length} are there`);
  return only;
}

/** The port and a module of its own. Headers are found by name, as C finds them; what lives in a
 *  .c file the program imports itself. */
export function withProgram(program: string, file = EXPLAIN): PortTree {
  return treeOf({ ...Object.fromEntries(port.files), [file]: imported(file, program, 0, program.length) });
}

/** The port with a function of it replaced: `// mm/gup.ts` and the function. */
export function withFunction(program: string): PortTree {
  const file = /^\/\/ (\S+)\n/.exec(program)?.[1] ?? '';
  const name = /^(?:export )?function (\w+)/m.exec(program)?.[1] ?? '';
  const was = port.files.get(file);
  const fn = was === undefined ? undefined : indexFile(file, was).functions.find((f) => f.name === name);
  if (was === undefined || fn === undefined) throw new Error(`the port has no ${name}() in ${file}`);
  const put = program.slice(program.indexOf('\n') + 1).trim();
  const text = was.slice(0, fn.pos) + put + was.slice(fn.end);
  return treeOf({ ...Object.fromEntries(port.files), [file]: imported(file, text, fn.pos, fn.pos + put.length) });
}

function imported(file: string, text: string, from: number, to: number): string {
  const all = new Map([...port.files, [file, text]]);
  const splices = missingImports(file, text, all, [{ from, to }]).map((one) => one.splice);
  return splices.sort((a, b) => b.from - a.from).reduce((out, s) => out.slice(0, s.from) + s.text + out.slice(s.to), text);
}

/** What a program finds when it is called. */
export interface Setting {
  /** A driver has this memory and has taken page 0 into it. */
  readonly memory?: Memory;
  /** When it is asked for a page, the driver says it is done and moves nothing. */
  readonly idle?: boolean;
  /** A child C has been forked. */
  readonly forked?: boolean;
  /** The program is run by a second task Q first, on the mm of P. */
  readonly beside?: boolean;
  /** P calls it for page 0 while Q, another thread of the process, calls it for page 1. */
  readonly both?: boolean;
}

/** P has mapped two pages and written the first; then the program runs; then everybody goes. */
export function programScenario(rule: Rule, setting: Setting): Scenario {
  const steps: Step[] = [];
  const step = (act: Action, name: string | null = null, by = 'P'): void => { steps.push({ by, cpu: 0, name, do: act }); };
  const pages = 2;
  step({ call: 'mmap', page: 0, pages, write: true });
  if (setting.memory !== undefined) {
    step({ driver: 'create', memory: setting.memory, pages: 8, policy: { reach: 'page', moves: setting.idle !== true, result: '0', limit: 64 } });
  }
  step({ store: 0, value: 17 });
  step({ drain: 'all' });
  if (setting.memory !== undefined) step({ driver: 'take', memory: setting.memory, page: 0, pages: 1 });
  if (setting.forked === true) step({ call: 'fork', child: 'C' });
  if (setting.both === true) return bothRun(rule, steps, pages);
  if (setting.beside === true) step({ kernel: 'program', file: EXPLAIN, args: [{ mm: 'P' }, { page: 0 }] }, null, 'Q');
  step({ kernel: 'program', file: EXPLAIN, args: [{ mm: 'P' }, { page: 0 }] }, 'program');
  const observeAfter = steps.length - 1;
  step({ drain: 'all' });
  step({ call: 'exit' });
  if (setting.forked === true) step({ call: 'exit' }, null, 'C');
  if (setting.beside === true) step({ call: 'exit' }, null, 'Q');
  step({ drain: 'all' });
  if (setting.memory !== undefined) step({ driver: 'remove', memory: setting.memory });
  return { id: `explain/${rule.name}`, pages, oddities: 0, cpus: 2, tasks: setting.beside === true ? ['P', 'Q'] : ['P'], steps, observeAfter, needs: [], reuseFrames: true };
}

/** Two threads in the program at once. */
function bothRun(rule: Rule, steps: readonly Step[], pages: number): Scenario {
  const call = (by: string, cpu: number, page: number): ThreadSteps =>
    ({ by, cpu, steps: [{ name: 'program', do: { kernel: 'program', file: EXPLAIN, args: [{ mm: 'P' }, { page }] } }] });
  const end = (by: string, act: Action): Step => ({ by, cpu: 0, name: null, do: act });
  return {
    id: `explain/${rule.name}`, pages, oddities: 0, cpus: 2, tasks: ['P'],
    steps: [...steps, { by: 'P', cpu: 0, name: null, do: { call: 'clone', child: 'Q' } }], threads: [call('P', 0, 0), call('Q', 1, 1)],
    ending: [end('P', { call: 'exit' }), end('Q', { call: 'exit' }), end('P', { drain: 'all' })], observeAfter: steps.length, needs: [], reuseFrames: true,
  };
}

/** Runs a scenario on a tree in the default configuration. `upTo` ends it after that step. */
export function runOn(tree: PortTree, scenario: Scenario, upTo: string | null = null, switches: Config = {}): Run {
  const last = upTo === null ? -1 : scenario.steps.findIndex((s) => s.name === upTo);
  const steps = last < 0 ? scenario.steps : scenario.steps.slice(0, last + 1);
  return runScenario(linkSide(tree.files, { ...CONFIGS.default, ...switches }), { ...scenario, steps });
}
