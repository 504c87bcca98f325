// SPDX-License-Identifier: GPL-2.0-only
// A label that a patch brings is, in the port, a block that ends where the label stands
// (transforms.md, goto). It begins with the statement beside the label that holds the first goto.

import { indexFile } from '../../../tree/statements.ts';
import { tokens } from '../../../tree/tokens.ts';
import { ts } from '../../../tree/ts.ts';
import { makeHunk, type Hunk, type Lines } from '../../hunk.ts';
import { matchHunk, type Group } from '../../match.ts';
import type { Item, ItemOrGap, NewLabel } from './items.ts';

/** Puts the end of a label's block where the label stands: before what follows it. */
export function withEnds(items: readonly ItemOrGap[], labels: readonly NewLabel[]): readonly ItemOrGap[] {
  let out = items;
  for (const { label, at } of labels) {
    const next = out.findIndex((one) => one.role !== 'gap' && one.role !== 'remove' && one.from > at);
    const where = next === -1 ? out.length : next;
    const follows = out[where];
    const indent = follows === undefined || follows.role === 'gap' ? '' : /^\s*/.exec(follows.text)?.[0] ?? '';
    const end: Item = { role: 'add', text: `${indent}} // ${label}`, from: at, to: at, function: null };
    out = [...out.slice(0, where), end, ...out.slice(where)];
  }
  return out;
}

/** Whether a line of a hunk ends the block of a label. */
export function endsLabel(text: string): string | null { return /^\s*\} \/\/ (\w+)$/.exec(text)?.[1] ?? null; }

export interface Site { readonly hunk: Hunk; readonly groups: readonly Group[] }

/** The hunk that opens a label's block, or null where the port's function has no such place. `sites`: where the function is changed. */
export function openerOf(file: string, text: string, fn: string, label: string, sites: readonly Site[], c: Lines): Hunk | null {
  const index = indexFile(file, text);
  const where = (test: (line: string) => boolean): number[] => sites.flatMap((site) => site.groups.flatMap((group) => {
    const token = (group.next ?? group.prev ?? group.removed[0])?.token;
    return token !== undefined && group.adds.some((line) => test(line.text)) ? [token.pos] : [];
  }));
  const [end] = where((line) => endsLabel(line) === label);
  const jumps = where((line) => new RegExp(`\\bbreak ${label};`).test(line));
  if (end === undefined || jumps.length === 0) return null;
  const first = Math.min(...jumps);
  const own = index.functions.find((one) => one.name === fn && one.pos <= end && end < one.end);
  if (own === undefined) return null;
  const list = listAround(own.node, first, end);
  const begins = list?.find((one) => one.getStart(index.source) <= end && first < one.getEnd());
  if (begins === undefined) return null;
  const from = begins.getStart(index.source);
  const scope = tokens(text).filter((token) => own.fullPos <= token.pos && token.end <= own.end);
  const lines = text.slice(text.lastIndexOf('\n', from) + 1, own.end).split('\n');
  const indent = /^\s*/.exec(lines[0] ?? '')?.[0] ?? '';
  for (let n = 1; n <= lines.length; n += 1) {
    const hunk = makeHunk([{ role: 'add', text: `${indent}${label}: {` }, ...lines.slice(0, n).map((line) => ({ role: 'context' as const, text: line }))], c);
    if (matchHunk(hunk, scope).kind === 'found') return hunk;
  }
  return null;
}

/** The innermost list of statements that both places are in, the second between two of its statements. */
function listAround(node: ts.Node, jump: number, end: number): readonly ts.Statement[] | null {
  let found: readonly ts.Statement[] | null = null;
  const visit = (one: ts.Node): void => {
    if (one.pos > jump || one.end <= jump || one.pos > end || one.end < end) return;
    if (ts.isBlock(one) && one.statements.some((s) => s.getStart() === end || s.getEnd() === end)) found = one.statements;
    ts.forEachChild(one, visit);
  };
  visit(node);
  return found;
}
