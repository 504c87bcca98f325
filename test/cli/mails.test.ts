// SPDX-License-Identifier: GPL-2.0-only
// A file of mails on the command line: what is no patch is named for what it is (exit 4), what is
// damaged has its line (exit 2), what does not fit is a conflict (exit 3), each in one line.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { kpv } from './world.ts';

const MAIL = `From: A Person <a@demo.invalid>
Date: Mon, 6 Dec 2021 12:00:00 +0000
Subject: [PATCH] fs/crates: count them
Message-ID: <crates@demo.invalid>

Nobody counted.
---
 fs/crates.c | 1 +

diff --git a/fs/crates.c b/fs/crates.c
--- a/fs/crates.c
+++ b/fs/crates.c
@@ -1,2 +1,3 @@ int crates(void)
 	one = 1;
+	two = 2;
 	three = 3;
-- 
2.40.0
`;
const folder = mkdtempSync(join(tmpdir(), 'kpv-mails-'));
test.after.always(() => { rmSync(folder, { recursive: true }); });
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('a patch of files that are not ported is accounted for', async (t) => {
  const path = file('outside.patch', MAIL);
  const done = await kpv(['import', path, '-o', join(folder, 'out')]);
  t.deepEqual([done.code, done.out], [0, '']);
  t.regex(done.err, /fs\/crates: count them \(on base\)\n {2}1 changed line: 0 translated, 0 comment only, 1 not in the port, 0 not understood\n {2}not in the port: fs\/crates\.c \(1\)/);
  t.deepEqual(readdirSync(join(folder, 'out')), ['0001-fs-crates-count-them.ts']);
  t.regex(readFileSync(join(folder, 'out', '0001-fs-crates-count-them.ts'), 'utf8'), /notModelled: \[\{ what: 'fs\/crates\.c', reason: 'not in the port \(1 line\)' \}\]/);
});

test('its hunks beside what was made of them, as text and as data', async (t) => {
  const path = file('show.patch', MAIL.replaceAll('fs/crates.c', 'mm/util.c'));
  const shown = await kpv(['show', path]);
  t.regex(shown.out, /1 changed line: 0 translated, 0 comment only, 1 not in the port/);
  t.regex(shown.out, /mm\/util\.c @@ -1,2 \+1,3 @@ int crates\(void\)\n/);
  const data: unknown = JSON.parse((await kpv(['show', path, '--format', 'json'])).out);
  t.like(data, { schema: 'kpv.import/1', patches: [{ standsOn: 'base', lines: { outside: 1 } }] });
});

test('a reply, a damaged diff, a missing one', async (t) => {
  const reply = await kpv(['review', file('reply.mail', MAIL.replace('Subject: [PATCH]', 'Subject: Re: [PATCH]').replace(/diff --git[^]*/, 'Looks good.\n'))]);
  t.is(reply.code, 4);
  t.regex(reply.err, /^kpv: .*reply\.mail: a reply .*\n$/);
  const damaged = await kpv(['import', file('damaged.patch', MAIL.replace('@@ -1,2 +1,3 @@', '@@ -1,9 +1,10 @@'))]);
  t.is(damaged.code, 2);
  t.regex(damaged.err, /^kpv: .*damaged\.patch:\d+: .*\n$/);
});

test('what does not fit is a conflict', async (t) => {
  const path = file('conflict.patch', MAIL.replaceAll('fs/crates.c', 'mm/gup.c').replace('int crates(void)', 'long pin_user_pages(unsigned long start)'));
  const done = await kpv(['import', path]);
  t.is(done.code, 3);
  t.regex(done.err, /does not apply: anchor-missing: .* at mm\/gup\.ts:\d+/);
});
