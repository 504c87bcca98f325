// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import fc from 'fast-check';
import { evaluate, resolveC } from '../../../../verifier/transform/import/c/arms.ts';

const symbols = (name: string): boolean | null => (name === 'CONFIG_ON' ? true : name === 'CONFIG_OFF' ? false : null);

test('the arm that is off becomes white space, line by line', (t) => {
  const text = 'a;\n#ifdef CONFIG_ON\nb;\n#else\nc;\n#endif\nd;';
  const { text: on } = resolveC(text, symbols);
  t.deepEqual(on.split('\n').map((line) => line.trim()), ['a;', '', 'b;', '', '', '', 'd;']);
  t.is(on.length, text.length);
  t.regex(resolveC(text.replace('CONFIG_ON', 'CONFIG_OFF'), symbols).text, /a;\s+c;\s+d;/);
});

test('elif, nesting, and a symbol that is not known', (t) => {
  const text = '#if defined(CONFIG_OFF)\na;\n#elif IS_ENABLED(CONFIG_ON) && !CONFIG_STRANGE\nb;\n#if 0\nc;\n#endif\n#else\nd;\n#endif';
  const { text: out, unknown } = resolveC(text, symbols);
  t.is(out.replace(/\s+/g, ''), 'b;');
  t.deepEqual(unknown, ['CONFIG_STRANGE']);
});

test('macros are taken out with their lines', (t) => {
  const { text, macros } = resolveC('#define TWO(a, b) \\\n\tf(a); \\\n\tg(b)\n#define ONE 1 /* why */\nx;', symbols);
  t.deepEqual(macros, [
    { name: 'TWO', params: ['a', 'b'], text: 'f(a); \n\tg(b)', from: 1, to: 3 },
    { name: 'ONE', params: null, text: '1', from: 4, to: 4 },
  ]);
  t.is(text.trim(), 'x;');
});

test('conditions', (t) => {
  const is = (text: string): boolean => evaluate(text, (name) => name === 'Y');
  for (const yes of ['Y', 'defined(Y)', 'defined Y', '!N', 'Y && !N', 'N || Y', '1 + 1 == 2', '(1 << 2) > 3', '!(N || N)', '2 >= 2UL']) t.true(is(yes), yes);
  for (const no of ['N', '!Y', 'Y && N', '0', 'defined(N)', '1 == 2', 'nonsense(']) t.false(is(no), no);
});

test('property: resolving keeps every line in its place and every length', (t) => {
  const line = fc.constantFrom('a;', '\tb; /* c */', '#ifdef CONFIG_ON', '#ifndef CONFIG_OFF', '#if X', '#elif 1', '#else', '#endif', '#define M(x) x', '# include <a.h>', '', '#define L \\');
  fc.assert(fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
    const text = lines.join('\n');
    const { text: out } = resolveC(text, symbols);
    return out.length === text.length && out.split('\n').every((one, at) => one.length === (lines[at] ?? '').length);
  }));
  t.pass();
});
