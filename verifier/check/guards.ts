// SPDX-License-Identifier: GPL-2.0-only
// Which lock guards which field, and where the kernel says so (v5.15). Only what is named here can be
// a data race (model-rules.md, 2.7); what the kernel reads without the lock on purpose stands in
// EXEMPT, by kind of access and with its reason.

import { classOf, isObject, type TaskObj } from './view.ts';

export interface Guard {
  readonly of: string;
  readonly fields: readonly string[];
  /** What C calls the field, where the struct of the port is but a part of C's. */
  readonly called?: string;
  /** What the object is embedded in: that is what is made, published and freed. */
  readonly within?: (o: Readonly<Record<string, unknown>>) => unknown;
  /** Reads are free; why is said where this stands. */
  readonly writes?: true;
  /** What reports call the lock. */
  readonly lock: string;
  /** The lock words, any of which orders two accesses if both hold it and one of them alone. Null: nobody else can reach the object. */
  readonly words: (o: Readonly<Record<string, unknown>>) => readonly object[] | null;
  readonly source: string;
}

const field = (o: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((at, k) => (isObject(at) ? at[k] : undefined), o);
const words = (...found: readonly unknown[]): readonly object[] => found.filter(isObject);

/** An mm without users is being taken down: nobody else can get at it (mm/mmap.c, exit_mmap). */
const mmapLock = (mm: unknown): readonly object[] | null => {
  const users = field(mm, 'mm_users', 'counter');
  return users === 0 ? null : words(field(mm, 'mmap_lock'));
};

export const GUARDS: readonly Guard[] = [
  {
    of: 'mm_struct', fields: ['mmap', 'map_count', 'total_vm', 'data_vm', 'exec_vm', 'stack_vm', 'def_flags'], lock: 'mmap_lock', words: mmapLock,
    source: 'include/linux/mm_types.h, mmap_lock; mm/mmap.c changes them with it held for writing',
  },
  {
    of: 'vm_area_struct', fields: ['vm_next', 'vm_prev'], lock: 'mmap_lock', words: (o) => (isObject(o['vm_mm']) ? mmapLock(o['vm_mm']) : null),
    source: 'include/linux/mm_types.h, "linked list of VM areas per task, sorted by address"; mm/mmap.c, __vma_link_list',
  },
  {
    of: 'vm_area_struct', fields: ['vm_start', 'vm_end', 'vm_pgoff'], lock: 'mmap_lock or anon_vma',
    words: (o) => {
      const lock = isObject(o['vm_mm']) ? mmapLock(o['vm_mm']) : null;
      return lock === null ? null : [...lock, ...words(field(o, 'anon_vma', 'root', 'rwsem'))];
    },
    source: 'mm/mmap.c, __vma_adjust: mmap_lock for writing, and anon_vma_lock_write where there is an anon_vma; the rmap walk has the latter alone',
  },
  {
    // Reads are free: under mmap_lock, however held, it changes once, from NULL, and whoever finds NULL asks again with the
    // lock (include/linux/rmap.h, anon_vma_prepare; mm/mmap.c, reusable_anon_vma reads it once for the same reason).
    of: 'vm_area_struct', fields: ['anon_vma'], lock: 'mmap_lock or page_table_lock', writes: true,
    words: (o) => {
      const lock = isObject(o['vm_mm']) ? mmapLock(o['vm_mm']) : null;
      return lock === null ? null : [...lock, ...words(field(o, 'vm_mm', 'page_table_lock'))];
    },
    source: 'include/linux/mm_types.h, anon_vma, "Serialized by page_table_lock"; mm/rmap.c, __anon_vma_prepare; all others have mmap_lock for writing',
  },
  {
    of: 'anon_vma', fields: ['degree'], lock: 'anon_vma', words: (o) => words(field(o, 'root', 'rwsem')),
    source: 'mm/rmap.c, anon_vma_clone and unlink_anon_vmas: under the lock of the root',
  },
  {
    of: 'rb_root', fields: ['nodes'], called: 'anon_vma.rb_root', lock: 'anon_vma', within: (o) => o['owner'],
    // Other trees have other locks.
    words: (o) => (classOf(o['owner']) === 'anon_vma' ? words(field(o, 'owner', 'root', 'rwsem')) : null),
    source: 'include/linux/rmap.h, struct anon_vma: rwsem, "W: modification, R: walking the list", and the note above rb_root',
  },
  {
    of: 'lru_list_head', fields: ['next', 'prev'], called: 'lruvec.lists', lock: 'lru_lock', words: (o) => words(field(o, 'lruvec', 'lru_lock')),
    source: 'include/linux/mm_types.h, page->lru: "protected by lruvec->lru_lock"',
  },
  {
    of: 'mmu_notifier_subscriptions', fields: ['invalidate_seq', 'active_invalidate_ranges'], lock: 'subscriptions', words: (o) => words(o['lock']),
    source: 'mm/mmu_notifier.c:78, "Operations on notifier_subscriptions->invalidate_seq (under spinlock)"',
  },
  {
    of: 'model_device', fields: ['free_pages', 'calloc', 'cfree', 'nr_callbacks'], lock: 'model_device', words: (o) => words(o['lock']),
    source: 'drivers/model/device.ts, "Protects the fields below"; as lib/test_hmm.c:96',
  },
  {
    of: 'dmirror_device', fields: ['free_pages', 'calloc', 'cfree'], lock: 'dmirror_device', words: (o) => words(o['lock']),
    source: 'lib/test_hmm.c:96, "protects the above"',
  },
  {
    of: 'dmirror_device', fields: ['devmem_capacity', 'devmem_count', 'devmem_chunks'], lock: 'devmem_lock', words: (o) => words(o['devmem_lock']),
    source: 'lib/test_hmm.c:91, "protects the above"',
  },
];

export interface Exemption { readonly kind: string; readonly functions: readonly string[]; readonly fields: readonly string[]; readonly write: boolean; readonly argument: string }

/** Accesses that are right without the lock, or with a share of it, and those that no finding is wanted of. */
export const EXEMPT: readonly Exemption[] = [
  {
    kind: 'READ_ONCE', functions: ['mmu_interval_read_begin', 'mmu_interval_notifier_remove'], fields: ['invalidate_seq'], write: false,
    argument: 'mm/mmu_notifier.c:249: the wait reads it with READ_ONCE and asks again; until 5.15.36 remove waits likewise',
  },
  {
    kind: 'debug', functions: ['unlink_anon_vmas'], fields: ['degree'], write: false,
    argument: 'mm/rmap.c, VM_WARN_ON(anon_vma->degree): the tree is empty, nobody can find the anon_vma any more',
  },
  {
    kind: 'detached', functions: ['unlink_anon_vmas'], fields: ['anon_vma'], write: true,
    argument: 'mm/mmap.c, __do_munmap: the vmas were taken off with mmap_lock held for writing before it is downgraded',
  },
  {
    kind: 'unload', functions: ['dmirror_device_remove'], fields: ['devmem_count', 'devmem_chunks'], write: false,
    argument: 'lib/test_hmm.c, dmirror_device_remove: no file of the module is open, so no ioctl runs; a fault on a page that is left takes no chunk',
  },
];

/** A lock that a task holds: with others, or alone. */
export interface Hold { readonly lock: object; readonly alone: boolean }

/** Those of the locks that the task holds. */
export function holdsOf(locks: readonly object[], task: TaskObj): readonly Hold[] {
  const out: Hold[] = [];
  for (const lock of locks) {
    if (Reflect.get(lock, 'holder') === task || Reflect.get(lock, 'writer') === task) { out.push({ lock, alone: true }); continue; }
    const readers: unknown = Reflect.get(lock, 'readers');
    if (Array.isArray(readers) && readers.includes(task)) out.push({ lock, alone: false });
  }
  return out;
}

/** Two accesses that held a field's locks so cannot have met. */
export function excludes(a: readonly Hold[], b: readonly Hold[]): boolean {
  return a.some((h) => b.some((g) => g.lock === h.lock && (h.alone || g.alone)));
}
