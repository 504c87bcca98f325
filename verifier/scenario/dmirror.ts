// SPDX-License-Identifier: GPL-2.0-only
// The test driver (lib/test_hmm.ts) as steps use it: it is loaded, its devices are opened, asked and
// closed. What the kernel copies out goes to variables of the program (arch/model/user_words.ts), which
// are no pages of the scenario.

import type { DeviceObj } from '../check/rest.ts';
import { isObject, type MachineObj, type PortView, type TaskObj } from '../check/view.ts';
import { JournaledMap, Kept, type Journal } from '../instrument/journal.ts';
import type { PortObject } from '../instrument/runtime.ts';
import { errnoName } from './errno.ts';
import { addressOf, type DmirrorAction, type DmirrorCommand } from './scenario.ts';
import type { Shadow } from './shadow.ts';

const DRIVER = 'lib/test_hmm.ts';
const UAPI = 'lib/test_hmm_uapi.ts';
const FILES = 'arch/model/files.ts';
const WORDS = 'arch/model/user_words.ts';
const PAGE = 4096;

/** Where coherent memory lies: parameters of a driver that has it. */
export const SPM: Readonly<Record<string, number>> = { spm_addr_dev0: 0x4000000, spm_addr_dev1: 0x4800000 };

/** What a side may call a command, the first that it has; a number that no driver knows where it has none. */
const NUMBERS: Readonly<Record<DmirrorCommand, readonly string[]>> = {
  read: ['READ'], write: ['WRITE'], migrate: ['MIGRATE', 'MIGRATE_TO_DEV'], 'to-system': ['MIGRATE_TO_SYS'], snapshot: ['SNAPSHOT'],
  exclusive: ['EXCLUSIVE'], 'check-exclusive': ['CHECK_EXCLUSIVE'], type: ['GET_MEM_DEV_TYPE'],
};

/** A step as a call of the port, and what the user sees of its result; `value`: nothing to call. */
export type Asked = { readonly file: string; readonly name: string; readonly args: readonly unknown[]; readonly done: (result: unknown) => string } | { readonly value: string };

export class Dmirror {
  readonly #view: PortView;
  readonly #machine: MachineObj;
  readonly #files: Map<string, PortObject>;
  readonly #devices: Kept<readonly DeviceObj[]>;
  constructor(view: PortView, machine: MachineObj, journal: Journal) {
    this.#view = view;
    this.#machine = machine;
    this.#files = new JournaledMap(journal);
    this.#devices = new Kept<readonly DeviceObj[]>(journal, []);
  }

  devices(): readonly DeviceObj[] { return this.#devices.value; }

  ask(a: DmirrorAction, task: TaskObj, shadow: Shadow): Asked {
    switch (a.dmirror) {
      case 'insmod': return this.#insmod(a.spm === true || this.#bothKinds());
      case 'rmmod':
        return this.#call('sys_delete_module', [this.#of('THIS_MODULE'), this.#view.port.symbol(DRIVER, 'hmm_dmirror_exit')], (r) => {
          if (Number(r) === 0) this.#devices.value = [];
          return errnoName(Number(r));
        });
      case 'open': {
        const region = this.#of('dmirror_dev');
        return this.#call('sys_open_device', [(isObject(region) ? Number(region['v']) : 0) + (this.#bothKinds() ? a.minor : a.minor % 2)], (r) => {
          if (!isObject(r) || typeof r['errno'] === 'number') return errnoName(isObject(r) ? Number(r['errno']) : 0);
          this.#files.set(a.file, r);
          return '0';
        });
      }
      case 'close': {
        const file = this.#files.get(a.file);
        if (file === undefined) return { value: 'nothing' };
        this.#files.delete(a.file);
        return this.#call('sys_close', [file], (r) => errnoName(Number(r)));
      }
      case 'ioctl': return this.#ioctl(a, task, shadow);
    }
  }

  /** Two devices with private memory and two with coherent; otherwise all are of the kind that the parameters say. */
  #bothKinds(): boolean { return this.#view.has(UAPI, 'HMM_DMIRROR_MIGRATE_TO_SYS'); }
  /** One command for both directions, which a field of it tells (v1). */
  #eitherWay(): boolean { return this.#view.has(UAPI, 'HMM_DMIRROR_PROT_DEV_PUBLIC'); }

  #insmod(spm: boolean): Asked {
    this.#view.fn('arch/model/machine.ts', 'make_globals')();
    for (const [name, value] of Object.entries(spm ? SPM : {})) {
      const parameter = this.#machine.globals().find((g) => g.name === name)?.value;
      if (isObject(parameter)) parameter['v'] = value;
    }
    return this.#call('sys_init_module', [this.#of('THIS_MODULE'), this.#view.port.symbol(DRIVER, 'hmm_dmirror_init')], (r) => {
      const all = Number(r) === 0 ? this.#of('dmirror_devices') : [];
      if (Array.isArray(all)) this.#devices.value = all.flatMap((device: unknown, i) => (isObject(device) ? [{ name: `hmm${i}`, device }] : []));
      return errnoName(Number(r));
    });
  }

  #ioctl({ file, command, page, pages }: Extract<DmirrorAction, { readonly dmirror: 'ioctl' }>, task: TaskObj, shadow: Shadow): Asked {
    const filp = this.#files.get(file);
    if (filp === undefined) return { value: 'nothing' };
    const base = this.#view.number(WORDS, 'USER_WORDS') + (task.pid % 16) * 0x100000;
    const [at, mirror] = [base, base + 0x10000];
    const word = (addr: number): unknown => this.#view.fn(WORDS, 'Load_word')(addr);
    const store = (addr: number, value: unknown): void => { this.#view.fn(WORDS, 'Store_word')(addr, value); };
    store(at, { addr: addressOf(page), ptr: mirror, npages: pages, cpages: 0, faults: 0, ...(this.#eitherWay() ? { alloc_to_devmem: Number(command === 'migrate') } : {}) });
    // What is to be written, and what shows that nothing was read.
    for (let i = 0; i < pages; i++) store(mirror + i * PAGE, command === 'write' ? 50 + page + i : 0);
    const { mm } = task;
    return this.#call('sys_ioctl', [filp, this.#number(command), at], (r) => {
      const ret = Number(r);
      if (ret !== 0) return errnoName(ret);
      const left = word(at);
      const field = (k: string): number => (isObject(left) ? Number(left[k] ?? 0) : 0);
      const each = (of: (i: number) => unknown): string => Array.from({ length: pages }, (_, i) => String(of(i))).join(',');
      switch (command) {
        case 'write':
          for (let i = 0; i < pages; i++) if (mm !== null) shadow.store(mm, addressOf(page + i), 50 + page + i);
          return `${field('cpages')}/${field('faults')}`;
        case 'read': return `${field('cpages')}/${field('faults')}:${each((i) => word(mirror + i * PAGE))}`;
        case 'migrate': case 'exclusive': return `${field('cpages')}:${each((i) => word(mirror + i * PAGE))}`;
        case 'snapshot': return each((i) => Number(word(mirror + i)).toString(16));
        case 'type': return String(field('zone_device_type'));
        case 'to-system': case 'check-exclusive': return '0';
      }
    });
  }

  #number(command: DmirrorCommand): number {
    const names = command === 'to-system' && this.#eitherWay() ? NUMBERS.migrate : NUMBERS[command];
    const name = names.map((one) => `HMM_DMIRROR_${one}`).find((one) => this.#view.has(UAPI, one));
    return name === undefined ? 0 : this.#view.number(UAPI, name);
  }
  #of(name: string): unknown { return this.#view.fn(DRIVER, name)(); }
  #call(name: string, args: readonly unknown[], done: (result: unknown) => string): Asked { return { file: FILES, name, args, done }; }
}
