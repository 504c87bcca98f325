// SPDX-License-Identifier: GPL-2.0-only
// A C function, or some statements of one, as lines of the port.

import type { Declarations } from '../../../tree/declarations.ts';
import type { CFunction, CParam, CStmt, CType, CVariable } from '../c/ast.ts';
import { structureOf } from './labels.ts';
import { eachStatement, usesOf } from './locals.ts';
import { shownType } from './members.ts';
import { refTarget } from './ports.ts';
import { portName, type LeftOut, type Open, type Scope } from './scope.ts';
import { statements } from './statements.ts';
import { portType, refined } from './types.ts';
import { declareAll, declaredByMacro } from './variables.ts';
import { Writer, type Line } from './writer.ts';

export interface Translation {
  readonly lines: readonly Line[];
  readonly open: readonly Open[];
  readonly left: readonly LeftOut[];
}

export interface Setting {
  readonly port: Declarations;
  /** The port's file. */
  readonly module: string;
  /** Names that the same patch declares: not in the port, and not open either. */
  readonly declared?: ReadonlySet<string>;
  /** Labels that stand before (continue) or behind (break) the statements at hand. */
  readonly jumps?: ReadonlyMap<string, 'break' | 'continue'>;
}

/** The whole function, head and braces included. */
export function translateFunction(fn: CFunction, setting: Setting): Translation {
  const scope = scopeOf(fn.name, fn.params, setting, usesOf(fn.body).indexed);
  const returns = refined(fn.returns, scope.known?.returns, setting.port, setting.module);
  const inner: Scope = { ...scope, returns };
  const out = new Writer();
  out.depth = 0;
  const params = fn.params.map((one) => `${portName(one.name)}: ${shownType(scope.variables.get(one.name)?.type ?? portType(one.type, setting.port, setting.module), scope)}`);
  // What a header defines is static in C and for others all the same.
  const exported = scope.known?.exported ?? (!fn.isStatic || setting.module.startsWith('include/'));
  const first = fn.body[0];
  out.put(`${exported ? 'export ' : ''}function ${portName(fn.name)}(${params.join(', ')}): ${returns} {`, { from: fn.from, to: Math.max(fn.from, Math.min(first?.from ?? fn.to, fn.to) - 1) });
  out.depth = 1;
  write(fn.body, inner, out);
  out.depth = 0;
  out.put('}', { from: fn.to, to: fn.to });
  return { lines: out.lines, open: inner.open, left: inner.left };
}

/** Statements of a function that the port has, or of one that is not known. */
export function translateStatements(list: readonly CStmt[], inFunction: string, params: readonly CParam[], setting: Setting): Translation {
  const scope = scopeOf(inFunction, params, setting);
  fromPort(scope);
  const partial = { ...scope, partial: true, returns: scope.known?.returns ?? '' };
  const out = new Writer();
  write(list, partial, out);
  return { lines: out.lines, open: scope.open, left: scope.left };
}

/** What the macros that declare make. */
const MADE_BY: Readonly<Record<string, string>> = { LIST_HEAD: 'struct list_head', HLIST_HEAD: 'struct hlist_head', DEFINE_WAIT: 'struct wait_queue_entry', XA_STATE: 'struct xa_state' };

function write(list: readonly CStmt[], scope: Scope, out: Writer): void {
  const uses = usesOf(list);
  const variables: CVariable[] = [];
  eachStatement(list, (one) => {
    if (one.kind === 'declare' && !one.isStatic) variables.push(...one.variables);
    const made = one.kind === 'expression' ? declaredByMacro(one.of) : null;
    if (made !== null && scope.port.value(made.macro, scope.module) !== undefined) variables.push({ name: made.name, type: { kind: 'named', name: MADE_BY[made.macro] ?? made.macro }, init: null });
  });
  declareAll(variables, scope, uses);
  const structure = structureOf(list, scope);
  const before = out.lines.length;
  statements(structure.body(list), scope, uses, structure, out);
  dropUnused(out, before, new Set(uses.handed.filter((one) => /_irq_?(?:save|restore)$/.test(one.callee)).map((one) => one.name)));
}

/** Variables that only a macro of C names, which is handed them to keep something in. */
function dropUnused(out: Writer, before: number, kept: ReadonlySet<string>): void {
  for (let at = out.lines.length - 1; at >= before; at -= 1) {
    const name = /^\s*let (\w+): [\w<>| ]+;$/.exec(out.lines[at]?.text ?? '')?.[1];
    if (name === undefined || !kept.has(name)) continue;
    const used = new RegExp(`\\b${name}\\b`);
    if (!out.lines.some((one, n) => n !== at && n >= before && used.test(one.text))) out.lines.splice(at, 1);
  }
}

function scopeOf(name: string, params: readonly CParam[], { port, module, declared, jumps }: Setting, indexed: ReadonlySet<string> = new Set()): Scope {
  const own = port.value(name, module);
  const known = own?.kind === 'function' && own.module === module ? own : undefined;
  const scope: Scope = { port, module, known, returns: known?.returns ?? '', variables: new Map(), partial: false, jumps: jumps ?? new Map(), declared: declared ?? new Set(), open: [], left: [] };
  for (const [at, one] of params.entries()) {
    // By name, for a patch may have put one in between.
    const named = (name: string) => known?.params.find((p) => p.name.replace(/^_/, '') === name);
    const there = named(portName(one.name)) ?? named(one.name) ?? (known?.params.length === params.length ? known.params[at] : undefined);
    const type = refined(one.type, there?.type, port, module);
    // A new one: a pointer that is used as an array is one.
    const element = there === undefined && indexed.has(one.name) ? refTarget(type) : null;
    scope.variables.set(one.name, { name: one.name, shown: portName(one.name), c: one.type, type: element === null ? type : `${element}[]`, boxed: false });
  }
  return scope;
}

/** Outside functions. */
export function fileScope(setting: Setting): Scope { return scopeOf('', [], setting); }

/** In a piece of a function, what the port's function has and the lines do not declare. */
function fromPort(scope: Scope): void {
  const add = (name: string, type: string): void => {
    const plain = name.endsWith('_') && portName(name.slice(0, -1)) === name ? name.slice(0, -1) : name.replace(/^_(?=[a-z])/, '');
    const target = refTarget(type);
    const c: CType = { kind: 'unknown', text: '' };
    if (!scope.variables.has(plain)) scope.variables.set(plain, { name: plain, shown: name, c, type: target ?? type, boxed: target !== null });
  };
  for (const one of scope.known?.params ?? []) {
    const plain = one.name.replace(/^_(?=[a-z])/, '');
    if (!scope.variables.has(plain)) scope.variables.set(plain, { name: plain, shown: one.name, c: { kind: 'unknown', text: '' }, type: one.type, boxed: false });
  }
  for (const [name, type] of scope.known?.locals ?? []) add(name, type);
}
