// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { shapesOf } from '../../verifier/tree/shape.ts';

const keys = (body: string): readonly string[] => shapesOf('a.ts', `function f() {\n${body}\n}`)[0]?.statements.map((one) => one.key) ?? [];

const SAME: readonly (readonly [string, string])[] = [
  ['const a: int = 1;', 'let a = 1;'],
  ['let a: int, b = 2;', 'let a; let b: long = 2;'],
  ['if ((a & B) !== 0) x();', 'if (a & B) { x(); }'],
  ['return p !== null;', 'return p;'],
  ['return a === 0;', 'return !a;'],
  ['return !!a;', 'return Boolean(a);'],
  ['x = Number(a) + int(b);', 'x = a + b;'],
  ['x = (y as box).nr;', 'x = y.nr;'],
  ['x = a >>> 3;', 'x = (a >> 3);'],
  ["warn('one', a);", 'warn(`two ${b}`, a);'],
  ['x = c ? 1 : 0;', 'x = c;'],
  ['out: { if (a) break out; x(); }', 'out: { if (a) { break out; } x(); }'],
  ['again: for (;;) { x(); if (a) continue again; break; }', 'again: for (;;) { { x(); } if (a) { continue again; } break; }'],
  ['for (;;) { if (a) break; x(); }', 'done: for (;;) { if (a) break done; x(); }'],
  ['for (let i = 0; i < 4; i++) x();', 'for (i = 0; i < 4; i++) { x(); }'],
  ['x = Init(box<int>, { a: 1, });', 'x = Init(box, { a: 1 });'],
];
for (const [a, b] of SAME) test(`the same: ${a}`, (t) => { t.deepEqual(keys(a), keys(b)); });

const DIFFERENT: readonly (readonly [string, string])[] = [
  ['x = a + b;', 'x = a - b;'], ['x(a, b);', 'x(b, a);'], ['if (a) x();', 'if (!a) x();'], ['x = (a + b) * c;', 'x = a + b * c;'], ['x = a === 1;', 'x = a !== 1;'],
  ['for (;;) { again: for (;;) { if (a) break again; break; } }', 'for (;;) { if (a) break; }'], ['x = a >> 1;', 'x = a << 1;'], ['while (a) x();', 'do x(); while (a);'], ['x = p.a;', 'x = p.b;'], ['x = [a, b];', 'x = [b, a];'],
];
for (const [a, b] of DIFFERENT) test(`different: ${a} ${b}`, (t) => { t.notDeepEqual(keys(a), keys(b)); });

test('where a statement stands, its line, its mark', (t) => {
  const [fn] = shapesOf('a.ts', "function f(a) {\n  if (a) {\n    unreachable('why');\n  } else\n    x();\n  do {\n    y();\n  } while (a);\n}");
  t.deepEqual(fn?.statements.map((one) => [one.line, one.shown, one.path, one.mark]), [
    [2, 'if (a)', [], null], [3, "unreachable('why');", ['0.then'], 'unreachable'], [5, 'x();', ['0.else'], null],
    [6, 'do', [], null], [7, 'y();', ['3.body'], null], [8, 'while (a);', [], null],
  ]);
  t.deepEqual(fn?.params, ['a']);
});

test('names that an import changes are what they were', (t) => {
  t.is(shapesOf('a.ts', "import { box as box_struct } from './b.ts';\nfunction f() { x(box_struct); }")[0]?.statements[0]?.key, 'x(box)');
});

test('functions in either form, each with its arm', (t) => {
  const found = shapesOf('a.ts', '//#if A\nfunction f() { x(); }\n//#else\nfunction f() {}\n//#endif\nconst g = (a: int): int => a + 1;');
  t.deepEqual(found.map((one) => [one.name, one.arm, one.statements.map((s) => s.key)]), [['f', 'A', ['x()']], ['f', '!A', []], ['g', '', ['return (a + 1)']]]);
});
