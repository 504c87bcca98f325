// SPDX-License-Identifier: GPL-2.0-only
// Patterns: what they read of the value that they take apart, and the names they bind.

import { ts } from '../tree/ts.ts';
import type { Key } from './runtime.ts';

/** The keys that a pattern reads, each from the outside in. Keys that are computed are left to be read as values. */
export function pathsOf(pattern: ts.Node): readonly (readonly Key[])[] {
  const out: (readonly Key[])[] = [];
  const visit = (n: ts.Node, at: readonly Key[]): void => {
    const inside = (key: Key, value: ts.Node): void => {
      out.push([...at, key]);
      visit(value, [...at, key]);
    };
    if (ts.isArrayBindingPattern(n) || ts.isArrayLiteralExpression(n)) {
      for (const [i, e] of n.elements.entries()) {
        if (ts.isBindingElement(e)) inside(i, e.name);
        else if (!ts.isOmittedExpression(e)) inside(i, e);
      }
    } else if (ts.isObjectBindingPattern(n)) {
      for (const e of n.elements) {
        const key = keyOf(e.propertyName ?? e.name);
        if (key !== null && e.dotDotDotToken === undefined) inside(key, e.name);
      }
    } else if (ts.isObjectLiteralExpression(n)) {
      for (const p of n.properties) {
        const key = p.name === undefined ? null : keyOf(p.name);
        if (key !== null) inside(key, ts.isPropertyAssignment(p) ? p.initializer : p);
      }
    } else if (ts.isBinaryExpression(n)) visit(n.left, at);
  };
  visit(pattern, []);
  return out;
}
function keyOf(name: ts.Node): Key | null {
  return ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isNumericLiteral(name) ? name.text : null;
}

/** The names that a pattern binds. */
export function namesIn(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((e) => (ts.isBindingElement(e) ? namesIn(e.name) : []));
}
