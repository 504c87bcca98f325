// SPDX-License-Identifier: GPL-2.0-only
// Several threads of the port, one of which runs at a time: where each stops, what each event
// touched, and what the rounds of a loop did. Whoever searches says who goes next (system.ts of the
// scenarios); nothing here chooses.

import { roundOf, roundsAgree, sameLocals, sameValue } from './rounds.ts';
import { FIRST_COMPARISON, type LoopActivation } from './loops.ts';
import { ExecutionEnd, type Key, type PortObject, type Runtime } from './runtime.ts';
import type { Sharing } from './sharing.ts';
import { Activation, Thread, saveActivation, type Call, type Code, type SeenRead } from './threads.ts';
import { RETURNED, STOPPED } from './codes.ts';

/** How deep calls may nest before an execution is cut. */
const MAX_DEPTH = 600;

/** Rounds with equal variables before states are compared: more than a list has pages. */
const FIRST_STATE = 3;

export interface Machine {
  /** Runs fn as `task` on `cpu`. */
  readonly runOn: (cpu: number, task: object, fn: () => void) => void;
  /** Who runs at the end of a step, and where: a work item changes both. */
  readonly cpu: () => number;
  readonly task: () => object;
  /** The state of everything with the stacks of all threads, for a round that may come again. */
  readonly stateKey: (threads: readonly Thread[]) => string;
}

export class Concurrency {
  readonly threads: Thread[] = [];
  readonly sharing: Sharing;
  readonly #runtime: Runtime;
  readonly #machine: Machine;
  #running: Thread | null = null;
  /** The event that was granted has not begun. */
  #granted = false;
  #step = 0;
  /** What the step wrote of what is shared. */
  readonly written = new Set<object>();
  /** What a predicate of the blocking primitive read, while somebody wants to know. */
  #asked: SeenRead[] | null = null;
  /** States are compared at the heads of loops; whoever compares them at each step has no need of it. */
  watchesCycles = true;
  /** Where the thread that runs has to stop, in accesses of its own, when a schedule is followed: points are no matter then. */
  stopAt: number | null = null;
  /** Steps of all threads so far. */
  #steps = 0;
  /**
   * A loop came round in the very state of an earlier round, `from` steps from the start. If others were
   * kept from running all the while, it is for this thread to give way; else this throws.
   */
  onCycle: (thread: Thread, loop: LoopActivation, from: number) => void = () => undefined;

  constructor(runtime: Runtime, sharing: Sharing, machine: Machine) {
    this.#runtime = runtime;
    this.sharing = sharing;
    this.#machine = machine;
  }

  /** The thread that runs. */
  get running(): Thread | null { return this.#running; }

  add(name: string, cpu: number, task: object, next: (t: Thread) => Call | null): Thread {
    const t = new Thread(this.threads.length, name, cpu, task, next);
    this.threads.push(t);
    this.#runtime.journal.note(() => { this.threads.pop(); });
    return t;
  }
  /** A pseudo-thread that begins when `ready` holds: a grace period, a callback. */
  spawn(name: string, cpu: number, task: object, ready: () => boolean, on: object, call: Call): Thread {
    let given = false;
    const t = this.add(name, cpu, task, () => {
      if (given) return null;
      given = true;
      this.#runtime.journal.note(() => { given = false; });
      return call;
    });
    t.stop = { kind: 'wait', ready, on, why: name };
    return t;
  }

  /** Runs what thread t does before it may have to wait for anybody. */
  begin(t: Thread): void { this.#run(t, false); }

  /** Whether t can make its next event. */
  enabled(t: Thread): boolean {
    if (t.done || t.stop === null) return false;
    switch (t.stop.kind) {
      case 'access': return true;
      case 'wait': return this.holds(t.stop.ready);
      // Alone it goes on: that it never ends is then for the rules to say.
      case 'parked': return this.#alone(t) || t.stop.reads.some((r) => !sameValue(r.o[r.k], r.value));
    }
  }

  /** The next event of t, and what t does after it by itself. */
  step(t: Thread): void {
    this.#steps += 1;
    this.#runtime.journal.note(() => { this.#steps -= 1; });
    this.#run(t, true);
  }

  #run(t: Thread, granted: boolean): void {
    const { journal } = this.#runtime;
    this.#step += 1;
    t.save(journal);
    const before = this.#runtime.top;
    this.sharing.newEvent();
    this.sharing.thread = t.id;
    this.written.clear();
    // Who follows a schedule stops by counting, and needs no leave to go on.
    this.#granted = granted && this.stopAt === null;
    this.#running = t;
    this.#runtime.top = t.frame;
    try {
      this.#machine.runOn(t.cpu, t.task, () => {
        if (t.top === null && t.stop?.kind === 'wait') this.#took(t.stop.ready);
        t.stop = null;
        this.#go(t);
        t.cpu = this.#machine.cpu();
        t.task = this.#machine.task();
      });
    } finally {
      t.frame = this.#runtime.top;
      this.#runtime.top = before;
      this.#running = null;
      this.#granted = false;
    }
  }

  /** The trampoline: runs the innermost activation until the thread stops or has nothing left to do. */
  #go(t: Thread): void {
    const { journal, monitor } = this.#runtime;
    for (;;) {
      const a = t.top;
      if (a === null) {
        if (!this.#nextCall(t)) return;
        continue;
      }
      saveActivation(a, this.#step, journal);
      const how = a.code.body(a);
      if (how === STOPPED) return;
      if (how !== RETURNED) continue;
      if (t.one === a) {
        t.one = null;
        t.begun = false;
      }
      if (a.entry >= 0) {
        monitor.leave(a);
        this.#runtime.top = a.caller;
      }
      t.top = a.up;
      if (a.up === null) {
        const call = t.call;
        t.call = null;
        t.returned = [...t.returned, a.v];
        call?.done(a.v);
      } else {
        saveActivation(a.up, this.#step, journal);
        a.up.v = a.v;
      }
    }
  }

  #nextCall(t: Thread): boolean {
    const call = t.next();
    if (call === null) {
      t.done = true;
      return false;
    }
    t.call = call;
    const code = this.#runtime.codeOf(call.fn);
    if (code === null) throw new Error(`${t.name} calls what has no resumable form`);
    this.push(code, call.args);
    return true;
  }

  // --- called by the running code ---------------------------------------------------------------

  push(code: Code, args: unknown[]): boolean {
    const t = this.#mine();
    const a = new Activation(code, args, t.top, this.#runtime.top);
    a.saved = this.#step;
    t.top = a;
    if (code.oneEvent && t.one === null) t.one = a;
    if (a.depth > MAX_DEPTH) throw new ExecutionEnd('limit', `call depth in ${code.name}`);
    if (code.entry >= 0) {
      this.#runtime.top = a;
      this.#runtime.monitor.enter(a);
    }
    return true;
  }
  /** Something ran in one go: its result. */
  ran(result: unknown): boolean {
    const top = this.#mine().top;
    if (top !== null) top.v = result;
    return false;
  }
  touch(a: Activation): void { saveActivation(a, this.#step, this.#runtime.journal); }

  at(o: PortObject | null | undefined, k: Key): boolean {
    const t = this.#mine();
    if (t.begun || o === null || o === undefined) return false;
    const by = t.top;
    if (this.stopAt === null ? !this.sharing.isEvent(o, k, by) : t.accesses < this.stopAt) return false;
    // What a one-event function reads before it waits belongs to nobody's event.
    if (t.one !== null && t.one.code.waits) return false;
    if (this.#granted) {
      this.#granted = false;
      t.begun = t.one !== null;
      return false;
    }
    t.stop = { kind: 'access' };
    return true;
  }

  wait(ready: () => boolean, on: object, why: string): boolean {
    const t = this.#mine();
    if (this.#granted || (t.begun && this.holds(ready))) {
      this.#took(ready);
      t.begun = t.one !== null;
      return false;
    }
    t.begun = false;
    if (this.#passes(t, ready)) {
      this.#took(ready);
      return false;
    }
    t.stop = { kind: 'wait', ready, on, why };
    return true;
  }
  /** A wait that nobody else has a hand in and that is over; or, where a schedule is followed, one before the place to stop. */
  #passes(t: Thread, ready: () => boolean): boolean {
    if (this.stopAt !== null) return t.accesses < this.stopAt && this.holds(ready);
    return !this.whatIsAsked(ready).some(({ o, k }) => this.sharing.isEvent(o, k, t.top)) && this.holds(ready);
  }
  /** What a wait that is over looked at was read in this event. */
  #took(ready: () => boolean): void {
    this.#granted = false;
    this.#mine().accesses += 1;
    for (const { o, k, value } of this.whatIsAsked(ready)) this.sharing.note(o, k, 'waited', value, value, this.#mine().top);
  }
  /** The fields that a predicate looks at now. */
  whatIsAsked(ready: () => boolean): readonly SeenRead[] {
    const seen: SeenRead[] = [];
    const outer = this.#asked;
    this.#asked = seen;
    try { ready(); } finally { this.#asked = outer; }
    return seen;
  }

  /** A loop's head. True when the thread has to wait for a change. */
  round(loop: LoopActivation, locals: readonly unknown[]): boolean {
    const t = this.#mine();
    if (loop.parked) {
      this.#saveLoop(loop);
      loop.parked = false;
      this.#granted = false;
      t.accesses += 1;
      for (const { o, k, value } of loop.waitsFor) if (!sameValue(o[k], value)) this.sharing.note(o, k, 'woken', o[k], o[k], t.top);
      loop.since = t.log.length;
      loop.before = -1;
      return false;
    }
    this.#saveLoop(loop);
    loop.rounds += 1;
    if (this.#alone(t)) {
      if (loop.rounds < FIRST_COMPARISON) return false;
      const seen = this.#runtime.loops.visit(loop, () => locals);
      if (seen !== 'fresh') this.#runtime.monitor.cycle(loop, seen);
      return false;
    }
    const last = loop.locals;
    loop.locals = locals;
    const { since, before } = loop;
    loop.since = t.log.length;
    loop.before = last !== null && sameLocals(last, locals) ? since : -1;
    if (loop.before < 0) return false;
    const round = roundOf(t.log, since);
    const idle = round.effects === 0 || (before >= 0 && roundsAgree(t.log, before, since));
    // A list that is worked off comes round like this as well, a few times.
    if (this.watchesCycles && loop.rounds >= FIRST_STATE) {
      const key = this.#machine.stateKey(this.threads);
      const earlier = loop.seen.find((s) => s.key === key);
      if (earlier !== undefined) {
        this.onCycle(t, loop, earlier.step);
        return this.#park(t, loop, roundOf(t.log, earlier.log).reads);
      }
      loop.seen = [...loop.seen, { key, step: this.#steps, log: t.log.length }];
    }
    return idle ? this.#park(t, loop, round.reads) : false;
  }
  #park(t: Thread, loop: LoopActivation, reads: readonly SeenRead[]): boolean {
    loop.parked = true;
    loop.waitsFor = reads;
    t.stop = { kind: 'parked', reads, loop };
    return true;
  }
  #alone(t: Thread): boolean { return this.threads.every((other) => other === t || other.done); }
  #saveLoop(loop: LoopActivation): void {
    const { rounds, mark, stored, turn, locals, since, before, parked, waitsFor, seen } = loop;
    this.#runtime.journal.note(() => { Object.assign(loop, { rounds, mark, stored, turn, locals, since, before, parked, waitsFor, seen }); });
  }

  read(o: PortObject, k: Key, value: unknown): void {
    const t = this.#running;
    if (t === null) return;
    t.accesses += 1;
    if (!this.sharing.isShared(o) || !this.sharing.matters(o, k)) return;
    t.log.push({ o, k, wrote: false, old: value, value });
    this.sharing.note(o, k, 'read', value, value, t.top);
  }
  wrote(o: PortObject, k: Key, old: unknown, value: unknown): void {
    const t = this.#running;
    if (t === null) return;
    t.accesses += 1;
    if (!this.sharing.isShared(o)) return;
    this.written.add(o);
    // What is no field of its own is a word of its owner's (page->lru).
    if (!Object.hasOwn(o, k)) {
      const owner = o['owner'];
      if (typeof owner === 'object' && owner !== null) this.written.add(owner);
    }
    this.sharing.publish(value);
    if (!this.sharing.matters(o, k)) return;
    t.log.push({ o, k, wrote: true, old, value });
    this.sharing.note(o, k, 'wrote', old, value, t.top);
  }
  /** What rules hold of o turned with what the thread does now: part of this event, though no access. */
  turned(o: PortObject, k: Key): void {
    const t = this.#running;
    if (t !== null) this.sharing.note(o, k, 'wrote', false, true, t.top);
  }
  /** A container was changed as a whole. */
  changed(o: PortObject, k: Key, given: readonly unknown[]): void {
    const t = this.#running;
    if (t === null) return;
    t.accesses += 1;
    if (!this.sharing.isShared(o)) return;
    this.written.add(o);
    for (const value of given) this.sharing.publish(value);
    t.log.push({ o, k, wrote: true, old: 0, value: 1 });
    this.sharing.note(o, k, 'wrote', 0, 1, t.top);
  }
  /** True where a predicate is being asked. */
  asked(o: PortObject, k: Key, value: unknown): boolean {
    if (this.#asked === null) return false;
    this.#asked.push({ o, k, value });
    return true;
  }
  /** Whether a predicate holds, as nobody's access. */
  holds(ready: () => boolean): boolean {
    const outer = this.#asked;
    this.#asked = [];
    try { return ready(); } finally { this.#asked = outer; }
  }

  #mine(): Thread {
    if (this.#running === null) throw new Error('no thread runs');
    return this.#running;
  }
}
