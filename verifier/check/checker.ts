// SPDX-License-Identifier: GPL-2.0-only
// The monitor of an execution: hands each event to the rules that need it. Rules over state are
// kept up by what the step touched. What concerns one thread is judged when its step is over, what
// only holds while nobody is inside the kernel at rest; with one thread that is the same moment.

import { ExecutionEnd, type Frame, type Key, type Monitor, type PortObject } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import type { LoopActivation } from '../instrument/loops.ts';
import { Contracts } from './contracts.ts';
import { Keeps } from './keeps.ts';
import { put, Records } from './kept.ts';
import { Lifetimes } from './life.ts';
import { Locks } from './locks.ts';
import { Mappings } from './maps.ts';
import { Notifiers } from './notifiers.ts';
import { Owners } from './owners.ts';
import { PageMaps } from './pagemaps.ts';
import { Pins } from './pins.ts';
import { names } from './pte.ts';
import { Races } from './races.ts';
import { Reads } from './reads.ts';
import { References } from './refs.ts';
import { AtRest, type DeviceObj } from './rest.ts';
import type { Tracer } from './trace.ts';
import { TypeStable } from './type-stable.ts';
import { classOf, isCounter, isFrame, isMm, isPage, isPagevec, isPteCell, type Counter, type TaskObj } from './view.ts';
import type { FindingSpec, World } from './world.ts';

/** What an execution cost, counted as it ran. */
export interface Counts { rounds: number; pins: number; unpins: number; callbacks: number }

/** The frames left since the last call, the one left last first. */
interface Left { readonly frame: Frame; readonly before: Left | null }

interface Thread {
  /** Where its last result came from. */
  left: Left | null;
  /** Where a driver was last asked to move a page. */
  callback: Site | null;
  readonly counts: Counts;
}
const noCounts = (): Counts => ({ rounds: 0, pins: 0, unpins: 0, callbacks: 0 });

export class Checker implements Monitor {
  readonly world: World;
  readonly references: References;
  readonly pins: Pins;
  readonly mappings: Mappings;
  readonly locks: Locks;
  readonly lifetimes: Lifetimes;
  readonly contracts: Contracts;
  readonly pageMaps: PageMaps;
  readonly owners: Owners;
  readonly #reads: Reads;
  readonly #races: Races;
  readonly #notifiers: Notifiers;
  readonly #typeStable: TypeStable;
  readonly #atRest: AtRest;
  readonly counts: Counts = noCounts();
  /** What the environment keeps up; said beside an endless retry. */
  environment: () => readonly string[] = () => [];
  tracer: Tracer | null = null;
  /** A cycle that was found: where the trace had come to, and whether SIGKILL ends it. */
  cycled: { readonly to: number; readonly killable: boolean } | null = null;
  #endless: { readonly depth: number; readonly at: number; readonly spec: FindingSpec } | null = null;
  readonly #threads = new Records<TaskObj, Thread>(() => ({ left: null, callback: null, counts: noCounts() }));

  /** struct page of this side: most reads are told apart by it. */
  readonly #pageClass: unknown;
  readonly #waitEntry: unknown;
  readonly #pagemap: unknown;
  /** Heads of lists that have a guard. */
  readonly #listHead: unknown;

  constructor(world: World) {
    this.world = world;
    this.#pageClass = world.view.port.symbol('include/linux/mm_types.ts', 'page');
    this.#waitEntry = world.view.port.symbol('include/linux/wait.ts', 'wait_queue_entry');
    this.#pagemap = world.view.port.symbol('include/linux/memremap.ts', 'dev_pagemap');
    this.#listHead = world.view.port.symbol('include/linux/mmzone.ts', 'lru_list_head');
    this.references = new References(world, (page) => this.mappings.unlistedAt(page));
    this.pins = new Pins(world, this.references, (result, counting) => this.#returnedFrom(result, counting));
    this.mappings = new Mappings(world);
    this.locks = new Locks(world, (task) => this.mappings.settle(task), (page) => this.mappings.onUnlock(page));
    this.owners = new Owners(world);
    this.lifetimes = new Lifetimes(world, this.owners, (page) => {
      const task = world.view.current();
      return this.references.balanceOf(page, task) > 0 || this.owners.isFreer(page, task);
    });
    this.contracts = new Contracts(world, this.mappings, (page) => this.owners.generationOf(page));
    this.pageMaps = new PageMaps(world);
    const keeps = new Keeps(world, this.references, this.locks, this.mappings, this.owners, this.pageMaps);
    this.#reads = new Reads(world, keeps, this.owners, (task) => this.locks.heldBy(task));
    this.#races = new Races(world);
    this.#notifiers = new Notifiers(world);
    this.#typeStable = new TypeStable(world);
    this.#atRest = new AtRest(world, this.mappings, (page) => (this.references.hasBase(page) ? 1 : 0), () => this.#isolated.at);
    world.leftLast = () => this.#leftLast();
    world.machine.on_trap = (kind, what) => this.#trap(kind, what);
    world.machine.on_alloc = (object) => {
      this.lifetimes.onObjectAlloc(object);
      this.#races.onAlloc(object);
      this.#typeStable.onAlloc(object);
    };
    world.machine.on_free = (object) => this.lifetimes.onObjectFree(object);
    world.machine.on_blocked = (on, why) => this.locks.onBlocked(on, why);
  }

  /**
   * The statement of core mm that brought a result into being: the innermost function on the way
   * out that returned it; `counting` only asks those that return a count (long).
   */
  #returnedFrom(result: number, counting: boolean): Site | null {
    const sites = this.world.runtime.sites;
    const returns = (f: Frame, kinds: RegExp): boolean => kinds.test(sites[f.entry]?.text ?? '');
    const left = this.#left();
    const gave = left.filter((f) => f.file.startsWith('mm/') && f.result === result && returns(f, /: (int|(unsigned_)?long)$/));
    // A part that the fast path got is handed on by a function that returns an int.
    const frame = (counting ? gave.find((f) => returns(f, /long$/)) : undefined) ?? gave[0];
    return sites[(frame ?? left[left.length - 1])?.site ?? -1] ?? null;
  }

  /** The last statement of the outermost function of core mm, or else of the step's own. */
  #leftLast(): Site | null {
    const left = this.#left();
    const frame = left.findLast((f) => f.file.startsWith('mm/')) ?? left[left.length - 1];
    return this.world.runtime.sites[frame?.site ?? -1] ?? null;
  }

  #thread(): Thread { return this.#threads.of(this.world.view.current()); }
  /** The frames that the running thread left since its last call, innermost first; while nobody runs, the first task's. */
  #left(): readonly Frame[] {
    const task = this.world.view.running() ?? this.world.tasks[0];
    const out: Frame[] = [];
    for (let at = task === undefined ? null : this.#threads.of(task).left; at !== null; at = at.before) out.push(at.frame);
    return out.reverse();
  }

  /** One thread's step is over and nobody else is inside the kernel. */
  stepEnd(devices: readonly DeviceObj[], isolated: number, pins: number | null): void {
    if (this.#endless !== null) this.#endOfCycle(true);
    this.threadStepEnd(this.world.view.current());
    this.atRest(devices, isolated, pins);
  }

  /** A step of one thread is over; others may be inside the kernel. What concerns it alone. */
  threadStepEnd(task: TaskObj): void {
    this.mappings.settle(task);
    this.locks.threadStepEnd(task);
    if (!this.world.concurrent) return;
    this.references.threadStepEnd(task);
    this.pageMaps.threadStepEnd(task);
  }

  /** Nobody is inside the kernel: the whole machine. isolated, pins: as AtRest.check() has them. */
  atRest(devices: readonly DeviceObj[], isolated: number, pins: number | null): void {
    this.mappings.settleAll();
    this.locks.atRest();
    this.references.atRest();
    this.pageMaps.atRest();
    this.#atRest.check(devices, isolated, pins);
    this.mappings.atRest();
  }

  /** The scenario is over: every task has gone, and with them all that was made for them. */
  atEnd(): void {
    if (this.world.tasks.every((t) => t.mm === null)) this.lifetimes.atEnd();
  }

  // --- Monitor ----------------------------------------------------------------------------------

  read(o: PortObject, k: Key): void {
    if (this.#pageClass === o.constructor) {
      this.lifetimes.onPageRead(o, k);
      if (this.world.concurrent && isPage(o)) {
        this.#reads.onPage(o, k);
        if (k === 'mapping') this.#typeStable.onRead(o);
      }
    } else {
      if (k === 'mmap' && isMm(o)) this.locks.onVmaList(o);
      this.lifetimes.onObjectRead(o, k);
      if (this.world.concurrent) this.#besideOthers(o, k);
    }
  }

  /** A read of what is no page, while others run. */
  #besideOthers(o: PortObject, k: Key): void {
    switch (k) {
      case 'pte':
        if (isPteCell(o) && o.pte !== 0) {
          const pfn = names(this.world.ptes.decode(o.pte));
          if (pfn !== null) this.#reads.onEntry(pfn);
        }
        return;
      case 'next': case 'prev':
        if (classOf(o) === 'page_lru') this.#reads.onList(o, k);
        else if (this.#listHead === o.constructor) this.#races.on(o, k, false);
        return;
      case 'content': this.#reads.onContent(o); return;
      case 'type': case 'owner': case 'ops':
        if (this.#pagemap === o.constructor) this.#reads.onPgmap(o, k);
        return;
      default: this.#races.on(o, k, false);
    }
  }

  write(o: PortObject, k: Key, old: unknown, value: unknown): void {
    this.tracer?.write(o, k, old, value);
    switch (k) {
      case 'counter': {
        if (!isCounter(o)) { this.pageMaps.onCounter(o, Number(value) - Number(old)); break; }
        if (!isPage(o.owner)) {
          this.#noteIsolated(o);
          this.pageMaps.onCounter(o.owner, Number(value) - Number(old));
          break;
        }
        this.#cost(o, Number(value) - Number(old));
        this.references.onCount(o, Number(old), Number(value));
        if (o.owner._refcount === o) this.owners.onCount(o.owner, Number(old), Number(value), this.references.hasBase(o.owner) ? 1 : 0);
        this.mappings.onCount(o, Number(value) - Number(old));
        break;
      }
      case 'pte':
        if (isPteCell(o) && old !== value) {
          this.references.onPte(o, Number(old), Number(value));
          this.mappings.onPte(o, Number(old), Number(value));
        }
        break;
      case 'holder': case 'writer': case 'readers':
        this.locks.onWord(o, k, old, value);
        if (k === 'holder' && value === null) this.#notifiers.onUnlock(o);
        break;
      case 'flags':
        if (isPage(o)) {
          const before = Number(old);
          const after = Number(value);
          if (((before ^ after) & 1) !== 0) this.locks.onPageLock(o, (after & 1) !== 0);
          this.mappings.onFlags(o, before, after);
        } else if (this.#waitEntry === o.constructor) this.locks.onWaiter(o, Number(old), Number(value));
        break;
      case 'nr':
        if (isPagevec(o)) this.references.onPagevec(o, Number(old), Number(value));
        break;
      case 'allocated':
        if (isFrame(o)) {
          this.lifetimes.onFrame(o, old === true, value === true);
          this.owners.onFrame(o, value === true);
          if (value === false) this.mappings.onFree(o);
          if (value === false && this.world.isDevice(o.page)) this.pageMaps.onRemoved(o.page);
        }
        break;
      case 'mapping': this.#typeStable.onMapping(value); break;
      case 'pgmap':
        this.pageMaps.onPage(value, old);
        break;
      case 'zone_device_data':
        if (isPage(o)) this.references.onDriverData(o);
        break;
      default:
    }
    this.lifetimes.onWrite(o, k);
    this.contracts.onWrite(o, k);
    if (this.world.concurrent) {
      this.#races.onStored(o, value);
      this.#races.on(o, k, true);
    }
  }

  nullDereference(k: string): never {
    this.world.report({ rule: 'null-dereference', object: k, message: `NULL is followed to ${k}` });
    throw new ExecutionEnd('finding', 'null-dereference');
  }

  call(_o: PortObject, k: Key, args: readonly unknown[]): void {
    this.tracer?.call(k, args);
    if (k === 'migrate_to_ram') {
      this.#add('callbacks', 1);
      put(this.world.journal, this.#thread(), 'callback', this.world.runtime.here());
    }
    if (k === 'release') this.pageMaps.onRelease(args[0]);
    this.contracts.onCall(k, args);
    if (k === 'page_free' && isPage(args[0])) {
      this.owners.onPageFree(args[0]);
      this.references.onPageFree(args[0]);
    }
    this.#notifiers.onCall(k, args);
  }

  enter(frame: Frame): void {
    if (frame.function === '__get_user_pages_locked' || frame.function === 'lockless_pages_from_mm') this.#add('rounds', 1);
    const thread = this.#thread();
    if (thread.left !== null) put(this.world.journal, thread, 'left', null);
    this.contracts.onEnter(frame);
  }
  leave(frame: Frame): void {
    if (this.#endless !== null && this.world.runtime.frames.length <= this.#endless.depth) this.#endOfCycle(true);
    const thread = this.#thread();
    put(this.world.journal, thread, 'left', { frame, before: thread.left });
    if (frame.lists !== null) for (const head of frame.lists) this.lifetimes.onLocalList(head);
    this.contracts.onLeave(frame);
    if (this.world.concurrent) this.#typeStable.onLeave(frame);
    if (frame.function === 'get_dev_pagemap') this.pageMaps.onLookup(frame.result);
  }

  /**
   * A loop came round with an equal state. Whether a signal would end it is tried: SIGKILL is sent,
   * and the run goes on, unjudged, until the loop is left or comes round once more.
   */
  cycle(activation: LoopActivation, kind: 'equal' | 'leaks'): void {
    if (this.#endless !== null) this.#endOfCycle(false);
    const loop = this.world.runtime.sites[activation.site] ?? null;
    // The hardware retries an access for ever: what matters is who answered its fault.
    const site = loop?.file.startsWith('arch/model/') === true ? this.#thread().callback ?? loop : loop;
    const text = (site === null ? 'a loop' : site.text).replace(/;$/, '');
    const object = this.references.kindsInCycle();
    if (kind === 'leaks') {
      this.world.report({ rule: 'refcount-leak', object, site, message: `each round of \`${text}\` leaves a reference behind` });
      throw new ExecutionEnd('cycle', text);
    }
    const while_ = this.environment().map((e) => `, while ${e}`).join('');
    this.#endless = {
      depth: this.world.runtime.frames.length, at: this.tracer?.count() ?? 0,
      spec: { rule: 'unbounded-retry', object, site, stack: this.world.runtime.stack(), message: `\`${text}\` comes round with an equal state (${object}) and never ends${while_}` },
    };
    this.world.muted = true;
    this.world.view.current().sigkill = true;
  }

  /** The loop was left after the signal, or came round all the same. */
  #endOfCycle(killable: boolean): never {
    const endless = this.#endless;
    if (endless === null) throw new Error('no cycle');
    this.world.muted = false;
    this.cycled = { to: endless.at, killable };
    this.world.report({ ...endless.spec, message: `${endless.spec.message}; ${killable ? 'SIGKILL ends it' : 'no signal ends it'}`, ends: false });
    throw new ExecutionEnd('cycle', endless.spec.message);
  }

  /** Who last counted a page as isolated, or as put back. */
  readonly #isolated: { at: Site | null } = { at: null };
  #noteIsolated(counter: Counter): void {
    if (this.world.nodeStat('NR_ISOLATED_ANON') === counter) put(this.world.journal, this.#isolated, 'at', this.world.runtime.here());
  }

  #cost(counter: Counter, d: number): void {
    if (!isPage(counter.owner) || counter.owner._refcount !== counter) return;
    const { pinBias } = this.references;
    if (d >= pinBias - 1) this.#add('pins', Math.round(d / pinBias));
    if (-d >= pinBias - 1) this.#add('unpins', Math.round(-d / pinBias));
  }
  #add(what: keyof Counts, n: number): void {
    const { counts } = this.#thread();
    put(this.world.journal, this.counts, what, this.counts[what] + n);
    put(this.world.journal, counts, what, counts[what] + n);
  }
  /** What one thread's calls cost so far. */
  countsOf(task: TaskObj): Readonly<Counts> { return this.#threads.of(task).counts; }

  #trap(kind: string, what: string): void {
    if (kind === 'MIGHT_SLEEP') { this.locks.maySleep(''); return; }
    const text = (this.world.runtime.here()?.text ?? '').replace(/;$/, '');
    switch (kind) {
      case 'BUG': this.world.report({ rule: 'bug-on', object: 'BUG', message: what || text, ends: true }); break;
      // An observer: noted as what a debug kernel says, and the run goes on (model-rules.md, 2.8).
      case 'VM_BUG_ON': this.world.report({ rule: 'bug-on', object: kind, message: what || text }); break;
      case 'WARN': case 'VM_WARN_ON': this.world.report({ rule: 'warn-on', object: kind, message: what || text }); break;
      case 'BAD_PAGE': this.world.report({ rule: 'bad-page-state', object: 'page', message: what }); break;
      case 'PTE_MISUSE': this.world.report({ rule: 'pte-misuse', object: 'entry', message: what }); break;
      default: throw new Error(`the machine traps with an unknown kind ${kind}`);
    }
  }
}
