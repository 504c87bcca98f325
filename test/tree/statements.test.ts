// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { indexFile } from '../../verifier/tree/statements.ts';
import { normalise } from '../../verifier/tree/tokens.ts';

const text = `
//#if MIGRATION
function f(a: int): int {
  out: {
    for (let i = 0; i < a; i++) {
      g(i,
        a); // twice
      g(i, a);
      if (a) break out;
    }
  }
  return a;
}
//#else
function f(a: int): int { return 0; }
//#endif
export const ops = (x: int): int => x + 1;
class page { get pgmap(): object { return this; } }
`;

test('both arms of a function are there, each with its condition', (t) => {
  const { functions } = indexFile('a.ts', text);
  t.deepEqual(functions.map((fn) => [fn.name, fn.arm]), [['f', 'MIGRATION'], ['f', '!MIGRATION'], ['ops', ''], ['page.pgmap', '']]);
});

test('a statement that holds others counts by its head; equal ones are numbered', (t) => {
  const { statements } = indexFile('a.ts', text);
  const rows = statements.filter((one) => one.function === 'f' && one.arm === 'MIGRATION').map((one) => `${one.line} ${one.kind} ${one.text} #${one.ordinal}`);
  t.deepEqual(rows, [
    '3 FunctionDeclaration function f(a: int): int #0',
    '4 LabeledStatement out: #0',
    '5 ForStatement for (let i = 0; i < a; i++) #0',
    '6 ExpressionStatement g(i, a); #0',
    '8 ExpressionStatement g(i, a); #1',
    '9 IfStatement if (a) #0',
    '9 BreakStatement break out; #0',
    '12 ReturnStatement return a; #0',
  ]);
});

test('one spelling', (t) => {
  t.is(normalise('f( a,\n   b, // why\n );'), 'f(a, b);');
  t.is(normalise('x = { a : 1,b: [ 2, 3, ], };'), normalise('x = { a : 1, b: [2, 3] };'));
  t.is(normalise("s = `${a  +  b} //#if`;"), 's = `${a + b} //#if`;');
  t.is(normalise('r = /[/]"/.test(s) / 2;'), 'r = /[/]"/.test(s) / 2;');
});
