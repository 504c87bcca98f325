// SPDX-License-Identifier: GPL-2.0-only
// The trace of one execution, for witnesses and replay: a step for each statement that changed
// shared state, with what it changed. Made only when somebody will read it.

import type { Key, PortObject } from '../instrument/runtime.ts';
import { classOf, isCounter, isPage, isPteCell, isTask, type PteCell } from './view.ts';
import type { World } from './world.ts';

const WATCHED: ReadonlySet<Key> = new Set(['counter', 'pte', 'holder', 'writer', 'readers', 'flags', 'mapping', 'next']);

interface OpenStep { n: number; cpu: number; thread: string; site: number; values: string[]; writes: string[]; depth: number; event: number; step: string }

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

export interface TracedStep extends Step { readonly depth: number; readonly scenarioStep: string; /** Accesses of the execution until it. */ readonly event: number }

export class Tracer {
  readonly #world: World;
  readonly steps: TracedStep[] = [];
  #open: OpenStep | null = null;
  constructor(world: World) { this.#world = world; }

  write(o: PortObject, k: Key, old: unknown, value: unknown): void {
    if (!WATCHED.has(k) || old === value) return;
    const text = this.#describe(o, k, old, value);
    if (text === null) return;
    const frames = this.#world.runtime.frames;
    const top = frames[frames.length - 1];
    const site = top?.site ?? -1;
    const thread = this.#world.view.current().comm;
    if (this.#open === null || this.#open.site !== site || this.#open.thread !== thread || this.#open.depth !== frames.length) {
      this.#close();
      this.#open = { n: this.steps.length + 1, cpu: this.#world.view.cpu(), thread, site, values: [], writes: [], depth: frames.length, event: this.#world.runtime.events, step: this.#world.step };
    }
    this.#open.values.push(text);
    this.#open.writes.push(`${this.#world.nameOf(o)}.${k}`);
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
    const site = this.#world.runtime.sites[s.site];
    this.steps.push({
      n: s.n, cpu: s.cpu, thread: s.thread, file: site?.file ?? '', line: site?.line ?? 0, function: site?.function ?? '',
      text: site?.text ?? '', reads: [], writes: s.writes, values: s.values, depth: s.depth, event: s.event, scenarioStep: s.step,
    });
    this.#open = null;
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
