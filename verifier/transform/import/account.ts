// SPDX-License-Identifier: GPL-2.0-only
// What became of each line that a patch changes. Nothing is dropped in silence: a line is translated, says
// nothing to a compiler, is about something the port does not have, or was not understood.

import type { DiffLine } from './diff/types.ts';
import type { FileLine } from './result.ts';

export type Fate =
  | { readonly kind: 'translated' }
  /** A comment, a blank line, what the port's idioms leave out (a barrier, a message, a prototype). */
  | { readonly kind: 'silent' }
  | { readonly kind: 'outside'; readonly why: string }
  | { readonly kind: 'open'; readonly what: string };

export interface LineAccount {
  /** Of the kernel. */
  readonly file: string;
  readonly line: FileLine;
  readonly sign: '+' | '-';
  readonly fate: Fate;
}

export interface Sums { readonly translated: number; readonly silent: number; readonly outside: number; readonly open: number }

export function sumsOf(accounts: readonly LineAccount[]): Sums {
  const of = (kind: Fate['kind']): number => accounts.filter((one) => one.fate.kind === kind).length;
  return { translated: of('translated'), silent: of('silent'), outside: of('outside'), open: of('open') };
}

export function sumsText({ translated, silent, outside, open }: Sums): string {
  const all = translated + silent + outside + open;
  const parts = [`${translated} translated`, `${silent} comment only`, `${outside} not in the port`, `${open} not understood`];
  return `${all} changed line${all === 1 ? '' : 's'}: ${parts.join(', ')}`;
}

/** The reasons of a kind, with how many lines each has, most first. */
export function reasons(accounts: readonly LineAccount[], kind: 'outside' | 'open'): readonly { readonly why: string; readonly lines: number }[] {
  const by = new Map<string, number>();
  for (const { fate } of accounts) {
    const why = fate.kind === 'outside' && kind === 'outside' ? fate.why : fate.kind === 'open' && kind === 'open' ? fate.what : null;
    if (why !== null) by.set(why, (by.get(why) ?? 0) + 1);
  }
  return [...by].map(([why, lines]) => ({ why, lines })).sort((a, b) => b.lines - a.lines || (a.why < b.why ? -1 : 1));
}

/** The indices of lines that are comments or blank, in the images they belong to. */
export function commentLines(lines: readonly DiffLine[]): ReadonlySet<number> {
  const out = new Set<number>();
  for (const without of ['+', '-'] as const) {
    let inside = false;
    for (const [n, line] of lines.entries()) {
      if (line.kind === without) continue;
      // A line that begins with a star is the middle of a comment whose beginning the hunk does not show.
      let text = inside ? line.text : line.text.replace(/^\s*\*(?![\w(]).*?(?:\*\/|$)/, '');
      let code = '';
      while (text !== '') {
        const at = text.indexOf(inside ? '*/' : '/*');
        if (!inside) code += at === -1 ? text : text.slice(0, at);
        if (at === -1) break;
        inside = !inside;
        text = text.slice(at + 2);
      }
      if (code.replace(/\/\/.*$/, '').trim() === '' && line.kind !== ' ') out.add(n);
    }
  }
  return out;
}
