// SPDX-License-Identifier: GPL-2.0-only
// A schedule as text, short and safe in a URL: steps joined by dots, each the thread's number, `c` and the choice
// where it made one other than the first, `x` and how often where it goes on. `0x3.1.2c1`: thread 0 three times, then 1, then 2.

import type { Move, Schedule } from './system.ts';

export function encodeSchedule(schedule: Schedule): string {
  const parts: string[] = [];
  for (let i = 0; i < schedule.length;) {
    const { thread, choice } = schedule[i]!;
    let n = 1;
    while (schedule[i + n]?.thread === thread && schedule[i + n]?.choice === choice) n++;
    parts.push(`${thread}${choice === 0 ? '' : `c${choice}`}${n === 1 ? '' : `x${n}`}`);
    i += n;
  }
  return parts.join('.');
}

/** The steps, or null if the text is no schedule. */
export function decodeSchedule(text: string): Schedule | null {
  const moves: Move[] = [];
  if (text === '') return moves;
  for (const part of text.split('.')) {
    const match = /^(\d{1,6})(?:c(\d{1,6}))?(?:x(\d{1,6}))?$/.exec(part);
    if (match === null) return null;
    const move = { thread: Number(match[1]), choice: Number(match[2] ?? 0) };
    for (let n = Number(match[3] ?? 1); n > 0; n--) moves.push(move);
  }
  return moves;
}
