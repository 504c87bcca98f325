// SPDX-License-Identifier: GPL-2.0-only
// One machine: what C keeps in globals, statics and per-CPU areas hangs here, so that two
// machines never share state and booting one is cheap. Which machine, CPU and task run is said by
// run_on(), switch_context() and restore_context() alone; it is the port's only mutable
// module-level variable. Whoever runs several threads keeps a context for each.

import type { mm_struct } from '../../include/linux/mm_types.ts';
import type { task_struct } from '../../include/linux/sched.ts';

/** What the debug exceptions of the machine say. VM_* only observe (model-rules.md, 2.8). */
export type trap_kind = 'BUG' | 'WARN' | 'VM_BUG_ON' | 'VM_WARN_ON' | 'BAD_PAGE' | 'MIGHT_SLEEP' | 'PTE_MISUSE';

/** Ends an execution: a BUG, an access the machine cannot make, or a limit of the model. */
export class machine_halt extends Error {
  readonly why: 'bug' | 'blocked' | 'model-limit' | 'fault';
  constructor(why: machine_halt['why'], what: string) {
    super(what);
    this.name = 'machine_halt';
    this.why = why;
  }
}

/** The n-th call of an allocation fails; 0 is never. `for_ever` fails all from the n-th on. */
export interface fault_injection { nth: number; for_ever: boolean; calls: number }

interface slot { readonly name: string; readonly statistics: boolean; peek(m: machine): unknown; make(): unknown }

const slots: slot[] = [];

export class machine {
  readonly nr_cpus: number;
  /** The debug exception: told of each trap; the machine goes on unless it is a BUG. */
  on_trap: (kind: trap_kind, what: string) => void = () => undefined;
  /** Told of each object that a cache gives out. */
  on_alloc: (object: object) => void = () => undefined;
  /** Told of each object that goes back to its cache: it must not be used again. */
  on_free: (object: object) => void = () => undefined;
  /** Told when the running task cannot go on; nobody else runs in this form of the machine. */
  on_blocked: (on: object, why: string) => void = () => undefined;
  /** Told of each load and store of user mode that went through, within its event. */
  on_access: (mm: mm_struct, va: number, write: boolean, value: number) => void = () => undefined;
  /** Takes what runs later on its own, as a thread that is enabled while `ready`; null: it runs at once. */
  on_defer: ((ready: () => boolean, run: () => void, name: string, on: object) => void) | null = null;
  /** x86 flushes by interrupt: the flush of another CPU waits while that one has interrupts off. */
  flush_waits_irqsoff = true;
  /** Shortens the quarantine of frames, and of what SLAB_TYPESAFE_BY_RCU allows: what was freed last is handed out next. */
  reuse_frames = true;
  readonly fail_page_alloc: fault_injection = { nth: 0, for_ever: false, calls: 0 };
  readonly fail_slab_alloc: fault_injection = { nth: 0, for_ever: false, calls: 0 };
  constructor(nr_cpus: number) { this.nr_cpus = nr_cpus; }
  /** Every global of this machine that was touched, by name, for whoever compares states. */
  globals(): { readonly name: string; readonly statistics: boolean; readonly value: unknown }[] {
    return slots.map((s) => ({ name: s.name, statistics: s.statistics, value: s.peek(this) }))
      .filter((g) => g.value !== undefined);
  }
}

/** Which task runs on which CPU of which machine; replaced, never changed. */
export interface running_context { readonly machine: machine; readonly cpu: number; readonly task: task_struct }
let running: running_context | null = null;

/** Runs fn as `task` on `cpu` of `m`; nests (work items, interrupts). */
export function run_on<T>(m: machine, cpu: number, task: task_struct, fn: () => T): T {
  const outer = running;
  running = { machine: m, cpu, task };
  try { return fn(); } finally { running = outer; }
}

/** What runs now; a thread that stops carries it to where it goes on. */
export function context(): running_context {
  if (running === null) throw new machine_halt('model-limit', 'no machine runs here');
  return running;
}
/** From here on `task` runs on `cpu`; gives what ran before, for restore_context(). */
export function switch_context(cpu: number, task: task_struct): running_context {
  const was = context();
  running = { machine: was.machine, cpu, task };
  return was;
}
/** Goes on as `was`; null: nobody runs. */
export function restore_context(was: running_context | null): void { running = was; }

export function this_machine(): machine { return context().machine; }
/** The running task. C reads it as `current`. */
export function current(): task_struct { return context().task; }
export function smp_processor_id(): number { return context().cpu; }

/** A global or static of C: `const x = per_machine(() => …)`, read as `x()`. */
export function per_machine<T>(init: () => T, name = '', statistics = false): () => T {
  const values = new WeakMap<machine, { readonly value: T }>();
  const global = (): T => {
    const m = this_machine();
    let held = values.get(m);
    if (held === undefined) { held = { value: init() }; values.set(m, held); }
    return held.value;
  };
  slots.push({ name, statistics, peek: (m) => values.get(m)?.value, make: global });
  return global;
}

/** All globals of the running machine, also those that nobody named yet: later none comes to be between two states. */
export function make_globals(): void { for (const s of slots) s.make(); }

/** A per-CPU variable: DEFINE_PER_CPU. */
export interface per_cpu_var<T> { readonly areas: () => T[] }
export function DEFINE_PER_CPU<T>(init: () => T, name = '', statistics = false): per_cpu_var<T> {
  return { areas: per_machine(() => Array.from({ length: this_machine().nr_cpus }, init), name, statistics) };
}
export function per_cpu<T>(v: per_cpu_var<T>, cpu: number): T { return v.areas()[cpu]; }
export function this_cpu_ptr<T>(v: per_cpu_var<T>): T { return v.areas()[smp_processor_id()]; }

/** The one blocking primitive: the task waits until `ready`. With nobody else to run it is a deadlock. */
export function block_until(ready: () => boolean, on: object, why: string): void {
  if (ready()) return;
  this_machine().on_blocked(on, why);
  throw new machine_halt('blocked', why);
}

/**
 * The one way to have something run later by nobody in particular: a callback of RCU. It is enabled
 * once `ready` holds, a predicate over plain fields of `on`, as with block_until. With one thread
 * nobody else is there to be waited for, and it runs at once.
 */
export function defer(ready: () => boolean, run: () => void, name: string, on: object): void {
  const { on_defer } = this_machine();
  if (on_defer === null) run();
  else on_defer(ready, run, name, on);
}
