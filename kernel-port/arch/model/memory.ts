// SPDX-License-Identifier: GPL-2.0-only
// The physical memory of a machine: one frame for each pfn, with the struct page that describes
// it (the memmap) and its content. A content is one number for the whole page. A frame that is
// freed stays known, so that a use after it went back is recognised: its generation moves on.
// System frames live as long as the machine; device frames come and go with their region.

import { page } from '../../include/linux/mm_types.ts';
import type { pfn_nr, phys_addr_t, unsigned_long } from '../../include/linux/types.ts';
import { machine_halt, per_machine, this_machine } from './machine.ts';
import { PAGE_SHIFT } from './pgtable_types.ts';

export class frame {
  readonly page: page;
  /** What stands in the page: a load or store at any offset is of this number. */
  content: number = 0;
  allocated: boolean = false;
  /** Counts allocations: a reader that remembers it knows whether the frame is still the same one. */
  generation: number = 0;
  constructor(page: page) { this.page = page; }
}

// Said again here, where no header may be needed while modules load (mmzone.ts, page-flags.ts, mm.ts).
const ZONE_NORMAL = 2;
const ZONE_MOVABLE = 3;
const MAX_NR_ZONES = 5;
const PG_reserved = 12;
const ZONES_PGSHIFT = 24;
const ZONES_MASK = 7;

class physical_memory {
  /** The memmap: by pfn. */
  readonly frames: Map<pfn_nr, frame> = new Map();
  /** Free system frames by zone; the one freed last stands last. A list is replaced, never changed. */
  readonly free: pfn_nr[][] = Array.from({ length: MAX_NR_ZONES }, (): pfn_nr[] => []);
  /** Freed frames that are not handed out again (machine.reuse_frames is false). */
  quarantine: readonly pfn_nr[] = [];
  zero_pfn: pfn_nr = 0;
  /** Never lowered, as in C. */
  highest_memmap_pfn: pfn_nr = 0;
}
export const memory = per_machine(() => new physical_memory(), 'memory');

export interface memory_size {
  /** Frames of ZONE_NORMAL, without the zero page. */
  readonly normal: number;
  readonly movable: number;
}

function add_system_frame(zone: number): frame {
  const pfn: pfn_nr = memory().frames.size + 1;
  const added = new frame(new page(pfn));
  memory().frames.set(pfn, added);
  memory().highest_memmap_pfn = pfn;
  added.page.flags = zone << ZONES_PGSHIFT;
  memory().highest_memmap_pfn = Math.max(memory().highest_memmap_pfn, pfn);
  return added;
}

/** Gives the running machine its memory: the zero page, then ZONE_NORMAL, then ZONE_MOVABLE, pfns from 1 up. */
export function boot_memory(size: memory_size): void {
  const zero = add_system_frame(ZONE_NORMAL);
  zero.allocated = true;
  memory().zero_pfn = zero.page.pfn;
  zero.page.flags |= 1 << PG_reserved;
  zero.page._refcount.counter = 1;
  for (let n = 0; n < size.normal; n++) add_system_frame(ZONE_NORMAL);
  for (let n = 0; n < size.movable; n++) add_system_frame(ZONE_MOVABLE);
  for (const [pfn, known] of [...memory().frames].reverse()) {
    if (!known.allocated) memory().free[zone_of(known.page)].push(pfn);
  }
}

/** The zone bits of page->flags (mm.ts, page_zonenum), read here without being an access of the run. */
function zone_of(page: page): number { return (page.flags >>> ZONES_PGSHIFT) & ZONES_MASK; }

/** Takes a free frame of the zone: the one freed last, or the lowest pfn never used. Null when there is none. */
export function take_frame(zone: number): page | null {
  const free = memory().free[zone];
  const pfn = free[free.length - 1];
  if (pfn === undefined) return null;
  memory().free[zone] = free.slice(0, -1);
  const taken = frame_at(pfn);
  taken.allocated = true;
  taken.generation += 1;
  return taken.page;
}
/** Gives a system frame back. */
export function return_frame(page: page): void {
  const returned = frame_at(page.pfn);
  returned.allocated = false;
  returned.generation += 1;
  const zone = zone_of(page);
  if (this_machine().reuse_frames) memory().free[zone] = [...memory().free[zone], page.pfn];
  else memory().quarantine = [...memory().quarantine, page.pfn];
}
export function nr_free_frames(zone: number): number { return memory().free[zone].length; }

/** Struct pages for a device region; the caller initialises them (memmap_init_zone_device). */
export function add_pages_model(pfn: pfn_nr, nr: number): void {
  for (let at = pfn; at < pfn + nr; at++) {
    const added = new frame(new page(at));
    added.allocated = true;
    memory().frames.set(at, added);
  }
  memory().highest_memmap_pfn = Math.max(memory().highest_memmap_pfn, pfn + nr - 1);
}
/** Takes the memmap of a device region away: pfn_to_page on it faults from now on. */
export function remove_pages_model(pfn: pfn_nr, nr: number): void {
  for (let at = pfn; at < pfn + nr; at++) {
    const gone = memory().frames.get(at);
    if (gone === undefined) continue;
    gone.allocated = false;
    gone.generation += 1;
    memory().frames.delete(at);
  }
}

/** What a pointer that nobody has set may be: C's local arrays hold what was on the stack. It is no page of the memory map, and what comes to its frame faults. */
export const Wild_page = per_machine(() => new page(-1), 'wild_page');

function frame_at(pfn: pfn_nr): frame {
  const found = memory().frames.get(pfn);
  if (found === undefined) throw new machine_halt('fault', `pfn ${pfn} has no struct page`);
  return found;
}
export function pfn_valid(pfn: pfn_nr): boolean { return memory().frames.has(pfn); }
export function pfn_to_page(pfn: pfn_nr): page { return frame_at(pfn).page; }
export function page_to_pfn(page: page): pfn_nr { return page.pfn; }
/** The frame of a page, for whoever checks: its state is not part of the kernel's. */
export function page_frame(page: page): frame { return frame_at(page.pfn); }

export function frame_content(page: page): number { return frame_at(page.pfn).content; }
export function set_frame_content(page: page, content: number): void { frame_at(page.pfn).content = content; }

/** The kernel's address of physical memory: nothing is reached through it, contents are the frame's. */
export function __va(x: phys_addr_t): unsigned_long { return x; }

/** C's `page + n`: a place in the memory map; where there is none, a pointer that faults when followed. */
export function Memmap_at(page: page, n: number): page | null {
  const pfn = page.pfn + n;
  return pfn_valid(pfn) ? pfn_to_page(pfn) : null;
}

/** asm/page.h: the kernel sees all memory at the offset 0. */
export function virt_to_page(addr: unsigned_long): page { return pfn_to_page(addr >>> PAGE_SHIFT); }
export function virt_addr_valid(addr: unsigned_long): boolean { return pfn_valid(addr >>> PAGE_SHIFT); }
