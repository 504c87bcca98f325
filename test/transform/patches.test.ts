// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { findByMessageId, findPatch, PATCHES, portPatches, predecessors, SERIES } from '../../patches/index.ts';
import { applyPatch, renameAll, revertPatch } from '../../verifier/transform/index.ts';
import { changedFiles, loadPort, type PortTree } from '../../verifier/tree/load.ts';
import { portFileOf } from '../../verifier/transform/import/import.ts';
import { sidesOf } from '../../verifier/delta/target.ts';
import { checkTypes } from '../../verifier/tree/check.ts';

const port = loadPort();
/** As posted; the forms of later kernels are made for what they stand on. */
const POSTED = PATCHES.filter((one) => one.meta.series === 'device-coherent');

function upTo(id: string): { readonly before: PortTree; readonly after: PortTree } {
  const one = findPatch(id);
  if (one?.kind !== 'port') throw new Error(id);
  let before = port;
  for (const earlier of predecessors(one)) {
    const result = applyPatch(before, earlier);
    if (result.ok) before = result.tree;
  }
  const result = applyPatch(before, one);
  if (!result.ok) throw new Error(JSON.stringify(result.conflict));
  return { before, after: result.tree };
}

/** What a series stands on: the port, or what a patch of another leaves. */
function under({ base }: { readonly base: string }): PortTree {
  const one = findPatch(base);
  const trees = one === undefined ? null : sidesOf(one, port);
  if (trees === null) return port;
  if (!trees.ok || !trees.sides.applied.ok) throw new Error(base);
  return trees.sides.applied.tree;
}

for (const series of SERIES) {
  test(`${series.id} applies in order, and comes off again to the byte`, (t) => {
    let tree = under(series);
    for (const one of portPatches(series.patches)) {
      const result = applyPatch(tree, one);
      if (!result.ok) return t.fail(JSON.stringify(result.conflict, null, 1));
      t.is(applyPatch(result.tree, one).ok, false);
      const unrecorded = applyPatch({ ...result.tree, applied: [] }, one);
      t.is(!unrecorded.ok && unrecorded.conflict.rule, 'already-applied');
      const back = revertPatch(result.tree, result);
      t.deepEqual(back.ok ? changedFiles(back.tree, tree) : 'conflict', []);
      tree = result.tree;
    }
    return undefined;
  });
}

test('the registry knows each by id and by Message-ID', (t) => {
  for (const one of POSTED) {
    t.is(findPatch(one.id), one);
    t.is(findByMessageId(`<${one.meta.messageId}>`), one);
  }
  t.is(new Set(POSTED.map((one) => one.meta.messageId)).size, POSTED.length);
  t.deepEqual(SERIES.filter((one) => one.series === 'device-coherent').map((one) => [one.id, one.patches.map((p) => p.meta.number), one.switches]), [
    ['device-coherent/v1', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14], { GRAB_FORM: ['886d', 'own'] }],
    ['device-coherent/v2', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], { GRAB_FORM: ['886d', 'own'] }],
    ['device-coherent/v3', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { GRAB_FORM: ['886d', 'own'] }],
  ]);
  for (const { of, patches } of SERIES) for (const [i, { meta }] of patches.entries()) t.true(meta.number > (patches[i - 1]?.meta.number ?? 0) && meta.number <= of && meta.of === of);
});

test('a patch outside the port names files that are not ported, and why; it leaves the tree alone', (t) => {
  const outside = PATCHES.flatMap((one) => (one.kind === 'outside-port' ? [one] : []));
  t.true(outside.length > 0);
  for (const one of outside) {
    t.deepEqual(one.meta.files, one.outside.map(({ file }) => file));
    for (const { file, why } of one.outside) {
      t.false(port.files.has(portFileOf(file)), `${one.id}: ${file} is ported`);
      t.not(why, '');
    }
    const trees = sidesOf(one, port);
    if (!trees.ok || !trees.sides.applied.ok) return t.fail(one.id);
    t.is(trees.sides.applied.tree, trees.sides.before);
    t.is(one.suite !== null, one.meta.files.some((file) => file.endsWith('/hmm-tests.c')), one.id);
  }
  return undefined;
});

test('what a patch touches is ported, or said not to be', (t) => {
  for (const one of portPatches(POSTED)) {
    for (const file of one.meta.files) {
      if (port.files.has(portFileOf(file))) continue;
      t.true(one.meta.notModelled.some(({ what }) => what.includes(file)), `${one.id}: ${file}`);
    }
  }
});

test('forms of later kernels stand on patches of the project', (t) => {
  t.deepEqual(SERIES.filter((one) => one.series === 'later').map((one) => [one.id, one.base]), [
    ['later/t60', 'device-coherent/v3/2'], ['later/g60', 'later/t60/1'], ['later/f61', 'base'], ['later/f615', 'later/f61/1'],
  ]);
});

test('v2/3 returns a vm_fault_t as an int, and breaks MIGRATION=n', (t) => {
  const { before, after } = upTo('device-coherent/v2/3');
  t.deepEqual(checkTypes(before, after).added.map(({ rule, function: fn, statement, config, text }) => ({ rule, fn, statement, config, text })), [
    { rule: 'type-mismatch', fn: 'migrate_device_page', statement: 'return page.pgmap.ops.migrate_to_ram(vmf);', config: 'default', text: 'vm_fault_t where int is returned' },
    {
      rule: 'config-break', fn: '__gup_longterm_locked', statement: 'rc = check_and_migrate_movable_pages(start, rc, pages, gup_flags);', config: 'MIGRATION=n',
      text: 'check_and_migrate_movable_pages() takes 3 arguments and is handed 4',
    },
  ]);
});

for (const id of ['device-coherent/v2/1', 'device-coherent/v2/2', 'device-coherent/v3/3']) {
  test(`${id} brings no type findings`, (t) => {
    const { before, after } = upTo(id);
    t.deepEqual(checkTypes(before, after).added, []);
  });
}

test('v2/3 with other names for things applies to the port with those names', (t) => {
  const { before } = upTo('device-coherent/v2/3');
  const one = findPatch('device-coherent/v2/3');
  if (one?.kind !== 'port') return t.fail();
  const renamed = renameAll(before, one, { head: 'first', check_and_migrate_movable_pages: 'check_movable', migrate_device_page: 'migrate_one', page_index: 'at' });
  const result = applyPatch(renamed.tree, renamed.patch);
  t.true(result.ok);
  return undefined;
});
