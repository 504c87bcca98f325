// SPDX-License-Identifier: GPL-2.0-only
// Which kind of number a variable is that C calls `unsigned long`: the one that those want to whom it
// is handed. C has no word for it, the port has (DESIGN.md, The port, 4); where two disagree, none is taken.

import { declarationsOf, type Declarations } from './declarations.ts';
import type { PortTree } from './load.ts';
import { parse } from './parse.ts';
import { ts } from './ts.ts';

export interface Unkinded { readonly file: string; readonly function: string; readonly name: string }

/** By variable (keyOfVariable): its kind. Variables of the same patch may be handed to each other. */
export function kindsOf(tree: PortTree, variables: readonly Unkinded[]): ReadonlyMap<string, string> {
  const port = declarationsOf(tree);
  const known = new Map<string, string>();
  for (let grew = true; grew;) {
    grew = false;
    for (const one of variables) {
      const key = keyOfVariable(one);
      if (known.has(key)) continue;
      const wanted = new Set(usesOf(tree, one, port, known).filter((type) => isKind(type, port, one.file)));
      const [only] = wanted;
      if (only === undefined || wanted.size > 1) continue;
      known.set(key, only);
      grew = true;
    }
  }
  return known;
}
export function keyOfVariable({ file, function: fn, name }: Unkinded): string { return `${file}#${fn}.${name}`; }

/** A brand of its own, not one of the plain C integers. */
function isKind(type: string, port: Declarations, module: string): boolean {
  return !/^(?:int|long)$/.test(type) && /^Kind</.test(port.alias(type, module)?.type ?? '');
}

/** The types of what the variable is handed to. */
function usesOf(tree: PortTree, { file, function: fn, name }: Unkinded, port: Declarations, known: ReadonlyMap<string, string>): string[] {
  const source = parse(file, tree.files.get(file) ?? '');
  const out: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const callee = port.value(node.expression.text, file);
      const [, fields] = node.arguments;
      if (node.expression.text === 'Init' && fields !== undefined && ts.isObjectLiteralExpression(fields)) intoFields(node.arguments[0]?.getText(source) ?? '', fields);
      if (callee?.kind === 'function') {
        for (const [at, param] of callee.params.entries()) {
          if (isFrom(node.arguments[at], name)) out.push(known.get(keyOfVariable({ file: callee.module, function: callee.name, name: param.name })) ?? param.type);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  const intoFields = (struct: string, literal: ts.ObjectLiteralExpression): void => {
    for (const p of literal.properties) {
      if (ts.isPropertyAssignment(p) && isFrom(p.initializer, name)) out.push(port.struct(struct, file)?.fields.get(p.name.getText(source))?.type ?? '');
    }
  };
  for (const s of source.statements) if (ts.isFunctionDeclaration(s) && s.name?.text === fn && s.body !== undefined) visit(s.body);
  return out;
}

/** Whether an expression is the variable, moved or masked. */
function isFrom(e: ts.Expression | undefined, name: string): boolean {
  if (e === undefined) return false;
  if (ts.isParenthesizedExpression(e)) return isFrom(e.expression, name);
  if (ts.isBinaryExpression(e) && /^[-+&]$/.test(e.operatorToken.getText())) return isFrom(e.left, name);
  return ts.isIdentifier(e) && e.text === name;
}
