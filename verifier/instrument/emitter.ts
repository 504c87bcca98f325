// SPDX-License-Identifier: GPL-2.0-only
// The body of a resumable function as it is being made: numbered cases of one switch, jumps between
// them, and the slots that its variables live in. What stands between two cases runs in one go; a
// case is where it can be entered again (regenerator's form; engine.md, 4.1 has what it costs).
//
//   function ($f0) { const $l0 = $f0.l; let $pc = $f0.pc;
//     $run: for (;;) switch ($pc) { case 0: … } }

import { ts } from '../tree/ts.ts';
import { CALLED, RETURNED, STOPPED } from './codes.ts';

/** A function that has no resumable form, and why: a thread that comes to it is cut, and says so. */
export class NotResumable extends Error {}

export type Label = number;

export class Emitter {
  readonly f: ts.NodeFactory;
  readonly #depth: number;
  readonly #cases: { readonly id: number; readonly statements: ts.Statement[] }[] = [{ id: 0, statements: [] }];
  #labels = 1;
  #locals = 0;
  /** Temporaries stand above the variables; they live no longer than their statement. */
  readonly #firstTemp: number;
  #temps = 0;
  #mostTemps = 0;

  /** locals: how many variables the function has at most. */
  constructor(f: ts.NodeFactory, depth: number, locals: number) {
    this.f = f;
    this.#depth = depth;
    this.#firstTemp = locals;
  }

  frame(): ts.Identifier { return this.f.createIdentifier(`$f${this.#depth}`); }
  slot(n: number): ts.ElementAccessExpression { return slotOf(this.f, this.#depth, n); }
  locals(): number { return this.#firstTemp; }
  size(): number { return this.#firstTemp + this.#mostTemps; }

  local(): number {
    if (this.#locals === this.#firstTemp) throw new Error('more variables than were counted');
    return this.#locals++;
  }
  temp(): ts.ElementAccessExpression {
    this.#temps += 1;
    this.#mostTemps = Math.max(this.#mostTemps, this.#temps);
    return this.slot(this.#firstTemp + this.#temps - 1);
  }
  /** A new statement: the temporaries of the one before are free. */
  statementBegins(): void { this.#temps = 0; }

  label(): Label { return this.#labels++; }
  place(label: Label): void { this.#cases.push({ id: label, statements: [] }); }
  push(s: ts.Statement): void { this.#cases[this.#cases.length - 1]?.statements.push(s); }
  run(e: ts.Expression): void { this.push(this.f.createExpressionStatement(e)); }
  assign(to: ts.Expression, value: ts.Expression): void { this.run(this.f.createAssignment(to, value)); }

  jump(label: Label): void { this.push(this.#going(label)); }
  jumpIf(condition: ts.Expression, label: Label): void { this.push(this.f.createIfStatement(condition, this.#going(label))); }
  jumpUnless(condition: ts.Expression, label: Label): void { this.jumpIf(this.f.createLogicalNot(this.f.createParenthesizedExpression(condition)), label); }

  /** A place to be entered again: where `stops` says so, the function stops here and comes back to ask once more. */
  stopIf(stops: ts.Expression): void {
    const here = this.label();
    this.place(here);
    this.push(this.f.createIfStatement(stops, this.f.createBlock([this.#atPc(here), this.#leave(STOPPED)])));
  }
  /** Where `calls` says that something was called, the function goes on behind this when that has returned. */
  callIf(calls: ts.Expression): void {
    const behind = this.label();
    this.push(this.#atPc(behind));
    this.push(this.f.createIfStatement(calls, this.#leave(CALLED)));
    this.place(behind);
  }
  /** What a call gave. */
  received(): ts.Expression { return this.f.createPropertyAccessExpression(this.frame(), 'v'); }
  returns(value: ts.Expression): void {
    this.assign(this.received(), value);
    this.push(this.#leave(RETURNED));
  }

  /** The function. */
  finish(): ts.FunctionExpression {
    const f = this.f;
    this.returns(f.createVoidZero());
    const pc = f.createIdentifier('$pc');
    const declare = (name: ts.Identifier | string, field: string, flags: ts.NodeFlags): ts.Statement =>
      f.createVariableStatement(undefined, f.createVariableDeclarationList([f.createVariableDeclaration(name, undefined, undefined, f.createPropertyAccessExpression(this.frame(), field))], flags));
    const cases = this.#cases.map((c) => f.createCaseClause(f.createNumericLiteral(c.id), c.statements));
    return f.createFunctionExpression(undefined, undefined, undefined, undefined, [f.createParameterDeclaration(undefined, undefined, this.frame())], undefined, f.createBlock([
      declare(`$l${this.#depth}`, 'l', ts.NodeFlags.Const),
      declare(pc, 'pc', ts.NodeFlags.Let),
      f.createLabeledStatement('$run', f.createForStatement(undefined, undefined, undefined, f.createSwitchStatement(pc, f.createCaseBlock(cases)))),
    ], true));
  }

  #going(label: Label): ts.Statement {
    return this.f.createBlock([
      this.f.createExpressionStatement(this.f.createAssignment(this.f.createIdentifier('$pc'), this.f.createNumericLiteral(label))),
      this.f.createContinueStatement('$run'),
    ]);
  }
  #atPc(label: Label): ts.Statement {
    return this.f.createExpressionStatement(this.f.createAssignment(this.f.createPropertyAccessExpression(this.frame(), 'pc'), this.f.createNumericLiteral(label)));
  }
  #leave(how: number): ts.Statement { return this.f.createReturnStatement(this.f.createNumericLiteral(how)); }
}

/** A variable of the function at some depth: a closure reaches those of the functions around it. */
export function slotOf(f: ts.NodeFactory, depth: number, n: number): ts.ElementAccessExpression {
  return f.createElementAccessExpression(f.createIdentifier(`$l${depth}`), f.createNumericLiteral(n));
}
