// SPDX-License-Identifier: GPL-2.0-only
// SECURITY.md, line by line: what code from a mail may not say, and that it may say the rest.

import test from 'ava';
import { breaches } from '../../verifier/tree/sandbox.ts';
import { treeOf } from '../../verifier/tree/load.ts';

const AROUND = "import { frob } from './frob.ts';\nconst LIMIT = 3;\nfunction other(process: number): number { return process; }\n";
function said(body: string): readonly string[] {
  const text = `${AROUND}export function f(a: number[], n: number): number {\n  ${body}\n  return n;\n}\n`;
  const from = text.indexOf(body, AROUND.length);
  return breaches(treeOf({ 'mm/demo.ts': text, 'mm/frob.ts': 'export function frob(n: number): number { return n; }\n' }), [{ file: 'mm/demo.ts', from, to: from + body.length }])
    .map((one) => `${one.kind} ${one.what}`);
}

for (const body of [
  'n += frob(LIMIT);', 'for (let i = 0; i < n; i++) a[i] = i;', 'const last = { n: n, v: a[0] }; n = last.v;', 'out: { if (n) break out; }',
  'switch (n) { case 1: n = 2; break; default: break; }', 'n = a.length > 2 ? -n : ~n;', 'do { n--; } while (n > 0 && !a[n]);', "frob(Number('x' === 'y'));",
]) test(`may be said: ${body}`, (t) => { t.deepEqual(said(body), []); });

for (const [body, what] of [
  ['process.exit(1);', 'name process'], ['globalThis.x = 1;', 'name globalThis'], ['require("fs");', 'name require'], ['eval("1");', 'name eval'],
  ['Function("return 1")();', 'name Function'], ['$.reached = 0;', 'name $'], ['exports.f = 0;', 'name exports'], ['setTimeout(f, 1);', 'name setTimeout'],
  // Bound elsewhere is not bound here.
  ['{ let process = 1; } process.exit(1);', 'name process'],
  ['a.constructor;', 'form .constructor'], ["a['constructor'];", "form ['constructor']"], ['a.__proto__ = 0;', 'form .__proto__'], ['f.caller;', 'form .caller'],
  ['a[`prototype`];', 'form [`prototype`]'], ['import("fs");', 'form ImportKeyword'], ['n = `${n}`;', 'form TemplateExpression'], ['frob`x`;', 'form TaggedTemplateExpression'],
  ['n = /x/.test("y") ? 1 : 0;', 'form RegularExpressionLiteral'], ['class g {} n = this.x;', 'form ThisKeyword'], ['throw n;', 'form ThrowStatement'],
  ['const { length } = a;', 'form ObjectBindingPattern'], ['(async () => 1)();', 'form AsyncKeyword'], ['delete a[0];', 'form DeleteExpression'],
  ['a[("constructor")];', 'form ["constructor"]'], ['Array.isArray = 0;', 'name Array'], ['Math.max = frob;', 'name Math'], ['n = Array(9).length;', 'name Array'], ['Reflect.get(a, 0);', 'name Reflect'], ['let $ = 1;', 'form the name $'], ['let exports = 1;', 'form the name exports'],
] as const) test(`may not be said: ${body}`, (t) => { t.true(said(body).includes(what), said(body).join('; ')); });

test('what runs while a module loads is constants and tables', (t) => {
  const at = (line: string): readonly string[] => {
    const text = `${AROUND}${line}\n`;
    return breaches(treeOf({ 'mm/demo.ts': text, 'mm/frob.ts': 'export function frob(n: number): number { return n; }\n' }), [{ file: 'mm/demo.ts', from: AROUND.length, to: text.length }]).map((one) => `${one.kind} ${one.what}`);
  };
  t.deepEqual(at('export const A = (LIMIT << 2) | 1;'), []);
  t.deepEqual(at('const table = { open: frob, n: LIMIT };'), []);
  t.true(at("export const A = frob[('con' + 'structor')];").length > 0);
  t.true(at('frob(1);').length > 0);
  t.true(at('export const A = Reflect;').includes('name Reflect'));
});

test('a type is no value: an import that is gone by then declares nothing', (t) => {
  const text = "import { Reflect } from './frob.ts';\nexport function f(): void {\n  Reflect.get(f, 0);\n}\n";
  t.deepEqual(breaches(treeOf({ 'mm/demo.ts': text }), [{ file: 'mm/demo.ts', from: text.indexOf('  Reflect'), to: text.length }]).map((one) => one.what), ['Reflect']);
});
