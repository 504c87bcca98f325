// SPDX-License-Identifier: GPL-2.0-only
// What two resolved trees do differently when they run: the functions whose code is not the same, or
// everything. A run that reaches none of those functions is the run of the other tree, too: execution is
// deterministic, and types are gone by then. Whatever a module does while it loads counts as everything.

import { parse } from './parse.ts';
import { normalise } from './tokens.ts';
import { ts } from './ts.ts';

export type Difference =
  /** `file#function`; empty where the trees do the same. */
  | { readonly kind: 'in'; readonly functions: readonly string[] }
  | { readonly kind: 'everywhere' };

const EVERYWHERE: Difference = { kind: 'everywhere' };

/** texts: resolved, by path. */
export function differenceOf(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): Difference {
  const functions = new Set<string>();
  for (const file of new Set([...one.keys(), ...other.keys()])) {
    const [a, b] = [one.get(file), other.get(file)];
    if (a === b) continue;
    if (a === undefined || b === undefined) return EVERYWHERE;
    const differ = differing(partsOf(file, a), partsOf(file, b));
    if (differ === null) return EVERYWHERE;
    for (const name of differ) functions.add(`${file}#${name}`);
  }
  return { kind: 'in', functions: [...functions].sort() };
}

interface Parts {
  /** The code of each function that leaves a trace of having run: one with a statement of its own. */
  readonly functions: ReadonlyMap<string, string>;
  /** What each imported name is. */
  readonly imports: ReadonlyMap<string, string>;
  /** All else that runs, in order. */
  readonly rest: string;
}

/** The functions that are not the same; null where more than functions differs. */
function differing(a: Parts, b: Parts): readonly string[] | null {
  if (a.rest !== b.rest) return null;
  for (const [name, from] of a.imports) {
    const there = b.imports.get(name);
    if (there === undefined ? b.functions.has(name) : there !== from) return null;
  }
  for (const name of b.imports.keys()) if (!a.imports.has(name) && a.functions.has(name)) return null;
  return [...new Set([...a.functions.keys(), ...b.functions.keys()])].filter((name) => a.functions.get(name) !== b.functions.get(name));
}

/** By file and text: the trees of a series have a few texts of a file between them. */
const cache = new Map<string, Map<string, Parts>>();

function partsOf(file: string, text: string): Parts {
  const texts = cache.get(file) ?? new Map<string, Parts>();
  cache.set(file, texts);
  const known = texts.get(text);
  if (known !== undefined) return known;
  const source = parse(file, text);
  const functions = new Map<string, string>();
  const imports = new Map<string, string>();
  const rest: string[] = [];
  for (const node of source.statements) {
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) continue;
    const code = normalise(text.slice(node.getStart(source), node.getEnd()));
    const name = ts.isFunctionDeclaration(node) ? traced(node) : null;
    if (name !== null && !functions.has(name)) functions.set(name, code);
    else if (ts.isImportDeclaration(node) && node.importClause !== undefined) importsInto(imports, node);
    else rest.push(code);
  }
  const parts = { functions, imports, rest: rest.join('\n') };
  texts.set(text, parts);
  return parts;
}

/** The name of a function whose call shows in the coverage: nothing of it runs before its first statement does. */
function traced(fn: ts.FunctionDeclaration): string | null {
  if (fn.name === undefined || fn.body === undefined || fn.body.statements.length === 0) return null;
  if (fn.parameters.some((p) => p.initializer !== undefined || !ts.isIdentifier(p.name))) return null;
  return fn.body.statements.some(marks) ? fn.name.text : null;
}
/** Whether a statement leaves a mark whenever it is come to. */
function marks(s: ts.Statement): boolean {
  if (ts.isLabeledStatement(s)) return marks(s.statement);
  if (ts.isBlock(s)) return s.statements.some(marks);
  return ts.isIfStatement(s) || ts.isExpressionStatement(s) || ts.isReturnStatement(s) || ts.isForStatement(s) || ts.isWhileStatement(s)
    || ts.isForOfStatement(s) || ts.isSwitchStatement(s) || ts.isThrowStatement(s)
    || (ts.isVariableStatement(s) && s.declarationList.declarations.some((d) => d.initializer !== undefined));
}

function importsInto(into: Map<string, string>, node: ts.ImportDeclaration): void {
  const clause = node.importClause;
  if (clause === undefined || clause.isTypeOnly || !ts.isStringLiteral(node.moduleSpecifier)) return;
  const from = node.moduleSpecifier.text;
  if (clause.name !== undefined) into.set(clause.name.text, `${from}#default`);
  const bindings = clause.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) into.set(bindings.name.text, `${from}#*`);
  else for (const e of bindings.elements) if (!e.isTypeOnly) into.set(e.name.text, `${from}#${(e.propertyName ?? e.name).text}`);
}
