// SPDX-License-Identifier: GPL-2.0-only
// A piece of a file, as a hunk shows it: it begins and ends anywhere. It is cut where functions begin
// and end (a brace in the first column, as the kernel writes it), and what is missing of a body is
// put around it on lines of its own, so that the line numbers of the piece stay.

import { closing } from './prepare.ts';

export type Piece =
  /** Statements of a function; `end`: the line with the brace that closes it, where it is shown. */
  | { readonly kind: 'body'; readonly from: number; readonly lines: readonly string[]; readonly end: number | null }
  /** Members of a struct, an enum or an initialiser that began before; `open` is the line that began it. */
  | { readonly kind: 'members'; readonly from: number; readonly lines: readonly string[]; readonly open: string }
  /** Declarations, functions with both ends among them; what closes the last one, if it goes on. */
  | { readonly kind: 'file'; readonly from: number; readonly lines: readonly string[]; readonly close: '' | '}' | '};' };

/** A line of the preprocessor, taken out. */
export interface Directive { readonly line: number; readonly word: string; readonly condition: string }

/** Comments that begin or end outside, and directives, become empty lines. */
export function cleaned(lines: readonly string[]): { readonly lines: readonly string[]; readonly directives: readonly Directive[] } {
  const own = [...lines];
  // The middle of a comment: a statement does not begin with a star and a blank.
  for (let at = 0; /^\s*\*(?:\s|$)/.test(own[at] ?? ''); at += 1) own[at] = '';
  const end = own.findIndex((line) => line.includes('*/'));
  const begin = own.findIndex((line) => line.includes('/*'));
  if (end !== -1 && (begin === -1 || end < begin)) {
    own.fill('', 0, end);
    own[end] = (own[end] ?? '').replace(/^.*?\*\//, '');
  }
  const last = own.findLastIndex((line) => line.includes('/*'));
  if (last !== -1 && !own.slice(last).some((line) => /\*\/(?!.*\/\*)/.test(line))) {
    own[last] = (own[last] ?? '').replace(/\/\*(?!.*\/\*).*$/, '');
    own.fill('', last + 1);
  }
  const directives: Directive[] = [];
  for (const [at, line] of own.entries()) {
    const [, word, condition = ''] = /^\s*#\s*(if|ifdef|ifndef|elif|else|endif)\b\s*(.*)$/.exec(line) ?? [];
    if (word === undefined) continue;
    directives.push({ line: at + 1, word, condition: condition.replace(/\/\*.*$/, '').trim() });
    own[at] = '';
  }
  return { lines: own, directives };
}

/** Cuts a piece; `from` counts from 1 within it. `head` is what the hunk names: the last line in the first column before it. */
export function cutFragment(lines: readonly string[], head = ''): readonly Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const first = lines.findIndex((line) => /^[}{]/.test(line) || HEAD.test(line) || STRUCT.test(line));
  const inside = first === -1 ? !lines.some(isTopLevel) : /^}/.test(lines[first] ?? '') && !lines.slice(0, first).some(isTopLevel);
  if (inside) {
    const end = first === -1 ? lines.length : first;
    const own = lines.slice(0, end);
    const [, of, name = ''] = /^(?:typedef )?(struct|union|enum)\s*(\w*)\s*\{?\s*$/.exec(head) ?? [];
    // The end of a struct has a semicolon, the end of a function none.
    const members = of !== undefined && (first === -1 || /^}.*;/.test(lines[first] ?? ''));
    const table = /^(?:static |const |extern )*struct \w+ \w+(?:\[\w*\])?\s*=?/.exec(head)?.[0];
    if (members) pieces.push({ kind: 'members', from: 1, lines: own, open: `${of} ${name} {` });
    else if (table !== undefined && own.some((line) => /^\s*\.\w+\s*=/.test(line))) pieces.push({ kind: 'members', from: 1, lines: own, open: `${table.replace(/\s*=$/, '')} = {` });
    else pieces.push({ kind: 'body', from: 1, lines: own, end: first === -1 || (lines[first] ?? '').trim() !== '}' ? null : first + 1 });
    start = first === -1 ? lines.length : first + 1;
  }
  // The rest of a head that began before: what it belongs to is named by the hunk.
  if (start === 0 && first !== -1 && /^\{/.test(lines[first] ?? '') && !lines.slice(0, first).some(isTopLevel)) {
    const end = lines.findIndex((line, at) => at > first && /^}/.test(line));
    pieces.push({ kind: 'body', from: first + 2, lines: lines.slice(first + 1, end === -1 ? lines.length : end), end: end === -1 || (lines[end] ?? '').trim() !== '}' ? null : end + 1 });
    start = end === -1 ? lines.length : end + 1;
  }
  const open = lastOpen(lines, start);
  // A function whose end the piece does not show: its body is one of its own. A struct stays whole.
  const end = open?.kind === 'function' ? open.at : lines.length;
  const close = open === null ? '' : open.kind === 'function' ? '}' : '};';
  if (lines.slice(start, end).some((line) => line.trim() !== '')) pieces.push({ kind: 'file', from: start + 1, lines: lines.slice(start, end), close });
  if (open?.kind === 'function') pieces.push({ kind: 'body', from: open.at + 1, lines: lines.slice(open.at), end: null });
  return pieces;
}

/** The head of a function with its brace on the same line. */
const HEAD = /^[A-Za-z_].*\)\s*\{\s*$/;

/** The head of a struct or an enum. */
const STRUCT = /^(?:typedef |static |const )*(?:struct|union|enum)\b[^;()]*\{\s*$/;

function isTopLevel(line: string): boolean { return /^[A-Za-z_#]/.test(line) && !/^\w+:\s*(?:\/\*.*)?$/.test(line); }

/** What is open at the end, after the last brace in the first column; the first line of its body. */
function lastOpen(lines: readonly string[], start: number): { readonly kind: 'function' | 'struct'; readonly at: number } | null {
  for (let at = lines.length - 1; at >= start; at -= 1) {
    const line = lines[at] ?? '';
    if (/^}/.test(line)) return null;
    if (/^\{/.test(line) || HEAD.test(line)) return { kind: 'function', at: at + 1 };
    if (STRUCT.test(line)) return { kind: 'struct', at: at + 1 };
  }
  return null;
}

export interface Repaired {
  readonly text: string;
  /** How many lines stand in front of the piece's own. */
  readonly before: number;
  /** Lines of the piece (from 1) that belong to a statement that is not whole here. */
  readonly cut: readonly number[];
}

/** What stands for something the piece does not show. */
export const HUNK = '__hunk';

const HANGING = /(?:^|[\s}])(?:else|do)\s*$|^\s*(?:}\s*else\s+)?(?:if|for|while|list_\w+|hlist_\w+|for_each\w*)\b.*\)\s*$|[^?:]:\s*$/;

/** Statements made whole: openers in front, closers behind, half statements taken out. */
export function repairBody(lines: readonly string[]): Repaired {
  const own = [...lines];
  const cut = [...takeFront(own), ...takeBack(own)];
  const code = own.map(bare);
  const openers: string[] = [];
  /** What each brace that is open stands behind. */
  const open: string[] = [];
  let cases = false;
  let others = false;
  let heads = false;
  for (const line of code) {
    if (open.length === 0) {
      if (/^\s*(?:case\b.*|default\s*):/.test(line)) cases = true;
      if (/^\s*(?:}\s*else\s+)?if\b/.test(line)) heads = true;
      // An else whose if is not here, though what it follows is.
      if (/^\s*else\b/.test(line) && !heads && openers.length === 0) others = true;
    }
    for (const [at, c] of [...line].entries()) {
      if (c === '{') open.push(line.slice(0, at).trim());
      else if (c === '}' && open.length > 0) open.pop();
      else if (c === '}') {
        openers.unshift(openerOf(line.slice(at + 1), cases));
        cases = false;
      }
    }
  }
  const first = code.find((line) => line.trim() !== '') ?? '';
  if (others) openers.push(/^\s*else\b/.test(first) ? `if (${HUNK}) ${HUNK};` : `if (${HUNK})`);
  if (cases) {
    openers.unshift(SWITCH);
    open.unshift('');
  }
  const last = code.findLast((line) => line.trim() !== '') ?? '';
  const closers = [...open].reverse().map((head) => (/(?:^|\s)do$/.test(head) ? `} while (${HUNK});` : '}'));
  return { text: [openers.join(' '), ...own, `${HANGING.test(last) ? `${HUNK};` : ''} ${closers.join(' ')}`].join('\n'), before: 1, cut };
}

const SWITCH = `switch (${HUNK}) { case ${HUNK}:`;

/** What a brace closes that was opened before, by what follows it. */
function openerOf(rest: string, cases: boolean): string {
  if (/^\s*else\b/.test(rest)) return `if (${HUNK}) {`;
  if (/^\s*while\s*\(.*\)\s*;/.test(rest)) return 'do {';
  return cases ? SWITCH : `while (${HUNK}) {`;
}

/** The end of a statement that began before: up to the line with the bracket that opened there. */
function takeFront(lines: string[]): readonly number[] {
  let depth = 0;
  for (const [at, line] of lines.entries()) {
    for (const c of bare(line)) {
      if (c === '(') depth += 1;
      else if (c === ')' && depth > 0) depth -= 1;
      else if (c === ')') {
        const brace = /\{\s*$/.test(bare(line));
        // What the end belongs to may have its body here.
        const body = /\)\s*$/.test(bare(line));
        const taken = lines.slice(0, at + 1).flatMap((text, n) => (text.trim() === '' ? [] : [n + 1]));
        for (let n = 0; n <= at; n += 1) lines[n] = n < at ? '' : brace ? `if (${HUNK}) {` : body ? `if (${HUNK})` : '';
        return taken;
      } else if (depth === 0 && /[;{}]/.test(c)) return [];
    }
  }
  return [];
}

/** The beginning of one that goes on: from the line whose bracket is not closed here. */
function takeBack(lines: string[]): readonly number[] {
  const text = lines.map(bare).join('\n');
  for (let at = text.indexOf('('); at !== -1; at = text.indexOf('(', at + 1)) {
    if (closing(text, at) !== null || /;/.test(text.slice(at))) continue;
    const line = text.slice(0, at).split('\n').length;
    const taken: number[] = [];
    for (let n = line - 1; n < lines.length; n += 1) {
      if ((lines[n] ?? '').trim() !== '') taken.push(n + 1);
      // A head whose condition goes on still opens what comes after.
      lines[n] = n === line - 1 && /^\s*}\s*else\b/.test(lines[n] ?? '') ? '}' : '';
    }
    return taken;
  }
  return [];
}

/** Declarations whose last one is not whole: it is taken out, from where it begins. */
export function trimFile(lines: readonly string[]): { readonly lines: readonly string[]; readonly cut: readonly number[] } {
  const own = [...lines];
  const code = own.map(bare);
  const last = code.findLastIndex((line) => line.trim() !== '');
  if (last === -1 || /[;}]\s*$/.test(code[last] ?? '') || /^\s*#|^[A-Z_\d]+\(.*\)\s*$/.test(code[last] ?? '')) return { lines: own, cut: [] };
  const before = code.slice(0, last).findLastIndex((line) => line.trim() === '' || /[;}]\s*$/.test(line));
  const cut: number[] = [];
  for (let at = before + 1; at < own.length; at += 1) {
    if ((own[at] ?? '').trim() !== '') cut.push(at + 1);
    own[at] = '';
  }
  return { lines: own, cut };
}

/** A line without comments and strings, as far as one line tells. */
function bare(line: string): string {
  if (/^\s*\*(?!\w+\s*(?:=|\+\+))/.test(line)) return '';
  return line.replace(/\/\*.*?(?:\*\/|$)|\/\/.*/g, '').replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '0');
}
