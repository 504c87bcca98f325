// SPDX-License-Identifier: GPL-2.0-only
// Damaged mails end in a result or in a reason of one line, within a second.

import test from 'ava';
import { ALL } from './pages.ts';
import { sweep, timed } from './mutated.ts';

test('four hundred damaged mails', async (t) => {
  const { ends, problems, slowest } = await sweep(Object.values(ALL), 1, 400);
  t.log(`${ends.patch} patches, ${ends['no patch']} without, ${ends.refused} refused; the slowest took ${Math.ceil(slowest)} ms`);
  t.deepEqual(problems, []);
  t.true(slowest < 1000);
  t.true(ends.patch > 50 && ends['no patch'] > 20 && ends.refused > 50);
});

/** Made to be slow, each of some MB: what is looked for again and again, or never comes. */
const LARGE: Readonly<Record<string, string>> = {
  'hunks without files': '@@ -1 +1 @@\n'.repeat(100_000),
  'signatures': `diff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1,999999 +1,999999 @@\n${'-- \n\n'.repeat(100_000)}`,
  'heads': 'diff --git a/x.c b/x.c\nold mode 100644\nnew mode 100755\n'.repeat(40_000),
  'blanks in names': `diff --git ${'a '.repeat(500_000)}\n`.repeat(2),
  'quotes': `diff --git "${'\\303'.repeat(300_000)}\n`,
  'From lines': 'From a Mon Mar 22 10:58:35 2021\nSubject: x\n\n'.repeat(9_000),
  'almost From lines': `From ${'a 10:58:35 '.repeat(100_000)}\nSubject: x\n\n`,
  'headers': `Subject: x\n${'a:\n'.repeat(60_000)}\n`,
  'a long header': `Subject: ${'=?utf-8?B?YQ==?= '.repeat(15_000)}\n\n`,
  'addresses': `Subject: x\nTo: ${'"a" <a@demo.invalid>, ('.repeat(10_000)}\n\n`,
  'one line': `Subject: x From: y Date: z ${'X-a: X-'.repeat(100_000)}`,
  'boundaries': `Subject: x\nContent-Type: multipart/mixed; boundary=x\n\n${'--x y\n'.repeat(300_000)}`,
  'patchwork': `x\nMessage ID x\n\nCommit Message\n\n${'Patch\n\n'.repeat(100_000)}`,
  'stamps': `x\nMessage ID x\n\nCommit Message\n\nComments\n${`${'A '.repeat(90)}Dec. 1, 2021, 1 UTC | #2\n`.repeat(9_000)}`,
  'flowed': `Subject: x\nContent-Type: text/plain; format=flowed\n\n${'> a \n'.repeat(300_000)}`,
  'quoted-printable': `Subject: x\nContent-Transfer-Encoding: quoted-printable\n\n${'=0A=\n'.repeat(300_000)}`,
  'base64': `Subject: x\nContent-Transfer-Encoding: base64\n\n${'CgoK\n'.repeat(100_000)}`,
  'brackets': `Subject: ${'[PATCH 1/2] '.repeat(20_000)}\n\n`,
  'scissors': `Subject: [PATCH] x\n\n${'- '.repeat(500_000)}\ndiff --git a/x b/x\n`,
  'binary names': `diff --git a/x b/x\nBinary files ${'a and '.repeat(300_000)}\n`,
  'blanks for a stamp': `--- a/x${' '.repeat(1_000_000)}1\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n`,
  'tabs behind a name': `--- a/x${'\t'.repeat(1_000_000)}\u2028\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n`,
  'pipermail': `[PATCH] x\n\n${'a'.repeat(1_000_000)} at\nMon Mar 22 10:58:35 UTC 2021\n\nhello\n`,
  'attributions': `Subject: x\n\n${`wrote:${' '.repeat(200)}`.repeat(5_000)}x\n> y\n`,
  'references': `Subject: Re: x\nReferences: ${'<a@b> '.repeat(40_000)}\n\nhello\n`,
};
for (const [name, text] of Object.entries(LARGE)) {
  test.serial(`large: ${name}`, async (t) => {
    const { problems, ms, ended } = await timed(Buffer.from(text), 3000);
    t.log(`${ended}, ${Math.ceil(ms)} ms`);
    t.deepEqual(problems, []);
    t.true(ms < 3000, `${ms} ms`);
  });
}
