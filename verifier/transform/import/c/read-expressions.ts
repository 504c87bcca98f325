// SPDX-License-Identifier: GPL-2.0-only
// Expressions of the parser's tree as plain data.

import type { CDesignator, CExpr, CInit } from './ast.ts';
import type { Node } from './grammar.ts';
import { typeWord } from './prepare.ts';
import { bodyOf } from './read-statements.ts';
import { linesOf, parts, typeDescriptor, typeOfText } from './read-types.ts';

export function expressionOf(node: Node): CExpr {
  const at = linesOf(node);
  const field = (name: string): CExpr => {
    const child = node.childForFieldName(name);
    return child === null ? { ...at, kind: 'unknown', text: node.text } : expressionOf(child);
  };
  if (node.isError || node.isMissing) return { ...at, kind: 'unknown', text: node.text };
  switch (node.type) {
    case 'identifier': case 'field_identifier': case 'type_identifier': {
      const word = typeWord(node.text);
      if (word !== null) return { ...at, kind: 'type', type: typeOfText(word) };
      return node.text === 'NULL' ? { ...at, kind: 'null' } : { ...at, kind: 'name', name: node.text };
    }
    case 'true': case 'false': return { ...at, kind: 'name', name: node.text };
    case 'null': return { ...at, kind: 'null' };
    case 'number_literal': return { ...at, kind: 'number', text: node.text };
    case 'string_literal': return { ...at, kind: 'string', text: node.text.slice(1, -1) };
    case 'concatenated_string':
      return { ...at, kind: 'string', text: parts(node).map((one) => (one.type === 'string_literal' ? one.text.slice(1, -1) : '%s')).join('') };
    case 'char_literal': return { ...at, kind: 'char', text: node.text };
    case 'parenthesized_expression': {
      const [inner] = parts(node);
      if (inner === undefined) return { ...at, kind: 'unknown', text: node.text };
      if (inner.type === 'compound_statement') return { ...at, kind: 'statements', body: bodyOf(inner) };
      if (hasError(node)) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'paren', of: expressionOf(inner) };
    }
    case 'call_expression': {
      const args = node.childForFieldName('arguments');
      if (args === null || hasError(args)) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'call', callee: field('function'), args: parts(args).map(expressionOf) };
    }
    case 'field_expression':
      return { ...at, kind: 'field', of: field('argument'), name: node.childForFieldName('field')?.text ?? '', arrow: node.childForFieldName('operator')?.text === '->' };
    case 'subscript_expression': return { ...at, kind: 'index', of: field('argument'), at: field('index') };
    case 'unary_expression': {
      const op = node.childForFieldName('operator')?.text;
      if (op === '!' || op === '~' || op === '-' || op === '+') return { ...at, kind: 'unary', op, of: field('argument') };
      return { ...at, kind: 'unknown', text: node.text };
    }
    case 'pointer_expression':
      return { ...at, kind: node.childForFieldName('operator')?.text === '&' ? 'address' : 'deref', of: field('argument') };
    case 'update_expression': {
      const op = node.childForFieldName('operator')?.text === '++' ? '++' : '--';
      return { ...at, kind: 'step', op, prefix: node.child(0)?.text === op, of: field('argument') };
    }
    case 'binary_expression':
      if (hasError(node)) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'binary', op: node.childForFieldName('operator')?.text ?? '', left: field('left'), right: field('right') };
    case 'assignment_expression':
      if (hasError(node)) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'assign', op: node.childForFieldName('operator')?.text ?? '=', left: field('left'), right: field('right') };
    case 'conditional_expression': {
      const then = node.childForFieldName('consequence');
      return { ...at, kind: 'choose', test: field('condition'), then: then === null ? null : expressionOf(then), other: field('alternative') };
    }
    case 'cast_expression': {
      const type = node.childForFieldName('type');
      if (type === null) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'cast', type: typeDescriptor(type), of: field('value') };
    }
    case 'sizeof_expression': {
      const type = node.childForFieldName('type');
      if (type !== null) return { ...at, kind: 'sizeof', type: typeDescriptor(type), of: null };
      return { ...at, kind: 'sizeof', type: null, of: field('value') };
    }
    case 'comma_expression': return { ...at, kind: 'comma', left: field('left'), right: field('right') };
    case 'compound_literal_expression': {
      const type = node.childForFieldName('type');
      if (type === null) return { ...at, kind: 'unknown', text: node.text };
      return { ...at, kind: 'compound', type: typeDescriptor(type), init: field('value') };
    }
    case 'initializer_list': return { ...at, kind: 'init', entries: parts(node).map(initOf) };
    default: return { ...at, kind: 'unknown', text: node.text };
  }
}

function initOf(node: Node): CInit {
  if (node.type !== 'initializer_pair') return { path: [], value: expressionOf(node) };
  const value = node.childForFieldName('value');
  const path = node.childrenForFieldName('designator').flatMap((one): CDesignator[] => {
    if (one === null) return [];
    const inner = parts(one)[0];
    if (inner === undefined) return [];
    return [one.type === 'field_designator' ? { kind: 'field', name: inner.text } : { kind: 'slot', at: expressionOf(inner) }];
  });
  return { path, value: value === null ? { ...linesOf(node), kind: 'unknown', text: node.text } : expressionOf(value) };
}

/** An error directly below: the pieces that were read are not the whole. */
function hasError(node: Node): boolean {
  return node.children.some((one) => one !== null && (one.isError || one.isMissing));
}
