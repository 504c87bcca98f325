// SPDX-License-Identifier: GPL-2.0-only
// What is not understood must not run as something else. A name that the port does not have becomes a
// mark that ends the run where it is come to; a form that no translation has refuses the patch.

import { inverse, splicesOf } from '../../tree/edits.ts';
import type { PortTree } from '../../tree/load.ts';
import { breaches, type Breach, type Range } from '../../tree/sandbox.ts';
import { applyPatch } from '../apply.ts';
import type { HunkItem } from '../hunk.ts';
import type { PortPatch } from '../patch.ts';

export interface Guarded {
  readonly module: PortPatch;
  /** What the code may not say, and how it was met; empty where the patch can run. */
  readonly refused: readonly string[];
}

/** Of arch/model/marks.ts. */
const MARK = 'notInPort';

export function guarded(module: PortPatch, tree: PortTree): Guarded {
  const names = new Set<string>();
  let at = module;
  // A name may hide another: it is looked again until nothing is found.
  for (let round = 0; round < 4; round += 1) {
    const found = breachesOf(at, tree);
    if (found === null) return { module: at, refused: [] };
    const forms = found.filter((one) => one.kind === 'form');
    if (forms.length > 0) return { module: at, refused: [...new Set(forms.map((one) => `${one.file}: ${one.function === '' ? '' : `${one.function}() `}uses ${one.what}`))] };
    if (found.length === 0) return { module: at, refused: [] };
    for (const one of found) names.add(one.what);
    at = marked(module, names);
  }
  return { module: at, refused: [...names].sort().map((name) => `it uses ${name}, which the port does not have, in a way that cannot be marked`) };
}

/** Null where the patch does not apply: then nothing of it runs. */
function breachesOf(module: PortPatch, tree: PortTree): readonly Breach[] | null {
  const applied = applyPatch(tree, module);
  if (!applied.ok) return null;
  const ranges = inverse(splicesOf(applied.edits)).map(({ file, from, to }): Range => ({ file, from, to }));
  return breaches(applied.tree, ranges);
}

function marked(module: PortPatch, names: ReadonlySet<string>): PortPatch {
  const mark = (text: string): string => {
    let out = text;
    for (const name of [...names].sort()) out = out.replace(new RegExp(`(?<![.\\w$'])${name.replace(/\$/g, '\\$')}(?![\\w$'])(?!\\s*:(?!.*[;?]))`, 'g'), () => `${MARK}('${name}')`);
    return out;
  };
  return {
    ...module,
    hunks: module.hunks.map((one) => ({ ...one, hunk: { ...one.hunk, items: one.hunk.items.map((item): HunkItem => (item.role === 'add' ? { ...item, text: mark(item.text) } : item)) } })),
  };
}
