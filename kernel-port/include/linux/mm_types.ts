// SPDX-License-Identifier: GPL-2.0-only
// The structs of memory management, with the fields that the ported code touches.

import type { address_space, file } from './fs.ts';
import { list_node, type list_head } from './list.ts';
import { atomic_dec, atomic_inc, atomic_read, atomic_set, atomic_t } from './atomic.ts';
import { rw_semaphore } from './rwsem.ts';
import { spinlock_t } from './spinlock.ts';
import { seqcount_t } from './seqlock.ts';
import type { anon_vma } from './rmap.ts';
import type { dev_pagemap } from './memremap.ts';
import type { mmu_notifier_subscriptions } from './mmu_notifier.ts';
import type { page_table, pgd_cell, pmd_cell, pmd_t, pte_cell, pud_cell } from '../../arch/model/pgtable.ts';
import { reduced } from '../../arch/model/marks.ts';
import type { vm_operations_struct } from './mm.ts';
import type {
  fault_flags, gfp_t, int, pfn_nr, pgoff_t, pgprot_t, pte_t, uaddr, unsigned_long, vm_fault_t, vm_flags_t,
} from './types.ts';

/** page->mapping of an anonymous page: the anon_vma with PAGE_MAPPING_ANON in its low bit. */
export class anon_mapping {
  readonly anon_vma: anon_vma;
  constructor(anon_vma: anon_vma) { this.anon_vma = anon_vma; }
}

/** What lies in a word of struct page that two arms of its union share. */
export type overlay_word = list_head<page> | dev_pagemap | object | null | undefined;

/** page->lru: its two pointers are the words that pgmap and zone_device_data name. */
class page_lru implements list_head<page> {
  readonly owner: page;
  constructor(owner: page) { this.owner = owner; }
  get next(): list_head<page> { return this.owner.word0 as list_head<page>; }
  set next(to: list_head<page>) { this.owner.word0 = to; }
  get prev(): list_head<page> { return this.owner.word1 as list_head<page>; }
  set prev(to: list_head<page>) { this.owner.word1 = to; }
}
function Is_list(word: overlay_word): boolean { return word instanceof list_node || word instanceof page_lru; }

/**
 * struct page. lru.next is pgmap, lru.prev is zone_device_data: a write through one arm is seen
 * through the other, raw, as in C. Which arm wrote last is told by what was written (a list node
 * goes in through lru alone), so that putting the old word back puts back the arm as well:
 * arm0 and arm1 follow the last writer (model-rules.md, 2.3).
 */
export class page {
  /** PG_* bits; the zone stands above them (page-flags.ts, mm.ts). */
  flags: unsigned_long = 0;
  /** Undefined until somebody has written it, through either arm. */
  word0: overlay_word = undefined;
  word1: overlay_word = undefined;
  readonly lru: list_head<page> = new page_lru(this);
  mapping: anon_mapping | address_space | null = null;
  index: pgoff_t = 0;
  private: unsigned_long = 0;
  readonly _mapcount: atomic_t = new atomic_t(-1, this);
  readonly _refcount: atomic_t = new atomic_t(0, this);
  /** The frame number: C computes it from the address of the struct (page_to_pfn). */
  readonly pfn: pfn_nr;
  constructor(pfn: pfn_nr) { this.pfn = pfn; }
  get pgmap(): dev_pagemap | null { return this.word0 as dev_pagemap | null; }
  set pgmap(to: dev_pagemap | null) { this.word0 = to; }
  get zone_device_data(): object | null { return this.word1; }
  set zone_device_data(to: object | null) { this.word1 = to; }
  get arm0(): 'none' | 'lru' | 'pgmap' {
    return this.word0 === undefined ? 'none' : Is_list(this.word0) ? 'lru' : 'pgmap';
  }
  get arm1(): 'none' | 'lru' | 'zone_device_data' {
    return this.word1 === undefined ? 'none' : Is_list(this.word1) ? 'lru' : 'zone_device_data';
  }
}

export function page_private(page: page): unsigned_long { return page.private; }
export function set_page_private(page: page, private_: unsigned_long): void { page.private = private_; }

/** MM_FILEPAGES and its kind: the counters of an mm. */
export const MM_FILEPAGES = 0;
export const MM_ANONPAGES = 1;
export const MM_SWAPENTS = 2;
export const MM_SHMEMPAGES = 3;
export const NR_MM_COUNTERS = 4;

export class mm_rss_stat {
  readonly count: atomic_t[] = Array.from({ length: NR_MM_COUNTERS }, () => new atomic_t(0, this));
}

/** What a task counted and has not yet told its mm (SPLIT_RSS_COUNTING). */
export class task_rss_stat {
  /** Fields that only count: they tell no state from another. */
  static readonly statistics: readonly string[] = ['events'];
  events: int = 0;
  readonly count: int[] = Array<int>(NR_MM_COUNTERS).fill(0);
}

export class mm_struct {
  /** The list of vmas by address, and the tree's answer to the same question (mm_rb is not modelled apart). */
  mmap: vm_area_struct | null = null;
  pgd: pgd_cell | null = null;
  readonly mm_users: atomic_t = new atomic_t(0, this);
  readonly mm_count: atomic_t = new atomic_t(0, this);
  map_count: number = 0;
  readonly page_table_lock: spinlock_t = new spinlock_t('page_table_lock', this);
  readonly mmap_lock: rw_semaphore = new rw_semaphore('mmap_lock', this);
  readonly write_protect_seq: seqcount_t = new seqcount_t(this);
  total_vm: unsigned_long = 0;
  data_vm: unsigned_long = 0;
  exec_vm: unsigned_long = 0;
  stack_vm: unsigned_long = 0;
  hiwater_rss: unsigned_long = 0;
  hiwater_vm: unsigned_long = 0;
  /** Flags of every new mapping (mlockall). */
  def_flags: vm_flags_t = 0;
  locked_vm: unsigned_long = 0;
  readonly rss_stat: mm_rss_stat = new mm_rss_stat();
  /** MMF_* bits. */
  flags: unsigned_long = 0;
  readonly pgtables_bytes: atomic_t = new atomic_t(0, this);
  notifier_subscriptions: mmu_notifier_subscriptions | null = null;
  /** Count of TLB flushes that are batched and not yet done (mm_tlb_flush_pending). */
  readonly tlb_flush_pending: atomic_t = new atomic_t(0, this);
  /** The CPUs that may hold translations of this mm, a bit each. */
  cpu_bitmap: unsigned_long = 0;
}

export function mm_init_cpumask(mm: mm_struct): void {
  reduced('a word, not a bitmap behind the struct');
  mm.cpu_bitmap = 0;
}
export function init_tlb_flush_pending(mm: mm_struct): void { atomic_set(mm.tlb_flush_pending, 0); }
export function inc_tlb_flush_pending(mm: mm_struct): void { atomic_inc(mm.tlb_flush_pending); }
export function dec_tlb_flush_pending(mm: mm_struct): void { atomic_dec(mm.tlb_flush_pending); }
export function mm_tlb_flush_pending(mm: mm_struct): boolean { return atomic_read(mm.tlb_flush_pending) !== 0; }
export function mm_tlb_flush_nested(mm: mm_struct): boolean { return atomic_read(mm.tlb_flush_pending) > 1; }

/** USERFAULTFD=n: a struct without fields. */
export type vm_userfaultfd_ctx = null;
export const NULL_VM_UFFD_CTX: vm_userfaultfd_ctx = null;

export class vm_area_struct {
  vm_start: uaddr = 0;
  vm_end: uaddr = 0;
  vm_next: vm_area_struct | null = null;
  vm_prev: vm_area_struct | null = null;
  vm_mm: mm_struct | null = null;
  vm_page_prot: pgprot_t = 0;
  vm_flags: vm_flags_t = 0;
  readonly anon_vma_chain: list_head<import('./rmap.ts').anon_vma_chain> = new list_node();
  anon_vma: anon_vma | null = null;
  vm_ops: vm_operations_struct | null = null;
  vm_pgoff: unsigned_long = 0;
  vm_file: file | null = null;
  vm_private_data: object | null = null;
  vm_userfaultfd_ctx: vm_userfaultfd_ctx = NULL_VM_UFFD_CTX;
}

/** struct vm_fault: what a fault handler is told and what it leaves. */
export class vm_fault {
  vma: vm_area_struct | null = null;
  gfp_mask: gfp_t = 0;
  pgoff: pgoff_t = 0;
  address: uaddr = 0;
  flags: fault_flags = 0;
  pmd: pmd_cell | null = null;
  pud: pud_cell | null = null;
  orig_pte: pte_t = 0;
  orig_pmd: pmd_t = null;
  cow_page: page | null = null;
  page: page | null = null;
  pte: pte_cell | null = null;
  ptl: spinlock_t | null = null;
  prealloc_pte: page_table | null = null;
}

/** The bits of vm_fault_t. */
export const VM_FAULT_OOM: vm_fault_t = 0x000001;
export const VM_FAULT_SIGBUS: vm_fault_t = 0x000002;
export const VM_FAULT_MAJOR: vm_fault_t = 0x000004;
export const VM_FAULT_WRITE: vm_fault_t = 0x000008;
export const VM_FAULT_HWPOISON: vm_fault_t = 0x000010;
export const VM_FAULT_HWPOISON_LARGE: vm_fault_t = 0x000020;
export const VM_FAULT_SIGSEGV: vm_fault_t = 0x000040;
export const VM_FAULT_NOPAGE: vm_fault_t = 0x000100;
export const VM_FAULT_LOCKED: vm_fault_t = 0x000200;
export const VM_FAULT_RETRY: vm_fault_t = 0x000400;
export const VM_FAULT_FALLBACK: vm_fault_t = 0x000800;
export const VM_FAULT_DONE_COW: vm_fault_t = 0x001000;
export const VM_FAULT_NEEDDSYNC: vm_fault_t = 0x002000;
export const VM_FAULT_ERROR: vm_fault_t = VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | VM_FAULT_HWPOISON
  | VM_FAULT_HWPOISON_LARGE | VM_FAULT_FALLBACK;

/** Which flags a fault is taken with. */
export const FAULT_FLAG_WRITE: fault_flags = 0x01;
export const FAULT_FLAG_MKWRITE: fault_flags = 0x02;
export const FAULT_FLAG_ALLOW_RETRY: fault_flags = 0x04;
export const FAULT_FLAG_RETRY_NOWAIT: fault_flags = 0x08;
export const FAULT_FLAG_KILLABLE: fault_flags = 0x10;
export const FAULT_FLAG_TRIED: fault_flags = 0x20;
export const FAULT_FLAG_USER: fault_flags = 0x40;
export const FAULT_FLAG_REMOTE: fault_flags = 0x80;
export const FAULT_FLAG_INSTRUCTION: fault_flags = 0x100;
export const FAULT_FLAG_INTERRUPTIBLE: fault_flags = 0x200;

