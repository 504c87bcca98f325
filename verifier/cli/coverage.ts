// SPDX-License-Identifier: GPL-2.0-only
// How much of the suite's space the scenarios of a review cover: pairs of dimension values, of
// those that some allowed point has. Counted from what ran, not from what was meant to run.

import type { PatchReview } from '../report/review.ts';
import { DEFAULT_MIXES, DIMENSIONS, pointOf } from '../scenario/gup.ts';
import { pairsOf } from '../scenario/pairs.ts';
import { defaultSuite } from '../scenario/suite.ts';

export function coverageOf(patch: PatchReview): string | null {
  const names = Object.keys(DIMENSIONS);
  const covered = new Set<string>();
  for (const { id, after } of patch.scenarios) {
    const point = pointOf(id.split('@')[0] ?? '');
    if (point === null) return null;
    if (after.status === 'unsupported' || !DEFAULT_MIXES.includes(point['mix'] ?? '')) continue;
    for (const pair of pairsOf(point, names)) covered.add(pair);
  }
  if (patch.scenarios.length === 0) return null;
  return `${patch.scenarios.length === 1 ? 'it covers' : 'they cover'} ${covered.size} of the ${defaultSuite().coverage.pairs} pairs of values that can meet`;
}
