// SPDX-License-Identifier: GPL-2.0-only
// Runs a job in several workers at once, or here and now. What comes of it is the same.

import { MessageChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { tally, type Job, type JobResult } from './job.ts';
import type { Progress } from './running.ts';
import { runShare } from './share.ts';

type Sum = Pick<Progress, 'scenario' | 'done' | 'events' | 'findings'>;
export interface PoolOptions {
  /** Workers that share the job; one is this thread, here and now. */
  readonly threads: number;
  readonly onTick: (p: Sum) => void;
}

/** The workers of a review: they start while its first patch is still applied, and stay for the next. */
export class Workers {
  readonly #pool: Piscina | null;

  /** apart: even one is a thread of its own, with bounded memory; for code that nobody here wrote. */
  constructor(threads: number, apart: boolean) {
    this.#pool = threads < 2 && !apart ? null : new Piscina({
      filename: new URL('./worker.js', import.meta.url).href, maxThreads: threads, minThreads: threads,
      resourceLimits: { maxOldGenerationSizeMb: 900 },
    });
  }

  /** The job's result; `meanwhile` is done by this thread while the workers run. */
  async run<T>(job: Job, options: PoolOptions, meanwhile: () => Promise<T>): Promise<{ readonly result: JobResult; readonly own: T }> {
    const pool = this.#pool;
    if (pool === null) {
      const own = await meanwhile();
      return { result: merged([await runShare(job, tally(options.onTick), turn)]), own };
    }
    const seen = new Map<number, Sum>();
    const sum = (k: 'done' | 'events' | 'findings'): number => [...seen.values()].reduce((n, s) => n + s[k], 0);
    const running = Array.from({ length: options.threads }, async (_, n): Promise<JobResult> => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (p: Sum) => {
        seen.set(n, p);
        options.onTick({ scenario: p.scenario, done: sum('done'), events: sum('events'), findings: sum('findings') });
      });
      port1.unref();
      const result: JobResult = await pool.run({ job, port: port2 }, { transferList: [port2] });
      port1.close();
      return result;
    });
    try {
      // Let the workers take their jobs before this thread is busy.
      await turn();
      const own = await meanwhile();
      return { result: merged(await Promise.all(running)), own };
    } finally {
      await Promise.allSettled(running);
    }
  }

  async close(): Promise<void> { await this.#pool?.destroy(); }
}

/** The shares as one: by step and setting, then in the order of the suite. */
function merged(shares: readonly JobResult[]): JobResult {
  return {
    pairs: shares.flatMap((s) => s.pairs).sort((a, b) => a.step - b.step || a.variant - b.variant || a.index - b.index),
    costs: shares.flatMap((s) => s.costs).sort((a, b) => a.step - b.step || a.index - b.index),
    reached: (shares[0]?.reached ?? []).map((_, tree) => [...new Set(shares.flatMap((s) => s.reached[tree] ?? []))].sort()),
    complete: shares.every((s) => s.complete),
  };
}

/** One turn of the event loop: signals and messages are heard. */
export function turn(): Promise<void> { return new Promise((go) => { setImmediate(go); }); }
