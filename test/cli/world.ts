// SPDX-License-Identifier: GPL-2.0-only
// A world for command lines: streams that remember, a clock that is set, an engine that gives a
// review made by hand.

import type { Claim } from '../../verifier/claims/claim.ts';
import type { Judged } from '../../verifier/claims/decide.ts';
import type { Context, Engine } from '../../verifier/cli/context.ts';
import type { Io } from '../../verifier/cli/io.ts';
import { runCommandLine } from '../../verifier/cli/program.ts';
import type { Progress, ReviewOptions } from '../../verifier/delta/review.ts';
import type { Review } from '../../verifier/report/review.ts';
import { REVIEW } from '../report/fixture.ts';

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  /** Columns of stdout. */
  readonly width?: number;
  readonly review?: Review;
  /** Looks at what the engine was asked; may press Ctrl-C or move the clock. */
  readonly during?: (seen: { readonly options: ReviewOptions; readonly interrupt: () => void; readonly at: (ms: number) => void }) => void;
  readonly replay?: Engine['replayToken'];
  readonly decide?: (claim: Claim, press: { readonly interrupt: () => void; readonly at: (ms: number) => void }) => Judged;
}
export interface Ended { readonly code: number; readonly out: string; readonly err: string }

export async function kpv(argv: readonly string[], world: World = {}): Promise<Ended> {
  let out = '';
  let err = '';
  let clock = 0;
  let interrupt = (): void => undefined;
  const isTTY = world.tty === true;
  const io: Io = {
    stdout: { isTTY, width: world.width ?? null, write: (text) => { out += text; } }, stderr: { isTTY, width: null, write: (text) => { err += text; } },
    env: world.env ?? {}, now: () => clock, closed: () => false,
    onInterrupt: (f) => {
      interrupt = f;
      return () => { interrupt = () => undefined; };
    },
  };
  const engine: Engine = {
    reviewTarget: async (_target, options) => {
      world.during?.({ options, interrupt: () => { interrupt(); }, at: (ms) => { clock = ms; } });
      return world.review ?? REVIEW;
    },
    deltaBetween: async () => { throw new Error('nobody asks for it'); },
    replayToken: world.replay ?? (async () => ({ ok: false, reason: 'a replay token starts with kpv1:' })),
  };
  const decider: Context['decider'] = async () => (claim) => {
    if (world.decide === undefined) throw new Error(`nobody said how ${claim.id} is decided here`);
    return world.decide(claim, { interrupt: () => { interrupt(); }, at: (ms) => { clock = ms; } });
  };
  const code = await runCommandLine(argv, { io, engine: async () => engine, decider, version: '0.1.0' });
  return { code, out, err };
}

export const tick = (done: number): Progress => ({ patch: 'demo/v2/3', scenario: 'gup/c/x', done, total: 9, events: 100 * done, findings: 1 });
