// SPDX-License-Identifier: GPL-2.0-only
// Mappings: I2, I5, I7, I9, I11 and I17. Inside a page-table-lock section mapcount and entries may
// differ by what is pending there (model-rules.md, 1): each thread's own changes must be even when it
// leaves its last section, whatever the others have open. Entries are watched at every store.

import { JournaledMap } from '../instrument/journal.ts';
import type { Site } from '../instrument/sites.ts';
import { append, put, Records } from './kept.ts';
import { maps, names, type PteView } from './pte.ts';
import { isPage, vmaAt, type Counter, type FrameObj, type MmObj, type PageObj, type PteCell, type PteTable, type TaskObj } from './view.ts';
import type { FindingSpec, World } from './world.ts';

interface Count<K> { readonly of: K; readonly n: number }

/** A page as page tables have it. */
interface Mapped {
  /** Entries that count as mappings, by mm. */
  mms: readonly Count<MmObj>[];
  total: number;
  /** Entries of any kind that name it, by table; and those of them that are migration entries. */
  tables: readonly Count<PteTable>[];
  migrations: number;
  sections: readonly Section[];
  /** Where it lost PG_lru, and in which rest. */
  unlisted: Site | null;
  unlistedIn: number;
}

/** What one thread has changed of a page since it last held no page-table lock. */
interface Section {
  readonly page: PageObj;
  readonly of: Mapped;
  readonly task: TaskObj;
  counted: number;
  named: number;
  at: Site | null;
  open: boolean;
}

interface Cell {
  /** Where its dirty bit was last taken away. */
  cleaned: Site | null;
  /** Where it was taken back, in part or whole, and in which rest. */
  narrowed: Site | null;
  narrowedIn: number;
  /** Who will look at it when it leaves its last section. */
  open: TaskMaps | null;
}

interface TaskMaps { pages: Section[]; cells: PteCell[] }

export class Mappings {
  readonly #world: World;
  readonly #pages = new Records<PageObj, Mapped>(() => ({ mms: [], total: 0, tables: [], migrations: 0, sections: [], unlisted: null, unlistedIn: -1 }));
  readonly #cells = new Records<PteCell, Cell>(() => ({ cleaned: null, narrowed: null, narrowedIn: -1, open: null }));
  readonly #tasks = new Records<TaskObj, TaskMaps>(() => ({ pages: [], cells: [] }));
  readonly #cleanedAddress: Map<number, Site | null>;
  /** How often the machine was at rest: what was noted before is over. */
  readonly #rest = { n: 0 };
  /** Who changed something and has not settled. */
  readonly #unsettled: { tasks: readonly TaskObj[] } = { tasks: [] };
  constructor(world: World) {
    this.#world = world;
    this.#cleanedAddress = new JournaledMap(world.journal);
  }

  mapped(page: PageObj): number { return this.#pages.known(page)?.total ?? 0; }
  mappers(page: PageObj): number {
    let n = 0;
    for (const count of this.#pages.known(page)?.mms ?? []) if (count.n > 0) n += 1;
    return n;
  }
  /** Whether an entry of this table names the page, whatever its kind. */
  namedIn(page: PageObj, table: PteTable): boolean {
    for (const count of this.#pages.known(page)?.tables ?? []) if (count.of === table) return count.n > 0;
    return false;
  }

  /** Where the dirty bit of an address was last taken away: of this mm's entry, or of the one it was copied from. */
  cleanedAt(cell: PteCell): Site | null {
    return this.#cells.known(cell)?.cleaned ?? this.#cleanedAddress.get(cell.table.base + cell.index * 4096) ?? null;
  }

  onPte(cell: PteCell, before: number, after: number): void {
    const { journal } = this.#world;
    const was = this.#world.ptes.decode(before);
    const is = this.#world.ptes.decode(after);
    const state = this.#cells.of(cell);
    if (was.kind === 'present' && was.dirty && !(is.kind === 'present' && is.dirty)) this.#noteCleaned(cell, state);
    // The hardware's marks take nothing and give nothing.
    const marks = was.kind === 'present' && is.kind === 'present' && was.pfn === is.pfn && was.write === is.write;
    if (!marks || !this.#world.concurrent) this.#opens(cell, state);
    this.#count(cell, maps(was), -1);
    this.#count(cell, maps(is), 1);
    const [old, now] = [names(was), names(is)];
    if (old !== now || was.kind !== is.kind) {
      this.#name(cell, old, was.kind === 'migration', -1);
      this.#name(cell, now, is.kind === 'migration', 1);
    }
    this.#live(is);
    if (is.kind === 'migration' && (was.kind !== 'migration' || was.pfn !== is.pfn)) this.#migrating(is.pfn);
    if (is.kind !== 'present' || (was.kind === 'present' && (is.pfn !== was.pfn || (was.write && !is.write)))) {
      put(journal, state, 'narrowed', this.#world.runtime.here());
      put(journal, state, 'narrowedIn', this.#rest.n);
    }
  }

  /** The statement since the last rest that took back what an entry allowed. */
  narrowedAt(cell: PteCell | undefined): Site | null {
    const state = cell === undefined ? undefined : this.#cells.known(cell);
    return state?.narrowedIn === this.#rest.n ? state.narrowed : null;
  }
  unlistedAt(page: PageObj): Site | null {
    const mapped = this.#pages.known(page);
    return mapped?.unlistedIn === this.#rest.n ? mapped.unlisted : null;
  }
  atRest(): void { put(this.#world.journal, this.#rest, 'n', this.#rest.n + 1); }

  #noteCleaned(cell: PteCell, state: Cell): void {
    const site = this.#world.runtime.here();
    put(this.#world.journal, state, 'cleaned', site);
    // The first that cleaned it: a later zap of another mm's entry is not where it was lost.
    const address = cell.table.base + cell.index * 4096;
    if (!this.#cleanedAddress.has(address)) this.#cleanedAddress.set(address, site);
  }

  onCount(counter: Counter, d: number): void {
    const page = counter.owner;
    if (isPage(page) && page._mapcount === counter) this.#section(page, d, 0);
  }

  onFlags(page: PageObj, before: number, after: number): void {
    const lru = this.#world.view.pageFlagMask('PG_lru');
    if ((after & lru) === 0 && (before & lru) !== 0) {
      const mapped = this.#pages.of(page);
      put(this.#world.journal, mapped, 'unlisted', this.#world.runtime.here());
      put(this.#world.journal, mapped, 'unlistedIn', this.#rest.n);
    }
    if ((after & lru) !== 0 && (before & lru) === 0 && this.#world.isDevice(page)) {
      this.#world.report({ rule: 'bad-page-state', object: 'device page', message: `${this.#world.nameOf(page)} is put on an lru list` });
    }
  }

  /** A frame goes back to the allocator, or a device's frame is taken away. */
  onFree(frame: FrameObj): void {
    const page = frame.page;
    this.#migratingFree(page);
    const n = this.mapped(page);
    if (n > 0) {
      this.#world.report({
        rule: 'stale-pte', object: this.#world.kindOf(page),
        message: `${this.#world.nameOf(page)} is freed while ${n} page table entr${n === 1 ? 'y names' : 'ies name'} it`,
      });
    }
  }

  /** I7: what migrates is not freed. */
  #migratingFree(page: PageObj): void {
    const n = this.#pages.known(page)?.migrations ?? 0;
    if (n === 0 || !this.#world.concurrent) return;
    this.#world.report({ rule: 'stale-pte', object: 'migration entry', message: `${this.#world.nameOf(page)} is freed while ${n} migration entr${n === 1 ? 'y names' : 'ies name'} it` });
  }

  /** The driver is told that a device page is free (I11). */
  onDeviceFree(page: PageObj): void {
    this.#migratingFree(page);
    const n = this.mapped(page);
    if (n > 0) {
      this.#world.report({
        rule: 'stale-pte', object: 'device page',
        message: `page_free is called for ${this.#world.nameOf(page)} while ${n} page table entr${n === 1 ? 'y names' : 'ies name'} it`,
      });
    }
  }

  /** I7: an entry for a page that nobody has locked, or that nobody keeps, would never be taken back. */
  #migrating(pfn: number): void {
    const page = this.#world.pageAt(pfn);
    if (!this.#world.concurrent || page === null) return;
    if (!this.#world.view.pageFlag(page, 'PG_locked')) {
      this.#world.report({ rule: 'bad-page-state', object: 'migration entry', message: `a migration entry is stored for ${this.#world.nameOf(page)}, which is not locked` });
    }
  }

  /** I7: who unlocks a page has put its entries back before. */
  onUnlock(page: PageObj): void {
    const n = this.#pages.known(page)?.migrations ?? 0;
    if (n === 0 || !this.#world.concurrent) return;
    this.#world.report({
      rule: 'bad-page-state', object: 'migration entry',
      message: `${this.#world.nameOf(page)} is unlocked while ${n} migration entr${n === 1 ? 'y names' : 'ies name'} it`,
    });
  }

  /** A thread holds no page-table lock any more. */
  settle(task: TaskObj): void {
    const { journal } = this.#world;
    const of = this.#tasks.of(task);
    if (of.pages.length === 0 && of.cells.length === 0) return;
    const inside = this.#world.runtime.here() !== null;
    const { pages, cells } = of;
    put(journal, of, 'pages', []);
    put(journal, of, 'cells', []);
    put(journal, this.#unsettled, 'tasks', this.#unsettled.tasks.filter((t) => t !== task));
    for (const section of pages) {
      const { page } = section;
      const counted = page._mapcount.counter + 1;
      const off = this.#world.concurrent ? section.counted - section.named : counted - section.of.total;
      put(journal, section, 'open', false);
      put(journal, section, 'counted', 0);
      put(journal, section, 'named', 0);
      if (off === 0 || this.#world.isZeroPage(page)) continue;
      this.#world.report({
        rule: 'bad-page-state', object: this.#world.kindOf(page), site: inside ? null : section.at,
        message: `${this.#world.nameOf(page)} has mapcount ${counted}, but ${counted - off} entries map it`,
      });
    }
    for (const cell of cells) {
      const state = this.#cells.of(cell);
      if (state.open === of) put(journal, state, 'open', null);
      this.permission(cell, false);
    }
  }
  /** What work items and the like left open in somebody's step. */
  settleAll(): void { for (const task of this.#unsettled.tasks) this.settle(task); }

  #opens(cell: PteCell, state: Cell): void {
    const task = this.#world.view.current();
    const of = this.#tasks.of(task);
    if (state.open === of) return;
    this.#unsettles(task, of);
    put(this.#world.journal, state, 'open', of);
    append(this.#world.journal, of.cells, cell);
  }
  #unsettles(task: TaskObj, of: TaskMaps): void {
    if (of.pages.length > 0 || of.cells.length > 0) return;
    put(this.#world.journal, this.#unsettled, 'tasks', [...this.#unsettled.tasks, task]);
  }

  #section(page: PageObj, counted: number, named: number): void {
    const { journal } = this.#world;
    const mapped = this.#pages.of(page);
    const task = this.#world.view.current();
    let section = mapped.sections.find((s) => s.task === task);
    if (section === undefined) {
      section = { page, of: mapped, task, counted: 0, named: 0, at: null, open: false };
      put(journal, mapped, 'sections', [...mapped.sections, section]);
    }
    if (counted !== 0) put(journal, section, 'counted', section.counted + counted);
    if (named !== 0) put(journal, section, 'named', section.named + named);
    put(journal, section, 'at', this.#world.runtime.here());
    if (section.open) return;
    const of = this.#tasks.of(task);
    this.#unsettles(task, of);
    put(journal, section, 'open', true);
    append(journal, of.pages, section);
  }

  #count(cell: PteCell, pfn: number | null, by: number): void {
    const page = pfn === null ? null : this.#world.pageAt(pfn);
    const mm = cell.table.mm;
    if (page === null || mm === null || this.#world.isZeroPage(page)) return;
    this.#section(page, 0, by);
    const mapped = this.#pages.of(page);
    put(this.#world.journal, mapped, 'mms', added(mapped.mms, mm, by));
    put(this.#world.journal, mapped, 'total', mapped.total + by);
  }
  #name(cell: PteCell, pfn: number | null, migration: boolean, by: number): void {
    const page = pfn === null ? null : this.#world.pageAt(pfn);
    if (page === null || this.#world.isZeroPage(page)) return;
    const mapped = this.#pages.of(page);
    put(this.#world.journal, mapped, 'tables', added(mapped.tables, cell.table, by));
    if (migration) put(this.#world.journal, mapped, 'migrations', mapped.migrations + by);
  }

  /** I5: an entry names a page that lives. */
  #live(v: PteView): void {
    if (v.kind === 'none' || v.kind === 'other') return;
    const page = this.#world.pageAt(v.pfn);
    if (page === null) {
      this.#world.report({ rule: 'stale-pte', object: 'pfn', message: `an entry is stored for pfn 0x${v.pfn.toString(16)}, which has no struct page` });
      return;
    }
    const free = this.#world.isDevice(page) ? page._refcount.counter < 1 : this.#world.frameOf(page)?.allocated !== true;
    if (free) {
      this.#world.report({ rule: 'stale-pte', object: this.#world.kindOf(page), message: `an entry is stored for ${this.#world.nameOf(page)}, which is free` });
    }
    if (v.kind === 'present' && !v.special && this.#world.isPrivate(page)) {
      this.#world.report({ rule: 'stale-pte', object: 'device page', message: `a present entry names ${this.#world.nameOf(page)}, which no CPU can reach` });
    }
  }

  /** I17: writable only where the vma says so, and for one mm only. At rest this is asked of every entry: its
   *  page may have come to be shared by a store elsewhere. */
  permission(cell: PteCell, atRest: boolean): void {
    const v = this.#world.ptes.decode(cell.pte);
    if (v.kind !== 'present' || !v.write) return;
    const mm = cell.table.mm;
    const page = this.#world.pageAt(v.pfn);
    if (mm === null || page === null) return;
    const address = cell.table.base + cell.index * 4096;
    const vma = vmaAt(mm, address);
    if (vma === null) return;
    const say = (spec: FindingSpec): void => {
      const known = this.#world.stands(cell, `${spec.rule} ${v.pfn}`);
      if (!known || !atRest) this.#world.report(spec);
    };
    const flag = (name: string): number => this.#world.view.number('include/linux/mm.ts', name);
    if ((vma.vm_flags & flag('VM_WRITE')) === 0) {
      say({ rule: 'wrong-permission', object: this.#world.kindOf(page), message: `a writable entry for ${this.#world.nameOf(page)} in a mapping that is read-only` });
    }
    if ((vma.vm_flags & flag('VM_SHARED')) === 0 && this.mappers(page) > 1) {
      say({ rule: 'wrong-permission', object: this.#world.kindOf(page), message: `a writable entry for ${this.#world.nameOf(page)}, which ${this.mappers(page)} processes share copy-on-write` });
    }
    if (v.special || this.#world.isZeroPage(page)) {
      say({ rule: 'wrong-permission', object: 'zero page', message: 'a writable entry names the zero page' });
    }
  }
}

/** Counts with one of them changed; the few that there are stand in the order in which they came. */
function added<K>(counts: readonly Count<K>[], of: K, by: number): readonly Count<K>[] {
  const at = counts.findIndex((c) => c.of === of);
  return at < 0 ? [...counts, { of, n: by }] : counts.map((c, i) => (i === at ? { of, n: c.n + by } : c)).filter((c) => c.n !== 0);
}
