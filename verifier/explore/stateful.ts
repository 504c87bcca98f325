// SPDX-License-Identifier: GPL-2.0-only
// All states, depth first, each expanded once: no reduction, but loops come round. What DPOR cannot do follows from the
// graph of states: cycles without progress. Exact for what has finitely many states; the bound is on states.
// Not combined with partial orders: a visited state would hide races with what follows it (Yang et al., SPIN'08).

import { movesOf, waitingThreads } from './enumerate.ts';
import type { State } from './graph.ts';
import { fairCycles } from './liveness.ts';
import { Tally } from './tally.ts';
import type { Move, SearchOptions, SearchResult, System, Visitor } from './system.ts';

interface Node { readonly state: number; readonly mark: number; readonly moves: readonly Move[]; next: number }

export function stateful(system: System, options: SearchOptions, visitor: Visitor): SearchResult {
  const tally = new Tally(options, visitor);
  const graph: State[] = [];
  const known = new Map<string | number | bigint, number>();
  const stack: Node[] = [];
  const schedule: Move[] = [];
  if (system.stateKey === undefined) throw new Error("algorithm 'stateful' needs a system that tells its states apart");

  /** The number of the state the system is in; expanded from here on if it is a new one. */
  const arrive = (): number => {
    const key = system.stateKey?.() ?? '';
    const old = known.get(key);
    if (old !== undefined) return old;
    const state = graph.length;
    known.set(key, state);
    const moves = tally.cutBy(system) ? [] : movesOf(system);
    const enabled = [...new Set(moves.map((one) => one.thread))];
    graph.push({ enabled, acquiring: enabled.filter((t) => system.acquiring?.(t) ?? false), edges: [] });
    if (moves.length === 0 && (system.cut?.() ?? null) === null) tally.maximal({ schedule: [...schedule], ended: false, deadlocked: waitingThreads(system), preemptions: null });
    else if (moves.length > 0 && stack.length >= options.maxEvents) tally.cutEvents();
    else if (moves.length > 0) stack.push({ state, mark: system.save(), moves, next: 0 });
    return state;
  };

  let ran = 0;
  if (system.ended()) tally.maximal({ schedule: [], ended: true, deadlocked: [], preemptions: null });
  else arrive();
  while (stack.length > 0 && !tally.stopped) {
    const depth = stack.length - 1, node = stack[depth]!;
    const move = node.moves[node.next++];
    schedule.length = depth;
    if (move === undefined) {
      stack.pop();
      continue;
    }
    if (graph.length >= options.maxExecutions) {
      tally.stop(`stopped after ${graph.length} states`);
      break;
    }
    if (ran > depth) system.undo(node.mark);
    system.step(move.thread, move.choice);
    ran = depth + 1;
    tally.events++;
    schedule.push(move);
    if (system.ended()) {
      tally.maximal({ schedule: [...schedule], ended: true, deadlocked: [], preemptions: null });
      continue;
    }
    const progress = (system.progressed?.() ?? false) || system.status(move.thread) === 'done';
    const to = arrive();
    graph[node.state]!.edges.push({ from: node.state, to, ...move, progress });
  }
  return tally.result(graph.length, fairCycles(graph));
}
