// SPDX-License-Identifier: GPL-2.0-only
// The rewriting of expressions: every read and write of a field or an element becomes a call of its
// hook, whatever the syntax that makes it (runtime.ts has the hooks). Decided by syntax alone, so a
// port with type errors loses none.
//
// Operands are evaluated in JavaScript's order, but for `o.k op= n`: n comes before the read of o.k,
// which is what gcc makes of it where C leaves the order open.

import { ts } from '../tree/ts.ts';
import type { Hooks } from './hooks.ts';
import { pathsOf } from './patterns.ts';
import type { Key } from './runtime.ts';

const OP_OF: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.PlusEqualsToken, '+'], [ts.SyntaxKind.MinusEqualsToken, '-'],
  [ts.SyntaxKind.AmpersandEqualsToken, '&'], [ts.SyntaxKind.BarEqualsToken, '|'],
  [ts.SyntaxKind.CaretEqualsToken, '^'], [ts.SyntaxKind.LessThanLessThanEqualsToken, '<<'],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, '>>'],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, '>>>'],
  [ts.SyntaxKind.AsteriskEqualsToken, '*'], [ts.SyntaxKind.SlashEqualsToken, '/'],
  [ts.SyntaxKind.PercentEqualsToken, '%'], [ts.SyntaxKind.AsteriskAsteriskEqualsToken, '**'],
]);
const LAZY_OF: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.QuestionQuestionEqualsToken, '??'], [ts.SyntaxKind.BarBarEqualsToken, '||'],
  [ts.SyntaxKind.AmpersandAmpersandEqualsToken, '&&'],
]);

/** The blocking primitive and what stands for it: their predicates are enabledness, not accesses. */
const WAITS = /^(block_until|wait_event\w*)$/;

type Access = ts.PropertyAccessExpression | ts.ElementAccessExpression;
/** A function inside another: what its body becomes is for the statements' side to say. */
export type InnerFunction = ts.ArrowFunction | ts.FunctionExpression | ts.MethodDeclaration | ts.FunctionDeclaration;

export interface AccessOptions {
  readonly context: ts.TransformationContext;
  readonly hooks: Hooks;
  /** Fills with the names of the fields that the file writes. */
  readonly written: Set<string>;
  /** LIST_HEAD() makes a head that lives in a frame. */
  readonly frames: boolean;
  readonly inner: <F extends InnerFunction>(fn: F) => F;
  /** The same for a function that a file keeps, told of its resumable form. */
  readonly resumable: (fn: ts.ArrowFunction | ts.FunctionExpression) => ts.Expression;
}

export class AccessRewriter {
  readonly #f: ts.NodeFactory;
  readonly #options: AccessOptions;
  readonly #hooks: Hooks;
  /** Names for what an optional chain goes on with: one within another must not hide it. */
  #links = 0;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#hooks = options.hooks;
    this.#f = options.context.factory;
  }

  /** An expression with its hooks. */
  expr(e: ts.Expression): ts.Expression {
    const done = ts.visitNode(e, (n) => this.#visit(n));
    return done !== undefined && ts.isExpression(done) ? done : e;
  }

  /** At the top level of a file nothing is an access yet, but the functions made there will run. */
  functionsIn<N extends ts.Node>(n: N): N {
    const visit = (at: ts.Node): ts.Node => {
      if (ts.isClassLike(at) || ts.isTypeNode(at)) return at;
      // What is handed to a call at load time makes a value; it runs in one go.
      const kept = ts.isVariableDeclaration(at) || ts.isPropertyAssignment(at) ? at.initializer : undefined;
      if (kept !== undefined && (ts.isArrowFunction(kept) || ts.isFunctionExpression(kept))) {
        const made = this.#options.resumable(kept);
        return ts.isVariableDeclaration(at) ? this.#f.updateVariableDeclaration(at, at.name, at.exclamationToken, at.type, made)
          : ts.isPropertyAssignment(at) ? this.#f.updatePropertyAssignment(at, at.name, made) : at;
      }
      return isInner(at) ? this.#options.inner(at) : ts.visitEachChild(at, visit, this.#options.context);
    };
    const done = visit(n);
    return sameKind(n, done);
  }

  #visit(n: ts.Node): ts.Node {
    const f = this.#f;
    if (ts.isClassLike(n) || ts.isTypeNode(n)) return n;
    if (isInner(n)) return this.#options.inner(n);
    if (ts.isExpression(n) && ts.isOptionalChain(n)) return this.#chain(n);
    if (ts.isBinaryExpression(n)) return this.#binary(n);
    if (ts.isPostfixUnaryExpression(n) || ts.isPrefixUnaryExpression(n)) {
      const target = accessOf(n.operand);
      if (target !== null && (n.operator === ts.SyntaxKind.PlusPlusToken || n.operator === ts.SyntaxKind.MinusMinusToken)) {
        const by = n.operator === ts.SyntaxKind.PlusPlusToken ? f.createNumericLiteral(1) : f.createPrefixMinus(f.createNumericLiteral(1));
        return this.#hooks.call('i', ...this.#written(target), by, ts.isPrefixUnaryExpression(n) ? f.createTrue() : f.createFalse());
      }
    }
    if (ts.isDeleteExpression(n)) {
      const target = accessOf(n.expression);
      if (target !== null) return this.#hooks.call('d', ...this.#written(target));
    }
    if (ts.isCallExpression(n)) return this.#callOf(n);
    if (ts.isSpreadElement(n)) return f.updateSpreadElement(n, this.#hooks.call('q', this.expr(n.expression)));
    if (ts.isSpreadAssignment(n)) return f.updateSpreadAssignment(n, this.#hooks.call('u', this.expr(n.expression)));
    const access = ts.isExpression(n) ? accessOf(n) : null;
    if (access !== null) return this.#hooks.call('r', ...this.#place(access));
    return this.#children(n);
  }

  #children(n: ts.Node): ts.Node { return ts.visitEachChild(n, (c) => this.#visit(c), this.#options.context); }

  #binary(n: ts.BinaryExpression): ts.Node {
    const op = n.operatorToken.kind;
    if (op === ts.SyntaxKind.InKeyword) return this.#hooks.call('h', this.expr(n.left), this.expr(n.right));
    const target = accessOf(n.left);
    if (target !== null) {
      if (op === ts.SyntaxKind.EqualsToken) return this.#hooks.call('w', ...this.#written(target), this.expr(n.right));
      const arith = OP_OF.get(op);
      if (arith !== undefined) return this.#hooks.call('m', ...this.#written(target), this.#f.createStringLiteral(arith), this.expr(n.right));
      const lazy = LAZY_OF.get(op);
      if (lazy !== undefined) return this.#hooks.call('z', ...this.#written(target), this.#f.createStringLiteral(lazy), this.#thunk(this.expr(n.right)));
    }
    if (op === ts.SyntaxKind.EqualsToken && (ts.isArrayLiteralExpression(n.left) || ts.isObjectLiteralExpression(n.left))) {
      return this.#f.updateBinaryExpression(n, this.target(n.left), n.operatorToken, this.takenApart(n.left, this.expr(n.right)));
    }
    return this.#children(n);
  }

  #callOf(n: ts.CallExpression): ts.Node {
    const f = this.#f;
    const callee = accessOf(n.expression);
    if (callee !== null) return this.#hooks.call('c', ...this.#place(callee), ...n.arguments.map((a) => this.expr(a)));
    if (ts.isIdentifier(n.expression)) {
      const name = n.expression.text;
      if (WAITS.test(name)) {
        return f.updateCallExpression(n, n.expression, n.typeArguments, n.arguments.map((a) => (isInner(a) ? this.#peeking(a) : this.expr(a))));
      }
      if (this.#options.frames && name === 'LIST_HEAD') return this.#hooks.call('l', this.#expression(this.#children(n), n));
    }
    return this.#children(n);
  }

  /** A predicate of the blocking primitive: who asks whether it holds may want to know what it read. */
  #peeking(fn: InnerFunction): ts.Expression {
    const visit = (n: ts.Node): ts.Node => {
      const access = ts.isExpression(n) ? accessOf(n) : null;
      if (ts.isCallExpression(n)) return this.#f.updateCallExpression(n, n.expression, n.typeArguments, n.arguments.map((a) => this.#expression(visit(a), a)));
      if (access !== null) return this.#hooks.call('k', this.#expression(visit(access.expression), access.expression), this.#key(access));
      return ts.visitEachChild(n, visit, this.#options.context);
    };
    return this.#expression(ts.visitEachChild(fn, visit, this.#options.context), this.#f.createNull());
  }

  /** The same for what is written. */
  #written(n: Access): readonly [ts.Expression, ts.Expression] {
    if (ts.isPropertyAccessExpression(n)) this.#options.written.add(n.name.text);
    return this.#place(n);
  }
  /** The object and the key of an access, as a hook takes them. */
  #place(n: Access): readonly [ts.Expression, ts.Expression] { return [this.expr(n.expression), this.#key(n)]; }
  #key(n: Access): ts.Expression {
    return ts.isPropertyAccessExpression(n) ? this.#f.createStringLiteral(n.name.text) : this.expr(n.argumentExpression);
  }

  // --- optional chains --------------------------------------------------------------------------

  /** `a?.b.c(d)`: what follows `?.` is a function of what stands before it. */
  #chain(n: ts.OptionalChain): ts.Expression {
    const links: ts.OptionalChain[] = [];
    let base: ts.Expression = n;
    while (ts.isOptionalChain(base)) {
      if (!ts.isNonNullChain(base)) links.unshift(base);
      base = base.expression;
    }
    const [first, ...rest] = links;
    const method = accessOf(base);
    if (first !== undefined && ts.isCallChain(first) && method !== null) return this.#optionalCall(...this.#place(method), first, rest);
    return this.#follow(this.expr(base), links, false);
  }

  /** `o.k?.(…)`: the call, with its object, if there is something to call. */
  #optionalCall(o: ts.Expression, k: ts.Expression, call: ts.CallChain, rest: readonly ts.OptionalChain[]): ts.Expression {
    const args = call.arguments.map((a) => this.expr(a));
    return this.#bound('b', o, (it) => this.#bound('o', this.#hooks.call('r', it, k), () => this.#follow(this.#hooks.call('c', it, k, ...args), rest, false)));
  }

  #follow(on: ts.Expression, [link, ...rest]: readonly ts.OptionalChain[], tested: boolean): ts.Expression {
    if (link === undefined) return on;
    if (!ts.isNonNullChain(link) && link.questionDotToken !== undefined && !tested) {
      return this.#bound('o', on, (it) => this.#follow(it, [link, ...rest], true));
    }
    if (ts.isCallChain(link)) return this.#follow(this.#f.createCallExpression(on, undefined, link.arguments.map((a) => this.expr(a))), rest, false);
    if (!isAccess(link)) return this.#follow(on, rest, false);
    const [next, ...after] = rest;
    if (next === undefined || !ts.isCallChain(next)) return this.#follow(this.#hooks.call('r', on, this.#key(link)), rest, false);
    if (next.questionDotToken !== undefined) return this.#optionalCall(on, this.#key(link), next, after);
    return this.#follow(this.#hooks.call('c', on, this.#key(link), ...next.arguments.map((a) => this.expr(a))), after, false);
  }

  #bound(hook: string, value: ts.Expression, body: (it: ts.Identifier) => ts.Expression): ts.Expression {
    const name = `$it${this.#links++}`;
    const parameter = this.#f.createParameterDeclaration(undefined, undefined, name);
    return this.#hooks.call(hook, value, this.#f.createArrowFunction(undefined, undefined, [parameter], undefined, undefined, body(this.#f.createIdentifier(name))));
  }
  #thunk(value: ts.Expression): ts.Expression {
    return this.#f.createArrowFunction(undefined, undefined, [], undefined, undefined, this.#f.createParenthesizedExpression(value));
  }

  // --- taking apart -----------------------------------------------------------------------------

  /** A value that a pattern takes apart: the reads are the pattern's. What was just made is nobody else's. */
  takenApart(pattern: ts.BindingName | ts.Expression, value: ts.Expression): ts.Expression {
    const from = skipWrappers(value);
    if (ts.isArrayLiteralExpression(from) || ts.isObjectLiteralExpression(from)) return value;
    const paths = pathsOf(pattern);
    const literal = (path: readonly Key[]): ts.Expression =>
      this.#f.createArrayLiteralExpression(path.map((k) => (typeof k === 'number' ? this.#f.createNumericLiteral(k) : this.#f.createStringLiteral(k))));
    return paths.length === 0 ? value : this.#hooks.call('t', value, this.#f.createArrayLiteralExpression(paths.map(literal)));
  }

  /** A pattern of a declaration: what it defaults to and the keys it computes are expressions. */
  binding<B extends ts.BindingName>(pattern: B): B {
    return ts.isIdentifier(pattern) ? pattern : ts.visitEachChild(pattern, (n) => this.#inBinding(n), this.#options.context);
  }
  #inBinding(n: ts.Node): ts.Node {
    if (ts.isIdentifier(n)) return n;
    if (ts.isObjectBindingPattern(n) || ts.isArrayBindingPattern(n)) return this.binding(n);
    if (ts.isBindingElement(n)) {
      const key = n.propertyName === undefined || !ts.isComputedPropertyName(n.propertyName) ? n.propertyName
        : this.#f.updateComputedPropertyName(n.propertyName, this.expr(n.propertyName.expression));
      return this.#f.updateBindingElement(n, n.dotDotDotToken, key, this.binding(n.name), n.initializer === undefined ? undefined : this.expr(n.initializer));
    }
    return n;
  }

  /** What a pattern assigns to: a field stands there as `$.p(o, k).v`, whose setter is its hook. */
  target(e: ts.Expression): ts.Expression {
    const f = this.#f;
    const access = accessOf(e);
    if (access !== null) return f.createPropertyAccessExpression(this.#hooks.call('p', ...this.#written(access)), 'v');
    if (ts.isArrayLiteralExpression(e)) return f.updateArrayLiteralExpression(e, e.elements.map((x) => this.target(x)));
    if (ts.isSpreadElement(e)) return f.updateSpreadElement(e, this.target(e.expression));
    if (ts.isBinaryExpression(e)) return f.updateBinaryExpression(e, this.target(e.left), e.operatorToken, this.expr(e.right));
    if (!ts.isObjectLiteralExpression(e)) return e;
    return f.updateObjectLiteralExpression(e, e.properties.map((p) => {
      if (ts.isPropertyAssignment(p)) return f.updatePropertyAssignment(p, p.name, this.target(p.initializer));
      if (ts.isShorthandPropertyAssignment(p) && p.objectAssignmentInitializer !== undefined) {
        return f.updateShorthandPropertyAssignment(p, p.name, this.expr(p.objectAssignmentInitializer));
      }
      return ts.isSpreadAssignment(p) ? f.updateSpreadAssignment(p, this.target(p.expression)) : p;
    }));
  }

  #expression(n: ts.Node, otherwise: ts.Expression): ts.Expression { return ts.isExpression(n) ? n : otherwise; }
}

/** A visit that keeps the kind of what it visits says so here, once. */
function sameKind<N extends ts.Node>(was: N, is: ts.Node): N {
  const same = (n: ts.Node): n is N => n.kind === was.kind;
  if (!same(is)) throw new Error('a statement became something else');
  return is;
}

function isInner(n: ts.Node): n is InnerFunction {
  return ts.isArrowFunction(n) || ts.isFunctionExpression(n) || ts.isMethodDeclaration(n);
}
function isAccess(n: ts.Node): n is Access { return ts.isPropertyAccessExpression(n) || ts.isElementAccessExpression(n); }

/** `(o.k)`, `o.k!` and `o.k as T` are o.k. */
function skipWrappers(e: ts.Expression): ts.Expression {
  let at = e;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isTypeAssertionExpression(at)) at = at.expression;
  return at;
}

/** The access that an expression is; a link of an optional chain is none by itself. */
function accessOf(e: ts.Expression): Access | null {
  const inner = skipWrappers(e);
  return isAccess(inner) && !ts.isOptionalChain(inner) && inner.expression.kind !== ts.SyntaxKind.SuperKeyword
    && !(ts.isPropertyAccessExpression(inner) && ts.isPrivateIdentifier(inner.name)) ? inner : null;
}
