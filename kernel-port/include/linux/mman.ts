// SPDX-License-Identifier: GPL-2.0-only
// What mmap, mremap and madvise are called with (PROT_*, MAP_*, MREMAP_*, MADV_*), and how it becomes vm_flags.

import { notModelled } from '../../arch/model/marks.ts';
import { VM_EXEC, VM_GROWSDOWN, VM_LOCKED, VM_READ, VM_SYNC, VM_WRITE } from './mm.ts';
import type { long, pgprot_t, uaddr, unsigned_long, vm_flags_t } from './types.ts';

export const PROT_READ: unsigned_long = 0x1;
export const PROT_WRITE: unsigned_long = 0x2;
export const PROT_EXEC: unsigned_long = 0x4;
export const PROT_SEM: unsigned_long = 0x8;
export const PROT_NONE: unsigned_long = 0x0;
export const PROT_GROWSDOWN: unsigned_long = 0x01000000;
export const PROT_GROWSUP: unsigned_long = 0x02000000;

/** How mremap may go about it. */
export const MREMAP_MAYMOVE: unsigned_long = 1;
export const MREMAP_FIXED: unsigned_long = 2;
export const MREMAP_DONTUNMAP: unsigned_long = 4;

export const MAP_SHARED: unsigned_long = 0x01;
export const MAP_PRIVATE: unsigned_long = 0x02;
export const MAP_SHARED_VALIDATE: unsigned_long = 0x03;
export const MAP_TYPE: unsigned_long = 0x0f;
export const MAP_FIXED: unsigned_long = 0x10;
export const MAP_ANONYMOUS: unsigned_long = 0x20;
export const MAP_GROWSDOWN: unsigned_long = 0x0100;
export const MAP_LOCKED: unsigned_long = 0x2000;
export const MAP_NORESERVE: unsigned_long = 0x4000;
export const MAP_POPULATE: unsigned_long = 0x008000;
export const MAP_NONBLOCK: unsigned_long = 0x010000;
export const MAP_HUGETLB: unsigned_long = 0x040000;
export const MAP_SYNC: unsigned_long = 0x080000;
export const MAP_FIXED_NOREPLACE: unsigned_long = 0x100000;

export const MADV_NORMAL = 0;
export const MADV_RANDOM = 1;
export const MADV_SEQUENTIAL = 2;
export const MADV_WILLNEED = 3;
export const MADV_DONTNEED = 4;
export const MADV_FREE = 8;
export const MADV_REMOVE = 9;
export const MADV_DONTFORK = 10;
export const MADV_DOFORK = 11;
export const MADV_MERGEABLE = 12;
export const MADV_UNMERGEABLE = 13;
export const MADV_HUGEPAGE = 14;
export const MADV_NOHUGEPAGE = 15;
export const MADV_DONTDUMP = 16;
export const MADV_DODUMP = 17;
export const MADV_WIPEONFORK = 18;
export const MADV_KEEPONFORK = 19;
export const MADV_COLD = 20;
export const MADV_PAGEOUT = 21;
export const MADV_POPULATE_READ = 22;
export const MADV_POPULATE_WRITE = 23;
export const MADV_HWPOISON = 100;
export const MADV_SOFT_OFFLINE = 101;

export function vm_acct_memory(_pages: long): void {
  notModelled('overcommit accounting');
}

export function vm_unacct_memory(pages: long): void {
  vm_acct_memory(-pages);
}

export function arch_vm_get_page_prot(_vm_flags: vm_flags_t): pgprot_t { return 0; }

export function arch_calc_vm_prot_bits(_prot: unsigned_long, _pkey: unsigned_long): vm_flags_t { return 0; }
export function arch_calc_vm_flag_bits(_flags: unsigned_long): vm_flags_t { return 0; }

export function arch_validate_prot(prot: unsigned_long, _addr: uaddr): boolean {
  return (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM)) === 0;
}

export function arch_validate_flags(_flags: vm_flags_t): boolean {
  return true;
}

export function _calc_vm_trans(x: unsigned_long, bit1: unsigned_long, bit2: vm_flags_t): vm_flags_t {
  return (x & bit1) !== 0 ? bit2 : 0;
}

export function calc_vm_prot_bits(prot: unsigned_long, pkey: unsigned_long): vm_flags_t {
  return _calc_vm_trans(prot, PROT_READ, VM_READ) |
    _calc_vm_trans(prot, PROT_WRITE, VM_WRITE) |
    _calc_vm_trans(prot, PROT_EXEC, VM_EXEC) |
    arch_calc_vm_prot_bits(prot, pkey);
}

export function calc_vm_flag_bits(flags: unsigned_long): vm_flags_t {
  return _calc_vm_trans(flags, MAP_GROWSDOWN, VM_GROWSDOWN) |
    _calc_vm_trans(flags, MAP_LOCKED, VM_LOCKED) |
    _calc_vm_trans(flags, MAP_SYNC, VM_SYNC) |
    arch_calc_vm_flag_bits(flags);
}
