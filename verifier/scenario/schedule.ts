// SPDX-License-Identifier: GPL-2.0-only
// A schedule as a token carries it: which thread runs until it has made how many accesses, one after
// the other, `0.153-1.88-0.`. Accesses are counted by the thread itself, so a schedule says the same
// whichever cells a search took for points. The last may be open: that thread runs on.

export interface Segment { readonly thread: number; /** null: as far as it goes. */ readonly until: number | null }

export function encodeSchedule(segments: readonly Segment[]): string {
  return segments.map((s) => `${s.thread}.${s.until ?? ''}`).join('-');
}

/** null when it is none. */
export function decodeSchedule(text: string): readonly Segment[] | null {
  const out: Segment[] = [];
  for (const part of text.split('-')) {
    const m = /^(\d{1,3})\.(\d{0,9})$/.exec(part);
    if (m === null) return null;
    out.push({ thread: Number(m[1]), until: m[2] === '' ? null : Number(m[2]) });
  }
  return out;
}
