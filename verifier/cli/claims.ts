// SPDX-License-Identifier: GPL-2.0-only
// kpv claims: the ledger, each claim decided anew; with ids, those at length. What decides them is
// loaded when it is needed, and nothing is run for an id that does not exist.

import type { Claim } from '../claims/claim.ts';
import type { Judged } from '../claims/decide.ts';
import { saidAgain } from '../claims/ledger/again.ts';
import { CLAIMS } from '../claims/ledger/index.ts';
import { KERNEL, LIMITS } from '../delta/limits.ts';
import { claimsJson, claimsStory, claimsText, type ClaimsReport } from '../report/claims.ts';
import type { Context, Flags } from './context.ts';
import { CliError, didYouMean } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { meter } from './progress.ts';
import { readCount, readFormat } from './values.ts';

export async function claims(words: readonly string[], flags: Flags, { io, decider }: Context): Promise<ExitCode> {
  const format = readFormat(flags.word('format') ?? 'text', ['text', 'json']);
  const file = flags.word('output');
  const jobs = flags.word('jobs');
  if (jobs !== null) readCount('-j', jobs);
  const wanted = words.length === 0 ? CLAIMS : [...new Set(words.flatMap(readClaims))];
  checkOutput(file);

  const decide = await decider();
  const progress = meter(io, false);
  let interrupted = false;
  const release = io.onInterrupt(() => { interrupted = true; });
  const judged: Judged[] = [];
  try {
    for (const claim of wanted) {
      progress.say(`claim ${claim.id}, ${judged.length + 1} of ${wanted.length}`);
      // Signals are heard between turns of the event loop; a check is one turn.
      await new Promise((go) => { setImmediate(go); });
      if (interrupted) break;
      judged.push(decide(claim));
    }
  } finally {
    progress.end();
    release();
  }
  const report: ClaimsReport = { judged, again: saidAgain, kernel: KERNEL, limits: LIMITS };
  const width = file === null ? io.stdout.width : null;
  writeOutput(io, file, format === 'json' ? claimsJson(judged) : words.length === 0 ? claimsText(report, width) : claimsStory(report, width));
  if (!interrupted) return EXIT.clean;
  io.stderr.write(`kpv: interrupted: ${judged.length} of ${wanted.length} claims were decided until then\n`);
  return EXIT.interrupted;
}

/** `C24b`, however its letters are written; `C24` is all that has this number. */
function readClaims(word: string): readonly Claim[] {
  const [, number = '', letter = ''] = /^c0*(\d{1,4})([a-z]?)$/i.exec(word) ?? [];
  const id = `C${number.padStart(2, '0')}${letter.toLowerCase()}`;
  const found = CLAIMS.filter((claim) => claim.id === id || claim.id.slice(0, -1) === id);
  if (number === '' || found.length === 0) throw new CliError(`no claim '${word}'${nearestTo(word, number)} (kpv list claims has them all)`);
  return found;
}

/** Ids are near by their numbers, not by their letters. */
function nearestTo(word: string, number: string): string {
  if (number === '') return didYouMean(word, CLAIMS.map((claim) => claim.id));
  const away = ({ id }: Claim): number => Math.abs(Number.parseInt(id.slice(1), 10) - Number(number));
  const near = CLAIMS.reduce((best: Claim | null, claim) => (best === null || away(claim) < away(best) ? claim : best), null);
  return near === null ? '' : `: did you mean ${near.id}?`;
}
