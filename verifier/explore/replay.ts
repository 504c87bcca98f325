// SPDX-License-Identifier: GPL-2.0-only
// One schedule again, step by step.

import { waitingThreads } from './enumerate.ts';
import { judge } from './explore.ts';
import { ProgramSystem, type Program } from './program.ts';
import type { Finding, Step } from './result.ts';
import { decodeSchedule } from './schedule.ts';
import { stepsOf } from './steps.ts';

export interface Replay {
  readonly steps: readonly Step[];
  readonly finding: Finding | null;
  readonly outcome: string | null;
  /** Threads that could still go on: the schedule stops short of an end (the turn of a livelock does). */
  readonly enabled: readonly number[];
  /** How many steps of the schedule could be run; fewer than it has if the program is another one now. */
  readonly ran: number;
}

/** Throws if the text is no schedule. */
export function replay<S>(program: Program<S>, schedule: string): Replay {
  const moves = decodeSchedule(schedule);
  if (moves === null) throw new Error(`'${schedule}' is no schedule`);
  const system = new ProgramSystem(program, { giveWay: false });
  for (const { thread, choice } of moves) {
    if (system.ended() || thread >= system.threads() || system.status(thread) !== 'enabled' || choice >= system.choices(thread)) break;
    system.step(thread, choice);
  }
  const enabled: number[] = [];
  if (!system.ended()) for (let t = 0; t < system.threads(); t++) if (system.status(t) === 'enabled') enabled.push(t);
  const steps = stepsOf(system), ran = system.length;
  if (enabled.length > 0) return { steps, finding: null, outcome: null, enabled, ran };
  const { finding, outcome } = judge(system, moves.slice(0, ran), system.ended() ? [] : waitingThreads(system));
  return { steps, finding: finding === null ? null : finding.make(), outcome, enabled, ran };
}
