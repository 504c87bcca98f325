// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { translateFragments } from '../../../../verifier/transform/import/translate/fragment.ts';
import { pieceOf, reader, SETTING } from './port.ts';

const of = (c: string, head = 'static long count_boxes(struct shelf *s,') => translateFragments([{ lines: c.split('\n'), head }], reader, SETTING)[0];

test("a piece of a function that the port has: its names, its labels", (t) => {
  const made = of('\t\tlast->nr = from;\n\t\tgoto again;\n\t}\n\tif (flags)\n\t\tgoto out;');
  t.deepEqual(made?.lines.map((one) => `${one.from} ${one.text.trim()}`), ['1 last.v.nr = from;', '2 continue again;', '3 }', '4 if (flags)', '5 break out;']);
  t.deepEqual(made?.open, []);
});

test('the end of one function and a new one, under an option', (t) => {
  const made = of('\treturn 0;\n}\n\n#ifdef CONFIG_MIGRATION\nstatic int tip(struct box *b)\n{\n\treturn b->nr;\n}\n#endif');
  t.deepEqual(made?.lines.map((one) => `${one.from} ${one.text}`), ['1   return 0;', '2 }', '4 //#if MIGRATION', '5 function tip(b: box_struct): int {', '7   return b.nr;', '8 }', '9 //#endif']);
});

test('an option that the port does not declare is open', (t) => {
  t.deepEqual(of('\ta();\n#ifdef CONFIG_STRANGE\n\tb();\n#endif')?.open.filter((one) => one.construct === 'option'), [{ construct: 'option', what: '#ifdef CONFIG_STRANGE', line: 2 }]);
});

test('the head of a function that goes on, in a piece of its own', (t) => {
  const made = of('static long tip(struct box *b, bool loud)\n{\n\tstruct box *next;\n\tint n = 0;');
  t.deepEqual(made?.lines.map((one) => `${one.from} ${one.text}`), ['1 function tip(b: box_struct, loud: boolean): long {', '3   let next: box_struct;', '4   let n: int = 0;']);
});

test('one piece knows what another of the same file declares', (t) => {
  const [, second] = translateFragments([
    { lines: 'static int tip(struct box *b)\n{\n\tstruct box *next;'.split('\n'), head: '' },
    { lines: ['\tnext = b->next;', '\tshake(next);'], head: 'int tip(void)' }, { lines: ['int shake(struct box *b);'], head: '' },
  ], reader, SETTING);
  t.deepEqual(second?.open, []);
  t.deepEqual(second?.lines.map((one) => one.text.trim()), ['next = b.next;', 'shake(next);']);
});

test('half statements are told by line, labels by name', (t) => {
  const made = of('\t\t\tx, y);\nout:\n\tf();\n\tif (a &&\n\t    g(b,');
  t.deepEqual(made?.cut, [1, 4, 5]);
  t.deepEqual(made?.labels, [{ label: 'out', line: 2 }]);
  t.deepEqual(made?.lines.map((one) => `${one.from} ${one.text.trim()}`), ['3 f();']);
});

test('a case, an else and the end of a do without what they belong to', (t) => {
  t.deepEqual(of('\t\tf();\n\t\tbreak;\n\tcase BOX_MAX:\n\t\tg();')?.lines.map((one) => one.text.trim()), ['f();', 'break;', 'case BOX_MAX:', 'g();']);
  t.deepEqual(of('\t\tf();\n\t} else {\n\t\tg();')?.lines.map((one) => one.text.trim()), ['f();', '} else {', 'g();']);
  t.deepEqual(of('\t\tf();\n\t} while (from);')?.lines.map((one) => one.text.trim()), ['f();', '} while (from);']);
});

test('in a piece, what is declared may be stored to elsewhere', (t) => {
  t.deepEqual(pieceOf('int n = 0;', 'count_boxes').lines.map((one) => one.text.trim()), ['let n: int = 0;']);
});

test('members of a struct and of an enum, in the middle and at the end', (t) => {
  t.deepEqual(of('\tint nr;\n\tstruct box *top;\n};\n\nint f(void)\n{\n\treturn 1;\n}', 'struct tray {')?.lines.map((one) => `${one.from} ${one.text}`), [
    '1   nr: int = 0;', '2   top: box | null = null;', '5 export function f(): int {', '7   return 1;', '8 }',
  ]);
  t.deepEqual(of('\tONE = 1,\n\tTWO,', 'enum kind {')?.lines.map((one) => `${one.from} ${one.text}`), ['1 export const ONE = 1;', '2 export const TWO = 2;']);
  t.deepEqual(of('struct tray {\n\tint nr;', '')?.lines.map((one) => `${one.from} ${one.text}`), ['1 export class tray {', '2   nr: int = 0;']);
});

test('a goto to a label that another piece has', (t) => {
  const [first, second] = translateFragments(['\tif (a)\n\t\tgoto done;', '\tf();\ndone:\n\tg();'].map((c) => ({ lines: c.split('\n'), head: 'int tip(void)' })), reader, SETTING);
  t.is(first?.lines[1]?.text.trim(), 'break done;');
  t.deepEqual(first?.open.filter((one) => one.construct === 'goto'), []);
  t.deepEqual(second?.labels, [{ label: 'done', line: 2 }]);
});

test('lines of a table of functions', (t) => {
  const made = of('\t.open = open_box,\n\t.shut = shut_box,\n};', 'static const struct box_ops ops = {');
  t.deepEqual(made?.lines.map((one) => `${one.from} ${one.text}`), ['1   open: open_box,', '2   shut: shut_box,']);
});
