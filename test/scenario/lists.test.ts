// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { listScenarios } from '../../verifier/scenario/lists.ts';
import { runScenario } from '../../verifier/scenario/run.ts';
import { linkSide } from '../../verifier/scenario/side.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { treesOf } from '../delta/harness.ts';

const side = linkSide(treesOf('device-coherent/v2/3').before.files, CONFIGS.default);

test('S-G16: the overlay is watched when a device page goes through migrate_pages()', (t) => {
  const [coherent, normal] = listScenarios();
  if (coherent === undefined || normal === undefined) { t.fail('no scenarios'); return; }
  const bad = runScenario(side, coherent);
  t.true(bad.findings.some((f) => f.rule === 'overlay-misuse'));
  const good = runScenario(side, normal);
  t.deepEqual(good.findings.map((f) => f.rule), []);
});
