// SPDX-License-Identifier: GPL-2.0-only
// The statements of a function in the form in which two writings of it are compared. What C does
// without a word and the port has to say (types, const, conversions between numbers and truth,
// brackets round an operand) does not count, nor does the text of a message, nor what only a goto
// needs: labelled blocks and the loops that a label has become. A declaration counts by variable.

import { armAt, scanArms } from './arms.ts';
import { parse } from './parse.ts';
import { lineOf, lineStarts, normalise } from './tokens.ts';
import { ts } from './ts.ts';

export interface ShapeStatement {
  /** Equal in two writings exactly when they say the same. */
  readonly key: string;
  readonly shown: string;
  readonly line: number;
  /** Indices of the statements it stands in, outermost first, with the branch: '3.then'. */
  readonly path: readonly string[];
  readonly mark: 'reduced' | 'notModelled' | 'unreachable' | null;
  readonly arm: string;
}

export interface ShapeFunction {
  readonly name: string;
  readonly arm: string;
  readonly line: number;
  readonly params: readonly string[];
  readonly statements: readonly ShapeStatement[];
}

const K = ts.SyntaxKind;
const MARKS = new Set(['reduced', 'notModelled', 'unreachable']);
/** Conversions that C makes without a word. */
const SILENT = new Set(['Boolean', 'Number', 'int']);

/** `names` are the import renamings of the file that the text stands for, when it is not a whole one. */
export function shapesOf(file: string, text: string, names?: ReadonlyMap<string, string>): readonly ShapeFunction[] {
  const source = parse(file, text);
  const starts = lineStarts(text);
  const arms = scanArms(text);
  const renamed = names ?? renamings(source);
  const found: ShapeFunction[] = [];
  const add = (name: string, node: ts.SignatureDeclaration, body: ts.Node | undefined): void => {
    if (body === undefined) return;
    const line = lineOf(starts, node.getStart(source));
    const statements: ShapeStatement[] = [];
    const put = (node2: ts.Node, key: string, shown: string, path: readonly string[], mark: ShapeStatement['mark']): number => {
      const at = lineOf(starts, node2.getStart(source));
      statements.push({ key, shown: normalise(shown), line: at, path, mark, arm: armAt(arms, at) });
      return statements.length - 1;
    };
    const writer = new Shaper(source, renamed, put);
    if (ts.isBlock(body)) writer.block(body.statements, []);
    else put(body, `return ${writer.key(body)}`, `return ${body.getText(source)};`, [], null);
    found.push({ name, arm: armAt(arms, line), line, params: node.parameters.map((one) => one.name.getText(source)), statements });
  };
  for (const node of source.statements) {
    if (ts.isFunctionDeclaration(node) && node.name !== undefined) add(node.name.text, node, node.body);
    if (!ts.isVariableStatement(node)) continue;
    for (const one of node.declarationList.declarations) {
      const init = one.initializer;
      if (init !== undefined && ts.isIdentifier(one.name) && (ts.isArrowFunction(init) || ts.isFunctionExpression(init))) add(one.name.text, init, init.body);
    }
  }
  return found;
}

/** Local name to exported name, where an import renames. */
export function renamingsOf(file: string, text: string): ReadonlyMap<string, string> { return renamings(parse(file, text)); }

function renamings(source: ts.SourceFile): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const node of source.statements) {
    const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : undefined;
    if (named === undefined || !ts.isNamedImports(named)) continue;
    for (const one of named.elements) if (one.propertyName !== undefined) map.set(one.name.text, one.propertyName.text);
  }
  return map;
}

/** What a break or continue can mean: C's own loops and switches, and what stands for a label. */
interface Target { readonly label: string; readonly kind: 'loop' | 'switch' | 'block' | 'again' }

type Put = (node: ts.Node, key: string, shown: string, path: readonly string[], mark: ShapeStatement['mark']) => number;

class Shaper {
  readonly #source: ts.SourceFile;
  readonly #renamed: ReadonlyMap<string, string>;
  readonly #put: Put;
  #targets: readonly Target[] = [];
  /** The label in front of the statement that is looked at. */
  #label = '';
  constructor(source: ts.SourceFile, renamed: ReadonlyMap<string, string>, put: Put) {
    this.#source = source;
    this.#renamed = renamed;
    this.#put = put;
  }

  block(list: readonly ts.Statement[], path: readonly string[]): void {
    for (const one of list) this.statement(one, path);
  }

  #within(kind: Target['kind'], label: string, shape: () => void): void {
    const outer = this.#targets;
    this.#targets = [...outer, { label, kind }];
    shape();
    this.#targets = outer;
  }

  /** A jump by name that C makes without one counts as that; one to a label counts as a goto. */
  #jump(kind: 'break' | 'continue', label: string): string {
    if (label === '') return kind;
    const target = this.#targets.findLast((one) => one.label === label);
    const plain = this.#targets.findLast((one) => one.kind === 'loop' || (kind === 'break' && one.kind === 'switch'));
    return target !== undefined && target === plain ? kind : `goto ${label}`;
  }

  /** What a head holds: a block counts by what is in it. */
  #inside(node: ts.Statement, path: readonly string[]): void {
    if (ts.isBlock(node)) this.block(node.statements, path);
    else this.statement(node, path);
  }

  statement(node: ts.Statement, path: readonly string[]): void {
    const key = (of: ts.Node | undefined): string => (of === undefined ? '' : this.key(of));
    const shown = (from: ts.Node, to: ts.Node | undefined): string => this.#source.text.slice(from.getStart(this.#source), to === undefined ? from.getEnd() : to.getEnd());
    const head = (text: string, to: ts.Node | undefined, tail: string): number => this.#put(node, text, shown(node, to) + tail, path, null);
    if (ts.isBlock(node)) return this.block(node.statements, path);
    if (ts.isEmptyStatement(node)) return;
    const label = this.#label;
    this.#label = '';
    if (ts.isLabeledStatement(node)) {
      const { statement } = node;
      const name = node.label.text;
      if (isAgain(statement)) {
        // The break at the end of such a loop is the fall through of C.
        const list = ts.isBlock(statement.statement) ? statement.statement.statements : [statement.statement];
        const last = list.at(-1);
        const rest = last !== undefined && ts.isBreakStatement(last) && last.label === undefined ? list.slice(0, -1) : list;
        return this.#within('again', name, () => this.block(rest, path));
      }
      if (!ts.isIterationStatement(statement, false)) return this.#within('block', name, () => this.#inside(statement, path));
      this.#label = name;
      return this.statement(statement, path);
    }
    const loop = (body: ts.Statement, at: number): void => this.#within('loop', label, () => this.#inside(body, [...path, `${at}.body`]));
    if (ts.isIfStatement(node)) {
      const at = head(`if ${key(node.expression)}`, node.expression, ')');
      this.#inside(node.thenStatement, [...path, `${at}.then`]);
      if (node.elseStatement !== undefined) this.#inside(node.elseStatement, [...path, `${at}.else`]);
      return;
    }
    if (ts.isForStatement(node)) {
      const end = node.incrementor ?? node.condition ?? node.initializer;
      const text = `for ${key(node.initializer)};${key(node.condition)};${key(node.incrementor)}`;
      return loop(node.statement, end === undefined ? this.#put(node, text, 'for (;;)', path, null) : head(text, end, ')'));
    }
    if (ts.isForOfStatement(node) || ts.isForInStatement(node)) return loop(node.statement, head(`each ${key(node.initializer)};${key(node.expression)}`, node.expression, ')'));
    if (ts.isWhileStatement(node)) return loop(node.statement, head(`while ${key(node.expression)}`, node.expression, ')'));
    if (ts.isDoStatement(node)) {
      loop(node.statement, this.#put(node, 'do', 'do', path, null));
      this.#put(node.expression, `do while ${key(node.expression)}`, `while (${shown(node.expression, undefined)});`, path, null);
      return;
    }
    if (ts.isSwitchStatement(node)) {
      const at = head(`switch ${key(node.expression)}`, node.expression, ')');
      this.#within('switch', label, () => {
        for (const clause of node.caseBlock.clauses) {
          const text = ts.isCaseClause(clause) ? `case ${key(clause.expression)}` : 'default';
          const own = this.#put(clause, text, ts.isCaseClause(clause) ? `case ${shown(clause.expression, undefined)}:` : 'default:', [...path, `${at}.body`], null);
          this.block(clause.statements, [...path, `${at}.body`, `${own}.case`]);
        }
      });
      return;
    }
    if (ts.isVariableStatement(node)) {
      for (const one of node.declarationList.declarations) {
        this.#put(one, `let ${key(one.name)}${one.initializer === undefined ? '' : ` = ${key(one.initializer)}`}`, `let ${shown(one, undefined)};`, path, null);
      }
      return;
    }
    if (ts.isExpressionStatement(node)) {
      this.#put(node, this.key(node.expression), shown(node, undefined), path, markOf(node.expression));
      return;
    }
    if (ts.isReturnStatement(node)) return void head(`return ${key(node.expression)}`, undefined, '');
    if (ts.isBreakStatement(node)) return void head(this.#jump('break', node.label?.text ?? ''), undefined, '');
    if (ts.isContinueStatement(node)) return void head(this.#jump('continue', node.label?.text ?? ''), undefined, '');
    head(`${K[node.kind]} ${normalise(node.getText(this.#source))}`, undefined, '');
  }

  /** One spelling for an expression. */
  key(node: ts.Node): string {
    const key = (of: ts.Node): string => this.key(of);
    if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node) || ts.isNonNullExpression(node)) return key(node.expression);
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return '"…"';
    if (ts.isIdentifier(node)) return this.#renamed.get(node.text) ?? node.text;
    if (ts.isNumericLiteral(node)) return String(Number(node.text));
    if (ts.isCallExpression(node)) {
      const callee = key(node.expression);
      const args = node.arguments;
      const [only] = args;
      if (SILENT.has(callee) && args.length === 1 && only !== undefined) return key(only);
      return `${callee}(${args.map(key).join(', ')})`;
    }
    if (ts.isBinaryExpression(node)) {
      const op = node.operatorToken.getText(this.#source);
      const right = node.right;
      const zero = ts.isNumericLiteral(right) && right.text === '0';
      if (zero && op === '>>>') return key(node.left);
      // Truth: in C a comparison with nothing is what the operand says anyway.
      const nothing = zero || right.kind === K.NullKeyword;
      if (nothing && op === '!==') return key(node.left);
      if (nothing && op === '===') return `!${key(node.left)}`;
      if (op === ',') return `${key(node.left)}, ${key(node.right)}`;
      return `(${key(node.left)} ${op === '>>>' ? '>>' : op === '>>>=' ? '>>=' : op} ${key(node.right)})`;
    }
    const twice = negated(node);
    const truth = twice === undefined ? undefined : negated(twice);
    if (truth !== undefined) return key(truth);
    if (ts.isPrefixUnaryExpression(node)) return `${ts.tokenToString(node.operator) ?? ''}${key(node.operand)}`;
    if (ts.isPostfixUnaryExpression(node)) return `${key(node.operand)}${ts.tokenToString(node.operator) ?? ''}`;
    if (ts.isPropertyAccessExpression(node)) return `${key(node.expression)}.${node.name.text}`;
    if (ts.isElementAccessExpression(node)) return `${key(node.expression)}[${key(node.argumentExpression)}]`;
    if (ts.isConditionalExpression(node) && node.whenTrue.getText() === '1' && node.whenFalse.getText() === '0') return key(node.condition);
    if (ts.isExpressionWithTypeArguments(node)) return key(node.expression);
    if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) return `() => ${key(node.body)}`;
    if (ts.isConditionalExpression(node)) return `(${key(node.condition)} ? ${key(node.whenTrue)} : ${key(node.whenFalse)})`;
    if (ts.isObjectLiteralExpression(node)) return `{${node.properties.map(key).join(', ')}}`;
    if (ts.isPropertyAssignment(node)) return `${node.name.getText(this.#source)}: ${key(node.initializer)}`;
    if (ts.isShorthandPropertyAssignment(node)) return `${node.name.text}: ${node.name.text}`;
    if (ts.isArrayLiteralExpression(node)) return `[${node.elements.map(key).join(', ')}]`;
    if (ts.isNewExpression(node)) return `new ${key(node.expression)}(${(node.arguments ?? []).map(key).join(', ')})`;
    if (ts.isVariableDeclarationList(node)) return node.declarations.map((one) => (one.initializer === undefined ? key(one.name) : `(${key(one.name)} = ${key(one.initializer)})`)).join(', ');
    return normalise(node.getText(this.#source));
  }
}

/** A loop that only a label has become: its end is never reached to go round. */
function isAgain(node: ts.Statement): node is ts.ForStatement {
  if (!ts.isForStatement(node) || node.initializer !== undefined || node.condition !== undefined || node.incrementor !== undefined) return false;
  return neverFalls(ts.isBlock(node.statement) ? node.statement.statements.at(-1) : node.statement);
}

function neverFalls(node: ts.Statement | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isReturnStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node)) return true;
  if (ts.isBlock(node)) return neverFalls(node.statements.at(-1));
  if (ts.isIfStatement(node)) return node.elseStatement !== undefined && neverFalls(node.thenStatement) && neverFalls(node.elseStatement);
  if (ts.isForStatement(node)) return node.condition === undefined;
  return ts.isExpressionStatement(node) && markOf(node.expression) === 'unreachable';
}

/** x of `!x`. */
function negated(node: ts.Node): ts.Node | undefined {
  if (ts.isParenthesizedExpression(node)) return negated(node.expression);
  return ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken ? node.operand : undefined;
}

function markOf(node: ts.Expression): ShapeStatement['mark'] {
  const name = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression.text : '';
  if (!MARKS.has(name)) return null;
  return name === 'reduced' || name === 'notModelled' || name === 'unreachable' ? name : null;
}
