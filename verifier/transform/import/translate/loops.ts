// SPDX-License-Identifier: GPL-2.0-only
// C's loop macros as the port's plain for: the first entry, what follows one, null at the end
// (kernel-port/README.md). A macro the port has as a function that answers yes or no keeps its name.

import type { CExpr, CStmt } from '../c/ast.ts';
import { expression } from './expressions.ts';
import { addressOf } from './pointers.ts';
import { isBoolean, refTarget } from './ports.ts';
import { notUnderstood, portName, type Scope } from './scope.ts';

export interface LoopHead { readonly head: string; /** What the body begins with. */ readonly first: string | null }

type Each = Extract<CStmt, { kind: 'each' }>;

export function loopHead(of: Each, scope: Scope): LoopHead {
  const value = (at: number): string => {
    const arg = of.args[at];
    return arg === undefined ? '' : arg.kind === 'address' ? addressOf(arg.of, scope).text : expression(arg, scope).text;
  };
  const member = (at: number): string => memberPath(of.args[at]);
  const { macro } = of;
  const own = scope.port.value(macro, scope.module);
  const back = /_reverse/.test(macro);
  const step = back ? 'Prev' : 'Next';
  const cursor = value(0);
  if (/^h?list_for_each_entry(?:_reverse|_rcu|_continue|_from|_srcu)*$/.test(macro)) {
    // What lockdep is told is nothing to the model.
    const proof = of.args[3];
    const told = proof !== undefined && !(proof.kind === 'call' && proof.callee.kind === 'name' && /^lockdep_/.test(proof.callee.name));
    const extra = told && /^hlist|_rcu|_srcu/.test(macro) ? `, ${value(3)}` : '';
    const start = /_(?:continue|from)/.test(macro) ? cursor : `${value(1)}${extra}`;
    return { head: `for (${cursor} = ${macro}(${start}); ${cursor}; ${cursor} = ${step}(${cursor}.${member(2)}))`, first: null };
  }
  if (/^list_for_each_entry_safe(?:_reverse)?$/.test(macro)) {
    return { head: `for (${cursor} = ${macro}(${value(2)}); ${cursor}; ${cursor} = ${value(1)})`, first: `${value(1)} = ${step}(${cursor}.${member(3)});` };
  }
  if (/^list_for_each_entry_safe_(?:from|continue)(?:_reverse)?$/.test(macro)) {
    return { head: `for (${cursor} = ${macro}(${cursor}); ${cursor}; ${cursor} = ${value(1)})`, first: `${value(1)} = ${step}(${cursor}.${member(3)});` };
  }
  if (macro === 'hlist_for_each_entry_safe') {
    // C's second is the node after; the port's is the entry.
    return { head: `for (${cursor} = ${macro}(${value(2)}); ${cursor}; ${cursor} = ${value(1)})`, first: `${value(1)} = Next(${cursor}.${member(3)});` };
  }
  if (/_interval_tree_foreach$/.test(macro)) {
    const bounds = `${value(2)}, ${value(3)}`;
    return { head: `for (${cursor} = ${macro}(${value(1)}, ${bounds}); ${cursor}; ${cursor} = ${macro.replace(/foreach$/, 'iter_next')}(${cursor}, ${bounds}))`, first: null };
  }
  if (/_cpu(?:_and|_wrap)?$/.test(macro)) {
    const rest = of.args.slice(1).map((_, at) => value(at + 1)).join(', ');
    return { head: `for (const ${portName(nameOf(of.args[0]))} of ${macro}(${rest}))`, first: null };
  }
  if (own?.kind === 'function' && isBoolean(own.returns)) {
    const args = of.args.map((arg, at) => {
      const variable = arg.kind === 'name' ? scope.variables.get(arg.name) : undefined;
      if (refTarget(own.params[at]?.type ?? '') === null) return value(at);
      return variable?.boxed === true ? variable.shown : `{ v: ${value(at)} }`;
    });
    return { head: `for (; ${macro}(${args.join(', ')});)`, first: null };
  }
  notUnderstood(scope, 'macro', `${macro}()`, of);
  return { head: `for (; ${macro}(${of.args.map((_, at) => value(at)).join(', ')});)`, first: null };
}

function nameOf(of: CExpr | undefined): string { return of?.kind === 'name' ? of.name : ''; }

/** The member that links the entries: `lru`, `shared.rb`. */
function memberPath(of: CExpr | undefined): string {
  if (of === undefined) return '';
  if (of.kind === 'name') return of.name;
  return of.kind === 'field' ? `${memberPath(of.of)}.${of.name}` : '';
}
