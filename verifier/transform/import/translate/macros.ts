// SPDX-License-Identifier: GPL-2.0-only
// Macros of C whose arguments are no values: a type, a member, a format, a size, a variable to set.
// Each reader gives null for a call that is not its own.

import type { CExpr } from '../c/ast.ts';
import { handed, type Call } from './calls.ts';
import { expression, type Term } from './expressions.ts';
import { formatted } from './formats.ts';
import { memberOf, structName } from './members.ts';
import { addressOf } from './pointers.ts';
import { elementOf, plainName, structOf } from './ports.ts';
import { notUnderstood, type Scope } from './scope.ts';
import { portType } from './types.ts';

/** Their argument is what they are. */
const TRANSPARENT = new Set(['likely', 'unlikely', 'READ_ONCE', 'ACCESS_ONCE', 'data_race', 'rcu_dereference', 'rcu_dereference_check', 'rcu_dereference_raw', 'rcu_access_pointer',
  'lockless_dereference', 'array_index_nospec', '__builtin_expect', 'smp_load_acquire', 'ERR_CAST', 'unrcu_pointer']);
/** Stores that the port writes as assignments. */
const STORES = new Set(['WRITE_ONCE', 'rcu_assign_pointer', 'RCU_INIT_POINTER', 'smp_store_release', 'smp_store_mb', 'set_mb']);
/** A type first. */
const TYPED_FIRST = new Set(['min_t', 'max_t', 'clamp_t']);
/** A format and what it prints, from an argument on. */
const FORMATS: Readonly<Record<string, number>> = {
  WARN: 1, WARN_ONCE: 1, WARN_RATELIMIT: 1, printk: 0, pr_err: 0, pr_warn: 0, pr_info: 0, pr_debug: 0, pr_alert: 0, pr_notice: 0, pr_cont: 0, pr_crit: 0,
  pr_warn_once: 0, pr_err_once: 0, pr_info_once: 0, pr_warn_ratelimited: 0, pr_err_ratelimited: 0, panic: 0, dev_err: 1, dev_warn: 1, dev_info: 1, dev_dbg: 1,
};
/** Lists: the node is what the port asks for, C's type and member are in it. */
const OF_NODE = new Set(['container_of', 'list_entry', 'hlist_entry', 'hlist_entry_safe', 'rb_entry', 'list_first_entry', 'list_last_entry', 'list_first_entry_or_null', 'list_entry_rcu']);
const OF_MEMBER = new Set(['list_next_entry', 'list_prev_entry']);

type Reader = (of: Call, name: string, scope: Scope) => Term | null;

export function macroCall(of: Call, name: string, scope: Scope): Term | null {
  for (const read of READERS) {
    const made = read(of, name, scope);
    if (made !== null) return made;
  }
  return null;
}

/** What is not there at run time, or is written out. */
function plain(of: Call, name: string, scope: Scope): Term | null {
  const [first, second] = of.args;
  if (first === undefined) return null;
  if (name === 'IS_ENABLED') return expression(first, scope);
  if (scope.port.value(name, scope.module) !== undefined) return null;
  if (TRANSPARENT.has(name)) return expression(name === 'smp_load_acquire' && first.kind === 'address' ? first.of : first, scope);
  if (second === undefined) return null;
  if (STORES.has(name)) return expression({ kind: 'assign', op: '=', left: first.kind === 'address' ? first.of : first, right: second, from: of.from, to: of.to }, scope);
  if (name !== 'swap') return null;
  const [a, b] = [expression(first, scope).text, expression(second, scope).text];
  return { text: `[${a}, ${b}] = [${b}, ${a}]`, type: '' };
}

function typed(of: Call, name: string, scope: Scope): Term | null {
  const [first] = of.args;
  if (!TYPED_FIRST.has(name) || first?.kind !== 'type') return null;
  const values = of.args.slice(1).map((one) => expression(one, scope));
  return { text: `${name}(${values.map((one) => one.text).join(', ')})`, type: portType(first.type, scope.port, scope.module) };
}

function embedded(of: Call, name: string, scope: Scope): Term | null {
  const [first, second, third] = of.args;
  const inPort = scope.port.value(name, scope.module);
  if (first === undefined) return null;
  if (OF_NODE.has(name)) {
    const node = first.kind === 'address' ? addressOf(first.of, scope) : expression(first, scope);
    const type = second?.kind === 'type' ? portType(second.type, scope.port, scope.module) : '';
    // A node that knows what it is embedded in says so in its type; of another, C's word is taken.
    const cast = type === '' || node.type.includes('<') ? '' : ` as ${structName(type, scope)}`;
    return { text: `${inPort === undefined ? name : scope.port.importedAs(inPort, scope.module)}(${node.text})${cast}`, type };
  }
  if (OF_MEMBER.has(name) && second?.kind === 'name') {
    const base = expression(first, scope);
    return { text: `${name}(${base.text}.${second.name})`, type: base.type };
  }
  if (!/^h?list_/.test(name) || third?.kind !== 'name' || of.args.length !== 3 || second === undefined || inPort?.kind !== 'function' || inPort.params.length !== 2) return null;
  return { text: `${name}(${handed(first, inPort.params[0]?.type ?? '', scope).text}, ${handed(second, inPort.params[1]?.type ?? '', scope).text})`, type: inPort.returns };
}

/** `per_cpu_ptr(&v.member, cpu)`: the member of this CPU's struct. */
function perCpu(of: Call, name: string, scope: Scope): Term | null {
  const [first] = of.args;
  const pointer = /^(?:this_cpu|raw_cpu|per_cpu|get_cpu)_ptr$/.test(name);
  if (first === undefined || !(pointer || name === 'per_cpu')) return null;
  const rest = of.args.slice(1).map((one) => `, ${expression(one, scope).text}`).join('');
  const member = pointer && first.kind === 'address' && first.of.kind === 'field' ? first.of : name === 'per_cpu' && first.kind === 'field' ? first : null;
  const base = expression(member === null ? first : member.of, scope);
  if (member === null) return { text: `${name}(${base.text}${rest})`, type: base.type };
  return { text: `${name}(${base.text}${rest}).${member.name}`, type: memberOf(base.type, member.name, scope)?.type ?? '' };
}

/** irqsave: C's macro sets the variable that it is given last; here it is the result, or there is none. */
function irq(of: Call, name: string, scope: Scope): Term | null {
  const inPort = scope.port.value(name, scope.module);
  const last = of.args.at(-1);
  if (!/_irq_?(?:save|restore)$/.test(name) || inPort?.kind !== 'function' || inPort.params.length !== of.args.length - 1 || last?.kind !== 'name') return null;
  const texts = of.args.slice(0, -1).map((one, at) => handed(one, inPort.params[at]?.type ?? '', scope).text);
  const call = `${name}(${texts.join(', ')})`;
  return { text: inPort.returns === 'void' || inPort.returns === '' ? call : `${expression(last, scope).text} = ${call}`, type: inPort.returns };
}

function printing(of: Call, name: string, scope: Scope): Term | null {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined) return null;
  const inPort = scope.port.value(name, scope.module);
  const before = of.args.slice(0, format).map((one) => expression(one, scope).text);
  const text = of.args[format];
  const values = of.args.slice(format + 1).map((one) => expression(one, scope).text);
  const literal = text?.kind === 'string' ? formatted(text.text, values) : [text === undefined ? '' : expression(text, scope).text, ...values].join(', ');
  return { text: `${name}(${[...before, literal].filter((one) => one !== '').join(', ')})`, type: inPort?.kind === 'function' ? inPort.returns : '' };
}

/** C counts bytes, the port elements: the size of one goes. */
function memset(of: Call, name: string, scope: Scope): Term | null {
  const [first, second, third] = of.args;
  if (name !== 'memset' || first === undefined || second === undefined || third === undefined) return null;
  const target = first.kind === 'address' ? addressOf(first.of, scope) : expression(first, scope);
  const count = withoutSize(third);
  if (third.kind === 'sizeof' && structOf(target.type, scope.port, scope.module) !== undefined) {
    notUnderstood(scope, 'initialiser', `memset of a ${plainName(target.type)}`, first);
    return { text: `memset(${target.text}, ${expression(second, scope).text})`, type: '' };
  }
  if (third.kind === 'sizeof' && elementOf(target.type) !== null) return { text: `memset(${target.text}, ${expression(second, scope).text}, ${target.text}.length)`, type: '' };
  return { text: `memset(${target.text}, ${expression(second, scope).text}, ${expression(count, scope).text})`, type: '' };
}

function withoutSize(of: CExpr): CExpr {
  if (of.kind === 'paren') return withoutSize(of.of);
  if (of.kind !== 'binary' || of.op !== '*') return of;
  if (of.left.kind === 'sizeof') return of.right;
  return of.right.kind === 'sizeof' ? of.left : of;
}

function allocation(of: Call, name: string, scope: Scope): Term | null {
  const [size] = of.args;
  if (!/^k(?:v?[mz]|vm|vz)alloc$/.test(name) || size?.kind !== 'sizeof') return null;
  const type = size.type === null ? (size.of === null ? '' : expression(size.of, scope).type) : portType(size.type, scope.port, scope.module);
  if (type === '') notUnderstood(scope, 'sizeof', 'the size of a type that is not known', of);
  const rest = of.args.slice(1).map((one) => expression(one, scope).text);
  return { text: `${name}(${[structName(type, scope), ...rest].join(', ')})`, type };
}

const READERS: readonly Reader[] = [plain, typed, embedded, printing, memset, allocation, perCpu, irq];
