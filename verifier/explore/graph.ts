// SPDX-License-Identifier: GPL-2.0-only
// A graph of states, as the search over states leaves it: who may run where, and where each step leads.

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly thread: number;
  readonly choice: number;
  /** The step was progress, or its thread ended with it. */
  readonly progress: boolean;
}

export interface State {
  readonly enabled: readonly number[];
  /** Of these, the threads that are at a blocking acquisition. */
  readonly acquiring: readonly number[];
  readonly edges: Edge[];
}

/** State 0 is the first. */
export type Graph = readonly State[];

/** Strongly connected components of the states in `within`, over the edges that `keep` (Tarjan 1972, without recursion). */
export function components(graph: Graph, within: Iterable<number>, keep: (edge: Edge) => boolean): number[][] {
  const inside = new Set(within);
  const index = new Map<number, number>(), low = new Map<number, number>();
  const open: number[] = [], isOpen = new Set<number>(), found: number[][] = [];
  const enter = (s: number): { s: number; at: number } => {
    index.set(s, index.size);
    low.set(s, index.size - 1);
    open.push(s);
    isOpen.add(s);
    return { s, at: 0 };
  };
  for (const root of inside) {
    if (index.has(root)) continue;
    const path = [enter(root)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const { s } = top;
      const edge = graph[s]!.edges[top.at++];
      if (edge !== undefined) {
        if (!keep(edge) || !inside.has(edge.to)) continue;
        if (!index.has(edge.to)) path.push(enter(edge.to));
        else if (isOpen.has(edge.to)) low.set(s, Math.min(low.get(s)!, index.get(edge.to)!));
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low.set(parent.s, Math.min(low.get(parent.s)!, low.get(s)!));
      if (low.get(s) !== index.get(s)) continue;
      const component: number[] = [];
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        isOpen.delete(member);
        component.push(member);
        if (member === s) break;
      }
      found.push(component.sort((a, b) => a - b));
    }
  }
  return found;
}

/** The fewest steps from the first state to `to`. */
export function shortestTo(graph: Graph, to: number): Edge[] {
  const by = new Map<number, Edge | null>([[0, null]]);
  let front = [0];
  while (front.length > 0 && !by.has(to)) {
    const next: number[] = [];
    for (const s of front) {
      for (const edge of graph[s]!.edges) {
        if (by.has(edge.to)) continue;
        by.set(edge.to, edge);
        next.push(edge.to);
      }
    }
    front = next;
  }
  const path: Edge[] = [];
  for (let edge = by.get(to); edge; edge = by.get(edge.from)) path.push(edge);
  return path.reverse();
}

/** The states from which an edge of the kind can be reached. */
export function canReach(graph: Graph, kind: (edge: Edge) => boolean): Set<number> {
  const into: number[][] = graph.map(() => []);
  const reach = new Set<number>();
  for (const { edges } of graph) {
    for (const edge of edges) {
      into[edge.to]!.push(edge.from);
      if (kind(edge)) reach.add(edge.from);
    }
  }
  const todo = [...reach];
  for (let s = todo.pop(); s !== undefined; s = todo.pop()) {
    for (const from of into[s]!) {
      if (reach.has(from)) continue;
      reach.add(from);
      todo.push(from);
    }
  }
  return reach;
}
