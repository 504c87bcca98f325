// SPDX-License-Identifier: GPL-2.0-only
// Applies a patch to a tree, or says why not. All anchors are found in the tree as it is; all
// splices go in at once. Applied means that every anchor was placed: whether the result
// type-checks is the type layer's business, and never a reason to refuse.

import { explainArmFault, scanArms } from '../tree/arms.ts';
import {
  applySplices, inverse, splicesOf, type AppliedRecord, type ChangedStatement, type EditScript, type Op, type Splice,
} from '../tree/edits.ts';
import { missingImports } from '../tree/imports.ts';
import { withFiles, type PortTree } from '../tree/load.ts';
import { indexFile } from '../tree/statements.ts';
import { changedStatements } from './changed.ts';
import { nearestStatement, placeOf, type Conflict } from './conflict.ts';
import { countCalls, locate } from './locate.ts';
import { compileOps } from './ops.ts';
import type { OutsidePatch, PatchModule, PortPatch } from './patch.ts';
import { spliceOf } from './place.ts';
import { unifiedDiff } from './unified.ts';

export type Applied =
  | {
    readonly ok: true;
    readonly patch: string;
    readonly tree: PortTree;
    readonly edits: EditScript;
    readonly diff: string;
    readonly changed: readonly ChangedStatement[];
  }
  | { readonly ok: false; readonly patch: string; readonly conflict: Conflict };

export type Reverted = { readonly ok: true; readonly tree: PortTree } | { readonly ok: false; readonly conflict: Conflict };

export interface ApplyOptions {
  /** Patches that may bring a missing anchor: the series' others. */
  readonly known?: readonly PatchModule[];
}

export function applyPatch(tree: PortTree, patch: PortPatch, options: ApplyOptions = {}): Applied {
  const refuse = (conflict: Conflict): Applied => ({ ok: false, patch: patch.id, conflict });
  const earlier = tree.applied.find((record) => record.id === patch.id);
  if (earlier !== undefined) return refuse(already(patch, earlier));

  const ops: Op[] = [];
  for (const expect of patch.expects) {
    const found = countCalls(tree, expect);
    if (found !== expect.exactly) return refuse(callCount(tree, patch, expect, found));
    ops.push({ op: 'expect', ...expect, splices: [] });
  }
  for (const one of patch.hunks) {
    const found = locate(tree, patch, one, options.known ?? []);
    if (!found.ok) return refuse(found.conflict);
    const index = indexFile(one.file, tree.files.get(one.file) ?? '');
    ops.push(...compileOps(index, found.groups.map((group) => ({ group, splice: spliceOf(index, one.hunk, group) }))));
  }
  return finish(tree, patch.id, ops);
}

/** Splices the operations in, with the imports their text wants. */
export function finish(tree: PortTree, id: string, ops: readonly Op[]): Applied {
  const first = splicesOf({ patch: id, ops });
  const once = applySplices(tree.files, first);
  if (!once.ok) return { ok: false, patch: id, conflict: overlap(tree, id, id, once.at) };
  const trial = withFiles(tree, once.texts);
  const imports = [...once.texts.keys()].flatMap((file) => {
    const ranges = inverse(first).filter((splice) => splice.file === file).map(({ from, to }) => ({ from, to }));
    return missingImports(file, tree.files.get(file) ?? '', trial.files, ranges)
      .map(({ from, names, splice }): Op => ({ op: 'import', file, from, names, splices: [splice] }));
  });
  const edits: EditScript = { patch: id, ops: [...ops, ...imports] };
  const all = applySplices(tree.files, splicesOf(edits));
  if (!all.ok) return { ok: false, patch: id, conflict: overlap(tree, id, id, all.at) };
  for (const [file, text] of all.texts) {
    const scan = scanArms(text);
    if (!scan.ok) return { ok: false, patch: id, conflict: brokenArms(tree, id, file, scan.fault.line, explainArmFault(scan.fault)) };
  }
  const bare = withFiles(tree, all.texts);
  const changed = changedStatements(tree, bare, [...all.texts.keys()].sort());
  const record: AppliedRecord = { id, edits, changed };
  return { ok: true, patch: id, tree: { ...bare, applied: [...tree.applied, record] }, edits, diff: unifiedDiff(tree, bare), changed };
}

/** What comes of a patch that has nothing to do with the port: the tree as it is. */
export function leftAlone(tree: PortTree, patch: OutsidePatch): Extract<Applied, { readonly ok: true }> {
  return { ok: true, patch: patch.id, tree, edits: { patch: patch.id, ops: [] }, diff: '', changed: [] };
}

/** Applies patches in order; stops at the first that does not apply. */
export function applyAll(tree: PortTree, patches: readonly PortPatch[], options: ApplyOptions = {}): { readonly tree: PortTree; readonly applied: readonly Applied[] } {
  const applied: Applied[] = [];
  let at = tree;
  for (const patch of patches) {
    const one = applyPatch(at, patch, options);
    applied.push(one);
    if (!one.ok) break;
    at = one.tree;
  }
  return { tree: at, applied };
}

/** Takes a patch back. It must be the last one applied to each file it touched. */
export function revertPatch(tree: PortTree, applied: Applied): Reverted {
  if (!applied.ok) return { ok: false, conflict: applied.conflict };
  const at = tree.applied.findIndex((record) => record.id === applied.patch);
  const record = tree.applied[at];
  const back = inverse(splicesOf(applied.edits));
  const anyPlace = back[0] ?? { file: '', from: 0, to: 0, was: '', text: '' };
  if (record === undefined) {
    return { ok: false, conflict: { code: 'KPV0306', rule: 'needs-patch', needs: applied.patch, ...cause(tree, applied.patch, anyPlace) } };
  }
  const touched = new Set(back.map((splice) => splice.file));
  const later = tree.applied.slice(at + 1).find((one) => splicesOf(one.edits).some((splice) => touched.has(splice.file)));
  const result = later === undefined ? applySplices(tree.files, back) : null;
  if (result?.ok !== true) return { ok: false, conflict: overlap(tree, applied.patch, later?.id ?? applied.patch, result?.at ?? anyPlace) };
  return { ok: true, tree: withFiles(tree, result.texts, tree.applied.filter((one) => one !== record)) };
}

function cause(tree: PortTree, patch: string, at: Splice) {
  const text = tree.files.get(at.file) ?? '';
  const line = text.slice(0, at.from).split('\n').length;
  const anchor = at.was.trim() === '' ? at.text.trim() : at.was.trim();
  const nearest = nearestStatement(tree, at.file, '', anchor);
  return { patch, anchor, nearest: nearest?.text ?? null, changedBy: null, place: { file: at.file, line, function: nearest?.function ?? '', text: anchor } };
}

function overlap(tree: PortTree, patch: string, other: string, at: Splice): Conflict {
  return { code: 'KPV0305', rule: 'overlaps', with: other, ...cause(tree, patch, at) };
}

function already(patch: PortPatch, record: AppliedRecord): Conflict {
  const first = record.changed.find((one) => one.kind !== 'removed') ?? record.changed[0];
  const place = { file: first?.file ?? '', line: first?.line ?? 0, function: first?.function ?? '', text: first?.text ?? '' };
  return { code: 'KPV0304', rule: 'already-applied', patch: patch.id, anchor: place.text, nearest: place.text, changedBy: record.id, place };
}

function callCount(tree: PortTree, patch: PortPatch, expect: PortPatch['expects'][number], found: number): Conflict {
  const nearest = nearestStatement(tree, expect.file, '', `${expect.calls}();`);
  const record = [...tree.applied].reverse().find((one) => one.changed.some((change) => change.file === expect.file && change.text.includes(`${expect.calls}(`)));
  return {
    code: 'KPV0303', rule: 'call-count-changed', patch: patch.id, anchor: `${expect.calls}()`, expected: expect.exactly, found, nearest: nearest?.text ?? null,
    changedBy: record?.id ?? null, place: nearest === undefined ? { file: expect.file, line: 1, function: '', text: '' } : placeOf(nearest),
  };
}

function brokenArms(tree: PortTree, patch: string, file: string, line: number, text: string): Conflict {
  const nearest = nearestStatement(tree, file, '', text)?.text ?? null;
  return { code: 'KPV0301', rule: 'anchor-missing', patch, anchor: text, nearest, changedBy: null, place: { file, line, function: '', text } };
}
