// SPDX-License-Identifier: GPL-2.0-only
// Contracts at the calls between core mm and drivers: what migrate_to_ram is given, what
// migrate_vma_setup returns and a driver may change of it (I20), what is handed to
// migrate_vma_pages (I19), and what is left of a source that moved (I15).

import { JournaledMap } from '../instrument/journal.ts';
import type { Frame, Key, PortObject } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import type { Mappings } from './maps.ts';
import { classOf, isObject, isPage, isVma, type MmObj, type PageObj, type TaskObj } from './view.ts';
import type { World } from './world.ts';

const MIGRATE = 'include/linux/migrate.ts';

/** One migrate_vma between setup and finalize, and src as core mm left it last. */
interface Migration {
  readonly args: PortObject;
  readonly cpages: number;
  readonly src: readonly number[] | null;
  /** Which owner's page each source was: the driver may have given it out again by the end. */
  readonly generations: readonly (number | null)[];
}

export class Contracts {
  readonly #world: World;
  readonly #mappings: Mappings;
  /** By thread the one whose cpages was written last: each has one migration under way at a time. */
  readonly #migrations: Map<TaskObj, Migration>;
  readonly #generationOf: (page: PageObj) => number;
  constructor(world: World, mappings: Mappings, generationOf: (page: PageObj) => number) {
    this.#world = world;
    this.#generationOf = generationOf;
    this.#migrations = new JournaledMap(world.journal);
    this.#mappings = mappings;
  }

  /** o.k(args) through a pointer. */
  onCall(k: Key, args: readonly unknown[]): void {
    const first = args[0];
    if (k === 'migrate_to_ram' && isObject(first)) this.#fault(first);
    if (k === 'page_free' && isPage(first)) this.#mappings.onDeviceFree(first);
  }

  onWrite(o: PortObject, k: Key): void {
    if (k !== 'cpages' || classOf(o) !== 'migrate_vma') return;
    const task = this.#world.view.current();
    const last = this.#migrations.get(task);
    this.#migrations.set(task, { args: o, cpages: Number(o[k]), src: last?.args === o ? last.src : null, generations: last?.args === o ? last.generations : [] });
  }

  onEnter(frame: Frame): void {
    if (frame.file !== 'mm/migrate.ts') return;
    const m = this.#migrations.get(this.#world.view.current());
    if (m === undefined) return;
    if (frame.function === 'migrate_vma_pages') {
      this.#untouched(m);
      this.#locked(m);
    } else if (frame.function === 'migrate_vma_finalize') this.#untouched(m);
  }

  onLeave(frame: Frame): void {
    if (frame.file !== 'mm/migrate.ts') return;
    const task = this.#world.view.current();
    const m = this.#migrations.get(task);
    if (m === undefined) return;
    const keepsSrc = (): void => {
      const src = slots(m, 'src').slice();
      const generations = src.map((one) => {
        const page = this.#pageOf(one);
        return page === null ? null : this.#generationOf(page);
      });
      this.#migrations.set(task, { ...m, src, generations });
    };
    switch (frame.function) {
      case 'migrate_vma_setup':
        if (frame.result !== 0) { this.#migrations.delete(task); break; }
        this.#counted(m);
        keepsSrc();
        break;
      case 'migrate_vma_pages':
        keepsSrc();
        break;
      case 'migrate_vma_finalize':
        this.#moved(m);
        this.#migrations.delete(task);
        break;
      default:
    }
  }

  /** I20: cpages as setup returns it. */
  #counted(m: Migration): void {
    const bit = this.#world.view.number(MIGRATE, 'MIGRATE_PFN_MIGRATE');
    const marked = slots(m, 'src').filter((src) => (src & bit) !== 0).length;
    if (marked !== m.cpages) {
      this.#world.report({ rule: 'accounting', object: 'cpages', message: `migrate_vma_setup returns cpages ${m.cpages}, but ${marked} entries are marked to migrate` });
    }
  }

  /** I20: between the calls src is not the driver's to write. */
  #untouched(m: Migration): void {
    const now = slots(m, 'src');
    const at = m.src?.findIndex((src, i) => src !== now[i]) ?? -1;
    if (at < 0) return;
    this.#world.report({ rule: 'api-misuse', object: 'migrate_vma', site: this.#caller(), message: `src[${at}] was written between two calls of migrate_vma_*: only dst is the driver's` });
  }

  /** I19: both pages of a slot are locked when contents and state move. */
  #locked(m: Migration): void {
    const bit = this.#world.view.number(MIGRATE, 'MIGRATE_PFN_MIGRATE');
    const dst = slots(m, 'dst');
    for (const [i, src] of slots(m, 'src').entries()) {
      const to = this.#pageOf(dst[i] ?? 0);
      if ((src & bit) === 0 || to === null) continue;
      for (const page of [to, this.#pageOf(src)]) {
        if (page === null || this.#world.view.pageFlag(page, 'PG_locked')) continue;
        this.#world.report({ rule: 'lock-misuse', object: 'page lock', site: this.#caller(), message: `migrate_vma_pages is handed ${this.#world.nameOf(page)} unlocked (slot ${i})` });
      }
    }
  }

  /** I15: no entry names a source that moved. */
  #moved(m: Migration): void {
    const bit = this.#world.view.number(MIGRATE, 'MIGRATE_PFN_MIGRATE');
    const dst = slots(m, 'dst');
    for (const [i, src] of (m.src ?? []).entries()) {
      const from = this.#pageOf(src);
      if (from === null || (src & bit) === 0 || this.#pageOf(dst[i] ?? 0) === null) continue;
      // Its last reference goes here, and beside others it may come to be somebody else's at once.
      if (this.#world.concurrent && m.generations[i] !== this.#generationOf(from)) continue;
      const left = this.#mappings.mapped(from);
      if (left === 0) continue;
      this.#world.report({ rule: 'stale-pte', object: this.#world.kindOf(from), message: `${this.#world.nameOf(from)} has moved, but ${left} page table entr${left === 1 ? 'y names' : 'ies name'} it` });
    }
  }

  #pageOf(mpfn: number): PageObj | null {
    const { view } = this.#world;
    if ((mpfn & view.number(MIGRATE, 'MIGRATE_PFN_VALID')) === 0) return null;
    return this.#world.pageAt(mpfn >>> view.number(MIGRATE, 'MIGRATE_PFN_SHIFT'));
  }

  /** The statement that calls the function which was just entered. */
  #caller(): Site | null {
    const { frames, sites } = this.#world.runtime;
    return sites[frames[frames.length - 2]?.site ?? -1] ?? null;
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
    // Beside others the entry may have changed since it was read, and the driver looks again.
    if (!this.#world.concurrent && isPage(page) && vma.vm_mm !== null && !this.#mappedAt(vma.vm_mm, address, page)) {
      misuse(`migrate_to_ram is called for ${this.#world.nameOf(page)}, which is not what the mm of its vma maps at 0x${address.toString(16)}`);
    }
  }

  #mappedAt(mm: MmObj, address: number, page: PageObj): boolean {
    const cell = mm.pgd?.pmds[address >>> 21]?.pmd?.cells[(address >>> 12) & 511];
    if (cell === undefined) return false;
    const v = this.#world.ptes.decode(cell.pte);
    return (v.kind === 'present' || v.kind === 'private' || v.kind === 'exclusive') && v.pfn === page.pfn;
  }
}

/** The caller's array may be longer than what is asked for: what is behind it is not this migration's. */
function slots(m: Migration, which: 'src' | 'dst'): readonly number[] { return numbers(m.args[which]).slice(0, Number(m.args['npages'])); }

function numbers(array: unknown): readonly number[] {
  return Array.isArray(array) ? array.map(Number) : [];
}
