// SPDX-License-Identifier: GPL-2.0-only
// The outside world as the commands see it: streams, environment, clock, Ctrl-C. Tests hand in
// their own. A reader that went away (EPIPE) is success: what it wanted, it got.

import type { Env } from './colour.ts';

export interface Stream {
  readonly isTTY: boolean;
  /** Columns of a terminal; null where there is none. */
  readonly width: number | null;
  readonly write: (text: string) => void;
}
export interface Io {
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Read when a target is `-`. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  readonly env: Env;
  /** Milliseconds; only progress looks at it. */
  readonly now: () => number;
  /** Calls back at Ctrl-C until the returned function is called. */
  readonly onInterrupt: (f: () => void) => () => void;
  /** Nobody reads stdout any more. */
  readonly closed: () => boolean;
}

export function processIo(): Io {
  let closed = false;
  const onError = (error: NodeJS.ErrnoException): void => {
    if (error.code !== 'EPIPE') throw error;
    closed = true;
    process.exitCode = 0;
  };
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
  const stream = (s: NodeJS.WriteStream): Stream => ({
    isTTY: s.isTTY === true, width: s.isTTY === true && s.columns > 0 ? s.columns : null, write: (text) => { if (!s.destroyed) s.write(text); },
  });
  return {
    stdout: stream(process.stdout), stderr: stream(process.stderr), stdin: process.stdin, env: process.env, now: () => performance.now(),
    onInterrupt: (f) => {
      process.on('SIGINT', f);
      return () => { process.off('SIGINT', f); };
    },
    closed: () => closed,
  };
}
