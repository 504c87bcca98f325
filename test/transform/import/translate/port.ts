// SPDX-License-Identifier: GPL-2.0-only
// A port of a kernel that does not exist, for the translator to stand on.

import { openReader } from '../../../../verifier/transform/import/c/read.ts';
import { translateFunction, translateStatements, type Setting, type Translation } from '../../../../verifier/transform/import/translate/function.ts';
import { declarationsOf } from '../../../../verifier/tree/declarations.ts';
import { treeOf } from '../../../../verifier/tree/load.ts';

export const TREE = treeOf({
  'mm/boxes.ts': `
import { box as box_struct } from '../include/box.ts';
const shelf_lock = per_machine(() => new spinlock_t(), 'shelf_lock');
const nr_boxes = per_machine(() => ({ v: 0 }), 'nr_boxes');
function count_boxes(s: shelf, from: uaddr, flags: foll_flags): long {
  let pfn: pfn_nr;
  const last: Ref<box | null> = { v: null };
  out: { again: for (;;) { continue again; } }
  return 0;
}
export function box_is_full(b: box): boolean { return false; }
`,
  'include/box.ts': `
export class box {
  nr: int = 0;
  full: boolean = false;
  flags: unsigned_long = 0;
  next: box | null = null;
  readonly node: list_head<box> = new list_node(this);
  readonly users: atomic_t = new atomic_t(0, this);
  readonly held: Ref<box | null> = { v: null };
  pte: pte_cell | null = null;
  ops: box_ops | null = null;
}
export class atomic_t {}
export class shelf { boxes: box[] = []; readonly lock: spinlock_t = new spinlock_t(); }
export class spinlock_t {}
export interface box_ops { open?(b: box, loud: boolean): int; }
export interface box_params { start: uaddr; of: box | null; }
export function spin_lock(lock: spinlock_t): void {}
export function spin_lock_irqsave(lock: spinlock_t): void {}
export function test_bit(nr: int, addr: flags_word): boolean { return false; }
export function open_box(b: box, at: Ref<box | null>, loud: boolean): int { return 0; }
export function all_boxes(s: shelf, into: box[]): unsigned_long { return 0; }
export function wait_for(b: box, ready: () => boolean): void {}
export function LIST_HEAD(): list_head { return null; }
export function WARN(c: unknown, text: string): boolean { return false; }
export const BOX_MAX = 4;
`,
  'arch/model/pgtable.ts': 'export class pte_cell {}\nexport class pmd_cell {}\nexport class pud_cell {}\n',
});
export const PORT = declarationsOf(TREE);
export const SETTING: Setting = { port: PORT, module: 'mm/boxes.ts' };

const reader = await openReader();

/** The statements of a body, as lines without indentation. */
export function body(c: string, params = 'struct shelf *s, struct box *b, unsigned long addr, pte_t *ptep, struct box **boxes'): readonly string[] {
  return whole(`void f(${params})\n{\n${c}\n}\n`).lines.slice(1, -1).map((one) => one.text.trim());
}

export function whole(c: string): Translation {
  const [fn] = reader.file(c, () => null).declarations;
  if (fn?.kind !== 'function') throw new Error(`not a function: ${c}`);
  return translateFunction(fn, SETTING);
}

export function pieceOf(c: string, inFunction: string): Translation { return translateStatements(reader.statements(c), inFunction, [], SETTING); }
export { reader };
