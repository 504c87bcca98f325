// SPDX-License-Identifier: GPL-2.0-only
// A value in the text of a step.

export function shown(value: unknown): string {
  switch (typeof value) {
    case 'undefined': return '';
    case 'string': return JSON.stringify(value);
    case 'bigint': return `${value}n`;
    case 'object': return value === null ? 'null' : Array.isArray(value) ? `[${value.map(shown).join(', ')}]` : '{…}';
    case 'function': return value.name === '' ? 'function' : value.name;
    default: return String(value);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
