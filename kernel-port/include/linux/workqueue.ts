// SPDX-License-Identifier: GPL-2.0-only
// Work items. Queued work waits on the CPU it was queued for; who flushes it runs it there, as
// that CPU's worker, when nobody else has run it before (a schedule that always exists).

import { per_machine, run_on, this_machine } from '../../arch/model/machine.ts';
import { reduced } from '../../arch/model/marks.ts';
import { PF_KTHREAD, task_struct } from './sched.ts';
import type { int } from './types.ts';

export type work_func_t = (work: work_struct) => void;
export class work_struct {
  func: work_func_t | null = null;
  /** WORK_STRUCT_PENDING: queued and not yet started. */
  pending: boolean = false;
  cpu: int = 0;
  wq: workqueue_struct | null = null;
}
export interface workqueue_struct { readonly name: string; readonly works: work_struct[] }

const worker = (cpu: int): task_struct => Object.assign(new task_struct(`kworker/${cpu}`, 0), { flags: PF_KTHREAD });
const workers = per_machine(() => Array.from({ length: this_machine().nr_cpus }, (_, cpu) => worker(cpu)), 'kworkers');

/** The queue that mm/vmstat.c makes at boot for work that each CPU has to do. */
export const mm_percpu_wq = per_machine((): workqueue_struct => ({ name: 'mm_percpu_wq', works: [] }), 'mm_percpu_wq');

export function INIT_WORK(work: work_struct, func: work_func_t): void {
  work.func = func;
  work.pending = false;
}
/** Runs one item as the worker of its CPU. */
export function process_one_work(work: work_struct): void {
  work.pending = false;
  run_on(this_machine(), work.cpu, workers()[work.cpu], () => { work.func(work); });
}
export function queue_work_on(cpu: int, wq: workqueue_struct, work: work_struct): boolean {
  if (work.pending) return false;
  work.pending = true;
  work.cpu = cpu;
  work.wq = wq;
  wq.works.push(work);
  return true;
}
/** True when there was something to wait for. */
export function flush_work(work: work_struct): boolean {
  if (!work.pending) return false;
  reduced('the item runs where it is waited for; no worker thread of its own');
  const { works } = work.wq;
  const at = works.indexOf(work);
  if (at >= 0) works.splice(at, 1);
  process_one_work(work);
  return true;
}
