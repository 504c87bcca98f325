// SPDX-License-Identifier: GPL-2.0-only
// A port of a kernel that does not exist, and patches for it: for placing, accounting and refusing.

import { loadPort, treeOf, type PortTree } from '../../../verifier/tree/load.ts';
import { applyPatch, type Applied, type PatchMeta } from '../../../verifier/transform/index.ts';
import { importDiff, type Imported } from '../../../verifier/transform/import/index.ts';
import { openReader } from '../../../verifier/transform/import/c/read.ts';
import { must, read } from './fixture.ts';

export const BOXES = `// SPDX-License-Identifier: GPL-2.0-only
import { BOX_OPEN, type box, close_box, peek } from '../include/linux/box.ts';

/** Opens them. */
export function open_boxes(boxes: box[], nr: int): int {
  let i: int;
  let opened: int = 0;
  for (i = 0; i < nr; i++) {
    if (boxes[i].full)
      continue;
    boxes[i].flags |= BOX_OPEN;
    opened++;
  }
  if (!opened)
    return -1;
  peek(boxes[0]);
  return opened;
}

export function shut_boxes(boxes: box[], nr: int): int {
  return open_boxes(boxes, nr);
}
`;
export const BOX = `// SPDX-License-Identifier: GPL-2.0-only
export type Kind<K extends string> = number & { readonly __kind?: K };
export type int = Kind<'int'>;
export type uaddr = Kind<'uaddr'>;
export type box_flag = Kind<'box_flag'>;
export const BOX_OPEN: box_flag = 1;
export const BOX_SOLD: box_flag = 2;
export class box {
  nr: int = 0;
  full: boolean = false;
  flags: int = 0;
}
export function peek(b: box): void { b.nr += 1; }
export function close_box(b: box): void { b.flags = 0; }
export function box_at(addr: uaddr): box { return new box(); }
`;
/** The marks are the port's own. */
const MARKS = loadPort().files.get('arch/model/marks.ts') ?? '';
export const DEMO: PortTree = treeOf({ 'mm/boxes.ts': BOXES, 'include/linux/box.ts': BOX, 'arch/model/marks.ts': MARKS });

const META: PatchMeta = {
  series: 'mail', version: 'v1', number: 1, of: 1, subject: 'mm/boxes: demo', author: { name: 'A', email: 'a@demo.invalid' }, date: '', to: [], cc: [],
  messageId: 'demo@demo.invalid', coverId: 'demo@demo.invalid', files: ['mm/boxes.c'], notModelled: [],
};
const reader = await openReader();

/** A diff of one file from its hunks: `fn` stands behind the second @@. */
export function diffOf(file: string, ...hunks: readonly { readonly fn: string; readonly lines: readonly string[] }[]): string {
  let at = 1;
  const out = [`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`];
  let moved = 0;
  for (const { fn, lines } of hunks) {
    const count = (without: string): number => lines.filter((line) => !line.startsWith(without)).length;
    out.push(`@@ -${at},${count('+')} +${at + moved},${count('-')} @@ ${fn}`, ...lines);
    moved += count('-') - count('+');
    at += 50;
  }
  return `${out.join('\n')}\n`;
}

export function imported(diff: string, tree: PortTree = DEMO): Imported { return importDiff(must(read(diff)), META, tree, reader); }

export function appliedOf(diff: string, tree: PortTree = DEMO): Applied { return applyPatch(tree, imported(diff, tree).module); }

/** The file after the patch. */
export function after(diff: string, file = 'mm/boxes.ts', tree: PortTree = DEMO): string {
  const made = appliedOf(diff, tree);
  if (!made.ok) throw new Error(`${made.conflict.rule}: ${made.conflict.anchor}`);
  return made.tree.files.get(file) ?? '';
}
