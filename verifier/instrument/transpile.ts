// SPDX-License-Identifier: GPL-2.0-only
// The compiler proper, apart from where its results are kept: a worker that is handed all it needs
// never loads TypeScript. Importing this module makes it the transpiler of its thread.

import { ts } from '../tree/ts.ts';
import { importsMachine, useTranspiler, type Compiled } from './compile.ts';
import { rewriter, type Form, type Role } from './rewrite.ts';

useTranspiler((file: string, text: string, role: Role, form: Form): Compiled => {
  const { transformer, sites, written } = rewriter(file, role, (specifier) => importsMachine(file, specifier), form);
  const out = ts.transpileModule(text, {
    fileName: `/${file}`,
    compilerOptions: {
      target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, removeComments: true,
      verbatimModuleSyntax: false, isolatedModules: true, useDefineForClassFields: true,
    },
    transformers: { before: [transformer] },
  });
  return { file, js: out.outputText, sites, written: [...written].sort() };
});
