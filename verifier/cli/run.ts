// SPDX-License-Identifier: GPL-2.0-only
// A command line in this process: the real world, the real engine.

import { readFileSync } from 'node:fs';
import type { Context, Engine } from './context.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './program.ts';

export async function run(argv: readonly string[], judge: (code: ExitCode) => ExitCode = (code) => code): Promise<void> {
  const io = processIo();
  const code = judge(await runCommandLine(argv, { io, engine: loadEngine, decider: loadDecider, version: version() }));
  // A closed pipe may be noticed only at the next turn.
  process.exitCode = io.closed() ? EXIT.clean : code;
}

async function loadEngine(): Promise<Engine> {
  const [{ reviewTarget }, { deltaBetween }, { replayToken }] = await Promise.all([import('../delta/review.ts'), import('../delta/between.ts'), import('../delta/replay.ts')]);
  return { reviewTarget, deltaBetween, replayToken };
}

const loadDecider: Context['decider'] = async () => {
  const [{ decide }, { openLaboratory }] = await Promise.all([import('../claims/decide.ts'), import('../delta/laboratory.ts')]);
  const lab = openLaboratory();
  return (claim) => decide(claim, lab);
};

/** Of package.json, seen from build/verifier/cli/. */
function version(): string {
  const read: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const found: unknown = typeof read === 'object' && read !== null ? Reflect.get(read, 'version') : undefined;
  return typeof found === 'string' ? found : '0';
}
