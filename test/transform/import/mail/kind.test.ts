// SPDX-License-Identifier: GPL-2.0-only
// What a subject and a body make of a mail.

import test from 'ava';
import { commitOf, describe, kindOf, readSubject, tagText, type Kind } from '../../../../verifier/transform/import/index.ts';
import { BODY, DIFF, mailOf, message } from '../fixture.ts';

const TAGS: readonly (readonly [string, string | null, string, boolean?])[] = [
  ['[PATCH] title', '', 'title'],
  ['[PATCH v2 03/11] mm/gup: title', 'v2 3/11', 'mm/gup: title'],
  ['[PATCH 0/3] title', '0/3', 'title'],
  ['Re: [PATCH v3 00/10] title', 'v3 0/10', 'title', true],
  ['RE: AW: Fwd: [PATCH] title', '', 'title', true],
  ['[v2,03/11] title', 'v2 3/11', 'title'],
  ['[RFC PATCH 23/28] title', '23/28', 'title'],
  ['[PATCHv4 1/2] title', 'v4 1/2', 'title'],
  ['[RFC v2] title', 'v2', 'title'],
  ['[mm-tree] [PATCH 1/2 RESEND] [media] title', '1/2', 'title'],
  ['[PATCH 5.15 12/99] title', '12/99', 'title'],
  ['[PATCH 1 of 2 V3] title', 'v3 1/2', 'title'],
  ['[Patch]: title', '', 'title'],
  ['[GIT PULL] title', null, 'title'],
  ['title [PATCH 1/2]', null, 'title [PATCH 1/2]'],
  ['[PATCH 1/99999] title', '', 'title'],
  ['[[PATCH 1/2] title', null, '[[PATCH 1/2] title'],
  ['', null, ''],
];
for (const [subject, tag, title, reply = false] of TAGS) {
  test(`the subject '${subject}'`, (t) => {
    const found = readSubject(subject);
    t.is(found.tag === null ? null : tagText(found.tag), tag);
    t.is(found.title, title);
    t.is(found.reply, reply);
  });
}

test('words beside the number are kept', (t) => {
  t.deepEqual(readSubject('[RESEND RFC PATCH mm-unstable v2 1/2] x').tag?.words, ['RESEND', 'RFC', 'mm-unstable']);
});

const QUOTED = 'On Monday A Person wrote:\n> frob\n\nNo.\n';
const KINDS: readonly (readonly [string, string, Kind['kind'], string])[] = [
  ['[PATCH v2 3/7] t', BODY, 'patch', "a patch v2 3/7 by A Person: 't'"],
  ['lib: no tag', BODY, 'patch', "a patch by A Person: 'lib: no tag'"],
  ['[PATCH v2 0/7] t', 'Hello.\n', 'cover', "the cover letter of 7 patches, v2 by A Person: 't'"],
  ['Re: [PATCH v2 0/7] t', QUOTED, 'reply', "a reply by A Person to the cover letter v2 0/7 't'"],
  ['Re: [PATCH v2 3/7] t', QUOTED, 'reply', "a reply by A Person to the patch v2 3/7 't'"],
  ['Re: [PATCH] t', `${QUOTED}\n${DIFF}`, 'reply', "a reply by A Person to the patch 't', with a diff of its own, which is not taken for the patch"],
  ['[PATCH v2 3/7] t', QUOTED, 'reply', "a reply by A Person to the patch v2 3/7 't'"],
  ['[PATCH v2 3/7] t', `${QUOTED}---\n${DIFF}`, 'patch', "a patch v2 3/7 by A Person: 't'"],
  ['[PATCH v2 0/7] t', QUOTED, 'reply', "a reply by A Person to the cover letter v2 0/7 't'"],
  ['[PATCH 0/7] t', BODY, 'cover', "the cover letter of 7 patches by A Person: 't', with a diff of its own, which is not taken for the patch"],
  ['[PATCH v2 0/7] t', '> frob\n', 'cover', "the cover letter of 7 patches, v2 by A Person: 't'"],
  ['[PATCH v2 3/7] t', `> diff --git a/n.c b/n.c\n${DIFF.replace(/^/gm, '> ')}`, 'reply', "a reply by A Person to the patch v2 3/7 't'"],
  ['[PATCH v2 3/7] t', 'Hello.\n', 'other', "a mail by A Person whose subject says patch v2 3/7, 't', but no diff is in it"],
  ['[GIT PULL] t', 'Hello.\n', 'other', "a mail by A Person without a diff: 't'"],
  ['[PATCH] t', '--- a/n.c\n+++ b/n.c\n@@@ -1 +1 @@\n-a\n+b\n', 'patch', "a patch by A Person: 't'"],
  ['[PATCH 2/3] t', '>>From a\n', 'other', "a mail by A Person whose subject says patch 2/3, 't', but no diff is in it"],
  ['[PATCH] t', '---\n@@ -1 +1 @@\n-a\n+b\n', 'patch', "a patch by A Person: 't'"],
];
for (const [i, [subject, body, kind, words]] of KINDS.entries()) {
  test(`the kind of '${subject}', ${i}`, async (t) => {
    const mail = await mailOf(message({ subject }, body));
    t.is(kindOf(mail).kind, kind);
    t.is(describe(mail), words);
  });
}

test('where an archive took the Re: away, a quote without a --- below it tells', async (t) => {
  const page = (body: string): string => `[PATCH 3/7] t\n\nB Person b at demo.invalid\nTue Mar  3 08:07:38 UTC 2021\n\n\n${body}`;
  t.is(kindOf(await mailOf(page(`${QUOTED}\n${DIFF}`))).kind, 'reply');
  t.is(kindOf(await mailOf(page(`${QUOTED}---\n${DIFF}`))).kind, 'patch');
});

test('the commit: its message, what stands below, its base', async (t) => {
  const commit = commitOf(await mailOf(message({}, `${BODY.replace('---\n', '---\nA note.\n')}\nbase-commit: 0123456789abcdef0123456789abcdef01234567\n`)));
  t.deepEqual(commit.message.map((one) => one.text), ['frob() forgot the other case.', '', 'Signed-off-by: A Person <a@demo.invalid>']);
  t.is(commit.below[0]?.text, 'A note.');
  t.is(commit.below.at(-1)?.text, ' 1 file changed, 3 insertions(+), 1 deletion(-)');
  t.is(commit.baseCommit, '0123456789abcdef0123456789abcdef01234567');
  t.deepEqual(commit.author, { name: 'A Person', email: 'a@demo.invalid' });
  t.false(commit.scissored);
});

test('the author of a From line in the body; nothing above the scissors', async (t) => {
  const commit = commitOf(await mailOf(message({}, `Please take this.\n\n-- >8 --\nFrom: B Person <b@demo.invalid>\nSubject: [PATCH] other,\n and longer\n\n${BODY}`)));
  t.deepEqual(commit.author, { name: 'B Person', email: 'b@demo.invalid' });
  t.is(commit.subject, 'other, and longer');
  t.is(commit.message[0]?.text, 'frob() forgot the other case.');
  t.true(commit.scissored);
});

test('a From line without an address, or in the midst of a sentence, is no author', async (t) => {
  for (const top of ['From: nobody knows\n\n', 'From: B Person <b@demo.invalid>\ngoes on.\n']) {
    const commit = commitOf(await mailOf(message({}, `${top}${BODY}`)));
    t.is(commit.author?.name, 'A Person');
    t.is(commit.subject, 'lib/demo: frob the other case');
  }
});
