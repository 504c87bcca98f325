// SPDX-License-Identifier: GPL-2.0-only
// What threads share. A word is all that an operation's enabledness and a state's identity depend on.

import { owner } from './ambient.ts';

export abstract class Shared {
  /** The same in each replay of a schedule. */
  readonly id: number;
  /** For people; set when it is known where setup() put the object. */
  name: string;

  constructor(what: string) {
    this.id = owner(what).register(this);
    this.name = `${what}#${this.id}`;
  }

  /** The state, as a value that does not change when the object does. */
  abstract word(): unknown;
}

/** Gives the objects of a state their names, to a depth that people read. */
export function nameObjects(value: unknown, path = '', depth = 0): void {
  if (value instanceof Shared) {
    if (path !== '') value.name = path;
    return;
  }
  if (typeof value !== 'object' || value === null || depth > 4) return;
  for (const [key, inner] of Object.entries(value)) {
    nameObjects(inner, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`, depth + 1);
  }
}
