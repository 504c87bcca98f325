// SPDX-License-Identifier: GPL-2.0-only
// What is done once for all workers, by the thread that has TypeScript: compile the sides of a review,
// and find what they do differently.

import { compile } from '../instrument/compile.ts';
import { resolveArms, type ConfigName } from '../tree/arms.ts';
import { differenceOf } from '../tree/difference.ts';
import type { PortTree } from '../tree/load.ts';
import { configOf, sidesOfJob, type Job } from './job.ts';
import type { Switches } from './switches.ts';

export function prepared(trees: readonly PortTree['files'][], config: ConfigName, variants: readonly Switches[]): Pick<Job, 'compiled' | 'differences'> {
  const compiled = new Map<string, Job['compiled'][number]>();
  const texts = sidesOfJob({ trees, variants }).map(({ tree, variant }) => {
    const resolved = new Map<string, string>();
    for (const [file, raw] of trees[tree] ?? []) {
      const text = resolveArms(raw, configOf(config, variants[variant] ?? {}));
      resolved.set(file, text);
      const key = `${file}\0${text}`;
      if (!compiled.has(key)) compiled.set(key, { text, compiled: compile(file, text) });
    }
    return resolved;
  });
  return { compiled: [...compiled.values()], differences: texts.map((mine, i) => texts.slice(0, i).map((other) => differenceOf(other, mine))) };
}
