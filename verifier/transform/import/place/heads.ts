// SPDX-License-Identifier: GPL-2.0-only
// The head of a function that a patch brings stands on one line again, where it fits one.

import type { HunkItem } from '../../hunk.ts';
import type { PortPatch } from '../../patch.ts';

/** As the port's own lines. */
const WIDTH = 120;

export function withHeads(module: PortPatch): PortPatch {
  return { ...module, hunks: module.hunks.map((one) => ({ ...one, hunk: { ...one.hunk, items: joined(one.hunk.items) } })) };
}

function joined(items: readonly HunkItem[]): readonly HunkItem[] {
  const out: HunkItem[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const head = headFrom(items, at);
    const text = head.length < 2 ? '' : head.map((line) => line.trim()).join(' ').replace('( ', '(').replace(/,? \):/, '):');
    if (text === '' || text.length > WIDTH) {
      const item = items[at];
      if (item !== undefined) out.push(item);
    } else {
      out.push({ role: 'add', text });
      at += head.length - 1;
    }
  }
  return out;
}

/** The lines of a new head that begins here; none where it is not all new. */
function headFrom(items: readonly HunkItem[], at: number): readonly string[] {
  const lines: string[] = [];
  for (const item of items.slice(at)) {
    if (item.role !== 'add' || (lines.length === 0 && !/^(?:export )?function \w+\($/.test(item.text))) return [];
    lines.push(item.text);
    if (/^\): .* \{$/.test(item.text)) return lines;
  }
  return [];
}
