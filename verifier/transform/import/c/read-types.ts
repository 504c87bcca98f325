// SPDX-License-Identifier: GPL-2.0-only
// Types and declarators: C spells a type around the name it is for.

import type { CParam, CType } from './ast.ts';
import type { Node } from './grammar.ts';
import { expressionOf } from './read-expressions.ts';

export const linesOf = (node: Node): { readonly from: number; readonly to: number } => ({ from: node.startPosition.row + 1, to: node.endPosition.row + 1 });

/** The children that mean something. */
export function parts(node: Node): readonly Node[] {
  return node.namedChildren.filter((one): one is Node => one !== null && one.type !== 'comment');
}

/** The type in front of the declarators; struct bodies in it are read by read-declarations. */
export function baseType(node: Node): CType {
  const type = node.childForFieldName('type');
  if (type === null) return { kind: 'unknown', text: node.text };
  return namedType(type);
}

function namedType(type: Node): CType {
  switch (type.type) {
    case 'struct_specifier': case 'union_specifier': case 'enum_specifier': {
      const name = type.childForFieldName('name');
      return name === null ? { kind: 'unknown', text: type.text } : { kind: 'named', name: `${type.type.slice(0, type.type.indexOf('_'))} ${name.text}` };
    }
    case 'primitive_type': case 'type_identifier': case 'sized_type_specifier':
      return { kind: 'named', name: type.text.replace(/\s+/g, ' ') };
    default: return { kind: 'unknown', text: type.text };
  }
}

/** `struct page *` and the like, as a macro argument or in a cast. */
export function typeOfText(text: string): CType {
  const [, name = '', stars = ''] = /^(?:const )?([^*]*?)\s*((?:\*\s*)*)$/.exec(text.trim()) ?? [];
  let type: CType = { kind: 'named', name };
  for (const _ of stars.replace(/\s/g, '')) type = { kind: 'pointer', to: type };
  return type;
}

export interface Declared { readonly name: string; readonly type: CType }

/** A declarator (pointers, arrays, functions, parentheses, the name) around its base. */
export function declare(node: Node | null, base: CType): Declared {
  if (node === null) return { name: '', type: base };
  const inner = node.childForFieldName('declarator');
  switch (node.type) {
    case 'identifier': case 'field_identifier': case 'type_identifier': return { name: node.text, type: base };
    case 'pointer_declarator': case 'abstract_pointer_declarator': return declare(inner, { kind: 'pointer', to: base });
    case 'array_declarator': case 'abstract_array_declarator': {
      const size = node.childForFieldName('size');
      return declare(inner, { kind: 'array', of: base, size: size === null ? null : expressionOf(size) });
    }
    case 'function_declarator': case 'abstract_function_declarator':
      return declare(inner, { kind: 'function', returns: base, params: paramsOf(node.childForFieldName('parameters')) });
    case 'parenthesized_declarator': case 'abstract_parenthesized_declarator': return declare(parts(node)[0] ?? null, base);
    case 'attributed_declarator': return declare(parts(node)[0] ?? null, base);
    default: return { name: '', type: { kind: 'unknown', text: node.text } };
  }
}

function paramsOf(list: Node | null): readonly CParam[] {
  if (list === null) return [];
  const params = parts(list).filter((one) => one.type === 'parameter_declaration').map((one) => declare(one.childForFieldName('declarator'), baseType(one)));
  const [only] = params;
  if (params.length === 1 && only?.name === '' && only.type.kind === 'named' && only.type.name === 'void') return [];
  return params;
}

export function typeDescriptor(node: Node): CType {
  return declare(node.childForFieldName('declarator'), baseType(node)).type;
}
