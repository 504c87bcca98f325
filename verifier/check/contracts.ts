// SPDX-License-Identifier: GPL-2.0-only
// Contracts at the calls between core mm and drivers: what migrate_to_ram is given, what
// migrate_vma_setup returns (I20), and what a migration may copy (I19).

import type { Frame, PortObject } from '../instrument/runtime.ts';
import { classOf, isObject, isPage, isVma, type PageObj } from './view.ts';
import type { World } from './world.ts';

interface MigrateVma { readonly src: readonly number[]; readonly npages: number; readonly cpages: number }

export class Contracts {
  readonly #world: World;
  #migration: PortObject | null = null;
  readonly #onDeviceFree: (page: PageObj) => void;
  constructor(world: World, onDeviceFree: (page: PageObj) => void) {
    this.#world = world;
    this.#onDeviceFree = onDeviceFree;
  }

  /** o.k(args) through a pointer. */
  onCall(k: string, args: readonly unknown[]): void {
    const first = args[0];
    if (k === 'migrate_to_ram' && isObject(first)) this.#fault(first);
    if (k === 'page_free' && isPage(first)) this.#onDeviceFree(first);
  }

  onWrite(o: PortObject, k: string): void {
    if (k === 'cpages' && classOf(o) === 'migrate_vma') this.#migration = o;
  }

  onLeave(frame: Frame): void {
    if (frame.function !== 'migrate_vma_setup' || this.#migration === null) return;
    const m = this.#migration as unknown as MigrateVma;
    const bit = this.#world.view.number('include/linux/migrate.ts', 'MIGRATE_PFN_MIGRATE');
    let marked = 0;
    for (let i = 0; i < m.npages; i++) if (((m.src[i] ?? 0) & bit) !== 0) marked += 1;
    if (marked !== m.cpages) {
      this.#world.report({ rule: 'accounting', object: 'cpages', message: `migrate_vma_setup returns cpages ${m.cpages}, but ${marked} entries are marked to migrate` });
    }
    this.#migration = null;
  }

  /** The vm_fault that a driver is handed: a vma of a locked mm that contains the address. */
  #fault(vmf: PortObject): void {
    const vma = vmf['vma'];
    const address = Number(vmf['address']);
    const misuse = (message: string): void => this.#world.report({ rule: 'api-misuse', object: 'migrate_to_ram', message });
    if (!isVma(vma)) { misuse('migrate_to_ram is called without a vma'); return; }
    if (address < vma.vm_start || address >= vma.vm_end) {
      misuse(`migrate_to_ram is called with a vma that does not contain the address 0x${address.toString(16)}`);
    }
    const task = this.#world.view.current();
    const lock = vma.vm_mm?.mmap_lock;
    if (lock !== undefined && lock.writer !== task && !lock.readers.includes(task)) {
      misuse('migrate_to_ram is called without the mmap_lock of the mm that its vma belongs to');
    }
    const page = vmf['page'];
    if (isPage(page) && vma.vm_mm !== null && !this.#mappedAt(vma.vm_mm, address, page)) {
      misuse(`migrate_to_ram is called for ${this.#world.nameOf(page)}, which is not what the mm of its vma maps at 0x${address.toString(16)}`);
    }
  }

  #mappedAt(mm: NonNullable<import('./view.ts').VmaObj['vm_mm']>, address: number, page: PageObj): boolean {
    const cell = mm.pgd?.pmds[address >>> 21]?.pmd?.cells[(address >>> 12) & 511];
    if (cell === undefined) return false;
    const v = this.#world.ptes.decode(cell.pte);
    return (v.kind === 'present' || v.kind === 'private' || v.kind === 'exclusive') && v.pfn === page.pfn;
  }
}
