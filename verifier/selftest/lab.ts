// SPDX-License-Identifier: GPL-2.0-only
// A booted machine with the test driver, on which programs run: system calls, ioctls, loads and
// stores, one task at a time, with every rule of the checker looking on. Symbols are asked for by name,
// so the same program runs on any tree that has them.

import { Checker } from '../check/checker.ts';
import type { RunFinding } from '../check/finding.ts';
import type { DeviceObj } from '../check/rest.ts';
import { asTask, isMachine, isObject, isTask, type MachineObj, type TaskObj } from '../check/view.ts';
import { World } from '../check/world.ts';
import { SILENT, type PortObject } from '../instrument/runtime.ts';
import { MAX_EVENTS } from '../scenario/run.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import { Shadow } from '../scenario/shadow.ts';
import type { Spoil } from './spoil.ts';
import { Skip } from './verdict.ts';

const MACHINE = 'arch/model/machine.ts';
const SYSCALLS = 'arch/model/syscalls.ts';
const FILES = 'arch/model/files.ts';
const WORDS = 'arch/model/user_words.ts';
const MMU = 'arch/model/mmu.ts';
export const DRIVER = 'lib/test_hmm.ts';
const GUP_TEST = 'mm/gup_test.ts';
export const UAPI = 'lib/test_hmm_uapi.ts';
const PAGE = 4096;
const [ENOMEM, EFAULT, EBUSY] = [12, 14, 16];

/** What an ioctl of the driver is given, and what it leaves in the same struct. */
export interface Command { readonly addr: number; readonly ptr: number; readonly npages: number }
export interface Answer { readonly ret: number; readonly cpages: number; readonly faults: number; readonly fields: Readonly<Record<string, number>> }

/** What a load gave: a number, or the signal that it ended in. */
export type Loaded = number | string;

export class Lab {
  readonly world: World;
  readonly checker: Checker;
  readonly #side: RunnableSide;
  readonly #shadow: Shadow;
  readonly #machine: MachineObj;
  #task: TaskObj;
  #pid = 100;
  #step = '';

  /** The calls of the program itself, while it runs. */
  readonly calls: string[] = [];
  watched = false;
  readonly #spoil: Spoil | null;

  constructor(side: RunnableSide, spoil: Spoil | null = null) {
    this.#side = side;
    this.#spoil = spoil;
    const { view, port } = side;
    if (!view.has(DRIVER, 'hmm_dmirror_init')) throw new Skip('this configuration has no test_hmm');
    port.runtime.reset(SILENT);
    const machine = view.fn('arch/model/boot.ts', 'boot_machine')({ cpus: 2, normal: 96, movable: 96 });
    if (!isMachine(machine)) throw new Error('boot_machine gave no machine');
    this.#machine = machine;
    this.world = new World(view, port.runtime, machine);
    this.checker = new Checker(this.world);
    this.#shadow = new Shadow(this.world, this.checker.mappings);
    port.runtime.reset(this.checker);
    port.runtime.maxEvents = MAX_EVENTS;
    machine.on_access = (mm, va, write, value) => { this.#shadow.onAccess(mm, va, write, value); };
    this.#task = this.newProcess('init');
  }

  /** What the rules have said so far. */
  findings(): readonly RunFinding[] { return this.world.findings; }
  has(file: string, name: string): boolean { return this.#side.view.has(file, name); }
  /** A function of the tree, also one that it keeps to itself. */
  hasFunction(name: string): boolean { return this.#side.port.runtime.sites.some((s) => s.function === name); }
  number(file: string, name: string): number { return this.#side.view.number(file, name); }

  /** Notes a call; how it is spoiled, if it is the one. */
  #spoiled(call: string): Spoil['kind'] | null {
    if (!this.watched) return null;
    this.calls.push(call);
    return this.#spoil?.nth === this.calls.length - 1 ? this.#spoil.kind : null;
  }

  // --- tasks ------------------------------------------------------------------------------------

  newProcess(comm: string): TaskObj {
    const task = asTask(this.#side.view.fn('arch/model/boot.ts', 'create_task')(this.#machine, comm, this.#pid++));
    this.world.tasks.push(task);
    return task;
  }
  /** Who does what comes. */
  become(task: TaskObj): void { this.#task = task; }
  current(): TaskObj { return this.#task; }

  /** fork; the child is not run until somebody becomes it. */
  fork(comm: string): TaskObj {
    const parent = this.#task;
    const child = this.#enter(`fork(${comm})`, () => this.#call(SYSCALLS, 'sys_fork', comm, this.#pid++));
    if (!isTask(child)) throw new Error('fork failed');
    this.world.tasks.push(child);
    if (parent.mm !== null && child.mm !== null) this.#shadow.fork(parent.mm, child.mm);
    return child;
  }
  exit(): void { this.#enter('exit', () => this.#call(SYSCALLS, 'sys_exit_mm')); }

  // --- memory -----------------------------------------------------------------------------------

  /** The errno, or 0. */
  mmap(addr: number, pages: number, prot: readonly Protection[]): number {
    if (this.#spoiled('mmap') !== null) return -ENOMEM;
    const flags = this.#mman('MAP_PRIVATE') | this.#mman('MAP_ANONYMOUS');
    const at = Number(this.#enter('mmap', () => this.#call(SYSCALLS, 'sys_mmap', addr, pages * PAGE, this.#prot(prot), flags)));
    return at < 0 ? at : 0;
  }
  munmap(addr: number, pages: number): number {
    if (this.#spoiled('munmap') !== null) return -ENOMEM;
    const { mm } = this.#task;
    const ret = Number(this.#enter('munmap', () => this.#call(SYSCALLS, 'sys_munmap', addr, pages * PAGE), () => {
      if (mm !== null) this.#shadow.zap(mm, addr, addr + pages * PAGE);
    }));
    return ret;
  }
  mprotect(addr: number, pages: number, prot: readonly Protection[]): number {
    if (!this.has(SYSCALLS, 'sys_mprotect')) throw new Skip('mprotect is not ported');
    if (this.#spoiled('mprotect') !== null) return -ENOMEM;
    return Number(this.#enter('mprotect', () => this.#call(SYSCALLS, 'sys_mprotect', addr, pages * PAGE, this.#prot(prot))));
  }
  #prot(prot: readonly Protection[]): number { return prot.reduce((all, one) => all | this.#mman(`PROT_${one}`), 0); }
  #mman(name: string): number { return this.number('include/linux/mman.ts', name); }

  load(addr: number): Loaded { return this.#access('user_load', addr); }
  /** '' or the signal. */
  store(addr: number, value: number): string {
    const got = this.#access('user_store', addr, value);
    return typeof got === 'string' ? got : '';
  }
  #access(how: string, ...args: readonly number[]): Loaded {
    const r = this.#enter(how, () => this.#call(MMU, how, ...args));
    if (!isObject(r)) throw new Error(`${how} gave nothing`);
    return r['kind'] === 'ok' ? Number(r['value']) : String(r['signal']);
  }

  /** A variable of the program, or a word of a buffer that is no page of the model's. */
  word(addr: number): unknown { return this.#enter('', () => this.#call(WORDS, 'Load_word', addr)); }
  setWord(addr: number, value: unknown): void { this.#enter('', () => this.#call(WORDS, 'Store_word', addr, value)); }

  // --- the driver -------------------------------------------------------------------------------

  /** insmod, with those of the parameters that this driver has; the errno or 0. */
  insmod(parameters: Readonly<Record<string, number>> = {}): number {
    return Number(this.#enter('insmod', () => {
      this.#call(MACHINE, 'make_globals');
      for (const [name, value] of Object.entries(parameters)) {
        const of = this.#machine.globals().find((g) => g.name === name)?.value;
        if (isObject(of)) of['v'] = value;
      }
      return this.#call(FILES, 'sys_init_module', this.#call(DRIVER, 'THIS_MODULE'), this.#symbol(DRIVER, 'hmm_dmirror_init'));
    }));
  }
  rmmod(): number {
    return Number(this.#enter('rmmod', () => this.#call(FILES, 'sys_delete_module', this.#call(DRIVER, 'THIS_MODULE'), this.#symbol(DRIVER, 'hmm_dmirror_exit'))));
  }
  /** The file of /dev/hmm_dmirror`minor`, or an errno. */
  open(minor: number): PortObject | number {
    return asResult(this.#enter(`open(hmm_dmirror${minor})`, () => {
      const region = this.#call(DRIVER, 'dmirror_dev');
      const first = isObject(region) ? Number(region['v']) : 0;
      return this.#call(FILES, 'sys_open_device', first + minor);
    }));
  }
  close(file: PortObject): number { return Number(this.#enter('close', () => this.#call(FILES, 'sys_close', file))); }
  /** Another process has the file, too. */
  share(file: PortObject): void { this.#enter('', () => this.#call(FILES, 'sys_share_file', file)); }

  /** One ioctl with a command that stands at `at` in the program. */
  ioctl(file: PortObject, name: string, at: number, command: Command): Answer {
    const spoiled = this.#spoiled(`ioctl(${name})`);
    if (spoiled !== null) {
      const answer = { ret: spoiled === 'fails' ? -EBUSY : 0, cpages: spoiled === 'fails' ? 0 : command.npages, faults: 0 };
      return { ...answer, fields: { cpages: answer.cpages, faults: 0 } };
    }
    const request = this.number(UAPI, name);
    // In v1 one command moves pages either way, and a field tells which: the programs say it as hmm-tests.c does from there on.
    const toDevice = name === 'HMM_DMIRROR_MIGRATE' && this.has(UAPI, 'HMM_DMIRROR_PROT_DEV_PUBLIC') ? { alloc_to_devmem: 1 } : {};
    this.setWord(at, { ...command, cpages: 0, faults: 0, ...toDevice });
    const ret = Number(this.#enter(`ioctl(${name})`, () => this.#call(FILES, 'sys_ioctl', file, request, at), (r) => {
      if (name === 'HMM_DMIRROR_WRITE') this.#deviceWrote(command, Number(r));
    }));
    const left = this.word(at);
    const fields = Object.fromEntries(Object.entries(isObject(left) ? left : {}).map(([k, v]) => [k, Number(v)]));
    return { ret, cpages: fields['cpages'] ?? 0, faults: fields['faults'] ?? 0, fields };
  }
  /** An ioctl of gup_test, which asks for all of the range in one call and puts it back. */
  gupTest(name: string, addr: number, pages: number, write: boolean): number {
    const made = this.#symbol(GUP_TEST, 'gup_test');
    if (typeof made !== 'function') throw new Skip('there is no gup_test driver');
    if (this.#spoiled(`ioctl(${name})`) !== null) return -EFAULT;
    const arg: unknown = Reflect.construct(made, []);
    if (!isObject(arg)) throw new Error('gup_test makes no struct');
    Object.assign(arg, { addr, size: pages * PAGE, nr_pages_per_call: pages, gup_flags: write ? this.number('include/linux/mm.ts', 'FOLL_WRITE') : 0 });
    return Number(this.#enter(`ioctl(${name})`, () => this.#call(GUP_TEST, 'gup_test_ioctl', null, this.number(GUP_TEST, name), arg)));
  }
  /** What the device wrote to the range is what the program last stored there. */
  #deviceWrote({ addr, ptr, npages }: Command, ret: number): void {
    const { mm } = this.#task;
    if (ret !== 0 || mm === null) return;
    for (let i = 0; i < npages; i++) this.#shadow.store(mm, addr + i * PAGE, Number(this.#call(WORDS, 'Load_word', ptr + i * PAGE) ?? 0));
  }

  #devices(): readonly DeviceObj[] {
    const all = this.#call(DRIVER, 'dmirror_devices');
    return Array.isArray(all) ? all.flatMap((device: unknown, i) => (isObject(device) ? [{ name: `hmm_dmirror${i}`, device }] : [])) : [];
  }

  // --- the machine ------------------------------------------------------------------------------

  /** Every process is gone. */
  end(): void { this.checker.atEnd(); }

  /** A call of the running task: when it is over nobody is inside the kernel, and all must be in order. */
  #enter(name: string, act: () => unknown, then: (result: unknown) => void = () => undefined): unknown {
    if (name !== '') this.#step = name;
    this.world.step = `${this.#task.comm}.${this.#step}`;
    this.#side.port.runtime.thrownAt = null;
    return this.#side.view.fn(MACHINE, 'run_on')(this.#machine, 0, this.#task, () => {
      const result = act();
      then(result);
      if (name !== '') {
        this.checker.stepEnd(this.#devices(), 0, 0);
        this.#shadow.check(this.world.tasks);
      }
      return result;
    });
  }
  #call(file: string, name: string, ...args: readonly unknown[]): unknown { return this.#side.view.fn(file, name)(...args); }
  #symbol(file: string, name: string): unknown { return this.#side.port.symbol(file, name); }
}

export type Protection = 'NONE' | 'READ' | 'WRITE';

function asResult(r: unknown): PortObject | number {
  if (!isObject(r)) throw new Error('a call gave nothing');
  return typeof r['errno'] === 'number' ? r['errno'] : r;
}
