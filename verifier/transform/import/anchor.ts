// SPDX-License-Identifier: GPL-2.0-only
// Where a piece of C stands in the port: its statements, translated, are looked for in the port's
// function in their order and close together. What is found is the port's own line, so that a hunk
// can be written with the port's words for what the patch only shows or takes away.

import { renamingsOf, shapesOf, type ShapeStatement } from '../../tree/shape.ts';
import { commonRow } from './compare.ts';
import type { Body } from './translate/fragment.ts';

export interface Anchor { readonly c: number; readonly port: number; readonly text: string }

export type Anchors =
  | { readonly kind: 'found'; readonly anchors: readonly Anchor[]; /** Lines of C whose statement the port has not. */ readonly missing: readonly number[] }
  /** As good in several places: the port's lines of the first statement in each. */
  | { readonly kind: 'several'; readonly at: readonly number[] }
  | { readonly kind: 'none' };

/** `text` is the port's file in one configuration. */
export function anchorBody(body: Body, module: string, text: string): Anchors {
  const port = shapesOf(module, text).find((one) => one.name === body.function)?.statements ?? [];
  const own = statementsOf(body, renamingsOf(module, text));
  if (own.length === 0 || port.length === 0) return { kind: 'none' };
  let best: readonly Found[] = [];
  for (let start = 0; start < port.length; start += 1) {
    const window = port.slice(start, start + 2 * own.length + 6);
    const pairs = commonRow(own.map((one) => one.shape), window);
    const [first] = pairs;
    const last = pairs.at(-1);
    if (first === undefined || last === undefined || first[1] !== 0) continue;
    const found: Found = { start, pairs, span: last[1] };
    const lead = best[0];
    const order = lead === undefined ? 1 : pairs.length - lead.pairs.length || lead.span - found.span;
    if (order > 0) best = [found];
    else if (order === 0) best = [...best, found];
  }
  const [lead, ...others] = best;
  if (lead === undefined) return { kind: 'none' };
  if (others.length > 0) return { kind: 'several', at: best.map((one) => port[one.start]?.line ?? 0) };
  const anchors = lead.pairs.flatMap(([i, j]): Anchor[] => {
    const c = own[i];
    const there = port[lead.start + j];
    return c === undefined || there === undefined ? [] : [{ c: c.line, port: there.line, text: there.shown }];
  });
  const held = new Set(lead.pairs.map(([i]) => i));
  return { kind: 'found', anchors, missing: own.flatMap((one, at) => (held.has(at) ? [] : [one.line])) };
}

interface Found { readonly start: number; readonly span: number; readonly pairs: readonly (readonly [number, number])[] }
interface Own { readonly shape: ShapeStatement; readonly line: number }

function statementsOf(body: Body, names: ReadonlyMap<string, string>): readonly Own[] {
  const text = ['function f() {', ...body.lines.map((one) => one.text), '}'].join('\n');
  const shapes = shapesOf('piece.ts', text, names)[0]?.statements ?? [];
  return shapes.flatMap((shape) => {
    const line = body.lines[shape.line - 2]?.from ?? 0;
    return line >= body.from && line <= body.to && !shape.key.includes('__hunk') ? [{ shape, line }] : [];
  });
}
