// SPDX-License-Identifier: GPL-2.0-only
// Invented C: no line of it is from a kernel.

import test from 'ava';
import type { CDeclaration, CExpr, CStmt } from '../../../../verifier/transform/import/c/ast.ts';
import { openReader } from '../../../../verifier/transform/import/c/read.ts';

const reader = await openReader();
const file = (text: string): readonly CDeclaration[] => reader.file(text, () => null).declarations;
/** The tree without lines, as text. */
const plain = (of: CExpr | CStmt): string => JSON.stringify(of, (key, value: unknown) => (key === 'from' || key === 'to' ? undefined : value));

test('a function: storage, result, parameters, lines', (t) => {
  const [fn] = file('\nstatic __always_inline struct box *\nfind_box(struct shelf *s, unsigned long nr, int (*cb)(struct box *b))\n{\n\treturn NULL;\n}\n');
  t.is(fn?.kind, 'function');
  if (fn?.kind !== 'function') return;
  t.deepEqual([fn.name, fn.isStatic, fn.from, fn.to], ['find_box', true, 2, 6]);
  t.deepEqual(fn.returns, { kind: 'pointer', to: { kind: 'named', name: 'struct box' } });
  t.deepEqual(fn.params.map((one) => [one.name, one.type.kind === 'pointer' ? one.type.to.kind : one.type.kind]), [['s', 'named'], ['nr', 'named'], ['cb', 'function']]);
  t.deepEqual(fn.body.map((one) => [one.kind, one.from]), [['return', 5]]);
});

test('statements of every kind', (t) => {
  const kinds = (text: string): readonly string[] => reader.statements(text).map((one) => one.kind);
  t.deepEqual(kinds('int a = 1, *b; static int c; a++; ; if (a) b(); else c(); for (;;) { } while (a) b(); do { c(); } while (a); return; goto out; out: break; { }'), [
    'declare', 'declare', 'expression', 'empty', 'if', 'for', 'while', 'do', 'return', 'goto', 'label', 'break', 'block',
  ]);
});

test('switch: cases, fall through, default', (t) => {
  const [one] = reader.statements('switch (a) { case 1: case X: f(); break; default: g(); }');
  t.is(one?.kind, 'switch');
  if (one?.kind === 'switch') t.deepEqual(one.cases.map((c) => [c.of?.kind ?? null, c.body.length]), [['number', 0], ['name', 2], [null, 1]]);
});

test('a loop macro with its arguments', (t) => {
  const [one] = reader.statements('list_for_each_entry(a, &h->list, node)\n\tf(a);');
  t.is(one?.kind, 'each');
  if (one?.kind === 'each') t.deepEqual([one.macro, one.args.map((arg) => arg.kind), one.body.kind], ['list_for_each_entry', ['name', 'address', 'name'], 'expression']);
});

const EXPRESSIONS: readonly (readonly [string, CExpr['kind']])[] = [
  ['a->b.c', 'field'], ['*p', 'deref'], ['&x', 'address'], ['!x', 'unary'], ['-1 + x', 'binary'], ['x ?: y', 'choose'], ['(unsigned long)p', 'cast'], ['sizeof(struct box)', 'sizeof'],
  ['p++', 'step'], ['a, b', 'comma'], ['a[1]', 'index'], ['f(a, b)', 'call'], ['a = b', 'assign'], ['(struct box) { .a = 1 }', 'compound'], ['({ f(); })', 'statements'], ["'x'", 'char'], ['"a" "b"', 'string'], ['NULL', 'null'],
];
for (const [text, kind] of EXPRESSIONS) {
  test(`an expression: ${text}`, (t) => { t.is(reader.expression(text).kind, kind); });
}

test('designators, by name and by index', (t) => {
  const [one] = reader.statements('struct box b = { .a = 1, .in.x = 2, [3] = 4, 5 };');
  if (one?.kind !== 'declare' || one.variables[0]?.init?.kind !== 'init') return t.fail();
  t.deepEqual(one.variables[0].init.entries.map((entry) => entry.path.map((d) => (d.kind === 'field' ? d.name : '[]')).join('.')), ['a', 'in.x', '[]', '']);
});

test('a type handed to a macro', (t) => {
  const call = reader.expression('container_of(p, struct box, node)');
  t.is(call.kind, 'call');
  if (call.kind === 'call') t.deepEqual(call.args[1]?.kind === 'type' ? call.args[1].type : null, { kind: 'named', name: 'struct box' });
});

test('structs, with what is unnamed in them; enums; variables; macros; prototypes', (t) => {
  const all = file('struct box { int a; union { long b; struct { int c[4]; }; }; int (*f)(void); };\nenum kind { ONE, TWO = 4 };\nstatic const struct ops o = { .f = g };\n#define N 3\nextern int h(int);');
  t.deepEqual(all.map((one) => one.kind), ['struct', 'enum', 'variable', 'macro', 'prototype']);
  const [box, kind] = all;
  if (box?.kind === 'struct') t.deepEqual(box.fields.map((one) => one.name), ['a', 'b', 'c', 'f']);
  if (kind?.kind === 'enum') t.deepEqual(kind.members.map((one) => [one.name, one.value?.kind ?? null]), [['ONE', null], ['TWO', 'number']]);
});

test('what cannot be read is there, as unknown, with its text', (t) => {
  const found: string[] = [];
  for (const one of reader.statements('f(a;\nb = ] 2;\ng();')) if (plain(one).includes('"unknown"')) found.push(one.kind);
  t.true(found.length > 0);
});

test('lines count through arms that are off', (t) => {
  const all = reader.file('#ifdef CONFIG_X\nint a(void) { return 1; }\n#else\nint a(void) { return 0; }\n#endif\n', (name) => (name === 'CONFIG_X' ? false : null)).declarations;
  t.deepEqual(all.map((one) => [one.kind, one.from]), [['function', 4]]);
});
