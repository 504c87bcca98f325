// SPDX-License-Identifier: GPL-2.0-only
// Edits for tests and explain pages: one statement of the port taken out or replaced, and a
// consistent renaming of the port and a patch. Both give what applyPatch gives, typed the same.

import { withFiles, type PortTree } from '../tree/load.ts';
import { indexFile, type PortFunction } from '../tree/statements.ts';
import { tokens, type Token } from '../tree/tokens.ts';
import { ts } from '../tree/ts.ts';
import { applyPatch, finish, type Applied } from './apply.ts';
import { makeHunk, type Hunk, type HunkItem } from './hunk.ts';
import { matchHunk } from './match.ts';
import { compileOps } from './ops.ts';
import { patch, patchId, type PatchMeta, type PortPatch } from './patch.ts';
import { spliceOf } from './place.ts';

export interface MutateOptions {
  /** Which one, from 0, where the function says it several times. */
  readonly ordinal?: number;
}

/** Replaces the one place of a function that says `find`; '' takes it out. The only statement
 *  under an `if` or a loop leaves an empty one behind, so that nothing else slips under it. */
export function mutate(tree: PortTree, file: string, name: string, find: string, replacement: string, options: MutateOptions = {}): Applied {
  const lines = (role: 'add' | 'remove', text: string): HunkItem[] => (text === '' ? [] : text.split('\n').map((line) => ({ role, text: line })));
  const build = (put: string): Hunk => makeHunk([...lines('remove', find), ...lines('add', put)], null);
  const meta = mutationMeta(tree, file, find, replacement);
  const index = indexFile(file, tree.files.get(file) ?? '');
  const first = nth(tree, file, name, build(replacement), options.ordinal);
  const at = first?.[0]?.removed[0]?.token.pos;
  if (first === undefined || at === undefined) return applyPatch(tree, patch(meta, (edit) => edit.file(file).hunk(name, build(replacement))));
  const h = build(replacement === '' && isOnlyStatement(index.source, at) ? ';' : replacement);
  const groups = nth(tree, file, name, h, options.ordinal) ?? [];
  const ops = compileOps(index, groups.map((group) => ({ group, splice: spliceOf(index, h, group) })));
  return finish(tree, patchId(meta), ops);
}

function isOnlyStatement(source: ts.SourceFile, pos: number): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    const under = ts.isStatement(node) && node.getStart(source) === pos ? node.parent : undefined;
    if (under !== undefined && (ts.isIfStatement(under) || ts.isIterationStatement(under, false) || ts.isLabeledStatement(under))) found = true;
    if (node.getFullStart() <= pos && pos < node.getEnd()) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function nth(tree: PortTree, file: string, name: string, h: Hunk, ordinal: number | undefined) {
  const index = indexFile(file, tree.files.get(file) ?? '');
  const inside = (token: Token): boolean => name === '' || index.functions.some((fn) => fn.name === name && fn.pos <= token.pos && token.end <= fn.end);
  const row = tokens(index.text).filter(inside);
  const several = matchHunk(h, row);
  if (several.kind === 'missing' || (several.kind === 'several' && ordinal === undefined)) return undefined;
  if (several.kind === 'found') return ordinal === undefined || ordinal === 0 ? several.groups : undefined;
  const starts = several.at;
  const start = starts[ordinal ?? 0];
  if (start === undefined) return undefined;
  const end = starts[(ordinal ?? 0) + 1]?.pos ?? Number.POSITIVE_INFINITY;
  const only = matchHunk(h, row.filter((token) => start.pos <= token.pos && token.pos < end));
  return only.kind === 'found' ? only.groups : undefined;
}

function mutationMeta(tree: PortTree, file: string, find: string, replacement: string): PatchMeta {
  return {
    series: 'mutation', version: 'v1', number: tree.applied.length + 1, of: tree.applied.length + 1,
    subject: `${file}: ${replacement === '' ? `without ${find}` : `${replacement} for ${find}`}`,
    author: { name: 'kpv', email: 'kpv@localhost' }, date: 'Thu, 1 Jan 1970 00:00:00 +0000', to: [], cc: [],
    messageId: `mutation-${tree.applied.length + 1}@localhost`, coverId: '', files: [file], notModelled: [],
  };
}

export type Names = Readonly<Record<string, string>>;

/** Renames in the patch's text and in the port: what a file declares at its top level everywhere,
 *  anything else only in the functions that the patch touches. Members keep their names. */
export function renameAll(tree: PortTree, original: PortPatch, names: Names): { readonly tree: PortTree; readonly patch: PortPatch } {
  const rename = (name: string): string => (Object.hasOwn(names, name) ? (names[name] ?? name) : name);
  const touched = new Map<string, Set<string>>();
  for (const one of original.hunks) touched.set(one.file, (touched.get(one.file) ?? new Set()).add(one.function));
  const global = new Set(Object.keys(names).filter((name) => [...tree.files].some(([file, text]) => declaresAtTop(file, text, name))));
  const texts = new Map<string, string>();
  for (const [file, text] of tree.files) {
    if (!Object.keys(names).some((name) => text.includes(name))) continue;
    const index = indexFile(file, text);
    const mine = index.functions.filter((fn) => touched.get(file)?.has(fn.name));
    texts.set(file, renameIn(index.source, text, rename, global, mine));
  }
  const hunks = original.hunks.map((one) => ({ ...one, function: rename(one.function), hunk: renameHunk(one.hunk, rename) }));
  const expects = original.expects.map((one) => ({ ...one, calls: rename(one.calls) }));
  return { tree: withFiles(tree, texts), patch: { ...original, hunks, expects } };
}

function declaresAtTop(file: string, text: string, name: string): boolean {
  if (!text.includes(name)) return false;
  return indexFile(file, text).source.statements.some((node) => (ts.isVariableStatement(node)
    ? node.declarationList.declarations.some((one) => one.name.getText() === name)
    : (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) && node.name?.text === name));
}

function renameIn(source: ts.SourceFile, text: string, rename: (name: string) => string, global: ReadonlySet<string>, mine: readonly PortFunction[]): string {
  const puts: { readonly at: number; readonly end: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && rename(node.text) !== node.text) {
      const at = node.getStart(source);
      const scoped = global.has(node.text) || mine.some((fn) => fn.pos <= at && at < fn.end);
      const parent = node.parent;
      const member = (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertySignature(parent)
        || ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) && parent.name === node;
      const put = ts.isShorthandPropertyAssignment(parent) ? `${node.text}: ${rename(node.text)}` : rename(node.text);
      if (scoped && !member) puts.push({ at, end: node.getEnd(), text: put });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return puts.sort((a, b) => b.at - a.at).reduce((out, put) => out.slice(0, put.at) + put.text + out.slice(put.end), text);
}

function renameHunk(h: Hunk, rename: (name: string) => string): Hunk {
  const open: string[] = [];
  let before = '';
  const items = h.items.map((item): HunkItem => {
    if (item.role === 'gap') {
      open.length = 0;
      before = '';
      return item;
    }
    const row = tokens(item.text);
    let out = '';
    let end = 0;
    for (const [index, token] of row.entries()) {
      const key = row[index + 1]?.text === ':' && /^[{,]$/.test(before) && open.at(-1) === '{';
      out += item.text.slice(end, token.pos) + (before === '.' || key ? token.text : rename(token.text));
      end = token.end;
      if (/^[({[]$/.test(token.text)) open.push(token.text);
      else if (/^[)}\]]$/.test(token.text)) open.pop();
      before = token.text;
    }
    return { role: item.role, text: out + item.text.slice(end) };
  });
  return makeHunk(items, h.c);
}
