// SPDX-License-Identifier: GPL-2.0-only
// Mails as archives give them, where KPV_MAILS names a folder of them: each is read, for what it is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { PATCHES } from '../../../../patches/index.ts';
import {
  describe, hunksOf, kindOf, numstat, pathOf, readDiff, readMails, remarkText, seriesOf, type Form, type Kind,
} from '../../../../verifier/transform/import/index.ts';
import { must } from '../fixture.ts';

const folder = process.env['KPV_MAILS'];

/** What those that came with the project are, by the beginning of their names. */
const KNOWN: Readonly<Record<string, { readonly form: Form; readonly kinds: readonly Kind['kind'][]; readonly counts: readonly string[]; readonly trimmed: number }>> = {
  '000_': { form: 'page', kinds: ['reply'], counts: [], trimmed: 0 },
  '001_': { form: 'one-line', kinds: ['reply'], counts: [], trimmed: 0 },
  '002_': { form: 'patchwork', kinds: ['patch', ...Array.from({ length: 11 }, () => 'reply' as const)], counts: ['mm/gup.c 30 2'], trimmed: 1 },
  '003_': {
    form: 'pipermail', kinds: ['patch'], trimmed: 0,
    counts: ['drivers/gpu/drm/amd/amdkfd/kfd_migrate.c 308 2', 'drivers/gpu/drm/amd/amdkfd/kfd_migrate.h 3 0', 'drivers/gpu/drm/amd/amdkfd/kfd_svm.c 150 8', 'drivers/gpu/drm/amd/amdkfd/kfd_svm.h 12 0'],
  },
  '004_': { form: 'pipermail', kinds: ['reply'], counts: [], trimmed: 0 },
};

test('each mail of the folder', async (t) => {
  if (folder === undefined) return t.pass('skipped: KPV_MAILS is not set');
  const files = readdirSync(folder).sort();
  t.true(files.length > 0);
  for (const file of files) {
    const content = readFileSync(join(folder, file));
    const mails = must(await readMails(content, file));
    t.log(`${file}: ${mails.length === 1 ? '' : `${mails.length} mails, the first `}${mails[0] === undefined ? '' : describe(mails[0])}`);
    const all = content.toString('utf8').split('\n');
    const diffs = seriesOf(mails).series.flatMap((one) => one.patches).map(({ mail }) => must(readDiff(mail.body, file)));
    // What is encoded reads otherwise in the file.
    const encoded = /^content-transfer-encoding:\s*(?:quoted-printable|base64)/im.test(content.toString('latin1'));
    for (const line of (encoded ? [] : diffs).flatMap((diff) => diff.files).flatMap(hunksOf).flatMap((hunk) => hunk.lines.slice(0, hunk.lines.length - hunk.trimmed))) {
      t.is(all[line.line - 1]?.replace(/^$/, ' '), `${line.kind}${line.text}`, file);
    }
    const known = KNOWN[file.slice(0, 4)];
    if (known === undefined) continue;
    t.true(mails.every((one) => one.form === known.form), file);
    t.deepEqual(mails.map((one) => kindOf(one).kind), known.kinds, file);
    t.deepEqual(diffs.flatMap((diff) => diff.files).map((one) => `${pathOf(one)} ${numstat(one)?.added ?? '-'} ${numstat(one)?.removed ?? '-'}`), known.counts, file);
    t.is(diffs.flatMap((diff) => diff.remarks).filter((one) => one.kind === 'trimmed').length, known.trimmed, diffs.flatMap((diff) => diff.remarks).map(remarkText).join());
    for (const mail of mails.filter((one) => one.messageId !== null)) {
      const patch = PATCHES.find((one) => one.meta.messageId === mail.messageId);
      if (patch !== undefined) t.true(mail.subject.includes(patch.meta.subject), file);
    }
  }
  return undefined;
});
