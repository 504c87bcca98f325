// SPDX-License-Identifier: GPL-2.0-only
// Turns a matched group of + and - lines into one splice. Where the port's lines break as the
// hunk's do, whole lines go in and out, indented like their neighbours; where the port has on one
// line what the hunk has on several, the text goes in between two tokens.

import type { Splice } from '../tree/edits.ts';
import type { FileIndex } from '../tree/statements.ts';
import { openBraces, type Token } from '../tree/tokens.ts';
import type { Hunk, HunkLine } from './hunk.ts';
import type { Group, Located } from './match.ts';

export function spliceOf(index: FileIndex, hunk: Hunk, group: Group): Splice {
  const { text } = index;
  const first = group.removed[0];
  const last = group.removed.at(-1);
  const adds = indent(text, hunk, group);
  const splice = (from: number, to: number, put: string): Splice => ({ file: index.file, from, to, was: text.slice(from, to), text: put });

  if (first !== undefined && last !== undefined) {
    if (startsLine(text, first.token) && endsLine(text, last.token)) {
      return splice(lineStart(text, first.token.pos), nextLine(text, last.token.end), adds.map((line) => `${line}\n`).join(''));
    }
    const to = group.adds.length === 0 && text.charAt(last.token.end) === ' ' ? last.token.end + 1 : last.token.end;
    return splice(first.token.pos, to, inline(group.adds));
  }
  const { prev, next } = group;
  const lines = adds.map((line) => `${line}\n`).join('');
  // A brace that closes what the patch opened belongs to what stands before it.
  const closes = openBraces(group.adds.map((line) => line.text).join('\n')) < 0 && prev !== null && endsLine(text, prev.token);
  if (next !== null && startsLine(text, next.token) && !closes) {
    const at = aboveComments(index, lineStart(text, next.token.pos), next.token);
    return splice(at, at, lines);
  }
  if (prev !== null && endsLine(text, prev.token)) {
    const at = nextLine(text, prev.token.end);
    return splice(at, at, text.charAt(at - 1) === '\n' ? lines : `\n${lines}`);
  }
  const put = inline(group.adds);
  if (next !== null) return splice(next.token.pos, next.token.pos, /^[),;\]]$/.test(next.token.text) ? put : `${put} `);
  const at = prev?.token.end ?? 0;
  return splice(at, at, /^[),;.]/.test(put) ? put : ` ${put}`);
}

function inline(adds: readonly HunkLine[]): string {
  return adds.map((line) => line.text.trim()).filter((line) => line !== '').join(' ');
}

/** The added lines, moved by as much as the port's lines are moved against the hunk's. */
function indent(text: string, hunk: Hunk, group: Group): readonly string[] {
  const by = group.heads.map((one) => shift(text, hunk, one)).find((one) => one !== null) ?? 0;
  return group.adds.map(({ text: line }) => {
    if (line === '') return '';
    return by >= 0 ? ' '.repeat(by) + line : line.slice(Math.min(-by, line.search(/\S/)));
  });
}

function shift(text: string, hunk: Hunk, head: Located): number | null {
  const item = hunk.items[head.item];
  if (item === undefined || item.role === 'gap' || !startsLine(text, head.token)) return null;
  return head.token.pos - lineStart(text, head.token.pos) - item.text.search(/\S/);
}

/** A declaration's comments belong to it: what goes before it goes before them. */
function aboveComments(index: FileIndex, at: number, next: Token): number {
  const top = index.source.statements.find((one) => one.getStart(index.source) === next.pos);
  if (top === undefined) return at;
  let out = at;
  const full = top.getFullStart();
  while (out > full) {
    const from = lineStart(index.text, out - 1);
    const line = index.text.slice(from, out - 1);
    if (from < full || line.trim() === '' || /^\s*\/\/#(if|else|endif)\b/.test(line)) break;
    out = from;
  }
  return out;
}

function lineStart(text: string, pos: number): number {
  return pos <= 0 ? 0 : text.lastIndexOf('\n', pos - 1) + 1;
}

function nextLine(text: string, pos: number): number {
  const end = text.indexOf('\n', pos);
  return end === -1 ? text.length : end + 1;
}

function startsLine(text: string, token: Token): boolean {
  return text.slice(lineStart(text, token.pos), token.pos).trim() === '';
}

function endsLine(text: string, token: Token): boolean {
  const rest = text.slice(token.end, nextLine(text, token.end)).replace(/\n$/, '');
  return /^,?\s*(\/\/.*|\/\*((?!\*\/).)*\*\/\s*)?$/.test(rest);
}
