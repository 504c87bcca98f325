// SPDX-License-Identifier: GPL-2.0-only
// What tests reached of the port: statements, and functions that none of them came to. Of what C has in its
// .c files: headers are small and many, and what the model adds is no part of what is tested.

import type { Site } from '../instrument/sites.ts';

export interface FileCoverage {
  readonly file: string;
  readonly functions: number;
  readonly statements: number;
  readonly reached: number;
  /** In the file's order. */
  readonly neverCalled: readonly string[];
}

/** `reached`: by site, as the runtime has it. */
export function coverageOf(sites: readonly Site[], reached: Uint8Array): readonly FileCoverage[] {
  const files = new Map<string, Map<string, { statements: number; reached: number }>>();
  for (const [at, site] of sites.entries()) {
    if (!site.covers || site.function === '' || /^(?:include|arch|drivers\/model)\//.test(site.file)) continue;
    const functions = files.get(site.file) ?? new Map<string, { statements: number; reached: number }>();
    files.set(site.file, functions);
    const own = functions.get(site.function) ?? { statements: 0, reached: 0 };
    functions.set(site.function, own);
    own.statements += 1;
    if (reached[at] !== 0) own.reached += 1;
  }
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, functions]) => {
    const all = [...functions];
    const sum = (of: (one: { readonly statements: number; readonly reached: number }) => number): number => all.reduce((n, [, one]) => n + of(one), 0);
    return { file, functions: all.length, statements: sum((one) => one.statements), reached: sum((one) => one.reached), neverCalled: all.flatMap(([name, one]) => (one.reached === 0 ? [name] : [])) };
  });
}
