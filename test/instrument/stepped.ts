// SPDX-License-Identifier: GPL-2.0-only
// A function of a small port as one thread runs it that stops before every access, in either form.

import { Concurrency } from '../../verifier/instrument/concurrency.ts';
import { LinkedPort, type OtherForm } from '../../verifier/instrument/link.ts';
import { SILENT, type Key, type PortObject } from '../../verifier/instrument/runtime.ts';
import { Sharing, type Cuts } from '../../verifier/instrument/sharing.ts';
import '../../verifier/instrument/transpile.ts';

export const EVERYTHING: Cuts = {
  matters: () => true, cell: (o, k) => ({ o, k }), part: () => null,
  classOf: (_o, _k, manner) => (manner === 'wrote' ? 1 : 0), life: () => null, lifeClass: () => -1, both: Math.max, conflict: () => true,
};
export const MACHINE = { runOn: (_cpu: number, _task: object, fn: () => void) => { fn(); }, cpu: () => 0, task: () => EVERYTHING, stateKey: () => '' };

export interface Stepped { readonly result: unknown; readonly accesses: readonly string[]; readonly steps: number }

/** f(...args), one access at a time. */
export function stepped(text: string, args: readonly unknown[], form: OtherForm | null, file = 'mm/snippet.ts'): Stepped {
  const port = new LinkedPort(new Map([[file, text]]), form);
  const { runtime } = port;
  const accesses: string[] = [];
  runtime.reset({
    ...SILENT,
    read: (_o: PortObject, k: Key) => { accesses.push(`r ${k}`); },
    write: (_o: PortObject, k: Key) => { accesses.push(`w ${k}`); },
  });
  const fn = port.symbol(file, 'f');
  if (typeof fn !== 'function') throw new Error('no f');
  const several = new Concurrency(runtime, new Sharing(runtime.journal, EVERYTHING, args, false), MACHINE);
  runtime.concurrency = several;
  let result: unknown;
  const calls = [{ fn, args: [...args], done: (r: unknown) => { result = r; } }];
  const thread = several.add('T', 0, EVERYTHING, () => calls.pop() ?? null);
  several.begin(thread);
  let steps = 0;
  for (; !thread.done; steps += 1) several.step(thread);
  return { result, accesses, steps };
}
