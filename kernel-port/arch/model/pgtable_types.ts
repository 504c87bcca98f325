// SPDX-License-Identifier: GPL-2.0-only
// The constants of page table entries (x86: asm/pgtable_types.h, asm/page_types.h): sizes, bits and
// protections. A leaf, so that tables made of them while modules load are whole.

import type { pgprot_t, uaddr } from '../../include/linux/types.ts';

export const PAGE_SHIFT = 12;
export const PAGE_SIZE = 4096;
export const PAGE_MASK = ~(PAGE_SIZE - 1);
export const PMD_SHIFT = 21;
export const PMD_SIZE = 1 << PMD_SHIFT;
export const PMD_MASK = ~(PMD_SIZE - 1);
/** The folded levels: one entry spans all user addresses. */
export const PGDIR_SHIFT = 31;
export const P4D_SHIFT = PGDIR_SHIFT;
export const PUD_SHIFT = PGDIR_SHIFT;
export const PGDIR_SIZE = 0x80000000;
export const P4D_SIZE = PGDIR_SIZE;
export const PUD_SIZE = PGDIR_SIZE;
export const PUD_MASK = ~(PUD_SIZE - 1);
export const PTRS_PER_PTE = 512;
export const PTRS_PER_PMD: number = PGDIR_SIZE / PMD_SIZE;
export const PTRS_PER_PUD: number = 1;
export const PTRS_PER_P4D: number = 1;
/** User addresses stay below 2^31, so that `addr & PAGE_MASK` holds in JavaScript. */
export const TASK_SIZE: uaddr = 0x7ffff000;

/** Bounds of what free_pgtables may free; 0 as a ceiling is the top. */
export const FIRST_USER_ADDRESS: uaddr = 0;
export const USER_PGTABLES_CEILING: uaddr = 0;

export const _PAGE_PRESENT = 0x001;
export const _PAGE_RW = 0x002;
export const _PAGE_USER = 0x004;
export const _PAGE_ACCESSED = 0x020;
export const _PAGE_DIRTY = 0x040;
export const _PAGE_PROTNONE = 0x100;
export const _PAGE_SPECIAL = 0x200;
export const _PAGE_UFFD_WP = 0x400;
export const _PAGE_SOFT_DIRTY = 0x800;
export const _PAGE_DEVMAP = 0x80000000;
export const _PAGE_SWP_SOFT_DIRTY = _PAGE_RW;
export const _PAGE_SWP_UFFD_WP = _PAGE_USER;

export const PAGE_NONE: pgprot_t = _PAGE_PROTNONE | _PAGE_ACCESSED;
export const PAGE_SHARED: pgprot_t = _PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED;
/** Private and read-only alike: a write faults first. */
export const PAGE_COPY: pgprot_t = _PAGE_PRESENT | _PAGE_USER | _PAGE_ACCESSED;
export const PAGE_READONLY: pgprot_t = PAGE_COPY;
/** The direct map of the kernel: nobody walks it in the model. */
export const PAGE_KERNEL: pgprot_t = _PAGE_PRESENT | _PAGE_RW | _PAGE_DIRTY | _PAGE_ACCESSED;
/** Caching is not modelled. */
export function pgprot_noncached(prot: pgprot_t): pgprot_t { return prot; }

/** The bits that name a cache mode would stay; there are none here. */
export function pgprot_modify(_oldprot: pgprot_t, newprot: pgprot_t): pgprot_t { return newprot; }
