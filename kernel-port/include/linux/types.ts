// SPDX-License-Identifier: GPL-2.0-only
// The kinds that C keeps in one integer type. A kind is optional, so arithmetic and plain
// numbers pass; handing one kind where another is meant does not compile. A C integer that
// stands for nothing in particular is a plain number.

export type Kind<K extends string> = number & { readonly __kind?: K };

/** C's int: counts and errno results. Takes plain numbers, no other kind. */
export type int = Kind<'int'>;
/** C's long: an int goes where a long is wanted, never the other way round. */
export type long = number & { readonly __kind?: 'int' | 'long' };
/** C narrows a long that is kept in an int without a word; here the place is seen. */
export function int(x: long): int { return x | 0; }
export type unsigned_int = number;
export type unsigned_long = number;
export type u8 = number;
export type u16 = number;
export type u32 = number;
export type u64 = number;
export type size_t = number;
export type pgoff_t = number;

/** A user virtual address; C writes unsigned long. */
export type uaddr = Kind<'user address'>;
export type phys_addr_t = Kind<'physical address'>;
export type dma_addr_t = Kind<'DMA address'>;
/** A page frame number; C writes unsigned long. */
export type pfn_nr = Kind<'pfn'>;
/** VM_FAULT_*: what a fault handler says, never an errno and never a count. */
export type vm_fault_t = Kind<'vm_fault_t'>;
export type gfp_t = Kind<'gfp_t'>;
/** FOLL_* */
export type foll_flags = Kind<'FOLL'>;
/** FAULT_FLAG_* */
export type fault_flags = Kind<'FAULT_FLAG'>;
/** VM_* of a vma */
export type vm_flags_t = Kind<'VM'>;
/** MIGRATE_PFN_* and a pfn above them */
export type migrate_pfn_t = Kind<'MIGRATE_PFN'>;
/** HMM_PFN_* and a pfn below them */
export type hmm_pfn_t = Kind<'HMM_PFN'>;
/** TTU_* */
export type ttu_flags = Kind<'TTU'>;
/** PVMW_* */
export type pvmw_flags = Kind<'PVMW'>;
/** One page table entry, x86 bits in 32 (arch/model/pgtable.ts has the layout). */
export type pte_t = Kind<'pte_t'>;
/** A swap entry: type above, offset below. */
export type swp_entry_t = Kind<'swp_entry_t'>;
/** Protection bits of a page table entry. */
export type pgprot_t = Kind<'pgprot_t'>;

/** A C pointer to a variable: `*x = y` is `x.v = y`; `&x` is the Ref itself. */
export interface Ref<T> { v: T }

/** `&s->f`: a pointer to one field of a struct; `of` and `key` say whose, for whoever tells places apart. */
export function FieldRef<S extends object, K extends keyof S>(struct: S, field: K): Ref<S[K]> & { readonly of: S; readonly key: K } {
  return { of: struct, key: field, get v() { return struct[field]; }, set v(to: S[K]) { struct[field] = to; } };
}

/**
 * C's `array + n`. A view, because the callee stores through it; a plain array cannot share its
 * slots with another, so the index accesses are forwarded: slot i is slot n + i of the array, and
 * the length is what is left. Nothing else of an array is used on a C pointer.
 */
export function ArrayAt<T>(array: T[], n: number): T[] {
  const slot = (key: string | symbol): number => typeof key === 'string' && /^\d+$/.test(key) ? Number(key) + n : -1;
  return new Proxy(array, {
    get: (target, key): unknown => slot(key) >= 0 ? target[slot(key)]
      : key === 'length' ? Math.max(target.length - n, 0) : Reflect.get(target, key),
    set: (target, key, value: T): boolean => {
      if (slot(key) < 0) return false;
      target[slot(key)] = value;
      return true;
    },
  });
}

/** A struct that may be made with every field zero, as C's static and `= {}` objects are. */
export type StructClass<T extends object> = new () => T;

/** A C designated initialiser: the fields not named are zero. */
export function Init<T extends object>(struct: StructClass<T>, fields: Partial<T>): T {
  return Object.assign(new struct(), fields);
}

export const INT_MAX = 0x7fffffff;
export const UINT_MAX = 0xffffffff;
/** BITS_PER_LONG is 32 in this port: every bit operation of JavaScript then holds exactly. */
export const BITS_PER_LONG = 32;
export const ULONG_MAX = 0xffffffff;
export const LONG_MAX = 0x7fffffff;
