// SPDX-License-Identifier: GPL-2.0-only
// At rest: what must hold when a step is over and nobody is inside the kernel (I4, I8, I21, I23,
// I25). Read from the state of the machine, not from events.

import { entriesOf, isMm, isObject, isPage, type MmObj, type PageObj } from './view.ts';
import type { Mappings } from './maps.ts';
import type { Site } from '../instrument/sites.ts';
import type { World } from './world.ts';

export interface DeviceObj { readonly name: string; readonly device: Readonly<Record<string, unknown>> }

export class AtRest {
  readonly #world: World;
  readonly #mappings: Mappings;
  /** The count of a device page that nobody uses. */
  readonly #baseOf: (page: PageObj) => number;
  readonly #isolatedAt: () => Site | null;
  constructor(world: World, mappings: Mappings, baseOf: (page: PageObj) => number, isolatedAt: () => Site | null) {
    this.#world = world;
    this.#baseOf = baseOf;
    this.#isolatedAt = isolatedAt;
    this.#mappings = mappings;
  }

  /** isolated, pins: how many the scenario itself holds; null when GUP did not say the truth. */
  check(devices: readonly DeviceObj[], isolated: number, pins: number | null): void {
    for (const mm of this.#world.mms()) {
      this.#rss(mm);
      this.#entries(mm);
    }
    this.#tlbs();
    this.#isolatedCount(isolated);
    if (pins !== null) this.#pinCount(pins);
    for (const d of devices) this.#device(d);
  }

  #rss(mm: MmObj): void {
    const anon = this.#world.view.number('include/linux/mm_types.ts', 'MM_ANONPAGES');
    let counted = mm.rss_stat.count[anon]?.counter ?? 0;
    // Per-task caches of the counters (SPLIT_RSS_COUNTING).
    for (const t of this.#world.tasks) {
      const cache: unknown = Reflect.get(t, 'rss_stat');
      if (t.mm !== mm || !isObject(cache)) continue;
      const counts = cache['count'];
      const n: unknown = Array.isArray(counts) ? counts[anon] : undefined;
      counted += typeof n === 'number' ? n : 0;
    }
    let named = 0;
    for (const { cell } of entriesOf(mm)) {
      const v = this.#world.ptes.decode(cell.pte);
      if (v.kind === 'none' || v.kind === 'other' || (v.kind === 'present' && v.special)) continue;
      named += 1;
    }
    if (counted !== named) {
      this.#world.reportStanding(mm, `rss ${counted - named}`, { rule: 'accounting', object: 'rss', message: `the mm counts ${counted} anonymous pages, but its tables name ${named}` });
    }
  }

  /** NR_FOLL_PIN_ACQUIRED and _RELEASED: what /proc/vmstat says is pinned. */
  #pinCount(expected: number): void {
    const counted = this.#counted('NR_FOLL_PIN_ACQUIRED') - this.#counted('NR_FOLL_PIN_RELEASED');
    if (counted !== expected) {
      this.#world.reportStanding(this.#world, `pins ${counted - expected}`, { rule: 'accounting', object: 'pins', message: `the node counts ${counted} pinned page${counted === 1 ? '' : 's'}, but ${expected} ${expected === 1 ? 'is' : 'are'}` });
    }
  }

  #entries(mm: MmObj): void {
    for (const { address, cell } of entriesOf(mm)) {
      const v = this.#world.ptes.decode(cell.pte);
      if (v.kind === 'present' && v.write) this.#mappings.permission(cell, true);
      if (v.kind === 'migration') {
        this.#world.reportStanding(cell, 'migration', { rule: 'stale-pte', object: 'migration entry', site: this.#mappings.narrowedAt(cell), message: `a migration entry is left at 0x${address.toString(16)} and nobody migrates` });
      }
    }
  }

  /** No CPU may hold more than the tables give once the call that took it back has returned. */
  #tlbs(): void {
    for (const { cpu, mm, vpn, pte } of this.#tlbEntries()) {
      const held = this.#world.ptes.decode(pte);
      if (held.kind !== 'present') continue;
      const cell = mm.pgd?.pmds[vpn >>> 9]?.pmd?.cells[vpn & 511];
      const now = this.#world.ptes.decode(cell?.pte ?? 0);
      const wider = now.kind !== 'present' || now.pfn !== held.pfn || (held.write && !now.write);
      if (wider) {
        this.#world.reportStanding(mm, `tlb ${cpu} ${vpn}`, {
          rule: 'stale-tlb', object: 'translation', site: this.#mappings.narrowedAt(cell),
          message: `CPU${cpu} still translates 0x${(vpn * 4096).toString(16)} to pfn 0x${held.pfn.toString(16)}${held.write ? ' writable' : ''}; the table says ${now.kind}`,
        });
      }
    }
  }

  *#tlbEntries(): Generator<{ cpu: number; mm: MmObj; vpn: number; pte: number }> {
    const tlbs = this.#world.global('cpu_tlb');
    if (!Array.isArray(tlbs)) return;
    for (const [cpu, tlb] of tlbs.entries()) {
      const entries: unknown = isObject(tlb) ? tlb['entries'] : undefined;
      const list: Iterable<unknown> = entries instanceof Map ? entries.values() : Array.isArray(entries) ? entries : [];
      for (const e of list) {
        if (!isObject(e)) continue;
        const mm = e['mm'];
        if (isMm(mm)) yield { cpu, mm, vpn: Number(e['vpn']), pte: Number(e['pte']) };
      }
    }
  }

  #counted(stat: string): number { return this.#world.nodeStat(stat)?.counter ?? 0; }

  #isolatedCount(expected: number): void {
    const counted = this.#counted('NR_ISOLATED_ANON') + this.#counted('NR_ISOLATED_FILE');
    if (counted !== expected) {
      this.#world.reportStanding(this.#world, `isolated ${counted - expected}`, { rule: 'accounting', object: 'isolated', site: this.#isolatedAt(), message: `the node counts ${counted} isolated page${counted === 1 ? '' : 's'}, but ${expected} ${expected === 1 ? 'is' : 'are'}` });
    }
  }

  /** Every page of a device is either free, on its list once and with the base count, or in use. */
  #device(d: DeviceObj): void {
    const free = new Set<PageObj>();
    for (let p: unknown = d.device['free_pages']; isPage(p); p = p.word1) {
      if (free.has(p)) {
        this.#world.report({ rule: 'double-free', object: 'device page', message: `${this.#world.nameOf(p)} is on the free list of ${d.name} twice` });
        return;
      }
      free.add(p);
      if (this.#mappings.mapped(p) > 0 || p._refcount.counter > this.#baseOf(p)) {
        this.#world.reportStanding(p, 'count', { rule: 'bad-page-state', object: 'device page', message: `${this.#world.nameOf(p)} is on the free list of ${d.name} with count ${p._refcount.counter}` });
      }
      if (this.#world.view.pageFlag(p, 'PG_locked') || p.mapping !== null) {
        this.#world.reportStanding(p, 'state', { rule: 'bad-page-state', object: 'device page', message: `${this.#world.nameOf(p)} is on the free list of ${d.name}, ${p.mapping === null ? 'locked' : 'with a mapping'}` });
      }
    }
    for (const frame of this.#world.frames().values()) {
      const page = frame.page;
      if (!this.#world.isDevice(page) || free.has(page)) continue;
      const owner: unknown = isObject(page.word0) ? page.word0['owner'] : undefined;
      if (owner !== d.device) continue;
      if (page._refcount.counter <= this.#baseOf(page) && this.#mappings.mapped(page) === 0) {
        this.#world.reportStanding(page, 'lost', { rule: 'lost-page', object: 'device page', message: `${this.#world.nameOf(page)} of ${d.name} is free by its count, but the driver was not told` });
      }
    }
  }
}
