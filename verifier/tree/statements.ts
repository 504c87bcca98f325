// SPDX-License-Identifier: GPL-2.0-only
// The statements of one file of unresolved text, in order. Arms are comments to the parser, so
// both arms of a function are there, each with its condition. A statement that holds others
// counts as its head alone (`if (x)`, `for (...)`, `out:`), so that a change deep inside a loop
// is not a change of the loop. Case clauses count: patches add them like statements.

import { armAt, scanArms } from './arms.ts';
import { lineOf, lineStarts, normalise } from './tokens.ts';
import { parse } from './parse.ts';
import { ts } from './ts.ts';

export interface Statement {
  readonly file: string;
  /** A function's name, `Class.method`, the name of a const that holds a function; '' at the top. */
  readonly function: string;
  readonly kind: string;
  readonly text: string;
  readonly ordinal: number;
  readonly line: number;
  /** The last line of the head. */
  readonly endLine: number;
  /** Of the whole node, comments before it excluded. */
  readonly pos: number;
  readonly end: number;
  readonly headEnd: number;
  /** The arm it stands in: '' outside all. */
  readonly arm: string;
}

export interface PortFunction {
  readonly name: string;
  readonly arm: string;
  /** From the end of what precedes it, so with its comments and directives. */
  readonly fullPos: number;
  readonly pos: number;
  readonly end: number;
  readonly line: number;
  readonly node: ts.Node;
}

export interface FileIndex {
  readonly file: string;
  readonly text: string;
  readonly source: ts.SourceFile;
  readonly functions: readonly PortFunction[];
  readonly statements: readonly Statement[];
}

const cache = new Map<string, FileIndex>();

export function indexFile(file: string, text: string): FileIndex {
  const known = cache.get(file);
  if (known?.text === text) return known;
  const source = parse(file, text);
  const starts = lineStarts(text);
  const arms = scanArms(text);
  const functions: PortFunction[] = [];
  const statements: Statement[] = [];
  const seen = new Map<string, number>();

  function add(node: ts.Node, name: string, headEnd: number): void {
    const pos = node.getStart(source);
    const head = normalise(text.slice(pos, headEnd));
    const arm = armAt(arms, lineOf(starts, pos));
    const key = `${name}\0${arm}\0${head}`;
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    statements.push({
      file, function: name, kind: kindName(node), text: head, ordinal, line: lineOf(starts, pos),
      endLine: lineOf(starts, Math.max(pos, headEnd - 1)), pos, end: node.getEnd(), headEnd, arm,
    });
  }

  function visit(node: ts.Node, name: string): void {
    const own = functionName(node, name);
    if (own !== undefined) {
      const outer = ts.isVariableDeclaration(node) ? node.parent.parent : node;
      const pos = outer.getStart(source);
      const line = lineOf(starts, pos);
      functions.push({ name: own, arm: armAt(arms, line), fullPos: outer.getFullStart(), pos, end: outer.getEnd(), line, node: outer });
    }
    const here = own ?? name;
    if (isAnchor(node)) add(node, here, headEnd(node, source));
    ts.forEachChild(node, (child) => visit(child, here));
  }
  ts.forEachChild(source, (node) => visit(node, ''));

  const index = { file, text, source, functions, statements };
  cache.set(file, index);
  return index;
}

/** The name a node gives to what is inside it, if it is a function of the port. */
function functionName(node: ts.Node, outer: string): string | undefined {
  if (ts.isFunctionDeclaration(node)) return outer === '' ? node.name?.text : undefined;
  if (ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node)) {
    const owner = node.parent;
    if (outer !== '' || !ts.isClassDeclaration(owner)) return undefined;
    return `${owner.name?.text ?? ''}.${ts.isConstructorDeclaration(node) ? 'constructor' : node.name.getText()}`;
  }
  if (ts.isVariableDeclaration(node) && outer === '' && ts.isVariableStatement(node.parent.parent) && ts.isIdentifier(node.name)) {
    const init = node.initializer;
    if (init !== undefined && (ts.isArrowFunction(init) || ts.isFunctionExpression(init))) return node.name.text;
  }
  return undefined;
}

function isAnchor(node: ts.Node): boolean {
  if (ts.isBlock(node)) return false;
  return ts.isStatement(node) || ts.isCaseOrDefaultClause(node) || ts.isClassElement(node)
    || (ts.isPropertySignature(node)) || (ts.isCatchClause(node));
}

/** Where the head of a statement ends: before the block or the statement it holds. */
function headEnd(node: ts.Node, source: ts.SourceFile): number {
  const before = (body: ts.Node | undefined): number => (body === undefined ? node.getEnd() : trimBack(source.text, node.getStart(source), body.getStart(source)));
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node) || ts.isAccessor(node)) return before(node.body);
  if (ts.isIfStatement(node)) return before(node.thenStatement);
  if (ts.isIterationStatement(node, false)) return ts.isDoStatement(node) ? node.getStart(source) + 2 : before(node.statement);
  if (ts.isLabeledStatement(node)) return before(node.statement);
  if (ts.isSwitchStatement(node)) return before(node.caseBlock);
  if (ts.isCaseOrDefaultClause(node)) return before(node.statements[0]);
  if (ts.isTryStatement(node)) return before(node.tryBlock);
  if (ts.isCatchClause(node)) return before(node.block);
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) return trimBack(source.text, node.getStart(source), node.members.pos - 1);
  if (ts.isVariableStatement(node)) {
    const init = node.declarationList.declarations[0]?.initializer;
    if (init !== undefined && (ts.isArrowFunction(init) || ts.isFunctionExpression(init))) return before(init.body);
  }
  return node.getEnd();
}

function trimBack(text: string, from: number, to: number): number {
  const head = text.slice(from, to).replace(/(\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*$/, '');
  return from + head.length;
}

function kindName(node: ts.Node): string {
  // The enum's reverse table knows this kind as FirstStatement.
  return ts.isVariableStatement(node) ? 'VariableStatement' : ts.SyntaxKind[node.kind];
}

/** The innermost statement that holds an offset (its head, for one that holds others). */
export function statementAt(index: FileIndex, offset: number): Statement | undefined {
  let best: Statement | undefined;
  for (const one of index.statements) {
    if (one.pos <= offset && offset < one.end && (best === undefined || one.end - one.pos <= best.end - best.pos)) best = one;
  }
  return best;
}
