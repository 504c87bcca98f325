// SPDX-License-Identifier: GPL-2.0-only
// One configuration of a C text: directives and the arms that are off become white space of equal
// length, so that every offset and line stays. Macro definitions are taken out on the way.

/** What a symbol of a condition is: defined or not, true or not; null when it is not known. */
export type Symbols = (name: string) => boolean | null;

export interface Macro { readonly name: string; readonly params: readonly string[] | null; readonly text: string; readonly from: number; readonly to: number }

export interface Resolved {
  readonly text: string;
  readonly macros: readonly Macro[];
  /** The symbols that were asked for and are not known, sorted: they counted as not defined. */
  readonly unknown: readonly string[];
}

interface Open { readonly outer: boolean; taken: boolean; on: boolean }

export function resolveC(text: string, symbols: Symbols): Resolved {
  const lines = text.split('\n');
  const out: string[] = [];
  const macros: Macro[] = [];
  const unknown = new Set<string>();
  const open: Open[] = [];
  let on = true;
  const holds = (condition: string): boolean => evaluate(condition, (name) => {
    const value = symbols(name);
    if (value === null && /^CONFIG_/.test(name)) unknown.add(name);
    return value ?? false;
  });
  for (let at = 0; at < lines.length; at += 1) {
    const first = at;
    const hit = /^\s*#\s*(\w+)\s*(.*)$/.exec(lines[at] ?? '');
    if (hit === null) {
      out.push(on ? lines[at] ?? '' : blank(lines[at] ?? ''));
      continue;
    }
    const [, word = '', head = ''] = hit;
    let rest = head;
    while (/\\\s*$/.test(lines[at] ?? '') && at + 1 < lines.length) {
      at += 1;
      rest = `${rest.replace(/\\\s*$/, '')}\n${lines[at] ?? ''}`;
    }
    for (let n = first; n <= at; n += 1) out.push(blank(lines[n] ?? ''));
    const condition = stripComments(rest).replace(/\s+/g, ' ').trim();
    const top = open.at(-1);
    switch (word) {
      case 'if': case 'ifdef': case 'ifndef': {
        const value = word === 'if' ? holds(condition) : holds(`defined(${condition})`) === (word === 'ifdef');
        open.push({ outer: on, taken: value, on: value });
        on &&= value;
        break;
      }
      case 'elif': case 'else':
        if (top !== undefined) {
          top.on = !top.taken && (word === 'else' || holds(condition));
          top.taken ||= top.on;
          on = top.outer && top.on;
        }
        break;
      case 'endif':
        if (top !== undefined) on = top.outer;
        open.pop();
        break;
      case 'define':
        if (on) macros.push(macroOf(rest, first + 1, at + 1));
        break;
      default: break;
    }
  }
  return { text: out.join('\n'), macros, unknown: [...unknown].sort() };
}

function macroOf(rest: string, from: number, to: number): Macro {
  const [, name = '', params, body = ''] = /^(\w+)(?:\(([^)]*)\))?([^]*)$/.exec(rest) ?? [];
  return { name, params: params === undefined ? null : params.split(',').map((one) => one.trim()), text: stripComments(body).trim(), from, to };
}

function blank(line: string): string { return line.replace(/[^\t\r]/g, ' '); }
function stripComments(text: string): string { return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*/g, ' '); }

/** A condition of #if: ||, &&, !, ( ), defined(X), IS_ENABLED(X), numbers, comparisons. */
export function evaluate(condition: string, symbol: (name: string) => boolean): boolean {
  const row = condition.match(/\w+|&&|\|\||[<>=!]=|<<|>>|\S/g) ?? [];
  let at = 0;
  const peek = (): string => row[at] ?? '';
  const take = (): string => row[at++] ?? '';
  function level(next: () => number, ops: Readonly<Record<string, (a: number, b: number) => number>>): () => number {
    return () => {
      let value = next();
      for (let op = ops[peek()]; op !== undefined; op = ops[peek()]) {
        take();
        value = op(value, next());
      }
      return value;
    };
  }
  function primary(): number {
    const word = take();
    if (word === '!') return primary() === 0 ? 1 : 0;
    if (word === '(') {
      const value = or();
      take();
      return value;
    }
    if (word === 'defined' || /^IS_(ENABLED|BUILTIN|REACHABLE)$/.test(word)) {
      const paren = peek() === '(';
      if (paren) take();
      const name = take();
      if (paren) take();
      return symbol(name) ? 1 : 0;
    }
    if (/^\d/.test(word)) return Number(word.replace(/[uUlL]+$/, '')) || 0;
    if (/^\w/.test(word)) return symbol(word) ? 1 : 0;
    return 0;
  }
  const sum = level(primary, { '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '<<': (a, b) => a << b });
  const compare = level(sum, {
    '<': (a, b) => Number(a < b), '>': (a, b) => Number(a > b), '<=': (a, b) => Number(a <= b), '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b), '!=': (a, b) => Number(a !== b),
  });
  const and = level(compare, { '&&': (a, b) => Number(a !== 0 && b !== 0) });
  const or = level(and, { '||': (a, b) => Number(a !== 0 || b !== 0) });
  return or() !== 0;
}
