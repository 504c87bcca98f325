// SPDX-License-Identifier: GPL-2.0-only
// Paths in a diff: git's quoting, the a/ and b/ in front, and what a path may be. A mail comes
// from anywhere: a path that could name anything outside the tree is refused here, once.

/** A path below the top of a source tree, checked. */
export type TreePath = string & { readonly __kind: 'path in the tree' };

const MOST = 1024;

export function isTreePath(text: string): text is TreePath {
  return faultOf(text) === null;
}

/** Why a path is none below the top of a tree; null for one that is. */
export function faultOf(text: string): string | null {
  if (text === '') return 'is empty';
  if (text.length > MOST) return `is longer than ${MOST} characters`;
  if (/[\u0000-\u001f\u007f\ufffd\\]/.test(text)) return 'holds a character that no source file has';
  if (text.startsWith('/') || /^[A-Za-z]:/.test(text)) return 'is absolute';
  const parts = text.split('/');
  if (parts.includes('..')) return 'leaves the tree';
  if (parts.includes('') || parts.includes('.')) return 'has an empty part';
  if (parts.some((part) => part.toLowerCase() === '.git')) return 'goes into .git';
  return null;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** Git's quoted name at the start of a text, and what follows it; null where the quoting is broken. */
export function unquote(text: string): { readonly name: string; readonly rest: string } | null {
  if (text.length > 10 * MOST) return null;
  const found = /^"((?:[^"\\]|\\[abtnvfr"\\]|\\[0-3][0-7]{2})*)"/.exec(text);
  if (found === null) return null;
  const bytes = [...(found[1] ?? '').matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\]+)/g)].map(([, octal, letter, run]) => {
    if (octal !== undefined) return Buffer.from([Number.parseInt(octal, 8)]);
    return letter !== undefined ? Buffer.from([ESCAPES[letter] ?? 0]) : Buffer.from(run ?? '', 'utf8');
  });
  return { name: Buffer.concat(bytes).toString('utf8'), rest: text.slice(found[0].length) };
}

/** A name as git writes it: quoted where it has to be (core.quotePath). */
export function quoted(name: string): string {
  if (!/["\\\u0000-\u001f\u007f]|[^\u0000-\u007f]/.test(name)) return name;
  const letters = new Map(Object.entries(ESCAPES).map(([letter, code]) => [code, letter]));
  const body = [...Buffer.from(name, 'utf8')].map((byte) => {
    const letter = letters.get(byte);
    if (letter !== undefined) return `\\${letter}`;
    return byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
  });
  return `"${body.join('')}"`;
}

/** A name that fills a text, quoted or not. */
export function wholeName(text: string): string | null {
  if (!text.startsWith('"')) return text;
  const found = unquote(text);
  return found === null || found.rest.trim() !== '' ? null : found.name;
}

/** The letters git puts in front of a name: a/ and b/, or those of diff.mnemonicPrefix. */
export function hasPrefix(name: string): boolean { return /^[abciow12]\//.test(name); }

export function withoutPrefix(name: string): string { return name.replace(/^[^/]*\//, ''); }

/** The two names of `diff --git A B`. An unquoted name may hold blanks: the first is then as long
 *  as it is known to be, or both are equally long, as they are where nothing but this line has them. */
export function namePair(text: string, firstLength: number | null): readonly [string, string] | null {
  if (text.startsWith('"')) {
    const left = unquote(text);
    const right = left?.rest.startsWith(' ') === true ? wholeName(left.rest.slice(1)) : null;
    return left === null || right === null ? null : [left.name, right];
  }
  const at = firstLength ?? (text.length - 1) / 2;
  if (text.charAt(at) !== ' ') return null;
  const right = wholeName(text.slice(at + 1));
  return right === null ? null : [text.slice(0, at), right];
}
