// SPDX-License-Identifier: GPL-2.0-only
// A hunk of C and what was made of it, row by row.

import type { Hunk } from './diff/types.ts';
import type { ItemOrGap } from './place/items.ts';

export interface Row { readonly c: string; readonly port: string }

const SIGN = { context: ' ', add: '+', remove: '-' } as const;

export function besideRows(hunk: Hunk, items: readonly ItemOrGap[]): readonly Row[] {
  const rows: Row[] = [];
  const waiting = items.flatMap((one) => (one.role === 'gap' ? [] : [one]));
  for (const [at, line] of hunk.lines.entries()) {
    const made = waiting.filter((one) => one.from === at && (one.role === 'remove') === (line.kind === '-')).map((one) => `${SIGN[one.role]}${one.text}`);
    rows.push({ c: `${line.kind}${line.text.replaceAll('\t', '        ')}`, port: made[0] ?? '' }, ...made.slice(1).map((port) => ({ c: '', port })));
  }
  return rows;
}
