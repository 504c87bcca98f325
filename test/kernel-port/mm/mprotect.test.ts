// SPDX-License-Identifier: GPL-2.0-only
// mprotect: what the vmas and the entries of each kind say afterwards, what CPUs still remember, and
// what the notifiers are told.

import test from 'ava';
import { objections, Steps, work } from '../program.ts';

const LOOK = `
import { do_mprotect_pkey } from '../../mm/mprotect.ts';
import { tlb_holds } from '../../arch/model/tlb.ts';
import { mmu_interval_notifier_insert, mmu_interval_notifier_remove } from '../../mm/mmu_notifier.ts';
import { follow_page } from '../../mm/gup.ts';
//#if DEVICE_PRIVATE
import { make_device_exclusive_range } from '../../mm/rmap.ts';
//#endif
import { remove_migration_ptes } from '../../mm/migrate.ts';
import { try_to_migrate } from '../../mm/rmap.ts';
import { model_device } from './device.ts';

class watcher {
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  protections: int = 0;
}
const the_watcher = per_machine(() => new watcher(), 'watcher');
const ops: mmu_interval_notifier_ops = {
  invalidate(sub: mmu_interval_notifier, range: mmu_notifier_range, seq: unsigned_long): boolean {
    if (range.event === MMU_NOTIFY_PROTECTION_VMA)
      (sub.owner as watcher).protections++;
    mmu_interval_set_seq(sub, seq);
    return true;
  },
};
export function open(mm: mm_struct, start: uaddr, npages: int): int {
  return mmu_interval_notifier_insert(the_watcher().notifier, mm, start, npages * PAGE_SIZE, ops);
}
export function close(): void { mmu_interval_notifier_remove(the_watcher().notifier); }
export function protections(): int { return the_watcher().protections; }

export function protect(start: uaddr, npages: int, prot: unsigned_long): int { return do_mprotect_pkey(start, npages * PAGE_SIZE, prot, -1); }
/** How many CPUs have a translation, and of these how many may write by it. */
export function remembered(mm: mm_struct, addr: uaddr): int {
  const held = tlb_holds(mm, addr);
  return held.length * 10 + held.filter((e) => pte_write(e.pte)).length;
}
export function vmas(mm: mm_struct): int { return mm.map_count; }

/** 0 nothing, 1 present, 2 writable, 3 no access; of entries that are not present 5, writable ones 6. */
function kind(mm: mm_struct, addr: uaddr): int {
  const pte = Pte(pte_offset_map(pmd_off(mm, addr), addr));
  if (pte_none(pte))
    return 0;
  if (pte_protnone(pte))
    return 3;
  if (pte_present(pte))
    return pte_write(pte) ? 2 : 1;
  const entry = pte_to_swp_entry(pte);
  return is_writable_device_private_entry(entry) || is_writable_device_exclusive_entry(entry) || is_writable_migration_entry(entry) ? 6 : 5;
}
export function entry(mm: mm_struct, addr: uaddr): int { return kind(mm, addr); }

//#if DEVICE_PRIVATE
/** The device lets go of lock and reference at once. */
export function exclude(mm: mm_struct, addr: uaddr): int {
  const pages: (page | null)[] = [null];

  mmap_read_lock(mm);
  const ret = make_device_exclusive_range(mm, addr, addr + PAGE_SIZE, pages, the_watcher());
  if (ret > 0 && pages[0]) {
    unlock_page(pages[0]);
    put_page(pages[0]);
  }
  mmap_read_unlock(mm);
  return ret;
}
//#endif

/** The protection changes while a kernel thread has the page under migration, and then puts it back where it was. */
export function migrating(mm: mm_struct, addr: uaddr, prot: unsigned_long): int {
  const kcompactd = new task_struct('kcompactd', 2);
  mmap_read_lock(mm);
  const taken = follow_page(vma_lookup(mm, addr), addr, FOLL_GET) as page;
  mmap_read_unlock(mm);
  run_on(this_machine(), 1, kcompactd, () => {
    lock_page(taken);
    try_to_migrate(taken, 0);
  });
  const before = kind(mm, addr);
  const ret = do_mprotect_pkey(addr, PAGE_SIZE, prot, -1);
  const after = kind(mm, addr);
  run_on(this_machine(), 1, kcompactd, () => {
    remove_migration_ptes(taken, taken, false);
    unlock_page(taken);
  });
  put_page(taken);
  return ret ? ret : before * 100 + after * 10 + kind(mm, addr);
}
`;
const NONE = 0;
const READ = 1;
const WRITE = 3;
const mm = { mm: 'P' };
const at = (page: number): { readonly page: number } => ({ page });

test('the program is typed as the port is', (t) => { t.deepEqual(objections(LOOK), []); });

test('what is made read-only cannot be written, whatever a CPU remembers', (t) => {
  const steps = new Steps(2).map().do({ call: 'clone', child: 'Q' }).store(0, 17).load(0, 'other', 'Q', 1).call('open', [mm, at(0), 2]);
  steps.call('remembered', [mm, at(0)], 'before').call('protect', [at(0), 1, READ]).call('remembered', [mm, at(0)], 'after').call('entry', [mm, at(0)]);
  steps.store(0, 18, 'store').load(0, 'load').call('protections', []).call('close', []);
  steps.call('protect', [at(0), 1, WRITE], 'back').store(0, 19, 'again').load(0, 'reload', 'Q', 1).end(['Q']);
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { before: '22', protect: '0', after: '0', entry: '1', store: 'SIGSEGV', load: '17', protections: '1', back: '0', again: '0', reload: '19' });
});

test('without any access the page stays where it is, with what it holds', (t) => {
  const steps = new Steps(1).map().store(0, 17).call('protect', [at(0), 1, NONE]).call('entry', [mm, at(0)]);
  steps.load(0, 'load').call('protect', [at(0), 1, READ], 'back').load(0, 'reload').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { entry: '3', load: 'SIGSEGV', reload: '17' });
});

test('the vma is split where the range begins and ends, and is one again when all agrees', (t) => {
  const steps = new Steps(4).map().store(1, 17).call('vmas', [mm], 'one').call('protect', [at(1), 2, READ]).call('vmas', [mm], 'three');
  steps.call('protect', [at(1), 1, WRITE], 'first').call('vmas', [mm], 'still').call('protect', [at(2), 1, WRITE], 'second').call('vmas', [mm], 'merged');
  steps.store(1, 18, 'store').load(1, 'load').call('protect', [at(3), 2, READ], 'beyond').call('vmas', [mm], 'half').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { one: '1', three: '3', first: '0', still: '3', second: '0', merged: '1', store: '0', load: '18' });
  // Up to the hole it is done, and stays so.
  t.like(results, { beyond: '-ENOMEM', half: '2' });
});

test('a range of two vmas is gone through one by one', (t) => {
  const steps = new Steps(4).map().store(0, 17).store(3, 18).call('protect', [at(0), 2, READ], null).call('protect', [at(0), 4, NONE]);
  steps.call('vmas', [mm]).load(0, 'first').load(3, 'last').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { protect: '0', vmas: '1', first: 'SIGSEGV', last: 'SIGSEGV' });
});

test('the entry of a private page loses its right to write, and the page comes back without it', (t) => {
  const steps = new Steps(2).map().device('private').take('private', 0).call('entry', [mm, at(0)], 'before').call('protect', [at(0), 1, READ]);
  steps.call('entry', [mm, at(0)], 'after').store(0, 18, 'store').load(0, 'load').call('entry', [mm, at(0)], 'back').end([], ['private']);
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { before: '6', protect: '0', after: '5', store: 'SIGSEGV', load: '0', back: '1' });
});

test('so does an exclusive entry, and it is not had again for writing', (t) => {
  const steps = new Steps(1).map().store(0, 17).call('exclude', [mm, at(0)]).call('entry', [mm, at(0)], 'before').call('protect', [at(0), 1, READ]);
  steps.call('entry', [mm, at(0)], 'after').call('exclude', [mm, at(0)], 'again').load(0, 'load').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { exclude: '1', before: '6', after: '5', again: '-EFAULT', load: '17' });
});

test('and a migration entry: the page comes back read-only, and writable only by a fault', (t) => {
  const steps = new Steps(1).map().store(0, 17).do({ drain: 'all' }).call('migrating', [mm, at(0), READ]).store(0, 18, 'store');
  steps.call('protect', [at(0), 1, WRITE], 'back').store(0, 19, 'again').load(0, 'load').end();
  const { results, findings } = work(LOOK, steps);
  t.like(results, { migrating: '651', store: 'SIGSEGV', back: '0', again: '0', load: '19' });
  t.deepEqual(findings, []);
});

test('what cannot be asked', (t) => {
  const steps = new Steps(1).map().call('protect', [at(0), 1, 0x10], 'bits').call('protect', [at(0), 0, READ], 'nothing');
  steps.call('protect', [at(2), 1, READ], 'hole').call('protect', [at(0), 1, 0x03000000], 'both').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { bits: '-EINVAL', nothing: '0', hole: '-ENOMEM', both: '-EINVAL' });
});
