// SPDX-License-Identifier: GPL-2.0-only
// Where a hunk is that does not say it plainly: a label behind its @@, a head cut short, a branch that the
// port has only as a mark, a place that only what stands around it tells, or only the kernel it was made on.

import test from 'ava';
import { onBase } from '../../../verifier/transform/import/base.ts';
import { reasons, sumsOf } from '../../../verifier/transform/import/index.ts';
import type { PortTree } from '../../../verifier/tree/load.ts';
import { after, appliedOf, BOXES, DEMO, diffOf, imported } from './demo.ts';
import { must, read } from './fixture.ts';

function treeWith(text: string): PortTree { return { ...DEMO, files: new Map([...DEMO.files, ['mm/boxes.ts', text]]) }; }

const TAIL = [' \tif (!opened)', ' \t\treturn -1;', '-\tpeek(boxes[0]);', ' \treturn opened;', ' }'];

test('a label, a head cut short, or nothing behind the @@: the one function that has the names', (t) => {
  const want = BOXES.replace('  peek(boxes[0]);\n', '');
  for (const fn of ['again:', 'int open_bo', '']) t.is(after(diffOf('mm/boxes.c', { fn, lines: TAIL })), want, fn);
  // A head that begins otherwise is not it, however well the lines would fit.
  t.false(appliedOf(diffOf('mm/boxes.c', { fn: 'int shut_bo', lines: TAIL })).ok);
  // Two functions as good as each other: none.
  const twin = treeWith(`${BOXES}\n${BOXES.slice(BOXES.indexOf('export function open_boxes')).replaceAll('open_boxes', 'open_more').replace(/export function shut_boxes[^]*/, '')}`);
  t.false(appliedOf(diffOf('mm/boxes.c', { fn: 'again:', lines: TAIL }), twin).ok);
  t.true(appliedOf(diffOf('mm/boxes.c', { fn: 'int open_boxes(struct box **boxes, int nr)', lines: TAIL }), twin).ok);
});

test('an else alone, an exported symbol and a prototype are accounted for', (t) => {
  const made = imported(diffOf('mm/boxes.c', { fn: '', lines: [' \treturn opened;', ' }', '+EXPORT_SYMBOL(open_boxes);', '+void shake(struct box *box);', ' ', ' int shut_boxes(struct box **boxes, int nr)', ' {'] },
    { fn: 'int open_boxes(struct box **boxes, int nr)', lines: [' \tif (!opened)', ' \t\treturn -1;', '+\tif (nr)', '+\t\tpeek(boxes[1]);', '+\telse', '+\t\tpeek(boxes[2]);', ' \tpeek(boxes[0]);'] }));
  t.deepEqual(sumsOf(made.accounts), { translated: 6, silent: 0, outside: 0, open: 0 });
});

const HUGE = BOXES.replace("import {", "import { unreachable } from '../arch/model/marks.ts';\nimport {").replace('    opened++;\n', "    if (boxes[i].nr) unreachable('huge boxes');\n    opened++;\n");
const BRANCH = [' \t\tboxes[i]->flags |= BOX_OPEN;', ' \t\tif (boxes[i]->nr) {', ' \t\t\tsplit(boxes[i]);', ' \t\t}', ' \t\topened++;'];
const FN = 'int open_boxes(struct box **boxes, int nr)';

test('a branch that the port has as a mark is matched by it', (t) => {
  const beside = diffOf('mm/boxes.c', { fn: FN, lines: [...BRANCH.slice(0, 4), '+\t\tpeek(boxes[i]);', BRANCH[4] ?? ''] });
  t.is(after(beside, 'mm/boxes.ts', treeWith(HUGE)), HUGE.replace('    opened++;', '    peek(boxes[i]);\n    opened++;'));
  const inside = diffOf('mm/boxes.c', { fn: FN, lines: [...BRANCH.slice(0, 3), '+\t\t\tsplit(boxes[0]);', ...BRANCH.slice(3)] });
  const made = imported(inside, treeWith(HUGE));
  t.deepEqual(reasons(made.accounts, 'outside'), [{ why: "mm/boxes.c: open_boxes(), unreachable('huge boxes')", lines: 1 }]);
  t.is(made.module.hunks.length, 0);
  const head = diffOf('mm/boxes.c', { fn: FN, lines: [BRANCH[0] ?? '', '-\t\tif (boxes[i]->nr) {', '+\t\tif (boxes[i]->full) {', ...BRANCH.slice(2)] });
  t.is(after(head, 'mm/boxes.ts', treeWith(HUGE)), HUGE.replace('if (boxes[i].nr) unreachable', 'if (boxes[i].full) unreachable'));
  // Its end alone, the head not shown.
  const torn = diffOf('mm/boxes.c', { fn: FN, lines: [...BRANCH.slice(2, 4), '+\t\tpeek(boxes[i]);', BRANCH[4] ?? '', ' \t}'] });
  t.is(after(torn, 'mm/boxes.ts', treeWith(HUGE)), HUGE.replace('    opened++;', '    peek(boxes[i]);\n    opened++;'));
  // With a branch of its own behind the else, the mark is not all there is.
  const other = diffOf('mm/boxes.c', { fn: FN, lines: [...BRANCH.slice(0, 3), ' \t\t} else {', '+\t\t\tpeek(boxes[i]);', ' \t\t}', BRANCH[4] ?? ''] });
  t.false(appliedOf(other, treeWith(HUGE)).ok);
});

test('a new function between arms is placed by the functions around it, and one is taken away with its arms', (t) => {
  const armed = BOXES.replace('export function shut_boxes', '//#if MIGRATION\nexport function look(b: box): void {\n  peek(b);\n}\n//#endif\n\n//#if DEVICE_PRIVATE\nexport function shut_boxes').replace(/\}\n$/, '}\n//#endif\n');
  const added = diffOf('mm/boxes.c', { fn: 'void look(struct box *b)', lines: [' {', ' \tpeek(b);', ' }', '+', '+void glance(struct box *b)', '+{', '+\tpeek(b);', '+}', ' #endif', ' '] });
  t.regex(after(added, 'mm/boxes.ts', treeWith(armed)), /function look\(b: box\): void \{\n {2}peek\(b\);\n\}\n\nexport function glance[^]*?\}\n\/\/#endif/);
  const taken = diffOf('mm/boxes.c', { fn: '', lines: ['-#ifdef CONFIG_MIGRATION', '-void look(struct box *b)', '-{', '-\tpeek(b);', '-}', '-#endif'] });
  t.notRegex(after(taken, 'mm/boxes.ts', treeWith(armed)), /look|MIGRATION/);
});

test('the kernel that a patch was made on tells which of two places is meant, and names functions', (t) => {
  const twice = treeWith(BOXES.replace('  peek(boxes[0]);\n', '  peek(boxes[0]);\n  close_box(boxes[0]);\n  peek(boxes[0]);\n'));
  const c = ['int open_boxes(struct box **boxes, int nr)', '{', '\tif (!opened)', '\t\treturn -1;', '\tpeek(boxes[0]);', '\tclose_box(boxes[0]);', '\tpeek(boxes[0]);', '\treturn opened;', '}', ''];
  const diff = must(read('diff --git a/mm/boxes.c b/mm/boxes.c\n--- a/mm/boxes.c\n+++ b/mm/boxes.c\n@@ -7 +7,2 @@ again:\n \tpeek(boxes[0]);\n+\topen_up();\n'));
  const base = onBase(diff, { read: (path) => (path === 'mm/boxes.c' ? c.join('\n') : null) }, () => true);
  t.deepEqual(base.remarks, []);
  const [named] = base.diff.files;
  t.is(named?.content.kind === 'text' ? named.content.hunks[0]?.section : '', c[0]);
  t.true(base.after.read('mm/boxes.c')?.includes('\tpeek(boxes[0]);\n\topen_up();\n\treturn opened;'));
  const text = (of: typeof diff): string => of.files.flatMap((file) => (file.content.kind === 'text' ? file.content.hunks : [])).map((hunk) => `${hunk.oldStart},${hunk.oldCount} ${hunk.newStart},${hunk.newCount} ${hunk.lines.map((line) => line.kind + line.text).join('|')}`).join();
  t.is(text(base.wide), '3,6 3,7  \tif (!opened)| \t\treturn -1;| \tpeek(boxes[0]);| \tclose_box(boxes[0]);| \tpeek(boxes[0]);|+\topen_up();| \treturn opened;');
  const ambiguous = diffOf('mm/boxes.c', { fn: 'int open_boxes(struct box **boxes, int nr)', lines: [' \tpeek(boxes[0]);', '+\tclose_box(boxes[1]);'] });
  const found = appliedOf(ambiguous, twice);
  t.is(found.ok ? '' : found.conflict.rule, 'anchor-ambiguous');
  const other = onBase(diff, { read: () => 'int f(void)\n{\n}\n' }, () => true);
  t.regex(other.remarks.join(), /mm\/boxes\.c, line 4 of the mail: the kernel tree does not have these lines/);
});
