// SPDX-License-Identifier: GPL-2.0-only
// The review as text for a terminal or a file. What matters most stands first: the verdict, then
// findings worst first, then what changed for users, what it costs, and what nobody looked at.

import { groupChanges, groupTerms } from './outcomes.ts';
import { curedBy, isError, messageParts, placeText, searchedWords, worstFirst } from './findings.ts';
import { orderDifferences, type OrderDifference } from './orders.ts';
import { columns, counted, wrap } from './layout.ts';
import { PLAIN_PAINT, type Paint } from './paint.ts';
import type { Apply, Cost, Finding, PatchReview, Review, ScenarioResult, Side, Verdict } from './review.ts';
import { findingText } from './text-finding.ts';
import { pagesInWords } from './words.ts';

export interface TextOptions {
  readonly paint: Paint;
  /** Whole witnesses and every group of outcome changes. */
  readonly verbose: boolean;
  /** What of the suite's space a patch's scenarios cover, in words; null when it is not known. */
  readonly coverage: (patch: PatchReview) => string | null;
  /** Columns of the terminal; null where there is none. */
  readonly width: number | null;
}
const DEFAULTS: TextOptions = { paint: PLAIN_PAINT, verbose: false, coverage: () => null, width: null };
/** Columns where nobody says how many there are; a narrow terminal is not gone below. */
const WIDE = 110;
const NARROW = 60;

/** Columns that may be filled. */
function room(terminal: number | null): number { return Math.max(NARROW, Math.min(WIDE, terminal ?? WIDE)); }

/** Kinds of outcome change shown before the rest is only counted. */
const TERMS = 20;
/** Differences by order shown before the rest is only counted. */
const ORDERS = 8;
/** The points of a cost that are shown; the law is fitted over all. */
const POINTS: readonly number[] = [1, 2, 4, 8, 16];

export function textReport(review: Review, options: Partial<TextOptions> = {}): string {
  const all: TextOptions = { ...DEFAULTS, ...options };
  const { paint } = all;
  const switches = Object.entries(review.switches).sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => `${k}=${v}`).join(', ');
  const on = [`on ${review.base}`, ...(switches === '' ? [] : [`switches ${switches}`])].join(', ');
  const out = [paint.bold(`kpv review of ${review.target}`) + ` (Linux ${review.kernel}, ${on})`];
  if (!review.complete) {
    out.push('', paint.yellow(paint.bold('The search was cut short:')) + ' what is not found here may still be there.');
  }
  if (review.patches.length > 1) out.push('', ...seriesText(review, paint));
  const first = review.patches.find((p) => p.findings.some((f) => f.scenario !== null && (f.state !== 'same' || all.verbose)));
  for (const patch of review.patches) out.push('', ...patchText(patch, review, all, patch === first));
  out.push('', paint.bold('What the model leaves out'), ...review.limits.flatMap((l) => wrap(l, 100, '  - ', '    ')));
  return `${out.join('\n')}\n`;
}

/** A line for each patch, before each is told at length. */
function seriesText({ patches }: Review, paint: Paint): string[] {
  const width = Math.max(...patches.map((p) => p.id.length));
  const verdicts = Math.max(...patches.map((p) => p.verdict.length));
  return [
    paint.bold(`Patch by patch (${patches.length})`),
    ...patches.map((p) => `  ${p.id.padEnd(width)}  ${verdictPaint(p.verdict, paint)(p.verdict.padEnd(verdicts))}  ${p.reason}`),
  ];
}

function patchText(p: PatchReview, review: Review, { paint, verbose, coverage, width }: TextOptions, reading: boolean): string[] {
  const findings = worstFirst(p.findings);
  const told = findings.filter((f) => f.state !== 'same');
  const same = findings.filter((f) => f.state === 'same');
  const out = [
    paint.bold(`${p.id}  ${p.subject}`),
    `  verdict   ${verdictPaint(p.verdict, paint)(paint.bold(p.verdict))}: ${p.reason}${review.complete || p.apply.status !== 'applied' ? '' : ' (so far)'}`,
    ...applyText(p.apply),
    ...(p.messageId === '' ? [] : [`  mail      https://lore.kernel.org/r/${p.messageId}/`]),
    ...suiteText(p.scenarios, coverage(p)),
  ];
  if (told.length > 3) out.push('', ...glanceText(told, paint, width));
  if (reading) out.push('', paint.bold('How to read a run'), ...READING);
  for (const f of told) out.push('', ...findingText(f, p, paint, verbose, curedBy(f, p, review), room(width)));
  out.push(...outcomesText(p, paint, verbose), ...ordersText(p, paint, verbose), ...costsText(p.costs, paint), ...unreachedText(p, paint));
  if (same.length > 0) {
    out.push('', paint.bold(`There before, still there (${same.length})`));
    if (verbose) for (const f of same) out.push('', ...findingText(f, p, paint, verbose, null, room(width)));
    else {
      out.push(...same.map((f) => `  ${f.code} ${f.rule}: ${messageParts(f).what} (${placeText(f.file, f.line, null)}, ${f.function})`));
      out.push('  -v tells each at length, with a run that shows it.');
    }
  }
  const news = told.filter(isError).length;
  if (told.length > 0) {
    const fixed = told.filter((f) => f.state === 'fixed').length;
    out.push('', `${p.id}: ${counted(news, 'finding')} to look at, ${fixed} fixed, ${same.length} as before.`);
  }
  return out;
}

const COMES_TO: Readonly<Record<string, string>> = {
  all: 'all are pinned', part: 'only some are pinned', none: 'none is pinned', more: 'more are said to be pinned than there are', never: 'the pin never returns',
};

/** What the pin comes to, and the orders in which it does. */
function orderText(d: OrderDifference): string[] {
  const by = new Map<string, string[]>();
  for (const { mix, comesTo } of d.orders) by.set(comesTo, [...by.get(comesTo) ?? [], pagesInWords(mix)]);
  return [
    `  ${d.isNew ? 'new' : 'also before'}: ${d.orders[0]?.scenario ?? ''}`,
    ...[...by].flatMap(([what, orders]) => wrap(`${COMES_TO[what] ?? what}: ${orders.join(' | ')}`, WIDE, '       ', '         ')),
  ];
}

/** Where the order of the same pages decides what a pin comes to. */
function ordersText(p: PatchReview, paint: Paint, verbose: boolean): string[] {
  const all = orderDifferences(p);
  if (all.length === 0) return [];
  const fresh = all.filter((d) => d.isNew);
  const shown = verbose ? all : fresh.slice(0, ORDERS);
  return [
    '', paint.bold(`Order of the same pages decides what the pin comes to (${all.length}; ${fresh.length} with this patch only)`),
    ...shown.flatMap(orderText),
    ...(shown.length < all.length && !verbose ? [`  -v shows ${fresh.length > shown.length ? 'the rest' : 'those that were there before'}`] : []),
  ];
}

/** What the keys of an outcome mean, once, before the first finding that has one. */
const READING: readonly string[] = [
  '  P.pin=2        what the step named pin of thread P returned',
  '  P.load0=17     what P read from page 0',
  '  page0=device0  where page 0 is after the pin: system, device0, ...',
  '  end=never      why the run did not come to its last step: never is a loop without end, else the rule that ended it',
  "  The model driver is kpv's own, with one policy a scenario; it is no driver of the kernel.",
];

/** A line for each finding before they are told at length. */
function glanceText(told: readonly Finding[], paint: Paint, terminal: number | null): string[] {
  const most = room(terminal);
  const width = Math.max(...told.map((f) => f.rule.length));
  return [
    paint.bold(`At a glance (${told.length})`),
    ...told.map((f) => {
      const line = `  ${f.state.padEnd(10)} ${f.code} ${f.rule.padEnd(width)}  ${f.function}: ${messageParts(f).what}`;
      return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
    }),
  ];
}

function verdictPaint(verdict: Verdict, paint: Paint): (s: string) => string {
  switch (verdict) {
    case 'conflict': case 'regression': return paint.red;
    case 'mixed': case 'behaviour-change': case 'not-exercised': return paint.yellow;
    case 'fix': case 'no-change': return paint.green;
    case 'outside-port': return paint.dim;
  }
}

function applyText(a: Apply): string[] {
  const out: string[] = [];
  switch (a.status) {
    case 'applied': {
      const types = a.typeErrors === 0 ? '' : `; ${counted(a.typeErrors, 'type error')} of its own`;
      out.push(`  applied   ${a.files.length === 0 ? 'changes no file' : a.files.map((f) => f.replace(/^kernel-port\//, '')).join(', ')}${types}`);
      break;
    }
    case 'conflict': out.push('  applied   no: it does not apply'); break;
    case 'outside-port': out.push('  applied   no: it touches only files that are not ported'); break;
  }
  for (const c of a.conflicts) {
    out.push(
      `            ${c.rule}: \`${c.anchor}\``,
      `              at ${placeText(c.place.file, c.place.line, null)}${c.place.function === '' ? '' : ` (${c.place.function})`}`,
      ...(c.nearest === null ? [] : [`              nearest is \`${c.nearest}\``]),
      ...(c.changedBy === null ? [] : [`              changed by ${c.changedBy}`]),
    );
  }
  if (a.lines !== null) {
    const { translated, commentOnly, notInPort, notUnderstood } = a.lines;
    out.push(`  lines     ${translated} translated, ${commentOnly} comments, ${notInPort} not in the port, ${notUnderstood} not understood`);
  }
  // Of a patch outside the port, known as one, the verdict has said so.
  if (a.status !== 'outside-port' || a.lines !== null) out.push(...a.notModelled.flatMap((what) => wrap(what, 100, '  not modelled: ', '    ')));
  return out;
}

function suiteText(scenarios: readonly ScenarioResult[], coverage: string | null): string[] {
  if (scenarios.length === 0) return ['  suite     no scenario was run'];
  const side = (name: 'before' | 'after'): string => {
    const of = (status: string): number => scenarios.filter((s) => s[name].status === status).length;
    const accesses = scenarios.reduce((n, s) => n + s[name].events, 0);
    const rest = [...(of('unsupported') > 0 ? [`${of('unsupported')} unsupported`] : []), ...(of('cut') > 0 ? [`${of('cut')} cut short`] : [])];
    return `${[`${of('ran')} ran to the end`, ...rest].join(', ')}; ${searchedWords(totalOf(scenarios.map((s) => s[name])))}, ${counted(accesses, 'access', 'accesses')}`;
  };
  const out = [`  suite     ${counted(scenarios.length, 'scenario')}${coverage === null ? '' : `; ${coverage}`}`, `    before  ${side('before')}`, `    after   ${side('after')}`];
  const several = scenarios.filter((s) => s.threads > 1);
  if (several.length > 0) {
    const of = (name: 'before' | 'after'): string => searchedWords(totalOf(several.map((s) => s[name])));
    const cut = several.filter((s) => s.before.status === 'cut' || s.after.status === 'cut').length;
    const whole = 'every interleaving that differs was run';
    const all = cut === 0 ? whole : cut === several.length ? 'cut short' : `${cut} cut short, in the others ${whole}`;
    out.push(...wrap(`of these, with several threads: ${several.length} (before ${of('before')}, after ${of('after')}); ${all}`, 100, '    '));
  }
  const why = new Map<string, number>();
  for (const s of scenarios) {
    for (const one of [s.before, s.after]) {
      if (one.status !== 'ran' && one.bound !== null) why.set(one.bound, (why.get(one.bound) ?? 0) + 1);
    }
  }
  const rows = [...why].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return [...out, ...rows.slice(0, 6).map(([text, n]) => `            ${n} x ${text}`)];
}

/** Executions and states of several sides; states only where some were searched by them. */
function totalOf(sides: readonly Side[]): { readonly executions: number | null; readonly states: number | null } {
  const sum = (of: readonly (number | null)[]): number | null => of.reduce((n, x) => (x === null ? n : (n ?? 0) + x), null);
  return { executions: sum(sides.map((s) => s.executions)), states: sum(sides.map((s) => s.states)) };
}

/** Term by term; whole outcomes, in their many mixtures, only when asked for. */
function outcomesText(p: PatchReview, paint: Paint, verbose: boolean): string[] {
  const groups = groupChanges(p);
  if (groups.length === 0) return [];
  const all = groups.reduce((n, g) => n + g.scenarios.length, 0);
  const rows = verbose ? groups.map((g) => [String(g.scenarios.length), g.text, g.scenarios[0] ?? '']) : groupTerms(p).map((t) => [String(t.scenarios), t.text, t.example]);
  const shown = verbose ? rows : rows.slice(0, TERMS);
  const out = [
    '', paint.bold(`What a user sees change: ${counted(all, 'scenario')} of ${p.scenarios.length} end otherwise`),
    ...columns([['scenarios', 'before -> after', 'for example'], ...shown], ['right']),
  ];
  const rest = rows.length - shown.length;
  if (rest > 0) out.push(`  and ${counted(rest, 'more kind')} of change`);
  if (!verbose) out.push(`  A scenario counts in each row that holds for it; -v shows the ${counted(groups.length, 'mixture')}.`);
  return out;
}

function costsText(costs: readonly Cost[], paint: Paint): string[] {
  if (costs.length === 0) return [];
  const per = [...new Set(costs.map((c) => c.per))];
  return per.flatMap((unit) => {
    const some = costs.filter((c) => c.per === unit);
    const all = [...new Set(some.flatMap((c) => c.points.map(([n]) => n)))].sort((a, b) => a - b);
    const ns = all.some((n) => POINTS.includes(n)) ? all.filter((n) => POINTS.includes(n)) : all;
    const rows = some.map((c) => [c.name, c.side, ...ns.map((n) => String(c.points.find(([m]) => m === n)?.[1] ?? '-')), c.law ?? 'no simple law']);
    return [
      '', paint.bold(`Cost per ${unit}`),
      ...columns([['', 'side', ...ns.map((n) => `n=${n}`), 'law'], ...rows], ['left', 'left', ...ns.map(() => 'right' as const)]),
    ];
  });
}

function unreachedText(p: PatchReview, paint: Paint): string[] {
  if (p.apply.status !== 'applied' || p.apply.files.length === 0) return [];
  if (p.unreached.length === 0) return ['', 'Every statement of the patch was reached by some scenario.'];
  return [
    '', paint.bold(`Statements of the patch that no scenario reached (${p.unreached.length})`),
    ...p.unreached.map((u) => `  ${placeText(u.file, u.line, null)}  ${u.function === '' ? '' : `${u.function}: `}${u.text}`),
  ];
}
