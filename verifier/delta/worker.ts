// SPDX-License-Identifier: GPL-2.0-only
// The worker's side of a job: run it, tell of progress now and then, give the result.

import type { MessagePort } from 'node:worker_threads';
import { runJob, type Job, type JobResult } from './job.ts';
import type { Progress } from './review.ts';

/** Scenarios between two messages: a message costs more than a scenario of one page. */
const EVERY = 8;

export default async function work({ job, port }: { readonly job: Job; readonly port: MessagePort }): Promise<JobResult> {
  let done = 0;
  let events = 0;
  let findings = 0;
  try {
    return await runJob(job, (t) => {
      done += 1;
      events += t.events;
      findings += t.findings;
      if (done % EVERY === 0) {
        const told: Progress = { patch: job.target, scenario: t.scenario, done, total: 0, events, findings };
        port.postMessage(told);
      }
    });
  } finally {
    port.close();
  }
}
