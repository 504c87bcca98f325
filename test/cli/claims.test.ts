// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Claim } from '../../verifier/claims/claim.ts';
import type { Judged } from '../../verifier/claims/decide.ts';
import { CLAIMS } from '../../verifier/claims/ledger/index.ts';
import { kpv } from './world.ts';

const decide = (claim: Claim): Judged => ({
  claim, looked: 'yes', decision: { verdict: 'refuted', condition: null, evidence: `${claim.id} was looked at`, command: `kpv claims ${claim.id}`, story: [`first ${claim.id}`] },
});
const asked = async (...words: string[]): Promise<readonly string[]> => {
  const ids: string[] = [];
  const { code } = await kpv(['claims', ...words], { decide: (claim) => { ids.push(claim.id); return decide(claim); } });
  return code === 0 ? ids : [`exit ${code}`];
};

test('without ids all are decided, in order', async (t) => {
  t.deepEqual(await asked(), CLAIMS.map((c) => c.id));
  const { code, out, err } = await kpv(['claims'], { decide });
  t.is(code, 0);
  t.is(err, '');
  t.true(out.includes(`${CLAIMS.length} claims: 0 confirmed, ${CLAIMS.length} refuted`));
  t.true(out.includes('What the model leaves out\n  - memory order is sequential consistency\n'));
  t.false(out.includes('first C01'), 'the story is for those that were named');
});

test('ids: as they are written, by number, each once', async (t) => {
  t.deepEqual(await asked('C24b', 'c1'), ['C24b', 'C01']);
  t.deepEqual(await asked('C24'), ['C24a', 'C24b', 'C24c']);
  t.deepEqual(await asked('C24B', 'C24'), ['C24b', 'C24a', 'C24c']);
});

test('a claim that is named is told at length', async (t) => {
  const { out } = await kpv(['claims', 'C07'], { decide });
  t.true(out.startsWith('C07  Alex Sierra\n  2021-12-06  https://lore.kernel.org/r/20211206185251.20646-1-alex.sierra@amd.com/\n  again 2022-01-10  '));
  t.regex(out, /What was looked at\n {4}1 {2}first C07\n/);
});

test('an unknown id: nothing is decided', async (t) => {
  for (const [word, near] of [['C99', CLAIMS.at(-1)?.id], ['C10z', 'C10a'], ['c7b', 'C07'], ['C0', 'C01']] as const) {
    const { code, out, err } = await kpv(['claims', 'C01', word]);
    t.is(code, 2);
    t.is(out, '');
    t.is(err, `kpv: no claim '${word}': did you mean ${near}? (kpv list claims has them all)\n`);
  }
});

test('JSON, to a file; -j is taken', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'kpv-claims-'));
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }); });
  const file = join(dir, 'claims.json');
  const { code, out } = await kpv(['claims', 'C41', 'C42', '--format', 'json', '-j', '2', '-o', file], { decide });
  t.deepEqual([code, out], [0, '']);
  const text = readFileSync(file, 'utf8');
  t.like(JSON.parse(text), { schema: 'kpv.claims/1', claims: [{ id: 'C41', verdict: 'refuted' }, { id: 'C42', evidence: 'C42 was looked at' }] });
  t.is((await kpv(['claims', 'C41', 'C42', '--format', 'json'], { decide })).out, text);
});

test('Ctrl-C between two claims: what was decided until then', async (t) => {
  const { code, out, err } = await kpv(['claims', 'C01', 'C02', 'C03'], {
    decide: (claim, press) => { if (claim.id === 'C02') press.interrupt(); return decide(claim); },
  });
  t.is(code, 130);
  t.true(out.includes('first C02'));
  t.false(out.includes('first C03'));
  t.is(err, 'kpv: interrupted: 2 of 3 claims were decided until then\n');
});

test('progress says which claim, after a second, and is erased', async (t) => {
  const slow = { decide: (claim: Claim, press: { readonly at: (ms: number) => void }) => { press.at(claim.id === 'C01' ? 999 : 20_000); return decide(claim); } };
  t.is((await kpv(['claims', 'C01', 'C02', 'C03'], { ...slow, tty: true })).err, '\rclaim C03, 3 of 3\x1b[K\r\x1b[K');
  t.is((await kpv(['claims', 'C01', 'C02', 'C03'], slow)).err, 'kpv: claim C03, 3 of 3\n');
});

test('list claims: a row for each', async (t) => {
  const { out } = await kpv(['list', 'claims']);
  t.is(out.trimEnd().split('\n').length, CLAIMS.length);
  for (const { id, author, date, statement } of CLAIMS) t.regex(out, new RegExp(`^${id} +${author} +${date} .*${statement.slice(0, 20).replace(/[^\w ]/g, '.')}`, 'm'));
  t.like(JSON.parse((await kpv(['list', 'claims', '--format', 'json'])).out), { schema: 'kpv.list/1', claims: [{ id: 'C01', author: 'Alistair Popple', date: '2022-01-12', kinds: 'run' }] });
});

test('the program decides what needs no run', (t) => {
  const main = fileURLToPath(new URL('../../verifier/cli/main.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [main, 'claims', 'C10a'], { encoding: 'utf8' });
  t.is(status, 0);
  t.regex(stdout, /verdict +not-decidable\n +evidence +a question/);
});
