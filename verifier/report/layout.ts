// SPDX-License-Identifier: GPL-2.0-only
// Columns and wrapping for reports in plain text. Widths are counted in code units: what is laid
// out here is ASCII but for names of people, which stand in no table.

/** Breaks prose at blanks; a word longer than the width stands alone on its line. */
export function wrap(text: string, width = 72, first = '', rest = first): string[] {
  const out: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    if (!empty && line.length + 1 + word.length > width) {
      out.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  if (!empty) out.push(line);
  return out;
}

export type Align = 'left' | 'right';

/** Rows as aligned columns, two blanks apart; trailing blanks are cut. */
export function columns(rows: readonly (readonly string[])[], align: readonly Align[] = [], indent = '  '): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) => (indent + row.map((cell, i) => pad(cell, widths[i] ?? 0, align[i] ?? 'left')).join('  ')).trimEnd());
}

/** Rows in a frame, the first one the head: the form LKP uses for its deltas. */
export function framed(rows: readonly (readonly string[])[]): string[] {
  const widths = widthsOf(rows);
  const rule = `+${widths.map((w) => '-'.repeat(w + 2)).join('+')}+`;
  const lines = rows.map((row) => `|${widths.map((w, i) => ` ${(row[i] ?? '').padEnd(w)} `).join('|')}|`);
  return [rule, ...lines.slice(0, 1), rule, ...lines.slice(1), rule];
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Signs that a 7bit mail has no room for and that mean nothing there, as ASCII. Before wrapping: some grow. */
export function plainSigns(text: string): string {
  return text.replace(/\u2026/g, '...').replace(/[\u2013\u2014]/g, '-').replace(/[\u2018\u2019]/g, "'");
}

/** The first so many characters, with a mark where something was cut. */
export function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return widths;
}

function pad(cell: string, width: number, align: Align): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
}
