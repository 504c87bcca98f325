// SPDX-License-Identifier: GPL-2.0-only
// The system calls that user steps are made of, from the entry on: each takes and drops the
// locks that the real one does. They run as the current task.

import { EINVAL } from '../../include/linux/errno.ts';
import { ERR_PTR, type ErrPtr } from '../../include/linux/err.ts';
import { untagged_addr } from '../../include/linux/mm.ts';
import { task_struct } from '../../include/linux/sched.ts';
import { mmdrop } from '../../include/linux/sched/mm.ts';
import { exit_mm } from '../../kernel/exit.ts';
import { CLONE_VM, copy_mm } from '../../kernel/fork.ts';
import { do_madvise } from '../../mm/madvise.ts';
import { __vm_munmap, ksys_mmap_pgoff } from '../../mm/mmap.ts';
import { do_mprotect_pkey } from '../../mm/mprotect.ts';
import { mremap } from '../../mm/mremap.ts';
import type { int, size_t, uaddr, unsigned_long } from '../../include/linux/types.ts';
import { current } from './machine.ts';

/** The address of the mapping, or an errno (IS_ERR_VALUE). Only anonymous memory, at the address given. */
export function sys_mmap(addr: uaddr, len: size_t, prot: unsigned_long, flags: unsigned_long): number {
  return ksys_mmap_pgoff(addr, len, prot, flags, 0, 0);
}

export function sys_munmap(addr: uaddr, len: size_t): int {
  addr = untagged_addr(addr);
  return __vm_munmap(addr, len, true);
}

export function sys_madvise(start: uaddr, len: size_t, advice: int): int {
  return do_madvise(current().mm, start, len, advice);
}

export function sys_mprotect(start: uaddr, len: size_t, prot: unsigned_long): int {
  return do_mprotect_pkey(start, len, prot, -1);
}

/** The address of the mapping, or an errno (IS_ERR_VALUE). */
export function sys_mremap(addr: uaddr, old_len: size_t, new_len: size_t, flags: unsigned_long, new_addr: uaddr): number {
  return mremap(addr, old_len, new_len, flags, new_addr);
}

/** fork: the child, which nobody runs yet, or an errno. */
export function sys_fork(comm: string, pid: int): task_struct | ErrPtr {
  const child = new task_struct(comm, pid);
  child.flags = current().flags;
  const retval = copy_mm(0, child);
  return retval ? ERR_PTR(retval) : child;
}

/** clone with CLONE_VM: another thread of the same process. */
export function sys_clone(comm: string, pid: int): task_struct | ErrPtr {
  const child = new task_struct(comm, pid);
  child.flags = current().flags;
  const retval = copy_mm(CLONE_VM, child);
  return retval ? ERR_PTR(retval) : child;
}

/** exit_mm, and the switch to the next task, which drops what the CPU kept of the mm. */
export function sys_exit_mm(): int {
  if (!current().mm) return -EINVAL;
  exit_mm();
  const mm = current().active_mm;
  current().active_mm = null;
  mmdrop(mm);
  return 0;
}
