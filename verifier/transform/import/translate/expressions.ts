// SPDX-License-Identifier: GPL-2.0-only
// Expressions of C as the port writes them, with the port's type of each as far as its declarations
// tell it. '' is a type that is not known.

import type { CExpr } from '../c/ast.ts';
import { callOf } from './calls.ts';
import { stringLiteral } from './formats.ts';
import { initialiser } from './initialisers.ts';
import { isObject, memberOf, structName } from './members.ts';
import { addressOf, derefOf, pointerArithmetic, stepOf } from './pointers.ts';
import { elementOf, isBoolean, isCell, isNumber, isTagged, isUnsigned, plainName, refTarget, solid, structOf } from './ports.ts';
import { notUnderstood, portName, type Scope } from './scope.ts';
import { portType } from './types.ts';

export interface Term {
  readonly text: string;
  readonly type: string;
  /** The same over several lines, where C has it so. */
  readonly rows?: readonly Row[];
}
export interface Row { readonly text: string; readonly from: number; readonly to: number }

export const term = (text: string, type = ''): Term => ({ text, type });

/** Text that may stand before a `.` or a `[`. */
export function tight(of: Term): string { return /^[\w$.]+$|^[\w$.]+\([^]*\)$|^\([^]*\)$/.test(of.text) ? of.text : `(${of.text})`; }

export function expression(of: CExpr, scope: Scope): Term {
  switch (of.kind) {
    case 'name': return nameOf(of.name, of, scope);
    case 'number': return term(numberText(of.text), 'number');
    case 'string': return term(stringLiteral(of.text), 'string');
    case 'char': return term(String(charCode(of.text)), 'int');
    case 'null': return term('null', 'null');
    case 'paren': {
      const inner = expression(of.of, scope);
      // What C puts in parentheses only because it is a pointer that is followed.
      return /^[\w$.]+$/.test(inner.text) ? inner : term(`(${inner.text})`, inner.type);
    }
    case 'call': return callOf(of, scope);
    case 'field': return fieldOf(of.of, of.name, scope);
    case 'index': {
      const base = expression(of.of, scope);
      return term(`${tight(base)}[${expression(of.at, scope).text}]`, elementOf(base.type) ?? '');
    }
    case 'unary': {
      const inner = expression(of.of, scope);
      return term(`${of.op}${inner.text}`, of.op === '!' ? 'boolean' : inner.type);
    }
    case 'address': return addressOf(of.of, scope);
    case 'deref': return derefOf(of.of, of, scope);
    case 'step': {
      const made = stepOf(of, scope);
      if (!of.prefix && made.text.includes('=')) notUnderstood(scope, 'pointer-arithmetic', `${made.text} for what was there before`, of);
      return made;
    }
    case 'binary': return binaryOf(of, scope);
    case 'assign': return assignOf(of, scope);
    case 'choose': {
      const test = expression(of.test, scope);
      const other = expression(of.other, scope);
      if (of.then === null) return term(`${test.text} || ${other.text}`, test.type);
      const then = expression(of.then, scope);
      return term(`${test.text} ? ${then.text} : ${other.text}`, then.type === 'null' ? other.type : then.type);
    }
    case 'cast': return castOf(of, scope);
    case 'sizeof': {
      const constant = `sizeof_${of.type === null ? nameIn(of.of) : portType(of.type, scope.port, scope.module)}`;
      if (scope.port.value(constant, scope.module) !== undefined) return term(constant, 'unsigned_long');
      notUnderstood(scope, 'sizeof', 'sizeof', of);
      return term(of.type === null ? `sizeof(${of.of === null ? '' : expression(of.of, scope).text})` : `sizeof(${portType(of.type, scope.port, scope.module)})`, 'unsigned_long');
    }
    case 'comma': {
      const left = effect(of.left, scope);
      const right = expression(of.right, scope);
      return left.text === '' ? right : term(right.text === '' ? left.text : `${left.text}, ${right.text}`, right.type);
    }
    case 'compound': return initialiser(of.init, portType(of.type, scope.port, scope.module), scope);
    case 'init':
      notUnderstood(scope, 'initialiser', '{ … } without a type', of);
      return term(`{${of.entries.map((one) => expression(one.value, scope).text).join(', ')}}`);
    case 'statements':
      notUnderstood(scope, 'statement-expression', '({ … })', of);
      return term('undefined');
    case 'type': return term(portType(of.type, scope.port, scope.module), 'type');
    case 'unknown':
      notUnderstood(scope, 'not-read', of.text, of);
      return term(of.text);
  }
}

/** An expression for what it does: a pointer that is stepped has no value then. */
export function effect(of: CExpr, scope: Scope): Term {
  if (of.kind === 'step') return stepOf(of, scope);
  if (of.kind !== 'comma') return expression(of, scope);
  const left = effect(of.left, scope).text;
  const right = effect(of.right, scope);
  return left === '' ? right : term(right.text === '' ? left : `${left}, ${right.text}`, right.type);
}

export function nameOf(name: string, at: CExpr, scope: Scope): Term {
  const own = scope.variables.get(name);
  if (own !== undefined) return term(own.boxed ? `${own.shown}.v` : own.shown, own.type);
  if (name === 'true' || name === 'false') return term(name, 'boolean');
  if (name === 'current') return term('current()', 'task_struct');
  if (name === '__func__') return term("''", 'string');
  const value = scope.port.value(name, scope.module);
  if (value === undefined) {
    if (!scope.declared.has(name)) notUnderstood(scope, 'not-in-port', name, at);
    return term(portName(name));
  }
  const shown = scope.port.importedAs(value, scope.module);
  // `const highest = () => …`: C reads a variable.
  if (value.kind === 'function') return value.isReader ? term(`${shown}()`, value.returns) : term(shown, '');
  const text = value.form === 'machine' ? `${shown}()` : shown;
  // A number that the machine keeps is `{ v }`.
  const target = value.form === 'machine' ? refTarget(value.type) : null;
  return target === null ? term(text, value.type) : term(`${text}.v`, target);
}

/** A member: of a struct of the port where that is known. */
function fieldOf(of: CExpr, name: string, scope: Scope): Term {
  const base = expression(of, scope);
  const struct = structOf(base.type, scope.port, scope.module);
  const field = struct === undefined ? undefined : memberOf(base.type, name, scope);
  // `x.v` where the struct keeps a pointer that is handed out by address.
  const held = field === undefined ? null : refTarget(field.type);
  if (held !== null) return term(`${tight(base)}.${name}.v`, held);
  return term(`${tight(base)}.${name}`, field?.type ?? '');
}

const COMPARE = /^(?:[<>]=?|[=!]=)$/;

function binaryOf(of: Extract<CExpr, { kind: 'binary' }>, scope: Scope): Term {
  if (of.op === '+' || of.op === '-') {
    const moved = pointerArithmetic(of, scope);
    if (moved !== null) return moved;
  }
  const left = expression(of.left, scope);
  const right = expression(of.right, scope);
  const { op } = of;
  // A truth value that C compares with zero.
  if ((op === '==' || op === '!=') && right.text === '0' && isBoolean(left.type)) return term(op === '==' ? `!${tight(left)}` : left.text, 'boolean');
  if (op === '==' || op === '!=') return term(`${left.text} ${op}= ${right.text}`, 'boolean');
  // In C a difference of unsigned numbers is never negative.
  const wrapped = (one: Term, from: CExpr): string => (isDifference(from) && isUnsigned(one.type) ? `${one.text.startsWith('(') && from.kind === 'paren' ? one.text : `(${one.text})`} >>> 0` : one.text);
  if (COMPARE.test(op)) return term(`${wrapped(left, of.left)} ${op} ${wrapped(right, of.right)}`, 'boolean');
  if (op === '>>' && ((isDifference(of.left) && isUnsigned(left.type)) || plainName(left.type) === 'phys_addr_t')) return term(`${left.text} >>> ${right.text}`, left.type);
  if (op === '&&' || op === '||') return term(`${left.text} ${op} ${right.text}`, isBoolean(left.type) && isBoolean(right.type) ? 'boolean' : '');
  // page->mapping with its tag: only the tag bits are ever looked at as a number.
  if (/^[&|^]$/.test(op) && isTagged(left.type)) return term(`ulong(${left.text}) ${op} ${right.text}`, 'unsigned_long');
  if (op === '/') return divided(left, right, of, scope);
  const number = (one: Term): string => (isBoolean(one.type) ? `Number(${one.text})` : one.text);
  const type = isBoolean(left.type) || left.type === 'number' || left.type === '' ? right.type : left.type;
  return term(`${number(left)} ${op} ${number(right)}`, isBoolean(type) ? 'int' : type);
}

/** C's division gives a whole number. */
function divided(left: Term, right: Term, at: CExpr, scope: Scope): Term {
  const type = left.type === 'number' || left.type === '' ? right.type : left.type;
  if (isUnsigned(type) || isUnsigned(right.type)) return term(`(${left.text} / ${right.text}) >>> 0`, type);
  if (/^(?:int|long)$/.test(plainName(type))) return term(`Math.trunc(${left.text} / ${right.text})`, type);
  notUnderstood(scope, 'division', `${left.text} / ${right.text}`, at);
  return term(`${left.text} / ${right.text}`, type);
}

function isDifference(of: CExpr): boolean { return of.kind === 'paren' ? isDifference(of.of) : of.kind === 'binary' && of.op === '-'; }

function assignOf(of: Extract<CExpr, { kind: 'assign' }>, scope: Scope): Term {
  const { op } = of;
  let target = of.left;
  while (target.kind === 'paren') target = target.of;
  const left = expression(target, scope);
  if (target.kind === 'deref') {
    const base = expression(target.of, scope);
    const name = plainName(base.type);
    if (op === '=' && (name === 'pte_cell' || name === 'pmd_cell')) return term(`set_${name.slice(0, 3)}(${base.text}, ${expression(of.right, scope).text})`, '');
    if (op === '=' && refTarget(base.type) === null && elementOf(base.type) === null && structOf(base.type, scope.port, scope.module) !== undefined) {
      return term(`Copy(${base.text}, ${expression(of.right, scope).text})`, base.type);
    }
  }
  const copied = target.kind === 'name' ? scope.variables.get(target.name) : undefined;
  if (op === '=' && copied?.c.kind === 'named' && isObject(copied.type, scope) && !isCell(copied.type) && isPlace(of.right)) notUnderstood(scope, 'struct-copy', `${left.text} = …, by value`, of);
  if ((op === '+=' || op === '-=') && elementOf(left.type) !== null) {
    const by = expression(of.right, scope).text;
    return term(`${left.text} = ArrayAt(${left.text}, ${op === '+=' ? by : `-${by}`})`, left.type);
  }
  const right = valueFor(of.right, left.type, scope);
  const number = op !== '=' && isBoolean(right.type) && !isBoolean(left.type) ? `Number(${right.text})` : right.text;
  return term(`${left.text} ${op} ${number}`, left.type);
}

/** Something that is stored somewhere: C copies it when it is a struct. */
export function isPlace(of: CExpr): boolean {
  return of.kind === 'paren' ? isPlace(of.of) : of.kind === 'name' || of.kind === 'field' || of.kind === 'index' || of.kind === 'deref';
}

/** A value where one of this type is wanted: what C converts without a word and the port says. */
export function valueFor(of: CExpr, wanted: string, scope: Scope): Term {
  if (of.kind === 'init' || of.kind === 'compound') return initialiser(of.kind === 'init' ? of : of.init, of.kind === 'compound' ? portType(of.type, scope.port, scope.module) : wanted, scope);
  if (of.kind === 'number' && isBoolean(wanted)) return term(/^0+[uUlL]*$/.test(of.text) ? 'false' : 'true', 'boolean');
  if (of.kind === 'number' && /^0[uUlL]*$/.test(of.text) && wanted !== '' && !isNumber(wanted, scope.port, scope.module) && /\bnull\b/.test(wanted)) return term('null', 'null');
  if (of.kind === 'choose' && of.then !== null && isBoolean(wanted)) {
    return term(`${expression(of.test, scope).text} ? ${valueFor(of.then, wanted, scope).text} : ${valueFor(of.other, wanted, scope).text}`, 'boolean');
  }
  if (wanted.startsWith('() =>')) return term(`() => ${expression(of, scope).text}`, wanted);
  if (/^(?:uaddr|unsigned_long|pfn_nr)$/.test(wanted) && isMinusOne(of)) return term('ULONG_MAX', wanted);
  // A pointer to many, where C casts to a pointer to one.
  if (of.kind === 'cast' && elementOf(wanted) !== null && refTarget(portType(of.type, scope.port, scope.module)) !== null) {
    const inner = expression(of.of, scope);
    return elementOf(inner.type) !== null ? inner : term(`${tight(inner)} as ${wanted}`, wanted);
  }
  // A pointer's bits, where the port has the pointer.
  const number = (type: string): boolean => isNumber(type, scope.port, scope.module);
  if (of.kind === 'cast' && wanted !== '' && !number(wanted) && !isBoolean(wanted) && number(portType(of.type, scope.port, scope.module))) return valueFor(of.of, wanted, scope);
  if (isBoolean(wanted) && of.kind === 'paren') return term(`(${valueFor(of.of, wanted, scope).text})`, 'boolean');
  if (isBoolean(wanted) && of.kind === 'binary' && (of.op === '&&' || of.op === '||')) {
    return term(`${valueFor(of.left, wanted, scope).text} ${of.op} ${valueFor(of.right, wanted, scope).text}`, 'boolean');
  }
  const value = expression(of, scope);
  // void * goes anywhere in C.
  if (/^(?:object|unknown)$/.test(solid(value.type)) && structOf(wanted, scope.port, scope.module) !== undefined) return term(`${tight(value)} as ${structName(wanted, scope)}`, wanted);
  if (isBoolean(wanted) && structOf(value.type, scope.port, scope.module) !== undefined) return term(`${value.text} !== null`, 'boolean');
  if (isBoolean(wanted) && isNumber(value.type, scope.port, scope.module)) return term(`Boolean(${value.text})`, 'boolean');
  if (isNumber(wanted, scope.port, scope.module) && isBoolean(value.type)) return term(`Number(${value.text})`, 'number');
  return value;
}

function isMinusOne(of: CExpr): boolean {
  if (of.kind === 'number') return /^-1[uUlL]*$/.test(of.text);
  return of.kind === 'unary' && of.op === '-' && of.of.kind === 'number' && /^1[uUlL]*$/.test(of.of.text);
}

function castOf(of: Extract<CExpr, { kind: 'cast' }>, scope: Scope): Term {
  const type = portType(of.type, scope.port, scope.module);
  const untagged = untaggedOf(of.of, scope);
  if (untagged !== null && structOf(type, scope.port, scope.module) !== undefined) return term(`Untagged(${untagged.text})`, type);
  const inner = expression(of.of, scope);
  if (type === 'void' || type === 'object' || plainName(inner.type) === plainName(type)) return inner;
  if (isNumber(type, scope.port, scope.module)) {
    const plain = inner.type === '' || isNumber(inner.type, scope.port, scope.module);
    if (plain) return term(inner.text, type);
    if (isBoolean(inner.type)) return term(`Number(${inner.text})`, type);
    if (/^(?:object|unknown)$/.test(solid(inner.type))) return term(`${tight(inner)} as ${type}`, type);
    return term(`ulong(${inner.text})`, 'unsigned_long');
  }
  if (isBoolean(type)) return term(`Boolean(${inner.text})`, 'boolean');
  // Of an array that stays one only the elements' width changes.
  if (refTarget(type) !== null && elementOf(inner.type) !== null) return inner;
  return term(`${tight(inner)} as ${structOf(type, scope.port, scope.module) === undefined ? type : structName(type, scope)}`, type);
}

/** `(mapping - PAGE_MAPPING_ANON)`: the pointer without its tag. */
function untaggedOf(of: CExpr, scope: Scope): Term | null {
  if (of.kind === 'paren') return untaggedOf(of.of, scope);
  if (of.kind !== 'binary' || of.op !== '-' || of.right.kind !== 'name' || !/_MAPPING_/.test(of.right.name)) return null;
  const left = expression(of.left, scope);
  return isTagged(left.type) ? left : null;
}

/** `sizeof(x)`: the parser cannot tell a type from a variable. */
function nameIn(of: CExpr | null): string { return of?.kind === 'paren' ? nameIn(of.of) : of?.kind === 'name' ? of.name : ''; }

function numberText(text: string): string {
  const plain = /^0[xX]/.test(text) ? text.replace(/[uUlL]+$/, '') : text.replace(/[uUlLfF]+$/, '');
  return /^0[0-7]+$/.test(plain) ? `0o${plain.slice(1)}` : plain;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, 0: 0, '\\': 92, "'": 39 };
function charCode(text: string): number {
  const body = text.replace(/^[LuU]?'|'$/g, '');
  return body.startsWith('\\') ? ESCAPES[body.charAt(1)] ?? 0 : body.charCodeAt(0);
}
