// SPDX-License-Identifier: GPL-2.0-only
// The main job: apply, type-check, run before and after, compare. Gives the review as data; every
// number and verdict in it comes from these runs.

import type { ConfigName } from '../tree/arms.ts';
import { loadPort, treeHash, type PortTree } from '../tree/load.ts';
import type { Applied, PatchModule } from '../transform/index.ts';
import type { Finding, PatchReview, Review } from '../report/review.ts';
import { compareFindings, type PairOfRuns } from './compare.ts';
import { costScenarios, costsOf } from './cost.ts';
import { findingOf, typeFindings, type FindingContext } from './findings.ts';
import type { JobPair } from './job.ts';
import { KERNEL, LIMITS } from './limits.ts';
import type { MailPatch, MailTarget } from './mails.ts';
import { turn } from './pool.ts';
import { allEnded, cuts, scenarioResult, shared, sources, unreachedOf } from './results.ts';
import { linker, pairsOf, running, runVariants, type Linker, type ReviewOptions, type Running } from './running.ts';
import { seriesSides, sidesOf, variantsOf, type Switches, type Target, type Trees } from './target.ts';
import { applyOf, conflicted, inTheMail, linesOf, outsideMail, outsidePort } from './told.ts';
import { verdictOf } from './verdict.ts';

export { DEFAULT_OPTIONS, type Progress, type ReviewOptions } from './running.ts';

/** Reviews a target; a series patch by patch. */
export async function reviewTarget(target: Target | MailTarget, options: ReviewOptions): Promise<Review> {
  const set: Switches = { ...target.switches, ...options.switches };
  const port = loadPort();
  const run = running(options, target.kind === 'mails');
  const { budget } = run;
  const reviewed: Reviewed[] = [];
  const limits = new Set<string>(LIMITS);
  try {
    switch (target.kind) {
      case 'base': reviewed.push(await reviewBase(port, set, run)); break;
      case 'mails':
        reviewed.push(...await reviewAll(target.patches.map((one, n): Given => ({
          patch: one.patch, trees: one.trees, mail: one, token: `mail:${target.hash}:${n}`, variants: variantsOf(one.series, set),
        })), target.id, run));
        for (const remark of target.remarks) limits.add(remark);
        break;
      case 'patch':
        reviewed.push(...await reviewAll([{ patch: target.patch, trees: sidesOf(target.patch, port), mail: null, token: target.id, variants: variantsOf(target.series, set) }], target.id, run));
        break;
      case 'series': {
        const variants = variantsOf(target.series, set);
        reviewed.push(...await reviewAll(seriesSides(target.series, port).map(({ patch, trees }): Given => ({ patch, trees, mail: null, token: patch.id, variants })), target.id, run));
        if (target.series.patches.length < target.series.of) {
          limits.add(`${target.series.id}: ${target.series.patches.length} of the ${target.series.of} patches are in this build`);
        }
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

interface Reviewed { readonly review: PatchReview; readonly complete: boolean; readonly limits: readonly string[] }

/** A patch with the trees around it; mail: what it was imported from; token: what replay tokens name it by. */
interface Given { readonly patch: PatchModule; readonly trees: Trees; readonly mail: MailPatch | null; readonly token: string; readonly variants: readonly Switches[] }

/** One of which there is something to run. */
interface Step { readonly given: Given; readonly before: PortTree; readonly applied: AppliedPatch }
type AppliedPatch = Extract<Applied, { readonly ok: true }>;

/** Patches in their order. Each that stands on the one before shares its job: what is after one is before the next. */
async function reviewAll(all: readonly Given[], target: string, run: Running): Promise<readonly Reviewed[]> {
  const out: Reviewed[] = [];
  const tell = (one: Reviewed): void => {
    out.push(one);
    run.options.onReviewed(one.review);
  };
  for (let at = 0; at < all.length && !run.budget.over();) {
    const chain = chainFrom(all.slice(at));
    const steps = chain.flatMap((one) => (one.kind === 'step' ? [one.step] : []));
    const reviews = steps.length === 0 ? [] : await reviewChain(steps, all.length === 1 ? steps[0]?.given.patch.id ?? target : target, run);
    for (const one of chain) {
      if (one.kind === 'settled') { tell(one.reviewed); continue; }
      const made = reviews[steps.indexOf(one.step)];
      if (made !== undefined) tell(made());
      // Witnesses take time: whoever wants to stop is heard.
      await turn();
    }
    at += chain.length;
  }
  return out;
}

type Planned = { readonly kind: 'step'; readonly step: Step } | { readonly kind: 'settled'; readonly reviewed: Reviewed };

/** As many as one job can have: a tree that becomes the next, in the same settings; patches that are not run in between. */
function chainFrom(all: readonly Given[]): readonly Planned[] {
  const out: Planned[] = [];
  let last: Step | null = null;
  for (const given of all) {
    const planned = plan(given);
    if (planned.kind === 'step') {
      const { before } = planned.step;
      const follows = last === null || (treeHash(before) === treeHash(last.applied.tree) && JSON.stringify(last.given.variants) === JSON.stringify(given.variants));
      if (!follows) return out;
      last = planned.step;
    }
    out.push(planned);
  }
  return out;
}

function plan(given: Given): Planned {
  const { patch, trees, mail } = given;
  const settled = (review: PatchReview, complete = true): Planned => ({ kind: 'settled', reviewed: { review, complete, limits: [] } });
  if (patch.kind === 'outside-port') return settled(outsidePort(patch));
  if (!trees.ok) return settled(conflicted(patch, trees.conflict, `${trees.patch}, which comes before it, does not apply`, mail));
  const { before, applied } = trees.sides;
  if (!applied.ok) return settled(conflicted(patch, applied.conflict, applied.conflict.anchor, mail));
  if (mail !== null && patch.hunks.length === 0) return settled(outsideMail(patch, mail), linesOf(mail)?.notUnderstood === 0);
  return { kind: 'step', step: { given, before, applied } };
}

/** Runs a chain; each review is put together, with its witnesses, when it is asked for. */
async function reviewChain(steps: readonly Step[], target: string, run: Running): Promise<readonly (() => Reviewed)[]> {
  const { options } = run;
  const [first] = steps;
  if (first === undefined) return [];
  const { variants } = first.given;
  const costs = options.scenarios === null && options.budget.executions === null ? costScenarios() : [];
  const { result, own: types } = await runVariants(target, [first.before, ...steps.map((s) => s.applied.tree)], variants, { ...run, costs }, async () => {
    const found: (readonly Finding[])[] = [];
    for (const { before, applied } of steps) found.push(await typeFindings(before, applied.tree, variants));
    return found;
  });
  const link = linker(options.config);
  const inCommon = shared(result.pairs);
  return steps.map((step, n) => () => reviewOf(step, {
    pairs: pairsOf(result.pairs.filter((p) => p.step === n), variants), types: types[n] ?? [], reached: new Set(result.reached[n + 1]),
    costs: result.costs.filter((p) => p.step === n), complete: result.complete, limits: n === 0 ? inCommon : [],
  }, link, options.config));
}

/** What came of the runs and checks of one patch. */
interface Found {
  readonly pairs: readonly PairOfRuns[];
  readonly types: readonly Finding[];
  readonly reached: ReadonlySet<string>;
  readonly costs: readonly JobPair[];
  readonly complete: boolean;
  /** What the chain has in common: told with its first patch. */
  readonly limits: readonly string[];
}

function reviewOf({ given: { patch, mail, token }, before, applied }: Step, { pairs, types, reached, costs, complete, limits }: Found, link: Linker, config: ConfigName): Reviewed {
  const compared = compareFindings(pairs);
  const context: FindingContext = { target: token, config, trees: { before, after: applied.tree }, sides: link(before, applied.tree) };
  const findings = inTheMail([...types, ...compared.findings.map((f) => findingOf(f, context))], mail);
  const unreached = unreachedOf(applied, reached);
  const scenarios = pairs.map(scenarioResult);
  const { verdict, reason } = verdictOf(findings, scenarios, unreached);
  const review: PatchReview = {
    id: patch.id, number: patch.meta.number, subject: patch.meta.subject, messageId: patch.meta.messageId, verdict, reason,
    apply: applyOf(patch, applied, types, mail), findings, scenarios, costs: costsOf(costs), unreached,
  };
  const masked = compared.masked.map((m) => `${m.identity.split('|').slice(0, 2).join(' in ')}: seen before only, and every run that showed it ends earlier after the patch: neither gone nor there`);
  return { review, complete: allEnded(pairs) && complete, limits: [...masked, ...cuts(pairs), ...limits, sources(patch.id, before, applied.tree)] };
}

/** The base against itself: its findings are `same`. */
async function reviewBase(port: PortTree, set: Switches, run: Running): Promise<Reviewed> {
  const { config } = run.options;
  const { result } = await runVariants('base', [port], [set], { ...run, costs: [] }, async () => undefined);
  const pairs = pairsOf(result.pairs, [set]);
  const context: FindingContext = { target: 'base', config, trees: { before: port, after: port }, sides: linker(config)(port, port) };
  const review: PatchReview = {
    id: 'base', number: 0, subject: `plain ${KERNEL}`, messageId: '', verdict: 'no-change', reason: 'the base is reviewed against itself',
    apply: { status: 'applied', files: [], typeErrors: 0, conflicts: [], lines: null, notModelled: [] },
    findings: compareFindings(pairs).findings.map((f) => findingOf(f, context)), scenarios: pairs.map(scenarioResult), costs: [], unreached: [],
  };
  return { review, complete: allEnded(pairs) && result.complete, limits: cuts(pairs) };
}
