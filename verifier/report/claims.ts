// SPDX-License-Identifier: GPL-2.0-only
// Claims with their verdicts: the ledger in a table of a line each, one claim with all that was seen,
// and JSON (DESIGN.md, JSON). What nothing looked at stands apart and is counted apart.

import type { ClaimKind, Verdict } from '../claims/claim.ts';
import type { Judged } from '../claims/decide.ts';
import type { Mail } from '../claims/ledger/again.ts';
import { columns, counted, listed, wrap } from './layout.ts';

export interface ClaimsReport {
  readonly judged: readonly Judged[];
  /** Where the same was said once more. */
  readonly again: (id: string) => readonly Mail[];
  readonly kernel: string;
  readonly limits: readonly string[];
}

const WIDE = 110;
const NARROW = 60;
const VERDICTS: readonly Verdict[] = ['confirmed', 'refuted', 'not-reproduced', 'not-decidable'];

export function claimsText(report: ClaimsReport, terminal: number | null = null): string {
  const width = room(terminal);
  const { judged } = report;
  const apart = (looked: Judged['looked']): readonly Judged[] => judged.filter((one) => one.looked === looked);
  const seen = judged.filter((one) => one.looked === 'yes' || one.looked === 'undecidable');
  const [blind, unchecked] = [apart('cannot-look'), apart('no-check')];
  return `${[
    `kpv claims (a model of Linux ${report.kernel})`,
    ...(seen.length === 0 ? [] : ['', ...table(seen, width)]),
    ...(blind.length === 0 ? [] : ['', ...wrap(`The check of ${counted(blind.length, 'claim')} cannot look in this build`, width), ...table(blind, width)]),
    ...(unchecked.length === 0 ? [] : ['', ...wrap(`${counted(unchecked.length, 'claim')} without a check in this build: nothing was looked at`, width), ...heads(unchecked)]),
    '', ...wrap(countsText(judged), width),
    '', ...limitsText(report, width),
  ].join('\n')}\n`;
}

/** Each of them at length. */
export function claimsStory(report: ClaimsReport, terminal: number | null = null): string {
  const width = room(terminal);
  return `${[...report.judged.flatMap((one) => [...storyOf(one, report, width), '']), ...limitsText(report, width)].join('\n')}\n`;
}

export function claimsJson(judged: readonly Judged[]): string {
  const claims = judged.map(({ claim: c, decision: d }) => ({
    id: c.id, author: c.author, date: c.date, messageId: c.messageId, statement: c.statement,
    verdict: d.verdict, condition: d.condition, evidence: d.evidence, command: d.command,
  }));
  return `${JSON.stringify({ schema: 'kpv.claims/1', claims }, null, 1)}\n`;
}

function room(terminal: number | null): number { return Math.max(NARROW, Math.min(WIDE, terminal ?? WIDE)); }

/** The line of each, with what decides it and what shows it below. */
function table(judged: readonly Judged[], width: number): readonly string[] {
  const lines = heads(judged);
  return judged.flatMap(({ decision: { condition, evidence, command } }, i) => {
    const line = lines[i] ?? '';
    const on = condition === null ? '' : `on condition: ${condition}`;
    const whole = `${line}  ${on}`.trimEnd();
    return [
      ...(whole.length <= width ? [whole] : [line, ...wrap(on, width, BELOW)]),
      ...wrap(evidence, width, BELOW), ...(command === 'none' ? [] : [`${BELOW}${command}`]),
    ];
  });
}
const BELOW = ' '.repeat(8);

function heads(judged: readonly Judged[]): readonly string[] {
  return columns(judged.map(({ claim, decision }) => [claim.id, decision.verdict, claim.author, claim.date]));
}

/** `3 claims: 1 confirmed, 0 refuted, ...` The verdicts count what was looked at. */
function countsText(judged: readonly Judged[]): string {
  const looked = judged.filter((one) => one.looked === 'yes' || one.looked === 'undecidable');
  const by = VERDICTS.map((verdict) => `${looked.filter((one) => one.decision.verdict === verdict).length} ${verdict}`);
  const unseen = [
    [judged.filter((one) => one.looked === 'no-check').length, 'without a check in this build'], [judged.filter((one) => one.looked === 'cannot-look').length, 'whose check cannot look'],
  ].flatMap(([n, what]) => (n === 0 ? [] : [`${n} ${what}`]));
  return `${counted(judged.length, 'claim')}: ${by.join(', ')}${unseen.length === 0 ? '' : `; apart from these ${unseen.join(' and ')}`}.`;
}

function storyOf({ claim, decision, looked }: Judged, { again }: ClaimsReport, width: number): readonly string[] {
  const said = [mailText({ date: claim.date, messageId: claim.messageId }, claim.where), ...again(claim.id).map((mail) => `again ${mailText(mail, null)}`)];
  const verdict = looked === 'no-check' || looked === 'cannot-look' ? `${decision.verdict}: nothing was looked at` : decision.verdict;
  return [
    `${claim.id}  ${claim.author}`,
    ...said.map((line) => `  ${line}`), '',
    ...wrap(claim.statement, width, '  '), '',
    ...row('verdict', verdict, width), ...row('on condition', decision.condition, width), ...row('evidence', decision.evidence, width),
    ...row('decided by', listed(claim.kinds.map(kindInWords)), width), ...row('functions', claim.functions.join(', '), width),
    ...(decision.command === 'none' ? [] : [`  ${'see it'.padEnd(NAMES)}${decision.command}`]),
    ...(decision.story.length === 0 ? [] : ['', '  What was looked at', ...decision.story.flatMap((line, i) => wrap(line, width, `  ${String(i + 1).padStart(3)}  `, '       '))]),
  ];
}

/** Columns of the names of rows. */
const NAMES = 14;
const INDENT = ' '.repeat(NAMES + 2);

function row(name: string, text: string | null, width: number): readonly string[] {
  return text === null || text === '' ? [] : wrap(text, width, `  ${name.padEnd(NAMES)}`, INDENT);
}

function mailText({ date, messageId }: Mail, where: string | null): string {
  const at = messageId === null ? where : `https://lore.kernel.org/r/${messageId}/`;
  return at === null ? date : `${date}  ${at}`;
}

function kindInWords(kind: ClaimKind): string {
  switch (kind) {
    case 'run': return 'runs';
    case 'interleaving': return 'schedules of several threads';
    case 'static': return 'the text of the port';
    case 'design': return 'nothing that can be run';
  }
}

function limitsText({ limits }: ClaimsReport, width: number): readonly string[] {
  return ['What the model leaves out', ...limits.flatMap((l) => wrap(l, width, '  - ', '    '))];
}
