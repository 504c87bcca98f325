// SPDX-License-Identifier: GPL-2.0-only
// The rewriting of one port file: every access to a field, every statement and every loop head
// gets its hook. Decided by syntax alone, so a port with type errors loses none (DESIGN.md, How
// code runs); what is shared is decided when it runs.
//
// Left alone: class bodies (getters never suspend; the point is at the access), arrow functions
// (predicates of the blocking primitive) and the few files that are the machine's own.

import { ts } from '../tree/ts.ts';
import { FIRST_COMPARISON } from './loops.ts';
import type { Site } from './sites.ts';

/** How a file takes part. */
export type Role =
  /** C files: frames, sites, accesses, loop heads. */
  | 'body'
  /** Headers and arch/model: accesses and coverage, no frames. */
  | 'inline'
  /** The machine under it all: untouched. */
  | 'machine';

const OP_OF: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.PlusEqualsToken, '+'], [ts.SyntaxKind.MinusEqualsToken, '-'],
  [ts.SyntaxKind.AmpersandEqualsToken, '&'], [ts.SyntaxKind.BarEqualsToken, '|'],
  [ts.SyntaxKind.CaretEqualsToken, '^'], [ts.SyntaxKind.LessThanLessThanEqualsToken, '<<'],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, '>>'],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, '>>>'],
  [ts.SyntaxKind.AsteriskEqualsToken, '*'], [ts.SyntaxKind.SlashEqualsToken, '/'],
  [ts.SyntaxKind.PercentEqualsToken, '%'],
]);

export interface Rewritten { readonly transformer: ts.TransformerFactory<ts.SourceFile>; readonly sites: Site[] }

/** The hooks of one file; `sites` fills while the transformer runs. */
export function rewriter(file: string, role: Role): Rewritten {
  const sites: Site[] = [];
  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => (source) => {
    if (role === 'machine') return source;
    return new Rewriter(context, source, file, role, sites).run();
  };
  return { transformer, sites };
}

class Rewriter {
  readonly #f: ts.NodeFactory;
  readonly #context: ts.TransformationContext;
  readonly #source: ts.SourceFile;
  readonly #file: string;
  readonly #role: Role;
  readonly #sites: Site[];
  #function = '';
  #loops = 0;
  /** Names bound so far in the enclosing blocks of the current function. */
  #scopes: string[][] = [];

  constructor(context: ts.TransformationContext, source: ts.SourceFile, file: string, role: Role, sites: Site[]) {
    this.#context = context;
    this.#f = context.factory;
    this.#source = source;
    this.#file = file;
    this.#role = role;
    this.#sites = sites;
  }

  run(): ts.SourceFile {
    const statements = this.#source.statements.map((s) => (ts.isFunctionDeclaration(s) ? this.#functionDeclaration(s) : s));
    return this.#f.updateSourceFile(this.#source, statements);
  }

  // --- statements -------------------------------------------------------------------------------

  #functionDeclaration(fn: ts.FunctionDeclaration): ts.FunctionDeclaration {
    if (fn.body === undefined || fn.name === undefined) return fn;
    this.#function = fn.name.text;
    this.#loops = 0;
    this.#scopes = [fn.parameters.flatMap((p) => (ts.isIdentifier(p.name) ? [p.name.text] : []))];
    const statements = this.#statements(fn.body.statements);
    const f = this.#f;
    let body = f.createBlock(statements, true);
    if (this.#role === 'body') {
      const entry = this.#site(fn, false, `${this.#function}(): ${fn.type?.getText(this.#source) ?? 'void'}`);
      const frame = f.createIdentifier('$frame');
      body = f.createBlock([
        this.#const('$frame', this.#call('enter', f.createStringLiteral(this.#function), f.createStringLiteral(this.#file), this.#siteRef(entry))),
        f.createTryStatement(
          body,
          f.createCatchClause('$e', f.createBlock([this.#do('thrown'), f.createThrowStatement(f.createIdentifier('$e'))])),
          f.createBlock([f.createExpressionStatement(this.#call('leave', frame))]),
        ),
      ], true);
    }
    return f.updateFunctionDeclaration(fn, fn.modifiers, fn.asteriskToken, fn.name, fn.typeParameters, fn.parameters, fn.type, body);
  }

  #statements(list: readonly ts.Statement[]): ts.Statement[] {
    const out: ts.Statement[] = [];
    for (const s of list) out.push(...this.#statement(s));
    return out;
  }

  #nested(s: ts.Statement): ts.Statement {
    this.#scopes.push([]);
    const inner = this.#statement(s);
    this.#scopes.pop();
    const only = inner[0];
    return inner.length === 1 && only !== undefined ? only : this.#f.createBlock(inner, true);
  }

  /** A statement with its mark, as the list of statements that stand for it. */
  #statement(s: ts.Statement): ts.Statement[] {
    const f = this.#f;
    if (ts.isBlock(s)) {
      this.#scopes.push([]);
      const block = f.updateBlock(s, this.#statements(s.statements));
      this.#scopes.pop();
      return [block];
    }
    if (ts.isLabeledStatement(s)) {
      const inner = this.#statement(s.statement);
      // What a loop needs before it stays before the label, so that `continue label` still binds.
      const last = inner[inner.length - 1];
      if (last === undefined) return [s];
      return [...inner.slice(0, -1), f.updateLabeledStatement(s, s.label, last)];
    }
    if (ts.isIfStatement(s)) {
      return [this.#mark(s), f.updateIfStatement(s, this.#expr(s.expression), this.#nested(s.thenStatement),
        s.elseStatement === undefined ? undefined : this.#nested(s.elseStatement))];
    }
    if (ts.isDoStatement(s)) {
      const [decl, head] = this.#loop(s);
      return [decl, f.updateDoStatement(s, this.#body(s.statement, head), this.#retest(s, s.expression))];
    }
    if (ts.isWhileStatement(s)) {
      const [decl, head] = this.#loop(s);
      return [this.#mark(s), decl, f.updateWhileStatement(s, this.#retest(s, s.expression), this.#body(s.statement, head))];
    }
    if (ts.isForStatement(s)) {
      this.#scopes.push([]);
      const mark = this.#mark(s);
      const init = s.initializer === undefined ? undefined
        : ts.isVariableDeclarationList(s.initializer) ? this.#declarations(s.initializer) : this.#expr(s.initializer);
      const [decl, head] = this.#loop(s);
      const loop = f.updateForStatement(s, init, s.condition === undefined ? undefined : this.#retest(s, s.condition),
        s.incrementor === undefined ? undefined : this.#expr(s.incrementor), this.#body(s.statement, head));
      this.#scopes.pop();
      return [mark, decl, loop];
    }
    if (ts.isForOfStatement(s)) {
      return [this.#mark(s), f.updateForOfStatement(s, s.awaitModifier, s.initializer, this.#expr(s.expression), this.#nested(s.statement))];
    }
    if (ts.isSwitchStatement(s)) {
      const clauses = s.caseBlock.clauses.map((c) => {
        this.#scopes.push([]);
        const inner = [this.#mark(c), ...this.#statements(c.statements)];
        this.#scopes.pop();
        return ts.isCaseClause(c) ? f.updateCaseClause(c, c.expression, inner) : f.updateDefaultClause(c, inner);
      });
      return [this.#mark(s), f.updateSwitchStatement(s, this.#expr(s.expression), f.updateCaseBlock(s.caseBlock, clauses))];
    }
    if (ts.isVariableStatement(s)) {
      const declares = s.declarationList.declarations.some((d) => d.initializer !== undefined);
      const list = this.#declarations(s.declarationList);
      const stmt = f.updateVariableStatement(s, s.modifiers, list);
      return declares ? [this.#mark(s), stmt] : [stmt];
    }
    if (ts.isExpressionStatement(s)) return [this.#mark(s), f.updateExpressionStatement(s, this.#expr(s.expression))];
    if (ts.isReturnStatement(s)) {
      if (s.expression === undefined) return [this.#mark(s), s];
      const value = this.#expr(s.expression);
      return [this.#mark(s), f.updateReturnStatement(s, this.#role === 'body' ? this.#call('x', value) : value)];
    }
    if (ts.isThrowStatement(s)) return [this.#mark(s), f.updateThrowStatement(s, this.#expr(s.expression))];
    if (ts.isBreakStatement(s) || ts.isContinueStatement(s)) return [this.#mark(s), s];
    if (ts.isTryStatement(s)) {
      const block = f.createBlock(this.#statements(s.tryBlock.statements), true);
      const last = s.finallyBlock === undefined ? undefined : f.createBlock(this.#statements(s.finallyBlock.statements), true);
      return [f.updateTryStatement(s, block, s.catchClause, last)];
    }
    return [s];
  }

  #declarations(list: ts.VariableDeclarationList): ts.VariableDeclarationList {
    const decls = list.declarations.map((d) => {
      const made = this.#f.updateVariableDeclaration(d, d.name, d.exclamationToken, d.type,
        d.initializer === undefined ? undefined : this.#expr(d.initializer));
      if (ts.isIdentifier(d.name)) this.#scopes[this.#scopes.length - 1]?.push(d.name.text);
      return made;
    });
    return this.#f.updateVariableDeclarationList(list, decls);
  }

  // --- loops ------------------------------------------------------------------------------------

  /** The declaration of a loop's activation and the statement at its head. */
  #loop(s: ts.Statement): [ts.Statement, ts.Statement] {
    const f = this.#f;
    const name = `$loop${this.#loops++}`;
    const site = this.#site(s, false);
    const locals = [...new Set(this.#scopes.flat())].map((n) => f.createIdentifier(n));
    const take = f.createArrowFunction(undefined, undefined, [], undefined, undefined, f.createArrayLiteralExpression(locals));
    // if (($loop.rounds += 1) >= FIRST_COMPARISON) $.head($loop, () => [locals])
    const rounds = f.createParenthesizedExpression(f.createBinaryExpression(
      f.createPropertyAccessExpression(f.createIdentifier(name), 'rounds'), ts.SyntaxKind.PlusEqualsToken, f.createNumericLiteral(1)));
    const due = f.createBinaryExpression(rounds, ts.SyntaxKind.GreaterThanEqualsToken, f.createNumericLiteral(FIRST_COMPARISON));
    return [
      this.#const(name, this.#call('loop', this.#siteRef(site))),
      f.createIfStatement(due, f.createExpressionStatement(this.#call('head', f.createIdentifier(name), take))),
    ];
  }

  #body(body: ts.Statement, head: ts.Statement): ts.Block {
    this.#scopes.push([]);
    const inner = ts.isBlock(body) ? this.#statements(body.statements) : this.#statement(body);
    this.#scopes.pop();
    return this.#f.createBlock([head, ...inner], true);
  }

  /** A loop's condition belongs to the loop's statement each time it is tested. */
  #retest(s: ts.Statement, condition: ts.Expression): ts.Expression {
    const test = this.#expr(condition);
    if (this.#role !== 'body' || condition.kind === ts.SyntaxKind.TrueKeyword) return test;
    const site = this.#site(condition, ts.isDoStatement(s));
    return this.#f.createParenthesizedExpression(this.#f.createCommaListExpression([this.#call('s', this.#siteRef(site)), test]));
  }

  // --- expressions ------------------------------------------------------------------------------

  #expr(e: ts.Expression): ts.Expression {
    const done = ts.visitNode(e, (n) => this.#visit(n));
    return done !== undefined && ts.isExpression(done) ? done : e;
  }

  #visit(n: ts.Node): ts.Node {
    const f = this.#f;
    if (ts.isArrowFunction(n) || ts.isFunctionExpression(n) || ts.isClassExpression(n) || ts.isTypeNode(n)) return n;
    if (ts.isBinaryExpression(n)) {
      const op = n.operatorToken.kind;
      if (ts.isPropertyAccessExpression(n.left)) {
        const target = n.left;
        if (op === ts.SyntaxKind.EqualsToken) return this.#call('w', this.#expr(target.expression), this.#name(target), this.#expr(n.right));
        const arith = OP_OF.get(op);
        if (arith !== undefined) {
          return this.#call('m', this.#expr(target.expression), this.#name(target), f.createStringLiteral(arith), this.#expr(n.right));
        }
      }
      if (ts.isElementAccessExpression(n.left) && (op === ts.SyntaxKind.EqualsToken || OP_OF.has(op))) {
        return f.updateBinaryExpression(n, this.#element(n.left), n.operatorToken, this.#expr(n.right));
      }
    }
    if ((ts.isPostfixUnaryExpression(n) || ts.isPrefixUnaryExpression(n)) && ts.isPropertyAccessExpression(n.operand)) {
      if (n.operator === ts.SyntaxKind.PlusPlusToken || n.operator === ts.SyntaxKind.MinusMinusToken) {
        const by = n.operator === ts.SyntaxKind.PlusPlusToken ? f.createNumericLiteral(1) : f.createPrefixMinus(f.createNumericLiteral(1));
        return this.#call('i', this.#expr(n.operand.expression), this.#name(n.operand), by,
          ts.isPrefixUnaryExpression(n) ? f.createTrue() : f.createFalse());
      }
    }
    if (ts.isCallExpression(n) && ts.isPropertyAccessExpression(n.expression)) {
      const callee = n.expression;
      return this.#call('c', this.#expr(callee.expression), this.#name(callee), ...n.arguments.map((a) => this.#expr(a)));
    }
    if (this.#role === 'body' && ts.isCallExpression(n) && ts.isIdentifier(n.expression) && n.expression.text === 'LIST_HEAD') {
      return this.#call('l', ts.visitEachChild(n, (c) => this.#visit(c), this.#context));
    }
    if (ts.isPropertyAccessExpression(n) && n.questionDotToken === undefined) {
      return this.#call('r', this.#expr(n.expression), this.#name(n));
    }
    if (ts.isElementAccessExpression(n) && n.questionDotToken === undefined) return this.#element(n);
    return ts.visitEachChild(n, (c) => this.#visit(c), this.#context);
  }

  #element(n: ts.ElementAccessExpression): ts.ElementAccessExpression {
    return this.#f.updateElementAccessExpression(n, this.#call('a', this.#expr(n.expression)), this.#expr(n.argumentExpression));
  }

  #name(n: ts.PropertyAccessExpression): ts.Expression { return this.#f.createStringLiteral(n.name.text); }

  // --- making -----------------------------------------------------------------------------------

  #site(n: ts.Node, covers: boolean, text?: string): number {
    const line = this.#source.getLineAndCharacterOfPosition(n.getStart(this.#source)).line + 1;
    this.#sites.push({ file: this.#file, line, function: this.#function, text: text ?? statementText(n, this.#source), covers });
    return this.#sites.length - 1;
  }
  #siteRef(site: number): ts.Expression {
    return this.#f.createAdd(this.#f.createIdentifier('$base'), this.#f.createNumericLiteral(site));
  }
  #mark(s: ts.Statement | ts.CaseOrDefaultClause): ts.Statement {
    const site = this.#site(s, true);
    return this.#f.createExpressionStatement(this.#call(this.#role === 'body' ? 's' : 'v', this.#siteRef(site)));
  }
  #call(hook: string, ...args: ts.Expression[]): ts.Expression {
    return this.#f.createCallExpression(this.#f.createPropertyAccessExpression(this.#f.createIdentifier('$'), hook), undefined, args);
  }
  #do(hook: string): ts.Statement { return this.#f.createExpressionStatement(this.#call(hook)); }
  #const(name: string, value: ts.Expression): ts.Statement {
    return this.#f.createVariableStatement(undefined,
      this.#f.createVariableDeclarationList([this.#f.createVariableDeclaration(name, undefined, undefined, value)], ts.NodeFlags.Const));
  }
}

/** The head of a statement as one line: conditions whole, bodies left out. */
export function statementText(n: ts.Node, source: ts.SourceFile): string {
  const from = n.getStart(source);
  const end = ts.isIfStatement(n) ? n.thenStatement.getFullStart()
    : ts.isForStatement(n) || ts.isWhileStatement(n) || ts.isForOfStatement(n) ? n.statement.getFullStart()
    : ts.isSwitchStatement(n) ? n.caseBlock.getFullStart()
    : ts.isDoStatement(n) ? n.expression.getStart(source) - 1
    : ts.isCaseClause(n) ? n.expression.getEnd()
    : ts.isDefaultClause(n) ? from + 'default'.length
    : n.getEnd();
  const text = ts.isDoStatement(n) ? `do … while (${n.expression.getText(source)})` : source.text.slice(from, end);
  return text.replace(/\/\/[^\n]*/g, '').replace(/\s+/g, ' ').trim();
}
