// SPDX-License-Identifier: GPL-2.0-only

import test from 'ava';
import { translateDeclarations } from '../../../../verifier/transform/import/translate/declarations.ts';
import { reader, SETTING } from './port.ts';

const lines = (c: string): readonly string[] => translateDeclarations(reader.file(c, () => null).declarations, SETTING).lines.map((one) => one.text);

test('a struct is a class, all fields zero, what is embedded an object', (t) => {
  t.deepEqual(lines('struct tray {\n\tint nr;\n\tbool open;\n\tstruct box *top;\n\tstruct list_head list;\n\tatomic_t users;\n\tspinlock_t lock;\n\tint (*cb)(struct box *b);\n};'), [
    'export class tray {', '  nr: int = 0;', '  open: boolean = false;', '  top: box | null = null;', '  readonly list: list_head = new list_node(this);',
    '  readonly users: atomic_t = new atomic_t(0, this);', "  readonly lock: spinlock_t = new spinlock_t('lock', this);", '  cb?(b: box): int;', '}',
  ]);
});

test('a struct of functions is an interface', (t) => {
  t.deepEqual(lines('struct tray_ops { int (*open)(struct box *, bool); void (*shut)(void); };'), ['export interface tray_ops {', '  open?(arg0: box, arg1: boolean): int;', '  shut?(): void;', '}']);
});

test('enumerators count on from what is given', (t) => {
  t.deepEqual(lines('enum kind { ONE = 1, TWO, SIX = 6, SEVEN, };'), ['export const ONE = 1;', 'export const TWO = 2;', 'export const SIX = 6;', 'export const SEVEN = 7;']);
});

test('constants; what is no constant is open', (t) => {
  t.deepEqual(lines('#define TRAY_MAX (1UL << 3) /* many */\n#define TRAY_ALL (BOX_MAX | TRAY_MAX)\n#define TRAY_H\n'), ['export const TRAY_MAX = 1 << 3;', 'export const TRAY_ALL = BOX_MAX | TRAY_MAX;']);
  const { open } = translateDeclarations(reader.file('#define each(b) for (b = 0; b; b = b->next)', () => null).declarations, SETTING);
  t.deepEqual(open.map((one) => `${one.construct} ${one.what}`), ['macro #define each(b)']);
});

test('variables: a table is written out, the rest hangs on the machine', (t) => {
  t.deepEqual(lines('static const struct box_ops ops = { .open = open_box };\nstatic int tries = 3;\nint f(void);'), ['const ops: box_ops = { open: open_box };', "const tries = per_machine(() => ({ v: 3 }), 'tries');"]);
});

test('a new function: exported unless static', (t) => {
  t.deepEqual(lines('int open_all(struct shelf *s)\n{\n\treturn 0;\n}'), ['export function open_all(s: shelf): int {', '  return 0;', '}']);
});
