// SPDX-License-Identifier: GPL-2.0-only
// What the checker says, in the words of a reviewer: the port's kinds by their C names, and what
// the place is (returned, handed to a function, assigned).

import { ts } from './ts.ts';

export function inWords(diagnostic: ts.Diagnostic, node: ts.Node): string {
  const first = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n').split('\n')[0] ?? '';
  const kinds = /^(?:Type|Argument of type) '(.+?)' is not assignable to (?:type|parameter of type) '(.+)'\.$/.exec(first);
  if (kinds !== null) {
    const [, got = '', wanted = ''] = kinds;
    return `${kindName(got)} where ${kindName(wanted)} is ${role(node)}`;
  }
  const operator = /^Operator '(.+)' cannot be applied to types '(.+)' and '(.+)'\.$/.exec(first);
  if (operator !== null) return `${kindName(operator[2] ?? '')} ${operator[1]} ${kindName(operator[3] ?? '')}: the kinds do not go together`;
  const arity = /^Expected (.+) arguments?, but got (\d+)\.$/.exec(first);
  if (arity !== null) return `${callee(node)} takes ${arity[1]} arguments and is handed ${arity[2]}`;
  const name = /^Cannot find name '(.+?)'/.exec(first) ?? /has no exported member (?:named )?'(.+?)'/.exec(first);
  if (name !== null) return `${name[1]} is not declared`;
  const member = /^Property '(.+?)' does not exist on type '(.+?)'/.exec(first);
  if (member !== null) return `${kindName(member[2] ?? '')} has no member ${member[1]}`;
  if (/^Property '(.+?)' is missing in type/.test(first)) return first.replace(/\.$/, '');
  return first.replace(/\.$/, '');
}

/** `Kind<"int">` and the like as C writes them. */
function kindName(type: string): string {
  const kind = /^Kind<"(.+)">$/.exec(type)?.[1];
  if (kind !== undefined) return kind;
  return type.replace(/^number & \{.*'(\w+)'.*\}$/, '$1');
}

function role(node: ts.Node): string {
  for (let at: ts.Node = node; at.parent !== undefined; at = at.parent) {
    const up = at.parent;
    if (ts.isReturnStatement(at)) return 'returned';
    if (ts.isReturnStatement(up)) return 'returned';
    if (ts.isCallExpression(up) && up.arguments.some((argument) => argument === at)) return `taken by ${callee(up)}`;
    if (ts.isPropertyAssignment(up)) return `set in ${up.name.getText()}`;
    if (ts.isVariableDeclaration(at)) return `declared as ${at.name.getText()}`;
    if (ts.isVariableDeclaration(up)) return `declared as ${up.name.getText()}`;
    if (ts.isBinaryExpression(up)) return `assigned to ${up.left.getText()}`;
    if (ts.isBinaryExpression(at)) return `assigned to ${at.left.getText()}`;
    if (ts.isStatement(up)) break;
  }
  return 'wanted';
}

function callee(node: ts.Node): string {
  for (let at: ts.Node | undefined = node; at !== undefined && !ts.isBlock(at); at = at.parent) {
    if (ts.isCallExpression(at)) return `${at.expression.getText()}()`;
  }
  return 'the function';
}
