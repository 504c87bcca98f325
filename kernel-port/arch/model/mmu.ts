// SPDX-License-Identifier: GPL-2.0-only
// One load or store of the running task, as the hardware does it: through this CPU's TLB, else by
// walking the page tables without a lock; accessed and dirty are set by the walk. What is missing
// or not allowed is a page fault, after which the instruction starts again.

import type { mm_struct } from '../../include/linux/mm_types.ts';
import type { pte_t, uaddr, unsigned_long } from '../../include/linux/types.ts';
import { exc_page_fault, pt_regs, X86_PF_PROT, X86_PF_USER, X86_PF_WRITE } from './fault.ts';
import { current, this_machine } from './machine.ts';
import { frame_content, pfn_to_page, set_frame_content } from './memory.ts';
import {
  _PAGE_ACCESSED, _PAGE_DIRTY, _PAGE_PRESENT, pmd_offset, p4d_offset, pgd_offset, pte_access_permitted, pte_dirty,
  pte_cell_at, pte_index, pte_pfn, pud_offset, TASK_SIZE, type pte_cell,
} from './pgtable.ts';
import { tlb_drop, tlb_fill, tlb_lookup } from './tlb.ts';

export type access_result =
  | { readonly kind: 'ok'; readonly value: number }
  | { readonly kind: 'signal'; readonly signal: 'SIGSEGV' | 'SIGBUS' | 'SIGKILL' };

/** One locked cycle on the entry: checks it and sets accessed, for a store also dirty. Gives what it then is. */
export function ptep_hw_access(ptep: pte_cell, write: boolean): pte_t {
  const pte = ptep.pte;
  if (!pte_access_permitted(pte, write)) return pte;
  const set = (pte | _PAGE_ACCESSED | (write ? _PAGE_DIRTY : 0)) >>> 0;
  if (set !== pte) ptep.pte = set;
  return set;
}

/** The hardware's walk: the entry's value after the access was marked in it, 0 where there is no table. */
function walk_tables(mm: mm_struct, va: uaddr, write: boolean): pte_t {
  const pud = pud_offset(p4d_offset(pgd_offset(mm, va), va), va);
  const table = pmd_offset(pud, va).pmd;
  if (table === null) return 0;
  return ptep_hw_access(pte_cell_at(table, pte_index(va)), write);
}

/** A translation that allows the access, or what the fault is about. */
function translate(mm: mm_struct, va: uaddr, write: boolean): { readonly pte: pte_t; readonly allowed: boolean } {
  const entry = tlb_lookup(mm, va);
  // A store through an entry that is clean has to set dirty in the table first: it walks again.
  if (entry !== null && pte_access_permitted(entry.pte, write) && (!write || pte_dirty(entry.pte)))
    return { pte: entry.pte, allowed: true };
  // What the TLB does not allow is a fault at once, whatever the table says by now.
  if (entry !== null && !pte_access_permitted(entry.pte, write))
    return { pte: entry.pte, allowed: false };
  const pte = walk_tables(mm, va, write);
  const allowed = pte_access_permitted(pte, write);
  if (allowed) tlb_fill(mm, va, pte);
  return { pte, allowed };
}

/** What one try came to: the access has been made, or the entry that did not allow it. */
type attempt = { readonly kind: 'done'; readonly value: number } | { readonly kind: 'fault'; readonly pte: pte_t };

/**
 * One try of the instruction, and one event: translation, accessed and dirty, content. Nobody can
 * tell the parts apart. The content is behind a translation that this CPU holds, and no frame goes
 * back, is copied or is given out again before a flush has been here; the flush is an interrupt,
 * which is not taken in the middle of an instruction. What else could be seen of the walk is the one
 * locked cycle on the entry. A fault forgets the translation it was about.
 */
export function hw_access(mm: mm_struct, va: uaddr, write: boolean, value: number): attempt {
  const { pte, allowed } = translate(mm, va, write);
  if (!allowed) {
    tlb_drop(mm, va);
    return { kind: 'fault', pte };
  }
  const page = pfn_to_page(pte_pfn(pte));
  if (write) set_frame_content(page, value);
  const held = write ? value : frame_content(page);
  this_machine().on_access(mm, va, write, held);
  return { kind: 'done', value: held };
}

function access(va: uaddr, write: boolean, value: number, user: boolean = true): access_result {
  const task = current();
  for (;;) {
    if (va >= TASK_SIZE || task.mm === null) return { kind: 'signal', signal: 'SIGSEGV' };
    const tried = hw_access(task.mm, va, write, value);
    if (tried.kind === 'done') return { kind: 'ok', value: tried.value };

    const regs = new pt_regs(user);
    exc_page_fault(regs, error_code(tried.pte, write, user), va);
    if (task.sigkill) return { kind: 'signal', signal: 'SIGKILL' };
    if (regs.signal !== null) return { kind: 'signal', signal: regs.signal };
  }
}

function error_code(pte: pte_t, write: boolean, user: boolean): unsigned_long {
  return (user ? X86_PF_USER : 0) | (write ? X86_PF_WRITE : 0) | (pte & _PAGE_PRESENT ? X86_PF_PROT : 0);
}

export function user_load(va: uaddr): access_result { return access(va, false, 0); }
export function user_store(va: uaddr, value: number): access_result { return access(va, true, value); }
/** One page of copy_from_user or copy_to_user: a fault that cannot be served ends the copy. */
export function kernel_user_access(va: uaddr, write: boolean, value: number): access_result { return access(va, write, value, false); }
