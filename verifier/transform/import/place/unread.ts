// SPDX-License-Identifier: GPL-2.0-only
// A line that was not understood must not run as something else: the port's mark for what lies outside
// the model stands in its place, and a run that comes to it ends there and is told as cut.

import type { Hunk as CHunk } from '../diff/types.ts';
import type { FragmentTranslation } from '../translate/fragment.ts';
import type { Item, ItemOrGap } from './items.ts';

/** Items of a hunk with the marks; `after`: the image that its added lines are from. */
export function withUnread(items: readonly ItemOrGap[], hunk: CHunk, after: FragmentTranslation): readonly ItemOrGap[] {
  const at = hunk.lines.flatMap((line, n) => (line.kind === '-' ? [] : [n]));
  const unread = new Map<number, string>();
  for (const one of after.open) if (one.construct !== 'not-in-port') unread.set(at[one.line - 1] ?? -1, `${one.construct}: ${one.what}`);
  for (const line of after.cut) unread.set(at[line - 1] ?? -1, 'a statement that the hunk does not show whole');
  const told = new Set<number>();
  const out = items.map((one): ItemOrGap => {
    if (one.role === 'gap') return one;
    const lines = [...unread.keys()].filter((n) => one.from <= n && n <= one.to);
    for (const n of lines) told.add(n);
    const [first] = lines;
    return one.role !== 'add' || first === undefined ? one : { ...one, text: markedText(one.text, whyOf(hunk, first, unread)) };
  });
  for (const [n] of [...unread].sort(([a], [b]) => a - b)) {
    if (told.has(n) || hunk.lines[n]?.kind !== '+') continue;
    const next = out.findIndex((one) => one.role !== 'gap' && one.role !== 'remove' && one.from > n);
    const where = next === -1 ? out.length : next;
    const before = out.slice(0, where).findLast((one): one is Item => one.role !== 'gap');
    // At the top level nothing runs; what a declaration lacks shows where it is used.
    if (before === undefined || before.function === '' || before.function === null || before.text === '}') continue;
    const indent = /^\s*/.exec(before.text)?.[0] ?? '';
    out.splice(where, 0, { role: 'add', text: `${indent === '' ? '  ' : indent}${mark(whyOf(hunk, n, unread))};`, from: n, to: n, function: before.function });
  }
  return out;
}

function whyOf(hunk: CHunk, at: number, unread: ReadonlyMap<number, string>): string { return `line ${hunk.lines[at]?.line ?? 0} of the mail was not understood: ${unread.get(at) ?? ''}`; }
function mark(why: string): string { return `unreachable('${why.replace(/[\\'`$]/g, ' ').replace(/\s+/g, ' ').slice(0, 100)}')`; }

/** Heads stay heads, declarations declare, everything else is the mark. */
function markedText(text: string, why: string): string {
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  const head = /^(\s*(?:} else )?)(?:if|while|for|switch)\b.*?(\{?)$/.exec(text);
  if (head !== null) return `${head[1] ?? ''}if (${mark(why)})${head[2] === '{' ? ' {' : ''}`;
  if (/^\s*}?\s*$/.test(text) || /^\s*(?:do|} else|else)\b[^;]*$/.test(text)) return text;
  const declared = /^(\s*(?:let|const) \w+(?:: [^=]+)?) =/.exec(text);
  if (declared !== null) return `${declared[1] ?? ''} = ${mark(why)};`;
  if (/^\s*(?:let|const) \w+/.test(text) || /^\s*(?:export )?function /.test(text)) return text;
  return `${indent}${mark(why)};`;
}
