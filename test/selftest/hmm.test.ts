// SPDX-License-Identifier: GPL-2.0-only
// The programs of the hmm selftest: what they come to on the port and on trees of the series, and that
// each can fail.

import test from 'ava';
import { findPatch } from '../../patches/index.ts';
import { sidesOf } from '../../verifier/delta/target.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/side.ts';
import { HMM_TESTS } from '../../verifier/selftest/hmm.ts';
import { runSuite } from '../../verifier/selftest/suite.ts';
import type { Tested } from '../../verifier/selftest/verdict.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { loadPort } from '../../verifier/tree/load.ts';

const { files } = loadPort();
const base = linkSide(files, CONFIGS.default);

function after(id: string): RunnableSide {
  const patch = findPatch(id);
  const trees = patch === undefined ? null : sidesOf(patch);
  if (trees === null || !trees.ok || !trees.sides.applied.ok) throw new Error(`${id} does not apply`);
  return linkSide(trees.sides.applied.tree.files, CONFIGS.default);
}
const said = ({ name, verdict }: Tested): string => `${name} ${verdict.kind}${verdict.kind === 'pass' ? '' : `: ${verdict.why}`}`;
const notPassed = (all: readonly Tested[]): string[] => all.filter((one) => one.verdict.kind !== 'pass').map(said);
/** By the rules, each once. */
const found = (all: readonly Tested[]): string[] => [...new Set(all.flatMap((one) => one.findings.map((f) => `${f.rule} ${f.object} ${f.site.function}`)))];

const NOT_PORTED = [
  'hmm.anon_write_child_shared skip: shared memory is not ported', 'hmm.anon_write_huge skip: THP is not ported',
  'hmm.anon_write_hugetlbfs skip: hugetlb is not ported', 'hmm.file_read skip: file mappings are not ported',
  'hmm.file_write skip: file mappings are not ported', 'hmm.migrate_shared skip: shared memory is not ported',
  'hmm.compound skip: hugetlb is not ported',
];

test('on the port all pass that it has the parts for', (t) => {
  const all = runSuite(base);
  t.is(all.length, HMM_TESTS.length);
  t.deepEqual(notPassed(all), NOT_PORTED);
  // The dirty bit that v5.15 loses on the way to a device (test/kernel-port/lib/test_hmm.test.ts).
  t.deepEqual(found(all), ['bad-page-state dirty bit migrate_vma_collect_pmd']);
});

test('twice the same', (t) => {
  t.deepEqual(runSuite(base, (name) => /migrate|snapshot/.test(name)).map(said), runSuite(base, (name) => /migrate|snapshot/.test(name)).map(said));
});

for (const version of ['v2', 'v3']) {
  test(`${version} 6: as before it`, (t) => {
    t.deepEqual(notPassed(runSuite(after(`device-coherent/${version}/6`))), NOT_PORTED);
  });

  // The type of a device is set in patch 8 first, and patch 7 refuses a device without one.
  test(`${version} 7: the driver does not load`, (t) => {
    const all = runSuite(after(`device-coherent/${version}/7`));
    t.deepEqual([...new Set(all.map((one) => said(one).replace(/^\S+ /, '')))], ['fail: insmod: -EINVAL']);
  });

  test(`${version} 8: on private and on coherent memory`, (t) => {
    const all = runSuite(after(`device-coherent/${version}/8`));
    t.is(all.length, 2 * HMM_TESTS.length);
    // v3 refuses a long-term pin of coherent memory, and has no such test.
    t.is(notPassed(all).length, 2 * NOT_PORTED.length + (version === 'v3' ? 1 : 0));
    const gup = all.find((one) => one.name === 'hmm.hmm_device_coherent.hmm_gup_test');
    t.is(gup?.verdict.kind, version === 'v3' ? 'skip' : 'pass');
    t.true(all.every((one) => one.verdict.kind !== 'fail'));
    t.is(all.filter((one) => /device_coherent\.migrate/.test(one.name) && one.verdict.kind === 'pass').length, 4, 'migrate, _fault, _mixed, _multiple');
  });
}

// Private memory alone: in v1 the parameters of the module, which are not given here, make all devices public.
for (const n of [2, 10, 12]) {
  test(`v1 ${n}: as before it`, (t) => {
    const all = runSuite(after(`device-coherent/v1/${n}`));
    t.deepEqual(notPassed(all), NOT_PORTED);
    t.deepEqual(found(all), ['bad-page-state dirty bit migrate_vma_collect_pmd']);
  });
}

test('v1 11: there is one device', (t) => {
  const all = runSuite(after('device-coherent/v1/11'));
  t.deepEqual(all.filter((one) => one.verdict.kind === 'fail').map(said), ['migrate_mixed', 'snapshot', 'double_map'].map((name) => `hmm2.${name} fail: open of /dev/hmm_dmirror1: -ENXIO`));
});

/** A text of the port broken in one place, and the tests that have to notice. */
const BROKEN: readonly (readonly [file: string, was: string, is: string, ...notice: readonly string[]])[] = [
  ['lib/test_hmm.ts', 'cmd.faults++;', '', 'hmm.anon_read', 'hmm.anon_write', 'hmm2.double_map'],
  ['lib/test_hmm.ts', 'bounce.cpages++;', '', 'hmm.migrate'],
  ['lib/test_hmm.ts', 'xa_erase(dmirror.pt, pfn.v);', ';', 'hmm.exclusive'],
  ['lib/test_hmm.ts', 'perm.v = HMM_DMIRROR_PROT_DEV_PRIVATE_LOCAL;', 'perm.v = HMM_DMIRROR_PROT_NONE;', 'hmm2.snapshot'],
  ['lib/test_hmm.ts', 'copy_highpage(rpage, spage);', 'clear_highpage(rpage);', 'hmm.migrate', 'hmm.migrate_fault', 'hmm.migrate_multiple'],
  ['lib/test_hmm.ts', 'args.pgmap_owner = dmirror.mdevice;', 'args.pgmap_owner = null;', 'hmm.migrate_fault'],
  ['lib/test_hmm.ts', 'if (!vma || !(vma.vm_flags & VM_READ)) {', 'if (!vma) {', 'hmm2.migrate_mixed'],
  ['lib/test_hmm.ts', "  mmu_interval_notifier_remove(dmirror.notifier);", '', 'hmm.open_close'],
  ['mm/hmm.ts', 'return -EPERM;', 'return -EFAULT;', 'hmm.anon_write_prot', 'hmm.exclusive_mprotect'],
];
for (const [file, was, is, ...notice] of BROKEN) {
  test(`${file} without \`${was.trim()}\`: noticed`, (t) => {
    const text = files.get(file) ?? '';
    t.true(text.includes(was));
    const side = linkSide(new Map([...files, [file, text.replaceAll(was, is)]]), CONFIGS.default);
    const failed = new Set(runSuite(side, (name) => notice.includes(name)).filter((one) => one.verdict.kind === 'fail' || one.findings.some((f) => f.rule !== 'bad-page-state')).map((one) => one.name));
    t.deepEqual(notice.filter((name) => !failed.has(name)), []);
  });
}
