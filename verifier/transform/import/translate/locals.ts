// SPDX-License-Identifier: GPL-2.0-only
// What happens to the variables of a function: which are stored to, and the address of which is
// taken. The latter become `{ v }` unless they are objects already.

import type { CCase, CExpr, CStmt } from '../c/ast.ts';

export interface Uses {
  readonly stored: ReadonlySet<string>;
  readonly addressed: ReadonlySet<string>;
  /** Names handed to a call as they stand, by function and position: macros of C that set them. */
  readonly handed: readonly { readonly callee: string; readonly at: number; readonly name: string }[];
  /** Pointers that are used as arrays: with an index, or moved. */
  readonly indexed: ReadonlySet<string>;
  /** Functions that are called by name. */
  readonly called: ReadonlySet<string>;
}

export function usesOf(body: readonly CStmt[]): Uses {
  const stored = new Set<string>();
  const addressed = new Set<string>();
  const called = new Set<string>();
  const indexed = new Set<string>();
  const handed: { callee: string; at: number; name: string }[] = [];
  eachExpression(body, (one) => {
    if (one.kind === 'index') note(one.of, indexed);
    else if ((one.kind === 'binary' || one.kind === 'assign') && /^[-+]=?$/.test(one.op)) note(one.left, indexed);
    else if (one.kind === 'step') note(one.of, indexed);
    if (one.kind === 'assign') note(one.left, stored);
    else if (one.kind === 'step') note(one.of, stored);
    else if (one.kind === 'address') note(one.of, addressed);
    else if (one.kind === 'call' && one.callee.kind === 'name') {
      called.add(one.callee.name);
      for (const [at, arg] of one.args.entries()) if (arg.kind === 'name') handed.push({ callee: one.callee.name, at, name: arg.name });
    }
  });
  eachStatement(body, (one) => {
    if (one.kind !== 'each') return;
    for (const [at, arg] of one.args.entries()) {
      if (arg.kind !== 'name') continue;
      handed.push({ callee: one.macro, at, name: arg.name });
      if (at < 2) stored.add(arg.name);
    }
  });
  return { stored, addressed, handed, indexed, called };
}

function note(of: CExpr, into: Set<string>): void {
  if (of.kind === 'paren') note(of.of, into);
  else if (of.kind === 'name') into.add(of.name);
}

export function eachStatement(body: readonly CStmt[], visit: (one: CStmt) => void): void {
  for (const one of body) {
    visit(one);
    eachStatement(childrenOf(one), visit);
  }
}

export function childrenOf(one: CStmt): readonly CStmt[] {
  switch (one.kind) {
    case 'if': return one.other === null ? [one.then] : [one.then, one.other];
    case 'for': return one.first !== null && one.first.kind === 'declare' ? [one.first, one.body] : [one.body];
    case 'each': case 'while': case 'do': return [one.body];
    case 'switch': return one.cases.flatMap((c: CCase) => c.body);
    case 'block': return one.body;
    case 'expression': case 'declare': case 'return': case 'goto': case 'label': case 'break': case 'continue': case 'empty': case 'unknown': return [];
  }
}

function eachExpression(body: readonly CStmt[], visit: (one: CExpr) => void): void {
  const deep = (one: CExpr | null): void => {
    if (one === null) return;
    visit(one);
    for (const part of partsOf(one)) deep(part);
    if (one.kind === 'statements') eachExpression(one.body, visit);
  };
  eachStatement(body, (one) => {
    for (const part of expressionsOf(one)) deep(part);
  });
}

function expressionsOf(one: CStmt): readonly (CExpr | null)[] {
  switch (one.kind) {
    case 'expression': return [one.of];
    case 'declare': return one.variables.map((v) => v.init);
    case 'if': case 'while': case 'do': return [one.test];
    case 'for': return [one.first === null || one.first.kind === 'declare' ? null : asExpression(one.first), one.test, one.step];
    case 'each': return one.args;
    case 'switch': return [one.of, ...one.cases.map((c) => c.of)];
    case 'return': return [one.of];
    case 'goto': case 'label': case 'break': case 'continue': case 'block': case 'empty': case 'unknown': return [];
  }
}

const STATEMENTS: ReadonlySet<string> = new Set<CStmt['kind']>(['expression', 'declare', 'if', 'for', 'each', 'while', 'do', 'switch', 'return', 'goto', 'label', 'break', 'continue', 'block', 'empty']);
export function isStatement(one: CExpr | CStmt): one is CStmt { return STATEMENTS.has(one.kind); }
export function asExpression(one: CExpr | CStmt): CExpr | null { return isStatement(one) ? null : one; }

function partsOf(one: CExpr): readonly CExpr[] {
  switch (one.kind) {
    case 'call': return [one.callee, ...one.args];
    case 'field': case 'unary': case 'address': case 'deref': case 'step': case 'cast': case 'paren': return [one.of];
    case 'index': return [one.of, one.at];
    case 'binary': case 'assign': case 'comma': return [one.left, one.right];
    case 'choose': return one.then === null ? [one.test, one.other] : [one.test, one.then, one.other];
    case 'sizeof': return one.of === null ? [] : [one.of];
    case 'compound': return [one.init];
    case 'init': return one.entries.map((entry) => entry.value);
    case 'name': case 'number': case 'string': case 'char': case 'null': case 'statements': case 'type': case 'unknown': return [];
  }
}
