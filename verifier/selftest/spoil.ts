// SPDX-License-Identifier: GPL-2.0-only
// Tests as subjects (model-rules.md, 5.9): one call of a program fails, or a migration does nothing and
// says that all is well. A test that passes all the same would not notice.

import type { RunnableSide } from '../scenario/link-side.ts';
import { HMM_TESTS } from './hmm.ts';
import { nameOf, runTest, variantsOf } from './run.ts';

/** nth: of the calls of the program, from 0; fixture and module are left alone. */
export type Spoil = { readonly kind: 'fails' | 'does-nothing'; readonly nth: number };

export interface Unnoticed { readonly test: string; readonly call: string; readonly nth: number; readonly kind: Spoil['kind'] }
export interface Spoiled { readonly runs: number; readonly unnoticed: readonly Unnoticed[] }

/** Every call of every test that passes, spoiled in turn. */
export function spoilSuite(side: RunnableSide, wanted: (name: string) => boolean = () => true): Spoiled {
  const unnoticed: Unnoticed[] = [];
  let runs = 0;
  for (const variant of variantsOf(side)) {
    for (const test of HMM_TESTS.filter((one) => wanted(nameOf(one, variant)))) {
      const plain = runTest(side, test, variant);
      if (plain.verdict.kind !== 'pass') continue;
      for (const [nth, call] of plain.calls.entries()) {
        const kinds: readonly Spoil['kind'][] = /MIGRATE/.test(call) ? ['fails', 'does-nothing'] : ['fails'];
        for (const kind of kinds) {
          runs += 1;
          if (runTest(side, test, variant, { kind, nth }).verdict.kind === 'pass') unnoticed.push({ test: plain.name, call, nth, kind });
        }
      }
    }
  }
  return { runs, unnoticed };
}
