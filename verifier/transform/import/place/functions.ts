// SPDX-License-Identifier: GPL-2.0-only
// Which C function each line of a hunk is in, by what the kernel's style promises: heads and closing
// braces of functions stand in the first column, bodies do not.

import type { Hunk } from '../diff/types.ts';

/** For each line of the hunk: a function's name, '' at the top level. */
export function functionsOf(hunk: Hunk): readonly string[] {
  const first = hunk.lines.find((line) => line.text.trim() !== '')?.text ?? '';
  let now = /^[\s{}]|^\w+:/.test(first) ? nameIn(hunk.section) ?? '' : '';
  return hunk.lines.map(({ text }) => {
    const head = headOf(text);
    if (head !== null) now = head;
    const mine = now;
    if (/^}/.test(text)) now = '';
    return mine;
  });
}

/** Functions of which the hunk shows what was there before: not brought by it. */
export function shownBefore(hunk: Hunk, functions: readonly string[]): ReadonlySet<string> {
  return new Set(hunk.lines.flatMap((line, n) => (line.kind === '+' || line.text.trim() === '' ? [] : [functions[n] ?? ''])).filter((name) => name !== ''));
}

function headOf(text: string): string | null {
  return /^[A-Za-z_][\w\s*]*[\s*](\w+)\s*\((?!.*;\s*$)/.exec(text)?.[1] ?? null;
}
function nameIn(section: string): string | null { return /(\w+)\s*\(/.exec(section)?.[1] ?? null; }
