// SPDX-License-Identifier: GPL-2.0-only
// Where the bytes come from, and that no more of them are taken than may be.

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'ava';
import { BOUNDS, errorText, readMails, readSource, type Result } from '../../../../verifier/transform/import/index.ts';

const nothing = Readable.from([]);
const words = <T>(result: Result<T>): string => (result.ok ? 'read' : errorText(result.error));

test('a file, a folder, none, and one of 100 MB within a second', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'kpv-'));
  t.teardown(() => { rmSync(folder, { recursive: true }); });
  const [small, large] = [join(folder, 'small'), join(folder, 'large')];
  writeFileSync(small, 'abc');
  writeFileSync(large, '');
  truncateSync(large, 100 * 1024 * 1024);
  const read = await readSource(small, nothing);
  t.is(read.ok ? Buffer.from(read.value).toString() : '', 'abc');
  t.is(words(await readSource(folder, nothing)), `${folder}:1: a folder, not a file`);
  t.is(words(await readSource(join(folder, 'none'), nothing)), `${join(folder, 'none')}:1: no such file`);
  const from = performance.now();
  t.is(words(await readSource(large, nothing)), `${large}:1: 100 MiB, and the most that is read is 16 MiB`);
  t.true(performance.now() - from < 1000);
});

test('standard input, and one that does not end', async (t) => {
  const some = await readSource('-', Readable.from([Buffer.from('ab'), Buffer.from('c')]));
  t.is(some.ok ? Buffer.from(some.value).toString() : '', 'abc');
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given += 1;
      yield Buffer.alloc(1024 * 1024, 'x');
    }
  }
  t.is(words(await readSource('-', endless())), 'standard input:1: more than 16 MiB');
  t.true(given <= 17);
});

test('bytes that came another way are held to the same bound', async (t) => {
  t.is(words(await readMails(Buffer.alloc(BOUNDS.bytes + 1, 'x'), 'demo')), 'demo:1: 17 MiB, and the most that is read is 16 MiB');
});
