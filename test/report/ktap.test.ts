// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { ktapReport } from '../../verifier/report/ktap.ts';
import type { RunFinding } from '../../verifier/check/finding.ts';

const finding: RunFinding = {
  rule: 'use-after-free', site: { file: 'lib/test_hmm.ts', line: 12, function: 'dmirror_devmem_fault', text: 'x;', covers: false }, object: 'dmirror',
  message: 'dmirror->mdevice is read\nafter # it was freed', places: [], stack: [], event: 1, step: 'init.user_load',
};

test('a plan, a line for each test, what was said before it, the totals', (t) => {
  t.is(ktapReport([
    { name: 'hmm.open_close', verdict: { kind: 'pass' }, findings: [], calls: [] },
    { name: 'hmm.migrate', verdict: { kind: 'fail', why: 'MIGRATE: expected 0, is -ENOENT' }, findings: [], calls: [] },
    { name: 'hmm.compound', verdict: { kind: 'skip', why: 'hugetlb is not ported' }, findings: [], calls: [] },
    { name: 'hmm.migrate_fault', verdict: { kind: 'pass' }, findings: [finding], calls: [] },
  ]), `KTAP version 1
1..4
ok 1 hmm.open_close
# MIGRATE: expected 0, is -ENOENT
not ok 2 hmm.migrate
ok 3 hmm.compound # SKIP hugetlb is not ported
# KPV0101 use-after-free in dmirror_devmem_fault, lib/test_hmm.ts:12: dmirror->mdevice is read after it was freed
ok 4 hmm.migrate_fault
# Totals: pass:2 fail:1 xfail:0 xpass:0 skip:1 error:0
`);
});

test('no test at all', (t) => {
  t.is(ktapReport([]), 'KTAP version 1\n1..0\n# Totals: pass:0 fail:0 xfail:0 xpass:0 skip:0 error:0\n');
});
