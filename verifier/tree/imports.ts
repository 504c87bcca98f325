// SPDX-License-Identifier: GPL-2.0-only
// C sees every name of the headers a file includes; TypeScript wants each one imported. So a
// patch states no imports: for a name that its added text uses and its file does not know, the
// header that exports it is found and the import made. A name no header exports stays missing,
// as it would in C, and is the type layer's to report.

import { dirname, relative } from 'node:path/posix';
import type { Splice } from './edits.ts';
import { armAt, scanArms } from './arms.ts';
import { lineOf, lineStarts } from './tokens.ts';
import { parse } from './parse.ts';
import { ts } from './ts.ts';

/** mm has a header of its own, and a program's side of a driver one that lies beside it. */
function isHeaderFor(path: string, file: string): boolean {
  return /^(?:include|arch)\//.test(path) || (path === 'mm/internal.ts' && file.startsWith('mm/')) || (path.endsWith('_uapi.ts') && dirname(path) === dirname(file));
}

interface Exported { readonly file: string; readonly typeOnly: boolean; readonly again: boolean }

const cache = new Map<string, { readonly text: string; readonly names: ReadonlyMap<string, Exported> }>();

/** What a module exports, by name; `again` where it hands on another module's name. */
function exportsOf(file: string, text: string): ReadonlyMap<string, Exported> {
  const known = cache.get(file);
  if (known?.text === text) return known.names;
  const names = new Map<string, Exported>();
  for (const node of parse(file, text).statements) {
    if (ts.isExportDeclaration(node) && node.exportClause !== undefined && ts.isNamedExports(node.exportClause)) {
      for (const one of node.exportClause.elements) names.set(one.name.text, { file, typeOnly: node.isTypeOnly || one.isTypeOnly, again: true });
      continue;
    }
    if (!ts.canHaveModifiers(node) || !ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) continue;
    const typeOnly = ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    for (const name of declaredBy(node)) if (!typeOnly || !names.has(name)) names.set(name, { file, typeOnly, again: false });
  }
  cache.set(file, { text, names });
  return names;
}

/** The names that a top-level statement declares. */
export function declaredBy(node: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.flatMap((one) => (ts.isIdentifier(one.name) ? [one.name.text] : []));
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) {
    return node.name === undefined ? [] : [node.name.text];
  }
  return [];
}

interface Known { readonly topLevel: ReadonlySet<string>; readonly anywhere: ReadonlySet<string> }

function knownNames(source: ts.SourceFile): Known {
  const topLevel = new Set<string>();
  const anywhere = new Set<string>();
  for (const node of source.statements) {
    for (const name of declaredBy(node)) topLevel.add(name);
    if (!ts.isImportDeclaration(node)) continue;
    const clause = node.importClause;
    if (clause?.name !== undefined) topLevel.add(clause.name.text);
    if (clause?.namedBindings === undefined) continue;
    if (ts.isNamespaceImport(clause.namedBindings)) topLevel.add(clause.namedBindings.name.text);
    else for (const one of clause.namedBindings.elements) topLevel.add(one.name.text);
  }
  const visit = (node: ts.Node): void => {
    const binds = ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node) || ts.isFunctionDeclaration(node);
    if (binds && node.name !== undefined && ts.isIdentifier(node.name)) anywhere.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { topLevel, anywhere };
}

function usedNames(source: ts.SourceFile, ranges: readonly { readonly from: number; readonly to: number }[]): ReadonlyMap<string, 'type' | 'value'> {
  const out = new Map<string, 'type' | 'value'>();
  const visit = (node: ts.Node): void => {
    if (!ranges.some((range) => node.getFullStart() < range.to && range.from < node.getEnd())) return;
    if (ts.isIdentifier(node) && ranges.some((range) => range.from <= node.getStart(source) && node.getEnd() <= range.to)) {
      const parent = node.parent;
      const named = (ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent) || ts.isQualifiedName(parent)) && parent.getChildAt(0, source) !== node;
      const key = ts.isPropertyAssignment(parent) && parent.name === node;
      const declares = (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isFunctionDeclaration(parent) || ts.isMethodDeclaration(parent)
        || ts.isPropertyDeclaration(parent) || ts.isClassDeclaration(parent) || ts.isImportSpecifier(parent) || ts.isPropertySignature(parent)) && parent.name === node;
      const label = ts.isLabeledStatement(parent) || ts.isBreakOrContinueStatement(parent);
      const value = ts.isPropertyAssignment(parent) && parent.initializer === node;
      if ((value || !named) && !key && !declares && !label) {
        const inType = ts.isTypeReferenceNode(parent);
        if (out.get(node.text) !== 'value') out.set(node.text, inType ? 'type' : 'value');
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return out;
}

export interface ImportEdit { readonly from: string; readonly names: readonly string[]; readonly splice: Splice }

/** The imports that the text after wants because of what was added in `ranges`, as splices on the text before. */
export function missingImports(file: string, before: string, after: ReadonlyMap<string, string>,
  ranges: readonly { readonly from: number; readonly to: number }[]): readonly ImportEdit[] {
  const text = after.get(file) ?? '';
  const source = parse(file, text);
  const known = knownNames(source);
  const wanted = new Map<string, string[]>();
  const imported = new Set(source.statements.filter(ts.isImportDeclaration).map((node) => resolveFrom(file, specifier(node))));
  for (const [name, space] of usedNames(source, ranges)) {
    if (known.topLevel.has(name) || (space === 'value' && known.anywhere.has(name))) continue;
    const offers: Exported[] = [];
    for (const [path, other] of after) {
      if (path === file || !isHeaderFor(path, file)) continue;
      const hit = exportsOf(path, other).get(name);
      if (hit !== undefined) offers.push(hit);
    }
    // Two headers may export a name, one of them the type alone.
    const rank = (one: Exported): number => (space === 'value' && one.typeOnly ? 4 : 0) + (imported.has(one.file) ? 0 : 2) + (one.again ? 1 : 0);
    const best = offers.sort((a, b) => rank(a) - rank(b) || Number(a.file.startsWith('arch/')) - Number(b.file.startsWith('arch/')))[0];
    if (best === undefined) continue;
    wanted.set(best.file, [...(wanted.get(best.file) ?? []), best.typeOnly ? `type ${name}` : name]);
  }
  const arms = armsOf(text, ranges);
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([from, names]) => ({ from, names, splice: importSplice(file, before, from, names, arms) }));
}

function armsOf(text: string, ranges: readonly { readonly from: number }[]): readonly string[] {
  const scan = scanArms(text);
  const starts = lineStarts(text);
  return ranges.map((range) => armAt(scan, lineOf(starts, range.from)));
}

function importSplice(file: string, text: string, from: string, names: readonly string[], users: readonly string[]): Splice {
  const source = parse(file, text);
  const starts = lineStarts(text);
  const arms = scanArms(text);
  const imports = source.statements.filter(ts.isImportDeclaration)
    .filter((node) => {
      const arm = armAt(arms, lineOf(starts, node.getStart(source)));
      return arm === '' || users.every((user) => `${user} `.startsWith(`${arm} `));
    });
  const same = imports.find((node) => resolveFrom(file, specifier(node)) === from && node.importClause?.isTypeOnly === false
    && node.importClause.namedBindings !== undefined && ts.isNamedImports(node.importClause.namedBindings));
  const bindings = same?.importClause?.namedBindings;
  const last = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.at(-1) : undefined;
  if (last !== undefined) return { file, from: last.getEnd(), to: last.getEnd(), was: '', text: `, ${names.join(', ')}` };
  const path = relative(dirname(file), from);
  const line = `import { ${names.join(', ')} } from '${path.startsWith('.') ? path : `./${path}`}';\n`;
  const end = imports.at(-1)?.getEnd();
  const first = source.statements[0];
  const top = first === undefined ? text.length : text.lastIndexOf('\n', first.getStart(source)) + 1;
  const at = end === undefined ? top : text.indexOf('\n', end) + 1 || text.length;
  return { file, from: at, to: at, was: '', text: line };
}

function specifier(node: ts.ImportDeclaration): string {
  return ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
}

/** A relative specifier as a path of the tree. */
export function resolveFrom(file: string, to: string): string {
  const parts = dirname(file).split('/').filter((part) => part !== '.' && part !== '');
  for (const part of to.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}
