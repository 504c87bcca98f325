// SPDX-License-Identifier: GPL-2.0-only
// The same kinds of pages in another order: where the class of what the pin says depends on it, that
// is told (model-rules.md, 5.8). Read from the outcomes of a review, nothing is run for it.

import { pointOf } from '../scenario/gup.ts';
import type { PatchReview, Side } from './review.ts';

/** What a pin came to, apart from numbers. */
export type PinClass = 'all' | 'part' | 'none' | 'more' | 'never' | `-${string}` | `ended by ${string}`;

export interface OrderDifference {
  /** The pages in one order, and what the pin came to there. */
  readonly orders: readonly { readonly mix: string; readonly scenario: string; readonly comesTo: PinClass }[];
  /** The orders came to the same before the patch. */
  readonly isNew: boolean;
}

/** Differences on the after side, one for each set of pages and setting of all else. */
export function orderDifferences(patch: PatchReview): readonly OrderDifference[] {
  const groups = new Map<string, { mix: string; scenario: string; before: PinClass | null; after: PinClass | null }[]>();
  for (const s of patch.scenarios) {
    const [bare = '', ...variant] = s.id.split('@');
    const point = pointOf(bare);
    const mix = point?.['mix'] ?? '';
    if (point === null || mix.length < 2) continue;
    const key = [[...mix].sort().join(''), bare.split('/')[2], ...variant].join('@');
    const group = groups.get(key) ?? [];
    group.push({ mix, scenario: s.id, before: pinClass(s.before, mix.length), after: pinClass(s.after, mix.length) });
    groups.set(key, group);
  }
  const out: OrderDifference[] = [];
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const told = group.flatMap((g) => (g.after === null ? [] : [{ mix: g.mix, scenario: g.scenario, comesTo: g.after }]));
    if (new Set(told.map((g) => g.comesTo)).size < 2) continue;
    const before = group.flatMap((g) => (g.before === null ? [] : [g.before]));
    out.push({ orders: told.sort((a, b) => (a.mix < b.mix ? -1 : 1)), isNew: new Set(before).size < 2 });
  }
  return out;
}

function pinClass(side: Side, pages: number): PinClass | null {
  const key = side.outcomes[0]?.key;
  if (side.status === 'unsupported' || key === undefined) return null;
  const value = / ?\w+\.pin=(\S+)/.exec(key)?.[1];
  const end = /(?:^| )end=(\S+)/.exec(key)?.[1];
  // A run that ended before the pin came back: by an endless loop, or by a finding.
  if (value === undefined) return end === 'never' ? 'never' : `ended by ${end ?? 'nothing'}`;
  if (value.startsWith('-')) return `-${value.slice(1)}`;
  const n = Number(value);
  return n === 0 ? 'none' : n < pages ? 'part' : n === pages ? 'all' : 'more';
}
