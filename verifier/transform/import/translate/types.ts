// SPDX-License-Identifier: GPL-2.0-only
// C types as the port writes them. Where the port has declared the same name with one of the kinds
// that C keeps in that type, the port's word is taken; a new name gets the plain type.

import type { Declarations } from '../../../tree/declarations.ts';
import type { CType } from '../c/ast.ts';
import { cellOf, elementOf, isNumber, isTagged, plainName, refTarget, solid, structOf, unionOf } from './ports.ts';

const BASIC: Readonly<Record<string, string>> = {
  'void': 'void', 'bool': 'boolean', '_Bool': 'boolean', 'char': 'int', 'signed char': 'int', 'unsigned char': 'u8', 'short': 'int', 'unsigned short': 'u16', 'int': 'int', 'signed int': 'int',
  'unsigned': 'unsigned_int', 'unsigned int': 'unsigned_int', 'long': 'long', 'long int': 'long', 'signed long': 'long', 'unsigned long': 'unsigned_long', 'long unsigned int': 'unsigned_long',
  'unsigned long int': 'unsigned_long', 'long long': 'long', 'unsigned long long': 'u64', 's64': 'long', 's32': 'int', 's16': 'int', 's8': 'int', '__u64': 'u64', '__u32': 'u32', '__u16': 'u16', '__u8': 'u8',
  'loff_t': 'long', 'ssize_t': 'long', 'uint64_t': 'u64', 'uint32_t': 'u32', 'uint8_t': 'u8', 'int64_t': 'long', 'int32_t': 'int', 'pgtable_t': 'page_table',
};

export function baseName(name: string): string {
  const basic = Object.hasOwn(BASIC, name) ? BASIC[name] : undefined;
  return basic ?? name.replace(/^(?:struct|union|enum) /, '');
}

export function portType(type: CType, port: Declarations, module: string): string {
  switch (type.kind) {
    case 'named': return baseName(type.name);
    case 'array': return `${bracketed(portType(type.of, port, module))}[]`;
    case 'function': return `(${type.params.map((one, n) => `${one.name === '' ? `arg${n}` : one.name}: ${portType(one.type, port, module)}`).join(', ')}) => ${portType(type.returns, port, module)}`;
    case 'unknown': return 'unknown';
    case 'pointer': {
      const { to } = type;
      if (to.kind === 'function') return portType(to, port, module);
      if (to.kind !== 'named') return `Ref<${portType(to, port, module)}>`;
      if (to.name === 'void') return 'object';
      if (to.name === 'char') return 'string';
      const name = baseName(to.name);
      const cell = cellOf(name);
      if (cell !== undefined) return cell;
      if (/^struct |^union /.test(to.name) || structOf(name, port, module) !== undefined || isFunction(name, port, module)) return name;
      return `Ref<${name}>`;
    }
  }
}

/** A typedef of a function: a pointer to one is the function. */
function isFunction(name: string, port: Declarations, module: string): boolean { return port.alias(name, module)?.type.includes('=>') === true; }

function bracketed(type: string): string { return /[|>]/.test(type) && !type.endsWith('>') ? `(${type})` : type; }

/** The port's own type for a name where it refines C's; C's where it does not go with it. */
export function refined(c: CType, own: string | undefined, port: Declarations, module: string): string {
  const plain = portType(c, port, module);
  if (own === undefined || own === '') return plain;
  return goesWith(plain, own, port, module) ? own : plain;
}

function goesWith(plain: string, own: string, port: Declarations, module: string): boolean {
  if (plainName(plain) === plainName(own)) return true;
  if (isNumber(plain, port, module) && (isNumber(own, port, module) || solid(own) === 'boolean')) return true;
  if (isTagged(own)) return true;
  const target = refTarget(plain);
  if (target !== null) return refTarget(own) !== null || elementOf(own) !== null || port.struct(plainName(own), module) !== undefined;
  // `void *` is whatever the port says; a struct pointer may be an array or a wrapper of it.
  if (plain === 'object' || plain === 'unknown') return true;
  return elementOf(own) !== null || unionOf(own).length > 1 || port.alias(plainName(own), module) !== undefined || port.struct(plainName(own), module) !== undefined;
}

export function zeroOf(type: string, port: Declarations, module: string): string {
  if (isNumber(type, port, module)) return '0';
  return solid(type) === 'boolean' ? 'false' : 'null';
}
