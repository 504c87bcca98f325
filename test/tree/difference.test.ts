// SPDX-License-Identifier: GPL-2.0-only
// What a change of the port changes when it runs: a function, nothing, or possibly everything.

import test from 'ava';
import { differenceOf, type Difference } from '../../verifier/tree/difference.ts';

const MAIN = `import { half, type Page } from './half.ts';
import { Wide } from './wide.ts';
const LIMIT = 4;
const twice = (n: number) => n * 2;
export interface Local { readonly n: number }
export function first(n: number): number {
  // why
  if (n > LIMIT) return half(n);
  return twice(n);
}
function second(p: Page): number { return new Wide(p).n; }
export function nothing(): void {}
export function given(n = 3): number { return second({ n }); }
`;
const HALF = 'export interface Page { n: number }\nexport function half(n: number): number { return n >> 1; }\n';
const tree = (main: string, half = HALF): Map<string, string> => new Map([['mm/main.ts', main], ['mm/half.ts', half], ['mm/wide.ts', 'export class Wide { n = 1 }\n']]);
const base = tree(MAIN);

function changed(from: string, to: string): Difference {
  const main = MAIN.replace(from, to);
  if (main === MAIN) throw new Error('the fixture does not say that');
  const there = differenceOf(base, tree(main));
  const back = differenceOf(tree(main), base);
  if (JSON.stringify(there) !== JSON.stringify(back)) throw new Error('a difference is one both ways');
  return there;
}
const EVERYWHERE: Difference = { kind: 'everywhere' };
const only = (...functions: string[]): Difference => ({ kind: 'in', functions });

test('what runs the same', (t) => {
  t.deepEqual(differenceOf(base, tree(MAIN)), only());
  t.deepEqual(changed('// why', '// why not\n\n'), only());
  t.deepEqual(changed('readonly n: number }', 'readonly n: string }'), only());
  t.deepEqual(changed('if (n > LIMIT) return half(n);', 'if (n > LIMIT)\n    return half(n);'), only());
});

test('a function that is not the same, one more, one less', (t) => {
  t.deepEqual(changed('n > LIMIT', 'n >= LIMIT'), only('mm/main.ts#first'));
  t.deepEqual(changed('new Wide(p).n', 'new Wide(p).n + 1'), only('mm/main.ts#second'));
  t.deepEqual(changed('export function nothing', 'function third(): number { return 3; }\nexport function nothing'), only('mm/main.ts#third'));
  t.deepEqual(differenceOf(base, tree(MAIN, HALF.replace('>> 1', '/ 2'))), only('mm/half.ts#half'));
});

test('what a module does while it loads, and what leaves no trace of having run, may change everything', (t) => {
  t.deepEqual(changed('LIMIT = 4', 'LIMIT = 5'), EVERYWHERE);
  t.deepEqual(changed('n * 2', 'n * 3'), EVERYWHERE);
  t.deepEqual(changed('nothing(): void {}', 'nothing(): void { second({ n: 1 }); }'), EVERYWHERE);
  t.deepEqual(changed('given(n = 3)', 'given(n = 4)'), EVERYWHERE);
  t.deepEqual(differenceOf(base, new Map([...base, ['mm/more.ts', 'export const more = 1;\n']])), EVERYWHERE);
  t.deepEqual(differenceOf(base, new Map([...base, ['mm/wide.ts', 'export class Wide { n = 2 }\n']])), EVERYWHERE);
});

test('a name that stands for something else', (t) => {
  t.deepEqual(changed('./wide.ts', './half.ts'), EVERYWHERE);
  t.deepEqual(changed('import { half, type Page }', 'import { halves as half, type Page }'), EVERYWHERE);
  t.deepEqual(changed("import { half, type Page } from './half.ts';", "import { type Page } from './half.ts';\nfunction half(n: number): number { return n; }"), EVERYWHERE);
  t.deepEqual(changed('import { half, type Page }', 'import { half, other, type Page }'), only());
});
