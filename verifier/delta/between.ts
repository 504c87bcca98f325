// SPDX-License-Identifier: GPL-2.0-only
// One target against another: both trees run through the suite beside each other, as before and after are
// in a review, and their patches paired as git range-diff pairs them.

import { portPatches, type SeriesVersion } from '../../patches/index.ts';
import type { Delta, FindingRow, Mark, PatchRow, ScenarioRow } from '../report/between.ts';
import type { Finding } from '../report/review.ts';
import type { Conflict, PatchModule } from '../transform/index.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import { compareFindings, type ComparedFinding } from './compare.ts';
import { findingOf, typeFindings, type FindingContext } from './findings.ts';
import { KERNEL, LIMITS } from './limits.ts';
import { allEnded, cuts, scenarioResult, shared, sources } from './results.ts';
import { linker, pairsOf, running, runVariants, type ReviewOptions } from './running.ts';
import { seriesSides, variantsOf, type Switches, type Target } from './target.ts';

export type Between =
  | { readonly ok: true; readonly delta: Delta }
  | { readonly ok: false; readonly patch: string; readonly conflict: Conflict };

/** A target's last tree, the patches that made it, and the last of them that changed the port. */
interface End { readonly tree: PortTree; readonly patches: readonly PatchModule[]; readonly last: string }
type Ended = { readonly ok: true; readonly end: End } | Extract<Between, { readonly ok: false }>;

export async function deltaBetween(left: Target, right: Target, options: ReviewOptions): Promise<Between> {
  const set: Switches = { ...left.switches, ...right.switches, ...options.switches };
  const port = loadPort();
  const [from, to] = [endOf(left, port), endOf(right, port)];
  if (!from.ok) return from;
  if (!to.ok) return to;
  const trees = [from.end.tree, to.end.tree] as const;
  const variants = variantsOfBoth(left, right, set);
  const run = running(options, false);
  try {
    const { result, own: types } = await runVariants(`${left.id} ${right.id}`, trees, variants, { ...run, costs: [] }, () => typeFindings(trees[0], trees[1], variants));
    const pairs = pairsOf(result.pairs, variants);
    const { findings, masked } = compareFindings(pairs);
    const lasts = { before: from.end.last, after: to.end.last };
    const context: FindingContext = {
      target: to.end.last, named: (side) => ({ target: lasts[side], side: 'after' }), config: options.config,
      trees: { before: trees[0], after: trees[1] }, sides: linker(options.config)(trees[0], trees[1]),
    };
    const base = [...new Set([left, right].map((t) => (t.kind === 'base' ? 'base' : t.series.base)))].join(' ');
    return { ok: true, delta: {
      schema: 'kpv.delta/1', left: left.id, right: right.id, kernel: KERNEL, base, switches: set, patches: paired(from.end.patches, to.end.patches),
      findings: [...types.map(typeRow), ...findings.map((f) => row(f, context, null)), ...masked.map((f) => row(f, context, 'every run of the right side that could show it ends earlier'))],
      scenarios: pairs.map((pair): ScenarioRow => {
        const { id, threads, before, after, added, removed } = scenarioResult(pair);
        const mark = before.status === 'unsupported' ? (after.status === 'unsupported' ? '=' : '>') : after.status === 'unsupported' ? '<' : added.length + removed.length > 0 ? '!' : '=';
        return { mark, id, threads, left: before, right: after, added, removed };
      }),
      complete: !run.budget.cut && allEnded(pairs) && result.complete,
      limits: [...LIMITS, ...lacking(left), ...lacking(right), ...cuts(pairs), ...shared(result.pairs), sources(`${left.id} ${right.id}`, trees[0], trees[1])],
    } };
  } finally {
    run.budget.end();
    await run.workers.close();
  }
}

function endOf(target: Target, port: PortTree): Ended {
  if (target.kind === 'base') return { ok: true, end: { tree: port, patches: [], last: 'base' } };
  const upTo = target.kind === 'patch' ? target.patch.meta.number : target.series.of;
  const sides = seriesSides(target.series, port).filter(({ patch }) => patch.meta.number <= upTo);
  let tree = port;
  for (const { trees } of sides) {
    if (!trees.ok) return { ok: false, patch: trees.patch, conflict: trees.conflict };
    if (!trees.sides.applied.ok) return { ok: false, patch: trees.sides.applied.patch, conflict: trees.sides.applied.conflict };
    tree = trees.sides.applied.tree;
  }
  const patches = sides.map(({ patch }) => patch);
  return { ok: true, end: { tree, patches, last: portPatches(patches).at(-1)?.id ?? 'base' } };
}

/** The settings that either asks for. */
function variantsOfBoth(left: Target, right: Target, set: Switches): readonly Switches[] {
  const switches: Record<string, readonly string[]> = {};
  for (const t of [left, right]) {
    for (const [name, values] of Object.entries(t.kind === 'base' ? {} : t.series.switches)) switches[name] = [...new Set([...switches[name] ?? [], ...values])];
  }
  const of: Pick<SeriesVersion, 'switches'> = { switches };
  return variantsOf(of, set);
}

function lacking(target: Target): readonly string[] {
  if (target.kind !== 'series' || target.series.patches.length === target.series.of) return [];
  return [`${target.id}: ${target.series.patches.length} of the ${target.series.of} patches are in this build`];
}

function row(f: ComparedFinding, context: FindingContext, hidden: string | null): FindingRow {
  const gone = f.after === 0;
  return {
    mark: f.before > 0 && f.after > 0 ? '=' : gone ? '<' : '>', left: f.before, right: f.after,
    hidden: hidden ?? (f.state === 'unmasked' ? 'every run of the left side that could show it ends earlier' : f.state === 'introduced' ? 'no run of the left side is about it' : null),
    finding: findingOf(f, context),
  };
}

function typeRow(finding: Finding): FindingRow {
  switch (finding.state) {
    case 'fixed': return { mark: '<', left: 1, right: 0, hidden: null, finding };
    case 'same': return { mark: '=', left: 1, right: 1, hidden: null, finding };
    case 'new': case 'introduced': case 'unmasked': return { mark: '>', left: 0, right: 1, hidden: null, finding };
  }
}

/** By subject; what is left over by number, where the files are the same. In the order of the left, then of the right. */
function paired(left: readonly PatchModule[], right: readonly PatchModule[]): readonly PatchRow[] {
  const files = (p: PatchModule): string => p.meta.files.toSorted().join(' ');
  const bySubject = new Map(left.map((l) => [l, right.find((r) => r.meta.subject === l.meta.subject)]));
  const taken = new Set(bySubject.values());
  const partners = new Map(left.map((l) => [l, bySubject.get(l) ?? right.find((r) => !taken.has(r) && r.meta.number === l.meta.number && files(r) === files(l))]));
  const met = new Set(partners.values());
  return [
    ...left.map((l): PatchRow => {
      const r = partners.get(l);
      if (r === undefined) return { mark: '<', left: l.id, right: null, subject: l.meta.subject };
      return { mark: markOf(l, r), left: l.id, right: r.id, subject: r.meta.subject };
    }),
    ...right.filter((r) => !met.has(r)).map((r): PatchRow => ({ mark: '>', left: null, right: r.id, subject: r.meta.subject })),
  ];
}

/** The same edits; of what is not ported, the same posting once more (its text is not here to be compared). */
function markOf(l: PatchModule, r: PatchModule): Mark {
  if (l.kind === 'port' && r.kind === 'port') return JSON.stringify([l.hunks, l.expects]) === JSON.stringify([r.hunks, r.expects]) ? '=' : '!';
  return l.kind === 'outside-port' && r.kind === 'outside-port' && l.outside === r.outside ? '=' : '!';
}
