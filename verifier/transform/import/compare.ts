// SPDX-License-Identifier: GPL-2.0-only
// Two writings of one function held against each other, statement by statement: the longest common
// row, in order, and what stands between its members.

import type { ShapeStatement } from '../../tree/shape.ts';

/** What says that a statement of C is not here, or not so. */
export type MarkedBy =
  | 'reduced' | 'notModelled' | 'unreachable'
  /** kernel-port/TREES.md names the function: the tree at hand is not plain v5.15 there. */
  | 'tree'
  /** kernel-port/README.md: barriers, caches, tracepoints and the like are left out. */
  | 'idiom'
  /** A variable that only such statements use. */
  | 'declaration';

export type Row =
  | { readonly kind: 'same'; readonly c: ShapeStatement; readonly port: ShapeStatement }
  | { readonly kind: 'marked'; readonly c: ShapeStatement; readonly by: MarkedBy }
  | { readonly kind: 'different'; readonly c: ShapeStatement; readonly port: ShapeStatement }
  | { readonly kind: 'missing'; readonly c: ShapeStatement }
  /** Only the port has it. */
  | { readonly kind: 'added'; readonly port: ShapeStatement };

export interface Allowances {
  /** How many statements TREES.md speaks for; where more differ, it speaks for none. */
  readonly tree: number;
  /** Whether the idioms leave a statement out. */
  readonly leftOut: (shown: string) => boolean;
}

export function compareStatements(c: readonly ShapeStatement[], port: readonly ShapeStatement[], allow: Allowances): readonly Row[] {
  const rows = compared(c, port, allow);
  const explained = rows.filter((one) => one.kind === 'marked' && one.by === 'tree').length;
  return explained > allow.tree ? compared(c, port, { ...allow, tree: 0 }) : rows;
}

function compared(c: readonly ShapeStatement[], port: readonly ShapeStatement[], allow: Allowances): readonly Row[] {
  const pairs = commonRow(c, port);
  const places: Places = { match: new Map(pairs), blocks: markedBlocks(port) };
  const rows: Row[] = [];
  let i = 0;
  let j = 0;
  for (const [nextC, nextPort] of [...pairs, [c.length, port.length] as const]) {
    rows.push(...gap(c.slice(i, nextC), port.slice(j, nextPort), places, allow));
    const a = c[nextC];
    const b = port[nextPort];
    if (a !== undefined && b !== undefined) rows.push({ kind: 'same', c: a, port: b });
    i = nextC + 1;
    j = nextPort + 1;
  }
  return withDeclarations(rows);
}

interface Places {
  /** Which statement of the port a statement of C is, by index. */
  readonly match: ReadonlyMap<number, number>;
  /** The blocks that hold a mark, by path; '' for a function that is reduced as a whole. */
  readonly blocks: ReadonlyMap<string, MarkedBy>;
}

function gap(c: readonly ShapeStatement[], port: readonly ShapeStatement[], places: Places, allow: Allowances): readonly Row[] {
  const mark = port.find((one) => one.mark !== null)?.mark ?? null;
  const whole = places.blocks.get('') ?? (allow.tree > 0 ? 'tree' : null);
  const rows: Row[] = [];
  const plain: ShapeStatement[] = [];
  for (const one of c) {
    const by = mark ?? places.blocks.get(placeInPort(one, places.match) ?? '-') ?? whole ?? (allow.leftOut(one.shown) ? 'idiom' : null);
    if (by !== null) rows.push({ kind: 'marked', c: one, by });
    else plain.push(one);
  }
  if (mark !== null || whole !== null) return rows;
  const rest = port.filter((one) => one.mark === null);
  for (let at = 0; at < Math.max(plain.length, rest.length); at += 1) {
    const a = plain[at];
    const b = rest[at];
    if (a !== undefined && b !== undefined) rows.push({ kind: 'different', c: a, port: b });
    else if (a !== undefined) rows.push({ kind: 'missing', c: a });
    // In a block that says it is reduced, what stands there instead is part of that.
    else if (b !== undefined && !b.path.some((place) => places.blocks.has(place))) rows.push({ kind: 'added', port: b });
  }
  return rows;
}

/** A mark speaks for the block it stands in; at the level of the function only `reduced` does, for
 *  the other two speak of one place there. */
function markedBlocks(port: readonly ShapeStatement[]): ReadonlyMap<string, MarkedBy> {
  const blocks = new Map<string, MarkedBy>();
  for (const one of port) {
    if (one.mark === null) continue;
    const place = one.path.at(-1);
    if (place !== undefined) blocks.set(place, one.mark);
    else if (one.mark === 'reduced') blocks.set('', one.mark);
  }
  return blocks;
}

/** The innermost block of the port that a statement of C would stand in. */
function placeInPort(one: ShapeStatement, match: ReadonlyMap<number, number>): string | undefined {
  for (const place of [...one.path].reverse()) {
    const [index = '', branch = ''] = place.split('.');
    const there = match.get(Number(index));
    if (there !== undefined) return `${there}.${branch}`;
  }
  return undefined;
}

/** A declaration that is missing goes with the statements that use the variable, when all of these are marked. */
function withDeclarations(rows: readonly Row[]): readonly Row[] {
  const idle = new Map<Row, MarkedBy>();
  for (const row of rows) {
    const name = row.kind === 'missing' ? /^(?:let (\w+)|XA_STATE\((\w+))/.exec(row.c.key)?.slice(1).find((one) => one !== undefined) : undefined;
    if (name === undefined) continue;
    // The port declares the variable of a loop in its head.
    const head = new RegExp(`^for \\((?:let|const) ${name}\\b`);
    if (rows.some((one) => (one.kind === 'same' || one.kind === 'different' || one.kind === 'added') && head.test(one.port.shown))) {
      idle.set(row, 'idiom');
      continue;
    }
    // A field of that name is not the variable.
    const word = new RegExp(`(?<![.\\w])${name}\\b`);
    const users = rows.filter((one) => one !== row && one.kind !== 'added' && word.test(one.c.key));
    if (users.every((one) => one.kind === 'marked')) idle.set(row, 'declaration');
  }
  return rows.map((row) => {
    const by = idle.get(row);
    return by !== undefined && row.kind === 'missing' ? { kind: 'marked', c: row.c, by } : row;
  });
}

/** Pairs of indices of a longest common subsequence; of equal ones the earliest. */
export function commonRow(a: readonly ShapeStatement[], b: readonly ShapeStatement[]): readonly (readonly [number, number])[] {
  const width = b.length + 1;
  const length = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = a[i]?.key === b[j]?.key
        ? (length[(i + 1) * width + j + 1] ?? 0) + 1
        : Math.max(length[(i + 1) * width + j] ?? 0, length[i * width + j + 1] ?? 0);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i]?.key === b[j]?.key) {
      pairs.push([i, j]);
      i += 1;
      j += 1;
    } else if ((length[(i + 1) * width + j] ?? 0) >= (length[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return pairs;
}
