// SPDX-License-Identifier: GPL-2.0-only
// Work items. Queued work waits on the CPU it was queued for; who flushes it runs it there, as
// that CPU's worker, when nobody else has run it before (a schedule that always exists). Who flushes
// an item that runs already waits for its end.

import { block_until, per_machine, restore_context, switch_context, this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { PF_KTHREAD, task_struct } from './sched.ts';
import type { int } from './types.ts';

export type work_func_t = (work: work_struct) => void;
export class work_struct {
  func: work_func_t | null = null;
  /** WORK_STRUCT_PENDING: queued and not yet started. */
  pending: boolean = false;
  /** A worker is in func. */
  running: boolean = false;
  cpu: int = 0;
  wq: workqueue_struct | null = null;
}
export interface workqueue_struct { readonly name: string; works: readonly work_struct[] }

const worker = (cpu: int): task_struct => Object.assign(new task_struct(`kworker/${cpu}`, 0), { flags: PF_KTHREAD });
const workers = per_machine(() => Array.from({ length: this_machine().nr_cpus }, (_, cpu) => worker(cpu)), 'kworkers');

/** The queue that mm/vmstat.c makes at boot for work that each CPU has to do. */
export const mm_percpu_wq = per_machine((): workqueue_struct => ({ name: 'mm_percpu_wq', works: [] }), 'mm_percpu_wq');

export function INIT_WORK(work: work_struct, func: work_func_t): void {
  work.func = func;
  work.pending = false;
}
/** Runs one item, which was taken off its queue, as the worker of its CPU. */
export function process_one_work(work: work_struct): void {
  const was = switch_context(work.cpu, workers()[work.cpu]);
  work.func(work);
  restore_context(was);
  work.running = false;
}
export function queue_work_on(cpu: int, wq: workqueue_struct, work: work_struct): boolean {
  if (work.pending) return false;
  work.pending = true;
  work.cpu = cpu;
  work.wq = wq;
  wq.works = [...wq.works, work];
  return true;
}
/** One event, when nobody runs the item: takes it off its queue, to be run. False: somebody has done it. */
export function Take_work(work: work_struct): boolean {
  block_until(() => !work.running, work, 'work item');
  if (!work.pending) return false;
  work.wq.works = work.wq.works.filter((other) => other !== work);
  work.pending = false;
  work.running = true;
  return true;
}
/** True when there was something to wait for. */
export function flush_work(work: work_struct): boolean {
  if (!work.pending && !work.running) return false;
  reduced('the item runs where it is waited for; no worker thread of its own');
  if (Take_work(work)) process_one_work(work);
  return true;
}
