// SPDX-License-Identifier: GPL-2.0-only
// A schedule as a token carries it: which thread runs until it has made how many accesses, one after
// the other, `0.153-1.88-0.`. Accesses are counted by the thread itself, so a schedule says the same
// whichever cells a search took for points. The last may be open: that thread runs on. A cycle's
// turn begins behind a `~`: `0.153~1.88-0.190`.

export interface Segment {
  readonly thread: number;
  /** null: as far as it goes. */
  readonly until: number | null;
  /** The turn of a cycle begins with it. */
  readonly turns?: boolean;
}

export function encodeSchedule(segments: readonly Segment[]): string {
  return segments.map((s, i) => `${s.turns === true ? '~' : i === 0 ? '' : '-'}${s.thread}.${s.until ?? ''}`).join('');
}

/** null when it is none. */
export function decodeSchedule(text: string): readonly Segment[] | null {
  const out: Segment[] = [];
  for (const part of text.split(/-|(?=~)/)) {
    const m = /^(~?)(\d{1,3})\.(\d{0,9})$/.exec(part);
    if (m === null) return null;
    out.push({ thread: Number(m[2]), until: m[3] === '' ? null : Number(m[3]), ...(m[1] === '~' ? { turns: true } : {}) });
  }
  return out;
}
