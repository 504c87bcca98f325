// SPDX-License-Identifier: GPL-2.0-only
// Hunks of C become hunks of the port, in their place, with every changed line accounted for.

import test from 'ava';
import { parseHunk } from '../../../verifier/transform/index.ts';
import { moduleText, reasons, sumsOf } from '../../../verifier/transform/import/index.ts';
import { shownLines } from '../../../verifier/transform/import/module-text.ts';
import { after, appliedOf, BOXES, DEMO, diffOf, imported } from './demo.ts';

const LOOP = ['\tfor (i = 0; i < nr; i++) {', '\t\tif (boxes[i]->full)', '\t\t\tcontinue;'];
const FN = 'int open_boxes(struct box **boxes, int nr)';

const ADDS = diffOf('mm/boxes.c', { fn: FN, lines: [` ${LOOP[1]}`, ` ${LOOP[2]}`, '+\t\tpeek(boxes[i]);', ' \t\tboxes[i]->flags |= BOX_OPEN;', ' \t\topened++;'] });

test('an addition between two lines', (t) => {
  t.is(after(ADDS), BOXES.replace('    boxes[i].flags |= BOX_OPEN;', '    peek(boxes[i]);\n    boxes[i].flags |= BOX_OPEN;'));
  t.deepEqual(sumsOf(imported(ADDS).accounts), { translated: 1, silent: 0, outside: 0, open: 0 });
});

test('a removal, a change, a comment and a blank line', (t) => {
  const diff = diffOf('mm/boxes.c', { fn: FN, lines: [' \tif (!opened)', '-\t\treturn -1;', '-\tpeek(boxes[0]);', '+\t\treturn -2;', '+\t/* nobody looks */', '+', ' \treturn opened;', ' }'] });
  t.is(after(diff).replace(/\n\n/g, '\n'), BOXES.replace('return -1', 'return -2').replace('  peek(boxes[0]);\n', '').replace(/\n\n/g, '\n'));
  t.deepEqual(sumsOf(imported(diff).accounts), { translated: 3, silent: 2, outside: 0, open: 0 });
});

test('a parameter more, and its caller', (t) => {
  const diff = diffOf('mm/boxes.c',
    { fn: '', lines: ['-int open_boxes(struct box **boxes, int nr)', '+int open_boxes(struct box **boxes, int nr, int first)', ' {', ' \tint i;', ' \tint opened = 0;'] },
    { fn: 'int shut_boxes(struct box **boxes, int nr)', lines: [' {', '-\treturn open_boxes(boxes, nr);', '+\treturn open_boxes(boxes, nr, 0);', ' }'] });
  const text = after(diff);
  t.regex(text, /open_boxes\(boxes: box\[\], nr: int, first: int,?\): int \{/);
  t.regex(text, /return open_boxes\(boxes, nr, 0\);/);
});

test('a label that the patch brings is a block from the first goto on', (t) => {
  const diff = diffOf('mm/boxes.c',
    { fn: FN, lines: [` ${LOOP[1]}`, '-\t\t\tcontinue;', '+\t\t\tgoto out;', ' \t\tboxes[i]->flags |= BOX_OPEN;'] },
    { fn: FN, lines: [' \tif (!opened)', ' \t\treturn -1;', '+out:', ' \tpeek(boxes[0]);', ' \treturn opened;'] });
  const text = after(diff);
  t.regex(text, /opened: int = 0;\n\s*out: \{\n\s*for \(i = 0/);
  t.regex(text, /break out;/);
  t.regex(text, /return -1;\n\s*\}\n\s*peek\(boxes\[0\]\);/);
});

test('a new function with the kind that its uses want, imports and all; an enumerator in the middle', (t) => {
  const diff = diffOf('mm/boxes.c', { fn: FN, lines: [' \treturn opened;', ' }', ' ', '+static int look(unsigned long where)', '+{', '+\tpeek(box_at(where + 1));', '+\treturn 0;', '+}', '+', ' int shut_boxes(struct box **boxes, int nr)', ' {'] });
  const text = after(diff);
  t.regex(text, /function look\(where: uaddr\): int \{/);
  t.regex(text, /import \{[^}]*box_at[^}]*\} from '\.\.\/include\/linux\/box\.ts'/);
  const members = diffOf('include/linux/box.h', { fn: 'enum box_flag {', lines: [' enum box_flag {', ' \tBOX_OPEN = 1,', '+\tBOX_LENT,', ' \tBOX_SOLD,', ' };'] });
  t.regex(after(members, 'include/linux/box.ts'), /BOX_OPEN: box_flag = 1;\nexport const BOX_LENT: box_flag = 2;\nexport const BOX_SOLD: box_flag = 3;/);
});

test('what is not in the port is counted with its file or function', (t) => {
  const file = imported(diffOf('fs/crates.c', { fn: 'int f(void)', lines: [' \tx = 1;', '+\ty = 2;', ' \tz = 3;'] }));
  t.deepEqual([file.module.hunks.length, reasons(file.accounts, 'outside')], [0, [{ why: 'fs/crates.c', lines: 1 }]]);
  const fn = imported(diffOf('mm/boxes.c', { fn: 'static int paint_boxes(void)', lines: [' \tx = 1;', '+\ty = frobnicate(2);', ' \tz = 3;'] }));
  t.deepEqual([fn.module.hunks.length, reasons(fn.accounts, 'outside')], [0, [{ why: 'mm/boxes.c: paint_boxes()', lines: 1 }]]);
});

test('what is not understood ends the run that comes to it, and is told', (t) => {
  const with_ = (line: string): string => diffOf('mm/boxes.c', { fn: FN, lines: [` ${LOOP[1]}`, ` ${LOOP[2]}`, `+\t\t${line}`, ' \t\tboxes[i]->flags |= BOX_OPEN;'] });
  for (const [line, mark, why] of [
    ['frobnicate(boxes[i]);', /notInPort\('frobnicate'\)\(boxes\[i\]\);/, /frobnicate/],
    ['asm volatile("nop");', /unreachable\('line \d+ of the mail was not understood/, /asm/],
    ['goto nowhere;', /unreachable\('line/, /nowhere/],
    ['if (frobnicate(nr)) {}', /notInPort\('frobnicate'\)/, /frobnicate/],
  ] as const) {
    const made = imported(with_(line));
    t.is(sumsOf(made.accounts).open, 1, line);
    t.regex(reasons(made.accounts, 'open').map((r) => r.why).join(), why);
    t.regex(after(with_(line)), mark, line);
  }
});

test('a function that has moved to another file of the port, or a patch for the wrong one', (t) => {
  const other = { ...DEMO, files: new Map([...DEMO.files, ['mm/crates.ts', 'export function nail(n: number): number { return n; }\n']]) };
  const made = imported(diffOf('mm/crates.c', { fn: FN, lines: [' \tif (!opened)', '-\t\treturn -1;', '+\t\treturn -2;'] }), other);
  t.deepEqual(made.unplaced.map((one) => [one.file, one.text]), [['mm/crates.c', 'open_boxes() is in mm/boxes.c']]);
});

test('what does not fit is a conflict that says where', (t) => {
  const conflict = (diff: string): string => { const made = appliedOf(diff); return made.ok ? 'applies' : `${made.conflict.rule} ${made.conflict.anchor}`; };
  t.regex(conflict(diffOf('mm/boxes.c', { fn: FN, lines: [' \tif (!boxed)', '-\t\treturn -1;', '+\t\treturn -2;', ' \tglance(boxes[0]);', ' \treturn boxed;'] })), /^anchor-missing/);
  t.regex(conflict(diffOf('mm/boxes.c', { fn: 'int shut_boxes(struct box **boxes, int nr)', lines: [' \tif (!opened)', '-\t\treturn -1;', '+\t\treturn -2;'] })), /^anchor-missing/);
  const moved = DEMO.files.get('mm/boxes.ts') ?? '';
  const twice = { ...DEMO, files: new Map([...DEMO.files, ['mm/boxes.ts', moved.replace('    opened++;\n', '    opened++;\n    boxes[i].flags |= BOX_OPEN;\n    opened++;\n')]]) };
  const made = appliedOf(diffOf('mm/boxes.c', { fn: FN, lines: [' \t\tboxes[i]->flags |= BOX_OPEN;', '+\t\tpeek(boxes[i]);', ' \t\topened++;'] }), twice);
  t.is(made.ok ? 'applies' : made.conflict.rule, 'anchor-ambiguous');
  const first = appliedOf(ADDS);
  t.true(first.ok);
  if (!first.ok) return;
  const again = appliedOf(ADDS, { ...first.tree, applied: [] });
  t.is(again.ok ? 'applies' : again.conflict.rule, 'already-applied');
});

test('a context line that the port says otherwise is left out and told', (t) => {
  const odd = { ...DEMO, files: new Map([...DEMO.files, ['mm/boxes.ts', BOXES.replace('    boxes[i].flags |= BOX_OPEN;', '    close_box(boxes[i]);')]]) };
  const diff = diffOf('mm/boxes.c', { fn: FN, lines: [` ${LOOP[1]}`, ` ${LOOP[2]}`, ' \t\tboxes[i]->flags |= BOX_OPEN;', ' \t\topened++;', '+\t\tpeek(boxes[i]);', ' \t}'] });
  t.regex(imported(diff, odd).remarks.join('\n'), /a context line reads otherwise in the port/);
  t.regex(after(diff, 'mm/boxes.ts', odd), /opened\+\+;\n {4}peek\(boxes\[i\]\);/);
});

test('importing twice gives the same module, and its hunks read back as they were', (t) => {
  const [a, b] = [imported(ADDS), imported(ADDS)];
  t.is(moduleText(a), moduleText(b));
  // A module has a blank between the sign and the text.
  for (const { hunk } of a.module.hunks) {
    t.deepEqual(parseHunk(shownLines(hunk).join('\n')).items, hunk.items.map((one) => (one.role === 'gap' || one.text === '' ? one : { ...one, text: ` ${one.text}` })));
  }
});
