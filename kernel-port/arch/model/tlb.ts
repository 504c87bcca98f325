// SPDX-License-Identifier: GPL-2.0-only
// One TLB per CPU and the flushes of x86 (arch/x86/mm/tlb.c, asm/tlbflush.h, asm/tlb.h).
// An entry is filled without a lock and stays until it is flushed. A flush is an interrupt on
// each CPU: it waits for those that have interrupts off, which is what makes GUP-fast and one
// access of the hardware safe against the freeing that follows it (model-rules.md, 2.5 and 2.11).

import { tlb_get_unmap_shift, type mmu_gather } from '../../include/asm-generic/tlb.ts';
import { for_each_online_cpu } from '../../include/linux/cpumask.ts';
import { irqs_off } from './cpu.ts';
import type { mm_struct, vm_area_struct } from '../../include/linux/mm_types.ts';
import type { pte_t, uaddr, unsigned_int, unsigned_long } from '../../include/linux/types.ts';
import { block_until, DEFINE_PER_CPU, per_cpu, smp_processor_id, this_cpu_ptr, this_machine } from './machine.ts';
import { PAGE_SHIFT, PAGE_SIZE } from './pgtable.ts';

export interface tlb_entry { readonly mm: mm_struct; readonly vpn: unsigned_long; readonly pte: pte_t }

/** What one CPU remembers of the page tables; an entry is replaced, never changed. */
export class tlb {
  entries: readonly tlb_entry[] = [];
}
export const cpu_tlb = DEFINE_PER_CPU(() => new tlb(), 'cpu_tlb');

export const TLB_FLUSH_ALL: unsigned_long = 0xffffffff;
/** More pages than this and the whole mm is flushed. */
const tlb_single_page_flush_ceiling: unsigned_long = 33;

// --- what the hardware does -------------------------------------------------------------------

/** This CPU's entry for a page, or null. */
export function tlb_lookup(mm: mm_struct, addr: uaddr): tlb_entry | null {
  const vpn = addr >>> PAGE_SHIFT;
  return this_cpu_ptr(cpu_tlb).entries.find((e) => e.mm === mm && e.vpn === vpn) ?? null;
}
export function tlb_fill(mm: mm_struct, addr: uaddr, pte: pte_t): void {
  const vpn = addr >>> PAGE_SHIFT;
  const t = this_cpu_ptr(cpu_tlb);
  t.entries = [...t.entries.filter((e) => e.mm !== mm || e.vpn !== vpn), { mm, vpn, pte }];
  mm.cpu_bitmap |= 1 << smp_processor_id();
}
/** A page fault forgets the address it was for, on its own CPU. */
export function tlb_drop(mm: mm_struct, addr: uaddr): void {
  const vpn = addr >>> PAGE_SHIFT;
  const t = this_cpu_ptr(cpu_tlb);
  if (t.entries.some((e) => e.mm === mm && e.vpn === vpn))
    t.entries = t.entries.filter((e) => e.mm !== mm || e.vpn !== vpn);
}
/** For checkers: the CPUs that hold a translation of this page, and what it allows. */
export function tlb_holds(mm: mm_struct, addr: uaddr): { readonly cpu: number; readonly pte: pte_t }[] {
  const vpn = addr >>> PAGE_SHIFT;
  return for_each_online_cpu().flatMap((cpu) => per_cpu(cpu_tlb, cpu).entries
    .filter((e) => e.mm === mm && e.vpn === vpn).map((e) => ({ cpu, pte: e.pte })));
}

// --- flushes ----------------------------------------------------------------------------------

/** The flush interrupt on one CPU: an event of its own for each, in the one that asks for it. */
export function flush_tlb_func(cpu: number, mm: mm_struct, start: uaddr, end: unsigned_long): void {
  const irqs = per_cpu(irqs_off, cpu);
  const waits = cpu !== smp_processor_id() && this_machine().flush_waits_irqsoff;
  block_until(() => !waits || irqs.count === 0, irqs, 'TLB flush');
  const first = start >>> PAGE_SHIFT;
  const behind = end === TLB_FLUSH_ALL ? TLB_FLUSH_ALL : end / PAGE_SIZE;
  const t = per_cpu(cpu_tlb, cpu);
  const within = (e: tlb_entry): boolean => e.mm === mm && e.vpn >= first && e.vpn < behind;
  if (t.entries.some(within)) t.entries = t.entries.filter((e) => !within(e));
}

/** Every CPU of the machine: who runs this mm is not tracked apart from who may hold entries of it. */
export function flush_tlb_mm_range(mm: mm_struct, start: uaddr, end: unsigned_long,
  stride_shift: unsigned_int, _freed_tables: boolean | number): void {
  if (end === TLB_FLUSH_ALL || ((end - start) / (2 ** stride_shift)) > tlb_single_page_flush_ceiling) {
    start = 0;
    end = TLB_FLUSH_ALL;
  }
  for (const cpu of for_each_online_cpu()) flush_tlb_func(cpu, mm, start, end);
}
export function flush_tlb_mm(mm: mm_struct): void { flush_tlb_mm_range(mm, 0, TLB_FLUSH_ALL, 0, true); }
export function flush_tlb_range(vma: vm_area_struct, start: uaddr, end: uaddr): void {
  flush_tlb_mm_range(vma.vm_mm, start, end, PAGE_SHIFT, false);
}
export function flush_tlb_page(vma: vm_area_struct, a: uaddr): void {
  flush_tlb_mm_range(vma.vm_mm, a, a + PAGE_SIZE, PAGE_SHIFT, false);
}
/** x86 drops the entry when it faults, so there is nothing left to fix. */
export function flush_tlb_fix_spurious_fault(_vma: vm_area_struct, _address: uaddr): void {}

// --- x86's part of mmu_gather -----------------------------------------------------------------

export function tlb_start_vma(_tlb: mmu_gather, _vma: vm_area_struct): void {}
/** No flush between vmas: the range goes on growing. */
export function tlb_end_vma(_tlb: mmu_gather, _vma: vm_area_struct): void {}
export function tlb_flush(tlb: mmu_gather): void {
  let start: uaddr = 0;
  let end = TLB_FLUSH_ALL;
  const stride_shift = tlb_get_unmap_shift(tlb);

  if (!tlb.fullmm && !tlb.need_flush_all) {
    start = tlb.start;
    end = tlb.end;
  }

  flush_tlb_mm_range(tlb.mm, start, end, stride_shift, tlb.freed_tables);
}
