// SPDX-License-Identifier: GPL-2.0-only
// The large sample of random.test.ts, with programs of up to some thousand executions.

import test from 'ava';
import { compare } from './random.ts';

test('three thousand random programs', (t) => {
  let compared = 0;
  for (let seed = 10_000; compared < 3000; seed++) {
    const { brute, problems } = compare(seed, 3000);
    t.deepEqual(problems, []);
    if (brute !== null) compared++;
  }
});
