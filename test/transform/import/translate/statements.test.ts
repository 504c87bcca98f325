// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { body, whole } from './port.ts';

const ROWS: readonly (readonly [name: string, c: string, port: readonly string[]])[] = [
  ['a declaration that is stored to, and one that is not', 'int a = 1, c; const int d = 2; a = c;', ['let a: int = 1, c: int;', 'const d: int = 2;', 'a = c;']],
  ['a local that is handed by address', 'struct box *x = NULL; int n; open_box(b, &x, 1); g(&n); x->nr = n;',
    ['const x: Ref<box> = { v: null };', 'const n: Ref<int> = { v: 0 };', 'open_box(b, x, true);', 'g(n);', 'x.v.nr = n.v;']],
  ['a struct is an object', 'struct box x = { .nr = 1, .next = b }; struct box y; struct box_params p = { .start = addr }; g(&x, &y, &p);',
    ['const x = Init(box_struct, { nr: 1, next: b });', 'const y = Init(box_struct, {});', 'const p: box_params = { start: addr };', 'g(x, y, p);']],
  ['arrays', 'int n[4]; struct box *x[] = { b, NULL }; n[0] = 1;', ['const n: int[] = Array<int>(4).fill(0);', 'const x: box[] = [b, null];', 'n[0] = 1;']],
  ['a local list, a local pointer that moves', 'struct list_head h; u64 *src = (u64 *)x(); src[1] = 2; g(&h);', ['const h = LIST_HEAD();', 'const src: u64[] = x() as u64[];', 'src[1] = 2;', 'g(h);']],
  ['a keyword', 'int new = 1; new++;', ['let new_: int = 1;', 'new_++;']],
  ['else if', 'if (b) x(); else if (s) { y(); } else z();', ['if (b)', 'x();', 'else if (s) {', 'y();', '} else', 'z();']],
  ['loops', 'for (i = 0, b = x(); i < 4; i++, ptep++) { y(); } while (b) b = b->next; do { x(); } while (--i);',
    ['for (i = 0, b = x(); i < 4; i++, ptep = pte_next(ptep)) {', 'y();', '}', 'while (b)', 'b = b.next;', 'do {', 'x();', '} while (--i);']],
  ['switch', 'switch (b->nr) { case BOX_MAX: x(); fallthrough; case 2: break; default: return; }',
    ['switch (b.nr) {', 'case BOX_MAX:', 'x();', 'case 2:', 'break;', 'default:', 'return;', '}']],
  ['lists', 'list_for_each_entry(b, &h, node) x(); list_for_each_entry_safe(b, n, h, node) { y(); }',
    ['for (b = list_for_each_entry(h); b; b = Next(b.node))', 'x();', 'for (b = list_for_each_entry_safe(h); b; b = n) {', 'n = Next(b.node);', 'y();', '}']],
  ['a list backwards, one under RCU, CPUs', 'list_for_each_entry_reverse(b, h, node) x(); hlist_for_each_entry_rcu(b, h, node, lockdep_is_held(&l)) y(); for_each_online_cpu(cpu) z();',
    ['for (b = list_for_each_entry_reverse(h); b; b = Prev(b.node))', 'x();', 'for (b = hlist_for_each_entry_rcu(h); b; b = Next(b.node))', 'y();', 'for (const cpu of for_each_online_cpu())', 'z();']],
  ['a head that a macro declares', 'LIST_HEAD(list); x(&list);', ['const list = LIST_HEAD();', 'x(list);']],
  ['what has no effect in the model', 'smp_mb(); if (b) flush_cache_page(b); x();', ['if (b) {}', 'x();']],
  ['the flags of irqsave', 'unsigned long flags; spin_lock_irqsave(&s->lock, flags);', ['spin_lock_irqsave(s.lock);']],
];
for (const [name, c, port] of ROWS) test(name, (t) => { t.deepEqual(body(c), port); });

const GOTOS: readonly (readonly [name: string, c: string, port: readonly string[]])[] = [
  ['forward', 'if (b) goto out;\nx();\nout:\ny();', ['out: {', 'if (b)', 'break out;', 'x();', '}', 'y();']],
  ['an unwinding chain', 'if (b) goto a;\nif (s) goto c;\nreturn;\nc:\nx();\na:\ny();', ['a: {', 'if (b)', 'break a;', 'c: {', 'if (s)', 'break c;', 'return;', '}', 'x();', '}', 'y();']],
  ['backward', 'again:\nx();\nif (b) goto again;\ny();', ['again: for (;;) {', 'x();', 'if (b)', 'continue again;', 'break;', '}', 'y();']],
  ['both ways', 'if (s) goto out;\nagain:\nx();\nif (b) goto again;\nif (s) goto out;\nx();\nout:\ny();',
    ['out: {', 'if (s)', 'break out;', 'again: for (;;) {', 'x();', 'if (b)', 'continue again;', 'break;', '}', 'if (s)', 'break out;', 'x();', '}', 'y();']],
  ['out of a loop, and a label in it', 'for (;;) {\nif (b) goto next;\nif (s) goto out;\nnext:\nx();\n}\nout:\ny();',
    ['out: {', 'for (;;) {', 'next: {', 'if (b)', 'break next;', 'if (s)', 'break out;', '}', 'x();', '}', '}', 'y();']],
  ['a break past a loop that a label has become', 'while (b) {\nagain:\nif (x()) break;\nif (y()) continue;\nif (z()) goto again;\n}',
    ['each: while (b) {', 'again: for (;;) {', 'if (x())', 'break each;', 'if (y())', 'continue each;', 'if (z())', 'continue again;', 'break;', '}', '}']],
];
for (const [name, c, port] of GOTOS) test(`goto: ${name}`, (t) => { t.deepEqual(body(c), port); });

test('a goto into a block has no form, and is told', (t) => {
  const { open } = whole('void f(int a)\n{\n\tif (a)\n\t\tgoto in;\n\twhile (a) {\nin:\n\t\ta++;\n\t}\n}\n');
  t.deepEqual(open, [{ construct: 'goto', what: 'goto in into a block', line: 4 }, { construct: 'goto', what: 'goto in: no such label here', line: 4 }]);
});

test('each line has the lines of C it came from', (t) => {
  const { lines } = whole('static int f(int a,\n\t     int b)\n{\n\tif (a ||\n\t    b)\n\t\treturn 1;\n\n\treturn 0;\n}\n');
  t.deepEqual(lines.map((one) => `${one.from}-${one.to} ${one.text}`), [
    '1-3 function f(a: int, b: int): int {', '4-5   if (a || b)', '6-6     return 1;', '8-8   return 0;', '9-9 }',
  ]);
});

test("the port's own kinds for a function it has; the result too", (t) => {
  const { lines, open } = whole('static long count_boxes(struct shelf *s, unsigned long from, unsigned int flags)\n{\n\tunsigned long pfn = from, other = from;\n\tstruct box *last;\n\topen_box(s->boxes[0], &last, 0);\n\treturn last->nr;\n}\n');
  t.deepEqual(open, []);
  t.deepEqual(lines.map((one) => one.text.trim()), [
    'function count_boxes(s: shelf, from: uaddr, flags: foll_flags): long {', 'const pfn: pfn_nr = from, other: unsigned_long = from;', 'const last: Ref<box | null> = { v: null };',
    'open_box(s.boxes[0], last, false);', 'return last.v.nr;', '}',
  ]);
});

test('an initialiser over several lines: a field to a line, each with its own', (t) => {
  const { lines } = whole('void f(struct box *b)\n{\n\tstruct box x = {\n\t\t.nr = 1,\n\t\t.next = b,\n\t};\n\tg(&x);\n}\n');
  t.deepEqual(lines.slice(1, -1).map((one) => `${one.from}-${one.to} ${one.text}`), ['3-3   const x = Init(box_struct, {', '4-4     nr: 1,', '5-5     next: b,', '6-6   });', '7-7   g(x);']);
});

test('a local function pointer keeps its name; a local with the name of a macro that is called does not', (t) => {
  t.deepEqual(body('int (*cb)(struct box *); int nr_of = nr_of(b); cb(b);').slice(1), ['const nr_of_: int = nr_of(b);', 'cb(b);']);
});
