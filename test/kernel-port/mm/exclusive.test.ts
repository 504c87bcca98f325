// SPDX-License-Identifier: GPL-2.0-only
// Pages that a device has for itself for a while: what make_device_exclusive_range leaves in the
// tables, and who gets the page back, by a fault, at fork and when the range is zapped.

import test from 'ava';
import { objections, Steps, thread, work, workBeside, type Mending } from '../program.ts';

const EXCLUSIVE = `
//#if DEVICE_PRIVATE
import { make_device_exclusive_range } from '../../mm/rmap.ts';
//#endif
import { mmu_interval_notifier_insert, mmu_interval_notifier_remove } from '../../mm/mmu_notifier.ts';

class mirror {
  readonly notifier: mmu_interval_notifier = new mmu_interval_notifier(this);
  /** Invalidations to have it exclusive, by this owner and by others. */
  ours: int = 0;
  others: int = 0;
}
const the_mirror = per_machine(() => new mirror(), 'mirror');
const ops: mmu_interval_notifier_ops = {
  invalidate(sub: mmu_interval_notifier, range: mmu_notifier_range, seq: unsigned_long): boolean {
    const m = sub.owner as mirror;
    if (range.event === MMU_NOTIFY_EXCLUSIVE && range.owner === m)
      m.ours++;
    else
      m.others++;
    mmu_interval_set_seq(sub, seq);
    return true;
  },
};
export function open(mm: mm_struct, start: uaddr, npages: int): int {
  return mmu_interval_notifier_insert(the_mirror().notifier, mm, start, npages * PAGE_SIZE, ops);
}
export function close(): void { mmu_interval_notifier_remove(the_mirror().notifier); }
export function ours(): int { return the_mirror().ours; }
export function others(): int { return the_mirror().others; }

//#if DEVICE_PRIVATE
/** How many of the pages it has got; it lets go of lock and reference, as a driver does once it has mapped them. */
export function take(mm: mm_struct, start: uaddr, npages: int): int {
  const pages: (page | null)[] = Array.from({ length: npages }, (): page | null => null);
  let i: int, got: int = 0;

  mmap_read_lock(mm);
  const ret = make_device_exclusive_range(mm, start, start + npages * PAGE_SIZE, pages, the_mirror());
  for (i = 0; i < ret; i++) {
    if (!pages[i])
      continue;
    got++;
    unlock_page(pages[i]);
    put_page(pages[i]);
  }
  mmap_read_unlock(mm);
  return ret < 0 ? ret : got;
}
//#endif

/** 0 nothing, 1 present, 2 exclusive, 3 exclusive and writable; and the page's mapcount in the tens. */
export function entry(mm: mm_struct, addr: uaddr): int {
  const pte = Pte(pte_offset_map(pmd_off(mm, addr), addr));
  if (pte_none(pte))
    return 0;
  if (pte_present(pte))
    return 1 + 10 * page_mapcount(pte_page(pte));
  const swp = pte_to_swp_entry(pte);
  if (!is_device_exclusive_entry(swp))
    return -EINVAL;
  return (is_writable_device_exclusive_entry(swp) ? 3 : 2) + 10 * page_mapcount(pfn_swap_entry_to_page(swp));
}
`;
const mm = { mm: 'P' };
const child = { mm: 'C' };
const at = (page: number): { readonly page: number } => ({ page });
const open = (pages: number): Steps => new Steps(pages).map().call('open', [mm, at(0), pages], null);

test('the program is typed as the port is', (t) => { t.deepEqual(objections(EXCLUSIVE), []); });

test('the pages are faulted in to be written, and their entries become exclusive ones', (t) => {
  const steps = open(3).store(0, 17).call('take', [mm, at(0), 3]);
  steps.call('entry', [mm, at(0)], 'first').call('entry', [mm, at(1)], 'hole').call('ours', []).call('others', []);
  steps.call('close', []).end();
  const { results, findings } = work(EXCLUSIVE, steps);
  t.deepEqual(findings, []);
  t.like(results, { take: '3', first: '3', hole: '3', ours: '3', others: '0' });
});

test('a load takes the page back, and the device is told', (t) => {
  const steps = open(2).store(0, 17).call('take', [mm, at(0), 1]).load(0, 'load').call('entry', [mm, at(0)]);
  steps.call('others', []).store(0, 18, 'store').call('take', [mm, at(0), 1], 'again').store(0, 19, 'taken').load(0, 'reload').call('close', []).end();
  const { results, findings } = work(EXCLUSIVE, steps);
  t.deepEqual(findings, []);
  t.like(results, { take: '1', load: '17', entry: '11', others: '1', again: '1', taken: '0', reload: '19' });
});

test('fork makes the entry present again before it copies it, and a shared page is not had', (t) => {
  const steps = open(2).store(0, 17).call('take', [mm, at(0), 1]).do({ call: 'fork', child: 'C' }, 'fork');
  steps.call('entry', [mm, at(0)], 'parent').call('entry', [child, at(0)], 'child');
  steps.store(0, 18, 'store').load(0, 'theirs', 'C').load(0, 'own').call('close', []).end(['C']);
  const { results, findings } = work(EXCLUSIVE, steps);
  t.deepEqual(findings, []);
  t.like(results, { take: '1', fork: '0', parent: '21', child: '21', theirs: '17', own: '18' });
});

test('a range that is zapped, and one that may not be written', (t) => {
  const steps = open(2).store(0, 17).call('take', [mm, at(0), 1]).do({ call: 'dontneed', page: 0, pages: 1 }, 'zap');
  steps.call('entry', [mm, at(0)]).load(0, 'load').call('close', []).end();
  const zapped = work(EXCLUSIVE, steps);
  t.deepEqual(zapped.findings, []);
  t.like(zapped.results, { take: '1', zap: '0', entry: '0', load: '0' });

  const readOnly = new Steps(2).map(false).call('open', [mm, at(0), 2], null).call('take', [mm, at(0), 1]).call('close', []).end();
  const refused = work(EXCLUSIVE, readOnly);
  t.deepEqual(refused.findings, []);
  t.is(refused.results['take'], '-EFAULT');
});

const besideZap = (mendings: readonly Mending[] = []): ReturnType<typeof workBeside> => {
  const steps = new Steps(1).map().do({ call: 'clone', child: 'Q' }).store(0, 17).do({ drain: 'all' }).call('open', [mm, at(0), 1], null).call('take', [mm, at(0), 1], null);
  return workBeside(EXCLUSIVE, steps, [
    thread('P', 0, 'load', { load: 0 }), thread('Q', 1, 'zap', { call: 'dontneed', page: 0, pages: 1 }),
  ], new Steps(1).call('close', [], null).end(['Q']), mendings);
};
const OUTCOMES = ['P.load=0 Q.zap=0 page0=zero', 'P.load=17 Q.zap=0 page0=none'];

test('beside a zap the fault locks a page that nothing holds', (t) => {
  const { outcomes, findings, status } = besideZap();
  t.is(status, 'ran');
  // The zap frees it locked, and such a page the allocator gives to nobody. So it is in C until 6.3, whose
  // mender tells of the same warning (7c7b962938dd).
  t.deepEqual(findings, ['bad-page-state in bad_page', 'lost-page in __page_cache_release']);
  t.deepEqual(outcomes, OUTCOMES);
});

test('with a reference of its own, as since 6.3, the fault does no harm', (t) => {
  const file = 'mm/memory.ts';
  const { outcomes, findings, status } = besideZap([
    {
      file, was: '  if (!lock_page_or_retry(page, vma.vm_mm, vmf.flags))\n    return VM_FAULT_RETRY;\n  mmu_notifier_range_init_owner',
      is: '  if (!get_page_unless_zero(page))\n    return 0;\n  if (!lock_page_or_retry(page, vma.vm_mm, vmf.flags)) {\n    put_page(page);\n    return VM_FAULT_RETRY;\n  }\n  mmu_notifier_range_init_owner',
    },
    { file, was: '  unlock_page(page);\n\n  mmu_notifier_invalidate_range_end(range);\n', is: '  unlock_page(page);\n  put_page(page);\n\n  mmu_notifier_invalidate_range_end(range);\n' },
    { file, was: 'add_mm_counter, get_page,', is: 'add_mm_counter, get_page, get_page_unless_zero,' },
  ]);
  t.is(status, 'ran');
  t.deepEqual(findings, []);
  t.deepEqual(outcomes, OUTCOMES);
});
