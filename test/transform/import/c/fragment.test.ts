// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import fc from 'fast-check';
import { cleaned, cutFragment, repairBody, trimFile } from '../../../../verifier/transform/import/c/fragment.ts';
import { openReader } from '../../../../verifier/transform/import/c/read.ts';

const reader = await openReader();
const cuts = (text: string): readonly string[] => cutFragment(text.split('\n')).map((one) => `${one.kind} ${one.from}+${one.lines.length}`);

test('a piece inside a function is one body', (t) => {
  t.deepEqual(cuts('\tif (a)\n\t\tb();\nout:\n\tc();'), ['body 1+4']);
});

test('the end of one function, declarations, the beginning of another', (t) => {
  t.deepEqual(cuts('\ta();\n}\n\nint x;\n\nstatic void f(int a,\n\t\tint b)\n{\n\tint c;'), ['body 1+1', 'file 3+6', 'body 9+1']);
});

test('a function that is whole stays with the declarations', (t) => {
  t.deepEqual(cuts('int f(void)\n{\n\treturn 1;\n}\nint y;'), ['file 1+5']);
});

test('comments that begin or end outside, and directives', (t) => {
  const { lines, directives } = cleaned([' * of a comment */', 'a();', '#ifdef CONFIG_X', 'b();', '#endif', '/* and one', ' * that goes on']);
  t.deepEqual(lines.map((one) => one.trim()), ['', 'a();', '', 'b();', '', '', '']);
  t.deepEqual(directives.map((one) => `${one.line} ${one.word} ${one.condition}`.trim()), ['3 ifdef CONFIG_X', '5 endif']);
});

const REPAIRS: readonly (readonly [string, string])[] = [
  ['braces that close what is not there', '\t\ta();\n\t}\n\tb();'],
  ['an else without its if', '\t\ta();\n\t} else {\n\t\tb();'],
  ['an else that follows a line', '\t\ta();\n\telse\n\t\tb();\n\tc();'],
  ['the end of a do', '\t\ta();\n\t} while (b);\n\tc();'],
  ['the beginning of a do', '\ta();\n\tdo {\n\t\tb();'],
  ['a case without its switch', '\t\ta();\n\tcase 2:\n\t\tb();\n\t\tbreak;'],
  ['a head without its body', '\ta();\n\tif (b)'],
];
for (const [name, text] of REPAIRS) {
  test(`made whole: ${name}`, (t) => {
    const { text: whole, cut } = repairBody(text.split('\n'));
    t.notRegex(JSON.stringify(reader.statements(whole)), /"unknown"/);
    t.deepEqual(cut, []);
  });
}

test('half statements are taken out and told', (t) => {
  const { text, cut } = repairBody(['\t\t\tb, c);', '\ta();', '\tf(x,', '\t  y']);
  t.deepEqual(cut, [1, 3, 4]);
  t.deepEqual(reader.statements(text).map((one) => [one.kind, one.from]), [['expression', 3]]);
});

test('property: every window of a function can be read, and what is read is inside it', (t) => {
  const body = ['\tint a = 1;', '', '\tif (a) {', '\t\tf(a,', '\t\t  2);', '\t} else {', '\t\tdo {', '\t\t\tg();', '\t\t} while (a);', '\t}', '\tswitch (a) {', '\tcase 1:', '\t\th();', '\t\tbreak;', '\tdefault:', '\t\tgoto out;', '\t}', 'out:', '\treturn;'];
  fc.assert(fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 9 }), (from, count) => {
    const lines = body.slice(from, from + count);
    const { text, before } = repairBody(lines);
    return reader.statements(text).every((one) => one.from >= 1 && one.to <= before + lines.length + 1);
  }));
  t.pass();
});

test('members of a struct: the head tells, and the semicolon at the end', (t) => {
  const kinds = (text: string, head: string): readonly string[] => cutFragment(text.split('\n'), head).map((one) => one.kind);
  t.deepEqual(kinds('\tint a;\n};', 'struct box {'), ['members']);
  t.deepEqual(kinds('\tint a;\n}', 'struct box {'), ['body']);
  t.deepEqual(kinds('\tint a;\n\treturn a;', 'int f(struct box *b)'), ['body']);
  t.deepEqual(kinds('struct box {\n\tint a;', ''), ['file']);
});

test('a declaration that is not whole is taken out and told', (t) => {
  t.deepEqual(trimFile(['int a;', '', 'static int', 'f(struct box *b,', '  int c,']), { lines: ['int a;', '', '', '', ''], cut: [3, 4, 5] });
  t.deepEqual(trimFile(['int a;', 'EXPORT_SYMBOL(a)', '']).cut, []);
  t.deepEqual(trimFile(['int f(void)', '{', '}']).cut, []);
});

test('lines from the middle of a comment', (t) => {
  t.deepEqual(cleaned([' * one', ' *', '\t*p = 1;']).lines, ['', '', '\t*p = 1;']);
});
