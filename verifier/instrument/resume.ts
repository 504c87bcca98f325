// SPDX-License-Identifier: GPL-2.0-only
// Makes a function resumable: the same statements, hooks and all, as a function of an explicit
// frame that can stop before an access, be saved, and be undone (DESIGN.md, How code runs).
// Statements are here, expressions in resume-expr.ts. Evaluation order is JavaScript's.
//
// Not supported: try, generators, for…in, patterns that are assigned to. The port has none of them;
// a thread that comes to such a function is cut, and says so.

import { ts } from '../tree/ts.ts';
import { Emitter, NotResumable, type Label } from './emitter.ts';
import { ResumableExpressions, type InnerArrow } from './resume-expr.ts';
import { namesIn } from './patterns.ts';
import { Scopes, countLocals, namesAssigned, namesUsed, namesWithin } from './scopes.ts';

/** What stands at a loop's head: `$.head` of a loop with its variables. */
export interface LoopHead { readonly loop: string; readonly locals: readonly string[] }

export interface ResumeOptions {
  readonly context: ts.TransformationContext;
  /** The statement that the plain form has at a loop's head, if it is one. */
  readonly headOf: (s: ts.Statement) => LoopHead | null;
  /** Names that this file has from the machine itself: calling one never stops. */
  readonly plain: ReadonlySet<string>;
}

interface Target { readonly names: readonly string[]; readonly breaks: Label; readonly continues: Label | null }

export class Resumer {
  readonly #options: ResumeOptions;
  readonly #f: ts.NodeFactory;
  readonly #scopes = new Scopes();
  #targets: Target[] = [];
  #pendingLabels: string[] = [];
  #depth = -1;
  /** Loops around the statement at hand, in the function at hand. */
  #loops = 0;
  /** The variables of the function at hand that change after their declaration. */
  #assigned: ReadonlySet<string> = new Set();
  readonly #stack: { readonly emitter: Emitter; readonly expressions: ResumableExpressions }[] = [];

  constructor(options: ResumeOptions) {
    this.#options = options;
    this.#f = options.context.factory;
  }

  /** `$.code`'s arguments after the function itself: how many slots a frame has, and the resumable body. */
  code(parameters: readonly ts.ParameterDeclaration[], body: readonly ts.Statement[] | ts.Expression): readonly ts.Expression[] {
    const depth = this.#depth;
    const made = this.#stack.length;
    const targets = this.#targets;
    const loops = this.#loops;
    const assigned = this.#assigned;
    try {
      return this.#made(parameters, body);
    } catch (e) {
      if (!(e instanceof NotResumable) || depth >= 0) throw e;
      const refuses = this.#f.createCallExpression(this.#f.createPropertyAccessExpression(this.#f.createIdentifier('$'), 'refuse'), undefined, [this.#f.createStringLiteral(e.message)]);
      return [this.#f.createNumericLiteral(0), this.#f.createNumericLiteral(parameters.length), this.#f.createArrowFunction(undefined, undefined, [], undefined, undefined, refuses)];
    } finally {
      this.#depth = depth;
      this.#targets = targets;
      this.#loops = loops;
      this.#assigned = assigned;
      this.#stack.length = made;
    }
  }

  #made(parameters: readonly ts.ParameterDeclaration[], body: readonly ts.Statement[] | ts.Expression): readonly ts.Expression[] {
    this.#targets = [];
    this.#pendingLabels = [];
    this.#loops = 0;
    this.#depth += 1;
    this.#scopes.reset(this.#depth);
    const isBlock = isStatements(body);
    // Closures within change variables around them, too.
    this.#assigned = new Set([...(this.#depth === 0 ? [] : this.#assigned), ...namesAssigned(isBlock ? body : [body])]);
    const emitter = new Emitter(this.#f, this.#depth, countLocals([...parameters, ...(isBlock ? body : [])]));
    const expressions = new ResumableExpressions({
      context: this.#options.context, emitter, scopes: this.#scopes, plain: this.#options.plain,
      closure: (fn) => this.#closure(fn),
    });
    this.#stack.push({ emitter, expressions });
    this.#scopes.open();
    for (let d = 0; d < this.#depth; d++) emitter.run(expressions.hook('touch', this.#f.createIdentifier(`$f${d}`)));
    for (const [i, p] of parameters.entries()) this.#parameter(p, i);
    if (isBlock) this.#statements(body);
    else {
      emitter.statementBegins();
      emitter.returns(expressions.expr(body));
    }
    this.#scopes.close();
    return [this.#f.createNumericLiteral(emitter.locals()), this.#f.createNumericLiteral(emitter.size()), emitter.finish()];
  }

  get #e(): Emitter { return this.#top().emitter; }
  get #x(): ResumableExpressions { return this.#top().expressions; }
  #top(): { readonly emitter: Emitter; readonly expressions: ResumableExpressions } {
    const top = this.#stack[this.#stack.length - 1];
    if (top === undefined) throw new NotResumable('no function is being made');
    return top;
  }

  /** Arguments stand in the first slots. */
  #parameter(p: ts.ParameterDeclaration, i: number): void {
    if (!ts.isIdentifier(p.name)) throw new NotResumable('a pattern as a parameter was not taken apart');
    const slot = this.#bind(p.name.text);
    if (p.dotDotDotToken !== undefined) this.#e.assign(this.#e.slot(slot), this.#x.hook('rest', this.#e.frame(), this.#f.createNumericLiteral(i)));
    if (p.initializer === undefined) return;
    const given = this.#e.label();
    this.#e.jumpIf(this.#f.createStrictInequality(this.#e.slot(slot), this.#f.createVoidZero()), given);
    this.#e.assign(this.#e.slot(slot), this.#x.expr(p.initializer));
    this.#e.place(given);
  }

  /** A name is there from the beginning of its block on: what was bound then is what its declaration gives a value. */
  #bind(name: string): number {
    const known = this.#scopes.here(name);
    if (known?.kind === 'slot' && known.depth === this.#depth) return known.slot;
    const slot = this.#e.local();
    this.#scopes.bind(name, { kind: 'slot', depth: this.#depth, slot, ofLoop: this.#loops > 0, given: false });
    return slot;
  }
  #given(name: ts.BindingName): void {
    for (const n of namesIn(name)) {
      const home = this.#scopes.here(n);
      if (home?.kind === 'slot') home.given = true;
    }
  }

  /**
   * A closure in both forms: as it is for whoever calls it in one go, and resumable. Variables of a loop
   * are others in each round, and a frame has one slot for all: the closure gets its round's values.
   */
  #closure(fn: InnerArrow): ts.Expression {
    if (fn.body === undefined) throw new NotResumable('a function without a body');
    const kept = this.#keptOfLoops(fn);
    const values = kept.map((n) => this.#x.name(n));
    this.#scopes.open();
    for (const name of kept) this.#scopes.bind(name, { kind: 'own' });
    this.#scopes.open();
    for (const name of namesWithin(fn)) this.#scopes.bind(name, { kind: 'own' });
    const plain = this.#touching(fn, this.#x.substituted(fn));
    this.#scopes.close();
    const both = this.#x.hook('code', plain, ...this.code(fn.parameters, ts.isBlock(fn.body) ? fn.body.statements : fn.body));
    this.#scopes.close();
    if (kept.length === 0) return both;
    const f = this.#f;
    const parameters = kept.map((n) => f.createParameterDeclaration(undefined, undefined, n));
    return f.createCallExpression(f.createParenthesizedExpression(f.createArrowFunction(undefined, undefined, parameters, undefined, undefined, both)), undefined, values);
  }
  #keptOfLoops(fn: InnerArrow): readonly string[] {
    const own = new Set(namesWithin(fn));
    return [...namesUsed(fn)].filter((name) => {
      const home = this.#scopes.find(name);
      if (own.has(name) || home?.kind !== 'slot' || home.ofLoop !== true) return false;
      if (home.given !== true || this.#assigned.has(name)) throw new NotResumable(`a closure keeps ${name} of a loop, in a form that cannot be resumed`);
      return true;
    });
  }
  /** What runs in one go and changes variables of the frames around it: they are saved before. */
  #touching(fn: InnerArrow, plain: InnerArrow): InnerArrow {
    const f = this.#f;
    const changes = [...namesAssigned([fn])].map((n) => this.#scopes.find(n));
    const depths = [...new Set(changes.flatMap((h) => (h?.kind === 'slot' ? [h.depth] : [])))];
    if (depths.length === 0 || plain.body === undefined) return plain;
    const touches = depths.map((d) => this.#x.hook('touched', f.createIdentifier(`$f${d}`)));
    const body = ts.isBlock(plain.body)
      ? f.createBlock([...touches.map((t) => f.createExpressionStatement(t)), ...plain.body.statements], true)
      : f.createParenthesizedExpression(f.createCommaListExpression([...touches, plain.body]));
    if (ts.isArrowFunction(plain)) return f.updateArrowFunction(plain, plain.modifiers, plain.typeParameters, plain.parameters, plain.type, plain.equalsGreaterThanToken, body);
    return ts.isBlock(body) ? f.updateFunctionExpression(plain, plain.modifiers, plain.asteriskToken, plain.name, plain.typeParameters, plain.parameters, plain.type, body) : plain;
  }

  // --- statements -------------------------------------------------------------------------------

  #statements(list: readonly ts.Statement[]): void {
    for (const s of list) {
      if (ts.isFunctionDeclaration(s) && s.name !== undefined) this.#bind(s.name.text);
      if (ts.isVariableStatement(s)) for (const d of s.declarationList.declarations) this.#bindPattern(d.name);
    }
    // Functions are there from the beginning of their block on.
    for (const s of list) if (ts.isFunctionDeclaration(s)) this.#inner(s);
    for (const s of list) if (!ts.isFunctionDeclaration(s)) this.#statement(s);
  }

  #block(s: ts.Statement): void {
    this.#scopes.open();
    if (ts.isBlock(s)) this.#statements(s.statements);
    else this.#statement(s);
    this.#scopes.close();
  }

  #statement(s: ts.Statement): void {
    this.#e.statementBegins();
    const head = this.#options.headOf(s);
    if (head !== null) { this.#head(head); return; }
    if (ts.isBlock(s)) { this.#block(s); return; }
    if (ts.isLabeledStatement(s)) { this.#labelled(s); return; }
    const labels = this.#pendingLabels;
    this.#pendingLabels = [];
    if (ts.isExpressionStatement(s)) this.#x.statement(s.expression);
    else if (ts.isVariableStatement(s)) this.#declarations(s.declarationList);
    else if (ts.isReturnStatement(s)) this.#e.returns(s.expression === undefined ? this.#f.createVoidZero() : this.#x.expr(s.expression));
    else if (ts.isIfStatement(s)) this.#if(s);
    else if (ts.isForStatement(s)) this.#for(s, labels);
    else if (ts.isWhileStatement(s)) this.#loop(labels, s.expression, s.statement, null, true);
    else if (ts.isDoStatement(s)) this.#loop(labels, s.expression, s.statement, null, false);
    else if (ts.isForOfStatement(s)) this.#forOf(s, labels);
    else if (ts.isSwitchStatement(s)) this.#switch(s, labels);
    else if (ts.isBreakStatement(s)) this.#e.jump(this.#target(s.label?.text, 'breaks'));
    else if (ts.isContinueStatement(s)) this.#e.jump(this.#target(s.label?.text, 'continues'));
    else if (ts.isThrowStatement(s)) this.#e.push(this.#f.createThrowStatement(this.#x.expr(s.expression)));
    else if (!ts.isEmptyStatement(s)) throw new NotResumable(`not in the form that can be resumed: ${ts.SyntaxKind[s.kind]}`);
  }

  #inner(s: ts.FunctionDeclaration): void {
    const home = s.name === undefined ? null : this.#scopes.find(s.name.text);
    if (home?.kind !== 'slot' || s.body === undefined) throw new NotResumable('a function inside another needs a name and a body');
    const fn = this.#f.createFunctionExpression(undefined, undefined, undefined, undefined, s.parameters, undefined, s.body);
    this.#e.statementBegins();
    this.#e.assign(this.#e.slot(home.slot), this.#closure(fn));
    if (s.name !== undefined) this.#given(s.name);
  }

  #head(h: LoopHead): void {
    const locals = h.locals.map((n) => this.#x.name(n));
    this.#e.stopIf(this.#x.hook('round', this.#x.name(h.loop), this.#f.createArrayLiteralExpression(locals)));
  }

  #declarations(list: ts.VariableDeclarationList): void {
    for (const d of list.declarations) {
      if (ts.isIdentifier(d.name)) {
        const slot = this.#bind(d.name.text);
        const value = d.initializer === undefined ? null : this.#x.expr(d.initializer);
        // A block that is entered again begins with what its variables were not given.
        this.#e.assign(this.#e.slot(slot), value ?? this.#f.createVoidZero());
        this.#given(d.name);
      } else if (d.initializer !== undefined) {
        this.#bindPattern(d.name);
        const value = this.#x.expr(d.initializer);
        this.#e.run(this.#f.createParenthesizedExpression(this.#f.createAssignment(this.#x.pattern(d.name), value)));
        this.#given(d.name);
      }
    }
  }
  #bindPattern(p: ts.BindingName): void {
    if (ts.isIdentifier(p)) this.#bind(p.text);
    else for (const e of p.elements) if (ts.isBindingElement(e)) this.#bindPattern(e.name);
  }

  #if(s: ts.IfStatement): void {
    const otherwise = this.#e.label();
    const end = this.#e.label();
    this.#e.jumpUnless(this.#x.expr(s.expression), otherwise);
    this.#block(s.thenStatement);
    if (s.elseStatement !== undefined) {
      this.#e.jump(end);
      this.#e.place(otherwise);
      this.#block(s.elseStatement);
    } else this.#e.place(otherwise);
    this.#e.place(end);
  }

  #labelled(s: ts.LabeledStatement): void {
    const inner = s.statement;
    if (ts.isIterationStatement(inner, true) || ts.isSwitchStatement(inner) || ts.isLabeledStatement(inner)) {
      this.#pendingLabels.push(s.label.text);
      this.#statement(inner);
      return;
    }
    const end = this.#e.label();
    this.#within({ names: [s.label.text], breaks: end, continues: null }, () => { this.#block(inner); });
    this.#e.place(end);
  }

  #within(target: Target, body: () => void): void {
    this.#targets.push(target);
    body();
    this.#targets.pop();
  }
  #target(name: string | undefined, how: 'breaks' | 'continues'): Label {
    for (let i = this.#targets.length - 1; i >= 0; i -= 1) {
      const t = this.#targets[i];
      if (t === undefined) continue;
      const label = t[how];
      const fits = name === undefined ? t.names.includes(UNNAMED) && (how === 'breaks' || t.continues !== null) : t.names.includes(name);
      if (fits && label !== null) return label;
    }
    throw new NotResumable(`${how === 'breaks' ? 'break' : 'continue'} ${name ?? ''} leads nowhere`);
  }

  #for(s: ts.ForStatement, labels: readonly string[]): void {
    this.#scopes.open();
    this.#loops += 1;
    if (s.initializer !== undefined) {
      if (ts.isVariableDeclarationList(s.initializer)) this.#declarations(s.initializer);
      else this.#x.statement(s.initializer);
    }
    this.#loops -= 1;
    this.#loop(labels, s.condition ?? null, s.statement, s.incrementor ?? null, true);
    this.#scopes.close();
  }

  #loop(labels: readonly string[], condition: ts.Expression | null, body: ts.Statement, increment: ts.Expression | null, testFirst: boolean): void {
    const [start, again, end] = [this.#e.label(), this.#e.label(), this.#e.label()];
    const test = (): void => {
      this.#e.statementBegins();
      if (condition !== null) this.#e.jumpUnless(this.#x.expr(condition), end);
    };
    this.#e.place(start);
    this.#loops += 1;
    if (testFirst) test();
    this.#within({ names: [UNNAMED, ...labels], breaks: end, continues: again }, () => { this.#block(body); });
    this.#e.place(again);
    this.#e.statementBegins();
    if (increment !== null) this.#x.statement(increment);
    if (!testFirst) test();
    this.#loops -= 1;
    this.#e.jump(start);
    this.#e.place(end);
  }

  #forOf(s: ts.ForOfStatement, labels: readonly string[]): void {
    if (!ts.isVariableDeclarationList(s.initializer)) throw new NotResumable('for…of needs a variable of its own');
    const f = this.#f;
    const [declared] = s.initializer.declarations;
    if (declared === undefined || !ts.isIdentifier(declared.name)) throw new NotResumable('for…of needs one name');
    this.#scopes.open();
    const list = this.#e.slot(this.#e.local());
    const at = this.#e.slot(this.#e.local());
    this.#e.assign(list, this.#x.listed(s.expression));
    this.#e.assign(at, f.createNumericLiteral(0));
    this.#loops += 1;
    const item = this.#e.slot(this.#bind(declared.name.text));
    this.#given(declared.name);
    const [start, again, end] = [this.#e.label(), this.#e.label(), this.#e.label()];
    this.#e.place(start);
    this.#e.jumpUnless(f.createLessThan(at, f.createPropertyAccessExpression(list, 'length')), end);
    this.#e.stopIf(this.#x.hook('at', list, at));
    this.#e.assign(item, this.#x.hook('e', list, at));
    this.#within({ names: [UNNAMED, ...labels], breaks: end, continues: again }, () => { this.#block(s.statement); });
    this.#loops -= 1;
    this.#e.place(again);
    this.#e.run(f.createAssignment(at, f.createAdd(at, f.createNumericLiteral(1))));
    this.#e.jump(start);
    this.#e.place(end);
    this.#scopes.close();
  }

  #switch(s: ts.SwitchStatement, labels: readonly string[]): void {
    const end = this.#e.label();
    const on = this.#e.slot(this.#e.local());
    this.#e.assign(on, this.#x.expr(s.expression));
    const clauses = s.caseBlock.clauses.map((clause) => ({ clause, label: this.#e.label() }));
    for (const { clause, label } of clauses) {
      if (!ts.isCaseClause(clause)) continue;
      this.#e.statementBegins();
      this.#e.jumpIf(this.#f.createStrictEquality(on, this.#x.expr(clause.expression)), label);
    }
    this.#e.jump(clauses.find(({ clause }) => ts.isDefaultClause(clause))?.label ?? end);
    this.#scopes.open();
    this.#within({ names: [UNNAMED, ...labels], breaks: end, continues: null }, () => {
      for (const { clause, label } of clauses) {
        this.#e.place(label);
        this.#statements(clause.statements);
      }
    });
    this.#scopes.close();
    this.#e.place(end);
  }
}

/** What break and continue without a label mean. */
const UNNAMED = '';

function isStatements(body: readonly ts.Statement[] | ts.Expression): body is readonly ts.Statement[] { return Array.isArray(body); }
