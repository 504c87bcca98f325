// SPDX-License-Identifier: GPL-2.0-only
// The main job: apply, type-check, run before and after, compare. Gives the review as data; every
// number and verdict in it comes from these runs.

import { CONFIGS, type Config, type ConfigName } from '../tree/arms.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import type { Applied, PatchModule } from '../transform/index.ts';
import type {
  Apply, Conflict as ReviewConflict, Finding, PatchReview, Place, Review, ScenarioResult, Side,
} from '../report/review.ts';
import { linkSide, type RunnableSide } from '../scenario/side.ts';
import { runScenario, type Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { defaultSuite, fullSuite, matchesGlob, scenarioNamed } from '../scenario/suite.ts';
import { compareFindings, type PairOfRuns } from './compare.ts';
import { costsOf } from './cost.ts';
import { findingOf, typeFindings } from './findings.ts';
import { KERNEL, LIMITS } from './limits.ts';
import { sidesOf, variantsOf, variantSuffix, type Switches, type Target } from './target.ts';
import { verdictOf } from './verdict.ts';

export interface Progress {
  readonly patch: string;
  readonly scenario: string;
  readonly done: number;
  readonly total: number;
  readonly events: number;
  readonly findings: number;
}

export interface ReviewOptions {
  readonly suite: 'default' | 'full';
  /** A glob over scenario ids. */
  readonly scenarios: string | null;
  readonly budget: { readonly executions: number | null; readonly seconds: number | null };
  readonly config: ConfigName;
  readonly switches: Switches;
  readonly onProgress: (p: Progress) => void;
  /** Asked between runs: true ends the review with what was found. */
  readonly stop: () => boolean;
}

export const DEFAULT_OPTIONS: ReviewOptions = {
  suite: 'default', scenarios: null, budget: { executions: null, seconds: null }, config: 'default', switches: {},
  onProgress: () => undefined, stop: () => false,
};

/** Reviews a target; a series patch by patch. */
export async function reviewTarget(target: Target, options: ReviewOptions): Promise<Review> {
  const set: Switches = { ...target.switches, ...options.switches };
  const port = loadPort();
  const patches: PatchReview[] = [];
  const limits = new Set<string>(LIMITS);
  const clock = new Budget(options);
  let complete = true;
  const note = (r: { readonly review: PatchReview; readonly complete: boolean; readonly limits: readonly string[] }): void => {
    patches.push(r.review);
    complete &&= r.complete;
    for (const l of r.limits) limits.add(l);
  };
  if (target.kind === 'base') note(await reviewBase(port, set, options, clock));
  else {
    const wanted = target.kind === 'patch' ? [target.patch] : target.series.patches;
    for (const patch of wanted) {
      if (clock.over()) { complete = false; break; }
      note(await reviewPatch(patch, variantsOf(target.series, set), port, options, clock));
    }
    if (target.kind === 'series' && target.series.patches.length < target.series.of) {
      limits.add(`${target.series.id}: ${target.series.patches.length} of the ${target.series.of} patches are in this build`);
    }
  }
  return {
    schema: 'kpv.review/1', target: target.id, kernel: KERNEL, base: target.kind === 'base' ? 'base' : target.series.base,
    switches: set, patches, complete: complete && !clock.cut, limits: [...limits],
  };
}

interface Reviewed { readonly review: PatchReview; readonly complete: boolean; readonly limits: readonly string[] }

/** Executions and seconds; a review that runs out says so. */
class Budget {
  readonly #options: ReviewOptions;
  readonly #deadline: number | null;
  #executions = 0;
  cut = false;
  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#deadline = options.budget.seconds === null ? null : performance.now() + options.budget.seconds * 1000;
  }
  spend(): void { this.#executions += 1; }
  over(): boolean {
    const { executions } = this.#options.budget;
    const out = this.#options.stop() || (executions !== null && this.#executions >= executions)
      || (this.#deadline !== null && performance.now() >= this.#deadline);
    if (out) this.cut = true;
    return out;
  }
}

function configOf(options: ReviewOptions, switches: Switches): Config {
  return { ...CONFIGS[options.config], ...switches };
}

function chosen(options: ReviewOptions): Iterable<Scenario> {
  const glob = options.scenarios;
  if (options.suite === 'full') return glob === null ? fullSuite() : only(fullSuite(), glob);
  const all = defaultSuite().scenarios;
  if (glob === null) return all;
  const hit = all.filter((s) => matchesGlob(s.id, glob));
  // A point of the space that the default suite does not happen to hold may be named, too.
  const named = hit.length === 0 ? scenarioNamed(glob) : null;
  return named === null ? hit : [named];
}
function* only(all: Iterable<Scenario>, glob: string): Generator<Scenario> {
  for (const s of all) if (matchesGlob(s.id, glob)) yield s;
}

/** The base against itself: its findings are `same`. */
async function reviewBase(port: PortTree, set: Switches, options: ReviewOptions, clock: Budget): Promise<Reviewed> {
  const side = linkSide(port.files, configOf(options, set));
  const pairs: PairOfRuns[] = [];
  const scenarios = [...chosen(options)];
  for (const scenario of scenarios) {
    if (clock.over()) break;
    const run = runScenario(side, scenario);
    clock.spend();
    pairs.push({ id: `${scenario.id}${variantSuffix(set)}`, scenario, switches: set, before: run, after: run });
    options.onProgress({ patch: 'base', scenario: scenario.id, done: pairs.length, total: scenarios.length, events: run.events, findings: 0 });
    await breathe(pairs.length);
  }
  const compared = compareFindings(pairs);
  const findings = compared.findings.map((f) => findingOf(f, { target: 'base', config: options.config, trees: { before: port, after: port }, sides: () => ({ before: side, after: side }) }));
  const review: PatchReview = {
    id: 'base', number: 0, subject: `plain ${KERNEL}`, messageId: '', verdict: 'no-change', reason: 'the base is reviewed against itself',
    apply: { status: 'applied', files: [], typeErrors: 0, conflicts: [], lines: null, notModelled: [] },
    findings, scenarios: pairs.map(scenarioResult), costs: [], unreached: [],
  };
  return { review, complete: allEnded(pairs), limits: [] };
}

async function reviewPatch(patch: PatchModule, variants: readonly Switches[], port: PortTree, options: ReviewOptions, clock: Budget): Promise<Reviewed> {
  const trees = sidesOf(patch, port);
  if (!trees.ok) return { review: conflicted(patch, trees.conflict, `${trees.patch}, which comes before it, does not apply`), complete: true, limits: [] };
  const { before, applied } = trees.sides;
  if (!applied.ok) return { review: conflicted(patch, applied.conflict, applied.conflict.anchor), complete: true, limits: [] };

  const types = typeFindings(patch, before, applied.tree, variants);
  const pairs: PairOfRuns[] = [];
  const reached = new Set<string>();
  const sides = new Map<string, { readonly before: RunnableSide; readonly after: RunnableSide }>();
  const scenarios = [...chosen(options)];
  const total = scenarios.length * variants.length;
  let found = 0;
  for (const switches of variants) {
    const suffix = variantSuffix(switches);
    const config = configOf(options, switches);
    const pair = { before: linkSide(before.files, config), after: linkSide(applied.tree.files, config) };
    sides.set(suffix, pair);
    for (const scenario of scenarios) {
      if (clock.over()) break;
      const a = runScenario(pair.before, scenario);
      const b = runScenario(pair.after, scenario);
      clock.spend();
      found += b.findings.length;
      pairs.push({ id: `${scenario.id}${suffix}`, scenario, switches, before: a, after: b });
      options.onProgress({ patch: patch.id, scenario: scenario.id, done: pairs.length, total, events: a.events + b.events, findings: found });
      await breathe(pairs.length);
    }
    noteReached(reached, pair.after);
  }
  const compared = compareFindings(pairs);
  const run = compared.findings.map((f) => findingOf(f, {
    target: patch.id, config: options.config, trees: { before, after: applied.tree }, sides: (s) => {
      const known = sides.get(variantSuffix(s));
      if (known === undefined) throw new Error('a finding of a side that was not linked');
      return known;
    },
  }));
  const findings = [...types, ...run];
  const unreached = unreachedOf(applied, reached);
  const results = pairs.map(scenarioResult);
  const { verdict, reason } = verdictOf(findings, results, unreached);
  const first = sides.get(variantSuffix(variants[0] ?? {}));
  const review: PatchReview = {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict, reason,
    apply: applyOf(patch, applied, types), findings, scenarios: results,
    costs: first === undefined || options.scenarios !== null || clock.over() ? [] : costsOf(first.before, first.after), unreached,
  };
  const limits = compared.masked.map((m) => `${m.identity.split('|').slice(0, 2).join(' in ')}: seen before only, and every run that showed it ends earlier after the patch: neither gone nor there`);
  return { review, complete: allEnded(pairs) && pairs.length === total, limits: [...limits, ...cuts(pairs)] };
}

/** Lets signals and progress through; runs are synchronous. */
async function breathe(n: number): Promise<void> {
  if (n % 16 === 0) await new Promise<void>((resolve) => { setImmediate(resolve); });
}

/** Coverage adds up over the runs of a side. */
function noteReached(reached: Set<string>, side: RunnableSide): void {
  const { runtime } = side.port;
  runtime.reached.forEach((n, at) => {
    const site = runtime.sites[at];
    if (n !== 0 && site?.covers === true) reached.add(`${site.file}:${site.line}`);
  });
}

/** The patch's statements that nothing reached: those that can run at all. */
function unreachedOf(applied: Extract<Applied, { readonly ok: true }>, reached: ReadonlySet<string>): Place[] {
  return applied.changed
    .filter((c) => c.kind !== 'removed' && runs(c.text) && !reached.has(`${c.file}:${c.line}`))
    .map(({ file, line, function: fn, text }) => ({ file, line, function: fn, text }));
}
/** Declarations without a value, types and braces do nothing when they run. */
function runs(text: string): boolean {
  return !/^(import|export (const|type|interface|class)|function|export function|interface|type|class|\/\/|[{}]|(let|const) \w+(: [^=]+)?;?$|\w+:( \{)?$)/.test(text.trim());
}

function scenarioResult(pair: PairOfRuns): ScenarioResult {
  const before = sideOf(pair.before);
  const after = sideOf(pair.after);
  const keys = (s: Side): string[] => s.outcomes.map((o) => o.key);
  const comparable = before.status !== 'unsupported' && after.status !== 'unsupported';
  return {
    id: pair.id, threads: 1, before, after,
    added: comparable ? keys(after).filter((k) => !keys(before).includes(k)) : [],
    removed: comparable ? keys(before).filter((k) => !keys(after).includes(k)) : [],
  };
}
function sideOf(run: Run): Side {
  return {
    status: run.status, executions: run.status === 'unsupported' ? 0 : 1, blocked: 0, events: run.events, bound: run.bound, states: null,
    outcomes: run.status === 'unsupported' ? [] : [{ key: run.outcome, executions: 1 }],
  };
}

function allEnded(pairs: readonly PairOfRuns[]): boolean {
  return pairs.every((p) => p.before.status !== 'cut' && p.after.status !== 'cut');
}
/** Runs that were cut short, by reason. */
function cuts(pairs: readonly PairOfRuns[]): string[] {
  const by = new Map<string, number>();
  for (const p of pairs) for (const run of [p.before, p.after]) if (run.status === 'cut') by.set(run.bound ?? '', (by.get(run.bound ?? '') ?? 0) + 1);
  return [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, n]) => `${n} run${n === 1 ? '' : 's'} cut short: ${why}`);
}

function applyOf(patch: PatchModule, applied: Extract<Applied, { readonly ok: true }>, types: readonly Finding[]): Apply {
  return {
    status: 'applied', files: [...new Set(applied.changed.map((c) => c.file))].sort(),
    typeErrors: types.filter((t) => t.state === 'new').length, conflicts: [], lines: null,
    notModelled: patch.meta.notModelled.map((n) => `${n.what}: ${n.reason}`),
  };
}

function conflicted(patch: PatchModule, conflict: Extract<Applied, { readonly ok: false }>['conflict'], reason: string): PatchReview {
  const made: ReviewConflict = { rule: conflict.rule, anchor: conflict.anchor, nearest: conflict.nearest, changedBy: conflict.changedBy, place: conflict.place };
  return {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict: 'conflict', reason,
    apply: { status: 'conflict', files: [], typeErrors: 0, conflicts: [made], lines: null, notModelled: patch.meta.notModelled.map((n) => `${n.what}: ${n.reason}`) },
    findings: [], scenarios: [], costs: [], unreached: [],
  };
}

