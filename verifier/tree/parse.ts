// SPDX-License-Identifier: GPL-2.0-only
// Parsing, and the lib files to check against. ts-morph's own part is only that it brings the libs
// along: its wrapped nodes re-parse at each change (transforms.md, speed facts), so all else here
// uses the raw compiler.

import { Project } from 'ts-morph';
import { ts } from './ts.ts';

let libs: ReadonlyMap<string, ts.SourceFile> | undefined;

/** The parsed lib files of ES2023, by base name; parsed once for a process. */
export function libFiles(): ReadonlyMap<string, ts.SourceFile> {
  if (libs === undefined) {
    const project = new Project({
      useInMemoryFileSystem: true,
      compilerOptions: { target: ts.ScriptTarget.ES2023, lib: ['lib.es2023.d.ts'], types: [] },
    });
    project.createSourceFile('/empty.ts', 'export {};');
    const files = project.getProgram().compilerObject.getSourceFiles();
    libs = new Map(files.filter((file) => file.isDeclarationFile).map((file) => [baseName(file.fileName), file]));
  }
  return libs;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const parsed = new Map<string, { readonly text: string; readonly file: ts.SourceFile }>();

/** Parses a text, once for each text a path has had last. */
export function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(path);
  if (known?.text === text) return known.file;
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true, ts.ScriptKind.TS);
  parsed.set(path, { text, file });
  return file;
}
