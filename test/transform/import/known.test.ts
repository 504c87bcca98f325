// SPDX-License-Identifier: GPL-2.0-only
// The mails of patches that the project holds: imported, they give the tree that the module written by
// hand gives, and every changed line is accounted for. The mails are not part of the project: KPV_MAILS
// names a folder of them.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { PATCHES } from '../../../patches/index.ts';
import { sumsOf } from '../../../verifier/transform/import/index.ts';
import { readMailTarget } from '../../../verifier/delta/mails.ts';
import { sidesOf } from '../../../verifier/delta/target.ts';
import { normalise } from '../../../verifier/tree/tokens.ts';

const folder = process.env['KPV_MAILS'];

/** What the import leaves open was carried over by hand: of an older kernel than the port, with macros and prototypes; a function that gets another name. */
const BY_HAND: ReadonlySet<string> = new Set(['device-coherent/v1/2', 'device-coherent/v1/9']);

test('each that the folder has', async (t) => {
  if (folder === undefined) {
    t.pass('skipped: KPV_MAILS is not set');
    return;
  }
  t.timeout(300_000);
  const found: string[] = [];
  for (const file of readdirSync(folder).sort()) {
    const read = await readMailTarget(readFileSync(join(folder, file)), file);
    if (!read.ok) continue;
    for (const { patch, mail, imported, trees } of read.target.patches) {
      const known = PATCHES.find((p) => p.meta.messageId === mail.messageId);
      if (known === undefined || BY_HAND.has(known.id)) continue;
      const hand = sidesOf(known);
      if (!trees.ok || !trees.sides.applied.ok || !hand.ok || !hand.sides.applied.ok) { t.fail(`${file}: ${patch.id} does not apply`); continue; }
      t.is(sumsOf(imported.accounts).open, 0, file);
      for (const [path, text] of hand.sides.applied.tree.files) {
        const made = trees.sides.applied.tree.files.get(path) ?? '';
        // One spelling: where a person broke a line is no difference, nor in which order imports name things.
        t.deepEqual(rows(made), rows(text), `${patch.id}: ${path}`);
      }
      found.push(known.id);
    }
  }
  t.pass();
  t.log(found.length === 0 ? 'skipped: the folder has none of them' : found.sort().join(', '));
});

function rows(text: string): readonly string[] {
  const [imports, rest] = [text.match(/^import [^]*?;$/gm) ?? [], text.replace(/^import [^]*?;$/gm, '')];
  return [...imports.map((one) => one.split(/[\s,]+/).sort().join(' ')).sort(), normalise(rest).replace(/\s+/g, ' ')];
}
