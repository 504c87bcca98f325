// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { body, whole } from './port.ts';

const ROWS: readonly (readonly [c: string, port: string])[] = [
  ['b->nr = 1;', 'b.nr = 1;'],
  ['if (b == NULL && !s) return;', 'if (b === null && !s)'],
  ['b->flags &= ~(1 << 3);', 'b.flags &= ~(1 << 3);'],
  ['x(0x10UL, 010, 7u);', 'x(0x10, 0o10, 7);'],
  ["x('a', \"it's\");", "x(97, 'it\\'s');"],
  ['b = b ?: s->boxes[0];', 'b = b || s.boxes[0];'],
  ['b->full = 1;', 'b.full = true;'],
  ['b->full = b->flags & 2;', 'b.full = Boolean(b.flags & 2);'],
  ['b->nr += box_is_full(b);', 'b.nr += Number(box_is_full(b));'],
  ['b->nr = 1 + box_is_full(b);', 'b.nr = 1 + Number(box_is_full(b));'],
  // Pointers to table entries.
  ['x(*ptep);', 'x(Pte(ptep));'],
  ['*ptep = x();', 'set_pte(ptep, x());'],
  ['ptep++;', 'ptep = pte_next(ptep);'],
  // Arrays are pointers that move.
  ['x(*boxes, boxes[2]);', 'x(boxes[0], boxes[2]);'],
  ['boxes += 2;', 'boxes = ArrayAt(boxes, 2);'],
  ['all_boxes(s, boxes + 1);', 'all_boxes(s, ArrayAt(boxes, 1));'],
  ['all_boxes(s, boxes + addr - 1);', 'all_boxes(s, ArrayAt(boxes, addr - 1));'],
  ['all_boxes(s, &boxes[1]);', 'all_boxes(s, ArrayAt(boxes, 1));'],
  // Addresses: of what is embedded, of a plain field, of a flags word.
  ['spin_lock(&s->lock);', 'spin_lock(s.lock);'],
  ['open_box(b, &b->next, true);', "open_box(b, FieldRef(b, 'next'), true);"],
  ['open_box(b, &b->held, 0);', 'open_box(b, b.held, false);'],
  ['b->held = NULL;', 'b.held.v = null;'],
  ['test_bit(BOX_MAX, &b->flags);', 'test_bit(BOX_MAX, b);'],
  // Globals hang on the machine; current is a call.
  ['spin_lock(&shelf_lock);', 'spin_lock(shelf_lock());'],
  ['nr_boxes++;', 'nr_boxes().v++;'],
  ['x(current->mm);', 'x(current().mm);'],
  // What is not there at run time.
  ['WRITE_ONCE(b->nr, READ_ONCE(b->nr) + 1);', 'b.nr = b.nr + 1;'],
  ['if (unlikely(b)) return;', 'if (b)'],
  ['if (IS_ENABLED(CONFIG_BOX)) return;', 'if (CONFIG_BOX)'],
  ['x(min_t(unsigned long, addr, 4));', 'x(min_t(addr, 4));'],
  ['b = container_of(n, struct box, node);', 'b = container_of(n) as box_struct;'],
  ['b = list_next_entry(b, node);', 'b = list_next_entry(b.node);'],
  ['b = (struct box *)x();', 'b = x() as box_struct;'],
  ['b->nr = (int)addr;', 'b.nr = addr;'],
  // Whole numbers stay whole.
  ['x(addr / 2, b->nr / 2);', 'x((addr / 2) >>> 0, Math.trunc(b.nr / 2));'],
  // Unsigned differences wrap.
  ['if (addr - 1 > (addr - 2)) return;', 'if ((addr - 1) >>> 0 > (addr - 2) >>> 0)'],
  ['if (b->nr - 1 > 2) return;', 'if (b.nr - 1 > 2)'],
  ['x((addr - 4) >> 2, addr >> 2);', 'x((addr - 4) >>> 2, addr >> 2);'],
  // What truth is made of.
  ['b->full = b->next;', 'b.full = b.next !== null;'],
  ['b->full = box_is_full(b) || b->nr;', 'b.full = box_is_full(b) || Boolean(b.nr);'],
  ['if (box_is_full(b) == 0) return;', 'if (!box_is_full(b))'],
  ['wait_for(b, b->nr == 1);', 'wait_for(b, () => b.nr === 1);'],
  ['swap(b, b->next);', '[b, b.next] = [b.next, b];'],
  ['memset(boxes, 0, addr * sizeof(*boxes));', 'memset(boxes, 0, addr);'],
  ['b = kzalloc(sizeof(*b), x);', 'b = kzalloc(box_struct, x);'],
  ['WARN(1, "box %d at %lx\\n", b->nr, addr);', 'WARN(1, `box ${b.nr} at ${addr.toString(16)}`);'],
  ['WARN(1, "%lx", addr >> 2);', 'WARN(1, `${(addr >> 2).toString(16)}`);'],
  ['if (b->ops && b->ops->open) b->ops->open(b, 1);', 'if (b.ops && b.ops.open)'],
  ['b->ops->open(b, 1);', 'b.ops.open(b, true);'],
];
for (const [c, port] of ROWS) test(c, (t) => { t.is(body(c)[0], port); });

test('what is not understood is open, and nothing is made up', (t) => {
  const { open } = whole('void f(struct box *b)\n{\n\tx(sizeof(struct box));\n\tx(({ y; }));\n\tstrange(b->nothing);\n}\n');
  t.deepEqual(open.map((one) => `${one.construct} ${one.line}`), ['not-in-port 3', 'sizeof 3', 'not-in-port 4', 'statement-expression 4', 'not-in-port 5']);
});

test('C that looks the same and means something else is open', (t) => {
  const opens = (c: string): readonly string[] => whole(`void f(struct box *b, pte_t *ptep, u64 n)\n{\n${c}\n}\n`).open.filter((one) => one.construct !== 'not-in-port').map((one) => one.construct);
  t.deepEqual(opens('x(ptep++);'), ['pointer-arithmetic']);
  t.deepEqual(opens('ptep++; for (; n; n--, ptep++) x();'), []);
  t.deepEqual(opens('struct box c; c = *b;'), ['struct-copy']);
  t.deepEqual(opens('struct box c = *b;'), ['struct-copy']);
  t.deepEqual(opens('x(strange() / 2);'), ['division']);
});
