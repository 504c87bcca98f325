// SPDX-License-Identifier: GPL-2.0-only
// Runs the jobs of a review side by side, one a core; with one core, or one job, here and now.

import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { runJob, tally, type Job, type JobResult } from './job.ts';
import type { Progress } from './review.ts';

export interface PoolOptions {
  readonly threads: number;
  readonly onTick: (job: number, p: Pick<Progress, 'scenario' | 'done' | 'events' | 'findings'>) => void;
}

/** The results in the order of the jobs. `meanwhile` is done by this thread while the workers run. */
export async function runJobs<T>(jobs: readonly Job[], options: PoolOptions, meanwhile: () => Promise<T>): Promise<{ readonly results: readonly JobResult[]; readonly own: T }> {
  if (options.threads < 2) {
    const own = await meanwhile();
    const results: JobResult[] = [];
    for (const [n, job] of jobs.entries()) results.push(await runJob(job, tally((p) => options.onTick(n, p)), turn));
    return { results, own };
  }
  // This thread's own work is short beside theirs: it is soon one that waits.
  const workers = Math.min(options.threads, jobs.length);
  const pool = new Piscina({
    filename: new URL('./worker.js', import.meta.url).href, maxThreads: workers, minThreads: workers,
    resourceLimits: { maxOldGenerationSizeMb: 900 },
  });
  const running = jobs.map(async (job, n): Promise<JobResult> => {
    const { port1, port2 } = new MessageChannel();
    port1.on('message', (p: Progress) => options.onTick(n, p));
    port1.unref();
    const result: JobResult = await pool.run({ job, port: port2 }, { transferList: [port2] });
    port1.close();
    return result;
  });
  try {
    // Let the workers take their jobs before this thread is busy.
    await turn();
    const own = await meanwhile();
    return { results: await Promise.all(running), own };
  } finally {
    await Promise.allSettled(running);
    await pool.destroy();
  }
}

/** One turn of the event loop: signals and messages are heard. */
export function turn(): Promise<void> { return new Promise((go) => { setImmediate(go); }); }
