// SPDX-License-Identifier: GPL-2.0-only
// mremap: where the entries of each kind are afterwards, what CPUs still remember, what the notifiers
// are told, and what is left behind when a table cannot be had.

import test from 'ava';
import { objections, Steps, work } from '../program.ts';

const LOOK = `
import { mremap } from '../../mm/mremap.ts';
import { tlb_holds } from '../../arch/model/tlb.ts';
import { mmu_interval_notifier_insert, mmu_interval_notifier_remove } from '../../mm/mmu_notifier.ts';
import { follow_page } from '../../mm/gup.ts';
//#if DEVICE_PRIVATE
import { make_device_exclusive_range } from '../../mm/rmap.ts';
//#endif
import { remove_migration_ptes } from '../../mm/migrate.ts';
import { try_to_migrate } from '../../mm/rmap.ts';

class watcher {
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  unmaps: int = 0;
}
const the_watcher = per_machine(() => new watcher(), 'watcher');
const ops: mmu_interval_notifier_ops = {
  invalidate(sub: mmu_interval_notifier, range: mmu_notifier_range, seq: unsigned_long): boolean {
    if (range.event === MMU_NOTIFY_UNMAP)
      (sub.owner as watcher).unmaps++;
    mmu_interval_set_seq(sub, seq);
    return true;
  },
};
export function open(mm: mm_struct, start: uaddr, npages: int): int {
  return mmu_interval_notifier_insert(the_watcher().notifier, mm, start, npages * PAGE_SIZE, ops);
}
export function close(): void { mmu_interval_notifier_remove(the_watcher().notifier); }
export function unmaps(): int { return the_watcher().unmaps; }

/** How many CPUs have a translation. */
export function remembered(mm: mm_struct, addr: uaddr): int { return tlb_holds(mm, addr).length; }
export function vmas(mm: mm_struct): int { return mm.map_count; }

/** 0 nothing, 1 present, 2 private, 3 exclusive, 4 migration; and 10 for an entry that says soft-dirty. */
function kind(mm: mm_struct, addr: uaddr): int {
  const pmd = pmd_off(mm, addr);
  if (pmd_none(Pmd(pmd)))
    return 0;
  const pte = Pte(pte_offset_map(pmd, addr));
  if (pte_none(pte))
    return 0;
  if (pte_present(pte))
    return 1;
  const entry = pte_to_swp_entry(pte);
  const soft: int = pte_swp_soft_dirty(pte) ? 10 : 0;
  return soft + (is_device_private_entry(entry) ? 2 : is_device_exclusive_entry(entry) ? 3 : is_migration_entry(entry) ? 4 : -1);
}
export function entry(mm: mm_struct, addr: uaddr): int { return kind(mm, addr); }

/** As the system call has it: 0 when the answer is the address that is expected, else the errno or where it is. */
function moved(addr: uaddr, ret: unsigned_long): int { return ret === addr ? 0 : ret; }
export function grow(addr: uaddr, old_pages: int, new_pages: int, flags: unsigned_long): int {
  return moved(addr, mremap(addr, old_pages * PAGE_SIZE, new_pages * PAGE_SIZE, flags, 0));
}
export function to(addr: uaddr, pages: int, new_pages: int, flags: unsigned_long, target: uaddr): int {
  return moved(target, mremap(addr, pages * PAGE_SIZE, new_pages * PAGE_SIZE, flags, target));
}

//#if DEVICE_PRIVATE
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

/** The mapping moves while a kernel thread has its page under migration, and back when that is over. */
export function migrating(mm: mm_struct, addr: uaddr, target: uaddr): int {
  const kcompactd = new task_struct('kcompactd', 2);
  mmap_read_lock(mm);
  const taken = follow_page(vma_lookup(mm, addr), addr, FOLL_GET) as page;
  mmap_read_unlock(mm);
  run_on(this_machine(), 1, kcompactd, () => {
    lock_page(taken);
    try_to_migrate(taken, 0);
  });
  const before = kind(mm, addr);
  to(addr, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, target);
  const there = kind(mm, addr) * 100 + kind(mm, target);
  run_on(this_machine(), 1, kcompactd, () => {
    remove_migration_ptes(taken, taken, false);
    unlock_page(taken);
  });
  put_page(taken);
  const after = kind(mm, target);
  to(target, 1, 1, MREMAP_MAYMOVE | MREMAP_FIXED, addr);
  return before * 10000 + there * 10 + after;
}
`;
const MAYMOVE = 1;
const FIXED = 2;
const DONTUNMAP = 4;
const mm = { mm: 'P' };
const at = (page: number): { readonly page: number } => ({ page });

test('the program is typed as the port is', (t) => { t.deepEqual(objections(LOOK), []); });

test('the pages are at the new place, and no CPU remembers the old one', (t) => {
  const steps = new Steps(2).map().do({ call: 'clone', child: 'Q' }).store(0, 17).store(1, 18).load(0, 'seen', 'Q', 1).call('open', [mm, at(0), 2]);
  steps.call('remembered', [mm, at(0)], 'before').do({ call: 'mremap', page: 0, pages: 2, to: 8, keep: false }, 'move');
  steps.call('remembered', [mm, at(0)], 'after').call('unmaps', []).call('vmas', [mm]);
  steps.load(8, 'there', 'Q', 1).load(9, 'second').load(0, 'gone').store(9, 19, 'store').load(9, 'again').call('close', []).end(['Q']);
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  // The old place is invalidated for the move, and once more when it is unmapped.
  t.like(results, { before: '2', move: '0', after: '0', unmaps: '2', vmas: '1', there: '17', second: '18', gone: 'SIGSEGV', store: '0', again: '19' });
});

test('with MREMAP_DONTUNMAP the old place stays mapped and is empty', (t) => {
  const steps = new Steps(1).map().store(0, 17).do({ call: 'mremap', page: 0, pages: 1, to: 4, keep: true }, 'move');
  steps.call('vmas', [mm]).load(4, 'there').load(0, 'empty').store(0, 18, 'store').load(4, 'still').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { move: '0', vmas: '2', there: '17', empty: '0', store: '0', still: '17' });
});

test('entries of devices move as they are, marked soft-dirty', (t) => {
  const steps = new Steps(2).map().device('private').take('private', 0).store(1, 17).call('exclude', [mm, at(1)]);
  steps.do({ call: 'mremap', page: 0, pages: 2, to: 8, keep: false }, 'move');
  steps.call('entry', [mm, at(8)], 'first').call('entry', [mm, at(9)], 'second').call('entry', [mm, at(0)], 'old');
  steps.load(8, 'private').load(9, 'exclusive').end([], ['private']);
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { exclude: '1', move: '0', first: '12', second: '13', old: '0', private: '0', exclusive: '17' });
});

test('a migration entry moves, too, and the page is put back where it then is', (t) => {
  const steps = new Steps(2).map().store(0, 17).do({ drain: 'all' }).call('migrating', [mm, at(0), at(8)]).load(0, 'load').end();
  const { results, findings } = work(LOOK, steps);
  // Soft-dirty by the store; gone from the old place and as it was at the new one; present there at the end.
  const [before, there, after] = [14, 14, 1];
  t.is(results['migrating'], String(before * 10000 + there * 10 + after), JSON.stringify(results));
  t.is(results['load'], '17');
  t.deepEqual(findings, []);
});

test('a mapping grows where there is room, moves where there is none, and shrinks', (t) => {
  const steps = new Steps(4).map().store(3, 17).call('grow', [at(0), 4, 6, 0]).load(5, 'behind').call('grow', [at(4), 2, 1, 0], 'shrink').load(5, 'off');
  steps.do({ call: 'mmap', page: 5, pages: 1, write: true }).call('grow', [at(0), 5, 6, 0], 'full').call('vmas', [mm]).load(3, 'load').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { grow: '0', behind: '0', shrink: '0', off: 'SIGSEGV', full: '-ENOMEM', vmas: '1', load: '17' });

  // What is mapped beside it is one vma with it, which ends further up.
  const moves = new Steps(1).map().do({ call: 'mmap', page: 1, pages: 1, write: true }).call('grow', [at(0), 1, 2, MAYMOVE]).load(0, 'gone').end();
  const away = work(LOOK, moves);
  t.deepEqual(away.findings, []);
  t.is(away.results['grow'], String(0x70000000 - 2 * 4096));
  t.is(away.results['gone'], 'SIGSEGV');
});

test('a whole table goes by its pmd', (t) => {
  const steps = new Steps(512).map().store(0, 17).store(511, 18).do({ call: 'mremap', page: 0, pages: 512, to: 512, keep: false }, 'move');
  steps.load(512, 'first').load(1023, 'last').load(0, 'gone').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { move: '0', first: '17', last: '18', gone: 'SIGSEGV' });
});

test('when no table can be had all is back at the old place', (t) => {
  const steps = new Steps(1).map().store(0, 17).do({ failAlloc: 'page', nth: 1, forEver: true });
  steps.call('to', [at(0), 1, 1, MAYMOVE | FIXED, at(1024)]).do({ failAlloc: 'page', nth: 0, forEver: false });
  steps.call('vmas', [mm]).load(0, 'load').load(1024, 'there').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { to: '-ENOMEM', vmas: '1', load: '17', there: 'SIGSEGV' });
});

test('what cannot be asked', (t) => {
  const steps = new Steps(4).map().call('to', [at(0), 2, 2, MAYMOVE | FIXED, at(1)], 'overlap').call('to', [at(0), 1, 1, FIXED, at(8)], 'fixed');
  steps.call('to', [at(0), 1, 2, MAYMOVE | DONTUNMAP, at(8)], 'resize').call('to', [at(8), 1, 1, MAYMOVE | FIXED, at(9)], 'hole');
  steps.call('to', [at(3), 2, 2, MAYMOVE | FIXED, at(8)], 'across').call('to', [at(0), 0, 1, MAYMOVE | FIXED, at(8)], 'copy').end();
  const { results, findings } = work(LOOK, steps);
  t.deepEqual(findings, []);
  t.like(results, { overlap: '-EINVAL', fixed: '-EINVAL', resize: '-EINVAL', hole: '-EFAULT', across: '-EFAULT', copy: '-EINVAL' });
});
