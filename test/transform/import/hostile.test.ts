// SPDX-License-Identifier: GPL-2.0-only
// SECURITY.md, line by line, from the mail on: what is translated of a hostile one.

import test from 'ava';
import { moduleName, moduleText } from '../../../verifier/transform/import/index.ts';
import { LinkedPort } from '../../../verifier/instrument/link.ts';
import '../../../verifier/instrument/transpile.ts';
import { appliedOf, DEMO, diffOf, imported } from './demo.ts';

const FN = 'int open_boxes(struct box **boxes, int nr)';
const saying = (...lines: readonly string[]): string => diffOf('mm/boxes.c', { fn: FN, lines: [' \t\tif (boxes[i]->full)', ' \t\t\tcontinue;', ...lines.map((line) => `+\t\t${line}`), ' \t\tboxes[i]->flags |= BOX_OPEN;'] });
const added = (diff: string): string => imported(diff).module.hunks.flatMap((h) => h.hunk.items.flatMap((one) => (one.role === 'add' ? [one.text.trim()] : []))).join('\n');

for (const [line, becomes] of [
  ['process.exit(1);', "notInPort('process').exit(1);"],
  ['globalThis.x = 1;', "notInPort('globalThis').x = 1;"],
  ['require("fs");', "notInPort('require')('fs');"],
  ['eval("1");', "notInPort('eval')('1');"],
  ['Function("return 1")();', "notInPort('Function')('return 1')();"],
  ['exports->peek = 0;', "notInPort('exports').peek = 0;"],
] as const) test(`a name that is not the port's: ${line}`, (t) => { t.is(added(saying(line)), becomes); });

for (const line of ['boxes->constructor("return 1")();', 'boxes["constructor"];', 'boxes[i]->__proto__ = 0;', 'boxes[i]->prototype = 0;', 'import("fs");']) {
  test(`refused: ${line}`, (t) => { t.true(imported(saying(line)).refused.length > 0); });
}

test('strings stay strings', (t) => {
  for (const line of ['peek("\');process.exit(1);(\'");', 'peek("`${process}`");', 'peek("\\u2028\\n");', 'peek("*/ process.exit(1) /*");']) {
    const made = imported(saying(line));
    t.deepEqual(made.refused, [], line);
    t.regex(added(saying(line)), /^(?:peek|unreachable)\('.*'\);$/, line);
  }
});

test('the module that is written holds nothing but the hunks', (t) => {
  const made = imported(saying('peek("`${x}`");'));
  const text = moduleText({ ...made, module: { ...made.module, meta: { ...made.module.meta, subject: "x'\n}); process.exit(1); ({ '", messageId: '\u2028*/`${x}`', cc: ["\\'); f(('"] } }, remarks: ['a\nprocess.exit(1)'] });
  const code = text.split('\n').filter((line) => !line.startsWith('//'));
  t.false(code.some((line) => /^\s*(?:\}\); )?process/.test(line)));
  t.true(text.includes("subject: 'x\\'\\n}); process.exit(1); ({ \\'',"));
  t.true(text.includes("parseHunk([\n"));
  t.true(text.includes("+   peek(\\'`${x}`\\');',\n"));
  t.false(/hunk`[^`]*\$\{/.test(text));
  t.is(moduleName({ ...made.module, meta: { ...made.module.meta, subject: '../../../etc/passwd\u0000 ÄÖ', number: 3 } }), '0003-etc-passwd.ts');
});

test('what the model stands on is changed by no mail', (t) => {
  for (const file of ['include/linux/types.h', 'include/linux/err.h', 'include/linux/bug.h', 'include/linux/mmdebug.h', 'arch/model/machine.h']) {
    const tree = { ...DEMO, files: new Map([...DEMO.files, [file.replace(/\.h$/, '.ts'), 'export const a = 1;\n']]) };
    const made = imported(diffOf(file, { fn: '', lines: [' int a = 1;', '+int b = 2;', ' int c = 3;'] }), tree);
    t.deepEqual([made.module.hunks.length, made.accounts.map((one) => one.fate.kind)], [0, ['outside']], file);
  }
});

test('what JavaScript has beside the port is hidden from its modules', (t) => {
  const names = ['process', 'globalThis', 'Function', 'Buffer', 'setTimeout', 'fetch', 'WebAssembly'];
  const port = new LinkedPort(new Map([
    ['arch/model/machine.ts', 'export const none = 0;\n'],
    ['mm/demo.ts', `export const seen = [${names.map((name) => `typeof ${name}`).join(', ')}];\n`],
  ]));
  t.deepEqual(port.symbol('mm/demo.ts', 'seen'), names.map(() => 'undefined'));
});

test('a key that is computed leads nowhere', (t) => {
  const port = new LinkedPort(new Map([['mm/demo.ts', 'export function at(o: object, k: string): unknown { return o[k]; }\n']]));
  const at = port.symbol('mm/demo.ts', 'at');
  if (typeof at !== 'function') return t.fail();
  for (const key of ['constructor', 'prototype', '__proto__']) t.throws(() => { Reflect.apply(at, undefined, [{}, ['con', 'structor'].join('') === key ? ['con', 'structor'].join('') : key]); }, { message: new RegExp(`a field called ${key}`) });
  // Only the access itself makes a string of these.
  for (const key of [['constructor'], { toString: () => 'constructor' }, Symbol.iterator]) t.throws(() => { Reflect.apply(at, undefined, [{}, key]); }, { message: /a key that is an object/ });
  t.is(Reflect.apply(at, undefined, [{ a: 3 }, 'a']), 3);
});

test('a struct that is called like something of JavaScript gives no leave to use that', (t) => {
  const declares = diffOf('include/linux/box.h', { fn: 'static inline void close_box(struct box *b)', lines: [' \tb->flags = 0;', ' }', '+', '+struct Reflect {', '+\tvoid (*get)(int a);', '+};', '+struct eval {', '+\tint a;', '+};'] });
  const uses = diffOf('mm/boxes.c', { fn: FN, lines: [' \t\tif (boxes[i]->full)', ' \t\t\tcontinue;', '+\t\tReflect->get(peek, "constructor");', '+\t\teval("1");', ' \t\tboxes[i]->flags |= BOX_OPEN;'] });
  const made = imported(`${declares}${uses}`);
  t.true(appliedOf(`${declares}${uses}`).ok);
  const code = made.module.hunks.flatMap((h) => h.hunk.items.flatMap((one) => (one.role === 'add' ? [one.text.trim()] : []))).join('\n');
  t.true(made.refused.length > 0 || (/notInPort\('Reflect'\)/.test(code) && /notInPort\('eval'\)/.test(code)), code);
});

test('what is written twice, or nests without end, runs nowhere', (t) => {
  for (const lines of [['int x = 1;', 'int x = 2;'], ['switch (nr) { default: nr = 1; break; default: nr = 2; }'], ['Array->isArray = 0;']]) {
    const made = imported(saying(...lines));
    t.true(made.refused.length > 0 || made.module.hunks.every((h) => h.hunk.items.every((one) => one.role !== 'add' || /notInPort|unreachable|^\s*(?:if|}|switch|case|default|break|let|const|nr)/.test(one.text))), lines.join());
  }
});
