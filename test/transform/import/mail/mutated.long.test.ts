// SPDX-License-Identifier: GPL-2.0-only
// The large sample of mutated.test.ts; with the mails of KPV_MAILS, where it is set.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { ALL } from './pages.ts';
import { sweep } from './mutated.ts';

test('ten thousand damaged mails', async (t) => {
  const folder = process.env['KPV_MAILS'];
  if (folder === undefined) t.log('without the mails of archives: KPV_MAILS is not set');
  const archived = folder === undefined ? [] : readdirSync(folder).sort().map((file) => readFileSync(join(folder, file), 'utf8'));
  const { ends, problems, slowest } = await sweep([...Object.values(ALL), ...archived], 10_000, 10_000);
  t.log(`${ends.patch} patches, ${ends['no patch']} without, ${ends.refused} refused; the slowest took ${Math.ceil(slowest)} ms`);
  t.deepEqual(problems, []);
  t.true(slowest < 1000);
});
