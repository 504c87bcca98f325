// SPDX-License-Identifier: GPL-2.0-only
// A thread of the port in its resumable form: a stack of activations, each a function with a
// program counter and slots. A step of it is one event and what follows up to the next place where
// it may have to wait for others; steps are undone through the journal. What a thread touches of
// its stack in a step is saved then, so a deep call chain costs no more than a flat one.

import type { Journal } from './journal.ts';
import type { LoopActivation } from './loops.ts';
import type { Frame, Key, PortObject } from './runtime.ts';

/** The resumable form of a function. */
export interface Code {
  readonly name: string;
  readonly file: string;
  /** Its site; -1 where it has no frame of its own. */
  readonly entry: number;
  readonly size: number;
  /** How many of the slots are variables; what stands above them is left over. */
  readonly locals: number;
  readonly body: (a: Activation) => number;
  /** All it does is one event, from its first shared access or its wait on. */
  oneEvent: boolean;
  /** It begins by waiting. */
  waits: boolean;
  /** What says so: the text of its body. */
  readonly source: object;
  /** Where an activation stands, with its variables: equal where it goes on alike. */
  readonly place: (a: Activation) => readonly unknown[];
}

/** The place of a resumable frame. */
export function placeOfFrame(a: Activation): readonly unknown[] { return [a.pc, a.l.slice(0, a.code.locals)]; }

export class Activation implements Frame {
  readonly code: Code;
  readonly up: Activation | null;
  /** The frame it was entered from. */
  readonly caller: Frame | null;
  readonly depth: number;
  readonly l: unknown[];
  /** How many arguments it was given: they stand in the first slots. */
  readonly given: number;
  pc = 0;
  /** What the last call gave; in the end what it returns itself. */
  v: unknown = undefined;
  site: number;
  result: unknown = undefined;
  lists: PortObject[] | null = null;
  /** The step in which it was saved last. */
  saved = -1;
  /** How many stand below it. */
  readonly level: number;
  /** Its hash, while that holds; whether something hangs on it that is nowhere else (state-hash.ts). */
  hashed = false;
  hashA = 0;
  hashB = 0;
  led = false;

  constructor(code: Code, args: unknown[], up: Activation | null, caller: Frame | null) {
    this.code = code;
    this.up = up;
    this.caller = caller;
    this.depth = (caller?.depth ?? 0) + (code.entry < 0 ? 0 : 1);
    this.level = up === null ? 0 : up.level + 1;
    this.given = args.length;
    for (let i = args.length; i < code.size; i += 1) args.push(undefined);
    this.l = args;
    this.site = code.entry;
  }
  get function(): string { return this.code.name; }
  get file(): string { return this.code.file; }
  get entry(): number { return this.code.entry; }
}

/** What a thread does next: a function of the port, and what becomes of its result. */
export interface Call {
  readonly fn: object;
  readonly args: unknown[];
  readonly done: (result: unknown) => void;
}

/** Why a thread stands still. */
export type Stop =
  /** Before an access. */
  | { readonly kind: 'access' }
  /** In the blocking primitive. */
  | { readonly kind: 'wait'; readonly ready: () => boolean; readonly on: object; readonly why: string }
  /** At the head of a loop that came round with nothing changed: it goes on when something it read has another value. */
  | { readonly kind: 'parked'; readonly reads: readonly SeenRead[]; readonly loop: LoopActivation };

export interface SeenRead { readonly o: PortObject; readonly k: Key; readonly value: unknown }

/** One access of a thread to something shared, kept to tell what a round of a loop did. */
export interface Logged { readonly o: PortObject; readonly k: Key; readonly wrote: boolean; readonly old: unknown; readonly value: unknown }

export class Thread {
  readonly id: number;
  readonly name: string;
  /** Where it runs, and as whom: a work item changes both for a while. */
  cpu: number;
  task: object;
  top: Activation | null = null;
  frame: Frame | null = null;
  stop: Stop | null = null;
  /** The outermost activation that is one event, and whether its event has begun. */
  one: Activation | null = null;
  begun = false;
  done = false;
  log: Logged[] = [];
  /** Accesses it has made, shared or not: where it stands, whatever the points are. */
  accesses = 0;
  /** The call that runs, and what those before it gave. */
  call: Call | null = null;
  returned: readonly unknown[] = [];
  readonly #next: (t: Thread) => Call | null;

  /** next: the calls it makes, one after the other; it must be undone with the journal. */
  constructor(id: number, name: string, cpu: number, task: object, next: (t: Thread) => Call | null) {
    this.id = id;
    this.name = name;
    this.cpu = cpu;
    this.task = task;
    this.#next = next;
  }

  next(): Call | null { return this.#next(this); }

  /** Keeps everything it has, for the journal to give back. */
  save(journal: Journal): void {
    const { cpu, task, top, frame, stop, one, begun, done, call, returned, accesses } = this;
    const logged = this.log.length;
    journal.note(() => {
      this.cpu = cpu;
      this.task = task;
      this.top = top;
      this.frame = frame;
      this.stop = stop;
      this.one = one;
      this.begun = begun;
      this.done = done;
      this.call = call;
      this.returned = returned;
      this.accesses = accesses;
      this.log.length = logged;
    });
  }
}

/** Saves an activation once in a step. */
export function saveActivation(a: Activation, step: number, journal: Journal): void {
  if (a.saved === step) return;
  a.saved = step;
  a.hashed = false;
  const { pc, v, site, result, lists } = a;
  const l = a.l.slice();
  journal.note(() => {
    a.hashed = false;
    a.pc = pc;
    a.v = v;
    a.site = site;
    a.result = result;
    a.lists = lists;
    for (let i = 0; i < l.length; i += 1) a.l[i] = l[i];
  });
}
