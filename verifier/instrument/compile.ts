// SPDX-License-Identifier: GPL-2.0-only
// One resolved port file to instrumented JavaScript. Results are kept by content, in memory and for
// the port as it is in build/compiled/, so the sides of a review share all that no patch touches.

import { posix } from 'node:path';
import { Kept } from '../tree/kept.ts';
import type { Form, Role } from './rewrite.ts';
import type { Site } from './sites.ts';

export interface Compiled { readonly file: string; readonly js: string; readonly sites: readonly Site[]; readonly written: readonly string[] }

/** Files that are the machine itself: nothing in them is an access of the kernel's. */
const MACHINE = new Set([
  'arch/model/machine.ts', 'arch/model/marks.ts', 'include/linux/types.ts', 'include/linux/err.ts',
  'include/linux/bug.ts', 'include/linux/mmdebug.ts',
]);

/** Whether `specifier`, imported by `file`, is of the machine itself. */
export function importsMachine(file: string, specifier: string): boolean { return MACHINE.has(posix.join(posix.dirname(file), specifier)); }

function roleOf(file: string): Role {
  if (MACHINE.has(file)) return 'machine';
  // Statistics count for their callers: what a counter lacks is their doing.
  return file === 'mm/vmstat.ts' || file.startsWith('include/') || file.startsWith('arch/model/') ? 'inline' : 'body';
}

/** What compiles a text that nobody compiled before; a worker that is handed everything has none. */
export type Transpiler = (file: string, text: string, role: Role, form: Form) => Compiled;
let transpiler: Transpiler | null = null;
export function useTranspiler(t: Transpiler): void { transpiler = t; }

function transpile(file: string, text: string, form: Form = 'frames'): Compiled {
  if (transpiler === null) throw new Error(`${file} was not compiled beforehand`);
  return transpiler(file, text, roleOf(file), form);
}

const done = new Map<string, Compiled>();

/** What the result depends on beside the text: the compiler. */
const COMPILER = ['rewrite', 'accesses', 'hooks', 'patterns', 'loops', 'transpile', 'resume', 'resume-expr', 'emitter', 'codes', 'scopes', 'generator-form']
  .map((part) => new URL(`./${part}.js`, import.meta.url));
const onDisk = new Kept<Compiled>('compiled/', COMPILER, isCompiled);

function nameOf(file: string, text: string): string { return onDisk.nameOf([file, text]); }

/** Compiles `text` (arms resolved) as `file`; type errors are no matter here. What is not in the form that reviews run is kept in memory alone. */
export function compile(file: string, text: string, form: Form = 'frames'): Compiled {
  const name = form === 'frames' ? nameOf(file, text) : `${form} ${nameOf(file, text)}`;
  const known = done.get(name) ?? onDisk.get(name);
  if (known !== null) {
    done.set(name, known);
    return known;
  }
  const made = transpile(file, text, form);
  done.set(name, made);
  return made;
}

/** Takes what another thread compiled. */
export function takeCompiled(text: string, compiled: Compiled): void { done.set(nameOf(compiled.file, text), compiled); }

/** Compiles and keeps: the build does it for the port as it is, so that a review starts at once. */
export function compileAndKeep(file: string, text: string): void {
  const name = nameOf(file, text);
  if (onDisk.get(name) === null) onDisk.keep(name, transpile(file, text));
}

/** Clears what was kept for other texts. */
export function forgetOthers(): void { onDisk.forgetOthers(); }

function isCompiled(v: unknown): v is Compiled {
  return typeof v === 'object' && v !== null && 'file' in v && 'js' in v && typeof v.js === 'string' && 'sites' in v && Array.isArray(v.sites) && 'written' in v && Array.isArray(v.written);
}
