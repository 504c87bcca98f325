// SPDX-License-Identifier: GPL-2.0-only
// kpv review: each target in turn, before and after, and the report in one of the formats.

import { findPatch } from '../../patches/index.ts';
import type { MailPatch, MailTarget } from '../delta/mails.ts';
import { quoteOf } from '../delta/quote.ts';
import type { Target } from '../delta/target.ts';
import type { ReviewOptions } from '../delta/review.ts';
import { jsonReport } from '../report/json.ts';
import { mailReport } from '../report/mail.ts';
import { mergeReviews } from '../report/merge.ts';
import type { Review } from '../report/review.ts';
import { textReport } from '../report/text.ts';
import { coverageOf } from './coverage.ts';
import { paintFor, wantsColour } from './colour.ts';
import type { Context, Flags } from './context.ts';
import { CliError } from './errors.ts';
import { EXIT, exitOfReview, worstExit, type ExitCode } from './exit.ts';
import { checkOutput, writeOutput } from './output.ts';
import { meter, verdictLine } from './progress.ts';
import { readAnyTarget } from './targets.ts';
import { FORMATS, readBudget, readColour, readConfig, readCount, readFormat, readRules, readScenario, readSuite, switchesFor, undecided, type Budget, type Format } from './values.ts';

export async function review(words: readonly string[], flags: Flags, context: Context): Promise<ExitCode> {
  const { io } = context;
  // Everything that was typed is checked before anything is run.
  const format = readFormat(flags.word('format') ?? 'text', FORMATS);
  const colour = readColour(flags.word('color') ?? 'auto');
  const failOn = readRules(flags.word('failOn'));
  const suite = readSuite(flags.word('suite') ?? 'default');
  const budget = readBudget(flags.word('budget'));
  const config = readConfig(flags.word('config') ?? 'default');
  const scenario = readScenario(flags.word('scenario'), suite);
  const file = flags.word('output');
  const threads = flags.word('jobs');
  const jobs = threads === null ? null : readCount('-j', threads);
  if (flags.word('seed') !== null) throw new CliError('--seed does nothing in this build: nothing is drawn at random');
  const base = flags.word('base') ?? 'base';
  if (base !== 'base') throw new CliError(`--base ${base} is not built yet: only base is`);
  const sourceDate = format === 'mail' ? readEpoch(io.env['SOURCE_DATE_EPOCH']) : null;
  const targets: (Target | MailTarget)[] = [];
  for (const word of words) targets.push(await readAnyTarget(word, io, flags));
  if (format === 'mail') for (const t of targets) if (t.kind === 'base') throw new CliError("'base' has no mail to answer: --format text or json");
  const switchesOf = targets.map((t) => switchesFor(t.switches, flags.words('set'), scenario?.switches ?? []));
  checkOutput(file);
  for (const rule of undecided(failOn ?? [])) io.stderr.write(`kpv: --fail-on ${rule}: this build has no check for it\n`);

  const engine = await context.engine();
  const progress = meter(io, flags.on('quiet'));
  let interrupted = false;
  const release = io.onInterrupt(() => { interrupted = true; });
  const reviews: Review[] = [];
  try {
    for (const [i, target] of targets.entries()) {
      if (interrupted) break;
      const options: ReviewOptions = {
        suite, scenarios: scenario?.glob ?? null, budget, config, switches: switchesOf[i] ?? {}, jobs, onProgress: progress.tick,
        onReviewed: (p) => { if (isSeries(target)) progress.keep(verdictLine(p)); }, stop: () => interrupted,
      };
      reviews.push(withCause(await engine.reviewTarget(target, options), interrupted, flags.word('budget'), budget));
      // Signals are heard between turns of the event loop.
      await new Promise((go) => { setImmediate(go); });
    }
  } finally {
    progress.end();
    release();
  }
  const paint = paintFor(wantsColour(colour, io.env, file === null && io.stdout.isTTY));
  const text = render(reviews, targets, format, (r) => textReport(r, { paint, verbose: flags.on('verbose'), coverage: coverageOf, width: file === null ? io.stdout.width : null }), { version: context.version, sourceDate });
  if (format === 'mail' && text === '') io.stderr.write('kpv: no patch here is worth a reply: nothing is new, fixed or different\n');
  writeOutput(io, file, text);
  if (scenario !== null && reviews.some((r) => r.patches.some((p) => p.apply.status === 'applied') && r.patches.every((p) => p.scenarios.length === 0))) {
    io.stderr.write(`kpv: no scenario of the ${suite} suite matches '${scenario.glob}'\n`);
  }
  if (interrupted) io.stderr.write('kpv: interrupted: this is what was found until then\n');
  return worstExit([...reviews.map((r) => exitOfReview(r, { failOn, interrupted })), ...(interrupted ? [EXIT.interrupted] : [])]);
}

function isSeries(target: Target | MailTarget): boolean {
  switch (target.kind) {
    case 'base': case 'patch': return false;
    case 'series': return target.series.patches.length > 1;
    case 'mails': return target.patches.length > 1;
  }
}

/** A search that was cut short says by what, in every format; where a time cuts, no two runs agree. */
function withCause(review: Review, interrupted: boolean, word: string | null, budget: Budget): Review {
  if (review.complete) return review;
  const causes: string[] = [];
  if (interrupted) causes.push('cut short by Ctrl-C: not reproducible');
  else if (budget.seconds !== null) causes.push(`cut short by --budget ${word}, a time: not reproducible`);
  else if (budget.executions !== null) causes.push(`cut short by --budget ${word}`);
  return { ...review, limits: [...review.limits, ...causes] };
}

interface MailOptions { readonly version: string; readonly sourceDate: number | null }

function render(reviews: readonly Review[], targets: readonly (Target | MailTarget)[], format: Format, text: (r: Review) => string, mail: MailOptions): string {
  switch (format) {
    case 'text': return reviews.map(text).join('\n');
    case 'json': return reviews.length === 0 ? '' : jsonReport(mergeReviews(reviews));
    case 'mail': {
      const posted = (id: string): MailPatch | undefined => targets.flatMap((t) => (t.kind === 'mails' ? t.patches : [])).find((p) => p.patch.id === id);
      return reviews.map((r) => mailReport(r, (id) => posted(id)?.patch ?? findPatch(id), mail, (id) => { const one = posted(id); return one === undefined ? null : quoteOf(one); })).join('');
    }
  }
}

function readEpoch(word: string | undefined): number | null {
  if (word === undefined || word === '') return null;
  if (!/^\d{1,11}$/.test(word)) throw new CliError(`SOURCE_DATE_EPOCH takes seconds since 1970, not '${word}'`);
  return Number(word);
}
