// SPDX-License-Identifier: GPL-2.0-only
// The body of a reply: what was noticed, the worst three, the table, the limits, how to see it
// again. A maintainer reads the first screen; whatever does not fit there is counted.

import type { PatchModule } from '../transform/index.ts';
import { beforeAfter, curedBy, isNews, messageParts, outcomeChange, preemptionWords, ruleNameOf, worstFirst } from './findings.ts';
import { clipped, counted, framed, listed, plainSigns, wrap as wrapWords } from './layout.ts';
import { interleavingLines, isFolded } from './interleaving.ts';
import { attribution, patchLabel } from './mail-headers.ts';
import { hunkAbout } from './mail-hunk.ts';
import { groupTerms } from './outcomes.ts';
import { PLAIN_PAINT } from './paint.ts';
import { QUESTIONS } from './questions.ts';
import type { Finding, PatchReview, Review, Step } from './review.ts';
import { cycleWords } from './text-finding.ts';
import { scenarioInWords } from './words.ts';

const wrap = (text: string, width = 72, first = '', rest = first): string[] => wrapWords(plainSigns(text), width, first, rest);

const WORST = 3;
const STORY = 8;
const ROWS = 12;
/** Columns of an interleaving: two levels of quotes fit. */
const LANES = 74;
const TERMS = 6;

/** Everything between the headers and the tags. */
/** A patch as it was posted: its data, and the lines of its mail that a finding is about, where the mail is at hand. */
export interface Posted { readonly module: PatchModule; readonly quote: ((f: Finding) => readonly string[] | null) | null }

export function mailBody(review: Review, p: PatchReview, posted: Posted): string[] {
  const { module } = posted;
  const { meta } = module;
  const told = worstFirst(p.findings).filter((f) => f.state !== 'same');
  const worst = told.filter(isNews).slice(0, WORST);
  const out = [attribution(meta), ...(posted.quote === null ? wrap('[The text of the mail is not at hand here, so nothing of it is quoted.]') : []), '', ...opening(review, p, told, worst.length)];
  const shown = new Set<string>();
  // One story is told: of an interleaving where there is one, for nobody sees that from the code alone.
  const telling = worst.find((f) => f.layer === 'interleaving') ?? worst[0];
  for (const [i, f] of worst.entries()) out.push('', ...findingBody(f, i, p, posted, shown, curedBy(f, p, review), f === telling));
  if (worst.length === 0) out.push(...goneBody(told));
  if (p.scenarios.length > 0 || told.length > 0) out.push('', ...deltaTable(p, module, told));
  const terms = groupTerms(p);
  if (terms.length > 0) {
    out.push('', ...wrap(`What a user sees differs in ${counted(p.scenarios.filter((s) => s.added.length + s.removed.length > 0).length, 'scenario')} of ${p.scenarios.length}. Most often:`), '');
    out.push(...terms.slice(0, TERMS).map((t) => `    ${String(t.scenarios).padStart(4)} x  ${clipped(t.text, 58)}`));
  }
  if (p.unreached.length > 0) {
    out.push('', ...wrap(`No scenario reached ${p.unreached.length === 1 ? 'this statement' : `these ${p.unreached.length} statements`} of the patch (in kpv's port), so nothing is said about ${p.unreached.length === 1 ? 'it' : 'them'}:`), '');
    out.push(...p.unreached.slice(0, ROWS).map((u) => `    ${u.file} ${u.line}  ${clipped(u.text, 50)}`));
    if (p.unreached.length > ROWS) out.push(`    and ${p.unreached.length - ROWS} more`);
  }
  if (p.apply.status !== 'outside-port') out.push('', ...limitsBody(review));
  return out;
}

function opening(review: Review, p: PatchReview, told: readonly Finding[], shown: number): string[] {
  if (p.apply.status === 'conflict') return conflictBody(review, p);
  if (p.apply.status === 'outside-port') return outsideBody(review, p);
  const news = told.filter(isNews).length;
  const fixed = told.filter((f) => f.state === 'fixed').length;
  const parts: string[] = [];
  if (news > 0) parts.push(`${counted(news, 'finding')} that ${news === 1 ? 'is' : 'are'} new with this patch`);
  if (fixed > 0) parts.push(`${counted(fixed, 'finding')} that ${fixed === 1 ? 'is' : 'are'} gone with ${news > 0 ? 'it' : 'this patch'}`);
  const changed = p.scenarios.filter((s) => s.added.length + s.removed.length > 0).length;
  if (parts.length === 0) parts.push(`that ${counted(changed, 'scenario')} of ${p.scenarios.length} end otherwise with this patch`);
  const rest = news - shown;
  const which = shown === 0 ? '' : rest === 0
    ? ` ${shown === 1 ? 'It follows.' : 'They follow, the worst first.'}`
    : ` The ${shown} that look worst follow; the other ${rest} ${rest === 1 ? 'is' : 'are'} only counted.`;
  return wrap(`kpv noticed ${listed(parts)}, in a model of Linux ${review.kernel}.${which}`);
}

function outsideBody(review: Review, p: PatchReview): string[] {
  return [
    ...wrap(`kpv has nothing to say about what this patch does: its model of Linux ${review.kernel} has no part of what the patch touches. So nothing was run.`), '',
    ...p.apply.notModelled.flatMap((what) => wrap(what, 72, '  - ', '    ')),
  ];
}

function conflictBody(review: Review, p: PatchReview): string[] {
  const out = wrap(`kpv could not place this patch on ${review.base} (a port of Linux ${review.kernel}): ${p.reason}`);
  for (const c of p.apply.conflicts) {
    out.push('', ...wrap(`${c.rule}: in kpv's port of ${c.place.file.replace(/\.ts$/, '.c')} it looks for`), '', `    ${clipped(c.anchor, 66)}`);
    if (c.nearest !== null) out.push('', ...wrap('and the nearest that is there is'), '', `    ${clipped(c.nearest, 66)}`);
    if (c.changedBy !== null) out.push('', ...wrap(`which ${c.changedBy} has changed.`));
  }
  return [...out, '', 'Which tree is this patch meant for?'];
}

/** What a patch that breaks nothing puts right: a sentence each. */
function goneBody(told: readonly Finding[]): string[] {
  const gone = told.filter((f) => f.state === 'fixed');
  const out = gone.slice(0, WORST).flatMap((f) => {
    const { what, before } = messageParts(f);
    return ['', ...wrap(`${f.code} ${f.rule} in ${f.function}() (${f.c.file}): ${what}. It was seen${before === null ? '' : ` ${before}`} before the patch.`)];
  });
  return gone.length > WORST ? [...out, '', `${gone.length - WORST} more stand in the table.`] : out;
}

function findingBody(f: Finding, index: number, p: PatchReview, { module, quote }: Posted, shown: Set<string>, cured: string | null, telling: boolean): string[] {
  const { before, after } = beforeAfter(f, p);
  const change = outcomeChange(f, p);
  const brief = (text: string): string => text.replace(/; (the run below ends with|[^;]* of the scenario below end in) .*$/s, '');
  const out = wrap(`${index + 1}. ${f.code} ${f.rule} in ${f.function}() (${f.c.file}): ${messageParts(f).what}.`, 72, '', '   ');
  const said = quote?.(f) ?? null;
  const hunk = said === null ? hunkAbout(f, module) : null;
  if (said !== null) {
    const key = said.join('\n');
    if (shown.has(key)) out.push('', ...wrap('It comes from the same lines as above.'));
    else out.push('', ...said.map((line) => `> ${line}`.trimEnd()));
    shown.add(key);
  }
  if (hunk !== null) {
    const key = hunk.lines.join('\n');
    if (shown.has(key)) out.push('', ...wrap('It comes from the same lines as above.'));
    else out.push('', ...wrap(`It comes from these lines, as kpv's port of ${hunk.file.replace(/\.ts$/, '.c')} has them (the port's, not the kernel's):`), '', ...hunk.lines);
    shown.add(key);
  }
  out.push('', ...wrap(`Before the patch: ${brief(before)}. After it: ${brief(after)}.`));
  if (cured !== null) out.push(...wrap(`It goes with ${cured}, later in this series.`));
  if (f.layer === 'run' && f.config !== null && f.config !== 'default') out.push(...wrap(`The configuration is ${f.config}.`));
  if (f.scenario !== null) {
    const { takes } = messageParts(f);
    out.push(...wrap(`The plainest run that shows it: ${scenarioInWords(f.scenario)}.`));
    if (f.layer === 'interleaving') out.push(...wrap(`It takes ${preemptionWords(f)}${takes === null ? '' : `, and ${takes}`}.`));
    else if (takes !== null) out.push(...wrap(`It takes ${takes}; the order of whole calls is enough.`));
    if (change !== null) out.push('', ...change.split(', ').map((c) => `    ${c}`));
  }
  if (telling) out.push(...(f.layer === 'interleaving' ? lanes(f) : story(f)));
  const name = ruleNameOf(f);
  if (name !== null) out.push('', ...wrap(QUESTIONS[name]));
  if (f.replay !== null) out.push('', 'To see it again:', '', ...replayLines(f.replay));
  return out;
}

/** Who goes on when, in the columns that a quoted mail has. */
function lanes(f: Finding): string[] {
  // Round and round is told as the loop that it is.
  if (f.witness.length === 0 || f.cycle !== null) return story(f);
  const rows = interleavingLines(f, { width: LANES, all: false, paint: PLAIN_PAINT });
  const rest = isFolded(f) ? ' Of the steps that matter less only the number is given.' : '';
  return ['', ...wrap(`The interleaving, as the port runs it (${counted(f.steps, 'step')}).${rest}`), '', ...rows];
}

/** The last steps before it, or the loop that it is. */
function story(f: Finding): string[] {
  const cycle = f.cycle !== null && f.rule !== 'bug-on' ? f.cycle : null;
  const steps = cycle === null ? f.witness : cycle.loop;
  if (steps.length === 0) return [];
  const last = steps.slice(-STORY);
  const title = cycle !== null
    ? `It goes round like this (${cycleWords(cycle)}):`
    : `The ${last.length === steps.length ? '' : `last ${last.length} of `}${counted(steps.length, 'step')} up to it (${counted(f.preemptions, 'preemption')}), as the port runs them:`;
  return ['', ...wrap(title), '', ...last.flatMap(storyStep)];
}

function storyStep(s: Step): string[] {
  const inKernel = s.function !== '';
  const head = `${String(s.n).padStart(4)}  CPU${s.cpu} ${s.thread}  ${inKernel ? `${s.function}()` : '(user code)'}`;
  return [head, ...(inKernel ? [`        ${clipped(s.text, 64)}`] : []), ...s.values.slice(0, 3).map((v) => `          ${clipped(v, 62)}`)];
}

function deltaTable(p: PatchReview, { meta }: PatchModule, told: readonly Finding[]): string[] {
  const rows: string[][] = [['', meta.number > 1 ? patchLabel(meta, meta.number - 1) : 'base', patchLabel(meta)]];
  const each = (label: string, value: (side: 'before' | 'after') => string | number): void => { rows.push([label, String(value('before')), String(value('after'))]); };
  each('scenarios run', (side) => p.scenarios.filter((s) => s[side].status !== 'unsupported').length);
  each('of these cut short', (side) => p.scenarios.filter((s) => s[side].status === 'cut').length);
  each('executions', (side) => p.scenarios.reduce((n, s) => n + (s[side].executions ?? 0), 0));
  if (p.scenarios.some((s) => s.before.states !== null || s.after.states !== null)) each('states', (side) => p.scenarios.reduce((n, s) => n + (s[side].states ?? 0), 0));
  for (const f of told.slice(0, ROWS)) {
    const parts = messageParts(f);
    const count = f.layer === 'types' || f.layer === 'static' ? holds : numberIn;
    const runs = { before: count(parts.before, f.state === 'fixed'), after: count(parts.after, f.state !== 'fixed') };
    each(`${f.code}:${f.rule}:${f.function}`, (side) => runs[side]);
  }
  const same = p.findings.filter((f) => f.state === 'same').length;
  if (told.length > ROWS) each(`${told.length - ROWS} more`, () => '');
  if (same > 0) each('findings on both sides', () => same);
  const laws = lawRows(p);
  for (const [label, before, after] of laws) rows.push([label, before, after]);
  const note = laws.length > 0 ? wrap("Runs that show it, by finding; then what pinning n device pages costs (the driver is a small model of kpv's, not one of the kernel's):") : wrap('Runs that show it, by finding:');
  return [...(told.length + laws.length > 0 ? [...note, ''] : []), ...framed(rows)];
}

/** Costs whose law differs between the sides. */
function lawRows(p: PatchReview): (readonly [string, string, string])[] {
  return p.costs.filter((c) => c.side === 'after').flatMap((after) => {
    const before = p.costs.find((c) => c.side === 'before' && c.name === after.name && c.per === after.per);
    const [a, b] = [before?.law ?? 'no law', after.law ?? 'no law'];
    const when = after.per.split(', ').slice(1).join(', ');
    return a === b ? [] : [[`${after.name}${when === '' ? '' : `, ${when}`}`, a, b] as const];
  });
}

/** A check without runs objects or does not: there is nothing to count. */
function holds(_words: string | null, seen: boolean): string { return seen ? 'yes' : 'no'; }

/** `in 199 runs` is 199; without a count, 1 where it is seen. */
function numberIn(words: string | null, seen: boolean): number {
  if (words === null) return seen ? 1 : 0;
  return Number(/\d+/.exec(words)?.[0] ?? 0);
}

function limitsBody(review: Review): string[] {
  const searched = review.complete ? 'No run was cut short by a bound.' : 'The search was cut short: what was not found may still be there.';
  return wrap(`This is a model of Linux ${review.kernel}, not the kernel. ${searched} Its limits: ${review.limits.join('; ')}.`);
}

/** A long token is broken as a shell allows it; kpv takes it back in pieces. */
export function replayLines(token: string): string[] {
  const words = `kpv replay ${token}`;
  if (words.length <= 68) return [`    ${words}`];
  const lines: string[] = [];
  let rest = words;
  let room = 66;
  while (rest.length > room) {
    lines.push(rest.slice(0, room));
    rest = rest.slice(room);
    room = 62;
  }
  lines.push(rest);
  return lines.map((line, i) => `${i === 0 ? '    ' : '        '}${line}${i + 1 < lines.length ? ' \\' : ''}`);
}
