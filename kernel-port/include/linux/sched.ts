// SPDX-License-Identifier: GPL-2.0-only
import { block_until, current } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { task_rss_stat, type mm_struct } from './mm_types.ts';
import { WQ_FLAG_WOKEN, type wait_queue_entry } from './wait.ts';
import type { int, unsigned_int } from './types.ts';

export { current } from '../../arch/model/machine.ts';

/** The states a task sleeps in. */
export const TASK_RUNNING: unsigned_int = 0x0000;
export const TASK_INTERRUPTIBLE: unsigned_int = 0x0001;
export const TASK_UNINTERRUPTIBLE: unsigned_int = 0x0002;
export const TASK_WAKEKILL: unsigned_int = 0x0100;
export const TASK_KILLABLE: unsigned_int = TASK_WAKEKILL | TASK_UNINTERRUPTIBLE;
export const TASK_NORMAL: unsigned_int = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE;

/** PF_* of task->flags. */
export const PF_EXITING: unsigned_int = 0x00000004;
export const PF_MEMALLOC: unsigned_int = 0x00000800;
export const PF_MEMALLOC_NOFS: unsigned_int = 0x00040000;
export const PF_MEMALLOC_NOIO: unsigned_int = 0x00080000;
export const PF_KTHREAD: unsigned_int = 0x00200000;
export const PF_SWAPWRITE: unsigned_int = 0x00800000;
export const PF_MEMALLOC_PIN: unsigned_int = 0x10000000;

export class task_struct {
  mm: mm_struct | null = null;
  active_mm: mm_struct | null = null;
  flags: unsigned_int = 0;
  /** Whose rules it is run by; none but Linux' own. */
  personality: unsigned_int = 0;
  /** A fatal signal is pending: SIGKILL was sent. */
  sigkill: boolean = false;
  readonly rss_stat: task_rss_stat = new task_rss_stat();
  readonly pid: int;
  readonly comm: string;
  constructor(comm: string, pid: int) { this.comm = comm; this.pid = pid; }
}
export function fatal_signal_pending(p: task_struct): boolean { return p.sigkill; }
export function signal_pending(p: task_struct): boolean { return p.sigkill; }
/** Whether a task that sleeps in this state is woken by what is pending (sched/signal.h). */
export function signal_pending_state(state: unsigned_int, p: task_struct): boolean {
  if (!(state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)))
    return false;
  if (!signal_pending(p))
    return false;

  return (state & TASK_INTERRUPTIBLE) !== 0 || fatal_signal_pending(p);
}
/** False in the model, with one scenario where it is true once (model-rules.md, 2.14). */
export function need_resched(): boolean {
  reduced('nobody asks for the CPU');
  return false;
}
export function cond_resched(): int { return 0; }

/** The sleeper watches its own entry (io_schedule). */
export function wake_up_state(_p: object, _state: unsigned_int): void {}
/** set_current_state and schedule: off the CPU until the waker has marked the entry, or a signal. */
export function io_schedule(wait: wait_queue_entry, state: unsigned_int): void {
  const task = current();
  const interruptible = (state & (TASK_INTERRUPTIBLE | TASK_WAKEKILL)) !== 0;
  block_until(() => (wait.flags & WQ_FLAG_WOKEN) !== 0 || (interruptible && task.sigkill), wait, 'page bit');
}
