// SPDX-License-Identifier: GPL-2.0-only
// The main job: apply, type-check, run before and after, compare. Gives the review as data; every
// number and verdict in it comes from these runs.

import { availableParallelism } from 'node:os';
import type { ConfigName } from '../tree/arms.ts';
import { loadPort, treeHash, type PortTree } from '../tree/load.ts';
import type { Applied, PatchModule } from '../transform/index.ts';
import type {
  Apply, Conflict as ReviewConflict, PatchReview, Place, Review, ScenarioResult, Side, Finding,
} from '../report/review.ts';
import '../instrument/transpile.ts';
import type { RunnableSide } from '../scenario/link-side.ts';
import type { Run } from '../scenario/run.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { scenarioNamed } from '../scenario/suite.ts';
import { compareFindings, type PairOfRuns } from './compare.ts';
import { costScenarios, costsOf } from './cost.ts';
import { findingOf, typeFindings } from './findings.ts';
import { chosen, nowMs, sidePair, type Chosen, type Job, type JobResult } from './job.ts';
import { KERNEL, LIMITS } from './limits.ts';
import { reasons, sumsOf } from '../transform/import/account.ts';
import type { MailPatch, MailTarget } from './mails.ts';
import { Workers } from './pool.ts';
import { prepared } from './prepare.ts';
import { sidesOf, variantsOf, variantSuffix, type Switches, type Target, type Trees } from './target.ts';
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
  /** Worker threads; null is one a core. */
  readonly jobs: number | null;
  readonly onProgress: (p: Progress) => void;
  /** Asked now and then: true ends the review with what was found. */
  readonly stop: () => boolean;
}

export const DEFAULT_OPTIONS: ReviewOptions = {
  suite: 'default', scenarios: null, budget: { executions: null, seconds: null }, config: 'default', switches: {}, jobs: null,
  onProgress: () => undefined, stop: () => false,
};

/** Reviews a target; a series patch by patch. */
export async function reviewTarget(target: Target | MailTarget, options: ReviewOptions): Promise<Review> {
  const set: Switches = { ...target.switches, ...options.switches };
  const port = loadPort();
  const budget = new Budget(options);
  const reviewed: Reviewed[] = [];
  const limits = new Set<string>(LIMITS);
  const which = chosen(options.suite, options.scenarios);
  // Workers pay from a few dozen scenarios on: each links the port for itself.
  const threads = which.kind === 'ids' && which.ids.length < 40 ? 1 : options.jobs ?? availableParallelism();
  const run: Running = { options, budget, which, threads, workers: new Workers(threads, target.kind === 'mails') };
  try {
    switch (target.kind) {
      case 'base': reviewed.push(await reviewBase(port, set, run)); break;
      case 'mails':
        for (const [n, one] of target.patches.entries()) {
          if (budget.over()) break;
          reviewed.push(await reviewPatch({ patch: one.patch, trees: one.trees, mail: one, token: `mail:${target.hash}:${n}` }, variantsOf(one.series, set), run));
        }
        for (const remark of target.remarks) limits.add(remark);
        break;
      case 'patch': case 'series':
        for (const patch of target.kind === 'patch' ? [target.patch] : target.series.patches) {
          if (budget.over()) break;
          reviewed.push(await reviewPatch({ patch, trees: sidesOf(patch, port), mail: null, token: patch.id }, variantsOf(target.series, set), run));
        }
        if (target.kind === 'series' && target.series.patches.length < target.series.of) {
          limits.add(`${target.series.id}: ${target.series.patches.length} of the ${target.series.of} patches are in this build`);
        }
    }
  } finally {
    budget.end();
    await run.workers.close();
  }
  for (const r of reviewed) for (const l of r.limits) limits.add(l);
  return {
    schema: 'kpv.review/1', target: target.id, kernel: KERNEL, base: target.kind === 'base' ? 'base' : target.kind === 'mails' ? target.patches[0]?.standsOn ?? 'base' : target.series.base,
    switches: set, patches: reviewed.map((r) => r.review), complete: !budget.cut && reviewed.every((r) => r.complete), limits: [...limits],
  };
}

/** What all patches of a review share. */
interface Running { readonly options: ReviewOptions; readonly budget: Budget; readonly which: Chosen; readonly threads: number; readonly workers: Workers }

interface Reviewed { readonly review: PatchReview; readonly complete: boolean; readonly limits: readonly string[] }

/** Executions, seconds, and the wish to stop; a review that runs out says so. */
class Budget {
  readonly #options: ReviewOptions;
  readonly deadline: number | null;
  readonly flag = new SharedArrayBuffer(4);
  readonly #asked: NodeJS.Timeout;
  #left: number | null;
  cut = false;
  constructor(options: ReviewOptions) {
    this.#options = options;
    this.#left = options.budget.executions;
    this.deadline = options.budget.seconds === null ? null : nowMs() + options.budget.seconds * 1000;
    this.#asked = setInterval(() => { this.over(); }, 50);
  }
  /** A job's share: what is left, and then that less. */
  share(wanted: number | null): number | null {
    if (this.#left === null) return null;
    const share = wanted === null ? this.#left : Math.min(this.#left, wanted);
    this.#left -= share;
    return share;
  }
  over(): boolean {
    const out = this.#options.stop() || this.#left === 0 || (this.deadline !== null && nowMs() >= this.deadline);
    if (this.#options.stop()) Atomics.store(new Int32Array(this.flag), 0, 1);
    if (out) this.cut = true;
    return out;
  }
  end(): void { clearInterval(this.#asked); }
}

/** Runs a target on each setting of the switches, and its type checks meanwhile. */
async function runVariants<T>(target: string, trees: { readonly before: PortTree; readonly after: PortTree }, variants: readonly Switches[], run: Running & { readonly costs: readonly string[] }, meanwhile: () => Promise<T>): Promise<{ readonly result: JobResult; readonly own: T }> {
  const { options, budget, which, threads, costs } = run;
  const count = which.kind === 'full' ? null : which.ids.length;
  const job: Job = {
    target, before: trees.before.files, after: trees.after.files, variants, config: options.config,
    ...prepared(trees.before.files, trees.after.files, options.config, variants), costs, chosen: which,
    limit: budget.share(count), deadline: budget.deadline, stop: budget.flag, next: new SharedArrayBuffer(4),
  };
  return run.workers.run(job, { threads, onTick: (p) => { options.onProgress({ patch: target, ...p, total: count ?? 0 }); } }, meanwhile);
}

function pairsOf({ pairs }: JobResult, variants: readonly Switches[]): PairOfRuns[] {
  return pairs.map((p): PairOfRuns => {
    const switches = variants[p.variant] ?? {};
    return { id: `${p.scenario}${variantSuffix(switches)}`, scenario: named(p.scenario), switches, before: p.before, after: p.after };
  });
}
function named(id: string): Scenario {
  const scenario = scenarioNamed(id);
  if (scenario === null) throw new Error(`no scenario ${id}`);
  return scenario;
}

/** Sides of this thread, linked when a witness is wanted of them. */
function linker(before: PortTree, after: PortTree, config: ConfigName): (switches: Switches) => { readonly before: RunnableSide; readonly after: RunnableSide } {
  const linked = new Map<string, { readonly before: RunnableSide; readonly after: RunnableSide }>();
  return (switches) => {
    const suffix = variantSuffix(switches);
    const pair = linked.get(suffix) ?? sidePair(before.files, after.files, config, switches);
    linked.set(suffix, pair);
    return pair;
  };
}

/** The base against itself: its findings are `same`. */
async function reviewBase(port: PortTree, set: Switches, run: Running): Promise<Reviewed> {
  const { options } = run;
  const { result } = await runVariants('base', { before: port, after: port }, [set], { ...run, costs: [] }, async () => undefined);
  const pairs = pairsOf(result, [set]);
  const context = { target: 'base', config: options.config, trees: { before: port, after: port }, sides: linker(port, port, options.config) };
  const review: PatchReview = {
    id: 'base', number: 0, subject: `plain ${KERNEL}`, messageId: '', verdict: 'no-change', reason: 'the base is reviewed against itself',
    apply: { status: 'applied', files: [], typeErrors: 0, conflicts: [], lines: null, notModelled: [] },
    findings: compareFindings(pairs).findings.map((f) => findingOf(f, context)), scenarios: pairs.map(scenarioResult), costs: [], unreached: [],
  };
  return { review, complete: allEnded(pairs) && result.complete, limits: cuts(pairs) };
}

/** A patch with the trees around it; mail: what it was imported from; token: what replay tokens name it by. */
interface Given { readonly patch: PatchModule; readonly trees: Trees; readonly mail: MailPatch | null; readonly token: string }

async function reviewPatch({ patch, trees, mail, token }: Given, variants: readonly Switches[], run: Running): Promise<Reviewed> {
  const { options } = run;
  if (!trees.ok) return { review: conflicted(patch, trees.conflict, `${trees.patch}, which comes before it, does not apply`, mail), complete: true, limits: [] };
  const { before, applied } = trees.sides;
  if (!applied.ok) return { review: conflicted(patch, applied.conflict, applied.conflict.anchor, mail), complete: true, limits: [] };
  if (mail !== null && patch.hunks.length === 0) return { review: outside(patch, mail), complete: linesOf(mail)?.notUnderstood === 0, limits: [] };

  const sides = linker(before, applied.tree, options.config);
  const costs = options.scenarios === null && options.budget.executions === null ? costScenarios() : [];
  const { result, own: types } = await runVariants(patch.id, { before, after: applied.tree }, variants, { ...run, costs }, () => typeFindings(before, applied.tree, variants));
  const pairs = pairsOf(result, variants);
  const compared = compareFindings(pairs);
  const context = { target: token, config: options.config, trees: { before, after: applied.tree }, sides };
  const findings = inTheMail([...types, ...compared.findings.map((f) => findingOf(f, context))], mail);
  const unreached = unreachedOf(applied, new Set(result.reached));
  const scenarios = pairs.map(scenarioResult);
  const { verdict, reason } = verdictOf(findings, scenarios, unreached);
  const review: PatchReview = {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict, reason,
    apply: applyOf(patch, applied, types, mail), findings, scenarios, costs: costsOf(result.costs), unreached,
  };
  const masked = compared.masked.map((m) => `${m.identity.split('|').slice(0, 2).join(' in ')}: seen before only, and every run that showed it ends earlier after the patch: neither gone nor there`);
  return { review, complete: allEnded(pairs) && result.complete, limits: [...masked, ...cuts(pairs), ...shared(result, pairs), sources(patch.id, before, applied.tree)] };
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
    id: pair.id, threads: pair.scenario.threads?.length ?? 1, before, after,
    added: comparable ? keys(after).filter((k) => !keys(before).includes(k)) : [],
    removed: comparable ? keys(before).filter((k) => !keys(after).includes(k)) : [],
  };
}
function sideOf(run: Run): Side {
  if (run.search !== null) {
    const { executions, blocked, states, outcomes } = run.search;
    return { status: run.status, executions, blocked, events: run.events, bound: run.bound, states, outcomes };
  }
  return {
    status: run.status, executions: run.status === 'unsupported' ? 0 : 1, blocked: 0, events: run.events, bound: run.bound, states: null,
    outcomes: run.status === 'unsupported' ? [] : [{ key: run.outcome, executions: 1 }],
  };
}

function allEnded(pairs: readonly PairOfRuns[]): boolean {
  return pairs.every((p) => p.before.status !== 'cut' && p.after.status !== 'cut');
}
/** What was run, so that a report can be held against sources. */
function sources(id: string, before: PortTree, after: PortTree): string {
  return `${id}: sources ${treeHash(before).slice(0, 12)} before, ${treeHash(after).slice(0, 12)} after`;
}
/** Runs that stand for two sides. */
function shared({ pairs }: JobResult, all: readonly PairOfRuns[]): string[] {
  const n = pairs.reduce((sum, p) => sum + p.shared, 0);
  return n === 0 ? [] : [`${n} of the ${2 * all.length} runs were taken over from a side that does the same: they reach no function that differs`];
}
/** Runs that were cut short, by reason. */
function cuts(pairs: readonly PairOfRuns[]): string[] {
  const by = new Map<string, number>();
  for (const p of pairs) for (const run of [p.before, p.after]) if (run.status === 'cut') by.set(run.bound ?? '', (by.get(run.bound ?? '') ?? 0) + 1);
  return [...by].sort(([a], [b]) => (a < b ? -1 : 1)).map(([why, n]) => `${n} run${n === 1 ? '' : 's'} cut short: ${why}`);
}

function applyOf(patch: PatchModule, applied: Extract<Applied, { readonly ok: true }>, types: readonly Finding[], mail: MailPatch | null): Apply {
  return {
    status: 'applied', files: [...new Set(applied.changed.map((c) => c.file))].sort(),
    typeErrors: types.filter((t) => t.state === 'new').length, conflicts: [], lines: linesOf(mail), notModelled: notModelled(patch, mail),
  };
}

function conflicted(patch: PatchModule, conflict: Extract<Applied, { readonly ok: false }>['conflict'], reason: string, mail: MailPatch | null): PatchReview {
  const made: ReviewConflict = { rule: conflict.rule, anchor: conflict.anchor, nearest: conflict.nearest, changedBy: conflict.changedBy, place: conflict.place };
  return {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict: 'conflict', reason,
    apply: { status: 'conflict', files: [], typeErrors: 0, conflicts: [made], lines: linesOf(mail), notModelled: notModelled(patch, mail) },
    findings: [], scenarios: [], costs: [], unreached: [],
  };
}

/** A mail that touches nothing of the port. */
function outside(patch: PatchModule, mail: MailPatch): PatchReview {
  return {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict: 'outside-port',
    reason: (linesOf(mail)?.notUnderstood ?? 0) > 0 ? 'nothing of it could be placed: some of its lines were not understood' : 'nothing that it changes is in the port',
    apply: { status: 'outside-port', files: [], typeErrors: 0, conflicts: [], lines: linesOf(mail), notModelled: notModelled(patch, mail) },
    findings: [], scenarios: [], costs: [], unreached: [],
  };
}

function linesOf(mail: MailPatch | null): Apply['lines'] {
  if (mail === null) return null;
  const { translated, silent, outside: left, open } = sumsOf(mail.imported.accounts);
  return { translated, commentOnly: silent, notInPort: left, notUnderstood: open };
}

/** What of a patch is no part of what was run: said by its module, or counted in its mail. */
function notModelled(patch: PatchModule, mail: MailPatch | null): string[] {
  const said = patch.meta.notModelled.map((n) => `${n.what}: ${n.reason}`);
  if (mail === null) return said;
  const lines = (n: number): string => `${n} line${n === 1 ? '' : 's'}`;
  return [
    ...reasons(mail.imported.accounts, 'outside').map((r) => `${r.why}: ${lines(r.lines)} not in the port`),
    ...reasons(mail.imported.accounts, 'open').map((r) => `${r.why}: ${lines(r.lines)} not understood`),
  ];
}

/** Findings at a line that the mail brings carry its number in the C file after the patch. */
function inTheMail(findings: readonly Finding[], mail: MailPatch | null): Finding[] {
  if (mail === null) return [...findings];
  const at = new Map(mail.imported.places.map((p) => [`${p.file}#${p.function}#${headOf(p.text)}`, p.c]));
  return findings.map((f) => {
    const label = headOf(f.places[0]?.label ?? '');
    const line = at.get(`${f.file}#${f.function}#${label}`)
      // A statement of several lines is known by the first.
      ?? mail.imported.places.find((p) => p.file === f.file && p.function === f.function && p.text.length > 8 && label.startsWith(headOf(p.text)))?.c;
    return line === undefined ? f : { ...f, c: { ...f.c, line } };
  });
}
/** Up to where a statement's body or line ends. */
function headOf(text: string): string { return text.replace(/\s+/g, ' ').replace(/[\s{;]+$/, ''); }
