// SPDX-License-Identifier: GPL-2.0-only
// The rows of the table of guards that no explain page is about: each by a program of two threads that
// breaks it, and by the same one mended. And what the table leaves out on purpose.

import test from 'ava';
import { EXEMPT, GUARDS } from '../../verifier/check/guards.ts';
import { withProgram } from './pages.ts';
import { Beside, FIRST, twoTasks } from './threads.ts';

const PROGRAM = `
import { anon_vma_interval_tree_insert, anon_vma_interval_tree_iter_first, anon_vma_interval_tree_remove } from '../../mm/interval_tree.ts';
import { __get_locked_pte } from '../../mm/memory.ts';
import { dmirror_devices } from '../../lib/test_hmm.ts';
import { lock_page_lruvec_irq, unlock_page_lruvec_irq } from '../../include/linux/memcontrol.ts';
import { add_page_to_lru_list, del_page_from_lru_list } from '../../include/linux/mm_inline.ts';

export function walks(mm: mm_struct, addr: uaddr, locks: boolean): void {
  mmap_read_lock(mm);
  const { anon_vma } = vma_lookup(mm, addr);
  if (locks)
    anon_vma_lock_read(anon_vma);
  anon_vma_interval_tree_iter_first(anon_vma.rb_root, 0, 0xfffff);
  if (locks)
    anon_vma_unlock_read(anon_vma);
  mmap_read_unlock(mm);
}
export function relinks(mm: mm_struct, addr: uaddr, alone: boolean): void {
  mmap_read_lock(mm);
  const { anon_vma } = vma_lookup(mm, addr);
  const avc = list_for_each_entry(vma_lookup(mm, addr).anon_vma_chain);
  if (alone)
    anon_vma_lock_write(anon_vma);
  else
    anon_vma_lock_read(anon_vma);
  anon_vma_interval_tree_remove(avc, anon_vma.rb_root);
  anon_vma_interval_tree_insert(avc, anon_vma.rb_root);
  if (alone)
    anon_vma_unlock_write(anon_vma);
  else
    anon_vma_unlock_read(anon_vma);
  mmap_read_unlock(mm);
}

/** As a fault does it, with or without what keeps another fault out. */
export function names(mm: mm_struct, addr: uaddr, locks: boolean): void {
  mmap_read_lock(mm);
  const vma = vma_lookup(mm, addr);
  if (locks)
    spin_lock(mm.page_table_lock);
  vma.anon_vma = vma.anon_vma;
  if (locks)
    spin_unlock(mm.page_table_lock);
  mmap_read_unlock(mm);
}
/** As a fork or a split does it. */
export function names_alone(mm: mm_struct, addr: uaddr): void {
  mmap_write_lock(mm);
  const vma = vma_lookup(mm, addr);
  vma.anon_vma = vma.anon_vma;
  mmap_write_unlock(mm);
}
export function asks(mm: mm_struct, addr: uaddr): boolean {
  mmap_read_lock(mm);
  const there = vma_lookup(mm, addr).anon_vma !== null;
  mmap_read_unlock(mm);
  return there;
}

export function takes_free(_mm: mm_struct, _addr: uaddr, locks: boolean): void {
  const device = dmirror_devices()[0];
  if (locks)
    spin_lock(device.lock);
  device.free_pages = device.free_pages;
  if (locks)
    spin_unlock(device.lock);
}
export function adds_chunk(_mm: mm_struct, _addr: uaddr, locks: boolean): void {
  const device = dmirror_devices()[0];
  if (locks)
    mutex_lock(device.devmem_lock);
  device.devmem_count = device.devmem_count;
  if (locks)
    mutex_unlock(device.devmem_lock);
}

export function page_at(mm: mm_struct, addr: uaddr): page {
  const ptl: Ref<spinlock_t> = { v: null };
  const ptep = __get_locked_pte(mm, addr, ptl);
  const found = pte_page(Pte(ptep));
  get_page(found);
  pte_unmap_unlock(ptep, ptl.v);
  return found;
}
export function rotates(page: page, locks: boolean): void {
  const lruvec = locks ? lock_page_lruvec_irq(page) : page_pgdat(page).__lruvec;
  del_page_from_lru_list(page, lruvec);
  add_page_to_lru_list(page, lruvec);
  if (locks)
    unlock_page_lruvec_irq(lruvec);
}
`;
const TREE = withProgram(PROGRAM);

/** What P does first, then Q, on the memory of P: the races that are found. */
type Part = readonly [name: string, ...args: readonly unknown[]];
function raced(p: Part, q: Part): string[] {
  const beside = new Beside(TREE, twoTasks());
  for (const [comm, [name, ...args]] of [['P', p], ['Q', q]] as const) beside.program(comm, name, beside.mm('P'), FIRST, ...args);
  return beside.said;
}

test('the tree of an anon_vma is walked under its lock', (t) => {
  t.deepEqual(raced(['relinks', true], ['walks', false]), ['data-race anon_vma.rb_root']);
  t.deepEqual(raced(['walks', false], ['relinks', true]), ['data-race anon_vma.rb_root']);
  t.deepEqual(raced(['relinks', true], ['walks', true]), []);
});

test('the tree of an anon_vma is changed by who has its lock alone', (t) => {
  t.deepEqual([...new Set(raced(['relinks', false], ['walks', true]))], ['data-race anon_vma.rb_root']);
  t.deepEqual(raced(['relinks', true], ['relinks', true]), []);
  t.deepEqual(raced(['walks', true], ['walks', false]), [], 'readers alone');
});

test('vma->anon_vma is set under page_table_lock, or by who has mmap_lock alone', (t) => {
  t.deepEqual(raced(['names', true], ['names', false]), ['data-race vm_area_struct.anon_vma']);
  t.deepEqual(raced(['names', true], ['names', true]), []);
  t.deepEqual(raced(['names', false], ['names_alone']), []);
});

test('vma->anon_vma is read by who has mmap_lock, whoever sets it', (t) => {
  t.deepEqual(raced(['names', true], ['asks']), []);
});

test('an LRU list is under lru_lock', (t) => {
  const order = (p: boolean, q: boolean): string[] => {
    const beside = new Beside(TREE, twoTasks());
    const page = beside.page(beside.program('P', 'page_at', beside.mm('P'), FIRST));
    const other = beside.page(beside.program('Q', 'page_at', beside.mm('P'), FIRST));
    beside.program('P', 'rotates', page, p);
    beside.program('Q', 'rotates', other, q);
    return beside.said;
  };
  t.deepEqual([...new Set(order(true, false))], ['data-race lruvec.lists']);
  t.deepEqual(order(true, true), []);
});

test('what a device of the test driver has free is under its lock, its chunks under another', (t) => {
  for (const [name, field] of [['takes_free', 'free_pages'], ['adds_chunk', 'devmem_count']] as const) {
    t.deepEqual([...new Set(raced([name, true], [name, false]))], [`data-race dmirror_device.${field}`]);
    t.deepEqual(raced([name, true], [name, true]), []);
  }
});

test('what is exempt is a field of the table, and says why', (t) => {
  const guarded = new Set(GUARDS.flatMap((g) => g.fields));
  for (const e of EXEMPT) {
    for (const field of e.fields) t.true(guarded.has(field), field);
    t.regex(e.argument, /^(mm|lib)\/\w+\.c/);
  }
  for (const g of GUARDS) t.regex(g.source, /^(include\/linux|mm|lib|drivers\/model)\/\w+\.(h|c|ts)/);
});
