// SPDX-License-Identifier: GPL-2.0-only
// The large sample of damaged.test.ts.

import test from 'ava';
import { swept } from './damaged.ts';

test('ten thousand damaged patch mails, imported in one process', async (t) => {
  t.timeout(3_000_000);
  const { applied, conflicts, refused, slowest, problems } = await swept(1_000, 10_000);
  t.log(`${applied} apply, ${conflicts} conflicts, ${refused} refused; the slowest (seed ${slowest.seed}) took ${Math.ceil(slowest.ms)} ms`);
  t.deepEqual(problems, []);
});
