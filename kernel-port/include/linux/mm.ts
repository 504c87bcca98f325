// SPDX-License-Identifier: GPL-2.0-only
// The heart of the memory management headers: VM_*, FOLL_*, what kind of page this is, taking and
// dropping references, counters of an mm, page table locks. Functions that mm.h only declares
// live in the file that defines them in C.

import { __GFP_ZERO } from './gfp.ts';
import { CONFIG_DEVICE_PRIVATE, CONFIG_DEV_PAGEMAP_OPS, CONFIG_PCI_P2PDMA } from './kconfig.ts';
import {
  Pmd, PAGE_SHIFT, PAGE_SIZE, PTRS_PER_PTE, p4d_none, p4d_offset, pgd_none, pmd_none, pmd_offset, pte_lockptr,
  pte_mkwrite, pte_offset_map, pte_unmap, pud_none, pud_offset, PTRS_PER_PUD, PTRS_PER_PMD, type p4d_cell,
  type pgd_cell, type pmd_cell, type pte_cell, type pud_cell,
} from '../../arch/model/pgtable.ts';
import { notModelled, unreachable, reduced } from '../../arch/model/marks.ts';
import { page_to_pfn, pfn_to_page } from '../../arch/model/memory.ts';
import { __mm_populate } from '../../mm/gup.ts';
import { anon_vma_interval_tree_iter_first } from '../../mm/interval_tree.ts';
import { __pte_alloc } from '../../mm/memory.ts';
//#if DEV_PAGEMAP_OPS
import { devmap_managed_key } from '../../mm/memremap.ts';
import { put_devmap_managed_page } from '../../mm/swap.ts';
//#endif
import { __vma_adjust, find_vma } from '../../mm/mmap.ts';
import { __put_page } from '../../mm/swap.ts';
import {
  atomic_long_add, atomic_long_add_return, atomic_long_dec_return, atomic_long_inc_return, atomic_long_read,
  atomic_long_set, atomic_long_sub, atomic_read, atomic_set,
} from './atomic.ts';
import { test_bit } from './bitops.ts';
import { WARN_ON_ONCE } from './bug.ts';
import { EFAULT, EHWPOISON, ENOMEM } from './errno.ts';
import type { address_space } from './fs.ts';
import { INIT_LIST_HEAD, list_last_entry, type list_head } from './list.ts';
import { MEMORY_DEVICE_FS_DAX, MEMORY_DEVICE_PCI_P2PDMA, MEMORY_DEVICE_PRIVATE } from './memremap.ts';
import {
  FAULT_FLAG_ALLOW_RETRY, FAULT_FLAG_TRIED, MM_ANONPAGES, MM_FILEPAGES,
  MM_SHMEMPAGES, VM_FAULT_HWPOISON, VM_FAULT_HWPOISON_LARGE, VM_FAULT_OOM, VM_FAULT_SIGBUS, VM_FAULT_SIGSEGV,
  type mm_struct, type page, type vm_area_struct, type vm_fault,
} from './mm_types.ts';
import { VM_BUG_ON_PAGE } from './mmdebug.ts';
import { is_migrate_cma_page, NODE_DATA, ZONE_DEVICE, ZONE_MOVABLE, type pg_data_t, type zone, type zone_type } from './mmzone.ts';
import { compound_head, PageAnon, PageCompound, PageHead, PageSwapBacked, PageSwapCache } from './page-flags.ts';
import { page_ref_add_unless, page_ref_count, page_ref_dec_and_test, page_ref_inc } from './page_ref.ts';
import { is_zero_pfn, mm_pud_folded, mm_pmd_folded } from './pgtable.ts';
import { current } from './sched.ts';
import { MMF_HAS_PINNED } from './sched/coredump.ts';
import type { rb_root_cached } from './rbtree.ts';
import type { anon_vma_chain } from './rmap.ts';
import { spin_lock, spin_unlock, type spinlock_t } from './spinlock.ts';
import { static_branch_unlikely } from './static_key.ts';
import type {
  fault_flags, foll_flags, gfp_t, int, long, pfn_nr, pgoff_t, pte_t, Ref, uaddr, unsigned_int, unsigned_long, vm_fault_t,
  vm_flags_t,
} from './types.ts';

export {
  FAULT_FLAG_ALLOW_RETRY, FAULT_FLAG_INSTRUCTION, FAULT_FLAG_INTERRUPTIBLE, FAULT_FLAG_KILLABLE, FAULT_FLAG_MKWRITE,
  FAULT_FLAG_REMOTE, FAULT_FLAG_RETRY_NOWAIT, FAULT_FLAG_TRIED, FAULT_FLAG_USER, FAULT_FLAG_WRITE,
} from './mm_types.ts';
export { page_anon_vma, page_mapped, page_mapping, page_rmapping } from '../../mm/util.ts';
export { pte_lockptr } from '../../arch/model/pgtable.ts';
export { pfn_to_page, page_to_pfn, pfn_valid } from '../../arch/model/memory.ts';

export function untagged_addr(addr: uaddr): uaddr { return addr; }
export function mm_forbids_zeropage(_mm: mm_struct): boolean { return false; }

export const DEFAULT_MAX_MAP_COUNT: int = 65530;
export const sysctl_max_map_count: int = DEFAULT_MAX_MAP_COUNT;

/** The struct pages of neighbouring frames lie side by side. */
export function nth_page(page: page, n: long): page { return n === 0 ? page : pfn_to_page(page_to_pfn(page) + n); }

export function mm_zero_struct_page(page: page): void {
  page.flags = 0;
  page.mapping = null;
  page.index = 0;
  page.private = 0;
  reduced('the other fields are all set right after');
}

export function PAGE_ALIGN(addr: unsigned_long): unsigned_long { return ((addr + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1)) >>> 0; }
export function PAGE_ALIGNED(addr: unsigned_long): boolean { return (addr & (PAGE_SIZE - 1)) === 0; }
export function lru_to_page(head: list_head<page>): page { return list_last_entry(head); }

export const VM_NONE: vm_flags_t = 0x00000000;
export const VM_READ: vm_flags_t = 0x00000001;
export const VM_WRITE: vm_flags_t = 0x00000002;
export const VM_EXEC: vm_flags_t = 0x00000004;
export const VM_SHARED: vm_flags_t = 0x00000008;
export const VM_MAYREAD: vm_flags_t = 0x00000010;
export const VM_MAYWRITE: vm_flags_t = 0x00000020;
export const VM_MAYEXEC: vm_flags_t = 0x00000040;
export const VM_MAYSHARE: vm_flags_t = 0x00000080;
export const VM_GROWSDOWN: vm_flags_t = 0x00000100;
export const VM_UFFD_MISSING: vm_flags_t = 0x00000200;
export const VM_PFNMAP: vm_flags_t = 0x00000400;
export const VM_UFFD_WP: vm_flags_t = 0x00001000;
export const VM_LOCKED: vm_flags_t = 0x00002000;
export const VM_IO: vm_flags_t = 0x00004000;
export const VM_SEQ_READ: vm_flags_t = 0x00008000;
export const VM_RAND_READ: vm_flags_t = 0x00010000;
export const VM_DONTCOPY: vm_flags_t = 0x00020000;
export const VM_DONTEXPAND: vm_flags_t = 0x00040000;
export const VM_LOCKONFAULT: vm_flags_t = 0x00080000;
export const VM_ACCOUNT: vm_flags_t = 0x00100000;
export const VM_NORESERVE: vm_flags_t = 0x00200000;
export const VM_HUGETLB: vm_flags_t = 0x00400000;
export const VM_SYNC: vm_flags_t = 0x00800000;
export const VM_ARCH_1: vm_flags_t = 0x01000000;
export const VM_WIPEONFORK: vm_flags_t = 0x02000000;
export const VM_DONTDUMP: vm_flags_t = 0x04000000;
export const VM_SOFTDIRTY: vm_flags_t = 0x08000000;
export const VM_MIXEDMAP: vm_flags_t = 0x10000000;
export const VM_HUGEPAGE: vm_flags_t = 0x20000000;
export const VM_NOHUGEPAGE: vm_flags_t = 0x40000000;
export const VM_MERGEABLE: vm_flags_t = 0x80000000;
export const VM_PAT: vm_flags_t = VM_ARCH_1;
export const VM_GROWSUP: vm_flags_t = VM_NONE;
export const VM_UFFD_MINOR: vm_flags_t = VM_NONE;
export const VM_STACK_INCOMPLETE_SETUP: vm_flags_t = VM_RAND_READ | VM_SEQ_READ;
/** x86: executable only for a personality with READ_IMPLIES_EXEC. */
export const VM_DATA_DEFAULT_FLAGS: vm_flags_t = VM_READ | VM_WRITE | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
export const VM_STACK: vm_flags_t = VM_GROWSDOWN;
export const VM_STACK_FLAGS: vm_flags_t = VM_STACK | VM_DATA_DEFAULT_FLAGS | VM_ACCOUNT;
export const VM_ACCESS_FLAGS: vm_flags_t = VM_READ | VM_WRITE | VM_EXEC;
export const VM_SPECIAL: vm_flags_t = VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP;
export const VM_INIT_DEF_MASK: vm_flags_t = VM_NOHUGEPAGE;
export const VM_LOCKED_CLEAR_MASK: vm_flags_t = ~(VM_LOCKED | VM_LOCKONFAULT);
export const VM_ARCH_CLEAR: vm_flags_t = VM_NONE;
/** What mprotect clears besides the access itself: no protection keys here. */
export const VM_FLAGS_CLEAR: vm_flags_t = VM_ARCH_CLEAR;

/** What a user access faults with the first time. */
export const FAULT_FLAG_DEFAULT: fault_flags = 0x04 | 0x10 | 0x200;

export function fault_flag_allow_retry_first(flags: fault_flags): boolean {
  return (flags & FAULT_FLAG_ALLOW_RETRY) !== 0 &&
    (!(flags & FAULT_FLAG_TRIED));
}

export const PE_SIZE_PTE: int = 0;
export const PE_SIZE_PMD: int = 1;
export const PE_SIZE_PUD: int = 2;

export interface vm_operations_struct {
  open?(area: vm_area_struct): void;
  close?(area: vm_area_struct): void;
  may_split?(area: vm_area_struct, addr: uaddr): int;
  mremap?(area: vm_area_struct): int;
  mprotect?(vma: vm_area_struct, start: uaddr, end: uaddr, newflags: vm_flags_t): int;
  fault?(vmf: vm_fault): vm_fault_t;
  huge_fault?(vmf: vm_fault, pe_size: int): vm_fault_t;
  map_pages?(vmf: vm_fault, start_pgoff: pgoff_t, end_pgoff: pgoff_t): vm_fault_t;
  pagesize?(area: vm_area_struct): unsigned_long;
  page_mkwrite?(vmf: vm_fault): vm_fault_t;
  pfn_mkwrite?(vmf: vm_fault): vm_fault_t;
  access?(vma: vm_area_struct, addr: uaddr, buf: object, len: int, write: int): int;
  find_special_page?(vma: vm_area_struct, addr: uaddr): page | null;
}

export function vma_init(vma: vm_area_struct, mm: mm_struct): void {
  const dummy_vm_ops: vm_operations_struct = {};

  notModelled('memset: a vma is made with all fields zero');
  vma.vm_mm = mm;
  vma.vm_ops = dummy_vm_ops;
  INIT_LIST_HEAD(vma.anon_vma_chain);
}

export function vma_set_anonymous(vma: vm_area_struct): void { vma.vm_ops = null; }

export function vma_is_anonymous(vma: vm_area_struct): boolean { return !vma.vm_ops; }

export function vma_is_temporary_stack(vma: vm_area_struct): boolean {
  const maybe_stack: int = vma.vm_flags & (VM_GROWSDOWN | VM_GROWSUP);

  if (!maybe_stack)
    return false;

  if ((vma.vm_flags & VM_STACK_INCOMPLETE_SETUP) ===
      VM_STACK_INCOMPLETE_SETUP)
    return true;

  return false;
}

export function vma_is_foreign(vma: vm_area_struct): boolean {
  if (!current().mm)
    return true;

  if (current().mm !== vma.vm_mm)
    return true;

  return false;
}

export function vma_is_accessible(vma: vm_area_struct): boolean { return (vma.vm_flags & VM_ACCESS_FLAGS) !== 0; }

/** SHMEM=n */
export function vma_is_shmem(_vma: vm_area_struct): boolean { return false; }

/** @refs page: consumes; true when it was the last reference */
export function put_page_testzero(page: page): boolean {
  VM_BUG_ON_PAGE(page_ref_count(page) === 0, page);
  return page_ref_dec_and_test(page);
}

/** @refs page: returns when true */
export function get_page_unless_zero(page: page): boolean { return page_ref_add_unless(page, 1, 0); }

export const REGION_INTERSECTS: int = 0;
export const REGION_DISJOINT: int = 1;
export const REGION_MIXED: int = 2;

export function page_mapcount_reset(page: page): void { atomic_set(page._mapcount, -1); }

export function page_mapcount(page: page): int {
  if (PageCompound(page))
    unreachable('compound pages');
  return atomic_read(page._mapcount) + 1;
}

export function total_mapcount(page: page): int { return page_mapcount(page); }

export function page_trans_huge_mapcount(page: page, total_mapcount: Ref<int> | null): int {
  const mapcount: int = page_mapcount(page);
  if (total_mapcount)
    total_mapcount.v = mapcount;
  return mapcount;
}

export function compound_order(page: page): unsigned_int {
  if (!PageHead(page))
    return 0;
  unreachable('compound pages');
}

export function hpage_pincount_available(page: page): boolean {
  page = compound_head(page);
  return PageCompound(page) && compound_order(page) > 1;
}

export function compound_pincount(_page: page): int { unreachable('compound pages'); }

export function compound_nr(page: page): unsigned_long {
  if (!PageHead(page))
    return 1;
  unreachable('compound pages');
}

export function page_size(page: page): unsigned_long { return PAGE_SIZE << compound_order(page); }

export function page_shift(page: page): unsigned_int { return PAGE_SHIFT + compound_order(page); }

export function maybe_mkwrite(pte: pte_t, vma: vm_area_struct): pte_t {
  if (vma.vm_flags & VM_WRITE)
    pte = pte_mkwrite(pte);
  return pte;
}

/** page->flags: the PG_* bits below, the zone above them. Sections and nodes need no bits. */
export const ZONES_PGSHIFT: int = 24;
export const ZONES_MASK: unsigned_long = 7;

export function page_zonenum(page: page): zone_type {
  notModelled('KCSAN=n: no assertion about who else writes');
  return (page.flags >>> ZONES_PGSHIFT) & ZONES_MASK;
}

export function is_zone_device_page(page: page): boolean { return page_zonenum(page) === ZONE_DEVICE; }

export function is_zone_movable_page(page: page): boolean { return page_zonenum(page) === ZONE_MOVABLE; }

//#if DEV_PAGEMAP_OPS
export function page_is_devmap_managed(page: page): boolean {
  if (!static_branch_unlikely(devmap_managed_key()))
    return false;
  if (!is_zone_device_page(page))
    return false;
  switch (page.pgmap.type) {
    case MEMORY_DEVICE_PRIVATE:
    case MEMORY_DEVICE_FS_DAX:
      return true;
    default:
      break;
  }
  return false;
}

export { put_devmap_managed_page };
//#else
export function page_is_devmap_managed(_page: page): boolean {
  return false;
}

export function put_devmap_managed_page(_page: page): void {
}
//#endif

export function is_device_private_page(page: page): boolean {
  return CONFIG_DEV_PAGEMAP_OPS &&
    CONFIG_DEVICE_PRIVATE &&
    is_zone_device_page(page) &&
    page.pgmap.type === MEMORY_DEVICE_PRIVATE;
}

export function is_pci_p2pdma_page(page: page): boolean {
  return CONFIG_DEV_PAGEMAP_OPS &&
    CONFIG_PCI_P2PDMA &&
    is_zone_device_page(page) &&
    page.pgmap.type === MEMORY_DEVICE_PCI_P2PDMA;
}

/** The count is unsigned here: zero, and the 127 values below it, count as too close. */
export function page_ref_zero_or_close_to_overflow(page: page): boolean {
  return ((page_ref_count(page) + 127) >>> 0) <= 127;
}

/** @refs page: borrows; returns one more */
export function get_page(page: page): void {
  page = compound_head(page);
  VM_BUG_ON_PAGE(page_ref_zero_or_close_to_overflow(page), page);
  page_ref_inc(page);
}

/** @refs page: returns when true */
export function try_get_page(page: page): boolean {
  page = compound_head(page);
  if (WARN_ON_ONCE(page_ref_count(page) <= 0))
    return false;
  page_ref_inc(page);
  return true;
}

/** @refs page: consumes */
export function put_page(page: page): void {
  page = compound_head(page);

  if (page_is_devmap_managed(page)) {
    put_devmap_managed_page(page);
    return;
  }

  if (put_page_testzero(page))
    __put_page(page);
}

export const GUP_PIN_COUNTING_BIAS: unsigned_int = 1 << 10;

export function page_maybe_dma_pinned(page: page): boolean {
  if (hpage_pincount_available(page))
    return compound_pincount(page) > 0;

  return (page_ref_count(compound_head(page)) >>> 0) >=
    GUP_PIN_COUNTING_BIAS;
}

export function is_cow_mapping(flags: vm_flags_t): boolean {
  return (flags & (VM_SHARED | VM_MAYWRITE)) === VM_MAYWRITE;
}

export function page_needs_cow_for_dma(vma: vm_area_struct, page: page): boolean {
  if (!is_cow_mapping(vma.vm_flags))
    return false;

  if (!test_bit(MMF_HAS_PINNED, vma.vm_mm))
    return false;

  return page_maybe_dma_pinned(page);
}

export function page_to_nid(_page: page): int {
  reduced('one node');
  return 0;
}

/** NUMA_BALANCING=n: the last access is not kept. */
export const LAST_CPUPID_SHIFT: int = 0;
export function page_cpupid_xchg_last(page: page, _cpupid: int): int { return page_to_nid(page); }
export function page_cpupid_last(page: page): int { return page_to_nid(page); }
export function page_cpupid_reset_last(_page: page): void {}

export function page_zone(page: page): zone { return NODE_DATA(page_to_nid(page)).node_zones[page_zonenum(page)]; }

export function page_pgdat(page: page): pg_data_t { return NODE_DATA(page_to_nid(page)); }

//#if MIGRATION
export function is_pinnable_page(page: page): boolean {
  return !(is_zone_movable_page(page) || is_migrate_cma_page(page)) ||
    is_zero_pfn(page_to_pfn(page));
}
//#else
export function is_pinnable_page(_page: page): boolean {
  return true;
}
//#endif

export function set_page_zone(page: page, zone: zone_type): void {
  page.flags &= ~(ZONES_MASK << ZONES_PGSHIFT);
  page.flags |= (zone & ZONES_MASK) << ZONES_PGSHIFT;
}

export function set_page_node(_page: page, _node: unsigned_long): void {
  reduced('one node: no bits');
}

export function set_page_links(page: page, zone: zone_type, node: unsigned_long, _pfn: pfn_nr): void {
  reduced('sections need no bits: VMEMMAP');
  set_page_zone(page, zone);
  set_page_node(page, node);
}

/** The kernel sees all memory at the offset 0. */
export function page_address(page: page): unsigned_long {
  reduced('no HIGHMEM: the address follows from the frame');
  return page_to_pfn(page) << PAGE_SHIFT;
}

export function page_file_mapping(page: page): address_space | null {
  if (PageSwapCache(page))
    unreachable('swap');

  return page.mapping as address_space | null;
}

export function page_index(page: page): pgoff_t {
  if (PageSwapCache(page))
    unreachable('swap');
  return page.index;
}

export function page_is_pfmemalloc(_page: page): boolean {
  notModelled('emergency reserves');
  return false;
}

export function set_page_pfmemalloc(_page: page): void { notModelled('emergency reserves'); }

export function clear_page_pfmemalloc(page: page): void { page.lru.next = null; }

export function offset_in_page(p: unsigned_long): unsigned_long { return p & (PAGE_SIZE - 1); }

/** What an unmap of a file range leaves out. */
export class zap_details {
  check_mapping: address_space | null = null;
  first_index: pgoff_t = 0;
  last_index: pgoff_t = 0;
  single_page: page | null = null;
}

export const MM_CP_DIRTY_ACCT: unsigned_long = 1 << 0;
export const MM_CP_PROT_NUMA: unsigned_long = 1 << 1;
export const MM_CP_UFFD_WP: unsigned_long = 1 << 2;
export const MM_CP_UFFD_WP_RESOLVE: unsigned_long = 1 << 3;
export const MM_CP_UFFD_WP_ALL: unsigned_long = MM_CP_UFFD_WP | MM_CP_UFFD_WP_RESOLVE;

export function get_mm_counter(mm: mm_struct, member: int): unsigned_long {
  let val: long = atomic_long_read(mm.rss_stat.count[member]);

  if (val < 0)
    val = 0;
  return val;
}

export function add_mm_counter(mm: mm_struct, member: int, value: long): void {
  atomic_long_add_return(value, mm.rss_stat.count[member]);
}

export function inc_mm_counter(mm: mm_struct, member: int): void {
  atomic_long_inc_return(mm.rss_stat.count[member]);
}

export function dec_mm_counter(mm: mm_struct, member: int): void {
  atomic_long_dec_return(mm.rss_stat.count[member]);
}

export function mm_counter_file(page: page): int {
  if (PageSwapBacked(page))
    return MM_SHMEMPAGES;
  return MM_FILEPAGES;
}

export function mm_counter(page: page): int {
  if (PageAnon(page))
    return MM_ANONPAGES;
  return mm_counter_file(page);
}

export function get_mm_rss(mm: mm_struct): unsigned_long {
  return get_mm_counter(mm, MM_FILEPAGES) +
    get_mm_counter(mm, MM_ANONPAGES) +
    get_mm_counter(mm, MM_SHMEMPAGES);
}

export function update_hiwater_rss(_mm: mm_struct): void { notModelled('a statistic that nothing here reads'); }

export function update_hiwater_vm(_mm: mm_struct): void { notModelled('a statistic that nothing here reads'); }

const sizeof_pud_t = 8;
const sizeof_pmd_t = 8;
const sizeof_pte_t = 8;

/** Folded levels: there is nothing to allocate. */
export function __p4d_alloc(_mm: mm_struct, _pgd: pgd_cell, _address: uaddr): int { return 0; }
export function __pud_alloc(_mm: mm_struct, _p4d: p4d_cell, _address: uaddr): int { return 0; }
export function mm_inc_nr_puds(mm: mm_struct): void {
  if (mm_pud_folded(mm))
    return;
  atomic_long_add(PTRS_PER_PUD * sizeof_pud_t, mm.pgtables_bytes);
}
export function mm_dec_nr_puds(mm: mm_struct): void {
  if (mm_pud_folded(mm))
    return;
  atomic_long_sub(PTRS_PER_PUD * sizeof_pud_t, mm.pgtables_bytes);
}
export function __pmd_alloc(_mm: mm_struct, _pud: pud_cell, _address: uaddr): int { return 0; }
export function mm_inc_nr_pmds(mm: mm_struct): void {
  if (mm_pmd_folded(mm))
    return;
  atomic_long_add(PTRS_PER_PMD * sizeof_pmd_t, mm.pgtables_bytes);
}
export function mm_dec_nr_pmds(mm: mm_struct): void {
  if (mm_pmd_folded(mm))
    return;
  atomic_long_sub(PTRS_PER_PMD * sizeof_pmd_t, mm.pgtables_bytes);
}

export function mm_pgtables_bytes_init(mm: mm_struct): void { atomic_long_set(mm.pgtables_bytes, 0); }
export function mm_pgtables_bytes(mm: mm_struct): unsigned_long { return atomic_long_read(mm.pgtables_bytes); }
export function mm_inc_nr_ptes(mm: mm_struct): void { atomic_long_add(PTRS_PER_PTE * sizeof_pte_t, mm.pgtables_bytes); }
export function mm_dec_nr_ptes(mm: mm_struct): void { atomic_long_sub(PTRS_PER_PTE * sizeof_pte_t, mm.pgtables_bytes); }

export function p4d_alloc(mm: mm_struct, pgd: pgd_cell, address: uaddr): p4d_cell | null {
  return (pgd_none(pgd) && __p4d_alloc(mm, pgd, address)) ?
    null : p4d_offset(pgd, address);
}

export function pud_alloc(mm: mm_struct, p4d: p4d_cell, address: uaddr): pud_cell | null {
  return (p4d_none(p4d) && __pud_alloc(mm, p4d, address)) ?
    null : pud_offset(p4d, address);
}

export function pmd_alloc(mm: mm_struct, pud: pud_cell, address: uaddr): pmd_cell | null {
  return (pud_none(pud) && __pmd_alloc(mm, pud, address)) ?
    null : pmd_offset(pud, address);
}

/** @locks takes ptl; returns with ptl */
export function pte_offset_map_lock(mm: mm_struct, pmd: pmd_cell, address: uaddr, ptlp: Ref<spinlock_t>): pte_cell {
  const __ptl: spinlock_t = pte_lockptr(mm, pmd);
  const __pte: pte_cell = pte_offset_map(pmd, address);
  ptlp.v = __ptl;
  spin_lock(__ptl);
  return __pte;
}

/** @locks drops ptl */
export function pte_unmap_unlock(pte: pte_cell, ptl: spinlock_t): void {
  spin_unlock(ptl);
  pte_unmap(pte);
}

/** True when the table could not be allocated. */
export function pte_alloc(mm: mm_struct, pmd: pmd_cell): boolean { return pmd_none(Pmd(pmd)) && Boolean(__pte_alloc(mm, pmd)); }

export function pte_alloc_map(mm: mm_struct, pmd: pmd_cell, address: uaddr): pte_cell | null {
  return pte_alloc(mm, pmd) ? null : pte_offset_map(pmd, address);
}

/** @locks takes ptl when not null */
export function pte_alloc_map_lock(mm: mm_struct, pmd: pmd_cell, address: uaddr, ptlp: Ref<spinlock_t>): pte_cell | null {
  return pte_alloc(mm, pmd) ?
    null : pte_offset_map_lock(mm, pmd, address, ptlp);
}

/** One lock per mm for all its pmds: C splits it by page of pmds, which the folded levels do not have. */
export function pmd_lockptr(mm: mm_struct, _pmd: pmd_cell): spinlock_t { return mm.page_table_lock; }

/** @locks takes the pmd lock; returns with it */
export function pmd_lock(mm: mm_struct, pmd: pmd_cell): spinlock_t {
  const ptl: spinlock_t = pmd_lockptr(mm, pmd);
  spin_lock(ptl);
  return ptl;
}

export function pud_lockptr(mm: mm_struct, _pud: pud_cell): spinlock_t { return mm.page_table_lock; }

/** @locks takes the pud lock; returns with it */
export function pud_lock(mm: mm_struct, pud: pud_cell): spinlock_t {
  const ptl: spinlock_t = pud_lockptr(mm, pud);

  spin_lock(ptl);
  return ptl;
}

/** The first of a walk that anon_vma_interval_tree_iter_next continues. */
export function anon_vma_interval_tree_foreach(root: rb_root_cached<anon_vma_chain>, first: unsigned_long, last: unsigned_long): anon_vma_chain | null {
  return anon_vma_interval_tree_iter_first(root, first, last);
}

export function vma_adjust(vma: vm_area_struct, start: uaddr, end: uaddr, pgoff: pgoff_t, insert: vm_area_struct | null): int {
  return __vma_adjust(vma, start, end, pgoff, insert, null);
}

/** Errors are ignored: what is missing is faulted in later. */
export function mm_populate(addr: uaddr, len: unsigned_long): void {
  __mm_populate(addr, len, 1);
}

export { find_vma } from '../../mm/mmap.ts';

/** @locks requires mmap_lock(read) */
export function find_vma_intersection(mm: mm_struct, start_addr: uaddr, end_addr: uaddr): vm_area_struct | null {
  let vma: vm_area_struct | null = find_vma(mm, start_addr);

  if (vma && end_addr <= vma.vm_start)
    vma = null;
  return vma;
}

/** @locks requires mmap_lock(read) */
export function vma_lookup(mm: mm_struct, addr: uaddr): vm_area_struct | null {
  let vma: vm_area_struct | null = find_vma(mm, addr);

  if (vma && addr < vma.vm_start)
    vma = null;

  return vma;
}

/** No stack guard gap: no vma of the model grows. */
export const stack_guard_gap: unsigned_long = 0;

export function vm_start_gap(vma: vm_area_struct): uaddr {
  let vm_start: uaddr = vma.vm_start;

  if (vma.vm_flags & VM_GROWSDOWN) {
    vm_start -= stack_guard_gap;
    if (vm_start > vma.vm_start)
      vm_start = 0;
  }
  return vm_start;
}

export function vma_pages(vma: vm_area_struct): unsigned_long { return (vma.vm_end - vma.vm_start) >>> PAGE_SHIFT; }

/** @locks requires mmap_lock(read) */
export function find_exact_vma(mm: mm_struct, vm_start: uaddr, vm_end: uaddr): vm_area_struct | null {
  let vma: vm_area_struct | null = find_vma(mm, vm_start);

  if (vma && (vma.vm_start !== vm_start || vma.vm_end !== vm_end))
    vma = null;

  return vma;
}

export function range_in_vma(vma: vm_area_struct | null, start: uaddr, end: uaddr): boolean {
  return (vma && vma.vm_start <= start && end <= vma.vm_end);
}

export function vmf_error(err: int): vm_fault_t {
  if (err === -ENOMEM)
    return VM_FAULT_OOM;
  return VM_FAULT_SIGBUS;
}

/** FOLL_*: how get_user_pages goes about it. */
export const FOLL_WRITE: foll_flags = 0x01;
export const FOLL_TOUCH: foll_flags = 0x02;
export const FOLL_GET: foll_flags = 0x04;
export const FOLL_DUMP: foll_flags = 0x08;
export const FOLL_FORCE: foll_flags = 0x10;
export const FOLL_NOWAIT: foll_flags = 0x20;
export const FOLL_POPULATE: foll_flags = 0x40;
export const FOLL_HWPOISON: foll_flags = 0x100;
export const FOLL_NUMA: foll_flags = 0x200;
export const FOLL_MIGRATION: foll_flags = 0x400;
export const FOLL_TRIED: foll_flags = 0x800;
export const FOLL_MLOCK: foll_flags = 0x1000;
export const FOLL_REMOTE: foll_flags = 0x2000;
export const FOLL_COW: foll_flags = 0x4000;
export const FOLL_ANON: foll_flags = 0x8000;
export const FOLL_LONGTERM: foll_flags = 0x10000;
export const FOLL_SPLIT_PMD: foll_flags = 0x20000;
export const FOLL_PIN: foll_flags = 0x40000;
export const FOLL_FAST_ONLY: foll_flags = 0x80000;

export function vm_fault_to_errno(vm_fault: vm_fault_t, foll_flags: foll_flags): int {
  if (vm_fault & VM_FAULT_OOM)
    return -ENOMEM;
  if (vm_fault & (VM_FAULT_HWPOISON | VM_FAULT_HWPOISON_LARGE))
    return (foll_flags & FOLL_HWPOISON) ? -EHWPOISON : -EFAULT;
  if (vm_fault & (VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV))
    return -EFAULT;
  return 0;
}

/** PAGE_POISONING, DEBUG_PAGEALLOC, INIT_ON_ALLOC and INIT_ON_FREE are off. */
export function page_poisoning_enabled_static(): boolean {
  reduced('the option is off');
  return false;
}
export function kernel_poison_pages(_page: page, _numpages: int): void {
  if (page_poisoning_enabled_static()) unreachable('page poisoning');
}
export function kernel_unpoison_pages(_page: page, _numpages: int): void {
  if (page_poisoning_enabled_static()) unreachable('page poisoning');
}
export function want_init_on_alloc(flags: gfp_t): boolean {
  reduced('init_on_alloc=0');
  return (flags & __GFP_ZERO) !== 0;
}
export function want_init_on_free(): boolean {
  reduced('init_on_free=0');
  return false;
}
export function debug_pagealloc_enabled_static(): boolean {
  reduced('the option is off');
  return false;
}
export function debug_pagealloc_map_pages(_page: page, _numpages: int): void {
  if (debug_pagealloc_enabled_static()) unreachable('DEBUG_PAGEALLOC');
}
export function debug_pagealloc_unmap_pages(_page: page, _numpages: int): void {
  if (debug_pagealloc_enabled_static()) unreachable('DEBUG_PAGEALLOC');
}

/** No vsyscall page in the model. */
export function get_gate_vma(_mm: mm_struct): vm_area_struct | null { return null; }
export function in_gate_area(_mm: mm_struct, _addr: uaddr): boolean { return false; }
