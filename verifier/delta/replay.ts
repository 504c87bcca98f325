// SPDX-License-Identifier: GPL-2.0-only
// One run again, from its token.

import { findRule } from '../check/rules.ts';
import { identity, type RunFinding } from '../check/finding.ts';
import type { Finding, Step as Shown } from '../report/review.ts';
import type { TracedStep } from '../check/trace.ts';
import { actionInWords } from '../scenario/words.ts';
import { MAX_EVENTS, runScenario } from '../scenario/run.ts';
import { decodeSchedule } from '../scenario/schedule.ts';
import type { Scenario, Step } from '../scenario/scenario.ts';
import { linkSide } from '../scenario/side.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import { CONFIGS, type ConfigName } from '../tree/arms.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import type { MailTarget } from './mails.ts';
import { findingOf, plain, tokenOf } from './findings.ts';
import { addSwitch, resolveTarget, sidesOf } from './target.ts';
import { checkOf, decodeToken, type Token } from './token.ts';

export interface Replay {
  readonly token: Token;
  readonly reproduces: boolean;
  readonly finding: Finding | null;
  readonly steps: readonly Shown[];
  /** Where each step of the scenario begins: the number of its first trace step, and what it does. */
  readonly sections: readonly { readonly from: number; readonly does: string }[];
  /** The trace step after which the finding was noted; null when it was not. */
  readonly foundAfter: number | null;
  readonly scenario: Scenario;
  readonly outcome: string;
  readonly reason: string | null;
}
export type Replayed = { readonly ok: true; readonly replay: Replay } | { readonly ok: false; readonly reason: string };

function treesOf(token: Token, mails: MailTarget | null): { readonly ok: true; readonly before: PortTree; readonly after: PortTree } | { readonly ok: false; readonly reason: string } {
  const [, hash, number] = /^mail:([0-9a-f]+):(\d+)$/.exec(token.target) ?? [];
  if (hash !== undefined) return treesOfMail(hash, Number(number), mails);
  const target = resolveTarget(token.target);
  if (!target.ok) return { ok: false, reason: target.reason };
  const port = loadPort();
  if (target.target.kind === 'base') return { ok: true, before: port, after: port };
  if (target.target.kind === 'series') return { ok: false, reason: 'a token names one patch, not a series' };
  const sides = sidesOf(target.target.patch, port);
  if (!sides.ok || !sides.sides.applied.ok) return { ok: false, reason: `${token.target} does not apply to this port any more` };
  return { ok: true, before: sides.sides.before, after: sides.sides.applied.tree };
}

/** The trees of a mail that was reviewed from a file: the file has to be at hand, and the same. */
function treesOfMail(hash: string, number: number, mails: MailTarget | null): ReturnType<typeof treesOf> {
  if (mails === null) return { ok: false, reason: 'the token was made for a patch from a file: give the file after it' };
  if (mails.hash !== hash) return { ok: false, reason: `the token was made for another file than ${mails.id}` };
  const trees = mails.patches[number]?.trees;
  if (trees === undefined || !trees.ok || !trees.sides.applied.ok) return { ok: false, reason: `the patch does not apply to this port any more` };
  return { ok: true, before: trees.sides.before, after: trees.sides.applied.tree };
}

/** mails: the file that the token was made for, if it was one. */
export async function replayToken(word: string, mails: MailTarget | null = null): Promise<Replayed> {
  const decoded = decodeToken(word);
  if (!decoded.ok) return decoded;
  const { token } = decoded;
  const unusable = refused(token);
  if (unusable !== null) return { ok: false, reason: unusable };
  const scenario = scenarioNamed(token.scenario);
  if (scenario === null) return { ok: false, reason: `the token names a scenario that this build does not know: ${token.scenario}` };
  const trees = treesOf(token, mails);
  if (!trees.ok) return trees;
  const tree = trees[token.side];
  if (checkOf(tree, scenario) !== token.check) {
    return { ok: false, reason: 'the token was made on other sources: the port, the patch or the scenario has changed since' };
  }
  if (!isConfig(token.config)) return { ok: false, reason: `the token names an unknown configuration: ${token.config}` };
  const side = linkSide(tree.files, { ...CONFIGS[token.config], ...token.switches });
  const schedule = decodeSchedule(token.schedule);
  const run = runScenario(side, scenario, { trace: true, maxEvents: MAX_EVENTS, ...(schedule === null ? {} : { schedule }) });
  const alike = run.findings.filter((f) => f.rule === token.rule && f.site.function === token.function);
  // Two may be of one rule and function: it has to be the one that the token was made for.
  const found = alike.find((f) => token.finding === '' || tokenOf(f) === token.finding);
  const pair = { id: scenario.id, scenario, switches: token.switches, before: run, after: run };
  const finding = found === undefined ? null : findingOf(
    { identity: identity(found), state: 'same', witness: { pair, run, finding: found, side: token.side }, before: 1, after: 1 },
    { target: token.target, config: token.config, trees: { before: trees.before, after: trees.after }, sides: () => ({ before: side, after: side }) },
  );
  // What else was found on the way has reports of its own.
  const trace = run.trace.filter((s) => s.found === null || (found !== undefined && s.found === identity(found)));
  const steps = trace.map(plain);
  const foundAfter = found === undefined ? null : placeIn(trace, found);
  return {
    ok: true,
    replay: {
      token, reproduces: found !== undefined, finding, steps, sections: sectionsOf(trace, scenario), foundAfter, scenario, outcome: run.outcome,
      reason: found !== undefined ? null : missing(token, alike),
    },
  };
}

function missing({ rule, function: fn }: Token, alike: readonly RunFinding[]): string {
  const what = `${findRule(rule)?.name ?? rule} in ${fn || 'it'}`;
  const [other] = alike;
  return other === undefined ? `the run ends without ${what}` : `the run has a ${what}, but another one: ${other.message}, at ${other.site.file}:${other.site.line}`;
}

/** The trace step at which it was found, or the last one before that. */
function placeIn(trace: readonly TracedStep[], found: RunFinding): number {
  const at = trace.findIndex((s) => s.found === identity(found));
  return at >= 0 ? at + 1 : trace.filter((s) => s.event <= found.event).length;
}

/** Where each step of the scenario, or each turn of a thread, begins in the trace, in words. */
function sectionsOf(trace: readonly TracedStep[], scenario: Scenario): Replay['sections'] {
  const says = (s: Step, i: number): readonly [string, string] => [`${s.by}.${s.name ?? `setup${i}`}`, `${s.by}: ${actionInWords(s.do)}${s.name === null ? '' : ` (${s.name})`}`];
  const threads = new Map((scenario.threads ?? []).map((t) => [t.by, `${t.by}: ${t.steps.map((s) => `${actionInWords(s.do)} (${s.name})`).join(', then ')}`] as const));
  // What ends a scenario of several threads is counted anew.
  const steps = new Map((scenario.threads === undefined ? scenario.steps : scenario.ending ?? []).map(says));
  const begun = new Set<string>();
  const out: { from: number; does: string }[] = [];
  for (const [i, s] of trace.entries()) {
    if (i > 0 && trace[i - 1]?.scenarioStep === s.scenarioStep) continue;
    const name = s.scenarioStep;
    const does = begun.has(name) ? `${name} goes on` : threads.get(name) ?? steps.get(name) ?? `${name} begins`;
    begun.add(name);
    out.push({ from: i + 1, does });
  }
  return out;
}

/** What the check does not cover, and a token that was damaged or made by another build may hold. */
function refused({ rule, schedule, switches }: Token): string | null {
  if (findRule(rule) === undefined) return `the token names a rule that this build does not know: ${rule}`;
  if (schedule !== '' && decodeSchedule(schedule) === null) return 'the token carries a schedule that cannot be read';
  const known = {};
  for (const [name, value] of Object.entries(switches)) {
    const fault = addSwitch(known, `${name}=${value}`);
    if (fault !== null) return `the token cannot be used: ${fault}`;
  }
  return null;
}

function isConfig(name: string): name is ConfigName { return name in CONFIGS; }
