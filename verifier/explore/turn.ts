// SPDX-License-Identifier: GPL-2.0-only
// One turn of a fair cycle in a component: the closed walk with the fewest preemptions, then the fewest steps,
// in which each thread steps, or is met where it cannot run (one that is ever at a blocking acquisition, and
// ever steps, must step). A shortest path over (state, who ran last, whose turn is satisfied); bounded, and said so.

import type { Edge, Graph } from './graph.ts';

const LIMIT = 400_000;

export interface Turn { readonly preemptions: number; readonly loop: readonly Edge[]; readonly exact: boolean }

interface Place { readonly state: number; readonly last: number; readonly mask: number; readonly preemptions: number; readonly steps: number; readonly by: Edge | null; readonly before: Place | null }

export function fewestPreemptions(graph: Graph, part: readonly number[], edges: readonly Edge[]): Turn | null {
  const inside = new Set(part);
  const takes = new Set(edges.map((edge) => edge.thread));
  const threads = [...new Set(part.flatMap((s) => graph[s]!.enabled))].sort((a, b) => a - b);
  const acquires = new Set(part.flatMap((s) => graph[s]!.acquiring));
  const bit = new Map(threads.map((t, i) => [t, 2 ** i]));
  const full = 2 ** threads.length - 1;
  const metAt = (s: number): number => {
    let mask = 0;
    for (const t of threads) if (!graph[s]!.enabled.includes(t) && !(takes.has(t) && acquires.has(t))) mask |= bit.get(t)!;
    return mask;
  };
  const met = new Map(part.map((s) => [s, metAt(s)]));
  const out = new Map(part.map((s) => [s, graph[s]!.edges.filter((edge) => !edge.progress && inside.has(edge.to))]));
  let best: Place | null = null, budget = LIMIT;
  const starts = new Set(edges.map((edge) => `${edge.to} ${edge.thread}`));
  for (const start of starts) {
    if (budget <= 0) break;
    const [state = 0, last = 0] = start.split(' ').map(Number);
    const seen = new Set<string>();
    const queue = new Queue();
    queue.add({ state, last, mask: met.get(state)!, preemptions: 0, steps: 0, by: null, before: null });
    for (let place = queue.take(); place !== null && budget-- > 0; place = queue.take()) {
      if (best !== null && !isBefore(place, best)) break;
      if (place.steps > 0 && place.state === state && place.last === last && place.mask === full) {
        best = place;
        break;
      }
      const key = `${place.state} ${place.last} ${place.mask}`;
      if (place.steps > 0) {
        if (seen.has(key)) continue;
        seen.add(key);
      }
      const held = graph[place.state]!.enabled.includes(place.last);
      for (const edge of out.get(place.state)!) {
        const mask = place.mask | bit.get(edge.thread)! | met.get(edge.to)!;
        const preemptions = place.preemptions + (held && edge.thread !== place.last ? 1 : 0);
        queue.add({ state: edge.to, last: edge.thread, mask, preemptions, steps: place.steps + 1, by: edge, before: place });
      }
    }
  }
  if (best === null) return null;
  const loop: Edge[] = [];
  for (let place: Place | null = best; place !== null && place.by !== null; place = place.before) loop.push(place.by);
  return { preemptions: best.preemptions, loop: loop.reverse(), exact: budget > 0 };
}

const isBefore = (a: Place, b: Place): boolean => a.preemptions < b.preemptions || (a.preemptions === b.preemptions && a.steps < b.steps);

/** By preemptions, then steps; equal ones in the order they came. */
class Queue {
  readonly #levels: Place[][][] = [];

  add(place: Place): void {
    const level = this.#levels[place.preemptions] ??= [];
    (level[place.steps] ??= []).push(place);
  }

  take(): Place | null {
    for (const level of this.#levels) {
      for (const row of level ?? []) {
        const place = row?.shift();
        if (place !== undefined) return place;
      }
    }
    return null;
  }
}
