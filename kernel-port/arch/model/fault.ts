// SPDX-License-Identifier: GPL-2.0-only
// Follows arch/x86/mm/fault.c for faults on user addresses, of user mode and of the kernel's copies: finds the vma, checks
// the access, lets handle_mm_fault work and retries it, and turns what is left into a signal.
// Kernel addresses, vsyscall, protection keys, SGX and errata are left out.

import { BUG } from '../../include/linux/bug.ts';
import {
  FAULT_FLAG_ALLOW_RETRY, FAULT_FLAG_DEFAULT, FAULT_FLAG_INSTRUCTION, FAULT_FLAG_TRIED, FAULT_FLAG_USER,
  FAULT_FLAG_WRITE, VM_GROWSDOWN, VM_WRITE, vma_is_accessible,
} from '../../include/linux/mm.ts';
import { mmap_read_lock, mmap_read_trylock, mmap_read_unlock } from '../../include/linux/mmap_lock.ts';
import {
  VM_FAULT_ERROR, VM_FAULT_HWPOISON, VM_FAULT_HWPOISON_LARGE, VM_FAULT_OOM, VM_FAULT_RETRY, VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV, type mm_struct, type vm_area_struct,
} from '../../include/linux/mm_types.ts';
import { fatal_signal_pending, signal_pending } from '../../include/linux/sched.ts';
import type { fault_flags, int, uaddr, unsigned_long, vm_fault_t } from '../../include/linux/types.ts';
import { handle_mm_fault } from '../../mm/memory.ts';
import { find_vma } from '../../mm/mmap.ts';
import { pagefault_out_of_memory } from '../../mm/oom_kill.ts';
import { current } from './machine.ts';
import { unreachable } from './marks.ts';

export const X86_PF_PROT: unsigned_long = 1 << 0;
export const X86_PF_WRITE: unsigned_long = 1 << 1;
export const X86_PF_USER: unsigned_long = 1 << 2;
export const X86_PF_INSTR: unsigned_long = 1 << 4;

export type forced_signal = 'SIGSEGV' | 'SIGBUS';

/** What the exception found, and the signal that it leaves for the way back; a copy of the kernel's ends by the same word. */
export class pt_regs {
  signal: forced_signal | null = null;
  readonly user: boolean;
  constructor(user: boolean = true) { this.user = user; }
}
function user_mode(regs: pt_regs): boolean { return regs.user; }
/** The kernel touches user memory in its copies alone, and each has an entry there. */
function search_exception_tables(_regs: pt_regs): boolean { return true; }
function force_sig_fault(regs: pt_regs, sig: forced_signal): void { regs.signal = sig; }

/** sched/signal.h: the fault handler has dropped mmap_lock and a signal wants the task back. */
export function fault_signal_pending(fault_flags: vm_fault_t, regs: pt_regs): boolean {
  return (fault_flags & VM_FAULT_RETRY) !== 0 &&
    (fatal_signal_pending(current()) ||
     (user_mode(regs) && signal_pending(current())));
}

function bad_area_nosemaphore(regs: pt_regs, _error_code: unsigned_long, _address: uaddr): void {
  force_sig_fault(regs, 'SIGSEGV');
}

/** @locks releases mmap_lock(read) */
function __bad_area(regs: pt_regs, error_code: unsigned_long, address: uaddr): void {
  const mm: mm_struct = current().mm;
  mmap_read_unlock(mm);

  bad_area_nosemaphore(regs, error_code, address);
}

/** @locks releases mmap_lock(read) */
function bad_area(regs: pt_regs, error_code: unsigned_long, address: uaddr): void {
  __bad_area(regs, error_code, address);
}

/** @locks releases mmap_lock(read) */
function bad_area_access_error(regs: pt_regs, error_code: unsigned_long,
  address: uaddr, _vma: vm_area_struct): void {
  __bad_area(regs, error_code, address);
}

function do_sigbus(regs: pt_regs, _error_code: unsigned_long, _address: uaddr,
  _fault: vm_fault_t): void {
  force_sig_fault(regs, 'SIGBUS');
}

function access_error(error_code: unsigned_long, vma: vm_area_struct): int {
  if (error_code & X86_PF_WRITE) {
    if (!(vma.vm_flags & VM_WRITE))
      return 1;
    return 0;
  }

  // A read of what is present and still refused.
  if (error_code & X86_PF_PROT)
    return 1;

  if (!vma_is_accessible(vma))
    return 1;

  return 0;
}

/** @locks takes and releases mmap_lock(read) */
export function do_user_addr_fault(regs: pt_regs,
  error_code: unsigned_long,
  address: uaddr): void {
  let vma: vm_area_struct | null;
  let mm: mm_struct | null;
  let fault: vm_fault_t;
  let flags: fault_flags = FAULT_FLAG_DEFAULT;

  const tsk = current();
  mm = tsk.mm;

  if (!mm) {
    bad_area_nosemaphore(regs, error_code, address);
    return;
  }

  if (user_mode(regs)) {
    flags |= FAULT_FLAG_USER;
  }

  if (error_code & X86_PF_WRITE)
    flags |= FAULT_FLAG_WRITE;
  if (error_code & X86_PF_INSTR)
    flags |= FAULT_FLAG_INSTRUCTION;

  if (!mmap_read_trylock(mm)) {
    if (!user_mode(regs) && !search_exception_tables(regs)) {
      bad_area_nosemaphore(regs, error_code, address);
      return;
    }
    mmap_read_lock(mm);
  }

  // C's retry label is at the lock above; here the lock is taken again where C jumps.
  retry: for (;;) {
    good_area: {
      vma = find_vma(mm, address);
      if (!vma) {
        bad_area(regs, error_code, address);
        return;
      }
      if (vma.vm_start <= address)
        break good_area;
      if (!(vma.vm_flags & VM_GROWSDOWN)) {
        bad_area(regs, error_code, address);
        return;
      }
      unreachable('expand_stack: no vma grows down');
    }

    if (access_error(error_code, vma)) {
      bad_area_access_error(regs, error_code, address, vma);
      return;
    }

    fault = handle_mm_fault(vma, address, flags, regs);

    if (fault_signal_pending(fault, regs)) {
      if (!user_mode(regs))
        bad_area_nosemaphore(regs, error_code, address);
      return;
    }

    // The handler has dropped the lock; once only, then it waits where it stands.
    if ((fault & VM_FAULT_RETRY) &&
        (flags & FAULT_FLAG_ALLOW_RETRY)) {
      flags |= FAULT_FLAG_TRIED;
      mmap_read_lock(mm);
      continue retry;
    }
    break;
  }

  mmap_read_unlock(mm);
  if (!(fault & VM_FAULT_ERROR))
    return;

  if (fatal_signal_pending(current()) && !user_mode(regs)) {
    bad_area_nosemaphore(regs, error_code, address);
    return;
  }

  if (fault & VM_FAULT_OOM) {
    if (!user_mode(regs)) {
      bad_area_nosemaphore(regs, error_code, address);
      return;
    }
    pagefault_out_of_memory();
  } else {
    if (fault & (VM_FAULT_SIGBUS | VM_FAULT_HWPOISON |
                 VM_FAULT_HWPOISON_LARGE))
      do_sigbus(regs, error_code, address, fault);
    else if (fault & VM_FAULT_SIGSEGV)
      bad_area_nosemaphore(regs, error_code, address);
    else
      BUG();
  }
}

/** The exception itself; the signal stands in regs afterwards. */
export function exc_page_fault(regs: pt_regs, error_code: unsigned_long, address: uaddr): void {
  do_user_addr_fault(regs, error_code, address);
}
