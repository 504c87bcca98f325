// SPDX-License-Identifier: GPL-2.0-only
// The scenarios at the test driver: each runs to its end on the port, and what they show of v5.15 and of
// the series is this and nothing else.

import test from 'ava';
import { findPatch } from '../../patches/index.ts';
import { sidesOf } from '../../verifier/delta/target.ts';
import { scenarioInWords } from '../../verifier/report/words.ts';
import { hmmScenarios } from '../../verifier/scenario/hmm.ts';
import { runScenario, type Run } from '../../verifier/scenario/run.ts';
import { linkSide, type RunnableSide } from '../../verifier/scenario/side.ts';
import { scenarioNamed } from '../../verifier/scenario/suite.ts';
import { CONFIGS } from '../../verifier/tree/arms.ts';
import { loadPort } from '../../verifier/tree/load.ts';

const all = hmmScenarios();
const base = linkSide(loadPort().files, CONFIGS.default);
function after(id: string): RunnableSide {
  const patch = findPatch(id);
  const trees = patch === undefined ? null : sidesOf(patch);
  if (trees === null || !trees.ok || !trees.sides.applied.ok) throw new Error(`${id} does not apply`);
  return linkSide(trees.sides.applied.tree.files, CONFIGS.default);
}
function run(side: RunnableSide, id: string): Run {
  const scenario = scenarioNamed(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return runScenario(side, scenario);
}
/** What a named step gave. */
const gave = (r: Run, step: string): string => new RegExp(`(?:^| )${step}=(\\S+)`).exec(r.outcome)?.[1] ?? '';
const said = (r: Run): string[] => r.findings.map((f) => `${f.rule} ${f.site.function}`);

/**
 * Of v5.15 as it is: a mirror that is freed while pages name it (lib/test_hmm.c, release); the dirty bit that the
 * collection drops (mended by fd35ca3d12cc in 6.1); and try_to_migrate_one, which reads a device entry as if
 * it were present.
 */
const KNOWN = ['bad-page-state migrate_vma_collect_pmd', 'pte-misuse try_to_migrate_one', 'use-after-free dmirror_devmem_fault'];

test('each has a name, words, and an end on the port', (t) => {
  t.is(new Set(all.map((s) => s.id)).size, all.length);
  const found = new Set<string>();
  for (const s of all) {
    t.deepEqual(scenarioNamed(s.id), s);
    t.regex(scenarioInWords(s.id), /^test_hmm with (coherent|device-private) memory; /);
    const r = runScenario(base, s);
    if (s.id.startsWith('hmm/c/')) { t.is(r.status, 'unsupported', s.id); continue; }
    t.is(r.status, 'ran', `${s.id}: ${r.bound}`);
    t.is(r.endedEarly, ['hmm/p/migrate.close', 'hmm/p/exclusive.end', 'hmm/p/exclusive.unmapped'].includes(s.id), s.id);
    for (const one of said(r)) found.add(one);
  }
  t.deepEqual([...found].sort(), KNOWN);
});

test('what a program sees of v5.15', (t) => {
  t.is(gave(run(base, 'hmm/p/read'), 'P.read'), '2/1:0,18');
  t.is(gave(run(base, 'hmm/p/migrate.load'), 'P.migrate'), '2:17,18');
  t.is(gave(run(base, 'hmm/p/migrate.load'), 'P.load1'), '18');
  t.is(gave(run(base, 'hmm/p/migrate.other'), 'P.other'), '-ENOENT', 'what another device has stays there');
  t.is(gave(run(base, 'hmm/p/migrate.read'), 'P.other'), '-EFAULT', 'hmm_range_fault of 5.15 does not bring it back for another device');
  t.is(gave(run(base, 'hmm/p/migrate.snapshot'), 'P.snapshot'), '22,2');
  t.is(gave(run(base, 'hmm/p/migrate.snapshot'), 'P.other'), '0,2');
  t.is(gave(run(base, 'hmm/p/migrate.many'), 'P.migrate'), '6:17,18,19,20,21,22', 'a second chunk');
  t.is(gave(run(base, 'hmm/p/exclusive'), 'P.check'), '-EPERM');
  t.is(gave(run(base, 'hmm/p/exclusive'), 'P.check0'), '0');
  // pages[] of dmirror_exclusive is used whole, filled or not (mended in 5.17).
  for (const range of ['end', 'unmapped']) t.is(gave(run(base, `hmm/p/exclusive.${range}`), 'end'), 'fault');
});

test('loading that fails leaves nothing, and a second try succeeds', (t) => {
  for (const nth of [1, 2]) {
    const r = run(base, `hmm/p/insmod.slab${nth}`);
    t.is(gave(r, 'Q.insmod'), '-ENOMEM');
    t.is(gave(r, 'Q.early'), '-ENXIO');
    t.is(gave(r, 'Q.again'), '0');
  }
  // v5.15 ignores a first chunk that fails.
  t.is(gave(run(base, 'hmm/p/insmod.slab3'), 'Q.insmod'), '0');
});

for (const version of ['v2', 'v3']) {
  test(`${version} 6: a type is told`, (t) => {
    t.is(gave(run(base, 'hmm/p/type'), 'P.type'), '-EINVAL');
    t.is(gave(run(after(`device-coherent/${version}/6`), 'hmm/p/type'), 'P.type'), '1');
  });

  // dmirror_device_init gives up after cdev_add, and hmm_dmirror_init removes the devices before this one alone.
  test(`${version} 7: the driver does not load, and leaves a device that is opened all the same`, (t) => {
    const r = run(after(`device-coherent/${version}/7`), 'hmm/p/type');
    t.is(gave(r, 'Q.insmod'), '-EINVAL');
    t.deepEqual(said(r), ['use-after-free cdev_get']);
  });

  test(`${version} 8: coherent memory`, (t) => {
    const side = after(`device-coherent/${version}/8`);
    const [load, many, slab] = [run(side, 'hmm/c/migrate.load'), run(side, 'hmm/c/migrate.many'), run(side, 'hmm/c/insmod.slab3')];
    t.is(gave(load, 'P.load0'), '17');
    t.is(gave(load, 'page0'), 'hmm2', 'read in place');
    t.is(gave(run(side, 'hmm/c/migrate.back'), 'page0'), 'system');
    t.is(gave(run(side, 'hmm/c/migrate.snapshot'), 'P.snapshot'), '42,2');
    t.is(gave(run(side, 'hmm/c/migrate.snapshot'), 'P.other'), '52,2');
    t.is(gave(run(side, 'hmm/c/type'), 'P.type'), '2');
    // Every chunk of coherent memory begins at the address of the parameter.
    t.is(gave(many, 'P.migrate'), '-ENOENT');
    t.deepEqual(many.findings.filter((f) => f.rule === 'warn-on').map((f) => f.message), ['Conflicting mapping in same section']);
    t.is(gave(slab, 'Q.insmod'), '-ENOMEM');
    t.deepEqual(said(slab), ['use-after-free cdev_get']);
  });
}

test('v1 10: a type is told', (t) => {
  t.is(gave(run(after('device-coherent/v1/9'), 'hmm/p/type'), 'P.type'), '-EINVAL');
  t.is(gave(run(after('device-coherent/v1/10'), 'hmm/p/type'), 'P.type'), '1');
});

// What dmirror_allocate_chunk returns stays true, which is 1: dmirror_device_init hands it on, and the module
// is loaded with what there is until then.
test('v1 11: the second device is missing, and a name that the next patch declares', (t) => {
  const side = after('device-coherent/v1/11');
  const [type, failing] = [run(side, 'hmm/c/type'), run(side, 'hmm/p/insmod.slab6')];
  t.is(gave(type, 'P.type'), '2');
  t.deepEqual(type.findings.map((f) => f.message), ['kobject: is not initialized, yet kobject_put() is being called']);
  t.is(gave(run(side, 'hmm/p/migrate.other'), 'P.open1'), '-ENXIO');
  t.is(failing.status, 'cut');
  t.regex(failing.bound ?? '', /^ret is not declared: C would not compile/);
});

test('v1 12: public memory', (t) => {
  const side = after('device-coherent/v1/12');
  t.is(gave(run(side, 'hmm/p/migrate.load'), 'P.load0'), '17');
  t.is(gave(run(side, 'hmm/p/migrate.back'), 'page0'), 'system');
  const load = run(side, 'hmm/c/migrate.load');
  t.is(gave(load, 'P.load0'), '17');
  t.is(gave(load, 'page0'), 'hmm0', 'read in place');
  t.is(gave(run(side, 'hmm/c/migrate.back'), 'page0'), 'hmm0', 'it stays there');
  t.is(gave(run(side, 'hmm/c/type'), 'P.type'), '2');
  t.is(gave(run(side, 'hmm/c/migrate.snapshot'), 'P.other'), '42,2', 'whose it is is not told');
  // dmirror_devmem_alloc_page takes the 0 of a chunk that is there for a failure, and an errno for success.
  t.is(gave(run(side, 'hmm/p/migrate.many'), 'P.migrate'), '-ENOENT');
  t.true(said(run(side, 'hmm/p/migrate.many')).some((one) => one.startsWith('lost-page ')));
  t.true(said(run(side, 'hmm/c/migrate.many')).includes('null-dereference dmirror_devmem_alloc_page'));
});
