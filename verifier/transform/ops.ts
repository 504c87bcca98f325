// SPDX-License-Identifier: GPL-2.0-only
// Compiles matched groups (form A) to typed operations (form B). What an operation is called
// follows from where its splice stands: between statements it is an insertion, in a parameter
// list a parameter, at the top level a declaration, across statements that an added `label: {`
// and its `}` enclose a label; inside a statement it is a replacement.

import type { Anchor, Op, Splice } from '../tree/edits.ts';
import { declaredBy } from '../tree/imports.ts';
import { statementAt, type FileIndex, type Statement } from '../tree/statements.ts';
import { normalise, openBraces, tokens } from '../tree/tokens.ts';
import { parse } from '../tree/parse.ts';
import { ts } from '../tree/ts.ts';
import type { Group } from './match.ts';

export interface Placed { readonly group: Group; readonly splice: Splice }

export function compileOps(index: FileIndex, placed: readonly Placed[]): readonly Op[] {
  const out: Op[] = [];
  const taken = new Set<Placed>();
  for (const [at, one] of placed.entries()) {
    if (taken.has(one)) continue;
    const label = one.group.removed.length === 0 ? opensLabel(one.splice.text) : null;
    const closer = label === null ? undefined : placed.slice(at + 1).find((two) => two.group.removed.length === 0 && openBraces(two.splice.text) === -1);
    if (label !== null && closer !== undefined) {
      taken.add(closer);
      out.push({ op: 'label', label, from: anchorAt(index, one), upTo: anchorAt(index, closer), splices: [one.splice, closer.splice] });
    } else out.push(opOf(index, one));
  }
  return out;
}

/** `name: {` as the last of an added text that leaves one brace open. */
function opensLabel(text: string): string | null {
  const row = tokens(text);
  const [name, colon, brace] = row.slice(-3);
  return openBraces(text) === 1 && colon?.text === ':' && brace?.text === '{' && /^\w+$/.test(name?.text ?? '') ? (name?.text ?? null) : null;
}

function opOf(index: FileIndex, { group, splice }: Placed): Op {
  const text = normalise(splice.text);
  const splices = [splice];
  const removed = group.removed[0];
  if (removed !== undefined) {
    const holder = statementAt(index, removed.token.pos);
    const anchor = anchorOf(index, holder);
    if (text === '' && holder !== undefined && normalise(splice.was).startsWith(holder.text)) return { op: 'delete', anchor, text: normalise(splice.was), splices };
    return { op: 'replace', anchor, was: normalise(splice.was), text, splices };
  }
  const next = group.next === null ? undefined : statementAt(index, group.next.token.pos);
  if (next !== undefined && next.pos === group.next?.token.pos) return added(index, 'before', next, text, splices, splice.text);
  const prev = group.prev === null ? undefined : statementAt(index, group.prev.token.pos);
  if (prev !== undefined && group.prev !== null && group.prev.token.end >= prev.end) return added(index, 'after', prev, text, splices, splice.text);
  const inside = (group.next === null ? prev : next) ?? prev;
  const parameter = inside === undefined ? -1 : parameterIndex(index, inside, splice.from);
  if (parameter >= 0) return { op: 'parameter', anchor: anchorOf(index, inside), index: parameter, text: text.replace(/^,\s*|,$/g, ''), splices };
  if (prev !== undefined && group.prev !== null && group.prev.token.end === prev.headEnd) return added(index, 'after', prev, text, splices, splice.text);
  if (inside !== undefined && splice.from < inside.headEnd) {
    const head = index.text.slice(inside.pos, splice.from) + splice.text + index.text.slice(splice.from, inside.headEnd);
    return { op: 'replace', anchor: anchorOf(index, inside), was: inside.text, text: normalise(head), splices };
  }
  // Next to a brace or a directive: named by the statement it belongs to.
  const where = group.next === null ? 'after' : 'before';
  return inside === undefined ? declared(index, where, inside, text, splices, splice.text)
    : { op: 'insert', where, anchor: anchorOf(index, inside), text, splices };
}

function added(index: FileIndex, where: 'before' | 'after', at: Statement, text: string, splices: readonly Splice[], raw: string): Op {
  const top = index.source.statements.some((one) => one.getStart(index.source) === at.pos);
  return top ? declared(index, where, at, text, splices, raw) : { op: 'insert', where, anchor: anchorOf(index, at), text, splices };
}

function declared(index: FileIndex, where: 'before' | 'after', at: Statement | undefined, text: string, splices: readonly Splice[], raw: string): Op {
  const names = parse('added.ts', raw).statements.flatMap(declaredBy);
  return { op: 'declare', where, anchor: anchorOf(index, at), names, text, splices };
}

function parameterIndex(index: FileIndex, at: Statement, offset: number): number {
  const fn = index.functions.find((one) => one.pos === at.pos)?.node;
  if (fn === undefined || !(ts.isFunctionDeclaration(fn) || ts.isMethodDeclaration(fn))) return -1;
  const { parameters } = fn;
  if (offset < parameters.pos || offset > fn.getEnd() || (fn.body !== undefined && offset > fn.body.pos)) return -1;
  if (fn.type !== undefined && offset >= fn.type.pos) return -1;
  const after = parameters.findIndex((one) => offset <= one.getStart(index.source));
  return after === -1 ? parameters.length : after;
}

function anchorAt(index: FileIndex, { group }: Placed): Anchor {
  const token = group.next?.token ?? group.prev?.token;
  return anchorOf(index, token === undefined ? undefined : statementAt(index, token.pos));
}

function anchorOf(index: FileIndex, at: Statement | undefined): Anchor {
  if (at === undefined) return { file: index.file, function: '', arm: '', kind: 'SourceFile', text: '', ordinal: 0 };
  return { file: at.file, function: at.function, arm: at.arm, kind: at.kind, text: at.text, ordinal: at.ordinal };
}
