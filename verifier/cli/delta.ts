// SPDX-License-Identifier: GPL-2.0-only
// kpv delta: what one target does otherwise than another.

import type { Target } from '../delta/target.ts';
import { deltaJson } from '../report/between-json.ts';
import { deltaText } from '../report/between-text.ts';
import type { Delta } from '../report/between.ts';
import { paintFor, wantsColour } from './colour.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, worstExit, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { meter } from './progress.ts';
import { readTarget } from './targets.ts';
import { readBudget, readColour, readConfig, readCount, readFormat, readScenario, readSuite, switchesFor } from './values.ts';

export async function delta(words: readonly string[], flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context;
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const colour = readColour(flags.word('color') ?? 'auto');
  const suite = readSuite(flags.word('suite') ?? 'default');
  const budget = readBudget(flags.word('budget'));
  const config = readConfig(flags.word('config') ?? 'default');
  const scenario = readScenario(flags.word('scenario'), suite);
  const threads = flags.word('jobs');
  const jobs = threads === null ? null : readCount('-j', threads);
  const file = flags.word('output');
  const [left, right] = words.map((word): Target => readTarget(word));
  if (left === undefined || right === undefined) throw new CliError('delta takes two targets');
  const switches = switchesFor({ ...left.switches, ...right.switches }, flags.words('set'), scenario?.switches ?? []);
  checkOutput(file);

  const engine = await context.engine();
  const progress = meter(io, flags.on('quiet'));
  let interrupted = false;
  const release = io.onInterrupt(() => { interrupted = true; });
  try {
    const between = await engine.deltaBetween(left, right, {
      suite, scenarios: scenario?.glob ?? null, budget, config, switches, jobs,
      onProgress: progress.tick, onReviewed: () => undefined, stop: () => interrupted,
    });
    if (!between.ok) throw new CliError(`${between.patch} does not apply: ${between.conflict.rule}: ${between.conflict.anchor}`, EXIT.conflict);
    const paint = paintFor(wantsColour(colour, io.env, file === null && io.stdout.isTTY));
    progress.end();
    writeOutput(io, file, format === 'json' ? deltaJson(between.delta) : deltaText(between.delta, { paint, verbose: flags.on('verbose') }));
    return exitOfDelta(between.delta, interrupted);
  } finally {
    progress.end();
    release();
  }
}

/** What the right side has and the left has not is new. */
export function exitOfDelta({ findings, scenarios, complete }: Delta, interrupted: boolean): ExitCode {
  return worstExit([
    ...(interrupted ? [EXIT.interrupted] : []), ...(findings.some((f) => f.mark === '>') ? [EXIT.findings] : []), ...(complete ? [] : [EXIT.incomplete]),
    ...(scenarios.every((s) => s.left.status === 'unsupported' && s.right.status === 'unsupported') ? [EXIT.nothingRun] : []),
  ]);
}
