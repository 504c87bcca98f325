// SPDX-License-Identifier: GPL-2.0-only
// What prime.ts has done: compiles and type-checks the port as it is and with each patch of the series, in the
// default configuration and each value of the switches that a series asks for, so that a review does so
// only with what a patch touches that the project does not know.

import { PATCHES, SERIES } from '../../patches/index.ts';
import { compileAndKeep, forgetOthers } from '../instrument/compile.ts';
import '../instrument/transpile.ts';
import { CONFIGS, resolveArms } from '../tree/arms.ts';
import { checkAndKeep, checkTypes, forgetOtherChecks } from '../tree/check.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import { checksOf } from './findings.ts';
import { sidesOf, variantsOf, type Switches } from './target.ts';

export function prime(): void {
  const port = loadPort();
  const done = new Set<string>();
  keep(done, port, [{}, ...SERIES.flatMap((series) => variantsOf(series, {}))]);
  for (const patch of PATCHES) {
    const series = SERIES.find((s) => s.id === `${patch.meta.series}/${patch.meta.version}`);
    const trees = sidesOf(patch, port);
    if (!trees.ok || !trees.sides.applied.ok) continue;
    const { before, applied: { tree } } = trees.sides;
    const variants = variantsOf(series ?? null, {});
    keep(done, tree, variants);
    checkAndKeep(() => { for (const options of checksOf(variants)) checkTypes(before, tree, options); });
  }
  forgetOthers();
  forgetOtherChecks();
}

function keep(done: Set<string>, tree: PortTree, variants: readonly Switches[]): void {
  for (const switches of variants) {
    for (const [file, text] of tree.files) {
      const resolved = resolveArms(text, { ...CONFIGS.default, ...switches });
      const key = `${file}\0${resolved}`;
      if (!done.has(key)) compileAndKeep(file, resolved);
      done.add(key);
    }
  }
}
