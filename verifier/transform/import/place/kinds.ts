// SPDX-License-Identifier: GPL-2.0-only
// New variables that C calls `unsigned long` get the kind that their uses want.

import type { PortTree } from '../../../tree/load.ts';
import { kindsOf, keyOfVariable, type Unkinded } from '../../../tree/kinds.ts';
import { applyPatch } from '../../apply.ts';
import type { HunkItem } from '../../hunk.ts';
import type { PortPatch } from '../../patch.ts';

const NEW = /^(\s*(?:(?:let|const) )?)(\w+)(: )unsigned_long\b/;

/** The patch with its kinds; as it was where it does not apply. */
export function withKinds(module: PortPatch, tree: PortTree): PortPatch {
  const applied = applyPatch(tree, module);
  if (!applied.ok) return module;
  const lines = module.hunks.map(({ file, function: fn, hunk }) => hunk.items.map((item, at) => variableOf(item, file, functionAt(hunk.items, at) ?? fn)));
  const kinds = kindsOf(applied.tree, lines.flat().filter((one) => one !== null));
  return {
    ...module,
    hunks: module.hunks.map((one, n) => ({
      ...one,
      hunk: { ...one.hunk, items: one.hunk.items.map((item, at): HunkItem => {
        const variable = lines[n]?.[at] ?? null;
        const kind = variable === null ? undefined : kinds.get(keyOfVariable(variable));
        return item.role === 'gap' || kind === undefined ? item : { ...item, text: item.text.replace(NEW, `$1$2$3${kind}`) };
      }) },
    })),
  };
}

function variableOf(item: HunkItem, file: string, fn: string): Unkinded | null {
  const name = item.role === 'add' ? NEW.exec(item.text)?.[2] : undefined;
  return name === undefined ? null : { file, function: fn, name };
}

/** The function whose head stands before a line of the hunk. */
function functionAt(items: readonly HunkItem[], at: number): string | null {
  for (let n = at; n >= 0; n -= 1) {
    const item = items[n];
    if (item === undefined || item.role === 'gap') continue;
    const head = /^(?:export )?function (\w+)\(/.exec(item.text)?.[1];
    if (head !== undefined) return head;
  }
  return null;
}
