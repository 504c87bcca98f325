// SPDX-License-Identifier: GPL-2.0-only
// The whole suite on one side, in the order of the C file, variant by variant.

import type { RunnableSide } from '../scenario/link-side.ts';
import { HMM_TESTS } from './hmm.ts';
import { nameOf, runTest, variantsOf } from './run.ts';
import type { Tested } from './verdict.ts';

/** Those whose name is wanted. */
export function runSuite(side: RunnableSide, wanted: (name: string) => boolean = () => true): readonly Tested[] {
  return variantsOf(side).flatMap((variant) => HMM_TESTS.filter((test) => wanted(nameOf(test, variant))).map((test) => runTest(side, test, variant)));
}
