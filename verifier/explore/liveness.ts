// SPDX-License-Identifier: GPL-2.0-only
// Cycles that fair scheduling may follow for ever without progress. Progress is progress() or the end of a
// thread. Fair is weak for every thread (one that can always run does run) and strong for one at a blocking acquisition (one that
// can run again and again does); the result of a try is nobody's right. A component of the graph
// without progress is searched for a fair part by taking out what is unfair (Emerson and Lei 1987). Global livelock only:
// a thread that starves while others progress is not looked for.

import { canReach, components, shortestTo, type Edge, type Graph } from './graph.ts';
import { fewestPreemptions } from './turn.ts';
import type { Cycle, Move } from './system.ts';

const ORDER: readonly Cycle['kind'][] = ['trap', 'self-sustaining', 'adversarial'];
const isWait = (edge: Edge): boolean => !edge.progress;
const move = ({ thread, choice }: Edge): Move => ({ thread, choice });

/** The best witness of each kind that there is: fewest preemptions, then the shortest turn. */
export function fairCycles(graph: Graph): Cycle[] {
  const hopeful = canReach(graph, (edge) => edge.progress);
  const best = new Map<Cycle['kind'], { cycle: Cycle; length: number }>();
  const todo = components(graph, graph.keys(), isWait);
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    const inside = new Set(part);
    const edges = part.flatMap((s) => graph[s]!.edges.filter((edge) => isWait(edge) && inside.has(edge.to)));
    if (edges.length === 0) continue;
    const rest = fairPart(graph, part, edges);
    if (rest === null) continue;
    if (rest.length < part.length) {
      todo.push(...components(graph, rest, isWait));
      continue;
    }
    const turn = fewestPreemptions(graph, part, edges);
    if (turn === null) continue;
    const kind = !hopeful.has(part[0]!) ? 'trap' : turn.preemptions === 0 ? 'self-sustaining' : 'adversarial';
    const old = best.get(kind);
    const better = old === undefined || turn.preemptions < old.cycle.preemptionsPerTurn
      || (turn.preemptions === old.cycle.preemptionsPerTurn && turn.loop.length < old.length);
    if (!better) continue;
    const stem = shortestTo(graph, turn.loop[0]!.from).map(move);
    best.set(kind, { cycle: { kind, preemptionsPerTurn: turn.preemptions, exact: turn.exact, stem, loop: turn.loop.map(move) }, length: turn.loop.length });
  }
  return ORDER.flatMap((kind) => best.get(kind)?.cycle ?? []);
}

/** The states of a component where a fair run can stay; all of them if it is fair, null if none can. */
function fairPart(graph: Graph, part: readonly number[], edges: readonly Edge[]): readonly number[] | null {
  const takes = new Set(edges.map((edge) => edge.thread));
  let rest = part;
  for (const t of new Set(part.flatMap((s) => graph[s]!.enabled))) {
    if (takes.has(t)) continue;
    if (part.every((s) => graph[s]!.enabled.includes(t))) return null;
    rest = rest.filter((s) => !graph[s]!.acquiring.includes(t));
  }
  return rest;
}
