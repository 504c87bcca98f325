// SPDX-License-Identifier: GPL-2.0-only
// The text of steps: objects by where setup() put them in the state, then the call and what it gave.

import { Choose } from './control.ts';
import { EventOperation, type EventKind } from './operation.ts';
import type { ProgramSystem } from './program.ts';
import type { Step } from './result.ts';
import { shown } from './shown.ts';

const CALL: Readonly<Record<EventKind, string>> = {
  load: 'load', store: 'store', rmw: 'rmw', cas: 'cas', 'cas-failed': 'cas', until: 'until',
  lock: 'lock', try: 'tryLock', 'try-failed': 'tryLock', unlock: 'unlock',
  read: 'read', write: 'write', 'read-try': 'tryRead', 'read-try-failed': 'tryRead', 'write-try': 'tryWrite', 'write-try-failed': 'tryWrite',
  'read-unlock': 'readUnlock', 'write-unlock': 'writeUnlock',
};

export function textOf(operation: EventOperation<unknown> | Choose, ran: boolean): string {
  if (operation instanceof Choose) return `choose(${operation.of})${ran ? ` → ${operation.result}` : ''}`;
  const call = `${operation.target.name}.${CALL[operation.kind]}(${operation.argument()})`;
  const result = ran ? shown(operation.result) : '';
  return result === '' ? call : `${call} → ${result}`;
}

/** The steps of the execution that the system stands at the end of. */
export function stepsOf<S>(system: ProgramSystem<S>): Step[] {
  const steps: Step[] = [];
  for (let n = 0; n < system.length; n++) {
    const operation = system.operation(n);
    if (operation !== undefined) steps.push({ thread: system.threadOf(n), text: textOf(operation, true) });
  }
  return steps;
}

/** What thread t waits for. */
export function waitingStep<S>(system: ProgramSystem<S>, t: number): Step {
  const thread = system.list[t];
  if (thread?.pending) return { thread: t, text: textOf(thread.pending, false) };
  return { thread: t, text: `join(${system.list[thread?.joining ?? -1]?.name ?? '?'})` };
}
