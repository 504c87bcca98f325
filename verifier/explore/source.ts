// SPDX-License-Identifier: GPL-2.0-only
// Source-DPOR with sleep sets (Abdulla, Aronis, Jonsson, Sagonas, POPL'14 and JACM'17): one complete
// execution for each Mazurkiewicz trace, and some abandoned ones (`blocked`), which only wakeup trees avoid.
//
// At a race of event e with a later event u, let v be what follows e and does not happen after it, then u.
// If an initial of v (a thread whose first event in v has nothing before it in v) is already to be tried
// where e was run, or asleep there, nothing is to be done; else one initial is added.
//
// What is added to the papers:
// - a thread with choices is explored with all of them before it goes to sleep;
// - blocked threads race too, with what keeps them out, once nothing else is to run (`probe`): at a deadlock, and where
//   an execution is abandoned (a thread can be kept out by one that others were told apart from in another order only);
// - an event that ends the execution (a finding) cuts the others off. It is a leaf; the others go on without it,
//   with its thread asleep, as if it had only stopped its own thread. So nothing that only the rest shows is lost,
//   and an end is not tried again after each independent step of the others.

import { waitingThreads } from './enumerate.ts';
import { leastPreemptions } from './preemptions.ts';
import { SleepSets } from './sleep.ts';
import { Tally } from './tally.ts';
import { Trace } from './trace.ts';
import type { Access, Move, SearchOptions, SearchResult, System, Visitor } from './system.ts';

const ENABLED = 1, TRY = 2, ASLEEP = 4;

/** A state on the path: the event that leads on from it, and what of its sleep set stands where. */
interface Node {
  mark: number;
  threads: number;
  /** Per thread: ENABLED, TRY (to be explored, or explored), ASLEEP (covered; explored threads too). */
  flags: Uint8Array;
  thread: number;
  choice: number;
  choices: number;
  sleepFirst: number;
  sleepEnd: number;
  /** Accesses of sleepers: from the explored thread's on, and the end. */
  noteFirst: number;
  noteEnd: number;
  /** Some choice of the explored thread ended the execution. */
  ends: boolean;
}

const newNode = (): Node => ({ mark: 0, threads: 0, flags: new Uint8Array(8), thread: -1, choice: 0, choices: 0, sleepFirst: 0, sleepEnd: 0, noteFirst: 0, noteEnd: 0, ends: false });

export function sourceSets(system: System, options: SearchOptions, visitor: Visitor): SearchResult {
  return new SourceSearch(system, options, visitor).run();
}

class SourceSearch {
  readonly #system: System;
  readonly #options: SearchOptions;
  readonly #tally: Tally;
  readonly #trace: Trace;
  readonly #sleep = new SleepSets();
  readonly #nodes: Node[] = [];
  #depth = 0;
  /** Events that the system has run; more than the path's while a step back is still due. */
  #ran = 0;
  // For the initials of v: the first event in v of each thread, in the order of their first events.
  #firstEvent: number[] = [];
  #firstThread: number[] = [];
  #seen: number[] = [];
  #round = 0;
  /** Accesses of the event whose races are being reversed. */
  #later: readonly Access[] = [];

  constructor(system: System, options: SearchOptions, visitor: Visitor) {
    this.#system = system;
    this.#options = options;
    this.#tally = new Tally(options, visitor);
    this.#trace = new Trace(system);
  }

  run(): SearchResult {
    const root = this.#node(0);
    root.sleepFirst = root.sleepEnd = root.noteEnd = 0;
    if (this.#system.ended()) this.#maximal(true, []);
    else if (this.#arrive(0)) this.#explore();
    return this.#tally.result(null, []);
  }

  #explore(): void {
    const tally = this.#tally;
    for (;;) {
      const node = this.#nodes[this.#depth]!;
      if (!this.#next(node)) {
        if (this.#depth === 0) return;
        this.#depth--;
        this.#leave(this.#nodes[this.#depth]!);
        continue;
      }
      if (tally.full()) return;
      if (this.#ran > this.#depth) this.#system.undo(node.mark);
      const d = this.#depth, t = node.thread;
      this.#system.step(t, node.choice);
      this.#ran = d + 1;
      tally.events++;
      this.#later = this.#system.accesses;
      this.#trace.push(t, this.#later, this.#system.orders);
      for (let i = 0; i < this.#trace.raceCount; i++) this.#reverse(this.#trace.races[i]!, d, t);
      if (this.#system.ended()) {
        node.ends = true;
        if (this.#maximal(true, [])) return;
        this.#leave(node);
        continue;
      }
      this.#fallAsleep(node, this.#node(d + 1));
      this.#depth = d + 1;
      if (!this.#arrive(d + 1)) {
        if (tally.stopped) return;
        this.#depth = d;
        this.#leave(node);
      }
    }
  }

  /** Sets up the node of the state just reached; false if it is a leaf. */
  #arrive(d: number): boolean {
    const system = this.#system, node = this.#nodes[d]!;
    const threads = system.threads();
    if (node.flags.length < threads) node.flags = new Uint8Array(threads * 2);
    const { flags } = node;
    node.threads = threads;
    node.thread = -1;
    node.choice = node.choices = 0;
    node.ends = false;
    let enabled = false, alive = false;
    for (let t = 0; t < threads; t++) {
      const status = system.status(t);
      flags[t] = status === 'enabled' ? ENABLED : 0;
      if (status === 'enabled') enabled = true;
      else if (status === 'blocked') alive = true;
    }
    if (!enabled) {
      const deadlocked = alive ? waitingThreads(system) : [];
      for (const t of deadlocked) this.#probe(t);
      this.#maximal(false, deadlocked);
      return false;
    }
    if (this.#tally.cutBy(system)) return false;
    if (d >= this.#options.maxEvents) {
      this.#tally.cutEvents();
      return false;
    }
    for (let i = node.sleepFirst; i < node.sleepEnd; i++) {
      const t = this.#sleep.thread(i);
      flags[t] = flags[t]! | ASLEEP;
    }
    const first = this.#choose(d, node);
    if (first < 0) {
      this.#tally.redundant();
      this.#probeWaiting(node);
      return false;
    }
    flags[first] = flags[first]! | TRY;
    node.mark = system.save();
    return true;
  }

  /** The thread to go on with: the first in order of creation that can run and is not covered. */
  #choose(d: number, node: Node): number {
    const { flags, threads } = node;
    const shift = this.#options.seed === 0 ? 0 : scramble(this.#options.seed, d) % threads;
    for (let i = 0; i < threads; i++) {
      const t = (i + shift) % threads;
      if ((flags[t]! & (ENABLED | ASLEEP)) === ENABLED) return t;
    }
    return -1;
  }

  /** Takes the next choice, else the next thread that is to be tried. */
  #next(node: Node): boolean {
    if (node.thread >= 0 && node.choice < node.choices) return true;
    const { flags, threads } = node;
    for (let t = 0; t < threads; t++) {
      if ((flags[t]! & (TRY | ASLEEP)) !== TRY) continue;
      if (this.#ran > this.#depth) {
        this.#system.undo(node.mark);
        this.#ran = this.#depth;
      }
      node.thread = t;
      node.choice = 0;
      node.choices = this.#system.choices(t);
      node.noteFirst = node.noteEnd;
      node.ends = false;
      return true;
    }
    return false;
  }

  /** The event that led on from a node has been explored with the choice at hand. */
  #leave(node: Node): void {
    node.noteEnd = this.#sleep.note(this.#trace, this.#trace.length - 1, node.noteEnd);
    this.#trace.pop();
    node.choice++;
    if (node.choice < node.choices) return;
    const t = node.thread;
    this.#sleep.push(node.sleepEnd++, t, node.noteFirst, node.noteEnd - node.noteFirst);
    node.flags[t] = node.flags[t]! | ASLEEP;
    if (node.ends) this.#goOnWithout(node);
  }

  /** What of the node's sleep set sleeps on after the event just run. */
  #fallAsleep(node: Node, child: Node): void {
    const sleep = this.#sleep, n = this.#trace.length - 1;
    let end = node.sleepEnd;
    child.sleepFirst = end;
    child.noteEnd = node.noteEnd;
    for (let i = node.sleepFirst; i < node.sleepEnd; i++) if (!sleep.woken(i, this.#trace, n)) sleep.copy(i, end++);
    child.sleepEnd = end;
  }

  /** After an end: somebody else is to be tried from here, or else what waits is held against the past. */
  #goOnWithout(node: Node): void {
    for (let t = 0; t < node.threads; t++) if ((node.flags[t]! & (ENABLED | TRY | ASLEEP)) === (ENABLED | TRY)) return;
    const other = this.#choose(this.#depth, node);
    if (other >= 0) node.flags[other] = node.flags[other]! | TRY;
    else this.#probeWaiting(node);
  }

  /** Also where the rest is redundant: the executions that cover it may not come by with these threads waiting for just this. */
  #probeWaiting(node: Node): void {
    if (this.#ran > this.#depth) {
      this.#system.undo(node.mark);
      this.#ran = this.#depth;
    }
    for (const t of waitingThreads(this.#system)) this.#probe(t);
  }

  #probe(t: number): void {
    const trace = this.#trace;
    this.#later = this.#system.waiting(t);
    trace.probe(t, this.#later);
    for (let i = 0; i < trace.raceCount; i++) this.#reverse(trace.races[i]!, trace.length, t);
  }

  /** Event e races with event u of thread t (u may be one that only would be): see that an initial is tried before e. */
  #reverse(e: number, u: number, t: number): void {
    const trace = this.#trace, { thread, clock, before, stride } = trace;
    const { flags, threads } = this.#nodes[e]!;
    const of = thread[e]!;
    const round = ++this.#round;
    let firsts = 0, initial = -1;
    for (let k = e + 1; k < u; k++) {
      const q = thread[k]!;
      if (this.#seen[q] === round || clock[k * stride + of]! > e) continue;
      this.#seen[q] = round;
      if (this.#isFirst(firsts, clock, k * stride)) {
        if (q < threads) {
          if ((flags[q]! & (TRY | ASLEEP)) !== 0) return;
          if (initial < 0 && (flags[q]! & ENABLED) !== 0) initial = q;
        }
      }
      this.#firstEvent[firsts] = k;
      this.#firstThread[firsts++] = q;
    }
    if (this.#seen[t] !== round && t < threads) {
      // What u comes after only by way of e's successors (a release) does not hold it back.
      const row = u * stride;
      if (this.#isFirst(firsts, clock, row) || (this.#isFirst(firsts, before, row) && !this.#meets(e, u))) {
        if ((flags[t]! & (TRY | ASLEEP)) !== 0) return;
        if ((flags[t]! & ENABLED) !== 0) initial = t;
      }
    }
    if (initial >= 0) {
      flags[initial] = flags[initial]! | TRY;
      return;
    }
    // No initial can run where e was: the race was no race (an imprecise couldRun). Everybody is tried.
    for (let q = 0; q < threads; q++) if ((flags[q]! & ENABLED) !== 0) flags[q] = flags[q]! | TRY;
  }

  /** Something in v touches what u touches, and not commutingly. */
  #meets(e: number, u: number): boolean {
    const trace = this.#trace, of = trace.thread[e]!;
    for (let k = e + 1; k < u; k++) {
      if (trace.clock[k * trace.stride + of]! > e) continue;
      for (let a = trace.accessTop[k]!; a < trace.accessTop[k + 1]!; a++) {
        for (const { object, class: kind } of this.#later) {
          if (object === trace.accObject[a] && !trace.commute(trace.accClass[a]!, kind)) return true;
        }
      }
    }
    return false;
  }

  #isFirst(firsts: number, rows: Int32Array, row: number): boolean {
    for (let i = 0; i < firsts; i++) if (rows[row + this.#firstThread[i]!]! > this.#firstEvent[i]!) return false;
    return true;
  }

  #maximal(ended: boolean, deadlocked: readonly number[]): boolean {
    const trace = this.#trace, schedule: Move[] = [];
    for (let d = 0; d < trace.length; d++) schedule.push({ thread: trace.thread[d]!, choice: this.#nodes[d]!.choice });
    const preemptions = this.#options.preemptions ? leastPreemptions(trace, this.#system, schedule) : null;
    return this.#tally.maximal({ schedule, ended, deadlocked, preemptions });
  }

  #node(d: number): Node {
    return this.#nodes[d] ?? (this.#nodes[d] = newNode());
  }
}

/** A number from 0 that looks random, the same each time. */
function scramble(seed: number, n: number): number {
  let x = Math.imul(seed ^ Math.imul(n + 1, 0x9e3779b1), 0x85ebca6b);
  x ^= x >>> 13;
  return Math.imul(x, 0xc2b2ae35) >>> 1;
}
