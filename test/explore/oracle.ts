// SPDX-License-Identifier: GPL-2.0-only
// What the reductions are held against: all executions, and their Mazurkiewicz traces by a form of their own,
// built from operations and their order on each object. Uses neither clocks nor the explorer's relation.

import { ProgramSystem, search, type BuiltAlgorithm, type Program, type SearchResult } from '../../verifier/explore/index.ts';
import { EventOperation } from '../../verifier/explore/operation.ts';
import { StateKeys } from '../../verifier/explore/state-key.ts';
import { judge } from '../../verifier/explore/explore.ts';

const READS = new Set(['load', 'cas-failed', 'until', 'try-failed', 'read-try-failed', 'write-try-failed']);

interface Event { readonly name: string; readonly object: number; readonly kind: string; readonly text: string }

function eventsOf<S>(system: ProgramSystem<S>): Event[] {
  const counts = new Map<string, number>(), events: Event[] = [];
  for (let n = 0; n < system.length; n++) {
    const operation = system.operation(n), name = system.list[system.threadOf(n)]!.name;
    const k = counts.get(name) ?? 0;
    counts.set(name, k + 1);
    events.push(operation instanceof EventOperation
      ? { name, object: operation.target.id, kind: operation.kind, text: `${name}#${k}${operation.kind}` }
      : { name, object: -1, kind: 'choose', text: `${name}#${k}=${String(operation?.result)}` });
  }
  return events;
}

/** Per object its writes in order with the sets of reads between them; and all choices. Equal exactly for equivalent executions. */
export function traceForm(events: readonly Event[]): string {
  const objects = new Map<number, { runs: string[][]; reading: boolean }>();
  for (const { object, kind, text } of events) {
    let of = objects.get(object);
    if (of === undefined) objects.set(object, of = { runs: [], reading: false });
    const reads = READS.has(kind) || kind === 'choose';
    if (reads && of.reading) of.runs.at(-1)!.push(text);
    else of.runs.push([text]);
    of.reading = reads;
  }
  return [...objects].sort(([a], [b]) => a - b).map(([id, { runs }]) => `${id}:${runs.map((run) => run.sort().join('+')).join('<')}`).join(' ');
}

/** The events that the last one depends on, by program order and conflicts. */
function pastOfLast(events: readonly Event[]): Event[] {
  const past = new Set<number>([events.length - 1]);
  for (let e = events.length - 2; e >= 0; e--) {
    const one = events[e]!;
    for (const later of past) {
      const other = events[later]!;
      if (one.name === other.name || (one.object === other.object && one.object >= 0 && !(READS.has(one.kind) && READS.has(other.kind)))) {
        past.add(e);
        break;
      }
    }
  }
  return events.filter((_, e) => past.has(e));
}

export interface Seen {
  readonly result: SearchResult;
  /** Traces that no finding cut short. */
  readonly traces: ReadonlySet<string>;
  /** Of those that one did: the causal past of the end. */
  readonly ends: ReadonlySet<string>;
  readonly outcomes: readonly string[];
  readonly findings: readonly string[];
}

export function look<S>(program: Program<S>, algorithm: BuiltAlgorithm, maxExecutions: number, seed = 0): Seen {
  const keys = algorithm === 'stateful' ? new StateKeys() : null;
  const system = new ProgramSystem(program, { observer: keys });
  const traces = new Set<string>(), ends = new Set<string>(), outcomes = new Set<string>(), findings = new Set<string>();
  const result = search(system, { algorithm, maxExecutions, maxEvents: 1000, seed, preemptions: false }, {
    maximal: ({ schedule, ended, deadlocked }) => {
      const events = eventsOf(system);
      if (ended) ends.add(`${traceForm(pastOfLast(events))}`);
      else traces.add(traceForm(events));
      const { finding, outcome } = judge(system, schedule, deadlocked);
      if (finding !== null) findings.add(finding.key);
      if (outcome !== null) outcomes.add(outcome);
      return 'go on';
    },
  });
  keys?.close();
  system.close();
  return { result, traces, ends, outcomes: [...outcomes].sort(), findings: [...findings].sort() };
}
