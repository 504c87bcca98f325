// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PATCHES } from '../../patches/index.ts';
import { RULES } from '../../verifier/check/rules.ts';
import { nodeIsEnough } from '../../verifier/cli/doctor.ts';
import type { Replay } from '../../verifier/delta/replay.ts';
import { jsonReport } from '../../verifier/report/json.ts';
import { textReport } from '../../verifier/report/text.ts';
import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import { FINDINGS, REVIEW, REVIEWED, reviewOf } from '../report/fixture.ts';
import { kpv } from './world.ts';

const main = fileURLToPath(new URL('../../verifier/cli/main.js', import.meta.url));

test('review: the flags reach the engine', async (t) => {
  await kpv(['review', 'base[GRAB_FORM=own]', '--scenario', 'gup/c/*', '--suite', 'full', '--budget', '30s', '--set', 'PFN_LOCKED=new', '--set', 'MNI_REMOVE=new', '--config', 'DEBUG_VM=n', '-j', '2'], {
    during: ({ options: { onProgress, onReviewed, stop, ...rest } }) => {
      t.deepEqual(rest, {
        suite: 'full', scenarios: 'gup/c/*', budget: { executions: null, seconds: 30 }, config: 'DEBUG_VM=n', jobs: 2,
        switches: { GRAB_FORM: 'own', PFN_LOCKED: 'new', MNI_REMOVE: 'new' },
      });
      t.deepEqual([typeof onProgress, typeof onReviewed], [typeof stop, typeof stop]);
    },
  });
});

test('review: an id as reports print it chooses its variant', async (t) => {
  const seen: unknown[] = [];
  const id = 'gup/c/slow.long.w.own.once.none.page.drained.never.load.now';
  await kpv(['review', 'device-coherent/v2/3', '--scenario', `${id}@GRAB_FORM=own`], { during: ({ options }) => { seen.push(options.scenarios, options.switches); } });
  t.deepEqual(seen, [id, { GRAB_FORM: 'own' }]);
});

test('review: what cut a search short is in every format, and a time is not reproducible', async (t) => {
  const review = reviewOf([REVIEWED], { complete: false });
  for (const format of ['text', 'json']) {
    t.regex((await kpv(['review', 'base', '--format', format, '--budget', '9s'], { review })).out, /cut short by --budget 9s, a time: not reproducible/);
    t.regex((await kpv(['review', 'base', '--format', format, '--budget', '9'], { review })).out, /cut short by --budget 9\b/);
  }
  t.notRegex((await kpv(['review', 'base', '--budget', '9s'])).out, /cut short by/);
});

test('review: the lines at a glance fit the terminal', async (t) => {
  const { out } = await kpv(['review', 'base', '--color', 'never'], { tty: true, width: 70 });
  const glance = /^At a glance.*\n((?: .*\n)+)/m.exec(out)?.[1] ?? '';
  t.true(glance.split('\n').length > 3);
  for (const line of glance.split('\n')) t.true(line.length <= 70, line);
});

test('review: each format, twice the same bytes', async (t) => {
  const known = reviewOf([{ ...REVIEWED, id: 'device-coherent/v2/3' }]);
  for (const [format, starts] of [['text', /^kpv review of/], ['json', /^\{\n "schema": "kpv.review\/1"/], ['mail', /^From mboxrd@z /]] as const) {
    const run = (): ReturnType<typeof kpv> => kpv(['review', 'device-coherent/v2/3', '--format', format], { review: known });
    const [a, b] = [await run(), await run()];
    t.regex(a.out, starts);
    t.is(a.out, b.out);
    t.is(a.err, '');
    t.is(a.code, 1);
  }
  t.is((await kpv(['review', 'base', '--format', 'json'])).out, jsonReport(REVIEW));
});

test('review: nothing worth a reply is said on stderr', async (t) => {
  const { out, err } = await kpv(['review', 'device-coherent/v2/3', '--format', 'mail'], { review: reviewOf([]) });
  t.is(out, '');
  t.regex(err, /worth a reply/);
});

test('-o writes the file, without colour, and nothing to stdout', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'kpv-cli-'));
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }); });
  const file = join(dir, 'report.json');
  const { out, code } = await kpv(['review', 'base', '--format', 'json', '-o', file], { tty: true });
  t.deepEqual([out, code], ['', 1]);
  t.is(readFileSync(file, 'utf8'), jsonReport(REVIEW));
  await kpv(['review', 'base', '-o', file], { tty: true });
  t.false(readFileSync(file, 'utf8').includes('\x1b'));
  t.is(textReport(REVIEW).split('\n')[0], readFileSync(file, 'utf8').split('\n')[0]);
});

test('show: the data of the mail, the diff of the port, the edits', async (t) => {
  const { code, out } = await kpv(['show', 'device-coherent/v2/3']);
  t.is(code, 0);
  t.regex(out, /20211206185251\.20646-4-alex\.sierra@amd\.com/);
  t.regex(out, /^\+.*migrate_device_page/m);
  t.regex(out, /^ {2}expect +mm\/gup\.ts +check_and_migrate_movable_pages\(\) is called 1 x$/m);
  const json: unknown = JSON.parse((await kpv(['show', 'device-coherent/v2', '--format', 'json'])).out);
  t.is(typeof json === 'object' && json !== null ? Reflect.get(json, 'schema') : null, 'kpv.show/1');
});

test('show: a patch outside the port says which files, why, and what it does to the selftests', async (t) => {
  const { code, out } = await kpv(['show', 'device-coherent/v2/9']);
  t.is(code, 0);
  t.regex(out, /^Outside the port\n {2}- tools\/testing\/selftests\/vm\/hmm-tests\.c: a program of user space/m);
  t.regex(out, /^Selftests: hmm-tests\n {2}runs each test on hmm_device_private,/m);
  t.like(JSON.parse((await kpv(['show', 'device-coherent/v2/9', '--format', 'json'])).out), { patches: [{ suite: { suite: 'hmm-tests' } }] });
});

test('list: what there is', async (t) => {
  const rules = (await kpv(['list', 'rules'])).out;
  for (const r of RULES) t.true(rules.includes(`${r.code}  ${r.name}`));
  const patches = (await kpv(['list', 'patches'])).out;
  for (const p of PATCHES) t.true(patches.includes(p.id));
  t.regex(patches, /^device-coherent\/v2\/4 +outside-port +drm\/amdkfd: add SPM support for SVM$/m);
  const listed: unknown = JSON.parse((await kpv(['list', 'patches', '--format', 'json'])).out);
  t.like(listed, { patches: PATCHES.map(({ id, kind, meta }) => ({ id, kind, subject: meta.subject, messageId: meta.messageId, date: meta.date, number: `${meta.number}/${meta.of}`, files: meta.files.join(' ') })) });
  t.true((await kpv(['list'])).out.endsWith(patches));
  t.regex((await kpv(['list', 'scenarios'])).out, /^gup\/c\/slow\.long\.w\.own\.once\.none\.page\.drained\.never\.load\.now +page: coherent; slow/m);
  const json: unknown = JSON.parse((await kpv(['list', 'series', '--format', 'json'])).out);
  t.is(typeof json, 'object');
});

test('explain: by name and by code, every rule', async (t) => {
  for (const r of RULES) {
    const { code, out } = await kpv(['explain', r.code.toLowerCase()]);
    t.is(code, 0);
    t.true(out.includes(r.name), r.name);
    t.is((await kpv(['explain', r.name])).out, out);
    if (!r.decided) t.notRegex(out, /execution goes on/);
  }
});

const replayed = (over: Partial<Replay>): Replay => ({
  token: { target: 'demo/v2/3', side: 'after', scenario: gupScenario(PLAIN).id, switches: { GRAB_FORM: 'own' }, config: 'default', schedule: '', rule: 'pin-mismatch', function: 'count_pages', finding: '', check: '00000000' },
  reproduces: true, finding: FINDINGS[4] ?? null, steps: FINDINGS[4]?.witness ?? [], sections: [{ from: 1, does: 'P: pin page 0 of P by the slow path, FOLL_LONGTERM (pin)' }], foundAfter: 2,
  scenario: gupScenario(PLAIN), outcome: 'P.pin=16', reason: null, ...over,
});
test('replay: what the user does stands above the steps, and the finding where it was noted', async (t) => {
  const { out } = await kpv(['replay', 'kpv1:abc'], { replay: async () => ({ ok: true, replay: replayed({}) }) });
  const lines = out.split('\n');
  t.true(lines.some((l) => l.startsWith('P: pin page 0 of P')));
  t.is(lines.filter((l) => l.includes('==> here: [')).length, 1);
});

test('replay: the steps, then the finding; 0 when it reproduces, 1 when not', async (t) => {
  let asked = '';
  const good = await kpv(['replay', 'kpv1:abc', '\\', 'def', '> ghi'], { replay: async (word) => { asked = word; return { ok: true, replay: replayed({}) }; } });
  t.is(asked, 'kpv1:abcdefghi');
  t.is(good.code, 0);
  for (const words of [['= replay: kpv replay kpv1:abcdefghi'], ['`kpv1:abcdefghi`'], ['> > kpv1:abc\n> > defghi'], ['[<kpv1:abc', 'defghi>]']]) {
    await kpv(['replay', ...words], { replay: async (word) => { asked = word; return { ok: true, replay: replayed({}) }; } });
    t.is(asked, 'kpv1:abcdefghi');
  }
  t.regex(good.out, /^ {3}1 {2}CPU0 P {2}count_pages \(mm\/demo\.ts:101\) {2}page_ref_add\(page, 1\);\n {10}refcount\(device page 0x1007\) 1 -> 2$/m);
  t.regex(good.out, /\[KPV0105\] pin-mismatch: [^]*It reproduces\.\n$/);
  const bad = await kpv(['replay', 'kpv1:abc'], { replay: async () => ({ ok: true, replay: replayed({ reproduces: false, finding: null, reason: 'the run ends without it' }) }) });
  t.is(bad.code, 1);
  t.regex(bad.out, /It does not reproduce: the run ends without it\.\n$/);
});

test('doctor: a row for each, exit 0', async (t) => {
  const { code, out } = await kpv(['doctor'], { env: { KPV_MAILS: '/no/such/place' } });
  t.is(code, 0);
  for (const what of ['node', 'git', 'python3', 'b4', 'terminal', 'KPV_MAILS', 'KPV_KERNEL']) t.regex(out, new RegExp(`^ {2}(ok|missing) +${what} `, 'm'));
  t.regex(out, /missing +KPV_MAILS/);
  t.deepEqual(['20.18.0', '20.19.0', '21.9.0', '22.20.1', '24.12.0', '25.0.0', '26.0.0'].map(nodeIsEnough), [false, true, false, true, true, false, true]);
});

test('the program: its exit code, its streams', (t) => {
  const run = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: 'utf8' });
  t.is(run('list', 'rules').status, 0);
  const bad = run('explain', 'nonsense-rule');
  t.is(bad.status, 2);
  t.is(bad.stdout, '');
  t.regex(bad.stderr, /^kpv: no rule 'nonsense-rule'[^\n]*\n$/);
});

test('a reader that goes away is success', async (t) => {
  const child = spawn(process.execPath, [main, 'list', 'scenarios'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let err = '';
  child.stderr.on('data', (chunk) => { err += String(chunk); });
  const code = await new Promise((resolve) => { child.on('close', resolve); });
  t.is(code, 0);
  t.is(err, '');
});
