// SPDX-License-Identifier: GPL-2.0-only
// Mappings: I2, I5, I9, I11 and I17. Inside a page-table-lock section mapcount and entries may
// differ by what is pending there (model-rules.md, 1); they are compared when a thread leaves its
// last section. Entries are watched at every store.

import type { Site } from '../instrument/sites.ts';
import { maps, type PteView } from './pte.ts';
import { isPage, vmaAt, type Counter, type FrameObj, type MmObj, type PageObj, type PteCell } from './view.ts';
import type { FindingSpec, World } from './world.ts';

export class Mappings {
  readonly #world: World;
  /** Entries that count as mappings, by page and mm. */
  readonly #mapped = new Map<PageObj, Map<MmObj, number>>();
  /** Pages whose mapcount or entries changed, with where. */
  readonly #touched = new Map<PageObj, Site | null>();
  readonly #cells = new Set<PteCell>();
  readonly #cleaned = new Map<PteCell, Site | null>();
  readonly #cleanedAddress = new Map<number, Site | null>();
  /** Where an entry was taken back in this step, in part or whole. */
  readonly #narrowed = new Map<PteCell, Site | null>();
  /** Where a page lost PG_lru in this step. */
  readonly #unlisted = new Map<PageObj, Site | null>();
  constructor(world: World) { this.#world = world; }

  mapped(page: PageObj): number {
    let n = 0;
    for (const count of this.#mapped.get(page)?.values() ?? []) n += count;
    return n;
  }
  mappers(page: PageObj): number {
    let n = 0;
    for (const count of this.#mapped.get(page)?.values() ?? []) if (count > 0) n += 1;
    return n;
  }

  /** Where the dirty bit of an address was last taken away: of this mm's entry, or of the one it was copied from. */
  cleanedAt(cell: PteCell): Site | null {
    return this.#cleaned.get(cell) ?? this.#cleanedAddress.get(cell.table.base + cell.index * 4096) ?? null;
  }

  onPte(cell: PteCell, before: number, after: number): void {
    const was = this.#world.ptes.decode(before);
    const is = this.#world.ptes.decode(after);
    if (was.kind === 'present' && was.dirty && !(is.kind === 'present' && is.dirty)) this.#noteCleaned(cell);
    this.#cells.add(cell);
    this.#count(cell, maps(was), -1);
    this.#count(cell, maps(is), 1);
    this.#live(is);
    if (is.kind !== 'present' || (was.kind === 'present' && (is.pfn !== was.pfn || (was.write && !is.write)))) this.#narrowed.set(cell, this.#world.runtime.here());
  }

  /** The statement of this step that took back what an entry allowed. */
  narrowedAt(cell: PteCell | undefined): Site | null { return (cell === undefined ? null : this.#narrowed.get(cell)) ?? null; }
  unlistedAt(page: PageObj): Site | null { return this.#unlisted.get(page) ?? null; }
  atStepEnd(): void {
    this.#narrowed.clear();
    this.#unlisted.clear();
  }

  #noteCleaned(cell: PteCell): void {
    const site = this.#world.runtime.here();
    this.#cleaned.set(cell, site);
    // The first that cleaned it: a later zap of another mm's entry is not where it was lost.
    const address = cell.table.base + cell.index * 4096;
    if (!this.#cleanedAddress.has(address)) this.#cleanedAddress.set(address, site);
  }

  onCount(counter: Counter): void {
    const page = counter.owner;
    if (isPage(page) && page._mapcount === counter) this.#touched.set(page, this.#world.runtime.here());
  }

  onFlags(page: PageObj, before: number, after: number): void {
    const lru = this.#world.view.pageFlagMask('PG_lru');
    if ((after & lru) === 0 && (before & lru) !== 0) this.#unlisted.set(page, this.#world.runtime.here());
    if ((after & lru) !== 0 && (before & lru) === 0 && this.#world.isDevice(page)) {
      this.#world.report({ rule: 'bad-page-state', object: 'device page', message: `${this.#world.nameOf(page)} is put on an lru list` });
    }
  }

  /** A frame goes back to the allocator, or a device's frame is taken away. */
  onFree(frame: FrameObj): void {
    const page = frame.page;
    const n = this.mapped(page);
    if (n > 0) {
      this.#world.report({
        rule: 'stale-pte', object: this.#world.kindOf(page),
        message: `${this.#world.nameOf(page)} is freed while ${n} page table entr${n === 1 ? 'y names' : 'ies name'} it`,
      });
    }
  }

  /** The driver is told that a device page is free (I11). */
  onDeviceFree(page: PageObj): void {
    const n = this.mapped(page);
    if (n > 0) {
      this.#world.report({
        rule: 'stale-pte', object: 'device page',
        message: `page_free is called for ${this.#world.nameOf(page)} while ${n} page table entr${n === 1 ? 'y names' : 'ies name'} it`,
      });
    }
  }

  /** The running thread holds no page-table lock any more. */
  settle(): void {
    const inside = this.#world.runtime.here() !== null;
    for (const [page, at] of this.#touched) {
      if (this.#world.isZeroPage(page)) continue;
      const counted = page._mapcount.counter + 1;
      const named = this.mapped(page);
      if (counted === named) continue;
      this.#world.report({
        rule: 'bad-page-state', object: this.#world.kindOf(page), site: inside ? null : at,
        message: `${this.#world.nameOf(page)} has mapcount ${counted}, but ${named} entries map it`,
      });
    }
    this.#touched.clear();
    for (const cell of this.#cells) this.permission(cell, false);
    this.#cells.clear();
  }

  #count(cell: PteCell, pfn: number | null, by: number): void {
    const page = pfn === null ? null : this.#world.pageAt(pfn);
    const mm = cell.table.mm;
    if (page === null || mm === null || this.#world.isZeroPage(page)) return;
    this.#touched.set(page, this.#world.runtime.here());
    const mms = this.#mapped.get(page) ?? new Map<MmObj, number>();
    mms.set(mm, (mms.get(mm) ?? 0) + by);
    this.#mapped.set(page, mms);
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
    if (v.kind === 'present' && !v.special && this.#isPrivate(page)) {
      this.#world.report({ rule: 'stale-pte', object: 'device page', message: `a present entry names ${this.#world.nameOf(page)}, which no CPU can reach` });
    }
  }

  #isPrivate(page: PageObj): boolean {
    if (!this.#world.isDevice(page)) return false;
    const pgmap: unknown = page.word0;
    return typeof pgmap === 'object' && pgmap !== null
      && Reflect.get(pgmap, 'type') === this.#world.view.number('include/linux/memremap.ts', 'MEMORY_DEVICE_PRIVATE');
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
