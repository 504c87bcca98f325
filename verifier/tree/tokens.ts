// SPDX-License-Identifier: GPL-2.0-only
// Port text as a row of tokens. Hunks are matched on tokens, so that neither line breaks nor
// indentation nor comments decide whether an anchor is found; everything else has to be equal
// (fuzz 0). Config directives are tokens as well: an arm's border is part of the context.

import { ts } from './ts.ts';

export interface Token {
  readonly text: string;
  readonly pos: number;
  readonly end: number;
  readonly directive: boolean;
}

const K = ts.SyntaxKind;

/** After these a slash divides; after anything else it opens a regular expression. */
const ENDS_OPERAND: ReadonlySet<ts.SyntaxKind> = new Set([
  K.Identifier, K.NumericLiteral, K.BigIntLiteral, K.StringLiteral, K.NoSubstitutionTemplateLiteral, K.TemplateTail,
  K.CloseParenToken, K.CloseBracketToken, K.CloseBraceToken, K.ThisKeyword, K.NullKeyword, K.TrueKeyword, K.FalseKeyword,
]);

export function tokens(text: string): readonly Token[] {
  const scanner = ts.createScanner(ts.ScriptTarget.ES2023, false, ts.LanguageVariant.Standard, text);
  const out: Token[] = [];
  const templates: number[] = []; // open braces inside each open template
  let last: ts.SyntaxKind = K.Unknown;
  for (let kind = scanner.scan(); kind !== K.EndOfFileToken; kind = scanner.scan()) {
    if (kind === K.WhitespaceTrivia || kind === K.NewLineTrivia || kind === K.MultiLineCommentTrivia || kind === K.ShebangTrivia) continue;
    if (kind === K.SingleLineCommentTrivia) {
      const comment = scanner.getTokenText().trimEnd();
      if (/^\/\/#(if|else|endif)\b/.test(comment)) {
        out.push({ text: comment.replace(/\s+/g, ' '), pos: scanner.getTokenStart(), end: scanner.getTokenEnd(), directive: true });
      }
      continue;
    }
    if ((kind === K.SlashToken || kind === K.SlashEqualsToken) && !ENDS_OPERAND.has(last)) kind = scanner.reScanSlashToken();
    if (kind === K.TemplateHead) templates.push(0);
    else if (kind === K.OpenBraceToken && templates.length > 0) templates.push((templates.pop() ?? 0) + 1);
    else if (kind === K.CloseBraceToken && templates.length > 0) {
      const depth = templates.pop() ?? 0;
      if (depth > 0) templates.push(depth - 1);
      else if ((kind = scanner.reScanTemplateToken(false)) !== K.TemplateTail) templates.push(0);
    }
    out.push({ text: scanner.getTokenText(), pos: scanner.getTokenStart(), end: scanner.getTokenEnd(), directive: false });
    last = kind;
  }
  return out;
}

/** The tokens that count for equality: without the commas that only formatting wants. */
export function withoutTrailingCommas<T extends { readonly text: string }>(row: readonly T[]): readonly T[] {
  return row.filter((token, index) => token.text !== ',' || !/^[)\]}]$/.test(row[index + 1]?.text ?? ''));
}

/** One spelling for a piece of code: no comments, one blank where there was white space,
 *  none inside brackets, no trailing commas. */
export function normalise(text: string): string {
  const row = withoutTrailingCommas(tokens(text));
  let out = '';
  let end = 0;
  for (const [index, token] of row.entries()) {
    const before = row[index - 1]?.text ?? '';
    const gap = index > 0 && (token.pos > end || before === ',');
    const tight = /^[([.!~]$/.test(before) || before === '...' || /^[)\],;.]$/.test(token.text);
    out += (gap && !tight ? ' ' : '') + token.text;
    end = token.end;
  }
  return out;
}

/** How many braces a piece of code leaves open; negative where it closes what it did not open. */
export function openBraces(text: string): number {
  return tokens(text).reduce((n, token) => n + (token.text === '{' ? 1 : token.text === '}' ? -1 : 0), 0);
}

/** Where each line of a text begins; lines count from 1. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

export function lineOf(starts: readonly number[], pos: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if ((starts[mid] ?? 0) <= pos) low = mid;
    else high = mid - 1;
  }
  return low + 1;
}
