// SPDX-License-Identifier: GPL-2.0-only
// What stands behind the flags, read and checked. Each reader takes the word as it was typed and
// either gives its value or says in one line why not.

import type { Switches } from '../delta/target.ts';
import { addSwitch } from '../delta/target.ts';
import { findRule, ruleNamed, RULES, type RuleName } from '../check/rules.ts';
import { defaultSuite, matchesGlob, scenarioNamed } from '../scenario/suite.ts';
import { CONFIG_NAMES, type ConfigName } from '../tree/arms.ts';
import type { ColourFlag } from './colour.ts';
import { CliError, didYouMean } from './errors.ts';

export const FORMATS = ['text', 'mail', 'json'] as const;
export type Format = (typeof FORMATS)[number];
const LATER_FORMATS = ['junit', 'ktap', 'sarif', 'html'];

export function readFormat(word: string, allowed: readonly Format[]): Format {
  const known = FORMATS.find((f) => f === word);
  if (known !== undefined) {
    if (allowed.includes(known)) return known;
    throw new CliError(`--format ${word} is not for this command: it has ${allowed.join(', ')}`);
  }
  if (LATER_FORMATS.includes(word)) throw new CliError(`--format ${word} is not built yet: there are ${allowed.join(', ')}`);
  throw new CliError(`no format '${word}'${didYouMean(word, [...allowed])} (there are ${allowed.join(', ')})`);
}

export interface Budget { readonly executions: number | null; readonly seconds: number | null }
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

export function readBudget(word: string | null): Budget {
  if (word === null) return { executions: null, seconds: null };
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(word) ?? [];
  const value = Number(number);
  if (number === '' || value <= 0 || !Number.isFinite(value)) throw badNumber('--budget', word, 'a number of executions, or a time such as 30s');
  if (unit !== '') return { executions: null, seconds: value * (SECONDS[unit] ?? 1) };
  return { executions: readCount('--budget', word), seconds: null };
}

export function readCount(flag: string, word: string): number {
  const value = Number(word);
  if (!/^\d+$/.test(word) || value < 1 || !Number.isSafeInteger(value)) throw badNumber(flag, word, 'a whole number from 1');
  return value;
}

function badNumber(flag: string, word: string, wants: string): CliError {
  return new CliError(`${flag} takes ${wants}, not '${word}'`);
}

export function undecided(rules: readonly RuleName[]): readonly RuleName[] { return rules.filter((r) => !ruleNamed(r).decided); }

export interface ScenarioChoice { readonly glob: string; readonly switches: readonly string[] }

/**
 * A glob, or an id as reports print it, `@GRAB_FORM=own` and all. One that matches nothing is a
 * misspelt one and is said to be so before anything is run; the full suite is too large to ask.
 */
export function readScenario(word: string | null, suite: 'default' | 'full'): ScenarioChoice | null {
  if (word === null) return null;
  const [glob = '', ...switches] = word.split(/@(?=[A-Z][A-Z_]*=)/);
  if (suite === 'full') return { glob, switches };
  const ids = defaultSuite().scenarios.map((s) => s.id);
  if (glob === '' || (!ids.some((id) => matchesGlob(id, glob)) && scenarioNamed(glob) === null)) {
    const wider = `*${glob}*`;
    const hint = glob !== '' && ids.some((id) => matchesGlob(id, wider)) ? `: did you mean '${wider}'?` : '';
    throw new CliError(`no scenario of the default suite matches '${glob}'${hint} (kpv list scenarios has them all)`);
  }
  return { glob, switches };
}

/** What --set and a scenario's id ask for, over what the target has. */
export function switchesFor(target: Switches, set: readonly string[], scenario: readonly string[]): Switches {
  const asked = readSwitches(set, target);
  const all = readSwitches(scenario, asked);
  for (const [name, value] of Object.entries(asked)) {
    if (all[name] !== value) throw new CliError(`--scenario asks for ${name}=${all[name]}, but ${name}=${value} is set`);
  }
  return all;
}

export function readSwitches(words: readonly string[], start: Switches): Switches {
  const into: Record<string, string> = { ...start };
  for (const word of words) {
    if (!word.includes('=')) throw new CliError(`--set takes SWITCH=VALUE, not '${word}'`);
    const fault = addSwitch(into, word);
    if (fault !== null) throw new CliError(fault);
  }
  return into;
}

export function readConfig(word: string): ConfigName {
  const found = CONFIG_NAMES.find((name) => name === word);
  if (found === undefined) throw new CliError(`no configuration '${word}'${didYouMean(word, CONFIG_NAMES)} (there are ${CONFIG_NAMES.join(', ')})`);
  return found;
}

/** Rule names, given by name or by code. Rules that nothing decides would let everything pass. */
export function readRules(word: string | null): readonly RuleName[] | null {
  if (word === null) return null;
  const rules = word.split(',').map((w) => w.trim()).filter((w) => w !== '').map(readRule);
  if (rules.length === 0) throw new CliError(`--fail-on takes names or codes of rules, by commas, not '${word}'`);
  if (undecided(rules).length === rules.length) throw new CliError(`--fail-on ${word}: this build has no check for ${rules.length === 1 ? 'it' : 'these'}, so nothing could fail`);
  return rules;
}

export function readRule(word: string): RuleName {
  const rule = findRule(word);
  if (rule === undefined) throw new CliError(`no rule '${word}'${didYouMean(word, RULES.flatMap((r) => [r.name, r.code]))} (kpv list rules has them all)`);
  return rule.name;
}

export function readColour(word: string): ColourFlag { return readOneOf('--color', word, ['auto', 'always', 'never']); }
export function readSuite(word: string): 'default' | 'full' { return readOneOf('--suite', word, ['default', 'full']); }

function readOneOf<T extends string>(flag: string, word: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === word);
  if (found === undefined) throw new CliError(`${flag} takes ${allowed.join(', ')}, not '${word}'${didYouMean(word, allowed)}`);
  return found;
}
