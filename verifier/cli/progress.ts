// SPDX-License-Identifier: GPL-2.0-only
// Progress on stderr, after a second: on a terminal one line that is written over at most ten
// times a second and erased at the end; else (a pipe, CI, TERM=dumb) a plain line every ten
// seconds. Never a time to wait: a search does not know it. Verdicts of a series are told as they come.

import type { Progress } from '../delta/review.ts';
import { counted } from '../report/layout.ts';
import type { PatchReview } from '../report/review.ts';
import type { Io } from './io.ts';

const FIRST = 1000;
const TERMINAL = 100;
const PLAIN = 10_000;

export interface Meter {
  readonly tick: (p: Progress) => void;
  /** The same for work that has a line of its own. */
  readonly say: (line: string) => void;
  /** A line that stays. */
  readonly keep: (line: string) => void;
  readonly end: () => void;
}

export function meter(io: Io, quiet: boolean): Meter {
  if (quiet) return { tick: () => undefined, say: () => undefined, keep: () => undefined, end: () => undefined };
  const live = io.stderr.isTTY && io.env['TERM'] !== 'dumb' && (io.env['CI'] ?? '') === '';
  const start = io.now();
  let last: number | null = null;
  let shown = false;
  const due = (): boolean => {
    const now = io.now();
    if (now - start < FIRST) return false;
    if (last !== null && now - last < (live ? TERMINAL : PLAIN)) return false;
    last = now;
    return true;
  };
  const write = (line: string): void => {
    if (live) io.stderr.write(`\r${line.slice(0, 79)}\x1b[K`);
    else io.stderr.write(`kpv: ${line}\n`);
    shown = live;
  };
  const erase = (): void => {
    if (shown) io.stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    tick: (p) => { if (due()) write(progressLine(p)); },
    say: (line) => { if (due()) write(line); },
    keep: (line) => {
      erase();
      io.stderr.write(`kpv: ${line}\n`);
    },
    end: erase,
  };
}

/** A patch of several, as its verdict stands. */
export function verdictLine(p: PatchReview): string { return `${p.id}  ${p.verdict}: ${p.reason}`; }

export function progressLine(p: Progress): string {
  const found = p.findings === 0 ? '' : `  ${counted(p.findings, 'finding')}`;
  return `${p.patch}  ${p.done}/${p.total} scenarios  ${p.events} accesses${found}  ${p.scenario}`;
}
