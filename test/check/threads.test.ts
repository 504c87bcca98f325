// SPDX-License-Identifier: GPL-2.0-only
// What needs a second thread to be broken: each by an order of calls in which it is, and one in which
// it is not.

import test from 'ava';
import { isObject } from '../../verifier/check/view.ts';
import { ruleNamed } from '../../verifier/check/rules.ts';
import { triesOf } from '../../verifier/check/tries.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { sidesOf } from '../../verifier/delta/target.ts';
import { findPatch } from '../../patches/index.ts';
import { port, programScenario, runOn, withProgram } from './pages.ts';
import { Beside, FIRST, twoTasks } from './threads.ts';

/** A thread that looks a page up and reads it later; a thread that takes the page away. */
const LOOK = `
import { __get_locked_pte } from '../../mm/memory.ts';
import { do_madvise } from '../../mm/madvise.ts';
import { page_remove_rmap } from '../../mm/rmap.ts';

/** Finds the page under the page-table lock; takes a reference if it is to be kept. */
export function look(mm: mm_struct, addr: uaddr, keeps: boolean): page {
  const ptl: Ref<spinlock_t> = { v: null };
  const ptep = __get_locked_pte(mm, addr, ptl);
  const pte = Pte(ptep);
  const found: page = pte_present(pte) ? pte_page(pte) : pfn_swap_entry_to_page(pte_to_swp_entry(pte));
  if (keeps)
    get_page(found);
  pte_unmap_unlock(ptep, ptl.v);
  return found;
}
export function reads(found: page): boolean { return found.zone_device_data === null; }
export function reads_pgmap(found: page): boolean { return found.pgmap.ops.migrate_to_ram !== null; }
export function reads_mapping(found: page): boolean { return found.mapping === null; }
export function puts(found: page): void { put_page(found); }
export function locks(found: page): void { lock_page(found); }
export function unlocks(found: page): void { unlock_page(found); }

export function zaps(mm: mm_struct, addr: uaddr): int { return do_madvise(mm, addr, PAGE_SIZE, MADV_DONTNEED); }

/** One half of a section, and the other: the mapping is counted off where the second half is told to. */
export function clears(mm: mm_struct, addr: uaddr): page {
  const ptl: Ref<spinlock_t> = { v: null };
  const ptep = __get_locked_pte(mm, addr, ptl);
  return pte_page(ptep_get_and_clear(mm, addr, ptep));
}
export function finishes(mm: mm_struct, addr: uaddr, cleared: page, counts: boolean): void {
  const pmd = pmd_offset(pud_offset(p4d_offset(pgd_offset(mm, addr), addr), addr), addr);
  if (counts)
    page_remove_rmap(cleared, false);
  spin_unlock(pte_lockptr(mm, pmd));
}
/** The page lock goes from the running thread to a waiter, as wake_page_function gives it. */
export function hands(found: page, waiter: task_struct): void {
  const queue = new wait_page_queue();
  queue.page = found;
  queue.wait.private = waiter;
  unlock_page(found);
  test_and_set_bit(PG_locked, found);
  queue.wait.flags = WQ_FLAG_WOKEN | WQ_FLAG_DONE;
}
/** A migration entry in the place of a present one. */
export function entry(mm: mm_struct, addr: uaddr): void {
  const ptl: Ref<spinlock_t> = { v: null };
  const ptep = __get_locked_pte(mm, addr, ptl);
  const found = pte_page(Pte(ptep));
  set_pte_at(mm, addr, ptep, swp_entry_to_pte(make_readable_migration_entry(page_to_pfn(found))));
  page_remove_rmap(found, false);
  pte_unmap_unlock(ptep, ptl.v);
}
`;
const LOOKING = withProgram(LOOK);

test('I10: a device page that was zapped meanwhile is its driver\'s', (t) => {
  const broken = new Beside(LOOKING, twoTasks('private'));
  const page = broken.page(broken.program('P', 'look', broken.mm('P'), FIRST, false));
  broken.program('Q', 'zaps', broken.mm('P'), FIRST);
  broken.program('P', 'reads', page);
  t.deepEqual(broken.said, ['use-after-free device page']);
  t.regex(broken.findings[0]?.message ?? '', /on the free list/);
  t.deepEqual(broken.findings[0]?.places.map((p) => `${p.label} ${p.thread}`), ['freed by Q']);

  const mended = new Beside(LOOKING, twoTasks('private'));
  const kept = mended.page(mended.program('P', 'look', mended.mm('P'), FIRST, true));
  mended.program('Q', 'zaps', mended.mm('P'), FIRST);
  mended.program('P', 'reads', kept);
  mended.program('P', 'puts', kept);
  mended.over('P');
  t.deepEqual(mended.said, []);
});

test('I10: its pgmap is read without anything that keeps it, freed or not', (t) => {
  const broken = new Beside(LOOKING, twoTasks('private'));
  broken.program('P', 'reads_pgmap', broken.program('P', 'look', broken.mm('P'), FIRST, false));
  t.deepEqual(broken.said, ['unprotected-read pgmap']);
  t.regex(broken.findings[0]?.message ?? '', /nothing that P holds keeps the pgmap.*held: nothing/);
});

test('I10: a page that was freed and given out again is another one', (t) => {
  const beside = new Beside(LOOKING, twoTasks('private'));
  const page = beside.page(beside.program('P', 'look', beside.mm('P'), FIRST, false));
  beside.program('Q', 'zaps', beside.mm('P'), FIRST);
  // A page of Q goes to the device, into the frame that was freed last.
  beside.run('Q', 'arch/model/syscalls.ts', 'sys_mmap', FIRST, 4096, 3, 0x22);
  beside.run('Q', 'arch/model/mmu.ts', 'user_store', FIRST, 5);
  beside.run('Q', 'drivers/model/device.ts', 'model_migrate_to_device', beside.device('private'), FIRST, FIRST + 4096);
  t.is(page._refcount.counter, 2, 'it is in use again');
  beside.program('P', 'reads', page);
  t.deepEqual(beside.said, ['use-after-free device page']);
  t.regex(beside.findings[0]?.message ?? '', /generation changed/);
});

test('I10: a system page that was freed by another thread, and by whom', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  const page = beside.program('P', 'look', beside.mm('P'), FIRST, false);
  beside.program('Q', 'zaps', beside.mm('P'), FIRST);
  beside.program('P', 'reads_mapping', page);
  t.deepEqual(beside.said, ['use-after-free movable page']);
  t.deepEqual(beside.findings[0]?.places.map((p) => `${p.label} ${p.thread}`), ['freed by Q']);
});

test('I10: a long-term pin that gives its pages back and then asks their pgmap (device-coherent/v2/3)', (t) => {
  const patch = findPatch('device-coherent/v2/3');
  const trees = patch === undefined ? null : sidesOf(patch, port);
  if (trees === null || !trees.ok || !trees.sides.applied.ok) return t.fail('v2/3 does not apply');
  const on = (tree: typeof port): string[] => {
    const { steps, ...scenario } = gupScenario(PLAIN);
    const pin = steps.findIndex((s) => s.name === 'pin');
    const beside = new Beside(tree, { ...scenario, steps: steps.slice(0, pin) });
    beside.world.concurrent = true;
    const step = steps[pin];
    if (step !== undefined) beside.step(step);
    return beside.findings.filter((f) => f.rule === 'unprotected-read').map((f) => `${f.site.function} ${f.object}`);
  };
  t.deepEqual(on(trees.sides.before), []);
  t.deepEqual([...new Set(on(trees.sides.applied.tree))], ['check_and_migrate_movable_pages pgmap', 'migrate_device_page pgmap']);
});

test('I6: a page lock is given back by who took it', (t) => {
  const order = (by: string): string[] => {
    const beside = new Beside(LOOKING, twoTasks());
    const page = beside.program('P', 'look', beside.mm('P'), FIRST, true);
    beside.program('P', 'locks', page);
    beside.over('Q');
    beside.program(by, 'unlocks', page);
    beside.program('P', 'puts', page);
    beside.over('P');
    return beside.said;
  };
  t.deepEqual(order('Q'), ['lock-misuse page lock']);
  t.deepEqual(order('P'), []);
});

test('I6: a page lock that is handed to a waiter is the waiter\'s', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  const page = beside.program('P', 'look', beside.mm('P'), FIRST, true);
  beside.program('P', 'locks', page);
  beside.program('P', 'hands', page, beside.task('Q'));
  beside.program('P', 'puts', page);
  beside.over('P');
  beside.program('Q', 'unlocks', page);
  beside.over('Q');
  t.deepEqual(beside.said, []);
});

test('I7: what a migration entry names is locked as long as it does', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  beside.program('P', 'entry', beside.mm('P'), FIRST);
  t.deepEqual(beside.said, ['bad-page-state migration entry']);
  t.regex(beside.findings[0]?.message ?? '', /which is not locked/);

  const early = new Beside(LOOKING, twoTasks());
  const page = early.program('P', 'look', early.mm('P'), FIRST, true);
  early.program('P', 'locks', page);
  early.program('P', 'entry', early.mm('P'), FIRST);
  t.deepEqual(early.said, []);
  early.program('P', 'unlocks', page);
  t.deepEqual(early.said, ['bad-page-state migration entry']);
  t.regex(early.findings[0]?.message ?? '', /is unlocked while 1 migration entry names it/);
});

test('I2: a section that is open belongs to its thread', (t) => {
  const order = (counts: boolean): Beside => {
    const beside = new Beside(LOOKING, twoTasks());
    const page = beside.program('P', 'clears', beside.mm('P'), FIRST);
    // Q goes through sections of its own meanwhile, and its step ends.
    beside.run('Q', 'arch/model/syscalls.ts', 'sys_mmap', FIRST, 4096, 3, 0x22);
    beside.run('Q', 'arch/model/mmu.ts', 'user_store', FIRST, 5);
    beside.over('Q');
    t.deepEqual(beside.said, []);
    beside.program('P', 'finishes', beside.mm('P'), FIRST, page, counts);
    return beside;
  };
  t.deepEqual(order(true).said, []);
  t.deepEqual(order(false).said, ['bad-page-state movable page']);
});

test('a thread that keeps a reference when its step ends has leaked it, whatever the others do', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  const page = beside.program('P', 'look', beside.mm('P'), FIRST, true);
  beside.program('Q', 'look', beside.mm('P'), FIRST, true);
  beside.program('Q', 'puts', page);
  beside.over('Q');
  t.deepEqual(beside.said, []);
  beside.over('P');
  t.deepEqual(beside.said, ['refcount-leak movable page']);
  t.is(beside.findings[0]?.site.function, 'look');
});

test('a deadlock names every thread, what it waits for and who holds it', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  const page = beside.page(beside.program('P', 'look', beside.mm('P'), FIRST, true));
  beside.program('P', 'locks', page);
  const [p, q] = [beside.task('P'), beside.task('Q')];
  beside.run('Q', 'include/linux/mmap_lock.ts', 'mmap_write_lock', beside.mm('P'));
  t.throws(() => beside.checker.locks.deadlock([
    { task: q, on: page, why: 'page bit', stack: [] },
    { task: p, on: beside.mm('P').mmap_lock, why: 'mmap_lock', stack: [{ file: 'mm/gup.ts', line: 1, function: 'f', text: 'mmap_read_lock(mm);', covers: true }] },
  ]));
  const [finding] = beside.findings;
  t.is(`${finding?.rule} ${finding?.object} ${finding?.site.function}`, 'deadlock mmap_lock, page bit f');
  t.regex(finding?.message ?? '', /^P waits for mmap_lock, held by Q; Q waits for the lock of movable page 0x\w+, held by P$/);
});

test('a waiter for a page that is free was not woken', (t) => {
  const beside = new Beside(LOOKING, twoTasks());
  const page = beside.page(beside.program('P', 'look', beside.mm('P'), FIRST, true));
  t.throws(() => beside.checker.locks.deadlock([{ task: beside.task('Q'), on: page, why: 'page bit', stack: [{ file: 'mm/gup.ts', line: 1, function: 'f', text: 'lock_page(page);', covers: true }] }]));
  t.deepEqual(beside.said, ['lost-wakeup page bit']);
});

test('a try is a call that cannot wait, whatever it is called', (t) => {
  const beside = new Beside(port, twoTasks());
  const tries = triesOf(beside.world.runtime);
  const kinds = ['spin_trylock', 'mutex_trylock', 'down_read_trylock', 'down_write_trylock', 'mmap_read_trylock', 'trylock_page', 'spin_lock', 'mutex_lock', 'lock_page', '__lock_page', 'lock_page_or_retry', 'mmap_read_lock', 'get_page']
    .map((f) => `${f} ${tries.of(f)}`);
  t.deepEqual(kinds, [
    'spin_trylock tries', 'mutex_trylock tries', 'down_read_trylock tries', 'down_write_trylock tries', 'mmap_read_trylock tries', 'trylock_page tries',
    'spin_lock waits', 'mutex_lock waits', 'lock_page waits', '__lock_page waits', 'lock_page_or_retry waits', 'mmap_read_lock waits', 'get_page neither',
  ]);
  t.true(tries.isTry('if (!trylock_page(page))'));
  t.false(tries.isTry('const trylocked = lock_page(page);'));
});

test('what a rule remembers is undone with the machine', (t) => {
  const beside = new Beside(LOOKING, twoTasks('private'));
  const { runtime } = beside.world;
  const told: string[] = [];
  beside.world.onFinding = (f) => { told.push(f.rule); };
  beside.world.concurrent = true;
  runtime.journal.start();
  const mark = runtime.journal.mark();
  const round = (): string => {
    const page = beside.page(beside.program('P', 'look', beside.mm('P'), FIRST, true));
    beside.program('P', 'locks', page);
    beside.program('Q', 'zaps', beside.mm('P'), FIRST);
    beside.program('P', 'unlocks', page);
    beside.over('Q');
    beside.over('P');
    const one = beside.findings.map((f) => `${f.rule} ${f.object} ${f.message}`).join('\n');
    return `${one} ${beside.checker.references.balanceOf(page, beside.task('P'))} ${beside.checker.locks.heldBy(beside.task('P')).join()} ${beside.checker.counts.rounds}`;
  };
  const first = round();
  t.regex(first, /refcount-leak/);
  runtime.journal.undo(mark);
  t.deepEqual(beside.said, []);
  t.is(round(), first);
  t.deepEqual(told, ['refcount-leak', 'refcount-leak']);
  runtime.journal.undo(mark);
  // Undone, all is as if the rounds had never been.
  const load = { by: 'P', cpu: 0, name: 'load', do: { load: 0 } } as const;
  const fresh = new Beside(LOOKING, twoTasks('private'));
  fresh.world.concurrent = true;
  fresh.step(load);
  beside.step(load);
  t.deepEqual(beside.findings.map((f) => f.message), fresh.findings.map((f) => f.message));
  runtime.journal.stop();
});

test('a thread that follows a node off its list ends the execution, and there is a place to point at', (t) => {
  const twice = `
export function program(_mm: mm_struct, _addr: uaddr): int {
  const head = LIST_HEAD<page>();
  const node = LIST_HEAD<page>();
  list_add(node, head);
  list_del(node);
  list_del(node);
  return 0;
}
`;
  const run = runOn(withProgram(twice), programScenario(ruleNamed('livelock'), { both: true }));
  t.deepEqual([...new Set(run.findings.map((f) => `${f.rule} ${f.site.function} ${f.site.text}`))], ['null-dereference program list_del(node);']);
});

test('the table of guards names fields that there are', async (t) => {
  const { GUARDS } = await import('../../verifier/check/guards.ts');
  const beside = new Beside(port, twoTasks('private'));
  const files: Readonly<Record<string, string>> = {
    mm_struct: 'include/linux/mm_types.ts', vm_area_struct: 'include/linux/mm_types.ts', anon_vma: 'include/linux/rmap.ts',
    mmu_notifier_subscriptions: 'mm/mmu_notifier.ts', model_device: 'drivers/model/device.ts', dmirror_device: 'lib/test_hmm.ts', rb_root: 'include/linux/rbtree.ts', lru_list_head: 'include/linux/mmzone.ts',
  };
  for (const g of GUARDS) {
    const of = beside.world.view.port.symbol(files[g.of] ?? '', g.of);
    const made: unknown = typeof of === 'function' ? Reflect.construct(of, []) : null;
    for (const field of g.fields) t.true(isObject(made) && field in made, `${g.of}.${field}`);
  }
});
