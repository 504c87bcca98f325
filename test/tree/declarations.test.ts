// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { declarationsOf } from '../../verifier/tree/declarations.ts';
import { loadPort, treeOf } from '../../verifier/tree/load.ts';

const port = declarationsOf(treeOf({
  'a.ts': "import { box as box_struct } from './b.ts';\nfunction open(b: box, ...more: int[]): int { const n: Ref<int> = { v: 0 }; let m = Init(box_struct, {}); out: { break out; } again: for (;;) { break; } return 0; }\nconst lock = per_machine(() => new spinlock_t(), 'lock');\nconst nr = per_machine(() => ({ v: 0 }), 'nr');\nconst vecs = DEFINE_PER_CPU(() => new vec(), 'vecs');",
  'b.ts': 'export class box extends thing { nr: int = 0; readonly list: list_head<box> = new list_node(this); get top(): box | null { return null; } open?(b: box): int; }\nexport interface ops { shut: (b: box) => void }\nexport function open(): void {}\nexport type kind = 1 | 2;\nexport const MAX = 3;',
}));

test('a name means its own module first, then what another exports', (t) => {
  t.is(port.value('open', 'a.ts')?.module, 'a.ts');
  t.is(port.value('open', 'c.ts')?.module, 'b.ts');
  t.is(port.value('lock', 'b.ts'), undefined);
  const box = port.struct('box', 'a.ts');
  t.deepEqual(box === undefined ? [] : [port.importedAs(box, 'a.ts'), port.importedAs(box, 'b.ts')], ['box_struct', 'box']);
});

test('a function: parameters, result, locals, labels', (t) => {
  const open = port.value('open', 'a.ts');
  if (open?.kind !== 'function') return t.fail();
  t.deepEqual(open.params, [{ name: 'b', type: 'box', rest: false }, { name: 'more', type: 'int[]', rest: true }]);
  t.is(open.returns, 'int');
  t.deepEqual([...open.locals], [['n', 'Ref<int>'], ['m', 'box_struct']]);
  t.deepEqual([...open.labels], [['out', 'block'], ['again', 'loop']]);
});

test('a struct: fields, what is embedded, members that are called', (t) => {
  const box = port.struct('box', 'a.ts');
  t.deepEqual([...box?.fields.values() ?? []].map((one) => [one.name, one.type, one.embedded, one.signature?.returns ?? null]), [
    ['nr', 'int', false, null], ['list', 'list_head<box>', true, null], ['top', 'box | null', false, null], ['open', '', true, 'int'],
  ]);
  t.deepEqual([box?.isClass, box?.extends], [true, ['thing']]);
  t.is(port.struct('ops', 'a.ts')?.fields.get('shut')?.signature?.params[0]?.type, 'box');
});

test('constants: how each is read, and of what type', (t) => {
  const of = (name: string): readonly string[] => {
    const one = port.value(name, 'a.ts');
    return one?.kind === 'constant' ? [one.form, one.type] : [];
  };
  t.deepEqual(['lock', 'nr', 'vecs', 'MAX'].map(of), [['machine', 'spinlock_t'], ['machine', 'Ref<number>'], ['percpu', 'vec'], ['plain', 'number']]);
  t.is(port.alias('kind', 'a.ts')?.type, '1 | 2');
});

test('the port itself: a function, a struct and a constant where they are', (t) => {
  const real = declarationsOf(loadPort());
  t.is(real.value('follow_page_pte', 'mm/gup.ts')?.module, 'mm/gup.ts');
  t.is(real.struct('page', 'mm/gup.ts')?.fields.get('lru')?.embedded, true);
  t.is(real.value('FOLL_PIN', 'mm/gup.ts')?.module, 'include/linux/mm.ts');
});
