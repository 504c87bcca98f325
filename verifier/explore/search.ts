// SPDX-License-Identifier: GPL-2.0-only
// One entry for whoever brings a system of their own: which algorithm, and what is refused.

import { enumerate } from './enumerate.ts';
import { sourceSets } from './source.ts';
import { stateful } from './stateful.ts';
import type { BuiltAlgorithm, SearchOptions, SearchResult, System, Visitor } from './system.ts';

export type Algorithm = BuiltAlgorithm | 'optimal' | 'sample';

export function isBuilt(algorithm: Algorithm): algorithm is BuiltAlgorithm {
  return algorithm !== 'optimal' && algorithm !== 'sample';
}

/** Searches from the system's present state. The visitor is told of each maximal execution and may stop the search. */
export function search(system: System, options: SearchOptions, visitor: Visitor): SearchResult {
  switch (options.algorithm) {
    case 'enumerate': return enumerate(system, options, visitor);
    case 'source': return sourceSets(system, options, visitor);
    case 'stateful': return stateful(system, options, visitor);
  }
}
