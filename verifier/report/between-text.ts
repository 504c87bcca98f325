// SPDX-License-Identifier: GPL-2.0-only
// Two targets side by side as text, in the manner of git range-diff: patches first, then what they do.

import { countsOf, MARKS, type Delta, type FindingRow, type Mark, type PatchRow } from './between.ts';
import { messageParts, worstFirst } from './findings.ts';
import { columns, counted, wrap } from './layout.ts';
import { groupTerms } from './outcomes.ts';
import { PLAIN_PAINT, type Paint } from './paint.ts';

export interface BetweenOptions {
  readonly paint: Paint;
  /** What both sides have, too, and how to see each finding again. */
  readonly verbose: boolean;
}

/** Kinds of outcome change shown before the rest is only counted. */
const TERMS = 20;

export function deltaText(delta: Delta, { paint, verbose }: BetweenOptions = { paint: PLAIN_PAINT, verbose: false }): string {
  const { left, right, patches, findings, scenarios } = delta;
  const switches = Object.entries(delta.switches).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k}=${v}`).join(', ');
  const out = [
    paint.bold(`kpv delta ${left} ${right}`) + ` (Linux ${delta.kernel}, on ${delta.base}${switches === '' ? '' : `, switches ${switches}`})`,
    `  = on both alike, ! on both but not alike, < in ${left} only, > in ${right} only`,
  ];
  if (!delta.complete) out.push('', paint.yellow(paint.bold('The search was cut short:')) + ' what is not found here may still be there.');
  if (patches.length > 0) out.push('', paint.bold(`Patches (${sum(patches)})`), ...patchRows(patches, paint));
  out.push('', paint.bold(`Findings (${sum(findings)})`), ...findingRows(findings, paint, verbose));
  out.push('', paint.bold(`Scenarios (${sum(scenarios)})`), ...scenarioRows(delta, verbose));
  out.push('', paint.bold('What the model leaves out'), ...delta.limits.flatMap((l) => wrap(l, 100, '  - ', '    ')));
  return `${out.join('\n')}\n`;
}

/** `3 =, 1 !, 0 <, 2 >` */
function sum(rows: readonly { readonly mark: Mark }[]): string {
  const counts = countsOf(rows);
  return MARKS.map((mark) => `${counts[mark]} ${mark}`).join(', ');
}

function painted(mark: Mark, paint: Paint): (s: string) => string {
  switch (mark) {
    case '=': return paint.dim;
    case '!': return paint.yellow;
    case '<': return paint.red;
    case '>': return paint.green;
  }
}

function patchRows(rows: readonly PatchRow[], paint: Paint): string[] {
  const short = (id: string | null): string => id ?? '-';
  const width = Math.max(...rows.flatMap((r) => [short(r.left).length, short(r.right).length]));
  return rows.map((r) => painted(r.mark, paint)(`  ${short(r.left).padEnd(width)} ${r.mark} ${short(r.right).padEnd(width)}  ${r.subject}`));
}

function findingRows(rows: readonly FindingRow[], paint: Paint, verbose: boolean): string[] {
  if (rows.length === 0) return ['  none on either side'];
  const order = worstFirst(rows.map((row) => row.finding));
  const sorted = rows.toSorted((a, b) => MARKS.indexOf(a.mark) - MARKS.indexOf(b.mark) || order.indexOf(a.finding) - order.indexOf(b.finding));
  const shown = sorted.filter((row) => verbose || row.mark !== '=');
  const width = Math.max(...shown.map((row) => row.finding.rule.length), 0);
  const out = shown.flatMap(({ mark, left, right, hidden, finding: f }) => [
    painted(mark, paint)(`  ${mark} ${f.code} ${f.rule.padEnd(width)}  ${f.function}: ${messageParts(f).what}`),
    `      ${f.layer === 'types' ? 'a check without runs' : `${counted(left, 'run')} on the left, ${right} on the right`}${f.scenario === null ? '' : `; ${f.scenario}`}`,
    ...(hidden === null ? [] : [`      ${hidden}`]),
    ...(verbose && f.replay !== null ? [`      kpv replay ${f.replay}`] : []),
  ]);
  const same = sorted.length - shown.length;
  return same === 0 ? out : [...out, `  = ${counted(same, 'finding')} on both; -v tells them`];
}

function scenarioRows(delta: Delta, verbose: boolean): string[] {
  const { scenarios, left, right } = delta;
  const counts = countsOf(scenarios);
  const only = (n: number, where: string): string[] => (n === 0 ? [] : [`  ${counted(n, 'scenario')} can run in ${where} only`]);
  const groups = groupTerms({ scenarios });
  const shown = verbose ? groups : groups.slice(0, TERMS);
  const out = [
    `  ${counted(counts['='], 'scenario')} of ${scenarios.length} end alike, ${counts['!']} do not`, ...only(counts['<'], left), ...only(counts['>'], right),
    ...(shown.length === 0 ? [] : columns([['scenarios', `${left} -> ${right}`, 'for example'], ...shown.map((t) => [String(t.scenarios), t.text, t.example])], ['right'])),
  ];
  return groups.length === shown.length ? out : [...out, `  and ${counted(groups.length - shown.length, 'more kind')} of change; -v shows them`];
}
