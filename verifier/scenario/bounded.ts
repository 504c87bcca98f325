// SPDX-License-Identifier: GPL-2.0-only
// Every execution with at most so many preemptions (iterative context bounding, Musuvathi and Qadeer,
// PLDI'07): a switch away from a thread that could go on costs one, any other switch is free. Run
// before the complete search, so that what few preemptions show has its plainest witness.

import type { System } from '../explore/system.ts';

/** leaf: told of each maximal execution, with the threads that wait for ever. over: whether what comes after the state at hand can be left out. */
export function boundedSearch(system: System, preemptions: number, maxEvents: number, leaf: (deadlocked: readonly number[], cut: boolean) => void, over: () => boolean = () => false): void {
  const enabled = (): number[] => range(system.threads()).filter((t) => system.status(t) === 'enabled');
  const go = (current: number | null, left: number, events: number): void => {
    let t = current;
    for (let depth = events; ; depth += 1) {
      if (over()) return;
      const able = system.ended() ? [] : enabled();
      if (able.length === 0 || depth >= maxEvents) {
        leaf(system.ended() ? [] : range(system.threads()).filter((other) => system.status(other) === 'blocked'), depth >= maxEvents);
        return;
      }
      const goesOn: boolean = t !== null && able.includes(t);
      const others: number[] = able.filter((other) => other !== t);
      if (!goesOn || left > 0) {
        for (const other of goesOn ? others : others.slice(1)) {
          const mark = system.save();
          system.step(other, 0);
          go(other, goesOn ? left - 1 : left, depth + 1);
          system.undo(mark);
        }
      }
      const next: number | undefined = goesOn && t !== null ? t : others[0];
      if (next === undefined) throw new Error('nobody can go on');
      t = next;
      system.step(next, 0);
    }
  };
  const mark = system.save();
  go(null, preemptions, 0);
  system.undo(mark);
}

function range(n: number): number[] { return Array.from({ length: n }, (_, i) => i); }
