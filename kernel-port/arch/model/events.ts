// SPDX-License-Identifier: GPL-2.0-only
// What is one event when several threads run, said apart from the code that does it: a thread stops
// before the first shared access of such a function, or where it blocks, and everything up to its
// return belongs to the same event. All other code stops before each access to a shared object.
//
// A function may stand here for one of two reasons. It is what one instruction of the machine does,
// or one operation that nobody can look into because of how it is made (a lock word under its own
// inner lock, a walk that an interrupt cannot divide). Or model-rules.md 3 names it among what may be
// atomic. Never together with anything else: a cell of a page table, PG_locked, _refcount, _mapcount,
// page->mapping, zone_device_data, the head of a driver's free list, a percpu_ref's mode, invalidate_seq.
//
// A function that can block does so before its first write. Nothing here is code; who compiles the
// port reads it, so what is named has to be exported. 'all' are all functions that a file exports.

export const ONE_EVENT: Readonly<Record<string, 'all' | readonly string[]>> = {
  // One locked instruction each, or one plain load or store of a counter.
  'include/linux/atomic.ts': 'all',
  // Likewise, on a flags word. __set_bit and __clear_bit are a read and a write, as in C.
  'include/linux/bitops.ts': [
    'set_bit', 'clear_bit', 'clear_bit_unlock', 'test_bit', 'test_and_set_bit', 'test_and_set_bit_lock',
    'test_and_clear_bit', 'clear_bit_unlock_is_negative_byte',
  ],

  // Locks: taking and letting go. Before a spinlock is waited for, preemption goes off (and interrupts
  // with it): an event of the CPU alone. A try waits for the CPU only.
  'include/linux/spinlock.ts': [
    'Take', 'Irqs_and_preempt_off', 'Irqs_and_preempt_on', 'spin_trylock', 'spin_unlock', 'spin_unlock_irq', 'spin_unlock_irqrestore',
    'spin_is_locked',
  ],
  'include/linux/bit_spinlock.ts': ['Take_bit', 'bit_spin_unlock'],
  'include/linux/mutex.ts': 'all',
  // The queue is under an inner lock of the semaphore; queueing and getting it are two events.
  'include/linux/rwsem.ts': [
    'Read_or_queue', 'Read_granted', 'Write_or_queue', 'Write_when_free', 'down_read_trylock', 'up_read',
    'down_write_trylock', 'up_write', 'downgrade_write', 'rwsem_is_locked',
  ],
  'include/linux/completion.ts': 'all',
  // A writer is alone under the lock that goes with the sequence, so its count is as good as one store.
  'include/linux/seqlock.ts': 'all',
  // Waits: nothing but the block.
  'include/linux/wait.ts': ['wait_event'],
  'include/linux/wait_bit.ts': ['wait_var_event'],
  'include/linux/sched.ts': ['io_schedule'],

  // The CPU's own words: no other CPU writes them, and a flag of the CPU is one instruction. They meet
  // only tasks of the same CPU (a worker), the beginning of a grace period and a flush.
  'arch/model/cpu.ts': 'all',
  'include/linux/irqflags.ts': 'all',
  'include/linux/preempt.ts': 'all',
  'include/linux/percpu.ts': ['this_cpu_add', 'this_cpu_sub', 'this_cpu_inc', 'this_cpu_dec', 'this_cpu_read'],

  // RCU: entering and leaving is the CPU's own doing; a grace period begins at one moment, and its
  // end is found by the readers that leave (in C by a scan of the CPUs, which can only be later).
  // synchronize_rcu and synchronize_srcu are two: the beginning, and the wait for the end.
  'arch/model/rcu.ts': 'all',
  'include/linux/rcupdate.ts': [
    'rcu_read_lock', 'rcu_read_unlock', 'rcu_read_lock_sched', 'rcu_read_unlock_sched', 'call_rcu', 'kfree_rcu',
  ],
  'include/linux/srcu.ts': ['srcu_read_lock', 'Srcu_leave', 'Srcu_begin', 'call_srcu'],
  // What a type-stable cache has back is under a lock of its own.
  'include/linux/slab.ts': ['kmem_cache_alloc', 'kmem_cache_free', 'Slab_free'],

  // One entry of a table: one load, one store or one locked exchange. pmd_populate and pmd_clear also
  // say in the table where it stands, which nobody but checkers reads.
  'arch/model/pgtable.ts': [
    'Pte', 'Pmd', 'ptep_get', 'ptep_get_lockless', 'set_pte', 'set_pte_at', 'pte_clear', 'ptep_get_and_clear',
    'ptep_get_and_clear_full', 'ptep_set_wrprotect', 'ptep_modify_prot_start', 'ptep_modify_prot_commit',
    'pmd_populate', 'pmd_clear', 'pte_cell_at', 'pmd_cell_at',
  ],
  'arch/model/pgtable-x86.ts': ['test_and_clear_accessed'],
  // A load or store of user mode: the comment at the function says why nobody can tell its parts apart.
  'arch/model/mmu.ts': ['hw_access', 'ptep_hw_access'],
  // What one TLB does; a flush of several is an interrupt, and an event, for each.
  'arch/model/tlb.ts': ['tlb_lookup', 'tlb_fill', 'tlb_drop', 'flush_tlb_func'],

  // The allocator's pop and push (model-rules.md, 3; C has its zone lock there), the look into the
  // memmap and one load or store of a content. A range comes and goes as a memory section does: whole.
  'arch/model/memory.ts': [
    'take_frame', 'return_frame', 'nr_free_frames', 'frame_content', 'set_frame_content', 'pfn_valid', 'pfn_to_page',
    'page_to_pfn', 'Memmap_at', 'add_pages_model', 'remove_pages_model',
  ],
  // Injected failures are counted by the machine, not by the kernel.
  'arch/model/fault_inject.ts': 'all',

  // Under a lock of their own (xa_lock), or under one that every caller holds: the subscriptions' lock
  // or an odd invalidate_seq for the one tree, the anon_vma's rwsem for the other.
  'include/linux/xarray.ts': 'all',
  'include/linux/interval_tree.ts': [
    'interval_tree_insert', 'interval_tree_remove', 'interval_tree_iter_first', 'interval_tree_iter_next',
  ],
  'mm/interval_tree.ts': [
    'anon_vma_interval_tree_insert', 'anon_vma_interval_tree_remove', 'anon_vma_interval_tree_iter_first',
    'anon_vma_interval_tree_iter_next',
  ],
  // Likewise: resource_lock, vmap_area_lock, the locks of character devices, a module's count.
  'kernel/resource.ts': ['region_intersects', 'request_free_mem_region', '__release_region'],
  'arch/model/kernel_memory.ts': ['Map_area', 'Unmap_area', 'Load_page', 'Store_page'],
  'fs/char_dev.ts': ['alloc_chrdev_region', 'unregister_chrdev_region', 'cdev_add', 'cdev_del'],
  'include/linux/module.ts': ['try_module_get', 'module_put'],
  // A program's own variables.
  'arch/model/user_words.ts': ['Load_word', 'Store_word'],
  // Under the lock of the worker pool.
  'include/linux/workqueue.ts': ['queue_work_on', 'Take_work'],

  // The queue of a page's waiters is a place in a table that C has from the start.
  'mm/filemap.ts': ['page_waitqueue'],
};

/**
 * Of what makes accesses here, that which makes none in C: the address of an entry, and the bits that
 * a pointer carries. What is made on the way is equal whoever makes it, so these commute with all and
 * need no event; treating them as events is sound and only costs.
 */
export const NO_ACCESS: Readonly<Record<string, readonly string[]>> = {
  'arch/model/pgtable.ts': ['pte_cell_at', 'pmd_cell_at', 'pmd_offset', 'pmd_next', 'pte_next', 'pte_prev'],
  'arch/model/memory.ts': ['page_to_pfn'],
  'arch/model/words.ts': ['Bits', 'With', 'Without', 'Tagged', 'Untagged', 'Unflagged'],
  'mm/filemap.ts': ['page_waitqueue'],
  'include/linux/xarray.ts': ['xa_tag_pointer', 'xa_untag_pointer', 'xa_pointer_tag', 'xa_is_err', 'xa_err'],
};

/**
 * Fields that are another's word: by class and name the object that has it ('' is the same one) and
 * the name there. They are accessors, which write that one word and nothing else, so an old value that
 * is stored back through them is all that was. A Ref made by FieldRef is `key` of its `of`.
 */
export const SAME_WORD: Readonly<Record<string, Readonly<Record<string, { readonly of: string; readonly word: string }>>>> = {
  page: {
    pgmap: { of: '', word: 'word0' }, zone_device_data: { of: '', word: 'word1' },
    arm0: { of: '', word: 'word0' }, arm1: { of: '', word: 'word1' },
  },
  page_lru: { next: { of: 'owner', word: 'word0' }, prev: { of: 'owner', word: 'word1' } },
};
