// SPDX-License-Identifier: GPL-2.0-only
// Random programs: the reductions show what plain enumeration shows, and 'source' runs each trace once.
// The large sample is in random.long.test.ts.

import test from 'ava';
import { compare } from './random.ts';

test('four hundred random programs', (t) => {
  let compared = 0, traces = 0, deadlocks = 0, ends = 0, several = 0;
  for (let seed = 1; seed <= 400; seed++) {
    const { brute, problems } = compare(seed, 250);
    t.deepEqual(problems, []);
    if (brute === null) continue;
    compared++;
    traces += brute.traces.size;
    if (brute.findings.some((one) => one.startsWith('deadlock'))) deadlocks++;
    if (brute.ends.size > 0) ends++;
    if (brute.traces.size > 1) several++;
  }
  // The sample is worth something only if such programs are in it.
  t.true(compared > 200 && several > 100 && deadlocks > 30 && ends > 3 && traces > 800, JSON.stringify({ compared, several, deadlocks, ends, traces }));
});
