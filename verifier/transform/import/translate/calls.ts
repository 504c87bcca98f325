// SPDX-License-Identifier: GPL-2.0-only
// Calls, and what is handed where the port's function takes something other than C's.

import type { CExpr } from '../c/ast.ts';
import { expression, valueFor, type Term } from './expressions.ts';
import { macroCall } from './macros.ts';
import { isObject, isPlain, memberOf } from './members.ts';
import { elementOf, plainName, refTarget } from './ports.ts';
import { notUnderstood, type Scope } from './scope.ts';

export type Call = Extract<CExpr, { kind: 'call' }>;

export function callOf(of: Call, scope: Scope): Term {
  if (of.callee.kind !== 'name') return throughPointer(of, scope);
  const { name } = of.callee;
  const variable = scope.variables.get(name);
  // A variable may have the name of a macro that is called.
  if (variable !== undefined && !isPlain(variable.type, scope)) return throughPointer(of, scope);
  const macro = macroCall(of, name, scope);
  if (macro !== null) return macro;
  const inPort = scope.port.value(name, scope.module);
  if (inPort === undefined && !scope.declared.has(name)) notUnderstood(scope, 'not-in-port', `${name}()`, of);
  const params = inPort?.kind === 'function' ? inPort.params : [];
  const rest = params.at(-1);
  const texts = of.args.map((one, at) => handed(one, params[at]?.type ?? (rest?.rest === true ? rest.type : ''), scope).text);
  const shown = inPort === undefined ? name : scope.port.importedAs(inPort, scope.module);
  return { text: `${shown}(${texts.join(', ')})`, type: inPort?.kind === 'function' ? inPort.returns : '' };
}

function throughPointer(of: Call, scope: Scope): Term {
  let callee = of.callee;
  while (callee.kind === 'paren' || callee.kind === 'deref') callee = callee.of;
  const target = expression(callee, scope);
  const member = callee.kind === 'field' ? memberOf(expression(callee.of, scope).type, callee.name, scope) : undefined;
  return { text: `${target.text}(${of.args.map((one, at) => handed(one, member?.params[at] ?? '', scope).text).join(', ')})`, type: member?.returns ?? '' };
}

/** An argument, for a parameter of this type of the port. */
export function handed(of: CExpr, wanted: string, scope: Scope): Term {
  if (of.kind === 'paren') return handed(of.of, wanted, scope);
  if (of.kind === 'choose' && of.then !== null) {
    return { text: `${expression(of.test, scope).text} ? ${handed(of.then, wanted, scope).text} : ${handed(of.other, wanted, scope).text}`, type: wanted };
  }
  if (of.kind === 'address' && of.of.kind === 'field' && plainName(wanted) === 'flags_word') return expression(of.of.of, scope);
  if (of.kind === 'address' && of.of.kind === 'index' && elementOf(wanted) !== null) {
    return { text: `ArrayAt(${expression(of.of.of, scope).text}, ${expression(of.of.at, scope).text})`, type: wanted };
  }
  if (of.kind === 'address' && of.of.kind === 'name') {
    const own = scope.variables.get(of.of.name);
    // A parameter is stored to through the reference: C's own variable is the copy it has of it.
    if (own !== undefined && !own.boxed && refTarget(wanted) !== null && !(own.c.kind === 'named' && isObject(own.type, scope))) return { text: `{ v: ${own.shown} }`, type: wanted };
    if (own !== undefined && elementOf(wanted) !== null && elementOf(own.type) === null && own.boxed) return { text: `[${own.shown}.v]`, type: wanted };
  }
  // A macro of C that makes a name of what it is given.
  if (of.kind === 'name' && wanted === 'string' && !scope.variables.has(of.name) && scope.port.value(of.name, scope.module) === undefined) return { text: `'${of.name}'`, type: 'string' };
  // A macro of C that sets the variable it is given.
  if (of.kind === 'name' && refTarget(wanted) !== null) {
    const own = scope.variables.get(of.name);
    if (own?.boxed === true && refTarget(own.type) === null) return { text: own.shown, type: wanted };
  }
  return valueFor(of, wanted, scope);
}
