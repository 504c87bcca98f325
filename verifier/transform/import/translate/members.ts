// SPDX-License-Identifier: GPL-2.0-only
// What the port's structs have, and which values are objects of their own.

import { elementOf, isBoolean, isNumber, plainName, structOf } from './ports.ts';
import type { Scope } from './scope.ts';

export interface Member {
  readonly type: string;
  readonly embedded: boolean;
  /** For one that is called. */
  readonly params: readonly string[];
  readonly returns: string;
}

export function memberOf(type: string, name: string, scope: Scope): Member | undefined {
  const struct = structOf(type, scope.port, scope.module);
  if (struct === undefined) return undefined;
  const field = struct.fields.get(name);
  if (field !== undefined) return { type: field.type, embedded: field.embedded, params: field.signature?.params.map((one) => one.type) ?? [], returns: field.signature?.returns ?? '' };
  for (const base of struct.extends) {
    const inherited = memberOf(base, name, scope);
    if (inherited !== undefined) return inherited;
  }
  return undefined;
}

/** Whether a value of this type is an object of its own, so that its address is itself. */
export function isObject(type: string, scope: Scope): boolean {
  return !isNumber(type, scope.port, scope.module) && !isBoolean(type) && elementOf(type) === null && (structOf(type, scope.port, scope.module) !== undefined || plainName(type) === 'list_head');
}

/** A number or a truth value: nothing that could be called. */
export function isPlain(type: string, scope: Scope): boolean { return isNumber(type, scope.port, scope.module) || isBoolean(type); }

/** A struct by the name it has in this module. */
export function structName(type: string, scope: Scope): string {
  const struct = structOf(type, scope.port, scope.module);
  return struct === undefined ? plainName(type) : scope.port.importedAs(struct, scope.module);
}

/** A type as an annotation: a struct that this module imports by another name has that. */
export function shownType(type: string, scope: Scope): string {
  const struct = structOf(type, scope.port, scope.module);
  if (struct === undefined) return type;
  const shown = scope.port.importedAs(struct, scope.module);
  return shown === struct.name ? type : type.replace(new RegExp(`\\b${struct.name}\\b`), shown);
}
