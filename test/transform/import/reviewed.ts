// SPDX-License-Identifier: GPL-2.0-only
// Damaged copies of real mails (KPV_MAILS), reviewed as they are: each ends in a review, a conflict or a line.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readMailTarget } from '../../../verifier/delta/mails.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../../verifier/delta/review.ts';
import '../../../verifier/instrument/transpile.ts';
import { swapped } from './damaged.ts';

export interface Sampled { readonly reviewed: number; readonly conflicts: number; readonly refused: number; readonly slowest: { readonly ms: number; readonly seed: number }; readonly problems: readonly string[] }

/** The first `count` seeds from `from` on whose mail still has a patch. */
export async function sampled(folder: string, from: number, count: number): Promise<Sampled> {
  // One whose code runs: mails that touch nothing of the port are reviewed in no time.
  const files = readdirSync(folder).sort().filter((file) => /^diff --git a\/mm\/(?:gup|migrate|memory|memremap)\.c /m.test(readFileSync(join(folder, file), 'utf8')));
  let [reviewed, conflicts, refused] = [0, 0, 0];
  let slowest = { ms: 0, seed: 0 };
  const problems: string[] = [];
  for (let seed = from; reviewed < count && seed < from + 20 * count && files.length > 0; seed += 1) {
    const began = performance.now();
    try {
      const text = readFileSync(join(folder, files[seed % files.length] ?? ''), 'utf8');
      const read = await readMailTarget(swapped(text, seed), 'demo');
      if (!read.ok) {
        refused += 1;
        if (/[\n\r]/.test(read.reason)) problems.push(`seed ${seed}: more than a line: ${read.reason}`);
        continue;
      }
      const { patches } = await reviewTarget(read.target, DEFAULT_OPTIONS);
      if (patches.some((p) => p.apply.status === 'applied')) reviewed += 1;
      else conflicts += 1;
    } catch (error) {
      problems.push(`seed ${seed}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`);
    }
    const ms = performance.now() - began;
    if (ms > slowest.ms) slowest = { ms, seed };
  }
  return { reviewed, conflicts, refused, slowest, problems };
}

export function inWords({ reviewed, conflicts, refused, slowest }: Sampled): string {
  return `${reviewed} reviewed, ${conflicts} conflicts, ${refused} refused; the slowest (seed ${slowest.seed}) took ${(slowest.ms / 1000).toFixed(1)} s`;
}
