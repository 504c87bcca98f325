// SPDX-License-Identifier: GPL-2.0-only
// A page table entry as the rules read it, decoded apart from the port's accessors: a rule that
// used the code it judges would share its faults.

import type { PortView } from './view.ts';

export type PteView =
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly pfn: number; readonly write: boolean; readonly dirty: boolean; readonly special: boolean }
  | { readonly kind: 'private' | 'exclusive' | 'migration'; readonly pfn: number; readonly write: boolean }
  | { readonly kind: 'other' };

const PGTABLE = 'arch/model/pgtable.ts';
const SWAP = 'include/linux/swap.ts';

/** Bits and swap types of one side. */
export class PteDecoder {
  readonly #present: number;
  readonly #protnone: number;
  readonly #rw: number;
  readonly #dirty: number;
  readonly #special: number;
  readonly #types: ReadonlyMap<number, PteView['kind']>;
  readonly #writable: ReadonlySet<number>;

  constructor(view: PortView) {
    const bit = (name: string): number => view.number(PGTABLE, name);
    this.#present = bit('_PAGE_PRESENT');
    this.#protnone = bit('_PAGE_PROTNONE');
    this.#rw = bit('_PAGE_RW');
    this.#dirty = bit('_PAGE_DIRTY');
    this.#special = bit('_PAGE_SPECIAL');
    const types = new Map<number, PteView['kind']>();
    const writable = new Set<number>();
    const add = (name: string, kind: PteView['kind'], write: boolean): void => {
      if (!view.has(SWAP, name)) return;
      types.set(view.number(SWAP, name), kind);
      if (write) writable.add(view.number(SWAP, name));
    };
    add('SWP_DEVICE_READ', 'private', false);
    add('SWP_DEVICE_WRITE', 'private', true);
    add('SWP_DEVICE_EXCLUSIVE_READ', 'exclusive', false);
    add('SWP_DEVICE_EXCLUSIVE_WRITE', 'exclusive', true);
    add('SWP_MIGRATION_READ', 'migration', false);
    add('SWP_MIGRATION_WRITE', 'migration', true);
    this.#types = types;
    this.#writable = writable;
  }

  decode(pte: number): PteView {
    if (pte === 0) return { kind: 'none' };
    if ((pte & (this.#present | this.#protnone)) !== 0) {
      return { kind: 'present', pfn: (pte & 0x7ffff000) >>> 12, write: (pte & this.#rw) !== 0, dirty: (pte & this.#dirty) !== 0, special: (pte & this.#special) !== 0 };
    }
    const type = pte >>> 27;
    const pfn = (pte >>> 12) & 0x7fff;
    const kind = this.#types.get(type);
    if (kind === 'private' || kind === 'exclusive' || kind === 'migration') return { kind, pfn, write: this.#writable.has(type) };
    return { kind: 'other' };
  }
}

/** The pfn of an entry that holds a reference on its page: all but migration entries and the zero page's. */
export function holds(v: PteView): number | null {
  switch (v.kind) {
    case 'present': return v.special ? null : v.pfn;
    case 'private': case 'exclusive': return v.pfn;
    case 'migration': case 'none': case 'other': return null;
  }
}

/** The pfn of the page that an entry is about, the zero page's entries apart. */
export function names(v: PteView): number | null {
  switch (v.kind) {
    case 'present': return v.special ? null : v.pfn;
    case 'private': case 'exclusive': case 'migration': return v.pfn;
    case 'none': case 'other': return null;
  }
}

/** The pfn of an entry that counts as a mapping. */
export function maps(v: PteView): number | null {
  switch (v.kind) {
    case 'present': return v.special ? null : v.pfn;
    case 'private': return v.pfn;
    case 'exclusive': case 'migration': case 'none': case 'other': return null;
  }
}
