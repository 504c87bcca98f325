// SPDX-License-Identifier: GPL-2.0-only
// The bench a scenario runs on: a booted machine of one side, its tasks and drivers, and the acts
// that steps name. Port functions are found by name on the side that runs; what a step returned to
// its caller is handed to the accounting.

import type { Checker, Counts } from '../check/checker.ts';
import type { DeviceObj } from '../check/rest.ts';
import { asTask, isMachine, isObject, isPage, isTask, type MachineObj, type PageObj, type PortView, type TaskObj } from '../check/view.ts';
import type { World } from '../check/world.ts';
import { JournaledMap, Kept } from '../instrument/journal.ts';
import { SILENT, type PortObject } from '../instrument/runtime.ts';
import { Dmirror } from './dmirror.ts';
import { errnoName } from './errno.ts';
import { addressOf, COHERENT, needInWords, symbolOn, type Action, type DriverPolicy, type KernelArg, type Memory, type Need, type Scenario, type Step } from './scenario.ts';
import type { Shadow } from './shadow.ts';
import type { LinkedPort } from '../instrument/link.ts';
import type { RunnableSide } from './link-side.ts';

const MACHINE = 'arch/model/machine.ts';
const BOOT = 'arch/model/boot.ts';
const SYSCALLS = 'arch/model/syscalls.ts';
const MMU = 'arch/model/mmu.ts';
const PIN = 'drivers/model/pin_user.ts';
const DEVICE = 'drivers/model/device.ts';
const MM = 'include/linux/mm.ts';

/** What sides call the memory of a driver, and the flag that selects it. */
const TYPES: Readonly<Record<Memory, Need>> = { coherent: COHERENT, private: 'include/linux/memremap.ts#MEMORY_DEVICE_PRIVATE' };
/** A kernel that knows the memory but has no flag of its own for it takes it for system memory. */
const SELECTS: Readonly<Record<Memory, Need>> = {
  coherent: 'include/linux/migrate.ts#MIGRATE_VMA_SELECT_DEVICE_COHERENT|MIGRATE_VMA_SELECT_IOMEM|MIGRATE_VMA_SELECT_SYSTEM',
  private: 'include/linux/migrate.ts#MIGRATE_VMA_SELECT_DEVICE_PRIVATE',
};

/** A step needs what this side does not have. */
export class Unsupported extends Error {}

/** An act as a call of the port, and what the user sees of its result. */
export interface Deed {
  readonly fn: object;
  readonly args: unknown[];
  readonly done: (result: unknown) => string;
  /** Where others run beside it: the call begins. */
  readonly begin?: () => void;
}
/** How users' data are watched: at each call's end, or, beside others, at each access. */
export interface Watch { readonly shadow: Shadow; readonly beside: boolean }
/** An act of the environment: no kernel code runs. */
interface Given { readonly value: string }

interface Pinned { readonly pages: readonly (PageObj | null)[]; readonly nr: number; readonly raw: unknown; readonly by: TaskObj; readonly hold: 'PIN' | 'GET'; readonly weight: number }

export class Bench {
  readonly machine: MachineObj;
  readonly #view: PortView;
  readonly #scenario: Scenario;
  readonly #port: LinkedPort;
  readonly #tasks: Map<string, TaskObj>;
  readonly #devices: Map<Memory, PortObject>;
  readonly #pinned: Map<string, Pinned>;
  readonly #single: Map<string, { readonly page: PageObj | null; readonly by: TaskObj; readonly isolated: boolean }>;
  readonly #dmirror: Dmirror;
  #closedZone: number[] | null = null;
  /** GUP said it pinned what it did not: the counts follow from that. */
  readonly #misled: Kept<boolean>;
  /** How a function of the port is called. */
  apply: (fn: object, args: unknown[]) => unknown = (fn, args) => Reflect.apply(asFunction(fn), undefined, args);
  #costs: Counts = { rounds: 0, pins: 0, unpins: 0, callbacks: 0 };

  constructor(side: RunnableSide, scenario: Scenario) {
    this.#view = side.view;
    this.#port = side.port;
    this.#scenario = scenario;
    const { journal } = side.port.runtime;
    this.#tasks = new JournaledMap(journal);
    this.#devices = new JournaledMap(journal);
    this.#pinned = new JournaledMap(journal);
    this.#single = new JournaledMap(journal);
    this.#misled = new Kept(journal, false);
    side.port.runtime.reset(SILENT);
    const frames = Math.max(16, scenario.pages * 8);
    this.machine = asMachine(this.#view.fn(BOOT, 'boot_machine')({ cpus: scenario.cpus, normal: frames, movable: frames }));
    this.#dmirror = new Dmirror(this.#view, this.machine, journal);
    this.machine.reuse_frames = scenario.reuseFrames;
    this.machine.flush_waits_irqsoff = scenario.flushWaitsIrqsOff ?? true;
  }

  boot(world: World): void {
    this.#scenario.tasks.forEach((comm, i) => {
      const task = asTask(this.#view.fn(BOOT, 'create_task')(this.machine, comm, 100 + i));
      this.#tasks.set(comm, task);
      world.tasks.push(task);
    });
  }

  tasks(): readonly TaskObj[] { return [...this.#tasks.values()]; }
  devices(): readonly DeviceObj[] { return [...[...this.#devices].map(([memory, device]) => ({ name: memory, device })), ...this.#dmirror.devices()]; }
  /** Pins that callers hold: the zero page's count, too. Null where GUP did not say the truth. */
  pins(): number | null {
    if (this.#misled.value) return null;
    let n = 0;
    for (const p of this.#pinned.values()) if (p.hold === 'PIN') n += Math.max(0, p.nr);
    return n;
  }
  isolated(): number { return [...this.#single.values()].filter((s) => s.isolated && s.page !== null).length; }
  costs(): Counts { return this.#costs; }
  /** What the others keep up and no run of this thread can end: an endless retry may hang on it. */
  environment(): readonly string[] {
    return [
      ...(this.machine.fail_page_alloc.for_ever ? ['allocation keeps failing'] : []),
      ...([...this.#single.values()].some((s) => !s.isolated && s.page !== null) ? ['somebody holds a reference'] : []),
      ...([...this.#single.values()].some((s) => s.isolated && s.page !== null) ? ['somebody keeps a page isolated'] : []),
    ];
  }
  /** What else is state: the globals of the machine, and the failures still to come. */
  state(): readonly unknown[] {
    const due = [this.machine.fail_page_alloc, this.machine.fail_slab_alloc]
      .map((f) => (f.nth === 0 || f.for_ever ? f.nth : Math.max(0, f.nth - f.calls)));
    return [this.machine.globals().filter((g) => !g.statistics && g.name !== 'memory').map((g) => g.value), due];
  }

  placeOf(page: PageObj): string {
    const owner: unknown = isObject(page.word0) ? page.word0['owner'] : undefined;
    const at = [...this.#devices.values()].findIndex((d) => d === owner);
    return at >= 0 ? `device${at}` : this.#dmirror.devices().find((d) => d.device === owner)?.name ?? 'system';
  }

  /** Performs a step as its task on its CPU; gives what the user sees, and judges what is left when it is over. */
  perform(step: Step, checker: Checker, shadow: Shadow): string {
    const task = this.#tasks.get(step.by);
    // Its fork failed, or an earlier step left it out: there is nobody to do this.
    if (task === undefined) return 'nobody';
    const act = (): string => {
      const deed = this.deed(step.do, task, checker, { shadow, beside: false });
      const value = 'value' in deed ? deed.value : deed.done(this.apply(deed.fn, deed.args));
      checker.stepEnd(this.devices(), this.isolated(), this.pins());
      shadow.check(this.tasks());
      return value;
    };
    const value = this.#view.fn(MACHINE, 'run_on')(this.machine, step.cpu, task, act);
    return String(value);
  }

  /** What an act is, before anything of it is done. */
  deed(a: Action, task: TaskObj, checker: Checker, watch: Watch): Deed | Given {
    if ('call' in a) return this.#syscall(a, task, checker, watch);
    if ('load' in a || 'store' in a) return this.#access(a, task, watch);
    if ('driver' in a) return this.#driver(a);
    if ('pin' in a) return this.#pin(a, task, checker);
    if ('unpin' in a) return this.#unpin(a.unpin, checker);
    if ('hold' in a) return this.#takeOne(a.hold, 'model_get_page', a.of, a.page, task, checker, false);
    if ('isolate' in a) return this.#takeOne(a.isolate, 'model_isolate_lru', a.of, a.page, task, checker, true);
    if ('release' in a) return this.#giveOne(a.release, 'model_put_page', checker);
    if ('putback' in a) return this.#giveOne(a.putback, 'model_putback', checker);
    if ('drain' in a) return this.#of(PIN, a.drain === 'own' ? 'model_lru_drain' : 'model_lru_drain_all', [], () => '0');
    if ('dmirror' in a) {
      const asked = this.#dmirror.ask(a, task, watch.shadow);
      return 'value' in asked ? asked : this.#of(asked.file, asked.name, [...asked.args], asked.done);
    }
    if ('movable' in a) return { value: this.#zone(a.movable, checker.world) };
    if ('failAlloc' in a) {
      const f = a.failAlloc === 'page' ? this.machine.fail_page_alloc : this.machine.fail_slab_alloc;
      f.calls = 0;
      f.nth = a.nth;
      f.for_ever = a.forEver;
      return { value: '0' };
    }
    return this.#of(a.file, a.kernel, a.args.map((arg) => this.#argument(arg)), valueOf);
  }

  #of(file: string, name: string, args: unknown[], done: (result: unknown) => string): Deed {
    return { fn: asFunction(this.#port.symbol(file, name)), args, done };
  }

  #argument(arg: KernelArg): unknown {
    if (typeof arg === 'number') return arg;
    if ('mm' in arg) return this.#task(arg.mm).mm;
    return 'page' in arg ? addressOf(arg.page) : this.#device(arg.device);
  }

  #syscall(a: Extract<Action, { readonly call: string }>, task: TaskObj, checker: Checker, { shadow, beside }: Watch): Deed {
    const mman = (name: string): number => this.#view.number('include/linux/mman.ts', name);
    switch (a.call) {
      case 'mmap': {
        const prot = mman('PROT_READ') | (a.write ? mman('PROT_WRITE') : 0);
        return this.#of(SYSCALLS, 'sys_mmap', [addressOf(a.page), a.pages * 4096, prot, mman('MAP_PRIVATE') | mman('MAP_ANONYMOUS')],
          (r) => (Number(r) < 0 ? valueOf(r) : '0'));
      }
      case 'munmap': case 'dontneed': {
        const range = [addressOf(a.page), a.pages * 4096];
        const { mm } = task;
        const [from, to] = [addressOf(a.page), addressOf(a.page + a.pages)];
        let window: ReturnType<Shadow['zapBegin']> | null = null;
        const begin = (): void => { if (mm !== null) window = shadow.zapBegin(mm, from, to); };
        const done = (r: unknown): string => {
          if (window !== null) shadow.zapEnd(window, Number(r) === 0);
          else if (Number(r) === 0 && mm !== null) shadow.zap(mm, from, to);
          return valueOf(r);
        };
        const deed = a.call === 'munmap' ? this.#of(SYSCALLS, 'sys_munmap', range, done)
          : this.#of(SYSCALLS, 'sys_madvise', [...range, mman('MADV_DONTNEED')], done);
        return beside ? { ...deed, begin } : deed;
      }
      case 'mprotect': {
        // The reverse map reads flags and protection of a vma without mmap_lock, and these are no events (cuts.ts).
        if (beside) throw new Unsupported('mprotect beside other threads: fields of a vma are no events');
        const prot = { none: mman('PROT_NONE'), read: mman('PROT_READ'), write: mman('PROT_READ') | mman('PROT_WRITE') }[a.access];
        return this.#of(SYSCALLS, 'sys_mprotect', [addressOf(a.page), a.pages * 4096, prot], valueOf);
      }
      case 'mremap': {
        if (beside) throw new Unsupported('mremap beside other threads: fields of a vma are no events');
        const { mm } = task;
        const flags = mman('MREMAP_MAYMOVE') | mman('MREMAP_FIXED') | (a.keep ? mman('MREMAP_DONTUNMAP') : 0);
        return this.#of(SYSCALLS, 'sys_mremap', [addressOf(a.page), a.pages * 4096, a.pages * 4096, flags, addressOf(a.to)], (r) => {
          if (Number(r) < 0) return valueOf(r);
          if (mm !== null) shadow.move(mm, addressOf(a.page), addressOf(a.page + a.pages), addressOf(a.to));
          return '0';
        });
      }
      case 'fork': case 'clone': {
        const { mm } = task;
        let window: ReturnType<Shadow['forkBegin']> | null = null;
        const begin = (): void => { if (mm !== null) window = shadow.forkBegin(mm); };
        const deed = this.#of(SYSCALLS, a.call === 'fork' ? 'sys_fork' : 'sys_clone', [a.child, 200 + this.#tasks.size], (child) => {
          const made = isTask(child) ? child : null;
          if (window !== null) shadow.forkEnd(window, made?.mm ?? null);
          if (made === null) return valueOf(child);
          this.#tasks.set(a.child, made);
          checker.world.tasks.push(made);
          if (window === null && a.call === 'fork' && mm !== null && made.mm !== null) shadow.fork(mm, made.mm);
          return '0';
        });
        return beside && a.call === 'fork' ? { ...deed, begin } : deed;
      }
      case 'exit':
        return this.#of(SYSCALLS, 'sys_exit_mm', [], () => '0');
    }
  }

  #access(a: Extract<Action, { readonly load: number } | { readonly store: number }>, task: TaskObj, { shadow, beside }: Watch): Deed {
    const value = (r: unknown): number | string => {
      if (!isObject(r)) return 0;
      if (r['kind'] === 'signal') return String(r['signal']);
      return typeof r['value'] === 'number' ? r['value'] : 0;
    };
    if ('load' in a) {
      return this.#of(MMU, 'user_load', [addressOf(a.load)], (result) => {
        const r = value(result);
        if (!beside && typeof r === 'number' && task.mm !== null) shadow.load(task.mm, addressOf(a.load), r);
        return String(r);
      });
    }
    return this.#of(MMU, 'user_store', [addressOf(a.store), a.value], (result) => {
      const r = value(result);
      if (!beside && typeof r === 'number' && task.mm !== null) shadow.store(task.mm, addressOf(a.store), a.value);
      return typeof r === 'number' ? '0' : r;
    });
  }

  #driver(a: Extract<Action, { readonly driver: string }>): Deed {
    switch (a.driver) {
      case 'create': {
        const type = this.#number(TYPES[a.memory]);
        const select = this.#number(SELECTS[a.memory]);
        return this.#of(DEVICE, 'model_device_create', [type, select, a.pages], (device) => {
          if (!isObject(device) || device['policy'] === undefined) return valueOf(isObject(device) ? device['errno'] : device);
          device['policy'] = this.#policy(a.policy);
          this.#devices.set(a.memory, device);
          return '0';
        });
      }
      case 'take':
        return this.#of(DEVICE, 'model_migrate_to_device', [this.#device(a.memory), addressOf(a.page), addressOf(a.page + a.pages)], valueOf);
      case 'evict':
        return this.#of(DEVICE, 'model_migrate_to_system', [this.#device(a.memory), addressOf(a.page), addressOf(a.page + a.pages), this.#task(a.of).mm], valueOf);
      case 'remove':
        return this.#of(DEVICE, 'model_device_remove', [this.#device(a.memory)], () => {
          this.#devices.delete(a.memory);
          return '0';
        });
    }
  }

  #number(need: Need): number {
    const symbol = symbolOn(this.#view, need);
    if (symbol === null) throw new Unsupported(`no ${needInWords(need)}`);
    return this.#view.number(symbol.file, symbol.name);
  }

  #policy(p: DriverPolicy): PortObject {
    const result = p.result === '0' ? 0 : this.#view.number('include/linux/mm_types.ts', `VM_FAULT_${p.result}`);
    return { reach: p.reach, moves: p.moves, result, limit: p.limit };
  }

  #pin(a: Extract<Action, { readonly pin: string }>, task: TaskObj, checker: Checker): Deed {
    const flag = (name: string): number => this.#view.number(MM, name);
    const flags = (a.write ? flag('FOLL_WRITE') : 0) | (a.longterm ? flag('FOLL_LONGTERM') : 0);
    const before = { ...checker.counts };
    return this.#of(PIN, 'model_pin', [this.#task(a.of).mm, addressOf(a.page), a.pages, flags, a.path, a.hold === 'PIN'], (r) => {
      const c = checker.counts;
      this.#costs = {
        rounds: c.rounds - before.rounds, pins: c.pins - before.pins, unpins: c.unpins - before.unpins, callbacks: c.callbacks - before.callbacks,
      };
      if (!isObject(r)) throw new Error('model_pin gave nothing');
      const nr = Number(r['nr']);
      const slots: unknown = r['pages'];
      const pages: (PageObj | null)[] = Array.isArray(slots) ? slots.map((p: unknown) => (isPage(p) ? p : null)) : [];
      const weight = checker.pins.weight(a.hold);
      this.#pinned.set(a.pin, { pages, nr, raw: r, by: task, hold: a.hold, weight });
      if (!checker.pins.judge(a, nr, pages)) this.#misled.value = true;
      for (const page of pages.slice(0, Math.max(0, Math.min(nr, a.pages)))) {
        if (page === null || checker.world.isZeroPage(page)) continue;
        checker.references.handOver(task, page, Math.min(weight, Math.max(0, checker.references.heldBy(page, task))));
      }
      return valueOf(nr);
    });
  }

  #unpin(handle: string, checker: Checker): Deed | Given {
    const p = this.#pinned.get(handle);
    if (p === undefined) return { value: '-' };
    return this.#of(PIN, 'model_unpin', [p.raw], () => {
      for (const page of p.pages.slice(0, Math.max(0, p.nr))) {
        if (page !== null && !checker.world.isZeroPage(page)) checker.references.takeBack(p.by, page, p.weight);
      }
      this.#pinned.delete(handle);
      return '0';
    });
  }

  #takeOne(handle: string, how: string, of: string, page: number, task: TaskObj, checker: Checker, isolated: boolean): Deed {
    return this.#of(PIN, how, [this.#task(of).mm, addressOf(page)], (r) => {
      const taken = isPage(r) ? r : null;
      this.#single.set(handle, { page: taken, by: task, isolated });
      if (isolated && taken !== null) checker.world.isolated.add(taken);
      if (taken !== null && !checker.world.isZeroPage(taken)) checker.references.handOver(task, taken, 1);
      return taken === null ? 'nothing' : '0';
    });
  }

  #giveOne(handle: string, how: string, checker: Checker): Deed | Given {
    const held = this.#single.get(handle);
    if (held === undefined || held.page === null) return { value: 'nothing' };
    const { page } = held;
    return this.#of(PIN, how, [page], () => {
      if (!checker.world.isZeroPage(page)) checker.references.takeBack(held.by, page, 1);
      this.#single.delete(handle);
      checker.world.isolated.delete(page);
      return '0';
    });
  }

  /** The environment: others hold all of ZONE_MOVABLE, or have let go of it. */
  #zone(to: 'full' | 'open', world: World): string {
    const memory = world.global('memory');
    const free: unknown = isObject(memory) ? memory['free'] : undefined;
    const zone: unknown = Array.isArray(free) ? free[this.#view.number('include/linux/mmzone.ts', 'ZONE_MOVABLE')] : undefined;
    if (!Array.isArray(zone)) return '-';
    if (to === 'full' && this.#closedZone === null) this.#closedZone = zone.splice(0).map(Number);
    else if (to === 'open' && this.#closedZone !== null) { zone.push(...this.#closedZone); this.#closedZone = null; }
    return '0';
  }

  /** Who runs a thread of the scenario. */
  taskOf(name: string): TaskObj { return this.#task(name); }
  #task(name: string): TaskObj {
    const task = this.#tasks.get(name);
    if (task === undefined) throw new Error(`scenario ${this.#scenario.id} has no task ${name}`);
    return task;
  }
  #device(memory: Memory): PortObject {
    const device = this.#devices.get(memory);
    if (device === undefined) throw new Unsupported(`no ${memory} device`);
    return device;
  }
}

function asMachine(o: unknown): MachineObj {
  if (!isMachine(o)) throw new Error('boot_machine gave no machine');
  return o;
}

type PortFunction = (...args: readonly unknown[]) => unknown;
function isFunction(fn: unknown): fn is PortFunction { return typeof fn === 'function'; }
function asFunction(fn: unknown): PortFunction {
  if (!isFunction(fn)) throw new Unsupported('a function that this side does not have');
  return fn;
}

function valueOf(r: unknown): string {
  if (isObject(r) && typeof r['errno'] === 'number') return errnoName(r['errno']);
  if (typeof r === 'number') return r < 0 ? errnoName(r) : String(r);
  return r === undefined ? '0' : String(r);
}
