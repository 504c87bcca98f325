// SPDX-License-Identifier: GPL-2.0-only
import { notModelled } from '../../arch/model/marks.ts';
import { this_machine } from '../../arch/model/machine.ts';

// Observers: with DEBUG_VM they tell, without it they are gone; in both the run follows the
// DEBUG_VM=n path (model-rules.md, 2.8).
export function dump_page(_page: object, _reason: string): void { notModelled('the kernel log'); }
/** DEBUG_VM_PGFLAGS=n */
export function VM_BUG_ON_PGFLAGS(_cond: unknown, _page: object): void {}
//#if DEBUG_VM
export function VM_BUG_ON(cond: unknown): void { if (cond) this_machine().on_trap('VM_BUG_ON', ''); }
export function VM_BUG_ON_PAGE(cond: unknown, _page: object): void { if (cond) this_machine().on_trap('VM_BUG_ON', ''); }
export function VM_BUG_ON_VMA(cond: unknown, _vma: object): void { if (cond) this_machine().on_trap('VM_BUG_ON', ''); }
export function VM_BUG_ON_MM(cond: unknown, _mm: object): void { if (cond) this_machine().on_trap('VM_BUG_ON', ''); }
export function VM_WARN_ON(cond: unknown): boolean { if (cond) this_machine().on_trap('VM_WARN_ON', ''); return false; }
export function VM_WARN_ON_ONCE(cond: unknown): boolean { return VM_WARN_ON(cond); }
export function VM_WARN_ON_ONCE_PAGE(cond: unknown, _page: object): boolean { return VM_WARN_ON(cond); }
//#else
export function VM_BUG_ON(_cond: unknown): void {}
export function VM_BUG_ON_PAGE(_cond: unknown, _page: object): void {}
export function VM_BUG_ON_VMA(_cond: unknown, _vma: object): void {}
export function VM_BUG_ON_MM(_cond: unknown, _mm: object): void {}
export function VM_WARN_ON(_cond: unknown): boolean { return false; }
export function VM_WARN_ON_ONCE(_cond: unknown): boolean { return false; }
export function VM_WARN_ON_ONCE_PAGE(_cond: unknown, _page: object): boolean { return false; }
//#endif
