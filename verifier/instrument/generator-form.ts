// SPDX-License-Identifier: GPL-2.0-only
// The second form of a function that can stop: the same statements, hooks and all, as a generator.
// Each hook that may stop, and each call, becomes `yield` of a question to whoever drives it
// (generators.ts), so the order of evaluation is JavaScript's own and nothing is taken apart. It is
// what resume.ts is held against. Compiled only when asked for.
//
// A generator cannot be copied: a state is reached again by running from the start. A call is a yield
// too, never `yield*`, whose cost grows with each frame (engine.md, 4.1).

import { ts } from '../tree/ts.ts';
import { namesIn } from './patterns.ts';
import type { LoopHead } from './resume.ts';

export interface GeneratorFormOptions {
  readonly context: ts.TransformationContext;
  /** The statement that the plain form has at a loop's head, if it is one. */
  readonly headOf: (s: ts.Statement) => LoopHead | null;
  /** Names that this file has from the machine itself: calling one never stops. */
  readonly plain: ReadonlySet<string>;
}

/** Hooks of the runtime that touch nothing others can reach: called as they are. */
const NO_QUESTION: ReadonlySet<string> = new Set(['s', 'v', 'x', 'l', 'k', 'loop', 'p']);
/** Hooks whose last argument is what may not be evaluated: a generator of its own. */
const DEFERS: ReadonlySet<string> = new Set(['o', 'b', 'z']);

/** What a generator says to of itself: its first parameter. */
const RUNNING = '$r';

type Closure = ts.ArrowFunction | ts.FunctionExpression;

export class GeneratorForm {
  readonly #options: GeneratorFormOptions;
  readonly #f: ts.NodeFactory;
  #lists = 0;
  #places = 0;
  /** Variables by enclosing block, as far as they are declared where one stands. */
  #scopes: string[][] = [];

  constructor(options: GeneratorFormOptions) {
    this.#options = options;
    this.#f = options.context.factory;
  }

  /** A call of what is there for this form alone. */
  hook(name: string, ...args: readonly ts.Expression[]): ts.Expression {
    return this.#f.createCallExpression(this.#f.createPropertyAccessExpression(this.#f.createIdentifier('$g'), name), undefined, args);
  }

  /** The generator of a function. What a parameter defaults to may stop, so it is no part of the head. */
  code(parameters: readonly ts.ParameterDeclaration[], body: readonly ts.Statement[] | ts.Expression): readonly ts.Expression[] {
    const f = this.#f;
    this.#scopes.push([]);
    const head: ts.ParameterDeclaration[] = [];
    const first: ts.Statement[] = [];
    for (const p of parameters) {
      this.#bind(p.name);
      head.push(f.createParameterDeclaration(undefined, p.dotDotDotToken, p.name));
      if (p.initializer === undefined || !ts.isIdentifier(p.name)) continue;
      first.push(f.createIfStatement(f.createStrictEquality(p.name, f.createVoidZero()),
        f.createExpressionStatement(f.createAssignment(p.name, this.#expr(p.initializer)))));
    }
    const statements = isStatements(body) ? this.#statements(body) : [f.createReturnStatement(this.#expr(body))];
    this.#scopes.pop();
    return [this.#generator([f.createParameterDeclaration(undefined, undefined, RUNNING), ...head], [...first, ...statements])];
  }

  #generator(parameters: readonly ts.ParameterDeclaration[], statements: readonly ts.Statement[]): ts.FunctionExpression {
    const f = this.#f;
    return f.createFunctionExpression(undefined, f.createToken(ts.SyntaxKind.AsteriskToken), undefined, undefined, parameters, undefined, f.createBlock(statements, true));
  }

  #bind(name: ts.BindingName): void { this.#scopes[this.#scopes.length - 1]?.push(...namesIn(name)); }
  #inScope<T>(make: () => T): T {
    this.#scopes.push([]);
    const made = make();
    this.#scopes.pop();
    return made;
  }

  // --- statements -------------------------------------------------------------------------------

  #statements(list: readonly ts.Statement[]): ts.Statement[] {
    const f = this.#f;
    const out: ts.Statement[] = [];
    // A function is there from the first line of its block on.
    for (const s of list) {
      if (!ts.isFunctionDeclaration(s) || s.name === undefined || s.body === undefined) continue;
      const plain = f.createFunctionExpression(undefined, undefined, undefined, undefined, s.parameters, undefined, s.body);
      out.push(f.createVariableStatement(undefined,
        f.createVariableDeclarationList([f.createVariableDeclaration(s.name, undefined, undefined, this.#closure(plain))], ts.NodeFlags.Let)));
    }
    for (const s of list) if (!ts.isFunctionDeclaration(s)) out.push(this.#place(), ...this.#statement(s));
    return out;
  }

  /** Where the function stands, with the variables that are there: read by who compares states. */
  #place(): ts.Statement {
    const f = this.#f;
    const names = [...new Set(this.#scopes.flat())].map((n) => f.createIdentifier(n));
    const values = f.createArrowFunction(undefined, undefined, [], undefined, undefined, f.createArrayLiteralExpression(names));
    const at = f.createPropertyAccessExpression(f.createIdentifier(RUNNING), 'at');
    return f.createExpressionStatement(f.createCallExpression(at, undefined, [f.createNumericLiteral(this.#places++), values]));
  }

  #statement(s: ts.Statement): ts.Statement[] {
    const f = this.#f;
    const head = this.#options.headOf(s);
    if (head !== null) {
      const locals = f.createArrayLiteralExpression(head.locals.map((n) => f.createIdentifier(n)));
      return [f.createExpressionStatement(this.#asked('round', f.createIdentifier(head.loop), locals))];
    }
    if (ts.isForOfStatement(s)) return this.#forOf(s);
    if (ts.isLabeledStatement(s)) {
      const inner = this.#statement(s.statement);
      const last = inner[inner.length - 1];
      // What a loop needs before it stays before the label.
      return last === undefined ? [] : [...inner.slice(0, -1), f.updateLabeledStatement(s, s.label, last)];
    }
    const made = ts.visitNode(s, (n) => this.#visit(n));
    if (ts.isVariableStatement(s)) for (const d of s.declarationList.declarations) this.#bind(d.name);
    return made !== undefined && ts.isStatement(made) ? [made] : [s];
  }

  /** for…of asks before each item. The list and the place in it are variables like any. */
  #forOf(s: ts.ForOfStatement): ts.Statement[] {
    const f = this.#f;
    const [declared] = ts.isVariableDeclarationList(s.initializer) ? s.initializer.declarations : [];
    if (declared === undefined) return [f.createExpressionStatement(this.hook('refuse', f.createStringLiteral('for…of needs a variable of its own')))];
    const name = `$list${this.#lists++}`;
    const [list, at] = [f.createIdentifier(name), f.createIdentifier(`${name}At`)];
    const over = ts.isCallExpression(s.expression) && hookOf(s.expression) === 'q' ? s.expression.arguments[0] : undefined;
    const variable = (n: ts.Identifier, value: ts.Expression, flags: ts.NodeFlags): ts.VariableDeclarationList =>
      f.createVariableDeclarationList([f.createVariableDeclaration(n, undefined, undefined, value)], flags);
    const before = f.createVariableStatement(undefined, variable(list, this.hook('list', this.#expr(over ?? s.expression)), ts.NodeFlags.Const));
    const loop = this.#inScope(() => {
      this.#scopes[this.#scopes.length - 1]?.push(name, `${name}At`);
      const item = f.createVariableStatement(undefined, f.createVariableDeclarationList(
        [f.createVariableDeclaration(declared.name, undefined, undefined, this.#asked('e', list, at))], ts.NodeFlags.Let));
      const body = this.#inScope(() => {
        this.#bind(declared.name);
        return ts.isBlock(s.statement) ? this.#statements(s.statement.statements) : [this.#place(), ...this.#statement(s.statement)];
      });
      return f.createForStatement(variable(at, f.createNumericLiteral(0), ts.NodeFlags.Let),
        f.createLessThan(at, f.createPropertyAccessExpression(list, 'length')), f.createPrefixIncrement(at), f.createBlock([item, ...body], true));
    });
    return [before, loop];
  }

  // --- everything else --------------------------------------------------------------------------

  #expr(e: ts.Expression): ts.Expression {
    const made = ts.visitNode(e, (n) => this.#visit(n));
    return made !== undefined && ts.isExpression(made) ? made : e;
  }

  #visit(n: ts.Node): ts.Node {
    const f = this.#f;
    if (ts.isClassLike(n) || ts.isTypeNode(n) || ts.isMethodDeclaration(n)) return n;
    if (ts.isArrowFunction(n) || ts.isFunctionExpression(n)) return this.#closure(n);
    if (ts.isBlock(n)) return this.#inScope(() => f.updateBlock(n, this.#statements(n.statements)));
    if (ts.isCaseClause(n)) return this.#inScope(() => f.updateCaseClause(n, this.#expr(n.expression), this.#statements(n.statements)));
    if (ts.isDefaultClause(n)) return this.#inScope(() => f.updateDefaultClause(n, this.#statements(n.statements)));
    if (ts.isForStatement(n)) return this.#inScope(() => this.#for(n));
    if (ts.isForOfStatement(n) || ts.isLabeledStatement(n)) {
      const made = this.#statement(n);
      const [only] = made;
      return made.length === 1 && only !== undefined ? only : f.createBlock(made, true);
    }
    if (ts.isCallExpression(n)) return this.#call(n);
    return ts.visitEachChild(n, (c) => this.#visit(c), this.#options.context);
  }

  #for(n: ts.ForStatement): ts.Node {
    const made = n.initializer === undefined ? undefined : this.#visit(n.initializer);
    if (n.initializer !== undefined && ts.isVariableDeclarationList(n.initializer)) for (const d of n.initializer.declarations) this.#bind(d.name);
    const body = this.#visit(n.statement);
    return this.#f.updateForStatement(n, made !== undefined && ts.isForInitializer(made) ? made : undefined,
      n.condition === undefined ? undefined : this.#expr(n.condition), n.incrementor === undefined ? undefined : this.#expr(n.incrementor),
      ts.isStatement(body) ? body : n.statement);
  }

  #call(n: ts.CallExpression): ts.Expression {
    const f = this.#f;
    const hook = hookOf(n);
    if (hook !== null && DEFERS.has(hook)) {
      return this.#asked(hook, ...n.arguments.map((a, i) => (i === n.arguments.length - 1 && ts.isArrowFunction(a) ? this.#deferred(a) : this.#expr(a))));
    }
    if (ts.isIdentifier(n.expression) && n.expression.text === 'block_until') {
      // The predicate says whether the thread can go on: it stays as it is.
      const [ready, ...rest] = n.arguments;
      if (ready !== undefined) return this.#asked('wait', ready, ...rest.map((a) => this.#expr(a)));
    }
    const args = n.arguments.map((a) => this.#expr(a));
    if (hook !== null) return NO_QUESTION.has(hook) ? f.updateCallExpression(n, n.expression, undefined, args) : this.#asked(hook, ...args);
    if (ts.isIdentifier(n.expression) && this.#options.plain.has(n.expression.text)) return f.updateCallExpression(n, n.expression, undefined, args);
    return this.#asked('call', this.#expr(n.expression), f.createArrayLiteralExpression(args));
  }

  /** `(it) => value` as a generator that gives the value. */
  #deferred(fn: ts.ArrowFunction): ts.Expression {
    const f = this.#f;
    const body = ts.isBlock(fn.body) ? this.#statements(fn.body.statements) : [f.createReturnStatement(this.#expr(fn.body))];
    return this.#generator(fn.parameters, body);
  }

  /** In both forms: as it is for whoever calls it in one go, and as a generator. */
  #closure(fn: Closure): ts.Expression {
    return this.hook('code', fn, ...this.code(fn.parameters, ts.isBlock(fn.body) ? fn.body.statements : fn.body));
  }

  #asked(hook: string, ...args: readonly ts.Expression[]): ts.Expression {
    return this.#f.createParenthesizedExpression(this.#f.createYieldExpression(undefined, this.hook(hook, ...args)));
  }
}

/** The name of the hook that a call is of. */
function hookOf(n: ts.CallExpression): string | null {
  const callee = n.expression;
  return ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression) && callee.expression.text === '$' ? callee.name.text : null;
}

function isStatements(body: readonly ts.Statement[] | ts.Expression): body is readonly ts.Statement[] { return Array.isArray(body); }
