// SPDX-License-Identifier: GPL-2.0-only
// goto, as the port has it. A jump forward leaves a labelled block that ends where the label
// stands; a jump back continues a labelled loop that begins there. Blocks of one list are made to
// nest by beginning earlier; a jump into a block from outside has no such form and is told.

import type { CLines, CStmt } from '../c/ast.ts';
import { childrenOf, eachStatement } from './locals.ts';
import { notUnderstood, type Scope } from './scope.ts';

/** A labelled block, or a labelled loop that leaves at its end. */
export interface Labelled extends CLines { readonly kind: 'labelled'; readonly label: string; readonly loop: boolean; readonly body: readonly Structured[] }
export type Structured = CStmt | Labelled;

interface Span { label: string; from: number; to: number; readonly loop: boolean }

export interface Structure { readonly body: (list: readonly CStmt[]) => readonly Structured[]; readonly how: (one: CStmt) => 'break' | 'continue' | undefined }

/** How the lists of a function are to be bracketed. */
export function structureOf(fn: readonly CStmt[], scope: Scope): Structure {
  const how = new Map<CStmt, 'break' | 'continue'>();
  const bodies = new Map<readonly CStmt[], readonly Structured[]>();
  const gotos: Extract<CStmt, { kind: 'goto' }>[] = [];
  eachStatement(fn, (one) => { if (one.kind === 'goto') gotos.push(one); });

  function visit(list: readonly CStmt[]): void {
    for (const one of list) visitInside(one);
    bodies.set(list, arrange(list));
  }
  function visitInside(one: CStmt): void {
    if (one.kind === 'block') visit(one.body);
    else if (one.kind === 'switch') for (const c of one.cases) visit(c.body);
    else for (const child of childrenOf(one)) visitInside(child);
  }

  function arrange(list: readonly CStmt[]): readonly Structured[] {
    const spans: Span[] = [];
    for (const [at, one] of list.entries()) {
      if (one.kind !== 'label') continue;
      const here = gotos.filter((jump) => jump.label === one.name);
      let first: number | null = null;
      let last: number | null = null;
      for (const jump of here) {
        const from = list.findIndex((other) => holds(other, jump));
        if (from === -1) notUnderstood(scope, 'goto', `goto ${jump.label} into a block`, jump);
        else if (from < at) { how.set(jump, 'break'); first = Math.min(first ?? from, from); }
        else { how.set(jump, 'continue'); last = Math.max(last ?? from, from); }
      }
      if (first !== null) spans.push({ label: one.name, from: first, to: at, loop: false });
      if (last !== null) spans.push({ label: one.name, from: at, to: last + 1, loop: true });
    }
    if (spans.length === 0) return list.filter((one) => one.kind !== 'label');
    if (!nest(spans)) notUnderstood(scope, 'goto', `labels ${spans.map((one) => one.label).join(', ')} cross`, list[0] ?? { from: 0, to: 0 });
    return wrap(list, 0, list.length, spans);
  }

  visit(fn);
  return { body: (list) => bodies.get(list) ?? list, how: (one) => how.get(one) };
}

function holds(outer: CStmt, inner: CStmt): boolean {
  return outer === inner || childrenOf(outer).some((one) => holds(one, inner));
}

/** Makes spans nest; false where a loop would have to be entered in its middle. */
function nest(spans: Span[]): boolean {
  for (let again = true; again;) {
    again = false;
    for (const a of spans) {
      for (const b of spans) {
        if (!(a.from < b.from && b.from < a.to && a.to < b.to)) continue;
        if (b.loop) return false;
        b.from = a.from;
        again = true;
      }
    }
  }
  return true;
}

function wrap(list: readonly CStmt[], from: number, to: number, spans: readonly Span[]): readonly Structured[] {
  const out: Structured[] = [];
  let at = from;
  while (at < to) {
    // The widest first; of equal ones the one whose label comes later holds the other, a loop is inside.
    const widest = spans.filter((one) => one.from === at && one.to <= to).sort((a, b) => b.to - a.to || Number(a.loop) - Number(b.loop))[0];
    const one = list[at];
    if (widest !== undefined) {
      const rest = spans.filter((other) => other !== widest);
      const body = wrap(list, widest.from, widest.to, rest);
      const line = { from: list[widest.from]?.from ?? 0, to: list[widest.to - 1]?.to ?? 0 };
      out.push({ ...line, kind: 'labelled', label: widest.label, loop: widest.loop, body });
      at = widest.to;
    } else {
      if (one !== undefined && one.kind !== 'label') out.push(one);
      at += 1;
    }
  }
  return out;
}

/** Whether what follows a statement is never reached from it. */
export function endsThere(one: Structured | undefined): boolean {
  if (one === undefined) return false;
  switch (one.kind) {
    case 'return': case 'goto': case 'break': case 'continue': return true;
    case 'block': return endsThere(one.body.at(-1));
    case 'if': return one.other !== null && endsThere(one.then) && endsThere(one.other);
    default: return false;
  }
}
