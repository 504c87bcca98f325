// SPDX-License-Identifier: GPL-2.0-only
// Names and where they live, while a function is made resumable: in a slot of its frame or of a
// frame around it, or, inside a closure that runs as it is, in a variable of that closure's own.

import { ts } from '../tree/ts.ts';
import { namesIn } from './patterns.ts';

export type Home =
  | { readonly kind: 'slot'; readonly depth: number; readonly slot: number;
      /** It is another variable in each round of a loop; `given` once its declaration is behind. */
      readonly ofLoop?: boolean; given?: boolean }
  | { readonly kind: 'own' };

export class Scopes {
  readonly #stack: Map<string, Home>[] = [];
  open(): void { this.#stack.push(new Map()); }
  close(): void { this.#stack.pop(); }
  /** An outermost function begins: what one that was given up left behind is gone. */
  reset(depth: number): void { if (depth === 0) this.#stack.length = 0; }
  bind(name: string, home: Home): void { this.#stack[this.#stack.length - 1]?.set(name, home); }
  /** In the innermost block alone. */
  here(name: string): Home | null { return this.#stack[this.#stack.length - 1]?.get(name) ?? null; }
  find(name: string): Home | null {
    for (let i = this.#stack.length - 1; i >= 0; i -= 1) {
      const home = this.#stack[i]?.get(name);
      if (home !== undefined) return home;
    }
    return null;
  }
}

/** How many slots the variables of a function may need: a for…of needs two more, a switch one. */
export function countLocals(nodes: readonly ts.Node[]): number {
  let n = 0;
  const visit = (at: ts.Node): void => {
    if (ts.isVariableDeclaration(at) || ts.isParameter(at)) n += namesIn(at.name).length;
    else if (ts.isForOfStatement(at)) n += 2;
    else if (ts.isSwitchStatement(at) || ts.isFunctionDeclaration(at)) n += 1;
    if (!ts.isFunctionLike(at)) ts.forEachChild(at, visit);
  };
  for (const at of nodes) visit(at);
  return n;
}

/** The variables that are given another value after their declaration; a loop's own step makes a new one for the next round. */
export function namesAssigned(nodes: readonly ts.Node[]): ReadonlySet<string> {
  const out = new Set<string>();
  const target = (at: ts.Node): void => {
    if (ts.isIdentifier(at)) out.add(at.text);
    else if (ts.isArrayLiteralExpression(at) || ts.isObjectLiteralExpression(at) || ts.isParenthesizedExpression(at)) ts.forEachChild(at, target);
    else if (ts.isPropertyAssignment(at)) target(at.initializer);
    else if (ts.isShorthandPropertyAssignment(at)) out.add(at.name.text);
  };
  const visit = (at: ts.Node): void => {
    if (ts.isBinaryExpression(at) && at.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && at.operatorToken.kind <= ts.SyntaxKind.LastAssignment) target(at.left);
    if (ts.isPostfixUnaryExpression(at) || (ts.isPrefixUnaryExpression(at) && (at.operator === ts.SyntaxKind.PlusPlusToken || at.operator === ts.SyntaxKind.MinusMinusToken))) target(at.operand);
    if (ts.isForStatement(at)) {
      for (const part of [at.initializer, at.condition, at.statement]) if (part !== undefined) visit(part);
    } else ts.forEachChild(at, visit);
  };
  for (const at of nodes) visit(at);
  return out;
}

/** The names that stand anywhere within: more than are variables. */
export function namesUsed(n: ts.Node): ReadonlySet<string> {
  const out = new Set<string>();
  const visit = (at: ts.Node): void => {
    if (ts.isIdentifier(at)) out.add(at.text);
    ts.forEachChild(at, visit);
  };
  visit(n);
  return out;
}

/** The names that a closure binds anywhere within. */
export function namesWithin(fn: ts.Node): readonly string[] {
  const out: string[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isVariableDeclaration(at) || ts.isParameter(at)) out.push(...namesIn(at.name));
    ts.forEachChild(at, visit);
  };
  visit(fn);
  return out;
}
