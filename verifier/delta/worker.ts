// SPDX-License-Identifier: GPL-2.0-only
// The worker's side of a job: run it, tell of progress now and then, give the result.

import type { MessagePort } from 'node:worker_threads';
import { tally, type Job, type JobResult } from './job.ts';
import type { Progress } from './running.ts';
import { runShare } from './share.ts';

/** Scenarios between two messages: a message costs more than a scenario of one page. */
const EVERY = 8;

export default async function work({ job, port }: { readonly job: Job; readonly port: MessagePort }): Promise<JobResult> {
  try {
    return await runShare(job, tally((sum) => {
      if (sum.done % EVERY !== 0) return;
      const told: Pick<Progress, 'scenario' | 'done' | 'events' | 'findings'> = sum;
      port.postMessage(told);
    }));
  } finally {
    port.close();
  }
}
