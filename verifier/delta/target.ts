// SPDX-License-Identifier: GPL-2.0-only
// Targets (DESIGN.md, Sides): `base`, `base[GRAB_FORM=own]`, a series at a version, or one patch
// of it; and the trees that stand before and after.

import { findPatch, findSeries, PATCHES, predecessors, SERIES, type SeriesVersion } from '../../patches/index.ts';
import { applyAll, applyPatch, editDistance, leftAlone, type Applied, type Conflict, type PatchModule } from '../transform/index.ts';
import { SWITCHES } from '../tree/arms.ts';
import { loadPort, type PortTree } from '../tree/load.ts';
import type { Switches } from './switches.ts';

export { variantSuffix, type Switches } from './switches.ts';

export type Target =
  | { readonly kind: 'base'; readonly id: string; readonly switches: Switches }
  | { readonly kind: 'series'; readonly id: string; readonly series: SeriesVersion; readonly switches: Switches }
  | { readonly kind: 'patch'; readonly id: string; readonly series: SeriesVersion; readonly patch: PatchModule; readonly switches: Switches };

export type Resolved = { readonly ok: true; readonly target: Target } | { readonly ok: false; readonly reason: string };

export function resolveTarget(word: string): Resolved {
  const parsed = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(word);
  if (parsed === null) return { ok: false, reason: `'${word}' is no target: write base, device-coherent/v2 or device-coherent/v2/3` };
  const id = (parsed[1] ?? '').replace(/\/+$/, '');
  const switches: Record<string, string> = {};
  for (const part of (parsed[2] ?? '').split(',').filter((s) => s !== '')) {
    const fault = addSwitch(switches, part);
    if (fault !== null) return { ok: false, reason: fault };
  }
  if (id === 'base') return { ok: true, target: { kind: 'base', id, switches } };
  const series = findSeries(id);
  if (series !== undefined) return { ok: true, target: { kind: 'series', id, series, switches } };
  const patch = findPatch(id);
  const of = patch === undefined ? undefined : findSeries(`${patch.meta.series}/${patch.meta.version}`);
  if (patch !== undefined && of !== undefined) return { ok: true, target: { kind: 'patch', id, series: of, patch, switches } };
  const known = ['base', ...SERIES.map((s) => s.id), ...PATCHES.map((p) => p.id)];
  const nearest = known.reduce((a, b) => (editDistance(id, b) < editDistance(id, a) ? b : a));
  return { ok: false, reason: `no target '${id}': the nearest is ${nearest} (kpv list patches has them all)` };
}

/** `NAME=VALUE` into switches; a reason when it is none. */
export function addSwitch(into: Record<string, string>, word: string): string | null {
  const [name = '', value = ''] = word.split('=');
  const values = SWITCHES[name];
  if (values === undefined) return `no switch '${name}': there are ${Object.keys(SWITCHES).join(', ')}`;
  if (!values.includes(value)) return `switch ${name} has no value '${value}': it has ${values.join(', ')}`;
  into[name] = value;
  return null;
}

/** The switch settings a target is reviewed on: what its series asks for, what was set winning. */
export function variantsOf(series: Pick<SeriesVersion, 'switches'> | null, set: Switches): readonly Switches[] {
  let out: Switches[] = [{}];
  for (const [name, values] of Object.entries(series?.switches ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const wanted = set[name] === undefined ? values : [set[name]];
    out = out.flatMap((o) => wanted.map((v) => ({ ...o, [name]: v })));
  }
  return out.map((o) => ({ ...o, ...set }));
}

export interface PatchSides { readonly before: PortTree; readonly applied: Applied }
export type Trees = { readonly ok: true; readonly sides: PatchSides } | { readonly ok: false; readonly conflict: Conflict; readonly patch: string };

type Under = { readonly ok: true; readonly tree: PortTree } | Extract<Trees, { readonly ok: false }>;

/** The tree that a patch's series stands on: the port, or what another patch leaves. */
function underneath(patch: PatchModule, port: PortTree): Under {
  const { base = 'base' } = patch.meta;
  if (base === 'base') return { ok: true, tree: port };
  const under = findPatch(base);
  if (under === undefined) throw new Error(`${patch.id} stands on ${base}, which is no patch of the project`);
  const trees = sidesOf(under, port);
  if (!trees.ok) return trees;
  const { applied } = trees.sides;
  return applied.ok ? { ok: true, tree: applied.tree } : { ok: false, conflict: applied.conflict, patch: applied.patch };
}

/** The trees around each patch of a series, in one pass: what one leaves, the next stands on. */
export function seriesSides({ patches }: SeriesVersion, port: PortTree): readonly { readonly patch: PatchModule; readonly trees: Trees }[] {
  const [first] = patches;
  if (first === undefined) return [];
  const under = sidesOf(first, port);
  let at = under.ok ? under.sides.before : port;
  let broken: Extract<Trees, { readonly ok: false }> | null = under.ok ? null : under;
  return patches.map((patch) => {
    if (broken !== null) return { patch, trees: broken };
    const applied = patch.kind === 'port' ? applyPatch(at, patch, { known: patches }) : leftAlone(at, patch);
    const trees: Trees = { ok: true, sides: { before: at, applied } };
    if (applied.ok) at = applied.tree;
    else broken = { ok: false, conflict: applied.conflict, patch: patch.id };
    return { patch, trees };
  });
}

/** The trees around a patch: the port with its predecessors, and what comes of applying it. */
export function sidesOf(patch: PatchModule, port: PortTree = loadPort()): Trees {
  const known = PATCHES.filter((p) => p.meta.series === patch.meta.series && p.meta.version === patch.meta.version);
  const under = underneath(patch, port);
  if (!under.ok) return under;
  const earlier = applyAll(under.tree, predecessors(patch), { known });
  const failed = earlier.applied.find((a) => !a.ok);
  if (failed !== undefined && !failed.ok) return { ok: false, conflict: failed.conflict, patch: failed.patch };
  const applied = patch.kind === 'port' ? applyPatch(earlier.tree, patch, { known }) : leftAlone(earlier.tree, patch);
  return { ok: true, sides: { before: earlier.tree, applied } };
}
