// SPDX-License-Identifier: GPL-2.0-only
// Pointers: `&x`, `*x`, `x++`, `x + n`. What a pointer is in the port depends on what it points to.

import type { CExpr } from '../c/ast.ts';
import { expression, nameOf, term, tight, type Term } from './expressions.ts';
import { isObject, memberOf } from './members.ts';
import { elementOf, isCell, plainName, refTarget, structOf } from './ports.ts';
import { notUnderstood, type Scope } from './scope.ts';

/** `&x`. */
export function addressOf(of: CExpr, scope: Scope): Term {
  if (of.kind === 'paren') return addressOf(of.of, scope);
  if (of.kind === 'name') {
    const own = scope.variables.get(of.name);
    if (own !== undefined) return term(own.shown, own.boxed ? `Ref<${own.type}>` : own.type);
    return nameOf(of.name, of, scope);
  }
  if (of.kind === 'deref') return expression(of.of, scope);
  if (of.kind === 'field') {
    const base = expression(of.of, scope);
    const field = memberOf(base.type, of.name, scope);
    if (field === undefined) {
      notUnderstood(scope, 'address', `&….${of.name}: a field that the port does not declare`, of);
      return term(`${tight(base)}.${of.name}`);
    }
    if (refTarget(field.type) !== null || field.embedded || (isObject(field.type, scope) && !/\|/.test(field.type))) return term(`${tight(base)}.${of.name}`, field.type);
    return term(`FieldRef(${base.text}, '${of.name}')`, `Ref<${field.type}>`);
  }
  if (of.kind === 'index') {
    const base = expression(of.of, scope);
    const element = elementOf(base.type);
    const at = expression(of.at, scope).text;
    if (element !== null && isObject(element, scope) && !element.includes('null')) return term(`${tight(base)}[${at}]`, element);
    return term(`FieldRef(${base.text}, ${at})`, `Ref<${element ?? ''}>`);
  }
  if (of.kind === 'call') return expression(of, scope);
  notUnderstood(scope, 'address', `& of ${of.kind}`, of);
  return expression(of, scope);
}

/** `*x`. */
export function derefOf(of: CExpr, at: CExpr, scope: Scope): Term {
  if (of.kind === 'paren') return derefOf(of.of, at, scope);
  if (of.kind === 'address') return expression(of.of, scope);
  if (of.kind === 'step' && !of.prefix && of.op === '++') {
    notUnderstood(scope, 'pointer-arithmetic', '*p++', at);
  }
  const base = expression(of, scope);
  const target = refTarget(base.type);
  if (target !== null) return term(`${tight(base)}.v`, target);
  const name = plainName(base.type);
  if (name === 'pte_cell') return term(`Pte(${base.text})`, 'pte_t');
  if (name === 'pmd_cell') return term(`Pmd(${base.text})`, 'pmd_t');
  if (isCell(base.type)) return base;
  const element = elementOf(base.type);
  if (element !== null) return term(`${tight(base)}[0]`, element);
  if (structOf(base.type, scope.port, scope.module) !== undefined) return base;
  notUnderstood(scope, 'dereference', `*${base.text}`, at);
  return base;
}

/** Whether a term is a cell of a level that is folded away: there is no next one. */
function isFolded(type: string): boolean { return /^(?:pud|p4d|pgd)_cell$/.test(plainName(type)); }

export function stepOf(of: Extract<CExpr, { kind: 'step' }>, scope: Scope): Term {
  const base = expression(of.of, scope);
  const name = plainName(base.type);
  if (isFolded(base.type)) return term('', base.type);
  if (name === 'pte_cell' || name === 'pmd_cell') return term(`${base.text} = ${name.slice(0, 3)}_next(${base.text})`, base.type);
  if (elementOf(base.type) !== null) return term(`${base.text} = ArrayAt(${base.text}, ${of.op === '++' ? '1' : '-1'})`, base.type);
  if (name === 'page') return term(`${base.text} = Memmap_at(${base.text}, ${of.op === '++' ? '1' : '-1'})`, base.type);
  return term(of.prefix ? `${of.op}${base.text}` : `${base.text}${of.op}`, base.type);
}

interface Addend { readonly sign: '+' | '-'; readonly of: CExpr }

/** `a + b - c` as it is added up. */
function addends(of: CExpr): readonly Addend[] {
  if (of.kind === 'paren') return addends(of.of);
  if (of.kind !== 'binary' || (of.op !== '+' && of.op !== '-')) return [{ sign: '+', of }];
  return [...addends(of.left), { sign: of.op, of: of.right }];
}

/** Pointers that C adds to: an array from a place on, a page so many frames away; two pages make a number. */
export function pointerArithmetic(of: CExpr, scope: Scope): Term | null {
  const row = addends(of).map((one) => ({ ...one, term: expression(one.of, scope) }));
  const [first, ...rest] = row;
  if (first === undefined || rest.length === 0) return null;
  const steps = rest.map((one, at) => (at === 0 ? `${one.sign === '-' ? '-' : ''}${one.term.text}` : ` ${one.sign} ${one.term.text}`)).join('');
  if (elementOf(first.term.type) !== null && !rest.some((one) => elementOf(one.term.type) !== null)) return term(`ArrayAt(${first.term.text}, ${steps})`, first.term.type);
  const [by, more] = rest;
  if (by !== undefined && more === undefined && by.term.text === '1' && /^(?:pte|pmd)_cell$/.test(plainName(first.term.type))) {
    return term(`${plainName(first.term.type).slice(0, 3)}_${by.sign === '-' ? 'prev' : 'next'}(${first.term.text})`, first.term.type);
  }
  const isPage = (one: Term): boolean => plainName(one.type) === 'page';
  if (!isPage(first.term)) return null;
  if (!rest.some((one) => isPage(one.term))) return term(`Memmap_at(${first.term.text}, ${steps})`, first.term.type);
  const texts = row.map((one, at) => `${at === 0 ? '' : ` ${one.sign} `}${isPage(one.term) ? `page_to_pfn(${one.term.text})` : one.term.text}`);
  return term(texts.join(''), 'long');
}
