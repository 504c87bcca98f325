// SPDX-License-Identifier: GPL-2.0-only
// A scenario is data: tasks and their steps over the machine's user-level calls. It imports no
// port module, so the same one runs on both sides and prints in a report; it says nothing about
// what is right.

import { COHERENT_TYPES, type PortView } from '../check/view.ts';

/** How a driver answers a fault on its memory (drivers/model/device.ts). */
export interface DriverPolicy {
  readonly reach: 'page' | 'range';
  readonly moves: boolean;
  /** A VM_FAULT_* name, or `0`. */
  readonly result: '0' | 'OOM' | 'SIGBUS' | 'HWPOISON' | 'SIGSEGV' | 'NOPAGE' | 'LOCKED' | 'RETRY' | 'FALLBACK' | 'MAJOR';
  /** At most so many pages of a range are moved. */
  readonly limit: number;
}

export type Memory = 'coherent' | 'private';
export type PinPath = 'slow' | 'fast' | 'remote';

/** An argument of a kernel function: a number, or what the bench has under a name. */
export type KernelArg =
  | number
  /** The mm of a task. */
  | { readonly mm: string }
  /** The address of a page of the range. */
  | { readonly page: number }
  /** The driver's device. */
  | { readonly device: Memory };

/** A command of the test driver (lib/test_hmm_uapi.ts). */
export type DmirrorCommand = 'read' | 'write' | 'migrate' | 'to-system' | 'snapshot' | 'exclusive' | 'check-exclusive' | 'type';
/** The test driver: loaded, opened, asked, closed, unloaded. */
export type DmirrorAction =
  /** `spm`: with the parameters of coherent memory. A driver with devices of both kinds always has them. */
  | { readonly dmirror: 'insmod'; readonly spm?: boolean }
  | { readonly dmirror: 'rmmod' }
  | { readonly dmirror: 'open'; readonly file: string; readonly minor: number }
  | { readonly dmirror: 'close'; readonly file: string }
  | { readonly dmirror: 'ioctl'; readonly file: string; readonly command: DmirrorCommand; readonly page: number; readonly pages: number };

/** Pages are numbered within the one range a scenario works on. */
export type Action =
  | { readonly call: 'mmap'; readonly page: number; readonly pages: number; readonly write: boolean }
  | { readonly call: 'munmap' | 'dontneed'; readonly page: number; readonly pages: number }
  | { readonly call: 'mprotect'; readonly page: number; readonly pages: number; readonly access: 'none' | 'read' | 'write' }
  /** To where page `to` is; with `keep` the old range stays mapped, and empty. */
  | { readonly call: 'mremap'; readonly page: number; readonly pages: number; readonly to: number; readonly keep: boolean }
  | { readonly call: 'fork'; readonly child: string }
  /** Another thread of the same process. */
  | { readonly call: 'clone'; readonly child: string }
  | { readonly call: 'exit' }
  | { readonly load: number }
  | { readonly store: number; readonly value: number }
  | { readonly driver: 'create'; readonly memory: Memory; readonly pages: number; readonly policy: DriverPolicy }
  | { readonly driver: 'take'; readonly memory: Memory; readonly page: number; readonly pages: number }
  | { readonly driver: 'remove'; readonly memory: Memory }
  /** The driver moves its pages of a task's range back to the system on its own. */
  | { readonly driver: 'evict'; readonly memory: Memory; readonly of: string; readonly page: number; readonly pages: number }
  | { readonly pin: string; readonly of: string; readonly page: number; readonly pages: number; readonly path: PinPath;
      readonly hold: 'PIN' | 'GET'; readonly longterm: boolean; readonly write: boolean }
  | { readonly unpin: string }
  | { readonly hold: string; readonly of: string; readonly page: number }
  | { readonly release: string }
  | { readonly isolate: string; readonly of: string; readonly page: number }
  | { readonly putback: string }
  | { readonly drain: 'own' | 'all' }
  /** ZONE_MOVABLE has no free frame until it is opened again. */
  | { readonly movable: 'full' | 'open' }
  /** The n-th allocation from now on fails; 0 ends it. */
  | { readonly failAlloc: 'page' | 'slab'; readonly nth: number; readonly forEver: boolean }
  | DmirrorAction
  | { readonly kernel: string; readonly file: string; readonly args: readonly KernelArg[] };

export interface Step {
  /** Who does it; a name of a task. */
  readonly by: string;
  readonly cpu: number;
  /** The step's name in outcome keys; a step without one is set-up and shows only when it fails. */
  readonly name: string | null;
  readonly do: Action;
  /** It is meant to wait for what others have; where nobody is left who could end the wait, that is the end of the run, and no deadlock. */
  readonly waits?: boolean;
}

/** Steps of one task that run beside those of other threads. */
export interface ThreadSteps {
  readonly by: string;
  readonly cpu: number;
  readonly steps: readonly ThreadStep[];
}
export interface ThreadStep { readonly name: string; readonly do: Action }

export interface Scenario {
  readonly id: string;
  readonly pages: number;
  /** In how many things it differs from the plainest of its family: less is easier to read. */
  readonly oddities: number;
  readonly cpus: number;
  readonly tasks: readonly string[];
  readonly steps: readonly Step[];
  /** What runs at the same time after these steps, and the steps that then end it; none: one thread. */
  readonly threads?: readonly ThreadSteps[];
  readonly ending?: readonly Step[];
  /** A flush of another CPU waits while that one has interrupts off, as on x86 (model-rules.md, 2.5); so where it is not said. */
  readonly flushWaitsIrqsOff?: boolean;
  /** What its interleavings are searched by: executions that differ (so where it is not said), or states. */
  readonly search?: 'source' | 'stateful';
  /** After this step's index the places of the pages are observed. */
  readonly observeAfter: number;
  /** What a side must have; else the scenario is unsupported there. */
  readonly needs: readonly Need[];
  /** Not told of where no side has what it needs. */
  readonly optional?: boolean;
  readonly reuseFrames: boolean;
}

/** `file#name`; where postings call it otherwise, `file#name|other`. */
export type Need = `${string}#${string}`;

/** The symbol as the side has it; null where it has none. */
export function symbolOn(view: PortView, need: Need): { readonly file: string; readonly name: string } | null {
  const { file, names } = partsOf(need);
  const name = names.find((one) => view.has(file, one));
  return name === undefined ? null : { file, name };
}
export function needInWords(need: Need): string { return partsOf(need).names.join(' or '); }
function partsOf(need: Need): { readonly file: string; readonly names: readonly string[] } {
  const [file = '', names = ''] = need.split('#');
  return { file, names: names.split('|') };
}

/** The model driver, and memory that CPUs reach coherently. */
export const MODEL_DRIVER: Need = 'drivers/model/device.ts#model_device_create';
export const COHERENT: Need = `include/linux/memremap.ts#${COHERENT_TYPES.join('|')}`;

/** Where the range starts. */
const RANGE: number = 0x10000000;
export function addressOf(page: number): number { return RANGE + page * 4096; }
