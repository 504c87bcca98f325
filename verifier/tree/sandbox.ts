// SPDX-License-Identifier: GPL-2.0-only
// What code from a mail may say (SECURITY.md). It names what the port declares, what its own function
// binds and nothing else; no property by which JavaScript gives away a constructor or a prototype; and
// only the forms that a translation of C is made of. Held against the tree as it would run, so that no
// way in which text came about can get around it.

import { Script } from 'node:vm';
import type { PortTree } from './load.ts';
import { parse } from './parse.ts';
import { ts } from './ts.ts';

const K = ts.SyntaxKind;

export interface Range { readonly file: string; readonly from: number; readonly to: number }
export type Breach =
  /** A name that neither the port nor the code declares. */
  | { readonly kind: 'name'; readonly file: string; readonly function: string; readonly what: string }
  | { readonly kind: 'form'; readonly file: string; readonly function: string; readonly what: string };

/** Properties that lead out of any object. */
export const LEADS_OUT: ReadonlySet<string> = new Set([
  'constructor', 'prototype', '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__', 'caller', 'callee', 'arguments',
]);
/** Values of JavaScript itself that translations use. */
const BUILTINS: ReadonlySet<string> = new Set(['undefined', 'NaN', 'Infinity']);
/** Functions of it, to be called and nothing else. */
const CALLED: ReadonlySet<string> = new Set(['Number', 'Boolean', 'Math.trunc', 'Math.min', 'Math.max', 'Math.abs']);
/** A declaration of such a name may be a type alone, and gone by the time the name is looked up. */
const GLOBALS: ReadonlySet<string> = new Set([...Object.getOwnPropertyNames(globalThis), 'require', 'module', 'exports', '$', '$g', '$base', 'arguments']);

/** What the ranges (of the trees' texts) say that they may not; in order. */
export function breaches(tree: PortTree, ranges: readonly Range[]): readonly Breach[] {
  return [...new Set(ranges.map((one) => one.file))].sort().flatMap((file) => ofFile(tree, file, ranges.filter((one) => one.file === file)));
}

type Scope = { readonly names: Set<string>; readonly up: Scope | null };

function ofFile(tree: PortTree, file: string, ranges: readonly Range[]): Breach[] {
  const source = parse(file, tree.files.get(file) ?? '');
  const out: Breach[] = [];
  const top: Scope = { names: new Set(source.statements.flatMap(topNames)), up: null };
  let fn = '';
  const inside = (n: ts.Node): boolean => ranges.some((r) => n.getStart(source) < r.to && r.from < n.getEnd());
  const begins = (n: ts.Node): boolean => ranges.some((r) => r.from <= n.getStart(source) && n.getStart(source) < r.to);
  let inFunction = false;
  /** What the compiled code of a module calls its hooks and its exports. */
  const named = (name: string): void => { if (/^(?:\$.*|exports|require|eval|arguments)$/.test(name)) breach('form', `the name ${name}`); };
  const breach = (kind: Breach['kind'], what: string): void => { out.push({ kind, file, function: fn, what }); };
  const visit = (n: ts.Node, scope: Scope): void => {
    if (!inside(n) || ts.isTypeNode(n) || ts.isInterfaceDeclaration(n) || ts.isTypeAliasDeclaration(n)) return;
    if (ts.isImportDeclaration(n)) {
      const from = ts.isStringLiteral(n.moduleSpecifier) ? n.moduleSpecifier.text : '';
      if (!/^\.{1,2}\/[\w./-]+\.ts$/.test(from)) breach('form', `an import of ${from}`);
      return;
    }
    // What stands there already and is only added to is the port's own.
    if (!FORMS.has(n.kind) && begins(n)) { breach('form', ts.SyntaxKind[n.kind]); return; }
    if (!inFunction && begins(n) && !AT_LOAD.has(n.kind)) { breach('form', `${ts.SyntaxKind[n.kind]} outside a function`); return; }
    if (ts.isCallExpression(n) && CALLED.has(n.expression.getText(source))) {
      for (const a of n.arguments) visit(a, scope);
      return;
    }
    if ((ts.isVariableDeclaration(n) || ts.isFunctionDeclaration(n)) && n.name !== undefined && ts.isIdentifier(n.name) && begins(n)) named(n.name.text);
    if (ts.isPropertyDeclaration(n) && (!ts.isIdentifier(n.name) || LEADS_OUT.has(n.name.text))) breach('form', `the field ${n.name.getText(source)}`);
    if (ts.isPropertyAccessExpression(n) && LEADS_OUT.has(n.name.text)) breach('form', `.${n.name.text}`);
    if (ts.isPropertyAssignment(n) && (!ts.isIdentifier(n.name) || LEADS_OUT.has(n.name.text))) breach('form', `the field ${n.name.getText(source)}`);
    if (ts.isElementAccessExpression(n) && ts.isStringLiteralLike(bare(n.argumentExpression))) breach('form', `[${bare(n.argumentExpression).getText(source)}]`);
    if (ts.isIdentifier(n)) {
      if (isName(n) && !knows(scope, n.text)) breach('name', n.text);
      return;
    }
    if (ts.isFunctionDeclaration(n) || ts.isArrowFunction(n) || ts.isFunctionExpression(n)) {
      const outer = fn;
      if (ts.isFunctionDeclaration(n) && scope === top) fn = n.name?.text ?? '';
      if (n.asteriskToken !== undefined) breach('form', 'a generator');
      for (const m of n.modifiers ?? []) if (m.kind !== K.ExportKeyword) breach('form', ts.SyntaxKind[m.kind]);
      const own: Scope = { names: new Set(n.parameters.flatMap((p) => namesOf(p.name))), up: scope };
      for (const p of n.parameters) if (begins(p) && ts.isIdentifier(p.name)) named(p.name.text);
      for (const p of n.parameters) if (p.initializer !== undefined) visit(p.initializer, own);
      const around = inFunction;
      inFunction = true;
      if (n.body !== undefined) visit(n.body, own);
      inFunction = around;
      fn = outer;
      return;
    }
    const opens = ts.isBlock(n) || ts.isCaseBlock(n) || ts.isForStatement(n) || ts.isForOfStatement(n);
    const own: Scope = opens ? { names: new Set(declaredIn(n)), up: scope } : scope;
    ts.forEachChild(n, (child) => { visit(child, own); });
  };
  for (const s of source.statements) visit(s, top);
  if (!parses(file, tree.files.get(file) ?? '')) breach('form', 'what is no code at all');
  return out;
}

function parses(file: string, text: string): boolean {
  const made = ts.transpileModule(text, { fileName: `/${file}`, reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS } });
  if ((made.diagnostics ?? []).length > 0) return false;
  // What only the engine minds: a name that is bound twice, a jump to no label. Compiled, not run.
  try {
    return new Script(`(function (exports, require) {${made.outputText}\n})`) instanceof Script;
  } catch {
    return false;
  }
}

/** Whether an identifier stands for a value: not a property, a key, a label or what it declares. */
function isName(n: ts.Identifier): boolean {
  const p = n.parent;
  if (ts.isPropertyAccessExpression(p)) return p.expression === n;
  if (ts.isPropertyAssignment(p)) return p.initializer === n;
  if (ts.isPropertyDeclaration(p) || ts.isMethodDeclaration(p) || ts.isClassDeclaration(p)) return 'initializer' in p && p.initializer === n;
  if (ts.isVariableDeclaration(p) || ts.isBindingElement(p) || ts.isFunctionDeclaration(p) || ts.isParameter(p)) return 'initializer' in p && p.initializer === n;
  return !(ts.isLabeledStatement(p) || ts.isBreakOrContinueStatement(p) || ts.isTypeReferenceNode(p));
}
function knows(scope: Scope, name: string): boolean {
  for (let s: Scope | null = scope; s !== null; s = s.up) if (s.names.has(name) && (s.up !== null || !GLOBALS.has(name))) return true;
  return BUILTINS.has(name);
}
function bare(e: ts.Expression): ts.Expression { return ts.isParenthesizedExpression(e) || ts.isAsExpression(e) ? bare(e.expression) : e; }
function namesOf(name: ts.BindingName): string[] {
  return ts.isIdentifier(name) ? [name.text] : name.elements.flatMap((e) => (ts.isOmittedExpression(e) ? [] : namesOf(e.name)));
}
function listNames(list: ts.VariableDeclarationList): string[] { return list.declarations.flatMap((d) => namesOf(d.name)); }
function declaredIn(n: ts.Block | ts.CaseBlock | ts.ForStatement | ts.ForOfStatement): string[] {
  if (ts.isForStatement(n) || ts.isForOfStatement(n)) return n.initializer !== undefined && ts.isVariableDeclarationList(n.initializer) ? listNames(n.initializer) : [];
  const list = ts.isBlock(n) ? n.statements : n.clauses.flatMap((c) => [...c.statements]);
  return list.flatMap((s) => (ts.isVariableStatement(s) ? listNames(s.declarationList) : ts.isFunctionDeclaration(s) && s.name !== undefined ? [s.name.text] : []));
}
function topNames(s: ts.Statement): string[] {
  if (ts.isVariableStatement(s)) return listNames(s.declarationList);
  if (ts.isFunctionDeclaration(s) || ts.isClassDeclaration(s)) return s.name === undefined ? [] : [s.name.text];
  if (!ts.isImportDeclaration(s)) return [];
  const bindings = s.importClause?.namedBindings;
  return bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? [bindings.name.text] : bindings.elements.map((e) => e.name.text);
}

/** What a translation of C is made of. */
const FORMS: ReadonlySet<ts.SyntaxKind> = new Set([
  K.FunctionDeclaration, K.VariableStatement, K.VariableDeclarationList, K.VariableDeclaration, K.Block, K.ExpressionStatement, K.IfStatement, K.DoStatement,
  K.WhileStatement, K.ForStatement, K.ForOfStatement, K.ContinueStatement, K.BreakStatement, K.ReturnStatement, K.SwitchStatement, K.CaseBlock, K.CaseClause,
  K.DefaultClause, K.LabeledStatement, K.EmptyStatement, K.Identifier, K.NumericLiteral, K.StringLiteral, K.NoSubstitutionTemplateLiteral, K.TrueKeyword, K.FalseKeyword,
  K.NullKeyword, K.ArrayLiteralExpression, K.ObjectLiteralExpression, K.PropertyAssignment, K.ShorthandPropertyAssignment, K.PropertyAccessExpression,
  K.ElementAccessExpression, K.CallExpression, K.ParenthesizedExpression, K.PrefixUnaryExpression, K.PostfixUnaryExpression, K.BinaryExpression,
  K.ConditionalExpression, K.ArrowFunction, K.NewExpression, K.AsExpression, K.NonNullExpression, K.VoidExpression, K.OmittedExpression, K.ClassDeclaration,
  K.PropertyDeclaration, K.ExportKeyword, K.ConstKeyword, K.ReadonlyKeyword,
  // Operators are nodes of their own.
  K.PlusToken, K.MinusToken, K.AsteriskToken, K.SlashToken, K.PercentToken, K.AmpersandToken, K.BarToken, K.CaretToken, K.LessThanLessThanToken,
  K.GreaterThanGreaterThanToken, K.GreaterThanGreaterThanGreaterThanToken, K.AmpersandAmpersandToken, K.BarBarToken, K.QuestionQuestionToken, K.LessThanToken,
  K.GreaterThanToken, K.LessThanEqualsToken, K.GreaterThanEqualsToken, K.EqualsEqualsToken, K.EqualsEqualsEqualsToken, K.ExclamationEqualsToken,
  K.ExclamationEqualsEqualsToken, K.EqualsToken, K.PlusEqualsToken, K.MinusEqualsToken, K.AsteriskEqualsToken, K.SlashEqualsToken, K.PercentEqualsToken,
  K.AmpersandEqualsToken, K.BarEqualsToken, K.CaretEqualsToken, K.LessThanLessThanEqualsToken, K.GreaterThanGreaterThanEqualsToken,
  K.GreaterThanGreaterThanGreaterThanEqualsToken, K.CommaToken, K.QuestionToken, K.ColonToken, K.EqualsGreaterThanToken,
]);
/** What runs while a module loads is not watched: constants, tables, and what is made for each machine. */
const AT_LOAD: ReadonlySet<ts.SyntaxKind> = new Set([...FORMS].filter((kind) => kind !== K.ElementAccessExpression && kind !== K.PostfixUnaryExpression
  && kind !== K.EqualsToken && kind !== K.ExpressionStatement));
