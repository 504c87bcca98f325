// SPDX-License-Identifier: GPL-2.0-only
// Several targets in one JSON document: their patches in the order they were asked for. What the
// reviews agree on stands once; where they differ, each value stands.

import type { Review } from './review.ts';

export function mergeReviews(reviews: readonly Review[]): Review {
  const [first, ...rest] = reviews;
  if (first === undefined) throw new Error('no review to merge');
  if (rest.length === 0) return first;
  const each = (f: (r: Review) => string): string => [...new Set(reviews.map(f))].join(' ');
  return {
    schema: first.schema, target: reviews.map((r) => r.target).join(' '), kernel: each((r) => r.kernel), base: each((r) => r.base),
    switches: Object.fromEntries(reviews.flatMap((r) => Object.entries(r.switches))),
    patches: reviews.flatMap((r) => r.patches), complete: reviews.every((r) => r.complete),
    limits: [...new Set(reviews.flatMap((r) => r.limits))],
  };
}
