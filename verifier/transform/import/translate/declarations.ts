// SPDX-License-Identifier: GPL-2.0-only
// What stands outside functions: structs, fields, enums, constants, variables. A prototype has no
// counterpart, for a symbol is imported from where it is defined.

import type { CDeclaration, CField, CType } from '../c/ast.ts';
import { expression } from './expressions.ts';
import { fileScope, translateFunction, type Setting, type Translation } from './function.ts';
import { initialiser } from './initialisers.ts';
import { isObject } from './members.ts';
import { structOf } from './ports.ts';
import { notUnderstood, portName, type Scope } from './scope.ts';
import { portType, zeroOf } from './types.ts';
import type { Line } from './writer.ts';

export function translateDeclarations(list: readonly CDeclaration[], setting: Setting): Translation {
  const all = list.map((one) => translateDeclaration(one, setting));
  return { lines: all.flatMap((one) => one.lines), open: all.flatMap((one) => one.open), left: all.flatMap((one) => one.left) };
}

export function translateDeclaration(of: CDeclaration, setting: Setting): Translation {
  if (of.kind === 'function') return translateFunction(of, setting);
  const scope = fileScope(setting);
  return { lines: linesOf(of, scope), open: scope.open, left: scope.left };
}

function linesOf(of: Exclude<CDeclaration, { kind: 'function' }>, scope: Scope): readonly Line[] {
  const line = (text: string, at: { readonly from: number; readonly to: number } = of): Line => ({ text, from: at.from, to: at.to });
  switch (of.kind) {
    case 'prototype':
      for (let at = of.from; at <= of.to; at += 1) scope.left.push({ what: `prototype of ${of.name}()`, line: at });
      return [];
    case 'exported':
      scope.left.push({ what: of.name, line: of.from });
      return [];
    case 'struct': {
      // Only functions: a table of operations, which C writes out and the port writes as a literal.
      const operations = of.fields.length > 0 && of.fields.every((one) => isFunction(one.type));
      const head = `export ${operations ? 'interface' : 'class'} ${of.name} {`;
      return [line(head, { from: of.from, to: of.from }), ...of.fields.map((one) => line(`  ${fieldText(one, scope)}`, one)), line('}', { from: of.to, to: of.to })];
    }
    case 'enum': {
      let next = '0';
      return of.members.map((one) => {
        const value = one.value === null ? next : expression(one.value, scope).text;
        next = /^\d+$/.test(value) ? String(Number(value) + 1) : `${one.name} + 1`;
        return line(`export const ${one.name} = ${value};`, one);
      });
    }
    case 'variable': {
      const { variable } = of;
      const type = portType(variable.type, scope.port, scope.module);
      const exported = of.isStatic ? '' : 'export ';
      const struct = structOf(type, scope.port, scope.module);
      const made = variable.init === null ? null : initialiser(variable.init, type, scope);
      const value = made?.text ?? null;
      // What is never written needs no machine to hang on; only a table says so by its own look.
      if (struct?.isClass !== true && value !== null && (struct !== undefined || made?.rows !== undefined)) {
        const head = `${exported}const ${portName(variable.name)}: ${type} = `;
        const rows = made?.rows;
        return rows === undefined ? [line(`${head}${value};`)] : rows.map((row, n) => ({ ...row, text: `${n === 0 ? head : ''}${row.text}${n === rows.length - 1 ? ';' : ''}` }));
      }
      if (isObject(type, scope)) return [line(`${exported}const ${portName(variable.name)} = per_machine(() => ${value ?? `new ${type}()`}, '${variable.name}');`)];
      return [line(`${exported}const ${portName(variable.name)} = per_machine(() => ({ v: ${value ?? zeroOf(type, scope.port, scope.module)} }), '${variable.name}');`)];
    }
    case 'macro': {
      if (of.text === '') return [];
      const value = of.params === null ? ioctlOf(of.text) ?? constantOf(of.text, scope, of) : null;
      if (value === null) {
        notUnderstood(scope, 'macro', `#define ${of.name}${of.params === null ? '' : `(${of.params.join(', ')})`}`, of);
        return [];
      }
      return [line(`export const ${of.name} = ${value};`)];
    }
    case 'unknown':
      notUnderstood(scope, 'not-read', of.text.slice(0, 80), of);
      return [];
  }
}

/** `_IOWR('H', 0x01, struct x)`: the struct's class, where C has the type. */
function ioctlOf(text: string): string | null {
  const [, macro, kind, nr, struct] = /^(_IO(?:R|W|WR))\('(.)',\s*(0[xX][\da-fA-F]+|\d+),\s*struct\s+(\w+)\)$/.exec(text.trim()) ?? [];
  return macro === undefined ? null : `${macro}('${kind}', ${nr}, ${struct})`;
}

/** Numbers, shifts, names and what joins them: a constant whatever the names are. */
function constantOf(text: string, scope: Scope, at: { readonly from: number; readonly to: number }): string | null {
  const row = text.match(/[A-Za-z_]\w*|0[xX][\da-fA-F]+|\d+|<<|>>|[-+*/%|&^~()]|\s+|[^]/g) ?? [];
  if (row.some((one) => !/^(?:[A-Za-z_]\w*|0[xX][\da-fA-F]+|\d+|<<|>>|[-+*/%|&^~()]|\s+)$/.test(one))) return null;
  const names = row.filter((one) => /^[A-Za-z_]/.test(one) && !/^[uUlL]+$/.test(one));
  if (names.some((one) => !/^[A-Z_\d]+$/.test(one))) return null;
  for (const name of names) {
    if (scope.port.value(name, scope.module) === undefined && !scope.declared.has(name)) notUnderstood(scope, 'not-in-port', name, at);
  }
  const plain = row.join('').replace(/\b(\d[\da-fA-FxX]*)[uUlL]+\b/g, '$1').replace(/\s+/g, ' ').trim();
  const inner = /^\(([^()]*)\)$/.exec(plain)?.[1];
  return inner ?? plain;
}

function isFunction(type: CType): boolean { return type.kind === 'pointer' && type.to.kind === 'function'; }

function fieldText(of: CField, scope: Scope): string {
  const { port, module } = scope;
  if (of.type.kind === 'pointer' && of.type.to.kind === 'function') {
    const { params, returns } = of.type.to;
    return `${of.name}?(${params.map((one, at) => `${one.name === '' ? `arg${at}` : portName(one.name)}: ${portType(one.type, port, module)}`).join(', ')}): ${portType(returns, port, module)};`;
  }
  const type = portType(of.type, port, module);
  if (of.type.kind === 'named') {
    // Embedded: the object is made with its owner, and container_of() is that owner.
    if (type === 'list_head') return `readonly ${of.name}: list_head = new list_node(this);`;
    if (type === 'spinlock_t') return `readonly ${of.name}: spinlock_t = new spinlock_t('${of.name}', this);`;
    if (/^atomic(?:_long|64)?_t$/.test(type)) return `readonly ${of.name}: ${type} = new ${type}(0, this);`;
    if (isObject(type, scope)) return `readonly ${of.name}: ${type} = new ${type}();`;
    return `${of.name}: ${type} = ${zeroOf(type, port, module)};`;
  }
  if (of.type.kind === 'array') return `readonly ${of.name}: ${type} = [];`;
  return `${of.name}: ${type} | null = null;`;
}
