// SPDX-License-Identifier: GPL-2.0-only
// The port held against a kernel tree and the patches against their mails, where these are at hand:
// KPV_KERNEL names a kernel source folder, KPV_MAILS a folder of mails as archives give them.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { PATCHES } from '../../patches/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

test('the port follows the C: functions in its order, calls and branches as there', (t) => {
  const kernel = process.env['KPV_KERNEL'];
  const tool = join(ROOT, '..', 'shared', 'tools', 'fidelity');
  if (kernel === undefined || !existsSync(tool)) {
    t.log('skipped: KPV_KERNEL is not set, or the measuring tool is not at hand');
    t.pass();
    return;
  }
  const prefix = existsSync(join(kernel, 'mm', 'gup.c')) ? '' : 'linux/';
  const out = execFileSync('python3', [tool, '--c', kernel, '--prefix', prefix, '--port', join(ROOT, 'kernel-port')], { encoding: 'utf8', maxBuffer: 1 << 26 });
  t.notRegex(out, /^order /m);
  const median = /functions in both, median (\d\.\d+)/.exec(out)?.[1];
  t.true(Number(median) >= 0.95, `median ${median ?? 'unknown'}`);
});

test('a patch has the Message-ID and subject of its mail', (t) => {
  const folder = process.env['KPV_MAILS'];
  if (folder === undefined) {
    t.log('skipped: KPV_MAILS is not set');
    t.pass();
    return;
  }
  let held = 0;
  for (const file of readdirSync(folder).filter((one) => !one.endsWith('.tsv')).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');
    const mail = text.replace(/\s+/g, ' ');
    const head = text.slice(0, Math.max(2000, text.indexOf('\n\n'))).replace(/\s+/g, ' ');
    for (const { id, meta } of PATCHES) {
      // The head of the mail: what follows are replies, which name other patches, too.
      if (!head.includes(meta.messageId)) continue;
      held += 1;
      t.true(mail.includes(meta.subject), `${id} in ${file}`);
    }
  }
  t.log(`${held} patches held against a mail`);
  t.true(held > 0);
});
