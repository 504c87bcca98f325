// SPDX-License-Identifier: GPL-2.0-only
// Every schedule, without reduction: what the reductions are held against. Exponential by design.

import { Tally } from './tally.ts';
import type { Move, SearchOptions, SearchResult, System, Visitor } from './system.ts';

interface Node { readonly mark: number; readonly moves: readonly Move[]; next: number }

export function enumerate(system: System, options: SearchOptions, visitor: Visitor): SearchResult {
  const tally = new Tally(options, visitor);
  const stack: Node[] = [];
  const schedule: Move[] = [];
  const leaf = (deadlocked: readonly number[]): boolean =>
    tally.maximal({ schedule: [...schedule], ended: system.ended(), deadlocked, preemptions: null });

  const arrive = (): boolean => {
    if (system.ended()) return leaf([]);
    if (tally.cutBy(system)) return false;
    const moves = movesOf(system);
    if (moves.length === 0) return leaf(waitingThreads(system));
    if (stack.length >= options.maxEvents) {
      tally.cutEvents();
      return false;
    }
    stack.push({ mark: system.save(), moves, next: 0 });
    return false;
  };

  if (arrive()) return tally.result(null, []);
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    const move = node.moves[node.next];
    schedule.length = stack.length - 1;
    if (move === undefined) {
      stack.pop();
      continue;
    }
    if (tally.full()) break;
    if (node.next++ > 0) system.undo(node.mark);
    system.step(move.thread, move.choice);
    tally.events++;
    schedule.push(move);
    if (arrive()) break;
  }
  return tally.result(null, []);
}

export function movesOf(system: System): Move[] {
  const moves: Move[] = [];
  for (let t = 0, n = system.threads(); t < n; t++) {
    if (system.status(t) !== 'enabled') continue;
    for (let choice = 0, of = system.choices(t); choice < of; choice++) moves.push({ thread: t, choice });
  }
  return moves;
}

export function waitingThreads(system: System): number[] {
  const waiting: number[] = [];
  for (let t = 0, n = system.threads(); t < n; t++) if (system.status(t) === 'blocked') waiting.push(t);
  return waiting;
}
