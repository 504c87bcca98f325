// SPDX-License-Identifier: GPL-2.0-only
// `{ … }`: of arrays, of structs through Init, of tables of functions as they stand.

import type { CDesignator, CExpr, CInit } from '../c/ast.ts';
import { expression, term, valueFor, type Row, type Term } from './expressions.ts';
import { memberOf, structName } from './members.ts';
import { elementOf, isNumber, solid, structOf } from './ports.ts';
import { notUnderstood, type Scope } from './scope.ts';

/** `{ … }` for a thing of a type of the port. */
export function initialiser(of: CExpr, type: string, scope: Scope): Term {
  if (of.kind !== 'init') return expression(of, scope);
  const element = elementOf(type);
  if (element !== null) {
    if (of.entries.every((one) => one.path.length === 0)) return term(`[${of.entries.map((one) => valueFor(one.value, element, scope).text).join(', ')}]`, type);
    notUnderstood(scope, 'initialiser', `slots of ${type} by index`, of);
    return term('[]', type);
  }
  const struct = structOf(type, scope.port, scope.module);
  if (struct === undefined) {
    const [only] = of.entries;
    if (isNumber(type, scope.port, scope.module) && of.entries.length <= 1) return only === undefined ? term('0', type) : valueFor(only.value, type, scope);
    notUnderstood(scope, 'initialiser', `a ${type}, which the port does not declare`, of);
  }
  const fields = fieldsOf(of.entries, [...(struct?.fields.keys() ?? [])], type, scope);
  const plain = struct !== undefined && !struct.isClass;
  const open = plain ? '{' : `Init(${structName(type, scope)}, {`;
  const close = plain ? '}' : '})';
  const text = fields.length === 0 ? `${open}${close}` : `${open} ${fields.map((one) => one.text).join(', ')} ${close}`;
  if (of.from === of.to) return term(text, solid(type));
  // As C has it: a field to a line.
  const rows = [{ text: open, from: of.from, to: of.from }, ...fields.map((one) => ({ ...one, text: `  ${one.text},` })), { text: close, from: of.to, to: of.to }];
  return { text, type: solid(type), rows };
}

function fieldsOf(entries: readonly CInit[], names: readonly string[], type: string, scope: Scope): readonly Row[] {
  const [first] = entries;
  // { 0 }, { NULL }: all of it is zero.
  if (entries.length === 1 && first !== undefined && first.path.length === 0 && (first.value.kind === 'null' || (first.value.kind === 'number' && /^0[xX]?0*$/.test(first.value.text)))) return [];
  return entries.flatMap((one, at) => {
    const [head, ...rest] = one.path;
    const name = head === undefined ? names[at] : fieldName(head);
    if (name === undefined || rest.length > 0) {
      notUnderstood(scope, 'initialiser', `a part of a member of ${type}`, one.value);
      return [];
    }
    return [{ text: `${name}: ${valueFor(one.value, memberOf(type, name, scope)?.type ?? '', scope).text}`, from: one.value.from, to: one.value.to }];
  });
}

function fieldName(one: CDesignator): string | undefined { return one.kind === 'field' ? one.name : undefined; }
