// SPDX-License-Identifier: GPL-2.0-only
// Small scenarios with two threads of one process, made of the plainest points of the product: what
// both forms of the compiler are run on.

import { gupScenario, PLAIN } from '../../verifier/scenario/gup.ts';
import type { Action, Memory, Scenario, Step } from '../../verifier/scenario/scenario.ts';

export type Act = 'pin' | 'store' | 'load' | 'dontneed' | 'munmap' | 'evict';

/** P does `first` while Q does `other`, on a page of `mix` (n: the system's, c: coherent, p: private). */
export function twoThreads(mix: 'n' | 'c' | 'p', first: Act, other: Act): Scenario {
  const plain = gupScenario({ ...PLAIN, mix });
  const at = plain.steps.findIndex((s) => 'pin' in s.do);
  const pin = plain.steps[at]?.do;
  if (pin === undefined || !('pin' in pin)) throw new Error('the plain scenario pins nothing');
  const memory: Memory = mix === 'p' ? 'private' : 'coherent';
  const act = (a: Act, by: string): Action => {
    const range = { page: 0, pages: plain.pages };
    switch (a) {
      case 'pin': return by === 'P' ? pin : { ...pin, pin: 'second' };
      case 'store': return { store: 0, value: by === 'P' ? 98 : 99 };
      case 'load': return { load: 0 };
      case 'dontneed': case 'munmap': return { call: a, ...range };
      case 'evict': return { driver: 'evict', memory, of: 'P', ...range };
    }
  };
  const given = (s: Step): boolean => 'call' in s.do || 'driver' in s.do || 'unpin' in s.do;
  const exit: Step = { by: 'Q', cpu: 1, name: null, do: { call: 'exit' } };
  const back = [...plain.steps.slice(at + 1).filter(given), exit];
  return {
    ...plain, id: `${mix}:${first}+${other}`,
    steps: [...plain.steps.slice(0, at), { by: 'P', cpu: 0, name: null, do: { call: 'clone', child: 'Q' } }],
    // A device goes when everybody has.
    ending: [...back.filter((s) => !('driver' in s.do)), ...back.filter((s) => 'driver' in s.do)],
    threads: [{ by: 'P', cpu: 0, steps: [{ name: 'first', do: act(first, 'P') }] }, { by: 'Q', cpu: 1, steps: [{ name: 'other', do: act(other, 'Q') }] }],
  };
}
