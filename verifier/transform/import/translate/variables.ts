// SPDX-License-Identifier: GPL-2.0-only
// Declarations of locals: const or let, `{ v }` for one that is handed by address, an object for a struct.

import type { CExpr, CLines, CVariable } from '../c/ast.ts';
import { expression, isPlace, valueFor, type Row, type Term } from './expressions.ts';
import type { Uses } from './locals.ts';
import { isObject, isPlain, shownType, structName } from './members.ts';
import { isCell, plainName, refTarget, structOf } from './ports.ts';
import { notUnderstood, portName, type Scope } from './scope.ts';
import { portType, refined, zeroOf } from './types.ts';
import type { Writer } from './writer.ts';

/** `LIST_HEAD(x);` and its kin: a declaration to C. */
export function declaredByMacro(of: CExpr): { readonly name: string; readonly macro: string; readonly args: readonly CExpr[] } | null {
  if (of.kind !== 'call' || of.callee.kind !== 'name' || !/^(?:H?LIST_HEAD|DEFINE_\w+|DECLARE_\w+|XA_STATE)$/.test(of.callee.name)) return null;
  const [first, ...args] = of.args;
  return first?.kind === 'name' ? { name: first.name, macro: of.callee.name, args } : null;
}

export function forDeclaration(variables: readonly CVariable[], scope: Scope, uses: Uses): string {
  const made = variables.map((one) => variable(one, scope, uses));
  return `let ${made.map((one) => one.text).join(', ')}`;
}

/** One statement for what is assigned later and one for what is not; the order of C within each. */
export function declare(variables: readonly CVariable[], at: CLines, scope: Scope, uses: Uses, out: Writer): void {
  const made = variables.map((one) => variable(one, scope, uses));
  for (let from = 0; from < made.length;) {
    let to = from;
    while (to < made.length && made[to]?.constant === made[from]?.constant) to += 1;
    const word = made[from]?.constant === true ? 'const' : 'let';
    const rows = to - from === 1 ? made[from]?.rows : undefined;
    if (rows === undefined) out.put(`${word} ${made.slice(from, to).map((one) => one.text).join(', ')};`, at);
    else for (const [n, row] of rows.entries()) out.put(`${n === 0 ? `${word} ` : ''}${row.text}${n === rows.length - 1 ? ';' : ''}`, n === 0 ? { from: at.from, to: row.to } : row);
    from = to;
  }
}

interface Made { readonly text: string; readonly constant: boolean; readonly rows?: readonly Row[] }

function variable(of: CVariable, scope: Scope, uses: Uses): Made {
  const own = scope.variables.get(of.name);
  const name = own?.shown ?? portName(of.name);
  const type = own?.type ?? portType(of.type, scope.port, scope.module);
  const value: Term | null = of.init === null ? null : valueFor(of.init, type, scope);
  if (of.type.kind === 'named' && of.init !== null && isPlace(of.init) && isObject(type, scope) && !isCell(type)) notUnderstood(scope, 'struct-copy', `${name} = …, by value`, of.init);
  if (own?.boxed === true) return { text: `${name}: Ref<${type}> = { v: ${value?.text ?? zeroOf(type, scope.port, scope.module)} }`, constant: true };
  if (of.type.kind === 'array' && value === null) {
    const element = portType(of.type.of, scope.port, scope.module);
    const size = of.type.size === null ? '0' : expression(of.type.size, scope).text;
    return { text: `${name}: ${type} = Array<${element}>(${size}).fill(${zeroOf(element, scope.port, scope.module)})`, constant: true };
  }
  if (of.type.kind === 'named' && value === null && plainName(type) === 'list_head') return { text: `${name} = LIST_HEAD${/<.*>/.exec(type)?.[0] ?? ''}()`, constant: true };
  if (of.type.kind === 'named' && value === null && isObject(type, scope) && structOf(type, scope.port, scope.module)?.isClass === true) {
    return { text: `${name} = Init(${structName(type, scope)}, {})`, constant: true };
  }
  if (of.type.kind === 'unknown') notUnderstood(scope, 'type', of.type.text, of.init ?? { from: 0, to: 0 });
  // Init says itself what it makes.
  const head = value?.text.startsWith('Init(') === true ? name : `${name}: ${shownType(type, scope)}`;
  const [first, ...more] = value?.rows ?? [];
  return {
    text: `${head}${value === null ? '' : ` = ${value.text}`}`,
    constant: value !== null && !uses.stored.has(of.name) && (!scope.partial || isObject(type, scope)),
    ...(first === undefined ? {} : { rows: [{ ...first, text: `${head} = ${first.text}` }, ...more] }),
  };
}

/** The variables that a list of statements declares, told before their first use. */
export function declareAll(list: readonly CVariable[], scope: Scope, uses: Uses): void {
  const called = new Set(uses.called);
  for (const one of list) {
    const before = scope.variables.get(one.name);
    if (before !== undefined && before.c.kind !== 'unknown') continue;
    const known = scope.known?.locals.get(one.name);
    const held = known === undefined ? undefined : refTarget(known) ?? known;
    const own = refined(one.type, held, scope.port, scope.module);
    // A new one: a pointer that is used as an array is one.
    const element = known === undefined && uses.indexed.has(one.name) ? refTarget(own) : null;
    const type = element === null ? own : `${element}[]`;
    // Declared in the port and not as a reference: what is handed by address there is a copy.
    const plain = known !== undefined && known !== '' && refTarget(known) === null && refTarget(portType(one.type, scope.port, scope.module)) === null;
    const object = one.type.kind === 'named' ? isObject(type, scope) : one.type.kind === 'array';
    const set = uses.handed.some((use) => use.name === one.name && handsOver(use.callee, use.at, scope) && one.type.kind !== 'array' && refTarget(type) === null);
    // Its own initialiser could not call a function of the same name.
    const shown = isPlain(type, scope) && called.has(one.name) ? `${one.name}_` : portName(one.name);
    scope.variables.set(one.name, { name: one.name, shown, c: one.type, type, boxed: !plain && !object && (uses.addressed.has(one.name) || set || (scope.partial && refTarget(known ?? '') !== null)) });
  }
}

/** Whether the port's form of a macro takes a reference here, where C names the variable. */
function handsOver(callee: string, at: number, scope: Scope): boolean {
  const one = scope.port.value(callee, scope.module);
  return one?.kind === 'function' && refTarget(one.params[at]?.type ?? '') !== null;
}
