// SPDX-License-Identifier: GPL-2.0-only
// One run again, from its token.

import { findRule } from '../check/rules.ts';
import { identity } from '../check/finding.ts';
import type { Finding, Step } from '../report/review.ts';
import type { TracedStep } from '../check/trace.ts';
import { actionInWords } from '../scenario/words.ts';
import { runScenario } from '../scenario/run.ts';
import { decodeSchedule } from '../scenario/schedule.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { linkSide } from '../scenario/side.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import { CONFIGS, type ConfigName } from '../tree/arms.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import { findingOf, plain } from './findings.ts';
import { addSwitch, resolveTarget, sidesOf } from './target.ts';
import { checkOf, decodeToken, type Token } from './token.ts';

export interface Replay {
  readonly token: Token;
  readonly reproduces: boolean;
  readonly finding: Finding | null;
  readonly steps: readonly Step[];
  /** Where each step of the scenario begins: the number of its first trace step, and what it does. */
  readonly sections: readonly { readonly from: number; readonly does: string }[];
  /** The trace step after which the finding was noted; null when it was not. */
  readonly foundAfter: number | null;
  readonly scenario: Scenario;
  readonly outcome: string;
  readonly reason: string | null;
}
export type Replayed = { readonly ok: true; readonly replay: Replay } | { readonly ok: false; readonly reason: string };

function treesOf(token: Token): { readonly ok: true; readonly before: PortTree; readonly after: PortTree } | { readonly ok: false; readonly reason: string } {
  const target = resolveTarget(token.target);
  if (!target.ok) return { ok: false, reason: target.reason };
  const port = loadPort();
  if (target.target.kind === 'base') return { ok: true, before: port, after: port };
  if (target.target.kind === 'series') return { ok: false, reason: 'a token names one patch, not a series' };
  const sides = sidesOf(target.target.patch, port);
  if (!sides.ok || !sides.sides.applied.ok) return { ok: false, reason: `${token.target} does not apply to this port any more` };
  return { ok: true, before: sides.sides.before, after: sides.sides.applied.tree };
}

export async function replayToken(word: string): Promise<Replayed> {
  const decoded = decodeToken(word);
  if (!decoded.ok) return decoded;
  const { token } = decoded;
  const unusable = refused(token);
  if (unusable !== null) return { ok: false, reason: unusable };
  const scenario = scenarioNamed(token.scenario);
  if (scenario === null) return { ok: false, reason: `the token names a scenario that this build does not know: ${token.scenario}` };
  const trees = treesOf(token);
  if (!trees.ok) return trees;
  const tree = trees[token.side];
  if (checkOf(tree, scenario) !== token.check) {
    return { ok: false, reason: 'the token was made on other sources: the port, the patch or the scenario has changed since' };
  }
  if (!isConfig(token.config)) return { ok: false, reason: `the token names an unknown configuration: ${token.config}` };
  const side = linkSide(tree.files, { ...CONFIGS[token.config], ...token.switches });
  const schedule = decodeSchedule(token.schedule);
  const run = runScenario(side, scenario, { trace: true, maxEvents: 3_000_000, ...(schedule === null ? {} : { schedule }) });
  const found = run.findings.find((f) => f.rule === token.rule && f.site.function === token.function);
  const pair = { id: scenario.id, scenario, switches: token.switches, before: run, after: run };
  const finding = found === undefined ? null : findingOf(
    { identity: identity(found), state: 'same', witness: { pair, run, finding: found, side: token.side }, before: 1, after: 1 },
    { target: token.target, config: token.config, trees: { before: trees.before, after: trees.after }, sides: () => ({ before: side, after: side }) },
  );
  const steps = run.trace.map(plain);
  const before = run.trace.filter((s) => found !== undefined && s.event <= found.event).length;
  return {
    ok: true,
    replay: {
      token, reproduces: found !== undefined, finding, steps, sections: sectionsOf(run.trace, scenario), foundAfter: found === undefined ? null : before, scenario, outcome: run.outcome,
      reason: found !== undefined ? null : `the run ends without ${findRule(token.rule)?.name ?? token.rule} in ${token.function || 'it'}`,
    },
  };
}

/** The steps of the scenario that left a trace, in words. */
function sectionsOf(trace: readonly TracedStep[], scenario: Scenario): Replay['sections'] {
  const threads: [string, string][] = (scenario.threads ?? []).map((t) => [t.by, `${t.by}: ${t.steps.map((s) => `${actionInWords(s.do)} (${s.name})`).join(', then ')}`]);
  const named = new Map([...threads, ...scenario.steps.map((s, i) => [`${s.by}.${s.name ?? `setup${i}`}`, `${s.by}: ${actionInWords(s.do)}${s.name === null ? '' : ` (${s.name})`}`] as const)]);
  const out: { from: number; does: string }[] = [];
  for (const [i, s] of trace.entries()) {
    if (i === 0 || trace[i - 1]?.scenarioStep !== s.scenarioStep) out.push({ from: i + 1, does: named.get(s.scenarioStep) ?? s.scenarioStep });
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
