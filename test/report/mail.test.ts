// SPDX-License-Identifier: GPL-2.0-only
// The reply, held against what readers of mail do with it (git, Python, b4) and against the list
// of lines that they would trip over.

import test, { type ExecutionContext } from 'ava';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unwrapped } from '../../verifier/cli/replay.ts';
import { attribution, headers, rfc5322, subjectOf } from '../../verifier/report/mail-headers.ts';
import { harmless, mailReport } from '../../verifier/report/mail.ts';
import { replayLines } from '../../verifier/report/mail-body.ts';
import { CONFLICTED, FINDINGS, moduleOf, OUTSIDE, PATCH, REVIEW, REVIEWED, reviewOf, UNCHANGED } from './fixture.ts';
import { golden } from './golden.ts';

const OPTIONS = { version: '0.1.0', sourceDate: null };
const mail = mailReport(REVIEW, moduleOf, OPTIONS);
const [head = '', ...rest] = mail.split('\n\n');
const body = rest.join('\n\n');
const lines = body.split('\n');

test('the reply', (t) => { golden(t, 'report/reply.mbox', mail); });
test('the reply to a patch that does not apply', (t) => { golden(t, 'report/conflict.mbox', mailReport(reviewOf([CONFLICTED]), moduleOf, OPTIONS)); });

test('it answers the patch, in its thread, to its author, a second later', (t) => {
  t.regex(head, /^From mboxrd@z Thu Jan {2}1 00:00:00 1970\nMessage-ID: <kpv\.[0-9a-f]{16}\.3@kpv\.invalid>\n/);
  t.regex(head, /^In-Reply-To: <20211206-demo-4@example\.org>$/m);
  t.regex(head, /^References: <20211206-demo-1@example\.org> ?\n? <20211206-demo-4@example\.org>$/m);
  t.regex(head, /^To: Ann Author <ann@example\.org>$/m);
  t.regex(head, /^Cc: first@example\.org, linux-mm@example\.org,\n Second Reader <second@example\.org>$/m);
  t.regex(head, /^Subject: Re: \[PATCH v2 03\/11\] mm\/demo: count only the pages the caller sees$/m);
  t.regex(head, /^Date: Mon, 06 Dec 2021 18:52:44 \+0000$/m);
  t.regex(head, /^Content-Type: text\/plain; charset=us-ascii$/m);
  t.regex(head, /^Content-Transfer-Encoding: 7bit$/m);
  t.is(lines[0], 'On Mon, Dec 06, 2021 at 12:52:43PM -0600, Ann Author wrote:');
});

test('the Message-ID comes from the content, the date may come from outside', (t) => {
  const idOf = (text: string): string => /^Message-ID: (.*)$/m.exec(text)?.[1] ?? '';
  t.is(mailReport(REVIEW, moduleOf, OPTIONS), mail);
  t.not(idOf(mailReport(reviewOf([REVIEWED], { limits: ['other'] }), moduleOf, OPTIONS)), idOf(mail));
  t.regex(mailReport(REVIEW, moduleOf, { ...OPTIONS, sourceDate: 0 }), /^Date: Thu, 01 Jan 1970 00:00:00 \+0000$/m);
});

test('no line that a tool takes for something else', (t) => {
  for (const line of lines) {
    t.notRegex(line, /^\s*\w\S+:\s.*\S+@\S+/);
    t.notRegex(line, /^(-- |_+)$/.test(line) && line !== '-- ' ? /./ : /^_+$/);
    t.notRegex(line, /^From /);
    t.notRegex(line, /^(---|diff |@@ |\+\+\+ |-- >8)/);
    t.notRegex(line, /^>/);
    t.notRegex(line, /^\s*(fixes|link|closes):/i);
    t.notRegex(line, /[^\x00-\x7f]/);
  }
  t.is(lines.filter((line) => line === '-- ').length, 1);
});

test('prose keeps to 72 columns; what is indented, framed or a tag is not prose', (t) => {
  for (const line of lines) if (!/^(\s|\||\+-)/.test(line)) t.true(line.length <= 72, line);
  for (const line of lines) if (/kpv1:|^ {8}\S+ \\$/.test(line)) t.true(line.length <= 72, line);
});

test('signs that grow when they become ASCII are wrapped as what they become', (t) => {
  for (let n = 0; n < 24; n++) {
    const findings = FINDINGS.map((f) => ({ ...f, message: `${'x'.repeat(n)} \u2026 \u2026 \u2026 ${f.message}` }));
    const text = mailReport(reviewOf([{ ...REVIEWED, findings }]), moduleOf, OPTIONS);
    for (const line of text.split('\n').filter((l) => /^[a-z1-9]/.test(l))) t.true(line.length <= 72, line);
  }
});

test('at most three findings, worst first; the others are counted', (t) => {
  t.deepEqual([...body.matchAll(/^(\d)\. (KPV\d+)/gm)].map(([, n, code]) => [n, code]), [['1', 'KPV0105'], ['2', 'KPV0402'], ['3', 'KPV0602']]);
  t.regex(body.replace(/\n/g, ' '), /the other 1 is only counted/);
  t.regex(body, /\| KPV0105:pin-mismatch:count_pages +\| 0 +\| 31 +\|/);
  t.regex(body, /^ {2}\+ {3}return move_page/m);
  t.regex(body, /not the kernel/);
  t.regex(body, /\?$/m);
  t.regex(body, /^\| Reported-by: kpv <kpv@kpv\.invalid>$/m);
});

test('a patch that only puts things right: what is gone, a sentence each', (t) => {
  const fix = { ...REVIEWED, verdict: 'fix' as const, findings: FINDINGS.filter((f) => f.state === 'fixed' || f.state === 'same') };
  const text = mailReport(reviewOf([fix]), moduleOf, OPTIONS).replace(/\n/g, ' ');
  t.regex(text, /kpv noticed 1 finding that is gone with this patch, in a model of Linux v5\.15\./);
  t.regex(text, /KPV0104 refcount-leak in count_pages\(\) \(mm\/demo\.c\): a reference is left\. It was seen in 7 runs before the patch\./);
});

test('a wrapped token comes back whole', (t) => {
  const token = FINDINGS[4]?.replay ?? '';
  t.is(unwrapped([replayLines(token).join('\n')]), token);
  t.is(unwrapped(replayLines(token).map((line) => `> ${line}`)), token);
  // As a shell hands the pieces over.
  t.is(unwrapped(replayLines(token).join('\n').replace(/\\\n/g, ' ').trim().split(/\s+/).slice(2)), token);
  t.deepEqual(replayLines('kpv1:U2hvcnQ'), ['    kpv replay kpv1:U2hvcnQ']);
});

test('of a series each patch that is worth one gets its own, in its own place of the thread', (t) => {
  const second = { ...REVIEWED, id: 'demo/v2/4', number: 4, messageId: 'demo-5@example.org', subject: 'mm/demo: and now the rest' };
  const module = { ...PATCH, id: second.id, meta: { ...PATCH.meta, number: 4, messageId: second.messageId, subject: second.subject } };
  const limits = ['one thread', 'demo/v2/2: sources a', 'demo/v2/3: sources b', 'demo/v2/4: sources c'];
  const both = mailReport(reviewOf([UNCHANGED, REVIEWED, second], { limits }), (id) => (id === module.id ? module : moduleOf(id)), OPTIONS);
  const mails = both.split(/^(?=From mboxrd@z )/m);
  t.is(mails.length, 2);
  const each = (pattern: RegExp): (string | undefined)[] => mails.map((one) => pattern.exec(one)?.[1]);
  t.deepEqual(each(/^In-Reply-To: <(.*)>$/m), ['20211206-demo-4@example.org', 'demo-5@example.org']);
  t.deepEqual(each(/^Subject: (.*)$/m), ['Re: [PATCH v2 03/11] mm/demo: count only the pages the caller sees', 'Re: [PATCH v2 04/11] mm/demo: and now the rest']);
  t.deepEqual(each(/sources ([abc])/), ['b', 'c']);
  t.is(new Set(each(/^Message-ID: (.*)$/m)).size, 2);
  for (const one of mails) t.regex(one, /^References: <20211206-demo-1@example\.org>/m);
});

test('only what is worth a reply gets one', (t) => {
  t.is(mailReport(reviewOf([UNCHANGED, OUTSIDE]), moduleOf, OPTIONS), '');
  t.is(mailReport(reviewOf([REVIEWED]), () => undefined, OPTIONS), '');
});

test('lines are made harmless', (t) => {
  t.deepEqual(harmless(['Note: mail a@b.c', 'Fixes: x', '____', '---', '-- ', '| Tested-by: a@b.c', 'plain: text']),
    ['Note - mail a@b.c', 'Fixes - x', '  ____', '  ---', '  -- ', '| Tested-by: a@b.c', 'plain: text']);
});

test('headers of people whose names are not ASCII, and of a first version', (t) => {
  const meta = { ...PATCH.meta, version: 'v1', author: { name: 'J\u00e9r\u00f4me Q', email: 'j@example.org' }, cc: [], to: [], date: 'Sat, 1 Jan 2022 00:30:00 +0100' };
  const text = headers({ meta, messageId: 'x@y', date: 0, ascii: false, version: '1' }).join('\n');
  t.regex(text, /^To: =\?utf-8\?B\?\S+\?= <j@example\.org>$/m);
  t.regex(text, /charset=utf-8\nContent-Transfer-Encoding: 8bit/);
  t.notRegex(text, /^Cc:/m);
  t.is(subjectOf(meta), '[PATCH 03/11] mm/demo: count only the pages the caller sees');
  t.is(attribution(meta), 'On Sat, Jan 01, 2022 at 12:30:00AM +0100, J\u00e9r\u00f4me Q wrote:');
  t.is(rfc5322(1638816764), 'Mon, 06 Dec 2021 18:52:44 +0000');
});

function inTemp(t: ExecutionContext, f: (dir: string, mbox: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), 'kpv-mail-'));
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }); });
  const mbox = join(dir, 'thread.mbox');
  const second = mailReport(reviewOf([CONFLICTED]), moduleOf, OPTIONS);
  writeFileSync(mbox, original() + mail + second);
  f(dir, mbox);
}

/** The patch mail that the reply answers, as a list archive would have it. */
function original(): string {
  return [
    'From mboxrd@z Thu Jan  1 00:00:00 1970', `Message-ID: <${PATCH.meta.messageId}>`, 'From: Ann Author <ann@example.org>', 'To: first@example.org',
    `Subject: ${subjectOf({ ...PATCH.meta, number: 1, of: 1 })}`, `Date: ${PATCH.meta.date}`, '', 'Count them.', '', 'Signed-off-by: Ann Author <ann@example.org>',
    '---', ' demo.txt | 1 +', ' 1 file changed, 1 insertion(+)', '', 'diff --git a/demo.txt b/demo.txt', 'index 1111111..2222222 100644', '--- a/demo.txt', '+++ b/demo.txt',
    '@@ -1 +1,2 @@', ' one', '+two', '-- ', '2.32.0', '', '',
  ].join('\n');
}

/** Whether the program is here; the test passes with a word where it is not. */
function has(t: ExecutionContext, program: string): boolean {
  const there = spawnSync(program, ['--version']).status === 0;
  if (!there) {
    t.log(`${program} is not here: skipped`);
    t.pass();
  }
  return there;
}

test('git mailsplit --mboxrd takes it apart', (t) => {
  if (!has(t, 'git')) return;
  inTemp(t, (dir, mbox) => {
    const ran = spawnSync('git', ['mailsplit', '--mboxrd', `-o${dir}`, mbox], { encoding: 'utf8' });
    t.is(ran.stdout.trim(), '3');
    t.regex(readFileSync(join(dir, '0002'), 'utf8'), /^Message-ID: <kpv\./m);
    t.deepEqual(readdirSync(dir).sort(), ['0001', '0002', '0003', 'thread.mbox']);
  });
});

test("Python's mailbox reads it", (t) => {
  if (!has(t, 'python3')) return;
  inTemp(t, (_dir, mbox) => {
    const script = 'import mailbox,sys\nfor m in mailbox.mbox(sys.argv[1]): print(m["In-Reply-To"], len(m.get_payload()) > 100)';
    const ran = spawnSync('python3', ['-c', script, mbox], { encoding: 'utf8' });
    t.deepEqual(ran.stdout.trim().split('\n').slice(1), [`<${PATCH.meta.messageId}> True`, `<${PATCH.meta.messageId}> True`]);
  });
});

test('b4 takes no trailer from it', (t) => {
  if (!has(t, 'b4')) return;
  inTemp(t, (dir, mbox) => {
    const ran = spawnSync('b4', ['--offline-mode', '--no-stdin', 'am', '-m', mbox, '-o', dir, PATCH.meta.messageId], { encoding: 'utf8', cwd: dir });
    t.is(ran.status, 0, ran.stderr);
    const made = readdirSync(dir).filter((name) => name.endsWith('.mbx')).map((name) => readFileSync(join(dir, name), 'utf8')).join('');
    t.deepEqual([...made.matchAll(/^[\w-]+-by: .*$/gm)].map(([line]) => line), ['Signed-off-by: Ann Author <ann@example.org>']);
    t.notRegex(made, /kpv/);
  });
});
