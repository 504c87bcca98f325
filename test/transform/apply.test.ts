// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { applyAll, applyPatch, hunk, HunkError, lineMap, mutate, parseHunk, patch, renameAll, revertPatch, type Edit, type PortPatch } from '../../verifier/transform/index.ts';
import { treeOf, type PortTree } from '../../verifier/tree/load.ts';

const base = treeOf({
  'include/linux/mm.ts': "export function is_device_page(p: object): boolean { return p !== null; }\nexport type uaddr = number;\n",
  'mm/demo.ts': `// SPDX-License-Identifier: GPL-2.0-only
import { get_page } from '../include/linux/types.ts';

/** @refs page: borrows */
function walk(nr: number, pages: object[]): number {
  let i: number;

  // From the first.
  for (i = 0; i < nr; i++) {
    get_page(pages[i]);
    if (!is_pinnable(pages[i]))
      continue;
    lock_page(pages[i]);
    unlock_page(pages[i]);
  }
  if (nr)
    unlock_page(pages[0]);
  return nr;
}

//#if MIGRATION
function move(a: number): number {
  return a + 1;
}
//#else
function move(a: number): number {
  return a;
}
//#endif

export function caller(): number { return walk(1, []); }
`,
});

let n = 0;
function make(build: (edit: Edit) => unknown, number = (n += 1)): PortPatch {
  return patch({
    series: 'demo', version: 'v1', number, of: 9, subject: 'demo', author: { name: 'A', email: 'a@example.org' }, date: '', to: [], cc: [],
    messageId: `${number}@example.org`, coverId: '', files: [], notModelled: [],
  }, build);
}
const text = (tree: PortTree): string => tree.files.get('mm/demo.ts') ?? '';
function applied(tree: PortTree, one: PortPatch) {
  const result = applyPatch(tree, one);
  if (!result.ok) throw new Error(JSON.stringify(result.conflict));
  return result;
}
function conflict(tree: PortTree, one: PortPatch, known: readonly PortPatch[] = []) {
  const result = applyPatch(tree, one, { known });
  if (result.ok) throw new Error('it applies');
  return result.conflict;
}

const labelled = make(({ file }) => file('mm/demo.ts').calls('walk').exactly(1).hunk('walk', hunk`
    function walk(
  +   start: uaddr,
      nr: number,
  ...
  + out: {
    for (i = 0; i < nr; i++) {
      get_page(pages[i]);
  +   if (is_device_page(pages[i])) {
  +     break out;
  +   }
      if (!is_pinnable(pages[i]))
  ...
    }
  + }
    if (nr)
`).hunk('caller', hunk`
  - return walk(1, []);
  + return walk(0, 1, []);
`));

test('a hunk goes in, with the label and the imports it wants', (t) => {
  const result = applied(base, labelled);
  t.true(text(result.tree).includes('function walk(start: uaddr, nr: number, pages: object[]): number {'));
  t.true(text(result.tree).includes('  out: {\n  for (i = 0; i < nr; i++) {\n    get_page(pages[i]);\n    if (is_device_page(pages[i])) {\n      break out;\n    }\n'));
  t.true(text(result.tree).includes("import { type uaddr, is_device_page } from '../include/linux/mm.ts';"));
  t.true(text(result.tree).includes('{ return walk(0, 1, []); }'));
  t.deepEqual(result.edits.ops.map((op) => op.op), ['expect', 'parameter', 'label', 'insert', 'replace', 'import']);
  t.regex(result.diff, /^diff --git a\/kernel-port\/mm\/demo\.ts b\/kernel-port\/mm\/demo\.ts\n--- a\/kernel-port\/mm\/demo\.ts\n\+\+\+ b\//);
  t.deepEqual(result.changed.map((one) => `${one.kind} ${one.function}: ${one.text}`), [
    'modified walk: function walk(start: uaddr, nr: number, pages: object[]): number',
    'added walk: out:',
    'added walk: if (is_device_page(pages[i]))',
    'added walk: break out;',
    'modified caller: return walk(0, 1, []);',
  ]);
});

test('the edit script is JSON', (t) => {
  const { edits } = applied(base, labelled);
  t.deepEqual(JSON.parse(JSON.stringify(edits)), edits);
});

test('reverting gives back the bytes', (t) => {
  const result = applied(base, labelled);
  const back = revertPatch(result.tree, result);
  t.true(back.ok);
  t.deepEqual(back.ok && [...back.tree.files], [...base.files]);
  t.deepEqual(back.ok && back.tree.applied, []);
});

test('a patch under another one cannot be taken out', (t) => {
  const first = applied(base, labelled);
  const second = applied(first.tree, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    - return nr;
    + return nr + 0;
  `)));
  const back = revertPatch(second.tree, first);
  t.is(!back.ok && back.conflict.rule, 'overlaps');
});

test('applying twice is a conflict, also where nobody wrote down the first time', (t) => {
  const { tree } = applied(base, labelled);
  const again = conflict(tree, labelled);
  t.is(again.code, 'KPV0304');
  t.is(again.changedBy, labelled.id);
  const twin = make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    - lock_page(pages[i]);
    + trylock_page(pages[i]);
  `));
  t.is(conflict({ ...applied(base, twin).tree, applied: [] }, twin).rule, 'already-applied');
  const adds = make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      lock_page(pages[i]);
    + put_page(pages[i]);
    ...
  `));
  t.is(conflict({ ...applied(base, adds).tree, applied: [] }, adds).rule, 'already-applied');
});

test('a missing anchor names what is nearest and who changed it', (t) => {
  const renamed = applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    - if (!is_pinnable(pages[i]))
    + if (!is_longterm_pinnable(pages[i]))
  `)));
  const other = make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    + count();
      if (!is_pinnable(pages[i]))
        continue;
  `));
  const found = conflict(renamed.tree, other);
  t.is(found.code, 'KPV0301');
  t.is(found.anchor, 'if (!is_pinnable(pages[i]))');
  t.is(found.nearest, 'if (!is_longterm_pinnable(pages[i]))');
  t.is(found.changedBy, renamed.patch);
  t.deepEqual(found.place, { file: 'mm/demo.ts', line: 11, function: 'walk', text: 'if (!is_longterm_pinnable(pages[i]))' });
});

test('something put between two context lines is the cause', (t) => {
  const between = applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      lock_page(pages[i]);
    + touch(pages[i]);
      unlock_page(pages[i]);
      }
  `)));
  const found = conflict(between.tree, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      lock_page(pages[i]);
    - unlock_page(pages[i]);
  `)));
  t.is(found.rule, 'anchor-missing');
  t.is(found.changedBy, between.patch);
});

test('a function or a file that is not there', (t) => {
  const hunks = hunk`
    - return a;
  `;
  const fn = conflict(base, make(({ file }) => file('mm/demo.ts').hunk('wolk', hunks)));
  t.deepEqual([fn.rule, fn.nearest], ['anchor-missing', 'function walk']);
  const missing = conflict(base, make(({ file }) => file('mm/demos.ts').hunk('walk', hunks)));
  t.deepEqual([missing.rule, missing.nearest], ['anchor-missing', 'mm/demo.ts']);
});

test('an anchor that stands twice is ambiguous; more context makes it one', (t) => {
  const found = conflict(base, make(({ file }) => file('mm/demo.ts').hunk('move', hunk`
    + note();
      return
  `)));
  t.is(found.code, 'KPV0302');
  const twice = conflict(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    - unlock_page
    + folio_unlock
  `)));
  t.is(twice.rule, 'anchor-ambiguous');
  t.deepEqual(twice.rule === 'anchor-ambiguous' && twice.matches.map((one) => one.line), [14, 17]);
  t.true(applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      if (nr)
    -   unlock_page(pages[0]);
    +   folio_unlock(pages[0]);
  `))).ok);
});

test('the context says which arm is meant', (t) => {
  const result = applied(base, make(({ file }) => file('mm/demo.ts').hunk('move', hunk`
    //#else
    function move(a: number): number {
  -   return a;
  +   return -a;
  `)));
  t.true(text(result.tree).includes('function move(a: number): number {\n  return a + 1;\n}\n//#else\nfunction move(a: number): number {\n  return -a;\n}'));
  t.is(result.edits.ops[0]?.op === 'replace' && result.edits.ops[0].anchor.arm, '!MIGRATION');
});

test('an anchor that only another patch brings', (t) => {
  const bringer = make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    + prepare_everything();
      return nr;
  `));
  const user = make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      prepare_everything();
    + use_everything();
  `));
  const found = conflict(base, user, [bringer, user]);
  t.is(found.rule === 'needs-patch' && found.needs, bringer.id);
  t.is(conflict(base, user).rule, 'anchor-missing');
  t.true(applyAll(base, [bringer, user]).applied.every((one) => one.ok));
});

test('a call the author did not know of', (t) => {
  const found = conflict(base, make(({ file }) => file('mm/demo.ts').calls('unlock_page').exactly(1)));
  t.deepEqual(found.rule === 'call-count-changed' && [found.expected, found.found], [1, 2]);
});

test('two hunks for one place overlap', (t) => {
  const found = conflict(base, make(({ file }) => file('mm/demo.ts')
    .hunk('walk', hunk`
      - return nr;
      + return 0;
    `).hunk('walk', hunk`
      - return nr;
      + return 1;
    `)));
  t.is(found.rule, 'overlaps');
});

test('a declaration goes above the comment of what follows it', (t) => {
  const result = applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    + function fresh(): void {}
    +
      function walk(nr
  `)));
  t.true(text(result.tree).includes('function fresh(): void {}\n\n/** @refs page: borrows */\nfunction walk('));
  t.deepEqual(result.edits.ops.map((op) => op.op === 'declare' && op.names), [['fresh']]);
});

test('neither line breaks nor comments nor trailing commas decide', (t) => {
  t.true(applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
      for (i = 0;
        i < nr; i++) { // each
      get_page(
        pages[i],
      );
    + count();
  `))).ok);
});

test('a hunk that can apply nowhere is refused when it is written', (t) => {
  for (const bad of [' a();', '...\n+ b();\n...', '  + a();\nx b();']) t.throws(() => parseHunk(bad), { instanceOf: HunkError });
});

test('mutate takes a statement out, also the only one under an if', (t) => {
  t.is(mutate(base, 'mm/demo.ts', 'walk', 'unlock_page(pages[i]);', '').ok, true);
  const only = mutate(base, 'mm/demo.ts', 'walk', 'unlock_page(pages[0]);', '');
  t.true(only.ok && text(only.tree).includes('  if (nr)\n    ;\n  return nr;'));
  const twice = mutate(base, 'mm/demo.ts', 'walk', 'unlock_page', 'folio_unlock');
  t.is(!twice.ok && twice.conflict.rule, 'anchor-ambiguous');
  const second = mutate(base, 'mm/demo.ts', 'walk', 'unlock_page', 'folio_unlock', { ordinal: 1 });
  t.true(second.ok && text(second.tree).includes('    unlock_page(pages[i]);') && text(second.tree).includes('    folio_unlock(pages[0]);'));
  const none = mutate(base, 'mm/demo.ts', 'walk', 'lock_folio(pages[i]);', '');
  t.is(!none.ok && none.conflict.nearest, 'lock_page(pages[i]);');
});

test('a renamed patch applies to the renamed port and gives the renamed result', (t) => {
  const names = { walk: 'stroll', pages: 'folios', is_device_page: 'is_dev' };
  const renamed = renameAll(base, labelled, names);
  t.true(text(renamed.tree).includes('function stroll(nr: number, folios: object[])'));
  const result = applied(renamed.tree, renamed.patch);
  const plain = applied(base, labelled);
  t.is(text(renameAll(plain.tree, labelled, names).tree), text(result.tree));
});

test('lines map from before to after; a removed one to none', (t) => {
  const result = applied(base, labelled);
  const map = lineMap(base, result.tree, result.edits);
  const before = text(base).split('\n');
  const after = text(result.tree).split('\n');
  for (const [index, line] of before.entries()) {
    const to = map('mm/demo.ts', index + 1);
    if (line.includes('return walk(1') || line.includes('function walk')) continue;
    t.is(to === null ? null : after[to - 1], line);
  }
  t.is(map('include/linux/mm.ts', 2), 2);
  const gone = applied(base, make(({ file }) => file('mm/demo.ts').hunk('walk', hunk`
    - lock_page(pages[i]);
  `)));
  t.is(lineMap(base, gone.tree, gone.edits)('mm/demo.ts', 13), null);
});
