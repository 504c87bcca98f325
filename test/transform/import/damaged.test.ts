// SPDX-License-Identifier: GPL-2.0-only
// Damaged mails end in a patch, a conflict or a line; the large sample is in damaged.long.test.ts.

import test from 'ava';
import { swept } from './damaged.ts';

test('five hundred damaged patch mails, imported', async (t) => {
  t.timeout(160_000);
  const { applied, conflicts, refused, slowest, problems } = await swept(1, 500);
  t.log(`${applied} apply, ${conflicts} conflicts, ${refused} refused; the slowest (seed ${slowest.seed}) took ${Math.ceil(slowest.ms)} ms`);
  t.deepEqual(problems, []);
  t.true(applied > 50 && conflicts > 20 && refused > 50);
});
