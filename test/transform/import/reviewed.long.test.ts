// SPDX-License-Identifier: GPL-2.0-only
// A sample of damaged mails, reviewed whole, where KPV_MAILS has mails.

import test from 'ava';
import { inWords, sampled } from './reviewed.ts';

test('a seeded sample of 50 damaged mails is reviewed', async (t) => {
  t.timeout(500 * 60_000);
  const folder = process.env['KPV_MAILS'];
  if (folder === undefined) {
    t.pass('skipped: KPV_MAILS is not set');
    return;
  }
  const done = await sampled(folder, 100, 50);
  t.log(inWords(done));
  t.deepEqual(done.problems, []);
  t.true(done.reviewed > 0);
});
