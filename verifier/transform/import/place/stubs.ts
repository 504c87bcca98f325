// SPDX-License-Identifier: GPL-2.0-only
// Branches that the port's configuration excludes: C writes them out, the port has `if (…)
// unreachable('why')` there. A hunk that shows such a branch is matched by that mark; what it changes
// inside is not in the port.

import { indexFile } from '../../../tree/statements.ts';
import { tokens, type Token } from '../../../tree/tokens.ts';
import { ts } from '../../../tree/ts.ts';
import { stands } from './fit.ts';
import type { Item, ItemOrGap } from './items.ts';

/** What stands in the port for a branch: its condition, the statement as it is written, and the mark alone. */
export interface Stub { readonly condition: string; readonly text: string; readonly mark: string }

export interface Folded {
  readonly items: readonly ItemOrGap[];
  /** Changed lines of the hunk that are behind a mark, with the mark. */
  readonly behind: ReadonlyMap<number, string>;
}

export function stubsOf(file: string, text: string): (fn: string) => readonly Stub[] {
  const index = indexFile(file, text);
  const known = new Map<string, readonly Stub[]>();
  return (fn) => {
    const had = known.get(fn);
    if (had !== undefined) return had;
    const found: Stub[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isIfStatement(node) && node.elseStatement === undefined) {
        const mark = markIn(node.thenStatement);
        if (mark !== null) found.push({ condition: keyOf(node.expression.getText(index.source)), text: node.getText(index.source), mark: mark.getText(index.source) });
      }
      ts.forEachChild(node, visit);
    };
    for (const one of index.functions) if (one.name === fn) visit(one.node);
    known.set(fn, found);
    return found;
  };
}

function markIn(node: ts.Statement): ts.Statement | null {
  if (ts.isBlock(node)) {
    const [only] = node.statements;
    return node.statements.length === 1 && only !== undefined ? markIn(only) : null;
  }
  const call = ts.isExpressionStatement(node) ? node.expression : undefined;
  return call !== undefined && ts.isCallExpression(call) && ts.isIdentifier(call.expression) && call.expression.text === 'unreachable' ? node : null;
}

export function withStubs(items: readonly ItemOrGap[], stubs: (fn: string) => readonly Stub[]): Folded {
  const out: ItemOrGap[] = [];
  const behind = new Map<number, string>();
  for (let at = 0; at < items.length; at += 1) {
    const branch = branchAt(items, at, stubs);
    if (branch === null) {
      const one = items[at];
      if (one !== undefined) out.push(one);
      continue;
    }
    out.push(...branch.heads);
    for (const one of items.slice(at + branch.heads.length, branch.end)) {
      if (one.role !== 'gap' && one.role !== 'context') for (let n = one.from; n <= one.to; n += 1) behind.set(n, branch.why);
    }
    at = branch.end - 1;
  }
  return { items: out, behind };
}

interface Branch { readonly heads: readonly Item[]; /** The first item that is not of it. */ readonly end: number; readonly why: string }

const HEAD = /^(\s*)if \((.*)\)( \{)?$/;

/** A branch that begins here, its head before and after the patch, and that the port has as a stub. */
function branchAt(items: readonly ItemOrGap[], at: number, stubs: (fn: string) => readonly Stub[]): Branch | null {
  const run: { readonly item: Item; readonly condition: string }[] = [];
  let indent = -1;
  for (const one of items.slice(at)) {
    const [, space, condition = ''] = one.role === 'gap' || (run.length > 0 && one.role === 'context') ? [] : HEAD.exec(one.text) ?? [];
    if (one.role === 'gap' || space === undefined || (indent !== -1 && space.length !== indent)) break;
    indent = space.length;
    run.push({ item: one, condition });
    if (one.role === 'context') break;
  }
  const before = run.find(({ item }) => item.role !== 'add');
  const stub = before === undefined ? undefined : stubs(before.item.function ?? '').find((one) => one.condition === keyOf(before.condition));
  if (before === undefined || stub === undefined) return null;
  let end = at + run.length;
  for (; end < items.length; end += 1) {
    const one = items[end];
    if (one === undefined || one.role === 'gap' || one.text.trim() === '') continue;
    if (indentOf(one.text) > indent) continue;
    if (!/\{$/.test(before.item.text)) break;
    // An else of its own is more than the port's stub has.
    if (one.text.trim() !== '}' || one.role !== 'context') return null;
    end += 1;
    break;
  }
  const space = ' '.repeat(indent);
  const heads = run.map(({ item, condition }): Item => ({ ...item, text: item.role === 'add' ? `${space}if (${condition}) ${stub.mark}` : `${space}${stub.text.replace(/\s+/g, ' ')}` }));
  return { heads, end, why: stub.mark.replace(/;$/, '') };
}

/** Without the end of a branch, shown without its head, of which the port has nothing. */
export function withoutTorn(items: readonly ItemOrGap[], scopes: readonly (readonly Token[])[]): readonly ItemOrGap[] {
  const first = items.find((one) => one.role !== 'gap');
  if (first === undefined) return items;
  const end = items.findIndex((one) => one.role !== 'gap' && one.text.trim() !== '' && indentOf(one.text) < indentOf(first.text));
  const close = items[end];
  if (close === undefined || close.role !== 'context' || close.text.trim() !== '}') return items;
  const torn = items.slice(0, end);
  return torn.every((one) => one.role === 'gap' || (one.role === 'context' && (tokens(one.text).length === 0 || !scopes.some((scope) => stands(one, scope))))) ? items.slice(end + 1) : items;
}

function indentOf(text: string): number { return /^\s*/.exec(text)?.[0].length ?? 0; }
function keyOf(text: string): string { return tokens(text).map((one) => one.text).join(' '); }
