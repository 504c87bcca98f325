// SPDX-License-Identifier: GPL-2.0-only
// The trace of one execution, for witnesses and replay: a step for each statement that changed
// shared state, with what it changed. Of several threads also where one stands while another goes
// on, and the statement of each finding: it mostly reads, and would leave no step of its own.
// Made only when somebody will read it.

import type { Key, PortObject } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import { identity, type RunFinding } from './finding.ts';
import { classOf, isCounter, isFrame, isPage, isPteCell, isTask, type PteCell } from './view.ts';
import type { World } from './world.ts';

const WATCHED: ReadonlySet<Key> = new Set(['counter', 'pte', 'holder', 'writer', 'readers', 'flags', 'mapping', 'next', 'allocated']);

interface OpenStep { cpu: number; thread: string; site: number; values: string[]; writes: string[]; depth: number; event: number; step: string }

/** One statement that changed shared state, as reports have it. */
export interface Step {
  readonly n: number;
  readonly cpu: number;
  readonly thread: string;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly text: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** `object.field: old -> new` */
  readonly values: readonly string[];
}

export interface TracedStep extends Step {
  readonly depth: number;
  readonly scenarioStep: string;
  /** Accesses of the execution until it. */
  readonly event: number;
  /** The identity of the finding that it is the statement of. */
  readonly found: string | null;
}

/** What a thread that stands still does: it could go on, or it waits for something. */
export const PREEMPTED = 'preempted';
export const WAITS = 'waits for ';

/** A thread as the trace names it. */
export interface Standing { readonly name: string; readonly thread: string; readonly cpu: number; readonly site: Site | null }

export class Tracer {
  readonly #world: World;
  readonly steps: TracedStep[] = [];
  #open: OpenStep | null = null;
  constructor(world: World) { this.#world = world; }

  write(o: PortObject, k: Key, old: unknown, value: unknown): void {
    if (!WATCHED.has(k) || old === value) return;
    const text = this.#describe(o, k, old, value);
    if (text !== null) this.#note(text, `${this.#world.nameOf(o)}.${String(k)}`);
  }

  /** A call through a table of functions: a driver is handed back its page. */
  call(k: Key, args: readonly unknown[]): void {
    const [page] = args;
    if (k === 'page_free' && isPage(page)) this.#note(`${this.#world.nameOf(page)} freed`, `${this.#world.nameOf(page)}.free`);
  }

  /** Another thread goes on while this one stands where it is. */
  stands(who: Standing, why: string): void {
    this.#close();
    const { cpu, thread, site, name } = who;
    this.#push(site, { cpu, thread, writes: [], values: [why], depth: 0, event: this.#world.runtime.events, scenarioStep: name, found: null });
  }

  found(f: RunFinding): void {
    this.#close();
    const { view } = this.#world;
    const thread = view.running()?.comm ?? '';
    this.#push(f.site, { cpu: thread === '' ? 0 : view.cpu(), thread, writes: [], values: [], depth: f.stack.length, event: f.event, scenarioStep: f.step, found: identity(f) });
  }

  #note(text: string, where: string): void {
    const frames = this.#world.runtime.frames;
    const top = frames[frames.length - 1];
    const site = top?.site ?? -1;
    const thread = this.#world.view.current().comm;
    if (this.#open === null || this.#open.site !== site || this.#open.thread !== thread || this.#open.depth !== frames.length) {
      this.#close();
      this.#open = { cpu: this.#world.view.cpu(), thread, site, values: [], writes: [], depth: frames.length, event: this.#world.runtime.events, step: this.#world.step };
    }
    this.#open.values.push(text);
    this.#open.writes.push(where);
  }

  /** Steps so far, the open one closed. */
  count(): number {
    this.#close();
    return this.steps.length;
  }

  finish(): readonly TracedStep[] {
    this.#close();
    return this.steps;
  }

  #close(): void {
    const s = this.#open;
    if (s === null) return;
    this.#open = null;
    this.#push(this.#world.runtime.sites[s.site] ?? null, { ...s, scenarioStep: s.step, found: null });
  }

  #push(site: Site | null, s: Omit<TracedStep, 'n' | 'file' | 'line' | 'function' | 'text' | 'reads'>): void {
    const { cpu, thread, writes, values, depth, event, scenarioStep, found } = s;
    this.steps.push({
      n: this.steps.length + 1, cpu, thread, file: site?.file ?? '', line: site?.line ?? 0, function: site?.function ?? '',
      text: site?.text ?? '', reads: [], writes, values, depth, event, scenarioStep, found,
    });
  }

  #describe(o: PortObject, k: Key, old: unknown, value: unknown): string | null {
    switch (k) {
      case 'counter': {
        const page = o['owner'];
        if (!isPage(page) || !isCounter(o)) return null;
        const which = page._refcount === o ? 'refcount' : 'mapcount';
        const shift = which === 'mapcount' ? 1 : 0;
        return `${which}(${this.#world.nameOf(page)}) ${Number(old) + shift} -> ${Number(value) + shift}`;
      }
      case 'pte': {
        const [was, is] = [this.#pte(Number(old)), this.#pte(Number(value))];
        // What the hardware notes for itself (accessed, dirty) is no step of anybody's.
        return isPteCell(o) && was !== is ? `pte(0x${addressOf(o).toString(16)}) ${was} -> ${is}` : null;
      }
      case 'holder': case 'writer':
        return isTask(value) ? `${this.#world.nameOf(o)} taken` : `${this.#world.nameOf(o)} released`;
      case 'readers':
        return Array.isArray(old) && Array.isArray(value) ? `${this.#world.nameOf(o)} ${value.length > old.length ? 'taken' : 'released'} for reading` : null;
      case 'flags': {
        if (!isPage(o) || ((Number(old) ^ Number(value)) & 1) === 0) return null;
        return `${this.#world.nameOf(o)} ${(Number(value) & 1) !== 0 ? 'locked' : 'unlocked'}`;
      }
      case 'allocated':
        return isFrame(o) && !this.#world.isDevice(o.page) ? `${this.#world.nameOf(o.page)} ${value === true ? 'allocated' : 'freed'}` : null;
      case 'mapping': return isPage(o) ? `mapping(${this.#world.nameOf(o)}) ${classOf(old) || 'NULL'} -> ${classOf(value) || 'NULL'}` : null;
      case 'next': {
        const page = o['owner'];
        return isPage(page) && this.#world.isDevice(page) ? `lru.next(${this.#world.nameOf(page)}) written` : null;
      }
      default: return null;
    }
  }

  #pte(pte: number): string {
    const v = this.#world.ptes.decode(pte);
    switch (v.kind) {
      case 'none': return 'none';
      case 'other': return `0x${pte.toString(16)}`;
      case 'present': return v.special ? 'zero page' : `0x${v.pfn.toString(16)}${v.write ? ' rw' : ' r'}`;
      case 'private': case 'exclusive': case 'migration': return `${v.kind} entry 0x${v.pfn.toString(16)}${v.write ? ' rw' : ' r'}`;
    }
  }
}

function addressOf(cell: PteCell): number { return cell.table.base + cell.index * 4096; }
