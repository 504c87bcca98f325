// SPDX-License-Identifier: GPL-2.0-only
// A message as it was sent: headers, transfer encodings, charsets, parts; and that every line of
// its body still knows the line of the file that it came from.

import test from 'ava';
import { bodyText, describe, errorText, kindOf, readDiff, readMails, type Mail } from '../../../../verifier/transform/import/index.ts';
import { BODY, DIFF, mailOf, message, must } from '../fixture.ts';

const added = (mail: Mail): readonly (readonly [string, number])[] => must(readDiff(mail.body, 'demo')).files
  .flatMap((file) => (file.content.kind === 'text' ? file.content.hunks : [])).flatMap((hunk) => hunk.lines)
  .filter((one) => one.kind === '+').map((one) => [one.text, one.line] as const);

const lineOf = (text: string, part: string): number => text.split('\n').findIndex((one) => one.includes(part)) + 1;

test('headers', async (t) => {
  const mail = await mailOf(message({
    subject: '[PATCH v2 3/7] =?utf-8?Q?lib:_fr=C3=B6b?=\n =?utf-8?Q?_more?=', from: '=?iso-8859-1?Q?J=F6rg?= <j@demo.invalid>', id: 'three@demo.invalid', parent: 'zero@demo.invalid',
    references: ['other@demo.invalid', 'zero@demo.invalid'],
    more: ['Cc: "D, E" <d@demo.invalid>, team: f@demo.invalid, g@demo.invalid;', 'Subject: a second one does not count'],
  }));
  t.like(mail, {
    form: 'message', line: 1, messageId: 'three@demo.invalid', subject: '[PATCH v2 3/7] lib: fröb more', date: 'Mon, 6 Dec 2021 12:52:43 -0600',
    from: { name: 'Jörg', email: 'j@demo.invalid' }, inReplyTo: 'zero@demo.invalid',
  });
  t.deepEqual(mail.references, ['other@demo.invalid', 'zero@demo.invalid']);
  t.deepEqual(mail.to.map((one) => one.email), ['list@demo.invalid']);
  t.deepEqual(mail.cc.map((one) => `${one.name}|${one.email}`), ['B Person|b@demo.invalid', 'C|c@demo.invalid', 'D, E|d@demo.invalid', '|f@demo.invalid', '|g@demo.invalid']);
});

test('a list that writes addresses with at', async (t) => {
  const mail = await mailOf(message({ from: 'a.person at demo.invalid (A Person)' }));
  t.deepEqual(mail.from, { name: 'A Person', email: 'a.person@demo.invalid' });
});

test('plain, 7bit: the body as it is', async (t) => {
  const text = message({});
  const mail = await mailOf(text);
  t.is(bodyText(mail), BODY);
  t.is(mail.body[0]?.line, lineOf(text, 'frob() forgot'));
  t.deepEqual(added(mail).map(([, line]) => line), [lineOf(text, '+\tif (y)'), lineOf(text, 'return y + 1'), lineOf(text, '+\tz = 3')]);
});

test('CRLF ends lines, and is no part of them', async (t) => {
  const mail = await mailOf(message({}).replaceAll('\n', '\r\n'));
  t.is(bodyText(mail), BODY);
});

/** As a mailer may: soft breaks after 40 bytes. */
function quotedPrintable(bytes: Buffer): string {
  return bytes.toString('latin1').split('\n').map((line) => {
    const units = [...line].map((c) => (/[^\t -<>-~]/.test(c) ? `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}` : c));
    const out: string[] = [''];
    for (const unit of units) {
      if ((out.at(-1) ?? '').length + unit.length > 40) out.push('');
      out.push((out.pop() ?? '') + unit);
    }
    return out.join('=\n').replace(/([\t ])$/, (c) => `=${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  }).join('\n');
}

const CODED = BODY.replace('return y + 1;', 'return y + 1; /* größer, and this comment is long enough to need several lines */');

for (const [charset, encoding] of [['utf-8', 'utf8'], ['iso-8859-1', 'latin1'], ['windows-1252', 'latin1']] as const) {
  const bytes = Buffer.from(CODED, encoding);
  const head = (transfer: string): string => message({ more: ['MIME-Version: 1.0', `Content-Type: text/plain; charset="${charset}"`, `Content-Transfer-Encoding: ${transfer}`] }, '');

  test(`8bit in ${charset}`, async (t) => {
    t.is(bodyText(await mailOf(Buffer.concat([Buffer.from(head('8bit')), bytes]))), CODED);
  });

  test(`quoted-printable in ${charset}`, async (t) => {
    const text = `${head('quoted-printable')}${quotedPrintable(bytes)}`;
    const mail = await mailOf(text);
    t.is(bodyText(mail), CODED);
    t.deepEqual(added(mail).map(([, line]) => line), [lineOf(text, '+\tif (y)'), lineOf(text, 'return y + 1'), lineOf(text, '+\tz =3D 3')]);
  });

  test(`base64 in ${charset}`, async (t) => {
    const raw = bytes.toString('base64').match(/.{1,60}/g) ?? [];
    const text = `${head('base64')}${raw.join('\n')}\n`;
    const mail = await mailOf(text);
    t.is(bodyText(mail), CODED);
    // 60 characters are 45 bytes: the line of the file is where the first of its bytes is.
    const first = text.split('\n').findIndex((one) => one === raw[0]) + 1;
    for (const [line, at] of added(mail)) t.is(at, first + Math.floor(bytes.indexOf(Buffer.from(`+${line}`, encoding)) / 45), line);
  });
}

test('UTF-8 that calls itself nothing or ASCII; bytes that are no UTF-8', async (t) => {
  const plain = BODY.replace('forgot', 'vergaß');
  for (const more of [[], ['Content-Type: text/plain; charset=us-ascii']]) {
    t.is(bodyText(await mailOf(message({ more }, plain))), plain);
    t.is(bodyText(await mailOf(Buffer.from(message({ more }, plain), 'latin1'))), plain);
  }
});

test('format=flowed: joined, unstuffed, the signature left alone', async (t) => {
  const body = 'A line that \ngoes on.\n> quoted and \n> going on\n>> deeper\n  stuffed\n-- \nA Person\n';
  const flowed = await mailOf(message({ subject: 'Re: frob', more: ['Content-Type: text/plain; charset=utf-8; format=flowed'] }, body));
  t.deepEqual(flowed.body.map((one) => [one.text, one.line - (flowed.body[0]?.line ?? 0)]), [
    ['A line that goes on.', 0], ['> quoted and going on', 2], ['>> deeper', 4], [' stuffed', 5], ['-- ', 6], ['A Person', 7]]);
  const deleting = await mailOf(message({ subject: 'Re: frob', more: ['Content-Type: text/plain; format=flowed; delsp=yes'] }, 'one \ntwo\n'));
  t.deepEqual(deleting.body.map((one) => one.text), ['onetwo']);
});

test('format=flowed: another depth and the signature end a line that goes on', async (t) => {
  const mail = await mailOf(message({ subject: 'Re: frob', more: ['Content-Type: text/plain; format=flowed'] }, 'one \n> two \n>> three\nlast \n-- \nA Person\n'));
  t.deepEqual(mail.body.map((one) => one.text), ['one ', '> two ', '>> three', 'last ', '-- ', 'A Person']);
});

test('quoted-printable: a coded line end begins a line of the text on the same line of the file', async (t) => {
  const mail = await mailOf(message({ more: ['Content-Transfer-Encoding: quoted-printable'] }, 'a=0Ab=\nc\nd\n'));
  t.deepEqual(mail.body.map((one) => [one.text, one.line - (mail.body[0]?.line ?? 0)]), [['a', 0], ['bc', 0], ['d', 2]]);
});

test('a patch in format=flowed has its context stuffed', async (t) => {
  const stuffed = BODY.split('\n').map((one) => (/^(?: |>|From )/.test(one) ? ` ${one}` : one)).map((one) => (one === '-- ' ? one : one.trimEnd())).join('\n');
  const mail = await mailOf(message({ more: ['Content-Type: text/plain; charset=utf-8; format=flowed'] }, stuffed));
  t.deepEqual(added(mail).map(([text]) => text), ['\tif (y)', '\t\treturn y + 1;', '\tz = 3;']);
});

const multipart = (kind: string, parts: readonly string[], boundary = 'b=_1'): string => message({
  more: ['MIME-Version: 1.0', `Content-Type: multipart/${kind};\n boundary="${boundary}"`],
}, `Not shown.\n${parts.map((one) => `--${boundary}\n${one}`).join('\n')}\n--${boundary}--\nNor this.\n`);

test('a patch as an attachment', async (t) => {
  const coded = Buffer.from(DIFF).toString('base64').replace(/.{60}/g, '$&\n');
  for (const [type, content] of [
    ['text/x-patch; name="0001.patch"\nContent-Disposition: attachment; filename="0001.patch"', DIFF],
    ['text/plain; charset=UTF-8\nContent-Disposition: inline; filename="0001.patch"\nContent-Transfer-Encoding: base64', coded],
    ['application/octet-stream; name="0001.patch"\nContent-Transfer-Encoding: base64', coded],
  ] as const) {
    const text = multipart('mixed', ['Content-Type: text/plain\n\nHello.\n---\n', `Content-Type: ${type}\n\n${content}`]);
    const mail = await mailOf(text);
    t.is(mail.body[0]?.text, 'Hello.');
    t.is(kindOf(mail).kind, 'patch');
    t.deepEqual(added(mail).map(([line]) => line), ['\tif (y)', '\t\treturn y + 1;', '\tz = 3;']);
    if (content === DIFF) t.deepEqual(added(mail).map(([, line]) => line), [lineOf(text, '+\tif (y)'), lineOf(text, 'return y + 1'), lineOf(text, '+\tz = 3')]);
    t.false(bodyText(mail).includes('shown'));
  }
});

test('a log attached to a patch is no part of it', async (t) => {
  const log = await mailOf(multipart('mixed', [`Content-Type: text/plain\n\n${BODY}`, 'Content-Type: text/plain\nContent-Disposition: attachment; filename="log"\n\n - a line\n']));
  t.is(added(log).length, 3);
  t.deepEqual(log.unread.map((one) => one.type), ['text/plain']);
});

test('of alternatives the plain text; parts within parts; a signature is passed over', async (t) => {
  const both = 'Content-Type: multipart/alternative; boundary=inner\n\n--inner\nContent-Type: text/plain\n\nplain\n--inner\nContent-Type: text/html\n\n<p>html\n--inner--';
  const mail = await mailOf(multipart('signed', [both, 'Content-Type: application/pgp-signature\n\nabc']));
  t.deepEqual(mail.body.map((one) => one.text), ['plain']);
  t.deepEqual(mail.unread, []);
});

test('of several texts that are alternatives, the first; of two boundaries, too', async (t) => {
  const both = multipart('alternative', ['Content-Type: text/plain\n\none', 'Content-Type: text/enriched\n\ntwo']);
  t.deepEqual((await mailOf(both)).body.map((one) => one.text), ['one']);
  t.deepEqual((await mailOf(both.replace('boundary="b=_1"', 'boundary="b=_1"; boundary="c"'))).body.map((one) => one.text), ['one']);
});

test('what is not read is said', async (t) => {
  const html = await mailOf(message({ more: ['Content-Type: text/html'] }, '<p>hello'));
  t.deepEqual(html.body, []);
  t.deepEqual(html.unread, [{ type: 'text/html', line: 1 }]);
  t.regex(describe(html), /^a mail by A Person whose subject says patch, .* but no diff is in it; its part text\/html was not read$/);
  t.deepEqual((await mailOf(multipart('mixed', ['\nhello', 'Content-Type: image/png\n\nabc']))).unread.map((one) => one.type), ['image/png']);
});

test('a part that is never closed goes to the end; a boundary that is never there gives nothing', async (t) => {
  t.deepEqual((await mailOf(multipart('mixed', ['\nhello']).replace(/--b=_1--\n[^]*/, ''))).body.map((one) => one.text), ['hello']);
  t.deepEqual((await mailOf(multipart('mixed', ['\nhello']).replaceAll('--b=_1', '--x'))).body, []);
});

test('a patch right below the headers, without a blank line', async (t) => {
  t.is(kindOf(await mailOf(`Subject: [PATCH] x\nFrom: a@demo.invalid\n${DIFF}`)).kind, 'patch');
});

const refused = async (content: string | Buffer): Promise<string> => {
  const result = await readMails(Buffer.from(content), 'demo.mbox');
  return result.ok ? 'read' : errorText(result.error);
};

test('refused: nothing, a NUL byte, a compressed file, too many headers, too many parts, too deep', async (t) => {
  t.is(await refused(''), 'demo.mbox:1: empty');
  t.is(await refused('\n \n'), 'demo.mbox:1: empty');
  t.is(await refused('a\nb\0'), 'demo.mbox:2: holds a NUL byte: neither a mail nor a patch');
  t.is(await refused(Buffer.from([0x1f, 0x8b, 8, 0])), 'demo.mbox:1: compressed: unpack it first (gunzip)');
  t.regex(await refused(message({ more: Array.from({ length: 9000 }, (_, i) => `X-${i}: ${'x'.repeat(30)}`) })), /^demo\.mbox:\d+: the headers of one mail are longer than 256 KiB$/);
  t.regex(await refused(multipart('mixed', Array.from({ length: 300 }, () => '\nx'))), /: a mail of more than 256 parts$/);
  const deep = Array.from({ length: 20 }).reduce((inner: string, _, i) => `Content-Type: multipart/mixed; boundary=d${i}\n\n--d${i}\n${inner}\n--d${i}--`, '\nx');
  t.regex(await refused(multipart('mixed', [deep])), /: parts within parts, deeper than 16$/);
});
