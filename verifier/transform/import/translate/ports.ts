// SPDX-License-Identifier: GPL-2.0-only
// Types of the port as text, and the few questions the translator asks about them.

import type { Declarations, StructDeclaration } from '../../../tree/declarations.ts';

/** The members of a union, outer level only. */
export function unionOf(type: string): readonly string[] {
  const members: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= type.length; at += 1) {
    const c = type.charAt(at);
    if (at === type.length || (c === '|' && depth === 0)) {
      members.push(type.slice(start, at).trim());
      start = at + 1;
    } else if (/[<([{]/.test(c)) depth += 1;
    else if (/[>)\]}]/.test(c) && type.charAt(at - 1) !== '=') depth -= 1;
  }
  return members.filter((one) => one !== '');
}

/** What a pointer points to when it points to something. */
export function solid(type: string): string {
  const members = unionOf(type).filter((one) => !/^(?:null|undefined|ErrPtr)$/.test(one));
  return members.length === 1 ? members[0] ?? '' : members.join(' | ');
}

/** T of `Ref<T>`; null for anything else. */
export function refTarget(type: string): string | null {
  const one = solid(type);
  return one.startsWith('Ref<') && one.endsWith('>') ? one.slice(4, -1) : null;
}

/** T of `T[]`; null for anything else. */
export function elementOf(type: string): string | null {
  const one = solid(type).replace(/^readonly /, '');
  if (one.endsWith('[]')) return one.slice(0, -2).replace(/^\((.*)\)$/, '$1');
  return /^(?:Readonly)?Array<(.*)>$/.exec(one)?.[1] ?? null;
}

/** The name without type arguments. */
export function plainName(type: string): string { return solid(type).replace(/<[^]*$/, '').replace(/^import\([^)]*\)\./, ''); }

/** The kinds of include/linux/types.ts that stand for one C type each. */
const KIND_NAMES = /^(?:int|long|number|unsigned_int|unsigned_long|u8|u16|u32|u64|size_t|pgoff_t|uaddr|phys_addr_t|dma_addr_t|pfn_nr|vm_fault_t|gfp_t|foll_flags|fault_flags|vm_flags_t|migrate_pfn_t|hmm_pfn_t|ttu_flags|pvmw_flags|pte_t|swp_entry_t|pgprot_t|flags_word_nr)$/;
export function isNumber(type: string, port: Declarations, module: string): boolean {
  const name = plainName(type);
  if (KIND_NAMES.test(name)) return true;
  const alias = port.alias(name, module);
  return alias !== undefined && alias.type !== type && (/^\d|^-\d|^Kind<|^number\b/.test(alias.type) || isNumber(alias.type, port, module));
}
/** Kinds that C keeps in an unsigned type: a difference of two wraps. */
export function isUnsigned(type: string): boolean {
  return /^(?:unsigned_int|unsigned_long|u8|u16|u32|u64|size_t|pgoff_t|uaddr|phys_addr_t|dma_addr_t|pfn_nr|gfp_t|foll_flags|fault_flags|vm_flags_t|migrate_pfn_t|hmm_pfn_t|ttu_flags|pvmw_flags)$/.test(plainName(type));
}
/** page->mapping with its tag bits: C keeps the pointer in a number to look at them. */
export function isTagged(type: string): boolean { return /\banon_mapping(?:_struct)?\b/.test(type); }
export function isBoolean(type: string): boolean { return solid(type) === 'boolean' || /^\w+ is /.test(type); }

/** The struct that a type names, its pointer, or null. */
export function structOf(type: string, port: Declarations, module: string): StructDeclaration | undefined {
  const name = plainName(type);
  const struct = port.struct(name, module) ?? port.struct(name.replace(/_struct$/, ''), module);
  if (struct !== undefined) return struct;
  const alias = port.alias(name, module);
  return alias === undefined || alias.type === type || alias.type.includes('|') ? undefined : structOf(alias.type, port, module);
}

/** Table entries that C points to: the cell is the pointer. */
const CELLS: Readonly<Record<string, string>> = { pte_t: 'pte_cell', pmd_t: 'pmd_cell', pud_t: 'pud_cell', p4d_t: 'p4d_cell', pgd_t: 'pgd_cell' };
export function cellOf(entry: string): string | undefined { return Object.hasOwn(CELLS, entry) ? CELLS[entry] : undefined; }
export function isCell(type: string): boolean { return Object.values(CELLS).includes(plainName(type)); }
