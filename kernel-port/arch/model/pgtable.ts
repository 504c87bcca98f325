// SPDX-License-Identifier: GPL-2.0-only
// Page tables of the machine, x86-64's bits folded into 32.
//
// A pte is one number. Present: bits 0..11 are x86's flag bits, bits 12..30 the pfn, bit 31 is
// DEVMAP (bit 58 in x86-64). Not present: bit 1 is swp_soft_dirty and bit 2 swp_uffd_wp, which
// alias _PAGE_RW and _PAGE_USER exactly as on x86-64 (port-manifest.md, part 0, 5); the accessed and
// dirty bits and bit 8 (PROTNONE) are zero, bits 12..26 are the offset and 27..31 the type, above it
// as there. An accessor used on the wrong kind of entry therefore reads what x86 would read, and
// pte_pfn() of a swap entry names no page.
//
// The upper levels are folded as in asm-generic/pgtable-nop4d.h and -nopud.h: one pgd, p4d and pud
// entry stand for the whole address space; a pmd entry covers 2 MiB and names a table of ptes.

export * from './pgtable_types.ts';
import {
  PAGE_SHIFT, PMD_SHIFT, PMD_SIZE, PMD_MASK, PTRS_PER_PTE, _PAGE_PRESENT, _PAGE_RW, _PAGE_USER, _PAGE_ACCESSED, _PAGE_DIRTY, _PAGE_PROTNONE, _PAGE_SPECIAL, _PAGE_UFFD_WP, _PAGE_SOFT_DIRTY, _PAGE_DEVMAP, _PAGE_SWP_SOFT_DIRTY, _PAGE_SWP_UFFD_WP,
} from './pgtable_types.ts';
import { should_fail } from './fault_inject.ts';
import { this_machine } from './machine.ts';
import { spinlock_t } from '../../include/linux/spinlock.ts';
import { mm_tlb_flush_pending, type mm_struct, type page, type vm_area_struct } from '../../include/linux/mm_types.ts';
import { page_to_pfn, pfn_to_page } from './memory.ts';
import type { pfn_nr, pgprot_t, pte_t, swp_entry_t, uaddr, unsigned_long, unsigned_int } from '../../include/linux/types.ts';

const PFN_BITS = 19;
const PFN_MASK = ((1 << PFN_BITS) - 1) << PAGE_SHIFT;

/** One pte in a table; C's pte_t pointer. */
export class pte_cell {
  pte: pte_t = 0;
  readonly table: page_table;
  readonly index: number;
  constructor(table: page_table, index: number) { this.table = table; this.index = index; }
}

/** A page of ptes with its own split lock (USE_SPLIT_PTE_PTLOCKS). Cells come to be when they are named (pte_cell_at). */
export class page_table {
  readonly cells: pte_cell[] = [];
  readonly ptl: spinlock_t = new spinlock_t('ptl', this);
  /** The mm and first address it is installed at; null while it is not. */
  mm: mm_struct | null = null;
  base: uaddr = 0;
}
/** `table + index`: an address in C, so a place that is made here is nobody's change (events.ts). */
export function pte_cell_at(table: page_table, index: number): pte_cell {
  return (table.cells[index] ??= new pte_cell(table, index));
}

/** C's pmd_t pointer: an entry that names a table, or none. */
export class pmd_cell {
  pmd: page_table | null = null;
  readonly mm: mm_struct;
  readonly index: number;
  constructor(mm: mm_struct, index: number) { this.mm = mm; this.index = index; }
}
export type pmd_t = page_table | null;
/** C's pgd_t, p4d_t and pud_t pointers: folded, one entry for all. */
export class pgd_cell {
  readonly mm: mm_struct;
  readonly pmds: pmd_cell[] = [];
  constructor(mm: mm_struct) { this.mm = mm; }
}
/** As pte_cell_at, one level up. */
export function pmd_cell_at(pgd: pgd_cell, index: number): pmd_cell {
  return (pgd.pmds[index] ??= new pmd_cell(pgd.mm, index));
}
export type p4d_cell = pgd_cell;
export type pud_cell = pgd_cell;
export type pgd_t = pgd_cell;
export type p4d_t = p4d_cell;
export type pud_t = pud_cell;

// --- levels -----------------------------------------------------------------------------------

export function pgd_offset(mm: mm_struct, _addr: uaddr): pgd_cell { return mm.pgd; }
export function p4d_offset(pgd: pgd_cell, _addr: uaddr): p4d_cell { return pgd; }
export function pud_offset(p4d: p4d_cell, _addr: uaddr): pud_cell { return p4d; }
export function pmd_offset(pud: pud_cell, addr: uaddr): pmd_cell { return pmd_cell_at(pud, addr >>> PMD_SHIFT); }
export function pmd_next(pmd: pmd_cell): pmd_cell { return pmd_cell_at(pmd.mm.pgd, pmd.index + 1); }
export function pgd_none(_pgd: pgd_t): boolean { return false; }
export function pgd_present(_pgd: pgd_t): boolean { return true; }
export function pgd_bad(_pgd: pgd_t): boolean { return false; }
export function p4d_none(_p4d: p4d_t): boolean { return false; }
export function p4d_present(_p4d: p4d_t): boolean { return true; }
export function p4d_bad(_p4d: p4d_t): boolean { return false; }
export function pud_none(_pud: pud_t): boolean { return false; }
export function pud_bad(_pud: pud_t): boolean { return false; }
export function pud_present(_pud: pud_t): boolean { return true; }
export function pmd_none(pmd: pmd_t): boolean { return pmd === null; }
export function pmd_present(pmd: pmd_t): boolean { return pmd !== null; }
export function pmd_bad(_pmd: pmd_t): boolean { return false; }
export function pmd_trans_huge(_pmd: pmd_t): boolean { return false; }
export function pmd_devmap(_pmd: pmd_t): boolean { return false; }
export function pud_trans_huge(_pud: pud_t): boolean { return false; }
export function pud_devmap(_pud: pud_t): boolean { return false; }
export function pmd_huge(_pmd: pmd_t): boolean { return false; }
export function pud_huge(_pud: pud_t): boolean { return false; }
export function pgd_huge(_pgd: pgd_t): boolean { return false; }
export function pmd_leaf(_pmd: pmd_t): boolean { return false; }
export function pud_leaf(_pud: pud_t): boolean { return false; }
/** What an entry says, as it stands. */
export function pgd_val(pgd: pgd_t): pgd_t { return pgd; }
export function p4d_val(p4d: p4d_t): p4d_t { return p4d; }
export function pud_val(pud: pud_t): pud_t { return pud; }
export function pmd_val(pmd: pmd_t): pmd_t { return pmd; }
/** ARCH_HAS_HUGEPD=n */
export type hugepd_t = pgd_t | pmd_t;
export function __hugepd(x: hugepd_t): hugepd_t { return x; }
export function is_hugepd(_hpd: hugepd_t): boolean { return false; }
/** x86: not above the user half. */
export function gup_fast_permitted(_start: uaddr, end: uaddr): boolean { return end >>> 31 === 0; }
/** The end of the range that one folded entry covers. */
export function pgd_addr_end(_addr: uaddr, end: uaddr): uaddr { return end; }
export function p4d_addr_end(_addr: uaddr, end: uaddr): uaddr { return end; }
export function pud_addr_end(_addr: uaddr, end: uaddr): uaddr { return end; }
export function pmd_addr_end(addr: uaddr, end: uaddr): uaddr {
  const boundary = ((addr + PMD_SIZE) & PMD_MASK) >>> 0;
  return boundary < end ? boundary : end;
}
export function pte_index(addr: uaddr): unsigned_long { return (addr >>> PAGE_SHIFT) & (PTRS_PER_PTE - 1); }
export function pte_offset_map(pmd: pmd_cell, addr: uaddr): pte_cell { return pte_cell_at(pmd.pmd, pte_index(addr)); }
export function pte_offset_kernel(pmd: pmd_cell, addr: uaddr): pte_cell { return pte_offset_map(pmd, addr); }
/** For a pmd value that was read before, as GUP-fast does (pte_offset_map(&pmd, addr)). */
export function pte_offset_map_value(pmd: pmd_t, addr: uaddr): pte_cell { return pte_cell_at(pmd, pte_index(addr)); }
export function pte_unmap(_pte: pte_cell): void {}
/** `pte++` */
export function pte_next(ptep: pte_cell): pte_cell { return pte_cell_at(ptep.table, ptep.index + 1); }
export function pte_prev(ptep: pte_cell): pte_cell { return pte_cell_at(ptep.table, ptep.index - 1); }
export function pte_lockptr(_mm: mm_struct, pmd: pmd_cell): spinlock_t { return pmd.pmd.ptl; }

/** The page for the pgd is one of the allocations that can fail; pgtables_bytes does not count it. */
export function pgd_alloc(mm: mm_struct): pgd_cell | null {
  return should_fail(this_machine().fail_page_alloc) ? null : new pgd_cell(mm);
}
export function pgd_free(_mm: mm_struct, _pgd: pgd_cell): void {}
/** Installs a table, and says where for whoever looks at tables alone. */
export function pmd_populate(mm: mm_struct, pmd: pmd_cell, pte: page_table): void {
  pte.mm = mm;
  pte.base = pmd.index * PMD_SIZE;
  pmd.pmd = pte;
}
export function pmd_pgtable(pmd: pmd_t): page_table { return pmd; }
export function pmd_clear(pmdp: pmd_cell): void {
  const table = pmdp.pmd;
  pmdp.pmd = null;
  if (table !== null) table.mm = null;
}

// --- one entry: values ------------------------------------------------------------------------

/** A typed accessor on the wrong kind of entry is told, and reads the bits that x86 would read
 *  (model-rules.md, 2.15). A clear entry has no kind. */
function expect_present(pte: pte_t, accessor: string): void {
  if (pte !== 0 && !pte_present(pte)) this_machine().on_trap('PTE_MISUSE', `${accessor}() on an entry that is not present`);
}
function expect_swap(pte: pte_t, accessor: string): void {
  if (pte_present(pte)) this_machine().on_trap('PTE_MISUSE', `${accessor}() on a present entry`);
}

export function pte_val(pte: pte_t): unsigned_long { return pte; }
export function __pte(val: unsigned_long): pte_t { return val >>> 0; }
export function pte_none(pte: pte_t): boolean { return pte === 0; }
export function pte_present(pte: pte_t): boolean { return (pte & (_PAGE_PRESENT | _PAGE_PROTNONE)) !== 0; }
export function pte_protnone(pte: pte_t): boolean { return (pte & (_PAGE_PROTNONE | _PAGE_PRESENT)) === _PAGE_PROTNONE; }
/** A PROT_NONE entry may still stand in a TLB while its flush is outstanding. */
export function pte_accessible(mm: mm_struct, pte: pte_t): boolean {
  if (pte & _PAGE_PRESENT)
    return true;

  if ((pte & _PAGE_PROTNONE) &&
      mm_tlb_flush_pending(mm))
    return true;

  return false;
}
export function pte_same(a: pte_t, b: pte_t): boolean { return a === b; }
export function pte_pfn(pte: pte_t): pfn_nr { expect_present(pte, 'pte_pfn'); return (pte & PFN_MASK) >>> PAGE_SHIFT; }
export function pte_write(pte: pte_t): boolean { expect_present(pte, 'pte_write'); return (pte & _PAGE_RW) !== 0; }
export function pte_dirty(pte: pte_t): boolean { expect_present(pte, 'pte_dirty'); return (pte & _PAGE_DIRTY) !== 0; }
export function pte_young(pte: pte_t): boolean { expect_present(pte, 'pte_young'); return (pte & _PAGE_ACCESSED) !== 0; }
export function pte_special(pte: pte_t): boolean { return (pte & _PAGE_SPECIAL) !== 0; }
export function pte_devmap(pte: pte_t): boolean { return (pte & _PAGE_DEVMAP) !== 0; }
export function pte_soft_dirty(pte: pte_t): boolean { expect_present(pte, 'pte_soft_dirty'); return (pte & _PAGE_SOFT_DIRTY) !== 0; }
export function pte_uffd_wp(pte: pte_t): boolean { expect_present(pte, 'pte_uffd_wp'); return (pte & _PAGE_UFFD_WP) !== 0; }
export function pte_mkwrite(pte: pte_t): pte_t { return (pte | _PAGE_RW) >>> 0; }
export function pte_wrprotect(pte: pte_t): pte_t { return (pte & ~_PAGE_RW) >>> 0; }
/** x86 sets soft-dirty with dirty. */
export function pte_mkdirty(pte: pte_t): pte_t { return (pte | _PAGE_DIRTY | _PAGE_SOFT_DIRTY) >>> 0; }
export function pte_mkclean(pte: pte_t): pte_t { return (pte & ~_PAGE_DIRTY) >>> 0; }
export function pte_mkyoung(pte: pte_t): pte_t { return (pte | _PAGE_ACCESSED) >>> 0; }
export function pte_mkold(pte: pte_t): pte_t { return (pte & ~_PAGE_ACCESSED) >>> 0; }
export function pte_mkspecial(pte: pte_t): pte_t { return (pte | _PAGE_SPECIAL) >>> 0; }
export function pte_mkdevmap(pte: pte_t): pte_t { return (pte | _PAGE_SPECIAL | _PAGE_DEVMAP) >>> 0; }
export function pte_mksoft_dirty(pte: pte_t): pte_t { return (pte | _PAGE_SOFT_DIRTY) >>> 0; }
export function pte_clear_soft_dirty(pte: pte_t): pte_t { return (pte & ~_PAGE_SOFT_DIRTY) >>> 0; }
export function pte_mkuffd_wp(pte: pte_t): pte_t { return (pte | _PAGE_UFFD_WP) >>> 0; }
export function pte_clear_uffd_wp(pte: pte_t): pte_t { return (pte & ~_PAGE_UFFD_WP) >>> 0; }
export function pte_swp_soft_dirty(pte: pte_t): boolean { expect_swap(pte, 'pte_swp_soft_dirty'); return (pte & _PAGE_SWP_SOFT_DIRTY) !== 0; }
export function pte_swp_mksoft_dirty(pte: pte_t): pte_t { expect_swap(pte, 'pte_swp_mksoft_dirty'); return (pte | _PAGE_SWP_SOFT_DIRTY) >>> 0; }
export function pte_swp_clear_soft_dirty(pte: pte_t): pte_t { expect_swap(pte, 'pte_swp_clear_soft_dirty'); return (pte & ~_PAGE_SWP_SOFT_DIRTY) >>> 0; }
export function pte_swp_uffd_wp(pte: pte_t): boolean { expect_swap(pte, 'pte_swp_uffd_wp'); return (pte & _PAGE_SWP_UFFD_WP) !== 0; }
export function pte_swp_mkuffd_wp(pte: pte_t): pte_t { expect_swap(pte, 'pte_swp_mkuffd_wp'); return (pte | _PAGE_SWP_UFFD_WP) >>> 0; }
export function pte_swp_clear_uffd_wp(pte: pte_t): pte_t { expect_swap(pte, 'pte_swp_clear_uffd_wp'); return (pte & ~_PAGE_SWP_UFFD_WP) >>> 0; }
/** What the hardware would let a user access do. */
export function pte_access_permitted(pte: pte_t, write: boolean): boolean {
  const need = _PAGE_PRESENT | _PAGE_USER | (write ? _PAGE_RW : 0);
  return (pte & need) === need;
}
export function pfn_pte(pfn: pfn_nr, prot: pgprot_t): pte_t { return ((pfn << PAGE_SHIFT) | prot) >>> 0; }
export function pte_modify(pte: pte_t, newprot: pgprot_t): pte_t {
  const kept = _PAGE_DIRTY | _PAGE_ACCESSED | _PAGE_SPECIAL | _PAGE_DEVMAP | _PAGE_SOFT_DIRTY | _PAGE_UFFD_WP | PFN_MASK;
  return ((pte & kept) | (newprot & ~kept)) >>> 0;
}

// --- one entry: cells -------------------------------------------------------------------------

/** C's `*ptep` and `*pmd`: one read of the entry. */
export function Pte(ptep: pte_cell): pte_t { return ptep.pte; }
export function Pmd(pmd: pmd_cell): pmd_t { return pmd.pmd; }
export function ptep_get(ptep: pte_cell): pte_t { return ptep.pte; }
export function ptep_get_lockless(ptep: pte_cell): pte_t { return ptep.pte; }
export function set_pte(ptep: pte_cell, pte: pte_t): void { ptep.pte = pte; }
export function set_pte_at(_mm: mm_struct, _addr: uaddr, ptep: pte_cell, pte: pte_t): void { ptep.pte = pte; }
export function pte_clear(_mm: mm_struct, _addr: uaddr, ptep: pte_cell): void { ptep.pte = 0; }
export function ptep_get_and_clear(_mm: mm_struct, _addr: uaddr, ptep: pte_cell): pte_t {
  const pte = ptep.pte;
  ptep.pte = 0;
  return pte;
}
export function ptep_get_and_clear_full(mm: mm_struct, addr: uaddr, ptep: pte_cell, _full: boolean | unsigned_int): pte_t {
  return ptep_get_and_clear(mm, addr, ptep);
}
export function ptep_set_wrprotect(_mm: mm_struct, _addr: uaddr, ptep: pte_cell): void { ptep.pte = pte_wrprotect(ptep.pte); }
export function ptep_modify_prot_start(vma: vm_area_struct, addr: uaddr, ptep: pte_cell): pte_t {
  return ptep_get_and_clear(vma.vm_mm, addr, ptep);
}
export function ptep_modify_prot_commit(vma: vm_area_struct, addr: uaddr, ptep: pte_cell, _old: pte_t, pte: pte_t): void {
  set_pte_at(vma.vm_mm, addr, ptep, pte);
}

// --- swap entries -----------------------------------------------------------------------------

const SWP_TYPE_LOW = 27;
const SWP_OFFSET_BITS = 15;
/** The architecture's form of a swap entry is the pte that holds it. */
export function __swp_type(x: swp_entry_t): unsigned_int { return x >>> SWP_TYPE_LOW; }
export function __swp_offset(x: swp_entry_t): unsigned_long { return (x >>> PAGE_SHIFT) & ((1 << SWP_OFFSET_BITS) - 1); }
export function __swp_entry(type: unsigned_int, offset: unsigned_long): swp_entry_t {
  return (type << SWP_TYPE_LOW | (offset << PAGE_SHIFT)) >>> 0;
}
export function __pte_to_swp_entry(pte: pte_t): swp_entry_t { return pte_val(pte); }
export function __swp_entry_to_pte(x: swp_entry_t): pte_t { return __pte(x as number); }

// --- pages and what else asm/pgtable.h has ----------------------------------------------------

export function pte_page(pte: pte_t): page { return pfn_to_page(pte_pfn(pte)); }
export function mk_pte(page: page, pgprot: pgprot_t): pte_t { return pfn_pte(page_to_pfn(page), pgprot); }
export function pgprot_val(prot: pgprot_t): unsigned_long { return prot; }
export function __pgprot(val: unsigned_long): pgprot_t { return val; }
/** Fills no TLB on x86: the hardware walks the tables. */
export function update_mmu_cache(_vma: vm_area_struct, _addr: uaddr, _ptep: pte_cell): void {}
export function arch_faults_on_old_pte(): boolean { return false; }
