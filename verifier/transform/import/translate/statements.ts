// SPDX-License-Identifier: GPL-2.0-only
// Statements: lines of TypeScript, each with the lines of C it came from.

import type { CExpr, CLines, CStmt } from '../c/ast.ts';
import { effect, expression, valueFor } from './expressions.ts';
import { endsThere, type Structure, type Structured } from './labels.ts';
import { leftOut } from './left-out.ts';
import { asExpression, type Uses } from './locals.ts';
import { loopHead } from './loops.ts';
import { notUnderstood, portName, type Scope } from './scope.ts';
import { declare, declaredByMacro, forDeclaration } from './variables.ts';
import type { Writer } from './writer.ts';

export function statements(list: readonly Structured[], scope: Scope, uses: Uses, structure: Structure, out: Writer): void {
  for (const one of list) statement(one, scope, uses, structure, out);
}

function statement(one: Structured, scope: Scope, uses: Uses, structure: Structure, out: Writer): void {
  const rest = (list: readonly CStmt[]): void => statements(structure.body(list), scope, uses, structure, out);
  const head = (of: { readonly from: number }, test: { readonly to: number } | null): CLines => ({ from: of.from, to: test?.to ?? of.from });
  switch (one.kind) {
    case 'labelled': {
      const open = { from: one.from, to: one.from };
      out.put(one.loop ? `${one.label}: for (;;) {` : `${one.label}: {`, open);
      out.depth += 1;
      if (one.loop) out.within('again', () => statements(one.body, scope, uses, structure, out));
      else statements(one.body, scope, uses, structure, out);
      if (one.loop && !endsThere(one.body.at(-1))) out.put('break;', { from: one.to, to: one.to });
      out.depth -= 1;
      out.put('}', { from: one.to, to: one.to });
      return;
    }
    case 'expression': {
      const left = leftOut(one.of, scope);
      if (left !== null) {
        scope.left.push({ what: left, line: one.from });
        return;
      }
      const made = declaredByMacro(one.of);
      if (made !== null && scope.variables.has(made.name)) {
        const of = made.macro === 'LIST_HEAD' ? /<.*>/.exec(scope.variables.get(made.name)?.type ?? '')?.[0] ?? '' : '';
        out.put(`const ${portName(made.name)} = ${made.macro}${of}(${made.args.map((arg) => expression(arg, scope).text).join(', ')});`, one);
        return;
      }
      const { text } = effect(one.of, scope);
      if (text !== '') out.put(`${text};`, one);
      return;
    }
    case 'declare': {
      if (!one.isStatic) return declare(one.variables, one, scope, uses, out);
      // The port has it beside the function, or the patch has to put it there.
      for (const v of one.variables) if (scope.port.value(v.name, scope.module) === undefined) notUnderstood(scope, 'static', v.name, one);
      return;
    }
    case 'if': {
      out.put(`if (${expression(one.test, scope).text})`, head(one, one.test));
      const braces = body(one.then, scope, uses, structure, out);
      if (one.other === null) return;
      const at = { from: one.other.from, to: one.other.from };
      if (braces) out.join(' else', at);
      else out.put('else', at);
      // `else if` stays on its line.
      if (one.other.kind === 'if') {
        const count = out.lines.length;
        statement(one.other, scope, uses, structure, out);
        mergeElse(out, count);
      } else body(one.other, scope, uses, structure, out);
      return;
    }
    case 'for': {
      const first = one.first === null ? '' : one.first.kind === 'declare' ? forDeclaration(one.first.variables, scope, uses) : effect(asExpression(one.first) ?? missing(one), scope).text;
      const test = one.test === null ? '' : expression(one.test, scope).text;
      const step = one.step === null ? '' : effect(one.step, scope).text;
      out.put(`for (${first};${test === '' ? '' : ` ${test}`};${step === '' ? '' : ` ${step}`})`, head(one, one.step ?? one.test));
      out.within('loop', () => void body(one.body, scope, uses, structure, out));
      return;
    }
    case 'each': {
      const { head: text, first } = loopHead(one, scope);
      out.put(text, head(one, one.args.at(-1) ?? null));
      if (first === null) return out.within('loop', () => void body(one.body, scope, uses, structure, out));
      out.join(' {', head(one, null));
      out.within('loop', () => {
        out.depth += 1;
        out.put(first, head(one, null));
        rest(one.body.kind === 'block' ? one.body.body : [one.body]);
        out.depth -= 1;
      });
      out.put('}', { from: one.to, to: one.to });
      return;
    }
    case 'while':
      out.put(`while (${expression(one.test, scope).text})`, head(one, one.test));
      return out.within('loop', () => void body(one.body, scope, uses, structure, out));
    case 'do': {
      out.put('do', head(one, null));
      let braces = false;
      out.within('loop', () => { braces = body(one.body, scope, uses, structure, out); });
      const tail = `while (${expression(one.test, scope).text});`;
      if (braces) out.join(` ${tail}`, one.test);
      else out.put(tail, one.test);
      return;
    }
    case 'switch': {
      const of = expression(one.of, scope);
      out.put(`switch (${of.text}) {`, head(one, one.of));
      out.within('switch', () => {
        out.depth += 1;
        for (const c of one.cases) {
          out.put(c.of === null ? 'default:' : `case ${expression(c.of, scope).text}:`, { from: c.from, to: c.from });
          out.depth += 1;
          rest(c.body);
          out.depth -= 1;
        }
        out.depth -= 1;
      });
      out.put('}', { from: one.to, to: one.to });
      return;
    }
    case 'return':
      out.put(one.of === null ? 'return;' : `return ${valueFor(one.of, scope.returns, scope).text};`, one);
      return;
    case 'goto': {
      const there = scope.known?.labels.get(one.label);
      const how = structure.how(one) ?? scope.jumps.get(one.label) ?? (there === undefined ? undefined : there === 'loop' ? 'continue' : 'break');
      if (how === undefined) notUnderstood(scope, 'goto', `goto ${one.label}: no such label here`, one);
      out.put(`${how ?? 'break'} ${one.label};`, one);
      return;
    }
    case 'break': return out.jump('break', one);
    case 'continue': return out.jump('continue', one);
    case 'block':
      out.put('{', { from: one.from, to: one.from });
      out.depth += 1;
      rest(one.body);
      out.depth -= 1;
      out.put('}', { from: one.to, to: one.to });
      return;
    case 'label': case 'empty': return;
    case 'unknown': {
      notUnderstood(scope, 'not-read', one.text, one);
      return;
    }
  }
}

const missing = (at: CLines): CExpr => ({ kind: 'unknown', text: '', from: at.from, to: at.to });

/** What a head holds; true when it has braces, so that an `else` may follow on their line. */
function body(of: CStmt, scope: Scope, uses: Uses, structure: Structure, out: Writer): boolean {
  const last = out.lines.length;
  if (of.kind === 'block') {
    out.join(' {', { from: of.from, to: of.from });
    out.depth += 1;
    statements(structure.body(of.body), scope, uses, structure, out);
    out.depth -= 1;
    out.put('}', { from: of.to, to: of.to });
    return true;
  }
  out.depth += 1;
  statement(of, scope, uses, structure, out);
  out.depth -= 1;
  // Nothing is left of it: C's `;`, or a statement the idioms leave out.
  if (out.lines.length === last) out.join(' {}', of);
  return false;
}

function mergeElse(out: Writer, count: number): void {
  const before = out.lines[count - 1];
  const head = out.lines[count];
  if (before === undefined || head === undefined) return;
  out.lines.splice(count - 1, 2, { text: `${before.text} ${head.text.trim()}`, from: before.from, to: head.to });
}
