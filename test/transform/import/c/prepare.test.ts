// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import fc from 'fast-check';
import { prepare, typeWord } from '../../../../verifier/transform/import/c/prepare.ts';

test('attributes become white space, with their arguments', (t) => {
  const text = 'static int __must_check f(void) __acquires(lock) { char *p __maybe_unused; }';
  const { text: out } = prepare(text);
  t.is(out.length, text.length);
  t.is(out.replace(/\s+/g, ' '), 'static int f(void) { char *p ; }');
});

test('a name in a comment or a string is left alone', (t) => {
  const text = 'f("__init"); /* __init for_each_x(a) */';
  t.is(prepare(text).text, text);
});

test('a loop macro reads as a while, and is remembered', (t) => {
  const text = '\tlist_for_each_entry_safe(a, b, &h, lru) {\n\t\tg(a);\n\t}';
  const { text: out, loops } = prepare(text);
  t.regex(out, /^\twhile {19}\(a, b, &h, lru\) \{/);
  t.deepEqual([...loops], [[1, 'list_for_each_entry_safe']]);
});

test('a call that only looks like one stays a call', (t) => {
  for (const text of ['x = mas_for_each(a);', '\tfor_each_thing(a);', 'y(list_for_each_entry(a, b) + 1);']) t.is(prepare(text).text, text);
});

test('a type handed to a macro is one word, and can be read back', (t) => {
  const { text } = prepare('x = container_of(p, struct box, node); y = min_t(unsigned long, a, b); z = min_t(long, a, b); w = list_entry(p, struct box *, n);');
  const words = text.match(/[^\s(),;=]+/gu) ?? [];
  t.deepEqual(words.map(typeWord).filter((one) => one !== null), ['struct box', 'unsigned long', 'long', 'struct box *']);
  t.is(typeWord('page'), null);
});

test('property: nothing moves', (t) => {
  const piece = fc.constantFrom('__init ', 'for_each_x(a) b;', '"s"', "'c'", '/* ', ' */', '(', ')', '{', '}', 'container_of(a, struct b, c)', '__printf(1, 2)', '\n', ';', 'x');
  fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (all) => {
    const text = all.join('');
    const { text: out } = prepare(text);
    return out.length === text.length && [...text].every((c, at) => (c === '\n') === (out.charAt(at) === '\n'));
  }));
  t.pass();
});

test('a macro that stands alone where a declaration could is blanked; a call is not', (t) => {
  t.is(prepare('PAGEFLAG(Box, box, ANY) SETFLAG(Box)\nint f(void);\n').text.trim(), 'int f(void);');
  for (const text of ['\tBUG_ON(a)\n\t;', 'x = MAX(a)\n + 1;', 'DEFINE_X(f)\n{ }', '\tBUG_ON(a);']) t.is(prepare(text).text, text);
});
