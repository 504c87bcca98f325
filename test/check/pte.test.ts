// SPDX-License-Identifier: GPL-2.0-only
// The rules decode entries by themselves; here their decoder is held against the port's accessors.

import test from 'ava';
import fc from 'fast-check';
import { holds, maps, PteDecoder } from '../../verifier/check/pte.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { port } from './pages.ts';

const { view } = linkSide(port.files, CONFIGS.default);
const ptes = new PteDecoder(view);
const PGTABLE = 'arch/model/pgtable.ts';
const SWAPOPS = 'include/linux/swapops.ts';
const call = (file: string, name: string, ...args: readonly number[]): unknown => view.fn(file, name)(...args);
const bit = (name: string): number => view.number(PGTABLE, name);

const FLAGS = ['_PAGE_RW', '_PAGE_USER', '_PAGE_ACCESSED', '_PAGE_DIRTY', '_PAGE_SPECIAL', '_PAGE_UFFD_WP', '_PAGE_SOFT_DIRTY', '_PAGE_DEVMAP'] as const;

test('a present entry reads as the port reads it', (t) => {
  fc.assert(fc.property(fc.nat(0x7ffff), fc.subarray([...FLAGS]), fc.constantFrom('_PAGE_PRESENT', '_PAGE_PROTNONE'), (pfn, flags, present) => {
    const prot = flags.reduce((word, name) => (word | bit(name)) >>> 0, bit(present));
    const pte = Number(call(PGTABLE, 'pfn_pte', pfn, prot));
    const v = ptes.decode(pte);
    t.deepEqual(v, {
      kind: 'present', pfn: Number(call(PGTABLE, 'pte_pfn', pte)), write: call(PGTABLE, 'pte_write', pte) === true,
      dirty: call(PGTABLE, 'pte_dirty', pte) === true, special: call(PGTABLE, 'pte_special', pte) === true,
    });
    t.is(v.kind === 'present' ? v.pfn : -1, pfn);
    t.is(call(PGTABLE, 'pte_present', pte), true);
    const named = flags.includes('_PAGE_SPECIAL') ? null : pfn;
    t.deepEqual([holds(v), maps(v)], [named, named]);
  }));
});

const KINDS = { private: 'device_private', exclusive: 'device_exclusive', migration: 'migration' } as const;

test('an entry that names a page without being present reads as the port reads it', (t) => {
  fc.assert(fc.property(fc.nat(0x7fff), fc.constantFrom('private', 'exclusive', 'migration'), fc.boolean(), fc.boolean(), fc.boolean(), (pfn, kind, write, soft, uffd) => {
    const entry = Number(call(SWAPOPS, `make_${write ? 'writable' : 'readable'}_${KINDS[kind]}_entry`, pfn));
    let pte = Number(call(SWAPOPS, 'swp_entry_to_pte', entry));
    if (soft) pte = Number(call(PGTABLE, 'pte_swp_mksoft_dirty', pte));
    if (uffd) pte = Number(call(PGTABLE, 'pte_swp_mkuffd_wp', pte));
    const v = ptes.decode(pte);
    t.deepEqual(v, { kind, pfn, write });
    const back = Number(call(SWAPOPS, 'pte_to_swp_entry', pte));
    t.is(call(SWAPOPS, `is_${KINDS[kind]}_entry`, back), true);
    t.is(call(SWAPOPS, `is_writable_${KINDS[kind]}_entry`, back), write);
    t.is(call(PGTABLE, 'pte_present', pte), false);
    t.is(holds(v), kind === 'migration' ? null : pfn);
    t.is(maps(v), kind === 'private' ? pfn : null);
  }));
});

test('what is neither is none or other', (t) => {
  t.is(ptes.decode(0).kind, 'none');
  t.is(ptes.decode(1 << 12).kind, 'other');
});
