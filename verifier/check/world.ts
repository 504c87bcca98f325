// SPDX-License-Identifier: GPL-2.0-only
// What all rules share during one execution: the machine, its frames and tasks, what an object is
// called, and where findings go. Rules read kernel objects as they are; the run's own accesses
// alone are events.

import { JournaledMap, JournaledSet, type Journal } from '../instrument/journal.ts';
import type { Runtime } from '../instrument/runtime.ts';
import { ExecutionEnd } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import type { LabelledSite, RunFinding } from './finding.ts';
import { identity } from './finding.ts';
import { append, KeptList, put } from './kept.ts';
import { PteDecoder } from './pte.ts';
import { ruleNamed, type RuleName } from './rules.ts';
import {
  classOf, isCounter, isObject, isPage, isPagevec, type Counter, type FrameObj, type MachineObj, type MmObj, type PageObj, type Pagevec, type PortView, type TaskObj,
} from './view.ts';

const MM = 'include/linux/mm.ts';
const MMZONE = 'include/linux/mmzone.ts';

const NOWHERE: Site = { file: '', line: 0, function: '', text: '', covers: false };

export interface FindingSpec {
  readonly rule: RuleName;
  readonly object: string;
  readonly message: string;
  /** Where, if not the statement that runs. */
  readonly site?: Site | null;
  readonly places?: readonly LabelledSite[];
  /** Overrides what the rule says of itself. */
  readonly ends?: boolean;
  /** The call chain, if not the one that is there now. */
  readonly stack?: readonly Site[];
}

export class World {
  readonly view: PortView;
  readonly runtime: Runtime;
  readonly machine: MachineObj;
  /** Where what rules remember is undone. */
  readonly journal: Journal;
  readonly ptes: PteDecoder;
  /** What this execution found, in the order in which it did. */
  readonly findings: RunFinding[] = [];
  readonly tasks: TaskObj[];
  readonly #now = { muted: false, step: '', concurrent: false };
  /** Called for each finding as it is noted: a search steps back from `findings`, not from this. */
  onFinding: (f: RunFinding) => void = () => undefined;
  /** Where the kernel was left: what is found at rest without a place of its own points there. */
  leftLast: () => Site | null = () => null;
  readonly #seen: Set<string>;
  /** Pages that were said to be lost: what hangs on them is not said again. */
  readonly lost: Set<PageObj>;
  /** Pages that somebody in the scenario keeps isolated. */
  readonly isolated: Set<PageObj>;
  readonly #globals: Map<string, unknown>;
  /** Found once: but what was made lazily after a mark is made anew after the undo. */
  readonly #found: { frames: ReadonlyMap<number, FrameObj> | null; pagevecs: readonly { readonly cpu: number; readonly pvec: Pagevec }[] } = { frames: null, pagevecs: [] };

  readonly #zone: { readonly shift: number; readonly mask: number; readonly movable: number; readonly device: number };

  constructor(view: PortView, runtime: Runtime, machine: MachineObj) {
    this.view = view;
    this.runtime = runtime;
    this.machine = machine;
    this.journal = runtime.journal;
    this.tasks = new KeptList(this.journal);
    this.#seen = new JournaledSet(this.journal);
    this.lost = new JournaledSet(this.journal);
    this.isolated = new JournaledSet(this.journal);
    this.#globals = new JournaledMap(this.journal);
    this.#standing = new JournaledMap(this.journal);
    this.ptes = new PteDecoder(view);
    this.#zone = {
      shift: view.number(MM, 'ZONES_PGSHIFT'), mask: view.number(MM, 'ZONES_MASK'),
      movable: view.number(MMZONE, 'ZONE_MOVABLE'), device: view.number(MMZONE, 'ZONE_DEVICE'),
    };
  }

  /** What comes now is not judged. */
  get muted(): boolean { return this.#now.muted; }
  set muted(to: boolean) { put(this.journal, this.#now, 'muted', to); }
  /** The scenario step that runs, as outcomes name it. */
  get step(): string { return this.#now.step; }
  set step(to: string) { put(this.journal, this.#now, 'step', to); }
  /** Several threads run from here on: what one of them alone could not lose is judged now, too. */
  get concurrent(): boolean { return this.#now.concurrent; }
  set concurrent(to: boolean) { put(this.journal, this.#now, 'concurrent', to); }

  /** Notes a finding; ends the execution where its rule says so. */
  report(spec: FindingSpec): void {
    if (this.#now.muted) return;
    const stack = spec.stack ?? this.runtime.stack();
    const site = spec.site ?? placeIn(stack) ?? this.leftLast() ?? NOWHERE;
    const finding: RunFinding = {
      rule: spec.rule, site, object: spec.object, message: spec.message, places: spec.places ?? [],
      stack, event: this.runtime.events, step: this.step,
    };
    const id = identity(finding);
    if (!this.#seen.has(id)) {
      this.#seen.add(id);
      append(this.journal, this.findings, finding);
      this.onFinding(finding);
    }
    if (spec.ends ?? ruleNamed(spec.rule).ends) throw new ExecutionEnd('finding', `${spec.rule}: ${spec.message}`);
  }

  readonly #standing: Map<object, ReadonlySet<string>>;
  /** What is wrong at rest mostly stays wrong: it is reported at the first rest that shows it. */
  reportStanding(of: object, mark: string, spec: FindingSpec): void {
    if (!this.stands(of, mark)) this.report(spec);
  }
  /** Whether this was noted before; it is now. */
  stands(of: object, mark: string): boolean {
    const known = this.#standing.get(of);
    if (known?.has(mark) === true) return true;
    this.#standing.set(of, new Set(known).add(mark));
    return false;
  }

  // --- frames -----------------------------------------------------------------------------------

  /** A global of the machine by name; once it is there it stays the same object. */
  global(name: string): unknown {
    let value = this.#globals.get(name);
    if (value === undefined) {
      value = this.machine.globals().find((g) => g.name === name)?.value;
      if (value !== undefined) this.#globals.set(name, value);
    }
    return value;
  }

  frames(): ReadonlyMap<number, FrameObj> {
    const known = this.#found.frames;
    if (known !== null) return known;
    const memory = this.global('memory');
    const frames: unknown = isObject(memory) ? memory['frames'] : undefined;
    if (!(frames instanceof Map)) return new Map();
    put(this.journal, this.#found, 'frames', frames);
    return frames;
  }
  frameOf(page: PageObj): FrameObj | undefined { return this.frames().get(page.pfn); }
  pageAt(pfn: number): PageObj | null { return this.frames().get(pfn)?.page ?? null; }
  isZeroPage(page: PageObj): boolean {
    const memory = this.global('memory');
    return isObject(memory) && memory['zero_pfn'] === page.pfn;
  }
  /** The struct pages of a region are being made. */
  inBringUp(): boolean {
    for (let f = this.runtime.top; f !== null; f = f.caller) if (f.function === 'memmap_init_zone_device') return true;
    return false;
  }
  isDevice(page: PageObj): boolean { return this.#zoneOf(page) === this.#zone.device; }
  /** Device memory that no CPU can reach. */
  isPrivate(page: PageObj): boolean {
    const pgmap: unknown = this.isDevice(page) ? page.word0 : null;
    return isObject(pgmap) && pgmap['type'] === this.view.number('include/linux/memremap.ts', 'MEMORY_DEVICE_PRIVATE');
  }
  /** Where what a page holds stands: of private memory, behind it. */
  contentOf(page: PageObj): PageObj { return (this.isPrivate(page) ? this.dataOf(page) : null) ?? page; }
  /** The system page that the driver of a device page names by its zone_device_data (lib/test_hmm.c). */
  dataOf(page: PageObj): PageObj | null {
    const named = page.word1;
    return this.isDevice(page) && isPage(named) && !this.isDevice(named) ? named : null;
  }
  isMovable(page: PageObj): boolean { return this.#zoneOf(page) === this.#zone.movable; }
  #zoneOf(page: PageObj): number { return (page.flags >>> this.#zone.shift) & this.#zone.mask; }

  /** The counter of a node statistic (enum node_stat_item), once the node has any. */
  nodeStat(name: string): Counter | null {
    const stat = this.global('node_stat');
    const items: unknown = isObject(stat) ? stat['items'] : undefined;
    const counter: unknown = Array.isArray(items) ? items[this.view.number(MMZONE, name)] : undefined;
    return isCounter(counter) ? counter : null;
  }

  /** The pagevecs of each CPU, found by shape in the per-CPU globals. */
  pagevecs(): readonly { readonly cpu: number; readonly pvec: Pagevec }[] {
    if (this.#found.pagevecs.length > 0) return this.#found.pagevecs;
    const out: { cpu: number; pvec: Pagevec }[] = [];
    for (const name of ['lru_pvecs', 'lru_rotate']) {
      const areas = this.global(name);
      for (const [cpu, area] of (Array.isArray(areas) ? areas : []).entries()) {
        if (!isObject(area)) continue;
        for (const k of Object.keys(area)) {
          const pvec = area[k];
          if (isPagevec(pvec)) out.push({ cpu, pvec });
        }
      }
    }
    if (out.length > 0) put(this.journal, this.#found, 'pagevecs', out);
    return out;
  }
  queued(page: PageObj, cpu: number | null): number {
    let n = 0;
    for (const { cpu: at, pvec } of this.pagevecs()) {
      if (cpu !== null && at !== cpu) continue;
      for (let i = 0; i < pvec.nr; i++) if (pvec.pages[i] === page) n += 1;
    }
    return n;
  }

  mms(): readonly MmObj[] {
    const out: MmObj[] = [];
    for (const { mm } of this.tasks) if (mm !== null && !out.includes(mm)) out.push(mm);
    return out;
  }

  /** What a report calls an object. */
  nameOf(o: unknown): string {
    if (isPage(o)) return `${this.kindOf(o)} 0x${o.pfn.toString(16)}`;
    if (isObject(o)) {
      const name = o['name'];
      if (typeof name === 'string' && name !== '') return name;
    }
    return classOf(o);
  }
  /** The statement that called the function which runs. */
  caller(): Site | null {
    const thrown = this.runtime.thrownAt;
    const top = thrown === null ? this.runtime.top : thrown[thrown.length - 1] ?? null;
    return this.runtime.sites[top?.caller?.site ?? -1] ?? null;
  }
  /** The kind of a page, as findings are told apart by it. */
  kindOf(page: PageObj): string {
    if (this.isDevice(page)) return 'device page';
    return this.isMovable(page) ? 'movable page' : 'page';
  }
}

/** The statement a report points at: the innermost one. Headers have no frames, so it is the caller's of what only counts. */
export function placeIn(stack: readonly Site[]): Site | null { return stack[stack.length - 1] ?? null; }
