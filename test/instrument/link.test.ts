// SPDX-License-Identifier: GPL-2.0-only
// Headers may import each other in circles, as long as nobody asks for a value before it is there.

import test from 'ava';
import { LinkedPort } from '../../verifier/instrument/link.ts';
import '../../verifier/instrument/transpile.ts';

const link = (a: string, b: string): LinkedPort => new LinkedPort(new Map([
  ['include/linux/a.ts', `import * as all from './b.ts';\nimport { B, g } from './b.ts';\nexport const A: number = 1;\nexport function f(): number { return g(); }\n${a}\n`],
  ['include/linux/b.ts', `import { A, f, late } from './a.ts';\nexport const B: number = 2;\nexport function g(): number { return A; }\n${b}\n`],
]));

test('functions of a circle find each other', (t) => {
  const port = link('export const late = B | 4;', 'export const h = (): number => f() + late;');
  const h = port.symbol('include/linux/b.ts', 'h');
  t.is(typeof h === 'function' ? Reflect.apply(h, undefined, []) : null, 7);
  t.is(port.symbol('include/linux/a.ts', 'no_such_name'), undefined);
});

for (const [what, text] of [
  ['arithmetic', 'export const X = A + 1;'], ['a flag', 'export const X = A | 4;'], ['a shift', 'export const X = 1 << A;'],
  ['an array', 'export const X = [A];'], ['an object', 'export const X = { a: A };'], ['a copy', 'export const X = A;'],
  ['a condition', 'export const X = A ? 1 : 2;'], ['a text', 'export const X = `${A}`;'], ['a call', 'export const X = g();'],
] as const) {
  test(`a value that is not there yet is refused: ${what}`, (t) => {
    t.throws(() => link('export const late = 3;', text), { message: /include\/linux\/a\.ts: A is wanted before the module is loaded/ });
  });
}

test('a constant of the same file that stands further down is refused, too', (t) => {
  t.throws(() => link('export const early = later | 1;\nexport const later = 2;\nexport const late = 3;', ''), { message: /later is wanted before/ });
});
