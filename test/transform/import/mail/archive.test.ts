// SPDX-License-Identifier: GPL-2.0-only
// The forms that archives give mails: each is read for what it is.

import test from 'ava';
import { bodyText, describe, kindOf, readDiff, remarkText, type Mail } from '../../../../verifier/transform/import/index.ts';
import { DIFF, mailOf, mailsOf, must, placeless, read } from '../fixture.ts';
import { ALL, AS_IS, ONE_LINE, PAGE, PATCHWORK, PIPERMAIL, PIPERMAIL_REPLY, SHOWN } from './pages.ts';

const diffOf = (mail: Mail | undefined): ReturnType<typeof read> => readDiff(mail?.body ?? [], 'demo');

test('patchwork: the patch of the page, its comments as replies', async (t) => {
  const [patch, ...comments] = await mailsOf(PATCHWORK);
  t.like(patch, { form: 'patchwork', messageId: '2021-4-a@demo.invalid', subject: '[v2,03/11] lib/demo: frob the other case', date: 'Dec. 6, 2021, 6:52 p.m. UTC' });
  t.deepEqual(patch?.from, { name: 'Person, A (Anna)', email: '' });
  t.is(patch === undefined ? '' : kindOf(patch).kind, 'patch');
  const diff = must(diffOf(patch));
  t.deepEqual(placeless(diff), placeless(must(read(DIFF))));
  t.regex(diff.remarks.map(remarkText).join(), /: 1 blank context line at the end of the hunk taken as trimmed by the archive$/);
  t.deepEqual(comments.map((one) => [one.from?.name, one.date, one.inReplyTo, kindOf(one).kind]), [
    ['B Person', 'Dec. 8, 2021, 11 a.m. UTC', '2021-4-a@demo.invalid', 'reply'],
    ['A Person', 'Dec. 8, 2021, noon UTC', '2021-4-a@demo.invalid', 'reply'],
  ]);
  t.is(comments[1] === undefined ? '' : bodyText(comments[1]), 'B Person Dec. 8, 2021, 11 a.m. UTC | #1\nBecause.\n');
});

test('patchwork: a comment may say Patch where the page has none', async (t) => {
  const [patch, ...comments] = await mailsOf(PATCHWORK.slice(0, PATCHWORK.lastIndexOf('\nPatch\n') + 7));
  t.is(patch === undefined ? '' : kindOf(patch).kind, 'other');
  t.is(comments[1]?.body.at(-1)?.text, 'Patch');
});

test('pipermail: a patch, and a reply that lost its Re:', async (t) => {
  const patch = await mailOf(PIPERMAIL);
  t.like(patch, { form: 'pipermail', subject: '[PATCH 19/44] lib/demo: frob the other case', date: 'Mon Mar 22 10:58:35 UTC 2021', messageId: null });
  t.deepEqual(patch.from, { name: 'A Person', email: 'a.person@demo.invalid' });
  t.deepEqual(placeless(must(diffOf(patch))), placeless(must(read(DIFF))));
  t.false(bodyText(patch).includes('More information'));
  const reply = await mailOf(PIPERMAIL_REPLY);
  t.is(describe(reply), "a reply by B Person to the patch 19/44 'lib/demo: frob the other case'");
  t.is(reply.body.at(-1)?.text, 'No.');
});

test("an archive's page", async (t) => {
  const mail = await mailOf(PAGE);
  t.like(mail, { form: 'page', subject: 'Re: [PATCH v3 00/10] frob it all', date: '2022-01-12 23:02:03' });
  t.is(describe(mail), "a reply by B Person to the cover letter v3 0/10 'frob it all'");
  t.is(mail.body.find((one) => one.text !== '')?.text, 'I looked.');
  t.deepEqual(mail.to, []);
  const other = await mailOf('[Prev][Next]\n\nSubject: frob\nFrom: B Person <b@demo.invalid>\nDate: Mon, 6 Dec 2021 12:52:43 -0600\nMessage-ID: <x@demo.invalid>\n\nHello.\n');
  t.like(other, { form: 'page', messageId: 'x@demo.invalid' });
});

test('headers and body on one line', async (t) => {
  const mail = await mailOf(ONE_LINE);
  t.like(mail, { form: 'one-line', subject: 'Re: [PATCH v1 03/14] lib/demo: frob', date: 'Wed, 1 Sep 2021 19:07:34 -0400', messageId: null, inReplyTo: 'two@demo.invalid' });
  t.deepEqual([mail.from?.name, mail.to.map((one) => one.name), mail.references], ['B Person', ['A Person'], ['one@demo.invalid', 'two@demo.invalid']]);
  t.is(describe(mail), "a reply by B Person to the patch 3/14 'lib/demo: frob'");
  t.is(bodyText(mail), 'On 2021-09-01, A Person wrote: > frob Note: no.\n');
});

test('git show; several commits are refused', async (t) => {
  const mail = await mailOf(SHOWN);
  t.like(mail, { form: 'commit', subject: 'lib/demo: frob the other case', date: 'Fri Nov 20 14:39:36 2026 +0000' });
  t.is(mail.body[1]?.text, 'It was forgotten.');
  t.is(must(diffOf(mail)).files.length, 1);
  t.true(bodyText(mail).includes('\n     frob\n'));
  await t.throwsAsync(mailsOf(`${SHOWN}\n${SHOWN}`), { message: /^30: a second commit: / });
});

test('a text without a diff', async (t) => {
  t.is(describe(await mailOf('Hello.\nNo diff here.\n')), 'a text without a diff');
});

test('in every form the diff is the same, or said to be none', async (t) => {
  const without = ['a reply of pipermail', 'a page', 'one line'];
  for (const [name, text] of Object.entries(ALL)) {
    const mails = await mailsOf(text);
    const patches = mails.filter((one) => kindOf(one).kind === 'patch');
    t.is(patches.length, without.includes(name) ? 0 : name === 'an mbox' ? 2 : 1, name);
    for (const one of patches) {
      const diff = must(diffOf(one));
      if (diff.files.length === 1 && name !== 'git show') t.deepEqual(placeless(diff), placeless(must(read(DIFF))), name);
    }
  }
});

test('where the text stands as it is, each line of a body stands where it says', async (t) => {
  for (const [name, text] of Object.entries(AS_IS)) {
    const all = text.split('\n');
    for (const { body } of await mailsOf(text)) {
      for (const one of body) t.true(one.text === '' || (all[one.line - 1] ?? '').includes(one.text), `${name}: ${one.line}: ${one.text}`);
    }
  }
});
