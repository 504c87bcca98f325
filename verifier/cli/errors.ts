// SPDX-License-Identifier: GPL-2.0-only
// What goes wrong is said in one line on stderr. A CliError is thrown within this folder only, for
// input that cannot be used; anything else that is thrown is a fault of kpv's own.

import { editDistance } from '../transform/index.ts';
import { EXIT, type ExitCode } from './exit.ts';

export class CliError extends Error {
  readonly exit: ExitCode;
  constructor(message: string, exit: ExitCode = EXIT.usage) {
    super(message);
    this.name = 'CliError';
    this.exit = exit;
  }
}

export function oneLine(text: string): string { return text.replace(/\s*\n\s*/g, ' ').trim(); }

/** The line for stderr, with the stack under it when it was asked for. */
export function errorText(error: unknown, env: Readonly<Record<string, string | undefined>>): { readonly text: string; readonly exit: ExitCode } {
  const stack = env['KPV_BACKTRACE'] === '1' && error instanceof Error && error.stack !== undefined ? `${error.stack}\n` : '';
  if (error instanceof CliError) return { text: `kpv: ${oneLine(error.message)}\n${stack}`, exit: error.exit };
  const what = error instanceof Error ? error.message : String(error);
  const hint = stack === '' ? ' (KPV_BACKTRACE=1 shows where)' : '';
  return { text: `kpv: a fault of kpv's own: ${oneLine(what)}${hint}\n${stack}`, exit: EXIT.internal };
}

/** The known word that comes nearest, if it is near enough to be what was meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let distance = Math.max(3, Math.ceil(word.length / 2));
  for (const one of known) {
    const d = editDistance(word, one, distance);
    if (d < distance) [best, distance] = [one, d];
  }
  // A piece of a name is too far away in letters, but was surely meant when only few names have it.
  const holding = word.length < 3 ? [] : known.filter((one) => one.includes(word));
  return best ?? (holding.length <= 3 ? holding[0] ?? null : null);
}

export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  return near === null ? '' : `: did you mean ${near}?`;
}
