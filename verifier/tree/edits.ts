// SPDX-License-Identifier: GPL-2.0-only
// Edits as data (form B of a patch): typed operations on anchors, each with the splices it comes
// down to. A script is made against one tree and says so: every anchor and every splice carries
// what it believes is there. Splices are collected first and applied bottom-up in one go.

/** The fingerprint of a statement: what it says, and which of those that say it in its function. */
export interface Anchor {
  readonly file: string;
  /** '' at the top level of the file. */
  readonly function: string;
  /** The config arm it stands in, '' outside all. */
  readonly arm: string;
  readonly kind: string;
  readonly text: string;
  /** 0 for the first such statement of the function. */
  readonly ordinal: number;
}

/** Replaces `was` at [from, to) of the tree before; offsets are of the file's unresolved text. */
export interface Splice {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly was: string;
  readonly text: string;
}

interface WithSplices { readonly splices: readonly Splice[] }

export type Op =
  | ({ readonly op: 'insert'; readonly where: 'before' | 'after'; readonly anchor: Anchor; readonly text: string } & WithSplices)
  | ({ readonly op: 'delete'; readonly anchor: Anchor; readonly text: string } & WithSplices)
  | ({ readonly op: 'replace'; readonly anchor: Anchor; readonly was: string; readonly text: string } & WithSplices)
  | ({ readonly op: 'label'; readonly label: string; readonly from: Anchor; readonly upTo: Anchor } & WithSplices)
  | ({ readonly op: 'parameter'; readonly anchor: Anchor; readonly index: number; readonly text: string } & WithSplices)
  | ({ readonly op: 'declare'; readonly where: 'before' | 'after'; readonly anchor: Anchor; readonly names: readonly string[]; readonly text: string } & WithSplices)
  | ({ readonly op: 'import'; readonly file: string; readonly from: string; readonly names: readonly string[] } & WithSplices)
  | ({ readonly op: 'expect'; readonly file: string; readonly calls: string; readonly exactly: number } & WithSplices);

export interface EditScript { readonly patch: string; readonly ops: readonly Op[] }

export interface ChangedStatement {
  readonly file: string;
  /** In the tree after; of a removed statement, the line now standing where it stood. */
  readonly line: number;
  readonly function: string;
  readonly text: string;
  readonly kind: 'added' | 'removed' | 'modified';
  /** What a modified statement said before. */
  readonly was: string | null;
}

/** What a tree remembers of a patch applied to it. */
export interface AppliedRecord {
  readonly id: string;
  readonly edits: EditScript;
  readonly changed: readonly ChangedStatement[];
}

export function splicesOf(script: EditScript): readonly Splice[] {
  return script.ops.flatMap((op) => op.splices).sort(inOrder);
}

function inOrder(a: Splice, b: Splice): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.from - b.from || a.to - b.to;
}

export type SpliceResult =
  | { readonly ok: true; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reason: 'missing-file' | 'not-as-believed' | 'overlap'; readonly at: Splice };

/** Gives the new texts of the files touched. Two splices may touch, not overlap. */
export function applySplices(files: ReadonlyMap<string, string>, all: readonly Splice[]): SpliceResult {
  const texts = new Map<string, string>();
  for (const path of new Set(all.map((splice) => splice.file))) {
    const text = files.get(path);
    const row = all.filter((splice) => splice.file === path).map((splice, index) => ({ splice, index }))
      .sort((a, b) => inOrder(a.splice, b.splice) || a.index - b.index).map(({ splice }) => splice);
    let out = '';
    let at = 0;
    for (const splice of row) {
      if (text === undefined) return { ok: false, reason: 'missing-file', at: splice };
      if (splice.from < at) return { ok: false, reason: 'overlap', at: splice };
      if (text.slice(splice.from, splice.to) !== splice.was) return { ok: false, reason: 'not-as-believed', at: splice };
      out += text.slice(at, splice.from) + splice.text;
      at = splice.to;
    }
    texts.set(path, out + (text ?? '').slice(at));
  }
  return { ok: true, texts };
}

/** The splices that give the old bytes back, with offsets of the text after. */
export function inverse(all: readonly Splice[]): readonly Splice[] {
  const out: Splice[] = [];
  const shift = new Map<string, number>();
  for (const splice of [...all].sort(inOrder)) {
    const by = shift.get(splice.file) ?? 0;
    out.push({ file: splice.file, from: splice.from + by, to: splice.from + by + splice.text.length, was: splice.text, text: splice.was });
    shift.set(splice.file, by + splice.text.length - splice.was.length);
  }
  return out;
}

/** Where an offset of the text before stands in the text after; null inside what was replaced. */
export function mapOffset(all: readonly Splice[], file: string, offset: number): number | null {
  let by = 0;
  for (const splice of all.filter((one) => one.file === file).sort(inOrder)) {
    if (splice.from > offset) break;
    if (offset < splice.to) return null;
    by += splice.text.length - splice.was.length;
  }
  return offset + by;
}
