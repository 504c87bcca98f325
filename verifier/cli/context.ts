// SPDX-License-Identifier: GPL-2.0-only
// What a command is handed besides its arguments: the world, the engine that does the work (the
// tests have one of their own), and its flags as typed words.

import type { Claim } from '../claims/claim.ts';
import type { Judged } from '../claims/decide.ts';
import type { deltaBetween } from '../delta/between.ts';
import type { reviewTarget } from '../delta/review.ts';
import type { replayToken } from '../delta/replay.ts';
import type { Io } from './io.ts';

export interface Engine {
  readonly reviewTarget: typeof reviewTarget;
  readonly deltaBetween: typeof deltaBetween;
  readonly replayToken: typeof replayToken;
}

export interface Context {
  readonly io: Io;
  /** Loaded when it is needed: most commands do without. */
  readonly engine: () => Promise<Engine>;
  /** Likewise: what decides claims, on one laboratory. */
  readonly decider: () => Promise<(claim: Claim) => Judged>;
  readonly version: string;
}

/** The flags as given; a flag that was not given is null or false. */
export interface Flags {
  readonly word: (name: string) => string | null;
  readonly words: (name: string) => readonly string[];
  readonly on: (name: string) => boolean;
}
