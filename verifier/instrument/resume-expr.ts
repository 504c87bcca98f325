// SPDX-License-Identifier: GPL-2.0-only
// Expressions of a resumable function. What may stop (a hook of an access, a call) becomes a
// statement of its own with its value in a temporary; what was evaluated before it is kept in
// temporaries too. The rest stays an expression, with variables as slots.

import { ts } from '../tree/ts.ts';
import type { Emitter } from './emitter.ts';
import { NotResumable, slotOf } from './emitter.ts';
import { namesUsed, namesWithin, type Scopes } from './scopes.ts';

export type InnerArrow = ts.ArrowFunction | ts.FunctionExpression;

export interface ExpressionOptions {
  readonly context: ts.TransformationContext;
  readonly emitter: Emitter;
  readonly scopes: Scopes;
  readonly plain: ReadonlySet<string>;
  readonly closure: (fn: InnerArrow) => ts.Expression;
}

/** Hooks that only note where the thread is, or make something of what they are given. */
const NEVER_STOPS: ReadonlySet<string> = new Set(['s', 'v', 'x', 'l', 'loop', 'code', 'k']);
/** Hooks of one access: their first two arguments are the object and the key (`h` has them the other way round). */
const ONE_ACCESS: ReadonlySet<string> = new Set(['r', 'w', 'd', 'p', 'h']);
const TWO_ACCESSES: ReadonlySet<string> = new Set(['m', 'i']);
/** The blocking primitive. Its predicate is enabledness. */
const WAITS = 'block_until';

const LAZY: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken, ts.SyntaxKind.QuestionQuestionToken,
]);

const LAZY_ASSIGNMENTS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.AmpersandAmpersandEqualsToken, ts.SyntaxKind.BarBarEqualsToken, ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

export class ResumableExpressions {
  readonly #o: ExpressionOptions;
  readonly #f: ts.NodeFactory;
  readonly #e: Emitter;
  readonly #stops = new Map<ts.Node, boolean>();

  constructor(options: ExpressionOptions) {
    this.#o = options;
    this.#e = options.emitter;
    this.#f = options.context.factory;
  }

  hook(name: string, ...args: readonly ts.Expression[]): ts.Expression {
    return this.#f.createCallExpression(this.#f.createPropertyAccessExpression(this.#f.createIdentifier('$'), name), undefined, args);
  }

  /** A variable, wherever it lives. */
  name(text: string): ts.Expression {
    const home = this.#o.scopes.find(text);
    return home?.kind === 'slot' ? slotOf(this.#f, home.depth, home.slot) : this.#f.createIdentifier(text);
  }

  /** An expression for its effect alone. */
  statement(e: ts.Expression): void {
    const value = this.expr(e);
    if (!isStable(value)) this.#e.run(value);
  }

  /** What stops in e is emitted; the value may be used once, before anything else is emitted. */
  expr(e: ts.Expression): ts.Expression {
    const inner = unwrapped(e);
    if (isFunction(inner)) return this.#o.closure(inner);
    if (!this.#mayStop(inner)) return this.substituted(inner);
    const f = this.#f;
    if (ts.isCommaListExpression(inner)) return this.#inOrder(inner.elements);
    if (ts.isBinaryExpression(inner)) return this.#binary(inner);
    if (ts.isConditionalExpression(inner)) return this.#conditional(inner);
    if (ts.isCallExpression(inner)) return this.#call(inner);
    if (ts.isPrefixUnaryExpression(inner)) return f.updatePrefixUnaryExpression(inner, f.createParenthesizedExpression(this.expr(inner.operand)));
    if (ts.isNewExpression(inner)) {
      const args = this.#operands(inner.arguments ?? []);
      return f.updateNewExpression(inner, this.substituted(inner.expression), undefined, args);
    }
    if (ts.isArrayLiteralExpression(inner)) return f.updateArrayLiteralExpression(inner, this.#operands(inner.elements));
    if (ts.isObjectLiteralExpression(inner)) return this.#object(inner);
    if (ts.isTemplateExpression(inner)) {
      const values = this.#operands(inner.templateSpans.map((s) => s.expression));
      return f.updateTemplateExpression(inner, inner.head, inner.templateSpans.map((s, i) => f.updateTemplateSpan(s, values[i] ?? s.expression, s.literal)));
    }
    if (ts.isPropertyAccessExpression(inner)) return f.updatePropertyAccessExpression(inner, this.expr(inner.expression), inner.name);
    if (ts.isElementAccessExpression(inner)) {
      const [o, k] = this.#operands([inner.expression, inner.argumentExpression]);
      return f.updateElementAccessExpression(inner, o ?? inner.expression, k ?? inner.argumentExpression);
    }
    if (ts.isVoidExpression(inner)) {
      this.statement(inner.expression);
      return f.createVoidZero();
    }
    if (ts.isTypeOfExpression(inner)) return f.updateTypeOfExpression(inner, this.expr(inner.expression));
    if (ts.isSpreadElement(inner)) return f.updateSpreadElement(inner, this.expr(inner.expression));
    throw new NotResumable(`not in the form that can be resumed: ${ts.SyntaxKind[inner.kind]}`);
  }

  /** What `for (… of $.q(list))` goes through: an array as it is, anything else as the items that it has now. */
  listed(e: ts.Expression): ts.Expression {
    const list = ts.isCallExpression(e) && hookOf(e) === 'q' ? e.arguments[0] : undefined;
    return this.hook('list', this.expr(list ?? e));
  }

  // --- what stops -------------------------------------------------------------------------------

  #call(n: ts.CallExpression): ts.Expression {
    const hook = hookOf(n);
    if (hook !== null) return this.#hooked(hook, n);
    if (ts.isIdentifier(n.expression) && n.expression.text === WAITS) return this.#wait(n);
    const [callee, ...args] = this.#operands([n.expression, ...n.arguments]);
    if (callee === undefined) throw new NotResumable('a call of nothing');
    if (ts.isIdentifier(n.expression) && this.#o.plain.has(n.expression.text)) return this.#f.updateCallExpression(n, callee, undefined, args);
    this.#e.callIf(this.hook('call', callee, this.#f.createArrayLiteralExpression(args)));
    return this.#kept(this.#e.received());
  }

  #hooked(hook: string, n: ts.CallExpression): ts.Expression {
    if (NEVER_STOPS.has(hook)) return this.#f.updateCallExpression(n, n.expression, undefined, this.#operands(n.arguments));
    if (hook === 'o' || hook === 'b') return this.#optional(hook, n);
    if (hook === 'z') return this.#lazyAssignment(n);
    if (hook === 'c') return this.#method(n);
    if (TWO_ACCESSES.has(hook)) return this.#readAndWrite(hook, n);
    const args = this.#operands(n.arguments).map((a) => this.#stable(a));
    const [first, second] = args;
    if (first === undefined) throw new NotResumable(`$.${hook} of nothing`);
    if (hook === 't' && second !== undefined) this.#e.stopIf(this.hook('atPattern', first, second));
    else if (ONE_ACCESS.has(hook) && second !== undefined) this.#stop(hook === 'h' ? second : first, hook === 'h' ? first : second);
    else this.#stop(first, this.#f.createStringLiteral('[]'));
    const value = this.#f.updateCallExpression(n, n.expression, undefined, args);
    return this.#kept(hook === 'q' ? this.#f.createArrayLiteralExpression([this.#f.createSpreadElement(value)]) : value);
  }

  #stop(o: ts.Expression, k: ts.Expression): void { this.#e.stopIf(this.hook('at', o, k)); }

  /** `o.k op= n`, `o.k++`: a read and a write. */
  #readAndWrite(hook: string, n: ts.CallExpression): ts.Expression {
    const [o, k, third, fourth] = this.#operands(n.arguments).map((a) => this.#stable(a));
    if (o === undefined || k === undefined || third === undefined || fourth === undefined) throw new NotResumable(`$.${hook} with too little`);
    this.#stop(o, k);
    const old = this.#kept(this.hook('r', o, k));
    this.#stop(o, k);
    if (hook === 'm') return this.#kept(this.hook('w', o, k, this.hook('n', old, third, fourth)));
    const number = this.#kept(this.#f.createCallExpression(this.#f.createIdentifier('Number'), undefined, [old]));
    this.#e.run(this.hook('w', o, k, this.#f.createAdd(number, third)));
    return fourth.kind === ts.SyntaxKind.TrueKeyword ? this.#f.createAdd(number, third) : number;
  }

  /** `o.k(…)` */
  #method(n: ts.CallExpression): ts.Expression {
    const [o, k, ...args] = this.#operands(n.arguments).map((a) => this.#stable(a));
    if (o === undefined || k === undefined) throw new NotResumable('$.c of nothing');
    this.#e.stopIf(this.hook('atCall', o, k));
    this.#e.callIf(this.hook('method', o, k, this.#f.createArrayLiteralExpression(args)));
    return this.#kept(this.#e.received());
  }

  #wait(n: ts.CallExpression): ts.Expression {
    const [ready, on, why] = n.arguments;
    if (ready === undefined || on === undefined || why === undefined) throw new NotResumable('block_until with too little');
    const object = this.#stable(this.expr(on));
    const reason = this.#stable(this.expr(why));
    const predicate = ts.isIdentifier(ready) ? this.name(ready.text) : isFunction(ready) ? this.#predicate(ready) : this.substituted(ready);
    this.#e.stopIf(this.hook('wait', predicate, object, reason));
    return this.#f.createVoidZero();
  }

  /** Asked again later how it was then, so it keeps what its variables hold now: while it is waited for they do not change. */
  #predicate(fn: InnerArrow): ts.Expression {
    const f = this.#f;
    const own = new Set(namesWithin(fn));
    const kept = [...namesUsed(fn)].filter((n) => !own.has(n) && this.#o.scopes.find(n)?.kind === 'slot');
    const values = kept.map((n) => this.name(n));
    this.#o.scopes.open();
    for (const n of [...kept, ...own]) this.#o.scopes.bind(n, { kind: 'own' });
    const predicate = this.substituted(fn);
    this.#o.scopes.close();
    if (kept.length === 0) return predicate;
    const parameters = kept.map((n) => f.createParameterDeclaration(undefined, undefined, n));
    return f.createCallExpression(f.createParenthesizedExpression(f.createArrowFunction(undefined, undefined, parameters, undefined, undefined, predicate)), undefined, values);
  }

  /** `$.o(a, (it) => …)`: what follows where a is there. `$.b` evaluates a once, whatever it is. */
  #optional(hook: string, n: ts.CallExpression): ts.Expression {
    const [on, then] = n.arguments;
    if (on === undefined || then === undefined || !ts.isArrowFunction(then) || ts.isBlock(then.body)) throw new NotResumable('a chain of another form');
    const [it] = then.parameters;
    const slot = this.#e.temp();
    this.#e.assign(slot, this.expr(on));
    const result = this.#e.temp();
    const end = this.#e.label();
    if (hook === 'o') {
      this.#e.assign(result, this.#f.createVoidZero());
      this.#e.jumpIf(this.#f.createEquality(slot, this.#f.createNull()), end);
    }
    this.#o.scopes.open();
    if (it !== undefined && ts.isIdentifier(it.name)) this.#o.scopes.bind(it.name.text, homeOf(slot));
    this.#e.assign(result, this.expr(then.body));
    this.#o.scopes.close();
    this.#e.place(end);
    return result;
  }

  /** `$.z(o, k, op, () => value)` */
  #lazyAssignment(n: ts.CallExpression): ts.Expression {
    const [oIn, kIn, op, thunk] = n.arguments;
    if (oIn === undefined || kIn === undefined || op === undefined || !ts.isStringLiteral(op) || thunk === undefined || !ts.isArrowFunction(thunk) || ts.isBlock(thunk.body)) {
      throw new NotResumable('a lazy assignment of another form');
    }
    const [o, k] = this.#operands([oIn, kIn]).map((a) => this.#stable(a));
    if (o === undefined || k === undefined) throw new NotResumable('$.z of nothing');
    this.#stop(o, k);
    const value = this.#kept(this.hook('r', o, k));
    const end = this.#e.label();
    this.#e.jumpIf(op.text === '??' ? this.#f.createInequality(value, this.#f.createNull()) : op.text === '||' ? value : this.#f.createLogicalNot(value), end);
    const given = this.#stable(this.expr(thunk.body));
    this.#stop(o, k);
    this.#e.assign(value, this.hook('w', o, k, given));
    this.#e.place(end);
    return value;
  }

  // --- what does not stop by itself -------------------------------------------------------------

  #binary(n: ts.BinaryExpression): ts.Expression {
    const f = this.#f;
    const op = n.operatorToken.kind;
    if (op === ts.SyntaxKind.CommaToken) return this.#inOrder([n.left, n.right]);
    if (LAZY.has(op)) return this.#lazy(n);
    if (op === ts.SyntaxKind.EqualsToken) {
      if (ts.isArrayLiteralExpression(n.left) || ts.isObjectLiteralExpression(n.left)) throw new NotResumable('a pattern is assigned to');
      const value = this.expr(n.right);
      return f.createParenthesizedExpression(f.createAssignment(this.substituted(n.left), value));
    }
    if (LAZY_ASSIGNMENTS.has(op)) return this.#lazyVariable(n);
    if (op >= ts.SyntaxKind.FirstAssignment && op <= ts.SyntaxKind.LastAssignment) {
      const target = this.substituted(n.left);
      const old = this.#kept(target);
      const value = this.expr(n.right);
      return f.createParenthesizedExpression(f.createAssignment(target, f.createBinaryExpression(old, operatorOf(op), f.createParenthesizedExpression(value))));
    }
    const [left, right] = this.#operands([n.left, n.right]);
    return f.createParenthesizedExpression(f.updateBinaryExpression(n, left ?? n.left, n.operatorToken, right ?? n.right));
  }

  /** `a && b`, where b may stop. */
  #lazy(n: ts.BinaryExpression): ts.Expression {
    const f = this.#f;
    const left = this.expr(n.left);
    if (!this.#mayStop(unwrapped(n.right))) return f.createParenthesizedExpression(f.updateBinaryExpression(n, left, n.operatorToken, this.substituted(n.right)));
    const value = this.#kept(left);
    const end = this.#e.label();
    const op = n.operatorToken.kind;
    if (op === ts.SyntaxKind.AmpersandAmpersandToken) this.#e.jumpUnless(value, end);
    else if (op === ts.SyntaxKind.BarBarToken) this.#e.jumpIf(value, end);
    else this.#e.jumpIf(f.createInequality(value, f.createNull()), end);
    this.#e.assign(value, this.expr(n.right));
    this.#e.place(end);
    return value;
  }

  /** `x ??= b` and the like, of a variable. */
  #lazyVariable(n: ts.BinaryExpression): ts.Expression {
    const f = this.#f;
    const op = n.operatorToken.kind;
    const target = this.substituted(n.left);
    const value = this.#kept(target);
    const end = this.#e.label();
    if (op === ts.SyntaxKind.AmpersandAmpersandEqualsToken) this.#e.jumpUnless(value, end);
    else if (op === ts.SyntaxKind.BarBarEqualsToken) this.#e.jumpIf(value, end);
    else this.#e.jumpIf(f.createInequality(value, f.createNull()), end);
    this.#e.assign(value, this.expr(n.right));
    this.#e.assign(target, value);
    this.#e.place(end);
    return value;
  }

  #conditional(n: ts.ConditionalExpression): ts.Expression {
    const f = this.#f;
    const condition = this.expr(n.condition);
    if (!this.#mayStop(unwrapped(n.whenTrue)) && !this.#mayStop(unwrapped(n.whenFalse))) {
      return f.createParenthesizedExpression(f.updateConditionalExpression(n, condition, n.questionToken, this.substituted(n.whenTrue), n.colonToken, this.substituted(n.whenFalse)));
    }
    const value = this.#e.temp();
    const otherwise = this.#e.label();
    const end = this.#e.label();
    this.#e.jumpUnless(condition, otherwise);
    this.#e.assign(value, this.expr(n.whenTrue));
    this.#e.jump(end);
    this.#e.place(otherwise);
    this.#e.assign(value, this.expr(n.whenFalse));
    this.#e.place(end);
    return value;
  }

  #object(n: ts.ObjectLiteralExpression): ts.Expression {
    const f = this.#f;
    const keys = n.properties.map((p) => (p.name !== undefined && ts.isComputedPropertyName(p.name) ? p.name.expression : null));
    // A key that is computed comes before its value.
    const operands = this.#operands(n.properties.flatMap((p, i) => {
      const key = keys[i] ?? null;
      const value = ((): ts.Expression => {
        if (ts.isPropertyAssignment(p)) return p.initializer;
        if (ts.isShorthandPropertyAssignment(p)) return p.name;
        if (ts.isSpreadAssignment(p)) return p.expression;
        throw new NotResumable('a method in a literal');
      })();
      return key === null ? [value] : [key, value];
    }));
    return f.updateObjectLiteralExpression(n, n.properties.map((p, i) => {
      const key = keys[i] === null ? null : operands.shift() ?? null;
      const value = operands.shift();
      if (value === undefined) return p;
      if (ts.isSpreadAssignment(p)) return f.createSpreadAssignment(value);
      return f.createPropertyAssignment(key === null ? p.name ?? '' : f.createComputedPropertyName(key), value);
    }));
  }

  #inOrder(list: readonly ts.Expression[]): ts.Expression {
    for (const e of list.slice(0, -1)) this.statement(e);
    const last = list[list.length - 1];
    if (last === undefined) throw new NotResumable('an empty list');
    return this.expr(last);
  }

  /** Operands from left to right: what stands before one that stops, or that changes a variable, is kept. */
  #operands(list: readonly ts.Expression[]): ts.Expression[] {
    const last = list.findLastIndex((e) => this.#mayStop(unwrapped(e)) || assigns(e));
    return list.map((e, i) => {
      const value = this.expr(e);
      if (i >= last || isConstant(value) || ts.isIdentifier(value)) return value;
      if (ts.isSpreadElement(value)) return this.#f.updateSpreadElement(value, this.#kept(value.expression));
      return this.#kept(value);
    });
  }

  /** The value in a temporary. */
  #kept(value: ts.Expression): ts.ElementAccessExpression {
    const slot = this.#e.temp();
    this.#e.assign(slot, value);
    return slot;
  }
  #stable(value: ts.Expression): ts.Expression {
    if (ts.isSpreadElement(value)) return this.#f.updateSpreadElement(value, this.#stable(value.expression));
    return isStable(value) || isFunctionMade(value) ? value : this.#kept(value);
  }

  // --- substitution -----------------------------------------------------------------------------

  /** What does not stop, with its variables as slots. */
  substituted<N extends ts.Node>(n: N): N;
  substituted(n: ts.Node): ts.Node {
    const f = this.#f;
    const visit = (at: ts.Node): ts.Node => {
      if (ts.isIdentifier(at)) return this.#o.scopes.find(at.text) === null ? at : this.name(at.text);
      if (ts.isTypeNode(at)) return at;
      if (ts.isPropertyAccessExpression(at)) return f.updatePropertyAccessExpression(at, expression(visit(at.expression), at.expression), at.name);
      if (ts.isPropertyAssignment(at)) {
        const name = ts.isComputedPropertyName(at.name) ? f.updateComputedPropertyName(at.name, expression(visit(at.name.expression), at.name.expression)) : at.name;
        return f.updatePropertyAssignment(at, name, expression(visit(at.initializer), at.initializer));
      }
      if (ts.isShorthandPropertyAssignment(at)) {
        return this.#o.scopes.find(at.name.text) === null ? at : f.createPropertyAssignment(at.name, this.name(at.name.text));
      }
      if (ts.isBindingElement(at)) return at.initializer === undefined ? at : f.updateBindingElement(at, at.dotDotDotToken, at.propertyName, at.name, expression(visit(at.initializer), at.initializer));
      if (ts.isVariableDeclaration(at)) return f.updateVariableDeclaration(at, at.name, undefined, undefined, at.initializer === undefined ? undefined : expression(visit(at.initializer), at.initializer));
      if (ts.isParameter(at)) return at;
      if (ts.isLabeledStatement(at) || ts.isBreakStatement(at) || ts.isContinueStatement(at)) return ts.isLabeledStatement(at) ? ts.visitEachChild(at, (c) => (c === at.label ? c : visit(c)), this.#o.context) : at;
      return ts.visitEachChild(at, visit, this.#o.context);
    };
    return visit(n);
  }

  /** A binding pattern as one that is assigned to. */
  pattern(p: ts.BindingName): ts.Expression {
    const f = this.#f;
    if (ts.isIdentifier(p)) return this.name(p.text);
    const valued = (e: ts.BindingElement): ts.Expression => {
      const target = this.pattern(e.name);
      return e.initializer === undefined ? target : f.createAssignment(target, this.substituted(e.initializer));
    };
    if (ts.isArrayBindingPattern(p)) {
      return f.createArrayLiteralExpression(p.elements.map((e) => (ts.isOmittedExpression(e) ? e : e.dotDotDotToken === undefined ? valued(e) : f.createSpreadElement(valued(e)))));
    }
    return f.createObjectLiteralExpression(p.elements.map((e) => {
      if (e.dotDotDotToken !== undefined) return f.createSpreadAssignment(valued(e));
      const key = e.propertyName ?? e.name;
      if (ts.isObjectBindingPattern(key) || ts.isArrayBindingPattern(key)) throw new NotResumable('a pattern without a key');
      return f.createPropertyAssignment(key, valued(e));
    }));
  }

  // --- questions --------------------------------------------------------------------------------

  #mayStop(n: ts.Node): boolean {
    const known = this.#stops.get(n);
    if (known !== undefined) return known;
    const stops = this.#findStop(n);
    this.#stops.set(n, stops);
    return stops;
  }
  #findStop(n: ts.Node): boolean {
    // A closure has a second form, which is made where it stands.
    if (isFunction(n)) return true;
    if (ts.isTypeNode(n)) return false;
    if (ts.isCallExpression(n)) {
      const hook = hookOf(n);
      const never = hook === null ? ts.isIdentifier(n.expression) && this.#o.plain.has(n.expression.text) : NEVER_STOPS.has(hook);
      if (!never) return true;
    }
    return ts.forEachChild(n, (c) => (this.#mayStop(c) ? true : undefined)) ?? false;
  }
}

/** The name of the hook that a call is of. */
function hookOf(n: ts.CallExpression): string | null {
  const callee = n.expression;
  return ts.isPropertyAccessExpression(callee) && ts.isIdentifier(callee.expression) && callee.expression.text === '$' ? callee.name.text : null;
}

function isFunction(n: ts.Node): n is InnerArrow { return ts.isArrowFunction(n) || ts.isFunctionExpression(n); }

function unwrapped(e: ts.Expression): ts.Expression {
  let at = e;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at) || ts.isTypeAssertionExpression(at)) at = at.expression;
  return at;
}

function expression(n: ts.Node, otherwise: ts.Expression): ts.Expression { return ts.isExpression(n) ? n : otherwise; }

function isConstant(e: ts.Expression): boolean {
  return ts.isStringLiteral(e) || ts.isNumericLiteral(e) || e.kind === ts.SyntaxKind.NullKeyword
    || e.kind === ts.SyntaxKind.TrueKeyword || e.kind === ts.SyntaxKind.FalseKeyword;
}

/** Evaluating it twice is evaluating it once: a constant, a name, a slot. */
function isStable(e: ts.Expression): boolean {
  if (isConstant(e) || ts.isIdentifier(e)) return true;
  if (ts.isVoidExpression(e)) return true;
  return ts.isElementAccessExpression(e) && ts.isIdentifier(e.expression) && e.expression.text.startsWith('$l') && ts.isNumericLiteral(e.argumentExpression);
}
/** `$.code(…)`: evaluated after the place where the function may stop. */
function isFunctionMade(e: ts.Expression): boolean { return ts.isCallExpression(e) && hookOf(e) === 'code'; }

/** Where a temporary stands, as the home of a name. */
function homeOf(slot: ts.ElementAccessExpression): { readonly kind: 'slot'; readonly depth: number; readonly slot: number } {
  if (!ts.isIdentifier(slot.expression) || !ts.isNumericLiteral(slot.argumentExpression)) throw new NotResumable('no slot');
  return { kind: 'slot', depth: Number(slot.expression.text.slice(2)), slot: Number(slot.argumentExpression.text) };
}

function assigns(n: ts.Node): boolean {
  if (isFunction(n)) return false;
  if (ts.isBinaryExpression(n) && n.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && n.operatorToken.kind <= ts.SyntaxKind.LastAssignment) return true;
  if (ts.isPostfixUnaryExpression(n)) return true;
  if (ts.isPrefixUnaryExpression(n) && (n.operator === ts.SyntaxKind.PlusPlusToken || n.operator === ts.SyntaxKind.MinusMinusToken)) return true;
  return ts.forEachChild(n, (c) => (assigns(c) ? true : undefined)) ?? false;
}

/** `+` of `+=`. */
function operatorOf(op: ts.SyntaxKind): ts.BinaryOperator {
  const known = OPERATORS.get(op);
  if (known === undefined) throw new NotResumable(`an assignment of another form: ${ts.SyntaxKind[op]}`);
  return known;
}
const OPERATORS: ReadonlyMap<ts.SyntaxKind, ts.BinaryOperator> = new Map([
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.PlusToken], [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.AmpersandEqualsToken, ts.SyntaxKind.AmpersandToken], [ts.SyntaxKind.BarEqualsToken, ts.SyntaxKind.BarToken],
  [ts.SyntaxKind.CaretEqualsToken, ts.SyntaxKind.CaretToken], [ts.SyntaxKind.LessThanLessThanEqualsToken, ts.SyntaxKind.LessThanLessThanToken],
  [ts.SyntaxKind.GreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanToken],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken, ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken],
  [ts.SyntaxKind.AsteriskEqualsToken, ts.SyntaxKind.AsteriskToken], [ts.SyntaxKind.SlashEqualsToken, ts.SyntaxKind.SlashToken],
  [ts.SyntaxKind.PercentEqualsToken, ts.SyntaxKind.PercentToken],
]);
