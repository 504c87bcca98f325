// SPDX-License-Identifier: GPL-2.0-only
// An mbox is split where mails begin, and nowhere else.

import test from 'ava';
import { bodyText } from '../../../../verifier/transform/import/index.ts';
import { BODY, mailsOf, mbox, message } from '../fixture.ts';

test('mails in their order, each with its first line in the file', async (t) => {
  const text = mbox([message({ id: 'a@demo.invalid' }), message({ id: 'b@demo.invalid' })]);
  const mails = await mailsOf(text);
  t.deepEqual(mails.map((one) => one.messageId), ['a@demo.invalid', 'b@demo.invalid']);
  const starts = text.split('\n').flatMap((one, i) => (one.startsWith('From mboxrd') ? [i + 2] : []));
  t.deepEqual(mails.map((one) => one.line), starts);
  t.deepEqual(mails.map((one) => bodyText(one).trimEnd()), [BODY.trimEnd(), BODY.trimEnd()]);
});

test('the separators of git, of pipermail and of mailers', async (t) => {
  for (const from of ['From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001', 'From a at demo.invalid  Mon Mar 22 10:58:35 2021',
    'From a@demo.invalid Thu Jan  1 00:00:00 1970 +0000', 'From - Mon Mar 22 10:58:35 UTC 2021']) {
    t.is((await mailsOf(`${from}\n${message({})}\n${from}\n${message({ id: 'two@demo.invalid' })}`)).length, 2, from);
  }
});

test('blank lines above the first mail', async (t) => {
  t.is((await mailsOf(`\n \t\n${mbox([message({}), message({ id: 'two@demo.invalid' })])}`)).length, 2);
});

test('mboxrd: a > before From is taken away, one of several', async (t) => {
  const body = 'From here on\n>From there\n';
  const [mail] = await mailsOf(mbox([message({}, body)]));
  t.is(mail === undefined ? '' : bodyText(mail).trimEnd(), body.trimEnd());
});

test('a sentence that begins with From does not cut', async (t) => {
  const body = 'From here on it is different.\nFrom Mon Mar 22 10:58:35 2021 on, too.\nFrom a Mon Mar 22 10:58:35 2021\nnot a header\n';
  const [mail, ...others] = await mailsOf(`From a Mon Mar 22 10:58:35 2021\n${message({}, body)}`);
  t.is(others.length, 0);
  t.is(mail === undefined ? '' : bodyText(mail), body);
});

test('a second, escaped separator below the first, as some mailers keep it', async (t) => {
  const [mail, ...others] = await mailsOf(`From a Mon Mar 22 10:58:35 2021\n>From b Mon Mar 22 10:58:35 2021\n${message({})}`);
  t.is(others.length, 0);
  t.like(mail, { form: 'message', line: 2, messageId: 'one@demo.invalid' });
});

test('a first line From without a date is no header either', async (t) => {
  const [mail] = await mailsOf(`From a@demo.invalid\n${message({})}`);
  t.like(mail, { form: 'message', line: 2, messageId: 'one@demo.invalid' });
});

test('CRLF', async (t) => {
  t.is((await mailsOf(mbox([message({}), message({ id: 'two@demo.invalid' })]).replaceAll('\n', '\r\n'))).length, 2);
});
