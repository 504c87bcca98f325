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
] as const) test(`may not be said: ${body}`, (t) => { t.true(said(body).includes(what), said(body).join('; ')); });
