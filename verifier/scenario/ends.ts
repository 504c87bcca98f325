// SPDX-License-Identifier: GPL-2.0-only
// How an execution ended before its last step, from what was thrown.

import { ExecutionEnd } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import { Unsupported } from './bench.ts';

export type End = { readonly kind: 'ended'; readonly result: string } | { readonly kind: 'cut'; readonly why: string; readonly result: string };

/** null when it is a fault of kpv's own. */
export function endOf(e: unknown, here: Site | null): End | null {
  const at = here === null ? '' : ` (${here.file}:${here.line})`;
  if (e instanceof ExecutionEnd) {
    switch (e.reason) {
      case 'finding': return { kind: 'ended', result: `end=${e.message.split(':')[0] ?? 'finding'}` };
      case 'cycle': return { kind: 'ended', result: 'end=never' };
      case 'limit': return { kind: 'cut', why: `${e.message}${at}`, result: 'end=cut' };
    }
  }
  if (e instanceof Unsupported) return { kind: 'cut', why: e.message, result: 'end=unsupported' };
  if (e instanceof Error && e.name === 'machine_halt') {
    const why: unknown = Reflect.get(e, 'why');
    if (why === 'model-limit') return { kind: 'cut', why: `outside the model: ${e.message}${at}`, result: 'end=cut' };
    return { kind: 'ended', result: `end=${String(why)}` };
  }
  // What JavaScript has a bound for and C has not: a string, a stack.
  if (e instanceof RangeError) return { kind: 'cut', why: `outside the model: ${e.message}${at}`, result: 'end=cut' };
  // A patch may use a name that its C declares in the next one: it is told as such (tree/check.ts), and as far as here the rest runs.
  if (e instanceof ReferenceError && inThePort(e) && here !== null) return { kind: 'cut', why: `${e.message.replace(/ is not defined$/, ' is not declared')}: C would not compile${at}`, result: 'end=cut' };
  if (isOfThePort(e) && here !== null) return { kind: 'ended', result: 'end=null-dereference' };
  return null;
}

/**
 * JavaScript's own word for a NULL that no hook met, thrown in a class of the port or a method of a
 * container. A TypeError of the verifier's is a fault of kpv and no finding.
 */
export function isOfThePort(e: unknown): e is TypeError {
  return e instanceof TypeError && inThePort(e);
}
function inThePort(e: Error): boolean {
  const calls = (e.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line) && !/<anonymous>|\(native|node:/.test(line));
  return /kernel-port\/|\/instrument\/runtime\./.test(calls[0] ?? '');
}
