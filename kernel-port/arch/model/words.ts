// SPDX-License-Identifier: GPL-2.0-only
// C's expressions on whole structs and on pointers that carry bits: no functions in C.

import { atomic_long_set } from '../../include/linux/atomic.ts';
import type { address_space } from '../../include/linux/fs.ts';
import { anon_mapping, type mm_rss_stat, type vm_area_struct } from '../../include/linux/mm_types.ts';
import { Tagged_count } from '../../include/linux/percpu-refcount.ts';
import type { anon_vma } from '../../include/linux/rmap.ts';
import type { unsigned_long } from '../../include/linux/types.ts';

/** `*to = *from`: every field but the chain, which is a list head of its own. */
export function Copy(to: vm_area_struct, from: vm_area_struct): void {
  to.vm_start = from.vm_start;
  to.vm_end = from.vm_end;
  to.vm_next = from.vm_next;
  to.vm_prev = from.vm_prev;
  to.vm_mm = from.vm_mm;
  to.vm_page_prot = from.vm_page_prot;
  to.vm_flags = from.vm_flags;
  to.anon_vma = from.anon_vma;
  to.vm_ops = from.vm_ops;
  to.vm_pgoff = from.vm_pgoff;
  to.vm_file = from.vm_file;
  to.vm_private_data = from.vm_private_data;
  to.vm_userfaultfd_ctx = from.vm_userfaultfd_ctx;
}
/** memset of a struct of counters. */
export function Clear(rss: mm_rss_stat): void {
  for (const counter of rss.count) atomic_long_set(counter, 0);
}

/** `(void *)anon_vma + PAGE_MAPPING_ANON`, stored at once so that nobody sees one without the other. */
export function Tagged(anon_vma: anon_vma): anon_mapping { return new anon_mapping(anon_vma); }
/** `anon_mapping - PAGE_MAPPING_ANON` */
export function Untagged(mapping: anon_mapping | address_space | null): anon_vma { return (mapping as anon_mapping).anon_vma; }
/** `mapping & ~PAGE_MAPPING_FLAGS` */
export function Unflagged(mapping: anon_mapping | address_space | null): anon_vma | address_space | null {
  return mapping instanceof anon_mapping ? mapping.anon_vma : mapping;
}

/** The number of a pointer that carries bits: the flags, and after percpu_ref_exit the last count above them. */
export function Bits(ptr: Tagged_count): unsigned_long { return ptr.bits; }
/** `word |= bits` and `word & ~bits` on a word that is stored as a whole. */
export function With(ptr: Tagged_count, bits: unsigned_long): Tagged_count { return new Tagged_count(ptr.count, ptr.bits | bits); }
export function Without(ptr: Tagged_count, bits: unsigned_long): Tagged_count { return new Tagged_count(ptr.count, ptr.bits & ~bits); }
