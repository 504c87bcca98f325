// SPDX-License-Identifier: GPL-2.0-only
// Calls of the runtime, as the compiler writes them: `$.hook(…)`, and the sites that they name.

import { ts } from '../tree/ts.ts';
import type { Site } from './sites.ts';

export class Hooks {
  readonly #f: ts.NodeFactory;
  readonly #source: ts.SourceFile;
  readonly #file: string;
  readonly #sites: Site[];

  constructor(factory: ts.NodeFactory, source: ts.SourceFile, file: string, sites: Site[]) {
    this.#f = factory;
    this.#source = source;
    this.#file = file;
    this.#sites = sites;
  }

  call(hook: string, ...args: readonly ts.Expression[]): ts.Expression {
    return this.#f.createCallExpression(this.#f.createPropertyAccessExpression(this.#f.createIdentifier('$'), hook), undefined, args);
  }
  statement(hook: string): ts.Statement { return this.#f.createExpressionStatement(this.call(hook)); }

  constant(name: string, value: ts.Expression): ts.Statement {
    return this.#f.createVariableStatement(undefined,
      this.#f.createVariableDeclarationList([this.#f.createVariableDeclaration(name, undefined, undefined, value)], ts.NodeFlags.Const));
  }

  /** A new site of a function; `covers`: it takes part in statement coverage. */
  site(fn: string, n: ts.Node, covers: boolean, text?: string): number {
    const line = this.#source.getLineAndCharacterOfPosition(n.getStart(this.#source)).line + 1;
    this.#sites.push({ file: this.#file, line, function: fn, text: text ?? statementText(n, this.#source), covers });
    return this.#sites.length - 1;
  }
  ref(site: number): ts.Expression {
    return this.#f.createAdd(this.#f.createIdentifier('$base'), this.#f.createNumericLiteral(site));
  }
  /** What stands before a statement: with a frame, that it is there; without one, that it was reached. */
  mark(s: ts.Statement | ts.CaseOrDefaultClause, fn: string, framed: boolean): ts.Statement {
    return this.#f.createExpressionStatement(this.call(framed ? 's' : 'v', this.ref(this.site(fn, s, true))));
  }
}

/** The head of a statement as one line: conditions whole, bodies left out. */
function statementText(n: ts.Node, source: ts.SourceFile): string {
  const from = n.getStart(source);
  const end = ts.isIfStatement(n) ? n.thenStatement.getFullStart()
    : ts.isForStatement(n) || ts.isWhileStatement(n) || ts.isForOfStatement(n) || ts.isForInStatement(n) ? n.statement.getFullStart()
    : ts.isSwitchStatement(n) ? n.caseBlock.getFullStart()
    : ts.isDoStatement(n) ? n.expression.getStart(source) - 1
    : ts.isCaseClause(n) ? n.expression.getEnd()
    : ts.isDefaultClause(n) ? from + 'default'.length
    : n.getEnd();
  const text = ts.isDoStatement(n) ? `do … while (${n.expression.getText(source)})` : source.text.slice(from, end);
  return text.replace(/\/\/[^\n]*/g, '').replace(/\s+/g, ' ').trim();
}
