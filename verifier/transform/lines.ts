// SPDX-License-Identifier: GPL-2.0-only
// Which line of the tree after a line of the tree before has become.

import { mapOffset, splicesOf, type EditScript } from '../tree/edits.ts';
import type { PortTree } from '../tree/load.ts';
import { lineOf, lineStarts } from '../tree/tokens.ts';

/** Null for a line that was removed or rewritten. */
export type LineMap = (file: string, line: number) => number | null;

export function lineMap(before: PortTree, after: PortTree, edits: EditScript): LineMap {
  const splices = splicesOf(edits);
  return (file, line) => {
    const old = before.files.get(file) ?? '';
    const starts = lineStarts(old);
    const from = starts[line - 1];
    if (from === undefined) return null;
    // The first token of the line: what is put in before it on the same line moves with it.
    const offset = from + old.slice(from).search(/[^ \t]|$/);
    const at = mapOffset(splices, file, offset);
    return at === null ? null : lineOf(lineStarts(after.files.get(file) ?? ''), at);
  };
}
