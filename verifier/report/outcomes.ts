// SPDX-License-Identifier: GPL-2.0-only
// What changed in what a user could observe, told by the terms that differ and grouped over
// scenarios: a hundred scenarios in which the pin fails now are one line with a count.

import type { ScenarioResult } from './review.ts';

export interface OutcomeChange {
  /** `P.pin=1 -> P.pin=-EFAULT`; more terms are joined by commas. */
  readonly text: string;
  readonly scenarios: readonly string[];
}

/** The terms of an outcome key. A step's name may hold blanks, a value holds none. */
export function termsOf(key: string): ReadonlyMap<string, string> {
  const terms = new Map<string, string>();
  for (const [, name = '', value = ''] of key.matchAll(/(\S[^=]*)=(\S+)/g)) terms.set(name, value);
  return terms;
}

/**
 * The terms in which two outcomes differ, each as `name=before -> name=after`. Where a run ends
 * before its last step, that is told, and not each step that it no longer comes to.
 */
export function termChanges(before: string, after: string): readonly string[] {
  const [old, now] = [termsOf(before), termsOf(after)];
  const ended = old.get('end') !== now.get('end');
  const out: string[] = [];
  for (const name of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [a, b] = [old.get(name), now.get(name)];
    if (a === b) continue;
    if (name === 'end') out.push(`${a === undefined ? 'runs to its end' : `end=${a}`} -> ${b === undefined ? 'runs to its end' : `end=${b}`}`);
    else if (a !== undefined && b !== undefined) out.push(`${name}=${a} -> ${name}=${b}`);
    else if (!ended) out.push(a === undefined ? `(absent) -> ${name}=${b}` : `${name}=${a} -> (absent)`);
  }
  return out;
}

type Changed = { readonly scenarios: readonly Pick<ScenarioResult, 'id' | 'added' | 'removed'>[] };

export function changeOf(one: Pick<ScenarioResult, 'added' | 'removed'>): string | null {
  const { added, removed } = one;
  if (added.length === 0 && removed.length === 0) return null;
  const [before, after] = [removed[0], added[0]];
  if (removed.length === 1 && added.length === 1 && before !== undefined && after !== undefined) return termChanges(before, after).join(', ');
  return [...removed.map((key) => `no longer: ${key}`), ...added.map((key) => `now also: ${key}`)].join(', ');
}

/** Most scenarios first, then by text. */
export function groupChanges(patch: Changed): readonly OutcomeChange[] {
  const groups = new Map<string, string[]>();
  for (const one of patch.scenarios) {
    const text = changeOf(one);
    if (text === null) continue;
    const group = groups.get(text) ?? [];
    group.push(one.id);
    groups.set(text, group);
  }
  return [...groups].map(([text, scenarios]) => ({ text, scenarios: scenarios.sort() }))
    .sort((a, b) => b.scenarios.length - a.scenarios.length || (a.text < b.text ? -1 : 1));
}

export interface TermChange { readonly text: string; readonly scenarios: number; readonly example: string }

/** Each changed term by itself, over all scenarios: the short form for many mixed changes. */
export function groupTerms(patch: Changed): readonly TermChange[] {
  const by = new Map<string, { scenarios: number; example: string }>();
  for (const { text, scenarios } of groupChanges(patch)) {
    for (const term of new Set(text.split(', '))) {
      const row = by.get(term) ?? { scenarios: 0, example: scenarios[0] ?? '' };
      row.scenarios += scenarios.length;
      by.set(term, row);
    }
  }
  return [...by].map(([text, row]) => ({ text, ...row })).sort((a, b) => b.scenarios - a.scenarios || (a.text < b.text ? -1 : 1));
}
