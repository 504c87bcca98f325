// SPDX-License-Identifier: GPL-2.0-only
// What stands at a kernel address: below VMALLOC_START all memory as it lies, above it what vmalloc()
// gave out. As everywhere a page is one number.

import type { unsigned_long } from '../../include/linux/types.ts';
import { machine_halt, per_machine, this_machine } from './machine.ts';
import { frame_content, set_frame_content, virt_to_page } from './memory.ts';
import { PAGE_SHIFT, PAGE_SIZE } from './pgtable_types.ts';
import { Given } from './slab.ts';

export const VMALLOC_START: unsigned_long = 0x80000000;

/** Memory that vmalloc() gave out. */
export class vm_struct {
  addr: unsigned_long = 0;
  readonly contents: number[] = [];
}
/** By address. The list is replaced, never changed. */
const vmlist = per_machine((): { areas: readonly vm_struct[] } => ({ areas: [] }), 'vmlist');

/** The lowest addresses that are free; null when there is no memory. */
export function Map_area(size: unsigned_long): vm_struct | null {
  const area = Given(() => new vm_struct());
  if (area === null) return null;
  const { areas } = vmlist();
  let addr = VMALLOC_START;
  for (const other of areas) {
    if (addr + size <= other.addr) break;
    addr = other.addr + other.contents.length * PAGE_SIZE;
  }
  area.addr = addr;
  for (let at = 0; at < size; at += PAGE_SIZE) area.contents.push(0);
  vmlist().areas = [...areas, area].sort((a, b) => a.addr - b.addr);
  return area;
}
export function Unmap_area(addr: unsigned_long): void {
  const area = area_at(addr);
  vmlist().areas = vmlist().areas.filter((other) => other !== area);
  this_machine().on_free(area);
}
function area_at(addr: unsigned_long): vm_struct {
  const area = vmlist().areas.find((one) => addr >= one.addr && addr < one.addr + one.contents.length * PAGE_SIZE);
  if (area === undefined) throw new machine_halt('fault', `nothing is mapped at the kernel address 0x${addr.toString(16)}`);
  return area;
}

export function Load_page(addr: unsigned_long): number {
  if (addr < VMALLOC_START) return frame_content(virt_to_page(addr));
  const area = area_at(addr);
  return area.contents[(addr - area.addr) >>> PAGE_SHIFT];
}
export function Store_page(addr: unsigned_long, content: number): void {
  if (addr < VMALLOC_START) {
    set_frame_content(virt_to_page(addr), content);
    return;
  }
  const area = area_at(addr);
  area.contents[(addr - area.addr) >>> PAGE_SHIFT] = content;
}
