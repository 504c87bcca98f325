// SPDX-License-Identifier: GPL-2.0-only
// A C text as declarations: functions with their bodies, structs, enums, variables, macros.

import type { CDeclaration, CExpr, CField, CStmt } from './ast.ts';
import { resolveC, type Symbols } from './arms.ts';
import { loadGrammar, type Node, type Parse } from './grammar.ts';
import { prepare } from './prepare.ts';
import { expressionOf } from './read-expressions.ts';
import { bodyOf, variablesOf, withLoops } from './read-statements.ts';
import { baseType, declare, linesOf, parts } from './read-types.ts';

export interface CReader {
  /** The declarations of one configuration of a whole file. */
  readonly file: (text: string, symbols: Symbols) => CFile;
  /** Statements, as they stand in a body. */
  readonly statements: (text: string) => readonly CStmt[];
  readonly expression: (text: string) => CExpr;
}

export interface CFile {
  readonly declarations: readonly CDeclaration[];
  /** Options that were asked for and are not known. */
  readonly unknown: readonly string[];
}

export async function openReader(): Promise<CReader> {
  const parse = await loadGrammar();
  return {
    file: (text, symbols) => {
      const { text: resolved, macros, unknown } = resolveC(text, symbols);
      const read = readAll(parse, resolved, declarationsOf);
      const all = [...read, ...macros.map((one): CDeclaration => ({ kind: 'macro', ...one }))];
      return { declarations: all.sort((a, b) => a.from - b.from), unknown };
    },
    statements: (text) => readStatements(parse, text),
    expression: (text) => {
      const [only] = readStatements(parse, `${text};`);
      return only?.kind === 'expression' ? only.of : { kind: 'unknown', text, from: 1, to: 1 };
    },
  };
}

function readAll<T>(parse: Parse, text: string, read: (root: Node) => T): T {
  const prepared = prepare(text);
  return parse(prepared.text, (root) => withLoops(prepared.loops, () => read(root)));
}

/** The wrapper stands on the first line, so that lines keep their numbers. */
function readStatements(parse: Parse, text: string): readonly CStmt[] {
  return readAll(parse, `void f(void) {${text}\n}`, (root) => {
    const [fn] = parts(root);
    const body = fn?.childForFieldName('body');
    return body == null ? [] : bodyOf(body);
  });
}

function declarationsOf(root: Node): readonly CDeclaration[] {
  return parts(root).flatMap(declarationOf);
}

function declarationOf(node: Node): readonly CDeclaration[] {
  const at = linesOf(node);
  const isStatic = parts(node).some((one) => one.type === 'storage_class_specifier' && one.text === 'static');
  switch (node.type) {
    case 'function_definition': {
      const { name, type } = declare(node.childForFieldName('declarator'), baseType(node));
      const body = node.childForFieldName('body');
      if (type.kind !== 'function' || body === null) return [{ ...at, kind: 'unknown', text: node.text }];
      return [{ ...at, kind: 'function', name, isStatic, returns: type.returns, params: type.params, body: bodyOf(body) }];
    }
    case 'declaration':
      return [...ofSpecifier(node.childForFieldName('type')), ...variablesOf(node).map((variable): CDeclaration => (variable.type.kind === 'function'
        ? { ...at, kind: 'prototype', name: variable.name, isStatic, returns: variable.type.returns, params: variable.type.params }
        : { ...at, kind: 'variable', isStatic, variable }))];
    case 'struct_specifier': case 'union_specifier': case 'enum_specifier': return ofSpecifier(node);
    case 'type_definition': return ofSpecifier(node.childForFieldName('type'));
    case 'linkage_specification': case 'declaration_list': return declarationsOf(node);
    case 'expression_statement': {
      const name = /^(EXPORT_SYMBOL\w*)\s*\(/.exec(node.text)?.[1];
      return name === undefined ? [] : [{ ...at, kind: 'exported', name }];
    }
    case 'ERROR': return [{ ...at, kind: 'unknown', text: node.text }, ...parts(node).filter((one) => /^(?:function_definition|declaration|struct_specifier)$/.test(one.type)).flatMap(declarationOf)];
    default: return [{ ...at, kind: 'unknown', text: node.text }];
  }
}

function ofSpecifier(node: Node | null): readonly CDeclaration[] {
  const body = node?.childForFieldName('body');
  if (node === null || body == null) return [];
  const name = node.childForFieldName('name')?.text ?? '';
  const at = linesOf(node);
  if (node.type === 'enum_specifier') {
    return [{
      ...at, kind: 'enum', name, members: parts(body).filter((one) => one.type === 'enumerator').map((one) => {
        const value = one.childForFieldName('value');
        return { ...linesOf(one), name: one.childForFieldName('name')?.text ?? '', value: value === null ? null : expressionOf(value) };
      }),
    }];
  }
  return [{ ...at, kind: 'struct', name, union: node.type === 'union_specifier', fields: fieldsOf(body) }];
}

/** Unnamed structs and unions inside count as the struct's own fields, as C sees them. */
function fieldsOf(body: Node): readonly CField[] {
  return parts(body).flatMap((one): readonly CField[] => {
    if (one.type !== 'field_declaration') return [];
    const names = one.childrenForFieldName('declarator').filter((d): d is Node => d !== null);
    if (names.length === 0) {
      const inner = one.childForFieldName('type')?.childForFieldName('body');
      return inner == null ? [] : fieldsOf(inner);
    }
    return names.map((d) => ({ ...linesOf(one), ...declare(d, baseType(one)) }));
  });
}
