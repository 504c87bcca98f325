// SPDX-License-Identifier: GPL-2.0-only
// Whether a suspended generator's place and variables are all of its state. An engine also keeps what an
// expression has evaluated so far (`f(yield* a, yield* b)`), a for-of loop's iterator and a finally's completion, and these
// nobody can look at. So a thread's source is read: each `yield*` must be the first thing its statement evaluates,
// or come after && or || alone. Anything not understood counts as not plain: the answer errs on that side only.

const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`|[\p{ID_Start}$_#][\p{ID_Continue}$]*|\d[\w.]*|=>|[=!]==?|[<>]=|&&|\|\||\?\?|\?\.|\.\.\.|\+\+|--|[-+*%&|^]=|\S/guy;
const SPACE = /\s*/y;
const WORD = /^[\p{ID_Start}$_]/u;
/** Hidden state, or names that the scopes do not show. */
const REFUSED: ReadonlySet<string> = new Set(['finally', 'arguments', 'eval', 'with', 'of', 'in', 'using', 'await', 'super', '`']);
const KEYWORDS: ReadonlySet<string> = new Set(['return', 'typeof', 'case', 'do', 'else', 'void', 'delete', 'throw', 'new', 'yield', 'instanceof']);
const STATEMENT: ReadonlySet<string> = new Set([';', '{', '}', 'else', 'do']);
const DECLARE: ReadonlySet<string> = new Set(['const', 'let', 'var']);

export function plainYields(source: string): boolean {
  const tokens = tokensOf(source);
  if (tokens === null || tokens.some((token, i) => isRefused(token, tokens[i - 1] ?? '')) || !plainParameters(tokens)) return false;
  return tokens.every((token, i) => token !== 'yield' || (tokens[i + 1] === '*' && evaluatedFirst(tokens, i - 1)));
}

/** A slash is taken for division only behind what cannot be followed by a regular expression. */
function isRefused(token: string, before: string): boolean {
  if (token === '/') return !(/^\d/.test(before) || before === ']' || (WORD.test(before) && !KEYWORDS.has(before)));
  return REFUSED.has(token) || (token.startsWith('`') && token.includes('yield'));
}

function tokensOf(source: string): string[] | null {
  const tokens: string[] = [];
  for (let at = 0; ;) {
    SPACE.lastIndex = at;
    SPACE.exec(source);
    at = SPACE.lastIndex;
    if (at >= source.length) return tokens;
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(source)?.[0];
    if (token === undefined) return null;
    at += token.length;
    if (!token.startsWith('//') && !token.startsWith('/*')) tokens.push(token);
  }
}

/** `function* name(a, b) {`, without defaults and patterns: those have scopes of their own. */
function plainParameters(tokens: readonly string[]): boolean {
  const open = tokens.indexOf('('), close = tokens.indexOf(')');
  if (open < 0 || tokens[close + 1] !== '{') return false;
  return tokens.slice(open + 1, close).every((token) => token === ',' || WORD.test(token));
}

/** Walks back from before a yield to the start of its statement. */
function evaluatedFirst(tokens: readonly string[], from: number): boolean {
  for (let i = from; i >= 0; i--) {
    const token = tokens[i]!;
    if (token === '(' || token === '!') continue;
    if (STATEMENT.has(token) || token === 'return' || token === 'if' || token === 'while' || token === 'switch') return true;
    // A call is not followed by yield: this closes an if, a while or a for.
    if (token === ')') return tokens[from] === ')';
    if (token === '=') return assignedFirst(tokens, i - 1);
    if (token !== '&&' && token !== '||') return false;
    i = leftOf(tokens, i - 1);
    if (i < 0) return false;
    if (tokens[i] === '(') continue;
    return tokens[i] === 'return' || (tokens[i] === '=' && assignedFirst(tokens, i - 1));
  }
  return false;
}

/** Back over the left side of && or ||, whose value is gone: to the `(`, `=` or `return` before it, or -1. */
function leftOf(tokens: readonly string[], from: number): number {
  for (let i = from, depth = 0; i >= 0; i--) {
    const token = tokens[i]!;
    if (token === ')' || token === ']') depth++;
    else if ((token === '(' || token === '[') && depth > 0) depth--;
    else if (depth > 0) continue;
    else if (token === '(' || token === '=' || token === 'return') return i;
    else if (['[', '{', '}', ';', ',', '?', ':', '=>', '??', '+=', '-='].includes(token)) return -1;
  }
  return -1;
}

/** A target that is a declaration, or a path of names that the variables show. */
function assignedFirst(tokens: readonly string[], from: number): boolean {
  let i = from;
  while (i >= 0 && !STATEMENT.has(tokens[i]!) && !DECLARE.has(tokens[i]!) && tokens[i] !== ')') {
    if (!/^[.[\]]$/.test(tokens[i]!) && !WORD.test(tokens[i]!) && !/^\d+$/.test(tokens[i]!)) return false;
    i--;
  }
  // `f().a =` would hold what f gave.
  return i >= 0 && WORD.test(tokens[i + 1] ?? '');
}
