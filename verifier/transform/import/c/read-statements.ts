// SPDX-License-Identifier: GPL-2.0-only
// Statements of the parser's tree as plain data. A label is a statement of its own, in front of
// what it labels.

import type { CCase, CExpr, CStmt, CVariable } from './ast.ts';
import type { Node } from './grammar.ts';
import { expressionOf } from './read-expressions.ts';
import { baseType, declare, linesOf, parts } from './read-types.ts';

/** Loop macros by offset: set for the text that is being read (read.ts). */
let loops: ReadonlyMap<number, string> = new Map();
export function withLoops<T>(map: ReadonlyMap<number, string>, read: () => T): T {
  const outer = loops;
  loops = map;
  try { return read(); } finally { loops = outer; }
}

export function bodyOf(block: Node): readonly CStmt[] {
  return parts(block).flatMap(statementsOf);
}

/** One node of a block: a statement, or a label and what it labels. */
export function statementsOf(node: Node): readonly CStmt[] {
  const at = linesOf(node);
  if (node.type === 'labeled_statement') {
    const label = node.childForFieldName('label');
    const rest = parts(node).filter((one) => one.id !== label?.id);
    const line = { from: at.from, to: label === null ? at.from : label.endPosition.row + 1 };
    return [{ ...line, kind: 'label', name: label?.text ?? '' }, ...rest.flatMap(statementsOf)];
  }
  return [statementOf(node)];
}

function single(node: Node | null, owner: Node): CStmt {
  if (node === null) return { ...linesOf(owner), kind: 'unknown', text: owner.text };
  const all = statementsOf(node);
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { ...linesOf(node), kind: 'block', body: all };
}

function statementOf(node: Node): CStmt {
  const at = linesOf(node);
  const unknown: CStmt = { ...at, kind: 'unknown', text: node.text };
  const field = (name: string): CExpr => {
    const child = node.childForFieldName(name);
    return child === null ? { ...at, kind: 'unknown', text: node.text } : expressionOf(child);
  };
  /** A condition without the parentheses that belong to the statement. */
  const condition = (): CExpr => {
    const test = field('condition');
    return test.kind === 'paren' ? test.of : test;
  };
  if (node.isError) return unknown;
  switch (node.type) {
    case 'expression_statement': {
      const [inner] = parts(node);
      if (inner === undefined) return { ...at, kind: 'empty' };
      return node.children.some((one) => one?.isError === true || one?.isMissing === true) ? unknown : { ...at, kind: 'expression', of: expressionOf(inner) };
    }
    case 'declaration': return declarationOf(node);
    case 'compound_statement': return { ...at, kind: 'block', body: bodyOf(node) };
    case 'if_statement': {
      const other = node.childForFieldName('alternative');
      const [otherwise = null] = other === null ? [] : parts(other);
      return { ...at, kind: 'if', test: condition(), then: single(node.childForFieldName('consequence'), node), other: other === null ? null : single(otherwise, other) };
    }
    case 'while_statement': {
      const macro = loops.get(node.startIndex);
      const body = single(node.childForFieldName('body'), node);
      if (macro !== undefined) return { ...at, kind: 'each', macro, args: argumentsOf(condition()), body };
      return { ...at, kind: 'while', test: condition(), body };
    }
    case 'do_statement': return { ...at, kind: 'do', body: single(node.childForFieldName('body'), node), test: condition() };
    case 'for_statement': {
      const first = node.childForFieldName('initializer');
      const part = (name: string): CExpr | null => {
        const child = node.childForFieldName(name);
        return child === null ? null : expressionOf(child);
      };
      return {
        ...at, kind: 'for', first: first === null ? null : first.type === 'declaration' ? declarationOf(first) : expressionOf(first),
        test: part('condition'), step: part('update'), body: single(node.childForFieldName('body'), node),
      };
    }
    case 'switch_statement': {
      const body = node.childForFieldName('body');
      const test = condition();
      return body === null ? unknown : { ...at, kind: 'switch', of: test, cases: parts(body).map(caseOf) };
    }
    case 'return_statement': {
      const [inner] = parts(node);
      return { ...at, kind: 'return', of: inner === undefined ? null : expressionOf(inner) };
    }
    case 'goto_statement': return { ...at, kind: 'goto', label: node.childForFieldName('label')?.text ?? '' };
    case 'break_statement': return { ...at, kind: 'break' };
    case 'continue_statement': return { ...at, kind: 'continue' };
    default: return unknown;
  }
}

function caseOf(node: Node): CCase {
  const value = node.childForFieldName('value');
  const at = linesOf(node);
  if (node.type !== 'case_statement') return { ...at, of: { ...at, kind: 'unknown', text: node.text }, body: [] };
  const rest = parts(node).filter((one) => one.id !== value?.id);
  return { from: at.from, to: at.to, of: value === null ? null : expressionOf(value), body: rest.flatMap(statementsOf) };
}

/** The arguments of a loop macro, which the grammar has read as a comma expression. */
function argumentsOf(of: CExpr): readonly CExpr[] {
  return of.kind === 'comma' ? [...argumentsOf(of.left), ...argumentsOf(of.right)] : [of];
}

function declarationOf(node: Node): CStmt {
  const base = baseType(node);
  const isStatic = parts(node).some((one) => one.type === 'storage_class_specifier' && one.text === 'static');
  return { ...linesOf(node), kind: 'declare', isStatic, variables: variablesOf(node, base) };
}

export function variablesOf(node: Node, base = baseType(node)): readonly CVariable[] {
  return node.childrenForFieldName('declarator').flatMap((one): CVariable[] => {
    if (one === null) return [];
    if (one.type !== 'init_declarator') return [{ ...declare(one, base), init: null }];
    const value = one.childForFieldName('value');
    return [{ ...declare(one.childForFieldName('declarator'), base), init: value === null ? null : expressionOf(value) }];
  });
}
