// SPDX-License-Identifier: GPL-2.0-only
// The rewriting of one port file: every statement and every loop head gets its hook, every access
// one of accesses.ts. What is shared is decided when it runs (DESIGN.md, How code runs).
//
// Left alone: class bodies (getters never suspend; the point is at the access), predicates of the
// blocking primitive, and the few files that are the machine's own. A function inside another has
// no frame: what it does belongs to the statement of the frame that calls it.

import { ts } from '../tree/ts.ts';
import { AccessRewriter, type InnerFunction } from './accesses.ts';
import { GeneratorForm } from './generator-form.ts';
import { Hooks } from './hooks.ts';
import { FIRST_COMPARISON } from './loops.ts';
import { namesIn } from './patterns.ts';
import { Resumer, type LoopHead } from './resume.ts';
import type { Site } from './sites.ts';

/** How a file takes part. */
export type Role =
  /** C files: frames, sites, accesses, loop heads. */
  | 'body'
  /** Headers and arch/model: accesses and coverage, no frames. */
  | 'inline'
  /** The machine under it all: untouched. */
  | 'machine';

/** How functions are made to stop: as frames that are entered again, or as generators, which those are held against. */
export type Form = 'frames' | 'generators';

export interface Rewritten { readonly transformer: ts.TransformerFactory<ts.SourceFile>; readonly sites: Site[]; readonly written: ReadonlySet<string> }

/** The hooks of one file; `sites` fills while the transformer runs. isMachine: whether an import is of the machine itself. */
export function rewriter(file: string, role: Role, isMachine: (specifier: string) => boolean, form: Form = 'frames'): Rewritten {
  const sites: Site[] = [];
  const written = new Set<string>();
  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => (source) => {
    if (role === 'machine') return source;
    return new Rewriter(context, source, file, { role, form }, { sites, written }, plainNames(source, isMachine)).run();
  };
  return { transformer, sites, written };
}

/** What a file imports from the machine: calling it never stops a thread. Its blocking primitive is no such thing. */
function plainNames(source: ts.SourceFile, isMachine: (specifier: string) => boolean): ReadonlySet<string> {
  const names = new Set(['Number', 'Boolean', 'String']);
  for (const s of source.statements) {
    if (!ts.isImportDeclaration(s) || !ts.isStringLiteral(s.moduleSpecifier) || !isMachine(s.moduleSpecifier.text)) continue;
    const bindings = s.importClause?.namedBindings;
    if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
    for (const e of bindings.elements) if ((e.propertyName ?? e.name).text !== 'block_until') names.add(e.name.text);
  }
  return names;
}

class Rewriter {
  readonly #f: ts.NodeFactory;
  readonly #source: ts.SourceFile;
  readonly #file: string;
  readonly #hooks: Hooks;
  readonly #accesses: AccessRewriter;
  #function = '';
  #loops = 0;
  /** Patterns that were given a name of their own, to be read through it. */
  #patterns = 0;
  /** Names bound so far in the enclosing blocks of the current function. */
  #scopes: string[][] = [];
  /** The statements at hand run in a frame of their own. */
  #framed: boolean;
  /** What stands at the heads of loops, by the statement that the plain form has there. */
  readonly #heads = new Map<ts.Node, LoopHead>();
  /** The resumable forms of the functions that are declared. */
  readonly #codes: ts.Statement[] = [];
  readonly #stopping: Resumer | GeneratorForm;

  constructor(context: ts.TransformationContext, source: ts.SourceFile, file: string, { role, form }: { readonly role: Role; readonly form: Form }, found: { readonly sites: Site[]; readonly written: Set<string> }, plain: ReadonlySet<string>) {
    this.#f = context.factory;
    this.#source = source;
    this.#file = file;
    this.#hooks = new Hooks(context.factory, source, file, found.sites);
    this.#framed = role === 'body';
    const options = { context, headOf: (n: ts.Statement) => this.#heads.get(n) ?? null, plain };
    this.#stopping = form === 'frames' ? new Resumer(options) : new GeneratorForm(options);
    this.#accesses = new AccessRewriter({
      context, hooks: this.#hooks, written: found.written, frames: this.#framed, inner: (fn) => this.#inner(fn), resumable: (fn) => this.#resumableInner(fn),
    });
  }

  run(): ts.SourceFile {
    const statements = this.#source.statements.map((s) => this.#topLevel(s));
    return this.#f.updateSourceFile(this.#source, [...statements, ...this.#codes]);
  }

  #topLevel(s: ts.Statement): ts.Statement {
    if (ts.isFunctionDeclaration(s)) return this.#functionDeclaration(s);
    if (ts.isClassDeclaration(s)) return s;
    if (!ts.isVariableStatement(s)) return this.#accesses.functionsIn(s);
    const f = this.#f;
    const made = s.declarationList.declarations.map((d) => {
      this.#start(ts.isIdentifier(d.name) ? d.name.text : '');
      const init = d.initializer;
      // A const that holds a function with a body is a function of the file; one that holds an expression is a macro.
      if (init === undefined || !ts.isArrowFunction(init) || !ts.isBlock(init.body)) return this.#accesses.functionsIn(d);
      const { parameters, first } = this.#parameters(init.parameters);
      const statements = [...first, ...this.#statements(init.body.statements)];
      const entry = this.#entry(init);
      const plain = f.updateArrowFunction(init, init.modifiers, init.typeParameters, parameters, init.type, init.equalsGreaterThanToken,
        this.#frameBody(statements, entry));
      return f.updateVariableDeclaration(d, d.name, d.exclamationToken, d.type, this.#coded(plain, parameters, statements, entry));
    });
    return f.updateVariableStatement(s, s.modifiers, f.updateVariableDeclarationList(s.declarationList, made));
  }

  // --- functions --------------------------------------------------------------------------------

  #start(name: string): void {
    this.#function = name;
    this.#loops = 0;
    this.#patterns = 0;
    this.#scopes = [];
  }

  #functionDeclaration(fn: ts.FunctionDeclaration): ts.FunctionDeclaration {
    if (fn.body === undefined) return fn;
    this.#start(fn.name?.text ?? 'default');
    const { parameters, first } = this.#parameters(fn.parameters);
    const statements = [...first, ...this.#statements(fn.body.statements)];
    const entry = this.#entry(fn);
    if (fn.name !== undefined) this.#codes.push(this.#f.createExpressionStatement(this.#coded(fn.name, parameters, statements, entry)));
    return this.#f.updateFunctionDeclaration(fn, fn.modifiers, fn.asteriskToken, fn.name, fn.typeParameters, parameters, fn.type,
      this.#frameBody(statements, entry));
  }

  /** The site of a function itself, where it has a frame. */
  #entry(fn: ts.FunctionDeclaration | ts.ArrowFunction): ts.Expression | null {
    if (!this.#framed) return null;
    return this.#hooks.ref(this.#hooks.site(this.#function, fn, false, `${this.#function}(): ${fn.type?.getText(this.#source) ?? 'void'}`));
  }

  /** A function, told of its resumable form. */
  #coded(fn: ts.Expression, parameters: readonly ts.ParameterDeclaration[], body: readonly ts.Statement[] | ts.Expression, entry: ts.Expression | null): ts.Expression {
    const f = this.#f;
    const named = entry === null ? [f.createStringLiteral(this.#function), f.createStringLiteral(this.#file)]
      : [f.createStringLiteral(this.#function), f.createStringLiteral(this.#file), entry];
    const made = this.#stopping.code(parameters, body);
    return this.#stopping instanceof GeneratorForm ? this.#stopping.hook('code', fn, ...made, ...named) : this.#hooks.call('code', fn, ...made, ...named);
  }
  /** A function that a table or a macro of the file holds. */
  #resumableInner(fn: ts.ArrowFunction | ts.FunctionExpression): ts.Expression {
    const plain = this.#inner(fn);
    return plain.body === undefined ? plain : this.#coded(plain, plain.parameters, ts.isBlock(plain.body) ? plain.body.statements : plain.body, null);
  }

  /** In a C file the statements of a function run in a frame; in a header, in their caller's. */
  #frameBody(statements: readonly ts.Statement[], entry: ts.Expression | null): ts.Block {
    const f = this.#f;
    const body = f.createBlock(statements, true);
    if (entry === null) return body;
    return f.createBlock([
      this.#hooks.constant('$frame', this.#hooks.call('enter', f.createStringLiteral(this.#function), f.createStringLiteral(this.#file), entry)),
      f.createTryStatement(
        body,
        f.createCatchClause('$e', f.createBlock([this.#hooks.statement('thrown'), f.createThrowStatement(f.createIdentifier('$e'))])),
        f.createBlock([f.createExpressionStatement(this.#hooks.call('leave', f.createIdentifier('$frame')))]),
      ),
    ], true);
  }

  /** A function inside another: its accesses and loops are seen, its statements covered. */
  #inner<F extends InnerFunction>(fn: F): F;
  #inner(fn: InnerFunction): InnerFunction {
    const f = this.#f;
    const framed = this.#framed;
    this.#framed = false;
    const { parameters, first } = this.#parameters(fn.parameters);
    const block = (b: ts.Block): ts.Block => f.updateBlock(b, [...first, ...this.#statements(b.statements)]);
    const made = ((): InnerFunction => {
      if (ts.isArrowFunction(fn)) {
        const body = ts.isBlock(fn.body) ? block(fn.body)
          : first.length > 0 ? f.createBlock([...first, f.createReturnStatement(this.#expr(fn.body))], true) : this.#expr(fn.body);
        return f.updateArrowFunction(fn, fn.modifiers, fn.typeParameters, parameters, fn.type, fn.equalsGreaterThanToken, body);
      }
      if (fn.body === undefined) return fn;
      const body = block(fn.body);
      if (ts.isFunctionExpression(fn)) return f.updateFunctionExpression(fn, fn.modifiers, fn.asteriskToken, fn.name, fn.typeParameters, parameters, fn.type, body);
      if (ts.isFunctionDeclaration(fn)) return f.updateFunctionDeclaration(fn, fn.modifiers, fn.asteriskToken, fn.name, fn.typeParameters, parameters, fn.type, body);
      return f.updateMethodDeclaration(fn, fn.modifiers, fn.asteriskToken, fn.name, fn.questionToken, fn.typeParameters, parameters, fn.type, body);
    })();
    this.#scopes.pop();
    this.#framed = framed;
    return made;
  }

  /** Opens the scope of a function. A parameter that is a pattern gets a name, and is taken apart by the first statements. */
  #parameters(list: readonly ts.ParameterDeclaration[]): { readonly parameters: ts.ParameterDeclaration[]; readonly first: ts.Statement[] } {
    this.#scopes.push([]);
    const first: ts.Statement[] = [];
    const parameters = list.map((p) => {
      const init = p.initializer === undefined ? undefined : this.#expr(p.initializer);
      const name = ts.isIdentifier(p.name) ? p.name : this.#named(p.name, ts.NodeFlags.Let, first);
      this.#bind(p.name);
      return this.#f.updateParameterDeclaration(p, p.modifiers, p.dotDotDotToken, name, p.questionToken, p.type, init);
    });
    return { parameters, first };
  }

  /** A name that stands for a pattern, with the declaration that takes it apart. */
  #named(pattern: ts.BindingPattern, flags: ts.NodeFlags, into: ts.Statement[]): ts.Identifier {
    const f = this.#f;
    const name = f.createIdentifier(`$whole${this.#patterns++}`);
    const value = this.#accesses.takenApart(pattern, name);
    into.push(f.createVariableStatement(undefined,
      f.createVariableDeclarationList([f.createVariableDeclaration(this.#accesses.binding(pattern), undefined, undefined, value)], flags)));
    return name;
  }

  #bind(name: ts.BindingName): void { this.#scopes[this.#scopes.length - 1]?.push(...namesIn(name)); }

  // --- statements -------------------------------------------------------------------------------

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
    if (ts.isForOfStatement(s) || ts.isForInStatement(s)) return [this.#mark(s), this.#overItems(s)];
    if (ts.isSwitchStatement(s)) {
      const clauses = s.caseBlock.clauses.map((c) => {
        this.#scopes.push([]);
        const inner = [this.#mark(c), ...this.#statements(c.statements)];
        this.#scopes.pop();
        return ts.isCaseClause(c) ? f.updateCaseClause(c, this.#expr(c.expression), inner) : f.updateDefaultClause(c, inner);
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
      return [this.#mark(s), f.updateReturnStatement(s, this.#framed ? this.#hooks.call('x', value) : value)];
    }
    if (ts.isThrowStatement(s)) return [this.#mark(s), f.updateThrowStatement(s, this.#expr(s.expression))];
    if (ts.isBreakStatement(s) || ts.isContinueStatement(s)) return [this.#mark(s), s];
    if (ts.isTryStatement(s)) {
      const block = f.createBlock(this.#statements(s.tryBlock.statements), true);
      const last = s.finallyBlock === undefined ? undefined : f.createBlock(this.#statements(s.finallyBlock.statements), true);
      return [f.updateTryStatement(s, block, s.catchClause === undefined ? undefined : this.#catch(s.catchClause), last)];
    }
    if (ts.isFunctionDeclaration(s)) return [this.#inner(s)];
    return [s];
  }

  #catch(c: ts.CatchClause): ts.CatchClause {
    this.#scopes.push([]);
    if (c.variableDeclaration !== undefined) this.#bind(c.variableDeclaration.name);
    const block = this.#f.createBlock(this.#statements(c.block.statements), true);
    this.#scopes.pop();
    return this.#f.updateCatchClause(c, c.variableDeclaration, block);
  }

  #declarations(list: ts.VariableDeclarationList): ts.VariableDeclarationList {
    const decls = list.declarations.map((d) => {
      const init = d.initializer === undefined ? undefined : this.#accesses.takenApart(d.name, this.#expr(d.initializer));
      const made = this.#f.updateVariableDeclaration(d, this.#accesses.binding(d.name), d.exclamationToken, d.type, init);
      this.#bind(d.name);
      return made;
    });
    return this.#f.updateVariableDeclarationList(list, decls);
  }

  // --- loops ------------------------------------------------------------------------------------

  /** The declaration of a loop's activation and the statement at its head. */
  #loop(s: ts.Statement): [ts.Statement, ts.Statement] {
    const f = this.#f;
    const name = `$loop${this.#loops++}`;
    const site = this.#hooks.site(this.#function, s, false);
    const locals = [...new Set(this.#scopes.flat())];
    const take = f.createArrowFunction(undefined, undefined, [], undefined, undefined, f.createArrayLiteralExpression(locals.map((n) => f.createIdentifier(n))));
    // if (($loop.rounds += 1) >= FIRST_COMPARISON) $.head($loop, () => [locals])
    const rounds = f.createParenthesizedExpression(f.createBinaryExpression(
      f.createPropertyAccessExpression(f.createIdentifier(name), 'rounds'), ts.SyntaxKind.PlusEqualsToken, f.createNumericLiteral(1)));
    const due = f.createBinaryExpression(rounds, ts.SyntaxKind.GreaterThanEqualsToken, f.createNumericLiteral(FIRST_COMPARISON));
    const head = f.createIfStatement(due, f.createExpressionStatement(this.#hooks.call('head', f.createIdentifier(name), take)));
    this.#heads.set(head, { loop: name, locals });
    return [this.#hooks.constant(name, this.#hooks.call('loop', this.#hooks.ref(site))), head];
  }

  #body(body: ts.Statement, ...first: readonly ts.Statement[]): ts.Block {
    this.#scopes.push([]);
    const inner = ts.isBlock(body) ? this.#statements(body.statements) : this.#statement(body);
    this.#scopes.pop();
    return this.#f.createBlock([...first, ...inner], true);
  }

  /**
   * for…of and for…in. They have no head: where the iterator stands is no part of the state, so two
   * rounds may look equal that are not; and there are as many rounds as there are items.
   */
  #overItems(s: ts.ForOfStatement | ts.ForInStatement): ts.Statement {
    const f = this.#f;
    this.#scopes.push([]);
    const first: ts.Statement[] = [];
    const over = ts.isForOfStatement(s) ? this.#hooks.call('q', this.#expr(s.expression)) : this.#expr(s.expression);
    const item = ts.isVariableDeclarationList(s.initializer) ? this.#item(s.initializer, first) : this.#accesses.target(s.initializer);
    const body = this.#body(s.statement, ...first);
    this.#scopes.pop();
    return ts.isForOfStatement(s) ? f.updateForOfStatement(s, s.awaitModifier, item, over, body) : f.updateForInStatement(s, item, over, body);
  }
  #item(list: ts.VariableDeclarationList, into: ts.Statement[]): ts.VariableDeclarationList {
    const [d] = list.declarations;
    if (d === undefined) return list;
    this.#bind(d.name);
    if (ts.isIdentifier(d.name)) return list;
    const name = this.#named(d.name, list.flags & ts.NodeFlags.BlockScoped, into);
    return this.#f.createVariableDeclarationList([this.#f.createVariableDeclaration(name)], ts.NodeFlags.Const);
  }

  /** A loop's condition belongs to the loop's statement each time it is tested. */
  #retest(s: ts.Statement, condition: ts.Expression): ts.Expression {
    const test = this.#expr(condition);
    if (!this.#framed || condition.kind === ts.SyntaxKind.TrueKeyword) return test;
    const site = this.#hooks.site(this.#function, condition, ts.isDoStatement(s));
    return this.#f.createParenthesizedExpression(this.#f.createCommaListExpression([this.#hooks.call('s', this.#hooks.ref(site)), test]));
  }

  #expr(e: ts.Expression): ts.Expression { return this.#accesses.expr(e); }
  #mark(s: ts.Statement | ts.CaseOrDefaultClause): ts.Statement { return this.#hooks.mark(s, this.#function, this.#framed); }
}
