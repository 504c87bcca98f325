// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { checkTree, checkTypes } from '../../verifier/tree/check.ts';
import { treeOf, withFiles } from '../../verifier/tree/load.ts';

const types = `export type Kind<K extends string> = number & { readonly __kind?: K };
export type int = Kind<'int'>;
export type long = number & { readonly __kind?: 'int' | 'long' };
export type vm_fault_t = Kind<'vm_fault_t'>;
`;
const base = treeOf({
  'include/linux/types.ts': types,
  'include/linux/mm.ts': `import type { vm_fault_t } from './types.ts';
export function handle(): vm_fault_t { return 0; }
//#if MIGRATION
export function moves(a: number): boolean { return a > 0; }
//#endif
`,
  'mm/a.ts': `import { handle, moves } from '../include/linux/mm.ts';
import type { int, long } from '../include/linux/types.ts';
export function f(): int {
  let n: int = 0;
  n += 1;
  return n;
}
export function g(): long { return f(); }
export function h(): long { return Number(handle() !== 0); }
`,
});

function changed(from: string, to: string) {
  const text = base.files.get('mm/a.ts') ?? '';
  t0(text.includes(from));
  return checkTypes(base, withFiles(base, new Map([['mm/a.ts', text.replace(from, to)]])));
}
function t0(ok: boolean): void {
  if (!ok) throw new Error('the fixture does not say that');
}

test('the base has none: an import that nothing uses is not C', (t) => {
  t.deepEqual(checkTree(base), []);
});

test('a fault bit where an errno is returned', (t) => {
  const { added } = changed('return n;', 'return handle();');
  t.deepEqual(added.map(({ rule, code, function: fn, statement, text, line }) => ({ rule, code, fn, statement, text, line })), [
    { rule: 'type-mismatch', code: 2322, fn: 'f', statement: 'return handle();', text: 'vm_fault_t where int is returned', line: 6 },
  ]);
});

test('too many arguments, and a name nobody declares', (t) => {
  t.deepEqual(changed('return f();', 'return f(1);').added.map((one) => one.text), ['f() takes 0 arguments and is handed 1']);
  t.deepEqual(changed('return f();', 'return nothing();').added.map((one) => one.text), ['nothing is not declared']);
});

test('a name that one configuration lacks breaks that configuration', (t) => {
  const { added } = changed('n += 1;', 'n += moves(n) ? 1 : 0;');
  t.deepEqual(added.map(({ rule, config, line, text }) => ({ rule, config, line, text })), [
    { rule: 'config-break', config: 'MIGRATION=n', line: 5, text: 'moves is not declared' },
  ]);
});

test('what only TypeScript minds is no finding', (t) => {
  t.deepEqual(changed('n += 1;', 'let unused; let late: int; n = late; n = true;').added, []);
});

test('an error that a patch mends is removed', (t) => {
  const bad = withFiles(base, new Map([['mm/a.ts', (base.files.get('mm/a.ts') ?? '').replace('return n;', 'return handle();')]]));
  const { added, removed } = checkTypes(bad, base);
  t.deepEqual([added.length, removed.length], [0, 1]);
});
