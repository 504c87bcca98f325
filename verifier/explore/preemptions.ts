// SPDX-License-Identifier: GPL-2.0-only
// The fewest preemptions of a trace: over all its linearisations, the least number of switches away from
// a thread that could go on (Musuvathi and Qadeer, PLDI'07, measure a schedule so; here it is the trace).
// Exact: a shortest path over (what has happened, who ran last), as long as there are no more than LIMIT such
// states; beyond that the count of the schedule as executed, which is at most, and said to be so.

import type { Trace } from './trace.ts';
import type { Access, Schedule, System } from './system.ts';

const LIMIT = 50_000;

/** What keeps a thread from its next event: accesses of the same objects in order, and whether it could run before each. */
interface Next {
  /** Index of the event, or the length of the trace for what would come after it. */
  readonly event: number;
  /** Events of others that it comes after by order alone (join), per thread: at least so many. */
  readonly needs: readonly number[];
  readonly gates: readonly { readonly before: number; readonly open: boolean }[];
  /** Where all of the gates have happened. */
  readonly open: boolean;
}

export interface Least { readonly least: number; readonly exact: boolean }

export function leastPreemptions(trace: Trace, system: System, schedule: Schedule): Least {
  const threads = trace.width;
  const events: number[][] = Array.from({ length: threads }, () => []);
  const position: number[] = [];
  for (let e = 0; e < trace.length; e++) {
    const of = events[trace.thread[e]!]!;
    position.push(of.length);
    of.push(e);
  }
  const nexts: Next[][] = events.map((own, t) => [
    ...own.map((e) => next(trace, system, events, t, e, accessesOf(trace, e), true)),
    ...(system.ended() ? [] : [lastOf(trace, system, events, t)]),
  ]);
  const counts = events.map((own) => own.length);
  const happened = (done: readonly number[], e: number): boolean => done[trace.thread[e]!]! > position[e]!;
  const couldGoOn = (done: readonly number[], t: number): boolean => {
    const what = nexts[t]![done[t]!];
    if (what === undefined) return system.ended() && system.status(t) === 'enabled';
    if (what.needs.some((n, r) => done[r]! < n)) return false;
    const gate = what.gates.find((one) => !happened(done, one.before));
    return gate === undefined ? what.open : gate.open;
  };
  return shortest(trace, counts, events, position, couldGoOn)
    ?? { least: asExecuted(schedule, counts, couldGoOn), exact: false };
}

function accessesOf(trace: Trace, e: number): Access[] {
  const accesses: Access[] = [];
  for (let a = trace.accessTop[e]!; a < trace.accessTop[e + 1]!; a++) accesses.push({ object: trace.accObject[a]!, class: trace.accClass[a]! });
  return accesses;
}

/** What t would do after its last event of the trace. */
function lastOf(trace: Trace, system: System, events: readonly (readonly number[])[], t: number): Next {
  const status = t < system.threads() ? system.status(t) : 'done';
  if (status !== 'blocked') return { event: trace.length, needs: [], gates: [], open: status === 'enabled' };
  trace.probe(t, []);
  return next(trace, system, events, t, trace.length, system.waiting(t), false);
}

function next(trace: Trace, system: System, events: readonly (readonly number[])[], t: number, e: number, accesses: readonly Access[], open: boolean): Next {
  const gates: { before: number; open: boolean }[] = [];
  const row = e * trace.stride;
  for (let f = 0; f < e && f < trace.length; f++) {
    if (trace.thread[f] === t || trace.before[row + trace.thread[f]!]! > f) continue;
    for (const { object, class: kind } of accesses) {
      for (let a = trace.accessTop[f]!; a < trace.accessTop[f + 1]!; a++) {
        if (trace.accObject[a] !== object) continue;
        const relation = system.relation(trace.accClass[a]!, kind);
        if (relation === 'commute') continue;
        gates.push({ before: f, open: relation === 'conflict' || (relation === 'await' && (system.couldRun?.(t, e, f) ?? true)) });
      }
    }
  }
  const needs = events.map((own, r) => (r === t ? 0 : own.filter((f) => trace.before[row + r]! > f).length));
  return { event: e, needs, gates, open };
}

function shortest(trace: Trace, counts: readonly number[], events: readonly (readonly number[])[], position: readonly number[],
  couldGoOn: (done: readonly number[], t: number) => boolean): Least | null {
  const threads = counts.length;
  const keyOf = (done: readonly number[], last: number): number => done.reduce((key, n, r) => key * (counts[r]! + 1) + n, last + 1);
  if (counts.reduce((size, n) => size * (n + 1), threads + 1) > Number.MAX_SAFE_INTEGER) return null;
  const seen = new Set<number>();
  let now: { done: number[]; last: number }[] = [{ done: counts.map(() => 0), last: -1 }];
  for (let cost = 0; now.length > 0; cost++) {
    const later: typeof now = [];
    for (let state = now.pop(); state !== undefined; state = now.pop()) {
      const { done, last } = state;
      const key = keyOf(done, last);
      if (seen.has(key)) continue;
      if (seen.size >= LIMIT) return null;
      seen.add(key);
      if (done.every((n, r) => n === counts[r])) return { least: cost, exact: true };
      const held = last >= 0 && couldGoOn(done, last);
      for (let t = 0; t < threads; t++) {
        const e = events[t]![done[t]!];
        if (e === undefined || !ready(trace, position, done, t, e)) continue;
        const after = done.with(t, done[t]! + 1);
        (held && t !== last ? later : now).push({ done: after, last: t });
      }
    }
    now = later;
  }
  return null;
}

/** All that happens before event e of t, other than t's own, has happened. */
function ready(trace: Trace, position: readonly number[], done: readonly number[], t: number, e: number): boolean {
  for (let r = 0; r < done.length; r++) {
    const latest = trace.clock[e * trace.stride + r]!;
    if (r !== t && latest > 0 && done[r]! <= position[latest - 1]!) return false;
  }
  return true;
}

function asExecuted(schedule: Schedule, counts: readonly number[], couldGoOn: (done: readonly number[], t: number) => boolean): number {
  const done = counts.map(() => 0);
  let last = -1, preemptions = 0;
  for (const { thread } of schedule) {
    if (last >= 0 && thread !== last && couldGoOn(done, last)) preemptions++;
    done[thread]!++;
    last = thread;
  }
  return preemptions;
}
