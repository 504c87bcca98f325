// SPDX-License-Identifier: GPL-2.0-only
// What every format needs to know about findings: which are worst, what statement they stand at,
// and what was so before and is so after, in words.

import { ruleNamed, RULE_NAMES, type RuleName } from '../check/rules.ts';
import { counted, listed } from './layout.ts';
import { changeOf, termChanges } from './outcomes.ts';
import type { Finding, FindingState, LabelledPlace, Layer, PatchReview, Review, ScenarioResult, Side, Step } from './review.ts';

const STATES: readonly FindingState[] = ['new', 'introduced', 'unmasked', 'fixed', 'same'];
const LAYERS: readonly Layer[] = ['interleaving', 'run', 'static', 'types'];
/** Worst first: what can be exploited or loses data, then what stops a machine; a cause before its effect. */
const HARM: readonly RuleName[] = [
  'use-after-free', 'double-free', 'data-corruption', 'stale-pte', 'stale-tlb', 'wrong-permission', 'pin-mismatch', 'refcount-underflow',
  'null-dereference', 'deadlock', 'livelock', 'lost-wakeup', 'unbounded-retry', 'bad-page-state', 'lost-page', 'bug-on', 'unpinnable-pin',
];

export function isNews(f: Finding): boolean { return f.state === 'new' || f.state === 'introduced'; }

export function ruleNameOf(f: Finding): RuleName | null { return RULE_NAMES.find((n) => n === f.rule) ?? null; }

/** Broken by the patch first, then by harm, layer, code and place. */
export function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  const keys = (f: Finding): readonly (number | string)[] =>
    [STATES.indexOf(f.state), harm(f), LAYERS.indexOf(f.layer), f.code, f.file, f.line, f.fingerprint];
  return [...findings].sort((a, b) => compare(keys(a), keys(b)));
}

function harm(f: Finding): number {
  const name = ruleNameOf(f);
  const at = name === null ? -1 : HARM.indexOf(name);
  return at < 0 ? HARM.length : at;
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? x;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

export function isError(f: Finding): boolean { return isNews(f) || f.state === 'unmasked'; }

/** The later patch of the same review that the finding goes with: it is open from one to the other. */
export function curedBy(f: Finding, patch: PatchReview, review: Review): string | null {
  if (!isNews(f)) return null;
  const later = review.patches.slice(review.patches.indexOf(patch) + 1);
  return later.find((p) => p.findings.some((g) => g.state === 'fixed' && g.fingerprint === f.fingerprint && g.config === f.config))?.id ?? null;
}

/** One line on the rule, from the table; the finding's own words where the name is not known. */
export function summaryOf(f: Finding): string {
  const name = ruleNameOf(f);
  return name === null ? f.rule : ruleNamed(name).summary;
}

/** The statement it stands at: the label of the first place, when that is where the finding is. */
export function statementOf(f: Finding): string | null {
  const [first] = f.places;
  if (first !== undefined && isHere(first, f)) return first.label;
  const step = [...stepsOf(f)].reverse().find((s) => s.file === f.file && s.line === f.line);
  return step?.text ?? null;
}

/** The places of the story besides the finding's own. */
export function otherPlaces(f: Finding): readonly LabelledPlace[] {
  return f.places.filter((p, i) => i > 0 || !isHere(p, f));
}

function isHere(p: LabelledPlace, f: Finding): boolean { return p.file === f.file && p.line === f.line && p.function === f.function; }

/** What is wrong, who else it takes, and in how many runs of each side: a message of a run ends with these. */
export function messageParts(f: Finding): { readonly what: string; readonly takes: string | null; readonly before: string | null; readonly after: string | null } {
  const hit = /^(.*); before the patch (in .*?), after it (in .*)$/s.exec(f.message);
  const said = hit?.[1] ?? f.message;
  const [what = said, takes = null] = f.layer === 'interleaving' || f.layer === 'run' ? said.split(/; it takes (?=\S+: )/, 2) : [said];
  return { what, takes, before: hit?.[2] ?? null, after: hit?.[3] ?? null };
}

/** How many preemptions, and whether it is known that fewer will not do: all executions with none, and with one, were run. */
export function preemptionWords({ preemptions: n }: Finding): string {
  return `${counted(n, 'preemption')} (${n <= 1 ? 'the fewest there are' : 'the fewest found so far'})`;
}

export function stepsOf(f: Finding): readonly Step[] {
  return f.cycle === null ? f.witness : [...f.cycle.stem, ...f.cycle.loop];
}

export function placeText(file: string, line: number, c: { readonly file: string; readonly function: string; readonly line: number | null } | null): string {
  const cLine = c === null || c.line === null ? '' : `:${c.line}`;
  const where = c === null ? '' : ` (C: ${c.file}${cLine}${c.function === '' ? '' : `, ${c.function}`})`;
  return `kernel-port/${file.replace(/^kernel-port\//, '')}:${line}${where}`;
}

export interface BeforeAfter { readonly before: string; readonly after: string }

export function beforeAfter(f: Finding, patch: PatchReview): BeforeAfter {
  const pair = scenarioOf(f, patch);
  const ran = (side: 'before' | 'after'): number => patch.scenarios.filter((s) => s[side].status !== 'unsupported').length;
  const in_ = f.config === null || f.config === 'default' ? '' : ` in the configuration ${f.config}`;
  if (f.layer === 'types' || f.layer === 'static') {
    switch (f.state) {
      case 'new': return { before: `the tree without this patch passes the check${in_}`, after: `the tree with it does not${in_}` };
      case 'introduced': return { before: 'what it is about is not in the tree', after: `the check objects${in_}` };
      case 'fixed': return { before: `the check objects${in_}`, after: 'it no longer does' };
      case 'same': return { before: `the check objects${in_}`, after: 'it still does' };
      case 'unmasked': return { before: 'another error kept the check from getting there', after: `the check objects${in_}` };
    }
  }
  const { before, after } = messageParts(f);
  const runs = (given: string | null, side: 'before' | 'after', shown: boolean): string =>
    given !== null ? `seen ${given}` : shown ? 'seen' : `seen in none of ${ran(side)} scenarios`;
  const old = endOf(pair?.before);
  const now = endOf(pair?.after);
  switch (f.state) {
    case 'new': return { before: `${runs(before, 'before', false)}; ${old}`, after: `${runs(after, 'after', true)}; ${now}` };
    case 'introduced': return {
      before: `${runs(before, 'before', false)}: ${pair?.before.status === 'unsupported' && pair.before.bound !== null ? pair.before.bound : 'this side lacks what it is about'}`,
      after: `${runs(after, 'after', true)}; ${now}`,
    };
    case 'fixed': return { before: `${runs(before, 'before', true)}; ${old}`, after: `${runs(after, 'after', false)}; ${now}` };
    case 'same': return { before: `${runs(before, 'before', true)}; ${old}`, after: `still ${runs(after, 'after', true)}; ${now}` };
    case 'unmasked': return {
      before: `${runs(before, 'before', false)}: each that could have shown it ended earlier with another finding; ${old}`,
      after: `${runs(after, 'after', true)}; ${now}`,
    };
  }
}

export function scenarioOf(f: Finding, patch: PatchReview): ScenarioResult | null {
  return patch.scenarios.find((s) => s.id === f.scenario) ?? null;
}

/** What was searched: executions, or states where those were compared. */
export function searchedWords({ executions, states }: Pick<Side, 'executions' | 'states'>): string {
  const parts = [...(executions === null ? [] : [counted(executions, 'execution')]), ...(states === null ? [] : [counted(states, 'state')])];
  return listed(parts) || 'nothing';
}

/** How the run ends, as the user sees it. */
function endOf(side: Side | undefined): string {
  if (side === undefined) return 'the scenario is not in this review';
  switch (side.status) {
    case 'unsupported': return side.bound ?? 'this side cannot run the scenario below';
    case 'cut':
    case 'ran': {
      const keys = side.outcomes.map((o) => o.key);
      const cut = side.status === 'cut' ? `, cut short: ${side.bound ?? 'a bound was met'}` : '';
      if (side.executions === 1 && side.states === null) return `the run below ends with ${keys.join(' or ') || 'nothing to observe'}${cut}`;
      return `${searchedWords(side)} of the scenario below end in ${counted(keys.length, 'way')}${cut}`;
    }
  }
}

/** What of the scenario's outcome differs, for a short form; null when nothing does. */
export function outcomeChange(f: Finding, patch: PatchReview): string | null {
  const pair = scenarioOf(f, patch);
  if (pair === null) return null;
  const [a, b] = [pair.before.outcomes[0], pair.after.outcomes[0]];
  if (pair.before.outcomes.length === 1 && pair.after.outcomes.length === 1 && a !== undefined && b !== undefined) {
    return termChanges(a.key, b.key).join(', ') || null;
  }
  return changeOf(pair);
}
