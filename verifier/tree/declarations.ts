// SPDX-License-Identifier: GPL-2.0-only
// What the port declares, as plain data and as it is written: names, modules, parameters, fields,
// and the types as text. Read from the syntax alone, all arms: no program is made.

import { resolveFrom } from './imports.ts';
import { parse } from './parse.ts';
import { ts } from './ts.ts';
import type { PortTree } from './load.ts';

export interface PortParam { readonly name: string; readonly type: string; readonly rest: boolean }
export interface PortSignature { readonly params: readonly PortParam[]; readonly returns: string }

export interface FunctionDeclaration extends PortSignature {
  readonly kind: 'function';
  readonly name: string;
  readonly module: string;
  readonly exported: boolean;
  /** `const x = (): T => …` without parameters: what C reads as a variable. */
  readonly isReader: boolean;
  /** The first type each local is declared with, as written; '' where it is not. */
  readonly locals: ReadonlyMap<string, string>;
  /** Its labels, and what each stands on. */
  readonly labels: ReadonlyMap<string, 'block' | 'loop'>;
}
export interface FieldDeclaration {
  readonly name: string;
  readonly type: string;
  /** Never assigned: an object that is embedded. */
  readonly embedded: boolean;
  /** For a member that is called. */
  readonly signature: PortSignature | null;
}
export interface StructDeclaration {
  readonly kind: 'struct';
  readonly name: string;
  readonly module: string;
  readonly exported: boolean;
  /** An interface is written as a plain object literal, a class through Init. */
  readonly isClass: boolean;
  readonly extends: readonly string[];
  readonly fields: ReadonlyMap<string, FieldDeclaration>;
}
export interface ConstantDeclaration {
  readonly kind: 'constant';
  readonly name: string;
  readonly module: string;
  readonly exported: boolean;
  readonly type: string;
  /** How it is read: plainly, by a call (`x()`), or a variable of each CPU. */
  readonly form: 'plain' | 'machine' | 'percpu';
}
export interface AliasDeclaration {
  readonly kind: 'alias';
  readonly name: string;
  readonly module: string;
  readonly exported: boolean;
  readonly type: string;
}
export type PortDeclaration = FunctionDeclaration | StructDeclaration | ConstantDeclaration | AliasDeclaration;

export interface Declarations {
  /** What a name means in a module: its own declarations before those that others export. */
  readonly value: (name: string, module: string) => FunctionDeclaration | ConstantDeclaration | undefined;
  readonly struct: (name: string, module: string) => StructDeclaration | undefined;
  readonly alias: (name: string, module: string) => AliasDeclaration | undefined;
  /** The name an import of this module gives to a declaration of another. */
  readonly importedAs: (of: PortDeclaration, module: string) => string;
  readonly all: readonly PortDeclaration[];
}

export function declarationsOf(tree: PortTree): Declarations {
  const all: PortDeclaration[] = [];
  const renamed = new Map<string, string>();
  for (const [module, text] of tree.files) {
    for (const node of parse(module, text).statements) {
      all.push(...ofStatement(node, module));
      for (const [source, from, to] of renamings(node)) renamed.set(`${module}\0${resolveFrom(module, source)}\0${from}`, to);
    }
  }
  const own = new Map<string, PortDeclaration>();
  const open = new Map<string, PortDeclaration>();
  const space = (one: PortDeclaration): string => (one.kind === 'function' || one.kind === 'constant' ? 'value' : one.kind);
  for (const one of all) {
    const key = `${space(one)}\0${one.name}`;
    const local = `${one.module}\0${key}`;
    if (!own.has(local)) own.set(local, one);
    if (one.exported && !open.has(key)) open.set(key, one);
  }
  const find = (kind: string, name: string, module: string): PortDeclaration | undefined => own.get(`${module}\0${kind}\0${name}`) ?? open.get(`${kind}\0${name}`);
  return {
    all,
    value: (name, module) => {
      const one = find('value', name, module);
      return one?.kind === 'function' || one?.kind === 'constant' ? one : undefined;
    },
    struct: (name, module) => {
      const one = find('struct', name, module);
      return one?.kind === 'struct' ? one : undefined;
    },
    alias: (name, module) => {
      const one = find('alias', name, module);
      return one?.kind === 'alias' ? one : undefined;
    },
    importedAs: (of, module) => renamed.get(`${module}\0${of.module}\0${of.name}`) ?? of.name,
  };
}

function renamings(node: ts.Statement): readonly (readonly [source: string, from: string, to: string])[] {
  const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
  if (!ts.isImportDeclaration(node) || named === undefined || !ts.isNamedImports(named) || !ts.isStringLiteral(node.moduleSpecifier)) return [];
  const source = node.moduleSpecifier.text;
  return named.elements.flatMap((one) => (one.propertyName === undefined ? [] : [[source, one.propertyName.text, one.name.text] as const]));
}

function ofStatement(node: ts.Statement, module: string): readonly PortDeclaration[] {
  const exported = ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
  if (ts.isFunctionDeclaration(node)) {
    if (node.name === undefined) return [];
    return [{ kind: 'function', name: node.name.text, module, exported, isReader: false, ...signatureOf(node), ...innerOf(node) }];
  }
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const fields = new Map<string, FieldDeclaration>();
    for (const member of node.members) {
      const field = fieldOf(member);
      if (field !== null && !fields.has(field.name)) fields.set(field.name, field);
    }
    const bases = (node.heritageClauses ?? []).flatMap((clause) => clause.types.map((type) => type.expression.getText()));
    return [{ kind: 'struct', name: node.name?.text ?? '', module, exported, isClass: ts.isClassDeclaration(node), extends: bases, fields }];
  }
  if (ts.isTypeAliasDeclaration(node)) return [{ kind: 'alias', name: node.name.text, module, exported, type: node.type.getText() }];
  if (!ts.isVariableStatement(node)) return [];
  return node.declarationList.declarations.flatMap((one): PortDeclaration[] => {
    if (!ts.isIdentifier(one.name)) return [];
    const name = one.name.text;
    const init = one.initializer;
    if (init !== undefined && (ts.isArrowFunction(init) || ts.isFunctionExpression(init))) {
      return [{ kind: 'function', name, module, exported, isReader: ts.isArrowFunction(init) && init.parameters.length === 0, ...signatureOf(init), ...innerOf(init) }];
    }
    const callee = init !== undefined && ts.isCallExpression(init) ? init.expression.getText() : '';
    const form = callee === 'per_machine' || callee === 'per_module' ? 'machine' : callee === 'DEFINE_PER_CPU' ? 'percpu' : 'plain';
    return [{ kind: 'constant', name, module, exported, type: one.type?.getText() ?? madeType(init), form }];
  });
}

/** `new X()` behind a `() =>`, or as it stands: X. */
function madeType(init: ts.Expression | undefined): string {
  if (init === undefined) return '';
  if (ts.isNewExpression(init)) return init.expression.getText();
  if (ts.isNumericLiteral(init)) return 'number';
  if (ts.isParenthesizedExpression(init)) return madeType(init.expression);
  if (ts.isObjectLiteralExpression(init)) {
    const [only] = init.properties;
    const value = init.properties.length === 1 && only !== undefined && ts.isPropertyAssignment(only) && only.name.getText() === 'v' ? only.initializer : undefined;
    return value === undefined ? '' : `Ref<${madeType(value)}>`;
  }
  if (!ts.isCallExpression(init)) return '';
  // per_module(THIS_MODULE, () => …) has whose it is before it.
  const first = init.arguments.find(ts.isArrowFunction) ?? init.arguments[0];
  const made = first !== undefined && ts.isArrowFunction(first) ? first.body : undefined;
  if (made === undefined && /^H?LIST_HEAD$/.test(init.expression.getText())) {
    const [of] = init.typeArguments ?? [];
    return `${init.expression.getText().toLowerCase()}${of === undefined ? '' : `<${of.getText()}>`}`;
  }
  if (made === undefined || ts.isBlock(made)) return '';
  return madeType(made);
}

function signatureOf(node: ts.SignatureDeclaration): PortSignature {
  const params = node.parameters.map((one) => ({ name: one.name.getText(), type: one.type?.getText() ?? '', rest: one.dotDotDotToken !== undefined }));
  return { params, returns: node.type?.getText() ?? '' };
}

function fieldOf(member: ts.ClassElement | ts.TypeElement): FieldDeclaration | null {
  if (member.name === undefined || !ts.isIdentifier(member.name)) return null;
  const name = member.name.text;
  const modifiers = ts.canHaveModifiers(member) ? ts.getModifiers(member) ?? [] : [];
  if (ts.isPropertyDeclaration(member) || ts.isPropertySignature(member)) {
    const signature = member.type !== undefined && ts.isFunctionTypeNode(member.type) ? signatureOf(member.type) : null;
    const made = ts.isPropertyDeclaration(member) ? madeType(member.initializer) : '';
    const embedded = modifiers.some((one) => one.kind === ts.SyntaxKind.ReadonlyKeyword);
    return { name, type: member.type?.getText() ?? made, embedded, signature };
  }
  if (ts.isMethodSignature(member) || ts.isMethodDeclaration(member)) return { name, type: '', embedded: true, signature: signatureOf(member) };
  if (ts.isGetAccessor(member)) return { name, type: member.type?.getText() ?? '', embedded: false, signature: null };
  return null;
}

function innerOf(fn: ts.SignatureDeclaration & { readonly body?: ts.Node | undefined }): Pick<FunctionDeclaration, 'locals' | 'labels'> {
  const locals = new Map<string, string>();
  const labels = new Map<string, 'block' | 'loop'>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && !locals.has(node.name.text)) {
      locals.set(node.name.text, node.type?.getText() ?? madeLocal(node.initializer));
    }
    if (ts.isLabeledStatement(node)) labels.set(node.label.text, ts.isIterationStatement(node.statement, false) ? 'loop' : 'block');
    ts.forEachChild(node, visit);
  };
  if (fn.body !== undefined) visit(fn.body);
  return { locals, labels };
}

/** `Init(X, …)` is an X. */
function madeLocal(init: ts.Expression | undefined): string {
  if (init !== undefined && ts.isCallExpression(init) && init.expression.getText() === 'Init') return init.arguments[0]?.getText() ?? '';
  return madeType(init);
}
