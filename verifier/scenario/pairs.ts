// SPDX-License-Identifier: GPL-2.0-only
// Pairwise covering: a small set of points in which every pair of values of two dimensions occurs
// that some allowed point has. Greedy in the manner of AETG (Cohen, Dalal, Fredman, Patton, IEEE
// TSE 23(7), 1997), without its random choices: ties go to the first value, so the set is the same
// every time.

export type Dimensions = Readonly<Record<string, readonly string[]>>;
export type Point = Readonly<Record<string, string>>;
/** Why a point (or the part of it chosen so far) is not in the space; null when it is. */
export type Constraint = (p: Partial<Point>) => string | null;

export interface Covering {
  readonly points: readonly Point[];
  /** Pairs that an allowed point has, and of these the covered. */
  readonly pairs: number;
  readonly covered: number;
  /** Pairs that no allowed point has, with the constraint's reason. */
  readonly excluded: readonly { readonly pair: string; readonly reason: string }[];
}

const pairKey = (d1: string, v1: string, d2: string, v2: string): string => `${d1}=${v1} ${d2}=${v2}`;

export function coverPairs(dims: Dimensions, refuse: Constraint): Covering {
  const names = Object.keys(dims);
  const open = new Set<string>();
  const excluded: { pair: string; reason: string }[] = [];
  let total = 0;
  for (let i = 0; i < names.length; i++) {
    for (let j = i + 1; j < names.length; j++) {
      const [a, b] = [names[i] ?? '', names[j] ?? ''];
      for (const va of dims[a] ?? []) {
        for (const vb of dims[b] ?? []) {
          const full = complete(dims, names, { [a]: va, [b]: vb }, refuse);
          if (full === null) excluded.push({ pair: pairKey(a, va, b, vb), reason: refuse({ [a]: va, [b]: vb }) ?? 'no allowed point has both' });
          else { open.add(pairKey(a, va, b, vb)); total += 1; }
        }
      }
    }
  }
  const points: Point[] = [];
  while (open.size > 0) {
    const point = nextPoint(dims, names, open, refuse);
    if (point === null) break;
    for (const key of pairsOf(point, names)) open.delete(key);
    points.push(point);
  }
  return { points, pairs: total, covered: total - open.size, excluded };
}

export function pairsOf(p: Point, names: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < names.length; i++) {
    for (let j = i + 1; j < names.length; j++) {
      const [a, b] = [names[i] ?? '', names[j] ?? ''];
      out.push(pairKey(a, p[a] ?? '', b, p[b] ?? ''));
    }
  }
  return out;
}

/** Grows a point from an open pair, each further value the one that closes most open pairs. */
function nextPoint(dims: Dimensions, names: readonly string[], open: ReadonlySet<string>, refuse: Constraint): Point | null {
  const seed = open.values().next().value;
  if (seed === undefined) return null;
  const partial: Record<string, string> = {};
  for (const part of seed.split(' ')) {
    const at = part.indexOf('=');
    partial[part.slice(0, at)] = part.slice(at + 1);
  }
  for (const d of names) {
    if (partial[d] !== undefined) continue;
    let best: string | null = null;
    let bestGain = -1;
    for (const v of dims[d] ?? []) {
      const candidate = { ...partial, [d]: v };
      if (refuse(candidate) !== null) continue;
      let gain = 0;
      for (const [e, w] of Object.entries(partial)) {
        const key = names.indexOf(d) < names.indexOf(e) ? pairKey(d, v, e, w) : pairKey(e, w, d, v);
        if (open.has(key)) gain += 1;
      }
      if (gain > bestGain && complete(dims, names, candidate, refuse) !== null) { best = v; bestGain = gain; }
    }
    if (best === null) return null;
    partial[d] = best;
  }
  return partial;
}

/** An allowed point that has these values, or null. Depth first; constraints cut early. */
export function complete(dims: Dimensions, names: readonly string[], partial: Partial<Point>, refuse: Constraint): Point | null {
  if (refuse(partial) !== null) return null;
  const next = names.find((n) => partial[n] === undefined);
  if (next === undefined) {
    const point: Record<string, string> = {};
    for (const n of names) point[n] = partial[n] ?? '';
    return point;
  }
  for (const v of dims[next] ?? []) {
    const full = complete(dims, names, { ...partial, [next]: v }, refuse);
    if (full !== null) return full;
  }
  return null;
}

/** Every allowed point, in order. */
export function* product(dims: Dimensions, refuse: Constraint): Generator<Point> {
  const names = Object.keys(dims);
  function* grow(i: number, partial: Record<string, string>): Generator<Point> {
    const name = names[i];
    if (name === undefined) { yield { ...partial }; return; }
    for (const v of dims[name] ?? []) {
      const more = { ...partial, [name]: v };
      if (refuse(more) === null) yield* grow(i + 1, more);
    }
  }
  yield* grow(0, {});
}
