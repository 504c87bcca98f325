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
import type { PatchModule } from '../../../verifier/transform/patch.ts';
import { normalise } from '../../../verifier/tree/tokens.ts';

const folder = process.env['KPV_MAILS'];

/**
 * Patches whose import was finished by hand, of v2 and v3 by number: not all of their lines are understood, and of 7 and 8 a
 * constant that the port has smaller, a macro with parameters and a function that moves have no place. Of what
 * is imported, these lines are not as the module has them: a name that comes with the same hunk, C's
 * conversions of a function whose type the patch changes, how the port has a parameter of a module, and what
 * the module's notModelled names.
 */
const BY_HAND: Readonly<Record<string, readonly string[]>> = {
  'v1/10': ["export const HMM_DMIRROR_GET_MEM_DEV_TYPE: unsigned_int = _IOWR('H', 0x04, hmm_dmirror_cmd);"],
  'v1/11': [
    'const res: resource | ErrPtr = null;', 'return Boolean(-ENOMEM);', 'if (!spm_addr_dev0 && !spm_addr_dev1) {', '} else if (spm_addr_dev0 && spm_addr_dev1) {',
    'devmem.pagemap.range.start = MINOR(mdevice.cdevice.dev) ? spm_addr_dev0 : spm_addr_dev1;', "pr_err('Both spm_addr_dev parameters should be set');", 'ret = PTR_ERR(ptr);',
    'return Number(dmirror_allocate_chunk(mdevice, null));',
  ],
  // The import takes `*src` for one number, where the port has an array and a place in it.
  'v1/12': [
    'pr_debug(`page already in device spage pfn: 0x${page_to_pfn(spage).toString(16)}`);', 'src.v &= ~MIGRATE_PFN_MIGRATE;',
    'rpage = (is_device_private_page(dpage) ? dpage.zone_device_data : dpage) as page;',
    'pr_debug(`migrating from sys to dev pfn src: 0x${page_to_pfn(spage).toString(16)} pfn dst: 0x${page_to_pfn(dpage).toString(16)}`);',
    'entry = is_device_private_page(dpage) ? dpage.zone_device_data : dpage;', "pr_debug('Migrating from sys mem to device mem');", "pr_debug('Migrating from device mem to sys mem');",
  ],
  6: [],
  7: [
    'let res: resource | ErrPtr = null;', 'return Boolean(ret);', 'devmem.pagemap.range.start = (MINOR(mdevice.cdevice.dev) - 2) ? spm_addr_dev0 : spm_addr_dev1;',
    'ret = PTR_ERR(ptr);', 'return Number(dmirror_allocate_chunk(mdevice, null));',
  ],
  8: [
    'WARN(spage && is_zone_device_page(spage), `page already in device spage pfn: 0x${page_to_pfn(spage).toString(16)}`);',
    'pr_debug(`migrating from sys to dev pfn src: 0x${page_to_pfn(spage).toString(16)} pfn dst: 0x${page_to_pfn(dpage).toString(16)}`);',
    "pr_debug('Migrating from sys mem to device mem');", 'const rpage: page = BACKING_PAGE(page);', 'memset(dmirror_devices(), 0, DMIRROR_NDEVICES);',
    '(dmirror_devices()[ndevices++]).zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_PRIVATE;', '(dmirror_devices()[ndevices++]).zone_device_type = HMM_DMIRROR_MEMORY_DEVICE_COHERENT;',
    'if ((dmirror_devices()[id]).zone_device_type)',
  ],
};
/** What the import leaves open was carried over by hand: of an older kernel than the port, with macros and prototypes; a function that gets another name. */
const CARRIED_OVER: ReadonlySet<string> = new Set(['device-coherent/v1/2', 'device-coherent/v1/9']);

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
      // Forms of later kernels are carried to the port by hand, not imported.
      if (known === undefined || CARRIED_OVER.has(known.id) || known.meta.series === 'later') continue;
      const hand = sidesOf(known);
      const otherwise = BY_HAND[known.id.replace(/^device-coherent\/(v[23]\/)?/, '')];
      if (otherwise !== undefined && hand.ok && hand.sides.applied.ok) {
        t.true(sumsOf(imported.accounts).open > 0 || otherwise.length > 0, `${known.id} is understood whole by now`);
        t.deepEqual([...new Set(otherLines(patch, hand.sides.applied.tree.files))], otherwise, known.id);
        found.push(`${known.id} (by hand)`);
        continue;
      }
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

/** Lines that the import brings and the tree does not have. */
function otherLines(patch: PatchModule, tree: ReadonlyMap<string, string>): readonly string[] {
  const plain = (text: string): string => normalise(text).replace(/\s+/g, '').replace(/,([)\]}])/g, '$1');
  const there = new Map([...tree].map(([path, text]) => [path, plain(text)]));
  return patch.hunks.flatMap(({ file, hunk }) => hunk.items.flatMap((one) => {
    const brought = one.role === 'add' ? one.text.trim() : '';
    return brought === '' || there.get(file)?.includes(plain(brought)) === true ? [] : [brought];
  }));
}
