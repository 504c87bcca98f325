// SPDX-License-Identifier: GPL-2.0-only
// kpv selftest: what it says, and the exit code.

import test from 'ava';
import { kpv } from './world.ts';

test('all that have passed: 0', async (t) => {
  const { code, out, err } = await kpv(['selftest', 'hmm.migrate', 'hmm.compound']);
  t.is(out, `KTAP version 1
1..2
ok 1 hmm.migrate
ok 2 hmm.compound # SKIP hugetlb is not ported
# Totals: pass:1 fail:0 xfail:0 xpass:0 skip:1 error:0
`);
  t.is(err, '');
  t.is(code, 0);
});

test('one that fails: 1', async (t) => {
  const { code, out } = await kpv(['selftest', '--on', 'device-coherent/v2/7', 'hmm.migrate']);
  t.regex(out, /\n# insmod: -EINVAL\nnot ok 1 hmm\.migrate\n/);
  t.is(code, 1);
});

test('nothing but what is skipped, or nothing at all: 4', async (t) => {
  t.is((await kpv(['selftest', 'hmm.compound'])).code, 4);
  const { code, err } = await kpv(['selftest', 'hmm.nonsense']);
  t.is(code, 4);
  t.is(err, "kpv: no test matches 'hmm.nonsense' (they are named as hmm.migrate is)\n");
});

test('a target that there is not, and a switch', async (t) => {
  t.is((await kpv(['selftest', '--on', 'device-coherent/v9'])).code, 2);
  t.is((await kpv(['selftest', '--on', 'base[GRAB_FORM=own]', 'hmm.migrate'])).code, 0);
});

test('what was reached, and what was never called', async (t) => {
  const { code, out } = await kpv(['selftest', 'hmm.open_close', '--coverage']);
  const [, called, functions] = /^# Coverage of the \.c files: (\d+) of (\d+) functions called, \d+ of \d+ statements reached$/m.exec(out) ?? [];
  t.true(Number(called) > 0 && Number(called) < Number(functions));
  t.regex(out, /^# mm\/rmap\.ts: 0 of \d+ statements; never called: (?:\w+, )*try_to_migrate\b/m);
  t.notRegex(out, /never called: (?:\w+, )*dmirror_fops_open\b/);
  t.is(code, 0);
  const more = await kpv(['selftest', 'hmm.migrate', '--coverage']);
  t.notRegex(more.out, /never called: (?:\w+, )*migrate_vma_setup\b/);
});

test('what goes unnoticed when a call is spoiled', async (t) => {
  const { code, out } = await kpv(['selftest', 'hmm.migrate', 'hmm.anon_teardown', '--spoil']);
  t.regex(out, /^# Spoiled: \d+ calls, each in a run of its own; \d+ of them go unnoticed, in \d+ tests?$/m);
  // Its mirror is looked at: a migration that does nothing is noticed.
  t.notRegex(out, /^# hmm\.migrate still passes where ioctl\(HMM_DMIRROR_MIGRATE\)/m);
  t.is(code, 0);
});
