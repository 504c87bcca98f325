// SPDX-License-Identifier: GPL-2.0-only
// The authored form (form A): a literal that reads like the C hunk. Lines start with ' ', '+' or
// '-' in one column; a line that says `...` leaves out any number of tokens. The text before the
// marker column is the module's own indentation. A hunk that cannot be read is a fault of the
// patch module and throws when the module is loaded: it can never apply anywhere.

import { tokens } from '../tree/tokens.ts';

export type Role = 'context' | 'add' | 'remove';

export interface HunkLine { readonly role: Role; readonly text: string }
/** A run of lines without a gap; between two runs stands `...`. */
export type HunkItem = HunkLine | { readonly role: 'gap' };

export interface Lines { readonly from: number; readonly to: number }

export interface Hunk {
  readonly items: readonly HunkItem[];
  /** The lines of the C file before the patch, if the author gave them. */
  readonly c: Lines | null;
  readonly cLines: (from: number, to: number) => Hunk;
}

export class HunkError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HunkError';
  }
}

export function hunk(strings: TemplateStringsArray, ...values: readonly never[]): Hunk {
  if (values.length > 0) throw new HunkError('a hunk is plain text: no ${…} in it');
  return parseHunk(strings.raw[0]?.replaceAll('\\`', '`').replaceAll('\\${', '${') ?? '');
}

export function parseHunk(text: string): Hunk {
  const lines = text.replace(/\s+$/, '').split('\n').map((line) => line.trimEnd());
  while (lines[0] === '') lines.shift();
  const column = markerColumn(lines);
  const items = lines.map((line): HunkItem => {
    if (line.trim() === '...') return { role: 'gap' };
    if (line === '') return { role: 'context', text: '' };
    if (line.slice(0, column).trim() !== '') throw new HunkError(`left of the marker column: ${line}`);
    const rest = line.slice(column + 1);
    switch (line.charAt(column)) {
      case '+': return { role: 'add', text: rest };
      case '-': return { role: 'remove', text: rest };
      case ' ': return { role: 'context', text: rest };
      default: throw new HunkError(`neither ' ', '+' nor '-' in the marker column: ${line}`);
    }
  });
  return makeHunk(items, null);
}

export function makeHunk(items: readonly HunkItem[], c: Lines | null): Hunk {
  check(items);
  return { items, c, cLines: (from, to) => makeHunk(items, { from, to }) };
}

/** The column of the least indented marker: context lines are never further left than one past it. */
function markerColumn(lines: readonly string[]): number {
  const columns = lines.filter((line) => /^\s*[+-]/.test(line)).map((line) => line.search(/\S/));
  if (columns.length === 0) throw new HunkError('a hunk without a + or - line');
  return Math.min(...columns);
}

function check(items: readonly HunkItem[]): void {
  const significant = items.filter((item) => item.role !== 'context' || tokens(item.text).length > 0);
  for (const [index, item] of significant.entries()) {
    if (item.role !== 'add' && item.role !== 'remove') continue;
    if (isChange(significant[index - 1])) continue;
    let end = index;
    while (isChange(significant[end])) end += 1;
    const group = significant.slice(index, end);
    const anchored = significant[index - 1]?.role === 'context' || significant[end]?.role === 'context'
      || group.some((one) => one.role === 'remove' && tokens(one.text).length > 0);
    if (!anchored) throw new HunkError(`an addition needs a context line next to it: ${item.text.trim()}`);
  }
}

function isChange(item: HunkItem | undefined): boolean {
  return item?.role === 'add' || item?.role === 'remove';
}

/** The hunk as it is read: for a report beside the C hunk. */
export function hunkText(h: Hunk): string {
  const sign = { context: ' ', add: '+', remove: '-' } as const;
  return h.items.map((item) => (item.role === 'gap' ? ' ...' : `${sign[item.role]}${item.text}`)).join('\n');
}
