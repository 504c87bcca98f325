// SPDX-License-Identifier: GPL-2.0-only
// What the rules see of kernel objects: fields by their C names, read straight from the objects of
// the side that runs (the rules' own reads are no accesses of the kernel's). Structural on purpose:
// a patched side has the same shapes with other code.

import type { LinkedPort } from '../instrument/link.ts';
import type { PortObject } from '../instrument/runtime.ts';

export interface Counter { readonly counter: number; readonly owner: unknown }
export interface ListNode { readonly next: ListNode | null; readonly prev: ListNode | null; readonly owner: unknown }
export interface PageObj {
  readonly flags: number;
  readonly word0: unknown;
  readonly word1: unknown;
  readonly arm0: string;
  readonly arm1: string;
  readonly lru: ListNode;
  readonly mapping: unknown;
  readonly _mapcount: Counter;
  readonly _refcount: Counter;
  readonly pfn: number;
}
export interface PteCell { readonly pte: number; readonly table: PteTable; readonly index: number }
export interface PteTable { readonly cells: readonly (PteCell | undefined)[]; readonly mm: MmObj | null; readonly base: number }
export interface PmdCell { readonly pmd: PteTable | null; readonly index: number }
export interface VmaObj {
  readonly vm_start: number;
  readonly vm_end: number;
  readonly vm_flags: number;
  readonly vm_next: VmaObj | null;
  readonly vm_mm: MmObj | null;
}
export interface MmObj {
  readonly mmap: VmaObj | null;
  readonly pgd: { readonly pmds: readonly (PmdCell | undefined)[] } | null;
  readonly mm_users: Counter;
  readonly rss_stat: { readonly count: readonly Counter[] };
  readonly mmap_lock: RwSem;
}
export interface TaskObj { readonly mm: MmObj | null; readonly comm: string; readonly pid: number; sigkill: boolean }
export interface RwSem { readonly writer: TaskObj | null; readonly readers: readonly TaskObj[]; readonly name: string; readonly owner: unknown }
export interface FrameObj { readonly page: PageObj; readonly content: number; readonly allocated: boolean; readonly generation: number }
export interface Pagevec { readonly nr: number; readonly pages: readonly (PageObj | null | undefined)[] }
export interface MachineObj {
  globals(): { readonly name: string; readonly statistics: boolean; readonly value: unknown }[];
  readonly nr_cpus: number;
  on_trap: (kind: string, what: string) => void;
  on_alloc: (object: object) => void;
  on_free: (object: object) => void;
  on_blocked: (on: object, why: string) => void;
  /** Told of each load and store of user mode that went through. */
  on_defer: ((ready: () => boolean, run: () => void, name: string, on: object) => void) | null;
  flush_waits_irqsoff: boolean;
  on_access: (mm: MmObj, va: number, write: boolean, value: number) => void;
  reuse_frames: boolean;
  readonly fail_page_alloc: { nth: number; for_ever: boolean; calls: number };
  readonly fail_slab_alloc: { nth: number; for_ever: boolean; calls: number };
}

type Fn = (...args: readonly unknown[]) => unknown;

/** Symbols of one side by file and name, and the objects of the machine that runs on it. */
export class PortView {
  readonly port: LinkedPort;
  /** By file and name: asked for too often to make a key of the two. */
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #current: () => unknown;
  readonly #cpu: () => unknown;
  /** Who ran when it was last asked. */
  #task: TaskObj | null = null;
  constructor(port: LinkedPort) {
    this.port = port;
    this.#current = this.fn('arch/model/machine.ts', 'current');
    this.#cpu = this.fn('arch/model/machine.ts', 'smp_processor_id');
  }

  has(file: string, name: string): boolean { return this.port.symbol(file, name) !== undefined; }

  number(file: string, name: string): number {
    let numbers = this.#numbers.get(file);
    if (numbers === undefined) this.#numbers.set(file, numbers = new Map());
    let v = numbers.get(name);
    if (v === undefined) {
      const value = this.port.symbol(file, name);
      if (typeof value !== 'number') throw new Error(`kernel-port/${file} exports no number ${name}`);
      v = value;
      numbers.set(name, v);
    }
    return v;
  }

  fn(file: string, name: string): Fn {
    const value = this.port.symbol(file, name);
    if (typeof value !== 'function') throw new Error(`kernel-port/${file} exports no function ${name}`);
    return (...args) => { const result: unknown = Reflect.apply(value, undefined, args); return result; };
  }

  /** A bit of page->flags by its name (enum pageflags). */
  pageFlag(page: PageObj, name: string): boolean { return (page.flags & this.pageFlagMask(name)) !== 0; }
  pageFlagMask(name: string): number { return 1 << this.number('include/linux/page-flags.ts', name); }

  /** The task that runs now. */
  current(): TaskObj {
    const task = this.#current();
    if (task !== this.#task || this.#task === null) this.#task = asTask(task);
    return this.#task;
  }
  /** The same, or null while nobody runs, where the machine halts. */
  running(): TaskObj | null {
    try { return this.current(); } catch { return null; }
  }
  cpu(): number { return Number(this.#cpu()); }
}

/** Names of classes: asked for at each access, and slow to ask a function for. */
const names = new WeakMap<object, string>();
export function classOf(o: unknown): string {
  if (typeof o !== 'object' || o === null) return '';
  const of: unknown = o.constructor;
  if (typeof of !== 'function') return '';
  let name = names.get(of);
  if (name === undefined) names.set(of, name = of.name);
  return name;
}
/** What postings call the type of device memory that CPUs reach coherently. */
export const COHERENT_TYPES = ['MEMORY_DEVICE_COHERENT', 'MEMORY_DEVICE_PUBLIC'] as const;

export function isPage(o: unknown): o is PageObj { return classOf(o) === 'page'; }
export function isTask(o: unknown): o is TaskObj { return classOf(o) === 'task_struct'; }
export function isPteCell(o: unknown): o is PteCell { return classOf(o) === 'pte_cell'; }
export function isMm(o: unknown): o is MmObj { return classOf(o) === 'mm_struct'; }
export function isVma(o: unknown): o is VmaObj { return classOf(o) === 'vm_area_struct'; }
export function isCounter(o: unknown): o is Counter { return classOf(o) === 'atomic_t'; }
export function isFrame(o: unknown): o is FrameObj { return classOf(o) === 'frame'; }
export function isPagevec(o: unknown): o is Pagevec { return classOf(o) === 'pagevec'; }
export function isMachine(o: unknown): o is MachineObj { return classOf(o) === 'machine'; }
export function isObject(o: unknown): o is PortObject { return typeof o === 'object' && o !== null; }
export function asTask(o: unknown): TaskObj {
  if (!isTask(o)) throw new Error('no task_struct runs');
  return o;
}

/** The pages of an mm, entry by entry, by address. */
export function* entriesOf(mm: MmObj): Generator<{ readonly address: number; readonly cell: PteCell }> {
  for (const pmd of mm.pgd?.pmds ?? []) {
    if (pmd === undefined || pmd.pmd === null) continue;
    for (const cell of pmd.pmd.cells) {
      if (cell !== undefined && cell.pte !== 0) yield { address: pmd.index * 0x200000 + cell.index * 4096, cell };
    }
  }
}

export function vmaAt(mm: MmObj, address: number): VmaObj | null {
  for (let vma = mm.mmap; vma !== null; vma = vma.vm_next) {
    if (address < vma.vm_end) return address >= vma.vm_start ? vma : null;
  }
  return null;
}
