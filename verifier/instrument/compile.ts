// SPDX-License-Identifier: GPL-2.0-only
// One resolved port file to instrumented JavaScript. Results are kept by file and text, so the
// sides of a review share all that a patch does not touch.

import { createHash } from 'node:crypto';
import { ts } from '../tree/ts.ts';
import { rewriter, type Role } from './rewrite.ts';
import type { Site } from './sites.ts';

export interface Compiled { readonly file: string; readonly js: string; readonly sites: readonly Site[] }

/** Files that are the machine itself: nothing in them is an access of the kernel's. */
const MACHINE = new Set([
  'arch/model/machine.ts', 'arch/model/marks.ts', 'include/linux/types.ts', 'include/linux/err.ts',
  'include/linux/bug.ts', 'include/linux/mmdebug.ts',
]);

export function roleOf(file: string): Role {
  if (MACHINE.has(file)) return 'machine';
  // Statistics count for their callers: what a counter lacks is their doing.
  return file === 'mm/vmstat.ts' || file.startsWith('include/') || file.startsWith('arch/model/') ? 'inline' : 'body';
}

const done = new Map<string, Compiled>();

/** Compiles `text` (arms resolved) as `file`; type errors are no matter here. */
export function compile(file: string, text: string): Compiled {
  const key = `${file}\n${createHash('sha256').update(text).digest('hex')}`;
  const known = done.get(key);
  if (known !== undefined) return known;
  const { transformer, sites } = rewriter(file, roleOf(file));
  const out = ts.transpileModule(text, {
    fileName: `/${file}`,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, removeComments: true,
      verbatimModuleSyntax: false, isolatedModules: true, useDefineForClassFields: true,
    },
    transformers: { before: [transformer] },
  });
  const made: Compiled = { file, js: out.outputText, sites };
  done.set(key, made);
  return made;
}
