// SPDX-License-Identifier: GPL-2.0-only
// A program of generators as a system to search. Generators cannot be copied, so undo() starts anew and runs
// the kept part of the schedule again. What threads share lives in cells and locks made by setup() or by
// a thread; plain fields of the state may be written for outcome() and atRest(), but no other thread reads them.

import { ambient, type Owner } from './ambient.ts';
import { Choose, Join, Progress, Spawn } from './control.ts';
import { pathsOf, type Path } from './data-key.ts';
import { EVENT_CLASSES, EventOperation, Operation, type Body, type EventClass } from './operation.ts';
import { helpersOnStack, OwnStates } from './own-state.ts';
import { isRead, relationTable, type Commutes } from './relation.ts';
import { Retry } from './retry.ts';
import { nameObjects, type Shared } from './shared.ts';
import type { Access, Relation, Status, System } from './system.ts';
import type { Observer, Thread, Thrown } from './thread.ts';

export interface Program<S> {
  readonly name: string;
  readonly setup: () => S;
  readonly threads: readonly ((s: S) => Body)[];
  /** Called when all threads have ended; throws to report. */
  readonly atRest?: (s: S) => void;
  /** What could be observed at the end: a string, or plain data that becomes one. */
  readonly outcome?: (s: S) => unknown;
  /** Pairs of kinds of event that commute though they do not both read (refcounts, statistics). */
  readonly commutes?: Commutes;
}

/** A look at a thread after one of its rounds: kept, for when the same schedule is run again. */
interface Look { readonly state: string | null; readonly parks: boolean; readonly cuts: boolean }

export interface ProgramOptions {
  /** Tells states apart; retries then run on. */
  readonly observer?: Observer | null;
  /** A retry that comes round unchanged gives way (default, unless there is an observer). */
  readonly giveWay?: boolean;
}

/** Control operations that one thread may run between two events. */
const ENDLESS = 100_000;
const CLASS_NUMBER: ReadonlyMap<EventClass, number> = new Map(EVENT_CLASSES.map((one, i) => [one, i]));
const NOTHING: readonly Access[] = [];

export class ProgramSystem<S> implements System {
  readonly program: Program<S>;
  state!: S;
  thrown: Thrown | null = null;
  readonly list: Thread[] = [];
  readonly shared: Shared[] = [];
  accesses: readonly Access[] = NOTHING;
  readonly orders: number[] = [];
  readonly observer: Observer | null;

  readonly #relations: readonly (readonly Relation[])[];
  /** One-element arrays by object and class, made once. */
  readonly #access: (readonly Access[])[] = [];
  readonly #numbers = new Map<string, number>();
  /** Of the objects that setup() makes, in order. */
  #names: readonly string[] | null = null;
  /** Where setup() put plain objects into the state. */
  #paths: readonly Path[] = [];
  #inSetup = 0;
  #making = '';
  readonly #made = new Map<string, number>();
  readonly #owner: Owner = { register: (object) => this.#register(object) };
  // The execution so far.
  #length = 0;
  /** Steps are being run again on the way to a state: nobody asks what they touched. */
  #again = false;
  readonly #ranThread: number[] = [];
  readonly #ranChoice: number[] = [];
  readonly #ran: (EventOperation<unknown> | Choose)[] = [];
  readonly #wordBefore: unknown[] = [];
  #progressed = false;
  #running = 0;
  readonly #giveWay: boolean;
  readonly #own = new OwnStates();
  #measure: (() => number | null) | null;
  readonly #looks = new Map<number, Look>();
  readonly #wokenAt: unknown[] = [];
  #cut: string | null = null;

  constructor(program: Program<S>, { observer = null, giveWay = observer === null }: ProgramOptions = {}) {
    this.program = program;
    this.observer = observer;
    this.#giveWay = giveWay;
    this.#measure = observer === null ? null : () => observer.measure(this.#running);
    this.#relations = relationTable(program.commutes);
    this.#start();
  }

  get length(): number { return this.#length; }
  /** Event n as it ran. */
  operation(n: number): EventOperation<unknown> | Choose | undefined { return this.#ran[n]; }

  threadOf(n: number): number { return this.#ranThread[n] ?? -1; }

  threads(): number { return this.list.length; }

  status(t: number): Status {
    const { pending, done, parked } = this.list[t]!;
    if (pending === null) return done ? 'done' : 'blocked';
    if (parked !== null && Object.is(parked.on.word(), parked.word)) return 'blocked';
    return pending instanceof Choose || pending.open(pending.target.word()) ? 'enabled' : 'blocked';
  }

  choices(t: number): number {
    const pending = this.list[t]?.pending;
    return pending instanceof Choose ? pending.of : 1;
  }

  step(t: number, choice: number): void {
    const thread = this.list[t], pending = thread?.pending;
    if (thread === undefined || pending === undefined || pending === null) throw new Error(`thread ${t} has nothing to run`);
    const n = this.#length++;
    this.#ranThread[n] = t;
    this.#ranChoice[n] = choice;
    this.#ran[n] = pending;
    if (this.orders.length > 0) this.orders.length = 0;
    this.#progressed = false;
    this.accesses = NOTHING;
    if (pending instanceof Choose) pending.result = choice;
    else {
      this.#wordBefore[n] = pending.target.word();
      if (!pending.open(this.#wordBefore[n])) throw new Error(`thread ${t} is blocked`);
      try {
        pending.perform(t);
      } catch (error) {
        this.thrown = { thread: t, error };
      }
      const { parked } = thread;
      this.#wokenAt[n] = parked === null ? NOTHING : parked.word;
      if (!this.#again) this.accesses = this.#accessOf(pending, parked === null ? pending.kind : isRead(pending.kind) ? 'woken-read' : 'woken-write');
      thread.parked = null;
      if (this.thrown !== null) return;
      if (thread.retry !== null) {
        const advice = thread.retry.ran(pending);
        if (advice !== 'go on') return this.#look(t, n, thread, thread.retry, advice, pending.target);
      }
    }
    this.#advance(t);
  }

  /** Goes on with a thread that repeats itself, and sees whether it has come to the same state again. */
  #look(t: number, n: number, thread: Thread, retry: Retry, advice: 'note' | 'compare' | 'cut', on: Shared): void {
    const measure = this.#measure;
    let look = this.#looks.get(n);
    if (look === undefined) this.#measure = helpersOnStack;
    try {
      this.#advance(t);
    } finally {
      this.#measure = measure;
    }
    if (look === undefined) {
      this.#own.data.resume(this.state, this.#paths);
      const state = advice === 'cut' || thread.pending === null || this.thrown !== null ? null : this.#own.withFields(this, t);
      const same = advice === 'compare' && state !== null && state === (retry.parkedAs ?? retry.noted);
      look = { state, parks: same && retry.onlyReads(), cuts: advice === 'cut' || (same && !retry.onlyReads()) };
      this.#looks.set(n, look);
    }
    if (advice === 'note') retry.noted = look.state;
    else if (look.parks) {
      retry.parkedAs = look.state;
      thread.parked = { on, word: on.word(), period: retry.period };
    } else if (look.cuts) this.#cut = 'executions cut where a retry came round unchanged';
    else retry.differs();
  }

  waiting(t: number): readonly Access[] {
    const pending = this.list[t]!.pending;
    if (!(pending instanceof EventOperation)) return NOTHING;
    return this.#accessOf(pending, this.list[t]!.parked === null ? pending.kind : 'woken-read');
  }

  cut(): string | null { return this.#cut; }
  ended(): boolean { return this.thrown !== null; }
  progressed(): boolean { return this.#progressed; }
  save(): number { return this.#length; }

  undo(mark: number): void {
    if (this.#looks.size > 0) for (const n of this.#looks.keys()) if (n >= mark) this.#looks.delete(n);
    this.#start();
    this.#again = true;
    for (let n = 0; n < mark; n++) {
      const t = this.#ranThread[n]!;
      if (t >= this.list.length || !alike(this.#ran[n]!, this.list[t]!.pending) || this.status(t) !== 'enabled') this.#differs(n);
      if (n === mark - 1) this.#again = false;
      this.step(t, this.#ranChoice[n]!);
    }
    this.#again = false;
    if (mark > 0 && this.thrown !== null) this.#differs(mark);
  }

  relation(earlier: number, later: number): Relation { return this.#relations[earlier]![later]!; }

  couldRun(t: number, event: number, before: number): boolean {
    const waits = event >= this.#length, parked = this.list[t]?.parked ?? null;
    const operation = waits ? this.list[t]?.pending : this.#ran[event];
    const word = waits ? (parked === null ? NOTHING : parked.word) : this.#wokenAt[event];
    if (word !== NOTHING && Object.is(this.#wordBefore[before], word)) return false;
    return !(operation instanceof EventOperation) || operation.open(this.#wordBefore[before]);
  }

  stateKey(): string {
    if (this.observer === null) throw new Error('states are not told apart in this search');
    return this.observer.key(this);
  }

  /** Lets go of the engine's debugger, if it was needed. */
  close(): void { this.#own.close(); }

  acquiring(t: number): boolean {
    const pending = this.list[t]?.pending;
    return pending instanceof EventOperation && (pending.kind === 'lock' || pending.kind === 'read' || pending.kind === 'write');
  }

  /** Runs `what` where objects may be made: setup(), outcome(), atRest(). */
  within<R>(what: () => R): R {
    const outer = ambient.owner;
    ambient.owner = this.#owner;
    try {
      return what();
    } finally {
      ambient.owner = outer;
    }
  }

  #start(): void {
    this.#length = 0;
    this.thrown = null;
    this.list.length = 0;
    this.shared.length = 0;
    this.orders.length = 0;
    this.accesses = NOTHING;
    this.#made.clear();
    this.#making = '';
    this.#inSetup = 0;
    this.#progressed = false;
    this.#cut = null;
    this.observer?.reset();
    this.state = this.within(this.program.setup);
    if (this.#names === null) {
      nameObjects(this.state);
      this.#paths = pathsOf(this.state);
      this.#names = this.shared.map((object) => object.name);
    }
    this.shared.forEach((object, i) => { object.name = this.#names?.[i] ?? object.name; });
    this.observer?.begun(this.state);
    this.#inSetup = -1;
    for (const [t, thread] of this.program.threads.entries()) this.#create(() => thread(this.state), `${t}`, -1);
    for (let t = 0, n = this.list.length; t < n && this.thrown === null; t++) this.#advance(t);
  }

  #create(body: () => Body, name: string, parent: number): number {
    const t = this.list.length;
    this.list.push({ body: body(), name, pending: null, at: null, joining: -1, done: false, children: 0, retry: this.#giveWay ? new Retry() : null, parked: null });
    this.observer?.born(t, parent);
    return t;
  }

  /** Resumes thread t until its next event; ends of threads let those go on that wait for them. */
  #advance(t: number): void {
    const { owner: outer, measure } = ambient;
    ambient.owner = this.#owner;
    ambient.measure = this.#measure;
    try {
      this.#making = this.list[t]!.name;
      resumeThread(this, t);
    } catch (error) {
      this.thrown = { thread: t, error };
    } finally {
      ambient.owner = outer;
      ambient.measure = measure;
    }
  }

  /** One resumption of thread t; false when it has come to its next event or its end. */
  resume(t: number, thread: Thread): boolean {
    if (thread.at !== null) this.observer?.resumed(t, thread.at);
    thread.pending = thread.at = null;
    this.#running = t;
    const { done, value } = thread.body.next();
    if (done === true) {
      thread.done = true;
      this.#release(t);
      return false;
    }
    if (value instanceof Operation) thread.at = value;
    return this.#take(t, thread, value);
  }

  /** Takes what a thread yielded; true if it goes on at once. */
  #take(t: number, thread: Thread, operation: unknown): boolean {
    if (operation instanceof EventOperation) {
      thread.pending = operation;
      return false;
    }
    if (operation instanceof Choose) {
      thread.pending = operation;
      if (operation.of > 1) return false;
      operation.result = 0;
      return true;
    }
    if (operation instanceof Progress) this.#progressed = true;
    else if (operation instanceof Spawn) {
      const child = this.#create(operation.body, `${thread.name}.${thread.children++}`, t);
      operation.result = { thread: child };
      this.orders.push(t, child);
      this.#advance(child);
      this.#making = thread.name;
      if (this.thrown !== null) return false;
    } else if (operation instanceof Join) {
      const child = this.list[operation.thread];
      if (child === undefined) throw new Error(`join of thread ${operation.thread}, which there is not`);
      if (!child.done) {
        thread.joining = operation.thread;
        return false;
      }
      this.orders.push(operation.thread, t);
    } else throw new Error('a thread yields operations only: yield* x.load(), not yield x.load()');
    return true;
  }

  #release(t: number): void {
    for (let waiter = 0; waiter < this.list.length && this.thrown === null; waiter++) {
      const thread = this.list[waiter]!;
      if (thread.joining !== t) continue;
      thread.joining = -1;
      this.orders.push(t, waiter);
      this.#advance(waiter);
    }
  }

  #register(object: Shared): number {
    this.shared.push(object);
    if (this.#inSetup >= 0) return this.#inSetup++;
    // Made by a thread: the same number for its k-th object in each schedule.
    const k = this.#made.get(this.#making) ?? 0;
    this.#made.set(this.#making, k + 1);
    const key = `${this.#making}/${k}`;
    let id = this.#numbers.get(key);
    if (id === undefined) {
      id = 1_000_000 + this.#numbers.size;
      this.#numbers.set(key, id);
    }
    return id;
  }

  #accessOf(operation: EventOperation<unknown>, as: EventClass): readonly Access[] {
    const kind = CLASS_NUMBER.get(as)!;
    const at = operation.target.id * EVENT_CLASSES.length + kind;
    return this.#access[at] ??= [{ object: operation.target.id, class: kind }];
  }

  #differs(n: number): never {
    throw new Error(`${this.program.name}: event ${n} differs when the same schedule is run again: a thread depends on something that setup() does not make anew`);
  }
}

/** Named, so that a measure of the stack knows where the threads' own frames begin. */
export function resumeThread<S>(system: ProgramSystem<S>, t: number): void {
  const thread = system.list[t]!;
  for (let rounds = 0; system.resume(t, thread); rounds++) {
    if (rounds > ENDLESS) throw new Error('a thread runs on without an event');
  }
}

function alike(was: EventOperation<unknown> | Choose, is: EventOperation<unknown> | Choose | null): boolean {
  if (was instanceof Choose) return is instanceof Choose && is.of === was.of;
  return is instanceof EventOperation && is.target.id === was.target.id && is.constructor === was.constructor;
}
