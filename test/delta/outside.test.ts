// SPDX-License-Identifier: GPL-2.0-only
// Patches that touch nothing of the port, as the commands tell of them.

import test from 'ava';
import { PATCHES } from '../../patches/index.ts';
import { EXIT, exitOfReview } from '../../verifier/cli/exit.ts';
import { resolveTarget } from '../../verifier/delta/target.ts';
import { DEFAULT_OPTIONS, reviewTarget } from '../../verifier/delta/review.ts';
import { mailReport } from '../../verifier/report/mail.ts';
import type { Review } from '../../verifier/report/review.ts';
import { textReport } from '../../verifier/report/text.ts';
import { findPatch } from '../../patches/index.ts';
import { golden } from '../report/golden.ts';

async function review(id: string): Promise<Review> {
  const target = resolveTarget(id);
  if (!target.ok) throw new Error(target.reason);
  return reviewTarget(target.target, { ...DEFAULT_OPTIONS, jobs: 1 });
}
const named = { version: '0.1.0', sourceDate: null };
/** Without what every report ends with. */
const told = (text: string): string => text.replace(/\nWhat the model leaves out\n[^]*$/, '');

test('each says which files and why, and ends with 0', async (t) => {
  for (const one of PATCHES) {
    if (one.kind === 'port') continue;
    const r = await review(one.id);
    const [patch] = r.patches;
    t.is(patch?.verdict, 'outside-port');
    t.is(exitOfReview(r, { failOn: null, interrupted: false }), EXIT.clean);
    for (const { file, why } of one.outside) for (const word of [file, why]) t.true(patch?.reason.includes(word), `${one.id}: ${word}`);
    t.deepEqual(patch?.apply.notModelled, one.outside.map(({ file, why }) => `${file}: ${why}`));
  }
});

test('as text and as a mail', async (t) => {
  const r = await review('device-coherent/v2/11');
  golden(t, 'delta/outside.txt', told(textReport(r)));
  golden(t, 'delta/outside.mbox', mailReport(r, findPatch, named));
});

test('a reply goes to who sent the mail; the author of the patch is told, and the subject is the mail\'s', async (t) => {
  const mail = mailReport(await review('device-coherent/v1/1'), findPatch, named);
  t.regex(mail, /^To: Alex Sierra <alex\.sierra@amd\.com>$/m);
  t.regex(mail, /^Cc: Ralph Campbell <rcampbell@nvidia\.com>,/m);
  t.is([...mail.matchAll(/rcampbell/g)].length, 1);
  t.regex(mail, /^Subject: Re: \[PATCH v1 01\/14\] ext4\/xfs: add page refcount helper$/m);
  t.regex(mail, /^On Tue, Aug 24, 2021 at 10:48:15PM -0500, Alex Sierra wrote:$/m);
});

test('in the review of something else it is worth no reply', async (t) => {
  const r = await review('device-coherent/v2/11');
  t.is(mailReport({ ...r, target: 'device-coherent/v2' }, findPatch, named), '');
});
