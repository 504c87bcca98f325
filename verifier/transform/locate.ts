// SPDX-License-Identifier: GPL-2.0-only
// Finds the function a hunk is for, and the hunk in it. A function may be there twice, once for
// each arm; then the hunk's context has to say which one it means.

import type { PortTree } from '../tree/load.ts';
import { indexFile, statementAt, type FileIndex } from '../tree/statements.ts';
import { normalise, tokens, type Token } from '../tree/tokens.ts';
import { ts } from '../tree/ts.ts';
import { addedBy, changedBy, editDistance, nearestStatement, placeOf, type Conflict, type Place } from './conflict.ts';
import type { Hunk } from './hunk.ts';
import { matchHunk, type Group, type Match } from './match.ts';
import type { CallCount, FunctionHunk, PatchModule, PortPatch } from './patch.ts';

export type Located =
  | { readonly ok: true; readonly groups: readonly Group[] }
  | { readonly ok: false; readonly conflict: Conflict };

export function locate(tree: PortTree, patch: PortPatch, one: FunctionHunk, known: readonly PatchModule[]): Located {
  const text = tree.files.get(one.file);
  const fail = (conflict: Conflict): Located => ({ ok: false, conflict });
  if (text === undefined) return fail(noFile(tree, patch, one));
  const index = indexFile(one.file, text);
  const row = tokens(text);
  const scopes = one.function === '' ? [row]
    : index.functions.filter((fn) => fn.name === one.function).map((fn) => row.filter((token) => fn.fullPos <= token.pos && token.end <= fn.end));
  if (scopes.length === 0) return fail(noFunction(tree, patch, one, index, known));

  const matches = scopes.map((scope) => matchHunk(one.hunk, scope));
  const found = matches.filter((match) => match.kind === 'found');
  const several = matches.find((match) => match.kind === 'several');
  // What the patch declares may stand outside the function it was declared next to.
  const after = [...scopes, row].map((scope) => matchHunk(one.hunk, scope, 'after')).find((match) => match.kind === 'found' && match.groups.every(shows));
  const removes = one.hunk.items.some((item) => item.role === 'remove');
  if (after?.kind === 'found' && (!removes || (found.length === 0 && several === undefined))) return fail(applied(tree, patch, one, index, after.groups));
  if (found.length + (several === undefined ? 0 : 1) > 1 || several !== undefined) {
    const at = several?.kind === 'several' ? several.at : found.flatMap((match) => anyToken(match) ?? []);
    const anchor = several?.kind === 'several' ? several.anchor : firstContext(one.hunk);
    return fail(ambiguous(tree, patch, one, index, anchor, at));
  }
  const only = found[0];
  if (only?.kind === 'found') return { ok: true, groups: only.groups };
  const closest = matches.flatMap((match) => (match.kind === 'missing' ? [match] : [])).sort((a, b) => b.progress - a.progress)[0];
  return fail(missing(tree, patch, one, index, normalise(closest?.anchor ?? ''), closest?.instead ?? null, known));
}

/** What is left of a removal proves something only with its neighbours side by side. */
function shows(group: Group): boolean {
  return group.adds.some((line) => tokens(line.text).length > 0) || (group.prev !== null && group.next !== null);
}

export function countCalls(tree: PortTree, expect: CallCount): number {
  const text = tree.files.get(expect.file);
  if (text === undefined) return 0;
  const { source } = indexFile(expect.file, text);
  let n = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText(source) === expect.calls) n += 1;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return n;
}

function missing(tree: PortTree, patch: PortPatch, one: FunctionHunk, index: FileIndex, anchor: string, instead: Token | null,
  known: readonly PatchModule[]): Conflict {
  const nearest = nearestStatement(tree, one.file, one.function, anchor);
  const place: Place = nearest === undefined ? { file: one.file, line: 1, function: one.function, text: '' } : placeOf(nearest);
  const there = nearest?.text === anchor;
  const intruder = instead === null ? undefined : statementAt(index, instead.pos);
  const by = (there ? null : changedBy(tree, one.file, one.function, anchor))
    ?? (intruder === undefined ? null : addedBy(tree, one.file, one.function, intruder.text));
  const base = { patch: patch.id, anchor, nearest: nearest?.text ?? null, changedBy: by, place };
  const needs = by === null && !there ? bringer(tree, patch, one, anchor, known) : null;
  return needs === null ? { code: 'KPV0301', rule: 'anchor-missing', ...base } : { code: 'KPV0306', rule: 'needs-patch', needs, ...base };
}

/** A known patch, not applied here, that adds the anchor. */
function bringer(tree: PortTree, patch: PortPatch, one: FunctionHunk, anchor: string, known: readonly PatchModule[]): string | null {
  const adds = (other: PatchModule): boolean => other.hunks.some((h) => h.file === one.file
    && h.hunk.items.some((item) => item.role === 'add' && item.text.trim() !== '' && normalise(item.text).includes(anchor)));
  return known.find((other) => other.id !== patch.id && !tree.applied.some((record) => record.id === other.id) && anchor !== '' && adds(other))?.id ?? null;
}

function ambiguous(tree: PortTree, patch: PortPatch, one: FunctionHunk, index: FileIndex, anchor: string, at: readonly Token[]): Conflict {
  const places = at.flatMap((token) => statementAt(index, token.pos) ?? []).map(placeOf);
  const place = places[0] ?? { file: one.file, line: 1, function: one.function, text: '' };
  return {
    code: 'KPV0302', rule: 'anchor-ambiguous', patch: patch.id, anchor: normalise(anchor), nearest: place.text, matches: places,
    changedBy: addedBy(tree, one.file, one.function, place.text), place,
  };
}

function applied(tree: PortTree, patch: PortPatch, one: FunctionHunk, index: FileIndex, groups: readonly Group[]): Conflict {
  const token = groups.map((group) => group.next ?? group.prev).find((located) => located !== null)?.token;
  const at = token === undefined ? undefined : statementAt(index, token.pos);
  const place = at === undefined ? { file: one.file, line: 1, function: one.function, text: '' } : placeOf(at);
  const added = one.hunk.items.find((item) => item.role === 'add' && item.text.trim() !== '');
  const anchor = added === undefined || added.role === 'gap' ? place.text : normalise(added.text);
  const by = tree.applied.find((record) => record.changed.some((change) => change.file === one.file && change.kind !== 'removed' && change.text.includes(anchor)));
  return { code: 'KPV0304', rule: 'already-applied', patch: patch.id, anchor, nearest: place.text, changedBy: by?.id ?? null, place };
}

function noFunction(tree: PortTree, patch: PortPatch, one: FunctionHunk, index: FileIndex, known: readonly PatchModule[]): Conflict {
  const nearest = [...index.functions].sort((a, b) => editDistance(one.function, a.name) - editDistance(one.function, b.name))[0];
  const anchor = `function ${one.function}`;
  const by = changedBy(tree, one.file, '', `${anchor}(`);
  const place = { file: one.file, line: nearest?.line ?? 1, function: nearest?.name ?? '', text: nearest === undefined ? '' : `function ${nearest.name}` };
  const base = { patch: patch.id, anchor, nearest: nearest === undefined ? null : place.text, changedBy: by, place };
  const needs = by === null ? bringer(tree, patch, one, `${anchor}(`, known) : null;
  return needs === null ? { code: 'KPV0301', rule: 'anchor-missing', ...base } : { code: 'KPV0306', rule: 'needs-patch', needs, ...base };
}

function noFile(tree: PortTree, patch: PortPatch, one: FunctionHunk): Conflict {
  const nearest = [...tree.files.keys()].sort((a, b) => editDistance(one.file, a) - editDistance(one.file, b))[0] ?? null;
  const place = { file: one.file, line: 1, function: one.function, text: '' };
  return { code: 'KPV0301', rule: 'anchor-missing', patch: patch.id, anchor: one.file, nearest, changedBy: null, place };
}

function anyToken(match: Match): Token | undefined {
  if (match.kind !== 'found') return undefined;
  const group = match.groups[0];
  return (group?.removed[0] ?? group?.next ?? group?.prev)?.token;
}

function firstContext(hunk: Hunk): string {
  const item = hunk.items.find((one) => one.role !== 'gap' && one.role !== 'add' && one.text.trim() !== '');
  return item === undefined || item.role === 'gap' ? '' : item.text;
}
