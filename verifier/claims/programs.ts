// SPDX-License-Identifier: GPL-2.0-only
// Scenarios of claims that no family of the suite has: a few processes, one device, one step after
// the other. P is the process that maps the range, Q its child.

import { COHERENT, MODEL_DRIVER, type Action, type DriverPolicy, type Memory, type PinPath, type Scenario, type Step } from '../scenario/scenario.ts';

export const MOVES: DriverPolicy = { reach: 'page', moves: true, result: '0', limit: 64 };
export const MOVES_ALL: DriverPolicy = { reach: 'range', moves: true, result: '0', limit: 64 };
export const FAILS: DriverPolicy = { reach: 'page', moves: false, result: 'SIGBUS', limit: 0 };
export const NOTHING: DriverPolicy = { reach: 'page', moves: false, result: '0', limit: 0 };

export interface Program {
  readonly id: string;
  readonly pages: number;
  readonly memory: Memory;
  readonly policy?: DriverPolicy;
  /** In order; the places of the pages are looked at after the last of them. */
  readonly acts: readonly Act[];
  /** Others than P who are there from the beginning. */
  readonly others?: readonly string[];
  readonly reuse?: boolean;
}
/** `name`: as it shows in the outcome; without one it is set-up. */
export interface Act { readonly by: string; readonly do: Action; readonly name?: string }

/** Maps the range and makes the device, does the acts, looks, and ends it all. */
export function program({ id, pages, memory, policy = MOVES, acts, others = [], reuse = true }: Program): Scenario {
  const steps: Step[] = [];
  const put = (by: string, act: Action, name: string | null = null): void => { steps.push({ by, cpu: 0, name, do: act }); };
  put('P', { call: 'mmap', page: 0, pages, write: true });
  put('P', { driver: 'create', memory, pages: pages + 6, policy });
  for (const { by, do: act, name } of acts) put(by, act, name ?? null);
  const observeAfter = steps.length - 1;
  const open = (kind: 'pin' | 'hold' | 'isolate'): readonly (readonly [string, string])[] => acts.flatMap(({ by, do: act }): (readonly [string, string])[] => {
    if (kind === 'pin' && 'pin' in act) return [[by, act.pin]];
    if (kind === 'hold' && 'hold' in act && !('pin' in act)) return [[by, act.hold]];
    return kind === 'isolate' && 'isolate' in act ? [[by, act.isolate]] : [];
  });
  const given = new Set(acts.flatMap(({ do: act }) => ('unpin' in act ? [act.unpin] : 'release' in act ? [act.release] : 'putback' in act ? [act.putback] : [])));
  for (const [by, handle] of open('pin')) if (!given.has(handle)) put(by, { unpin: handle });
  for (const [by, handle] of open('hold')) if (!given.has(handle)) put(by, { release: handle });
  for (const [by, handle] of open('isolate')) if (!given.has(handle)) put(by, { putback: handle });
  const children = acts.flatMap(({ do: act }) => ('call' in act && (act.call === 'fork' || act.call === 'clone') ? [act.child] : []));
  const gone = new Set(acts.flatMap(({ by, do: act }) => ('call' in act && act.call === 'exit' ? [by] : [])));
  for (const task of [...children, ...others, 'P']) if (!gone.has(task)) put(task, { call: 'exit' });
  put('P', { drain: 'all' });
  if (!acts.some(({ do: act }) => 'driver' in act && act.driver === 'remove')) put('P', { driver: 'remove', memory });
  return {
    id: `claims/${id}`, pages, oddities: acts.length, cpus: 2, tasks: ['P', ...others], steps, observeAfter, reuseFrames: reuse,
    needs: [MODEL_DRIVER, ...(memory === 'coherent' ? [COHERENT] : [])],
  };
}

export function store(page: number, value: number, by = 'P', name?: string): Act { return { by, do: { store: page, value }, ...named(name) }; }
export function load(page: number, by = 'P', name?: string): Act { return { by, do: { load: page }, ...named(name) }; }
export function fork(child = 'Q', by = 'P'): Act { return { by, do: { call: 'fork', child } }; }
export function take(memory: Memory, page = 0, pages = 1, name?: string): Act { return { by: 'P', do: { driver: 'take', memory, page, pages }, ...named(name) }; }
export function evict(memory: Memory, page = 0, pages = 1, of = 'P', name = 'evict'): Act { return { by: 'P', do: { driver: 'evict', memory, of, page, pages }, name }; }
export interface Pin { readonly path?: PinPath; readonly page?: number; readonly pages?: number; readonly longterm?: boolean; readonly write?: boolean; readonly hold?: 'PIN' | 'GET'; readonly by?: string; readonly name?: string }
export function pin({ path = 'slow', page = 0, pages = 1, longterm = true, write = true, hold = 'PIN', by = 'P', name = 'pin' }: Pin = {}): Act {
  return { by, do: { pin: name, of: 'P', page, pages, path, hold, longterm, write }, name };
}
function named(name: string | undefined): { readonly name?: string } { return name === undefined ? {} : { name }; }
