// SPDX-License-Identifier: GPL-2.0-only
// One configuration of a tree as a TypeScript program, without a file system. Parsed files are
// kept by path and resolved text, so a program costs what changed and its check, no more.

import { createHash } from 'node:crypto';
import { resolveArms, type Config } from './arms.ts';
import { resolveFrom } from './imports.ts';
import type { PortTree } from './load.ts';
import { baseName, libFiles } from './parse.ts';
import { ts } from './ts.ts';

/** As tsconfig.port.json has it, minus what only concerns output. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2023.d.ts'], types: [], strict: true, strictNullChecks: false, noImplicitAny: false,
  allowImportingTsExtensions: true, noEmit: true, skipLibCheck: true, moduleDetection: ts.ModuleDetectionKind.Force,
};

const ROOT = '/port/';
const sources = new Map<string, ts.SourceFile>();
const programs = new Map<string, PortProgram>();
/** Both sides of one review in every declared configuration. */
const KEPT = 10;

export interface PortProgram {
  readonly program: ts.Program;
  readonly texts: ReadonlyMap<string, string>;
  readonly diagnostics: (path: string) => readonly ts.Diagnostic[];
}

export function portProgram(tree: PortTree, config: Config): PortProgram {
  const texts = new Map([...tree.files].map(([path, text]) => [path, resolveArms(text, config)]));
  const key = hash([...texts].map(([path, text]) => `${path}\0${text}`).join('\0'));
  const known = programs.get(key);
  if (known !== undefined) return known;
  const program = ts.createProgram({ rootNames: [...texts.keys()].map((path) => ROOT + path), options: OPTIONS, host: hostOf(texts) });
  const cache = new Map<string, readonly ts.Diagnostic[]>();
  const made: PortProgram = {
    program,
    texts,
    diagnostics: (path) => {
      const source = program.getSourceFile(ROOT + path);
      if (source === undefined) return [];
      const found = cache.get(path) ?? [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      cache.set(path, found);
      return found;
    },
  };
  const oldest = programs.keys().next().value;
  if (programs.size >= KEPT && oldest !== undefined) programs.delete(oldest);
  programs.set(key, made);
  return made;
}

function hostOf(texts: ReadonlyMap<string, string>): ts.CompilerHost {
  const libs = libFiles();
  const path = (name: string): string => (name.startsWith(ROOT) ? name.slice(ROOT.length) : name);
  return {
    getSourceFile: (name) => {
      if (!name.startsWith(ROOT)) return libs.get(baseName(name));
      const text = texts.get(path(name));
      return text === undefined ? undefined : sourceOf(name, text);
    },
    fileExists: (name) => texts.has(path(name)) || libs.has(baseName(name)),
    readFile: (name) => texts.get(path(name)),
    getDefaultLibFileName: () => '/lib/lib.es2023.d.ts',
    getDefaultLibLocation: () => '/lib',
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
    resolveModuleNameLiterals: (literals, from) => literals.map((literal) => {
      const target = resolveFrom(path(from), literal.text);
      return { resolvedModule: texts.has(target) ? { resolvedFileName: ROOT + target, extension: '.ts', isExternalLibraryImport: false } : undefined };
    }),
  };
}

function sourceOf(name: string, text: string): ts.SourceFile {
  const key = `${name}\0${hash(text)}`;
  const known = sources.get(key);
  if (known !== undefined) return known;
  const file = ts.createSourceFile(name, text, { languageVersion: ts.ScriptTarget.ES2023, impliedNodeFormat: ts.ModuleKind.ESNext }, true, ts.ScriptKind.TS);
  if (sources.size > 4000) sources.clear();
  sources.set(key, file);
  return file;
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}
