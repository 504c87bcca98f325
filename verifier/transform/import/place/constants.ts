// SPDX-License-Identifier: GPL-2.0-only
// Enumerators and macros are constants of the port, most of them with a kind that C has no word for: the
// port's own, or that of their neighbours.

import type { Declarations } from '../../../tree/declarations.ts';
import type { FragmentTranslation } from '../translate/fragment.ts';

const CONSTANT = /^(export const (\w+))( = )/;

export function withTypes(made: FragmentTranslation, port: Declarations, module: string): FragmentTranslation {
  const typeOf = (text: string): string | null => {
    const name = CONSTANT.exec(text)?.[2];
    const known = name === undefined ? undefined : port.value(name, module);
    return known?.kind === 'constant' && known.module === module && !/^(?:number)?$/.test(known.type) ? known.type : null;
  };
  let near: string | null = made.lines.map((line) => typeOf(line.text)).find((type) => type !== null) ?? null;
  return { ...made, lines: made.lines.map((line) => {
    const name = CONSTANT.exec(line.text)?.[2];
    if (name === undefined) {
      near = null;
      return line;
    }
    const own = typeOf(line.text);
    // One that the port writes without a type stays so.
    const type = own ?? (port.value(name, module) === undefined ? near : null);
    near = own ?? near;
    return type === null ? line : { ...line, text: line.text.replace(CONSTANT, `$1: ${type}$3`) };
  }) };
}
