// SPDX-License-Identifier: GPL-2.0-only
// Threads of the port as what the explorer searches: one step is one event of one thread, undone
// through the journal. What ends an execution is kept, not thrown: it is a state like any other.

import type { Access, Relation, Status, System } from '../explore/system.ts';
import type { Concurrency } from '../instrument/concurrency.ts';
import type { Journal } from '../instrument/journal.ts';
import type { Key, PortObject } from '../instrument/runtime.ts';
import type { StateHash } from '../instrument/state-hash.ts';
import { sameValue } from '../instrument/rounds.ts';
import type { Stop, Thread } from '../instrument/threads.ts';
import { ACQUIRE, relation } from './cuts.ts';
import type { Segment } from './schedule.ts';

/** What an event did to the past that a wait may have to be asked in. */
interface Past { readonly thread: number; readonly accesses: number; readonly able: readonly number[]; readonly preempts: boolean; readonly writes: readonly { readonly o: PortObject; readonly k: Key; readonly old: unknown }[]; readonly ready: (() => boolean) | null }

export interface KernelMoves {
  /** Called when a thread is switched to, before it runs. */
  readonly switching: (t: Thread) => void;
  /** How many steps of the scenario are completed. */
  readonly results: () => number;
  /** What was thrown; gives whether the execution just ends. Throws on what is no end. */
  readonly ended: (e: unknown, t: Thread) => void;
  /** Runs fn where thread t is: predicates ask the running machine. */
  readonly inContextOf: <T>(t: Thread, fn: () => T) => T;
}

/** What a thread that stands still waits for, if it does. */
function readyOf(stop: Stop | null): (() => boolean) | null {
  switch (stop?.kind) {
    case 'wait': return stop.ready;
    case 'parked': { const { reads } = stop; return () => reads.some((r) => !sameValue(r.o[r.k], r.value)); }
    case 'access': case undefined: return null;
  }
}

export class KernelSystem implements System {
  readonly #several: Concurrency;
  readonly #journal: Journal;
  readonly #moves: KernelMoves;
  #ended = false;
  #progressed = false;
  #accesses: readonly Access[] = [];
  #orders: number[] = [];
  readonly past: Past[] = [];
  /** The threads of the current execution, in order, and its switches away from one that could have gone on. */
  readonly schedule: number[] = [];
  preemptions = 0;

  readonly #hash: StateHash | null;

  constructor(several: Concurrency, journal: Journal, hash: StateHash | null, moves: KernelMoves) {
    this.#hash = hash;
    this.#several = several;
    this.#journal = journal;
    this.#moves = moves;
  }

  threads(): number { return this.#several.threads.length; }
  status(t: number): Status {
    const thread = this.#thread(t);
    if (thread.done) return 'done';
    if (thread.stop?.kind === 'access') return 'enabled';
    return this.#moves.inContextOf(thread, () => this.#several.enabled(thread)) ? 'enabled' : 'blocked';
  }
  choices(): number { return 1; }

  /** Runs what t does before its first point; that may be all that it ever does. */
  begin(t: number): void {
    const thread = this.#thread(t);
    this.#moves.switching(thread);
    try {
      this.#several.begin(thread);
    } catch (e) {
      this.#journal.note(() => { this.#ended = false; });
      this.#ended = true;
      this.#moves.ended(e, thread);
    }
    this.#hash?.update([], thread);
  }

  step(t: number): void {
    const thread = this.#thread(t);
    const threads = this.threads();
    const from = thread.log.length;
    const ready = readyOf(thread.stop);
    const last = this.schedule[this.schedule.length - 1];
    const { preemptions } = this;
    const able = Array.from({ length: threads }, (_, i) => i).filter((i) => this.status(i) === 'enabled');
    const preempts = last !== undefined && last !== t && able.includes(last);
    if (preempts) this.preemptions += 1;
    this.#journal.note(() => {
      this.preemptions = preemptions;
      this.#ended = false;
      this.past.pop();
      this.schedule.pop();
    });
    this.schedule.push(t);
    this.#orders = [];
    const results = this.#moves.results();
    this.#moves.switching(thread);
    try {
      this.#several.step(thread);
    } catch (e) {
      this.#ended = true;
      this.#moves.ended(e, thread);
    }
    this.#accesses = this.#several.sharing.event;
    this.#progressed = this.#moves.results() > results;
    for (let child = threads; child < this.threads(); child += 1) this.#orders.push(t, child);
    const writes = [];
    for (let i = from; i < thread.log.length; i += 1) {
      const e = thread.log[i];
      if (e?.wrote === true) writes.push({ o: e.o, k: e.k, old: e.old });
    }
    this.#hash?.update(this.#several.written, thread);
    for (let child = threads; child < this.threads(); child += 1) this.#hash?.spawned(this.#thread(child));
    this.past.push({ thread: t, accesses: thread.accesses, able, preempts, writes, ready });
  }
  get accesses(): readonly Access[] { return this.#accesses; }
  get orders(): readonly number[] { return this.#orders; }

  waiting(t: number): readonly Access[] {
    const thread = this.#thread(t);
    const { stop } = thread;
    if (stop === null || stop.kind === 'access') return [];
    const seen = stop.kind === 'parked' ? stop.reads : this.#moves.inContextOf(thread, () => this.#several.whatIsAsked(stop.ready));
    const out = new Map<number, Access>();
    for (const { o, k } of seen) {
      const access = this.#several.sharing.would(o, k, stop.kind === 'parked' ? 'woken' : 'waited');
      if (access === null) continue;
      out.set(access.object, stop.kind === 'wait' && k === 'holder' ? { object: access.object, class: ACQUIRE } : access);
    }
    return [...out.values()];
  }

  ended(): boolean { return this.#ended; }
  save(): number { return this.#journal.mark(); }
  undo(mark: number): void { this.#journal.undo(mark); }
  relation(earlier: number, later: number): Relation { return relation(earlier, later); }

  /** The execution so far: who ran until when; a step that is under way is the last, and open. turnsAt: where a cycle's turn begins. */
  segments(turnsAt: number | null): readonly Segment[] {
    const out: { thread: number; until: number | null; turns?: boolean }[] = [];
    for (const [i, t] of this.schedule.entries()) {
      const until = this.past[i]?.accesses ?? null;
      const last = out[out.length - 1];
      if (i === turnsAt) out.push({ thread: t, until, turns: true });
      else if (last?.thread === t) last.until = until;
      else out.push({ thread: t, until });
    }
    // What ended before anybody had to stop is one thread's own doing, whoever goes first.
    return out.length === 0 ? [{ thread: 0, until: null }] : out;
  }

  /**
   * The turn of a cycle that began `from` steps from the start: who runs in it, how many preemptions it
   * takes, and whether it is fair: nobody could have run all the while and never did (weak fairness).
   */
  turn(from: number): { readonly threads: readonly number[]; readonly preemptions: number; readonly fair: boolean; readonly from: number } {
    const turn = this.past.slice(from);
    const threads = [...new Set(turn.map((p) => p.thread))].sort((a, b) => a - b);
    const starved = Array.from({ length: this.threads() }, (_, i) => i)
      .some((i) => !threads.includes(i) && turn.every((p) => p.able.includes(i)));
    return { threads, preemptions: turn.filter((p) => p.preempts).length, fair: !starved, from };
  }

  stateKey(): string { return this.#hash === null ? '' : this.#hash.key(this.#moves.results()); }
  /** A step of the scenario was completed: nothing less is progress (model-rules.md, 4). */
  progressed(): boolean { return this.#progressed; }

  /** A wait is asked in the past: the fields it looks at, as they were before event `before`. */
  couldRun(t: number, event: number, before: number): boolean {
    const thread = this.#thread(t);
    const ready = event < this.past.length ? this.past[event]?.ready ?? null : readyOf(thread.stop);
    if (ready === null) return true;
    const mark = this.#journal.mark();
    // Newest first: what stands in the end is the oldest value.
    for (let i = this.past.length - 1; i >= before; i -= 1) {
      const writes = this.past[i]?.writes ?? [];
      for (let w = writes.length - 1; w >= 0; w -= 1) {
        const write = writes[w];
        if (write === undefined || write.k === '[]') continue;
        this.#journal.field(write.o, write.k);
        write.o[write.k] = write.old;
      }
    }
    try {
      return this.#moves.inContextOf(thread, () => this.#several.holds(ready));
    } finally {
      this.#journal.undo(mark);
    }
  }

  #thread(t: number): Thread {
    const thread = this.#several.threads[t];
    if (thread === undefined) throw new Error(`there is no thread ${t}`);
    return thread;
  }
}
