// SPDX-License-Identifier: GPL-2.0-only
// Locks: who holds what, in which order (I6, I18), and what must be held. A lock is known by its
// word: `holder` of spinlocks and mutexes, `writer` and `readers` of rwsems, PG_locked of pages.
//
// Order (mm/rmap.c's head, model-rules.md 1): mmap_lock > page lock > anon_vma > page-table lock.
// Two of the same class are left to lockdep's nesting; a try is never against the order, since it
// cannot wait, and shows as an acquisition inside a function that is named a try.

import type { Site } from '../instrument/sites.ts';
import type { Frame, Key, PortObject } from '../instrument/runtime.ts';
import { classOf, isObject, isPage, isTask, type MmObj, type PageObj, type TaskObj } from './view.ts';
import { placeIn, type World } from './world.ts';

const RANK: Readonly<Record<string, number>> = {
  mmap_lock: 10, 'page lock': 40, anon_vma: 50, page_table_lock: 60, ptl: 70,
};
const SLEEPS = new Set(['mmap_lock', 'anon_vma', 'mutex']);

interface Held { readonly lock: object; readonly name: string; readonly spins: boolean; readonly at: Site | null }

export class Locks {
  readonly #world: World;
  readonly #held = new Map<TaskObj, Held[]>();
  readonly #pageOwner = new Map<PageObj, TaskObj>();
  readonly #onLastPtl: () => void;

  constructor(world: World, onLastPtl: () => void) {
    this.#world = world;
    this.#onLastPtl = onLastPtl;
  }

  heldBy(task: TaskObj): readonly string[] { return (this.#held.get(task) ?? []).map((h) => h.name); }

  /** Write of a lock word. */
  onWord(o: PortObject, k: Key, before: unknown, after: unknown): void {
    const name = this.#world.nameOf(o);
    const spins = classOf(o) === 'spinlock_t';
    if (k === 'holder' || k === 'writer') {
      if (isTask(after)) this.#acquired(after, o, name, spins);
      else this.#released(isTask(before) ? before : null, o, name);
      return;
    }
    if (k === 'readers' && Array.isArray(before) && Array.isArray(after)) {
      const task = this.#world.view.current();
      if (after.length > before.length) this.#acquired(task, o, name, false);
      else if (after.length < before.length) this.#released(task, o, name);
      else this.#world.report({ rule: 'lock-misuse', object: name, message: `${name} is released for reading by a thread that does not hold it` });
    }
  }

  onPageLock(page: PageObj, locked: boolean): void {
    const task = this.#world.view.current();
    if (locked) {
      this.#pageOwner.set(page, task);
      this.#acquired(task, page, 'page lock', false);
      return;
    }
    const owner = this.#pageOwner.get(page);
    this.#pageOwner.delete(page);
    if (owner !== undefined && owner !== task) {
      this.#world.report({ rule: 'lock-misuse', object: 'page lock', message: `${this.#world.nameOf(page)} is unlocked by ${task.comm}, but ${owner.comm} locked it` });
    }
    this.#drop(owner ?? task, page);
  }

  /** A mapping is looked up: the mmap_lock of that mm must be held (model-rules.md, 5.2). */
  onVmaList(mm: MmObj): void {
    if (mm.mm_users.counter <= 0 || !this.#world.tasks.some((t) => t.mm === mm)) return;
    const task = this.#world.view.current();
    if (mm.mmap_lock.writer === task || mm.mmap_lock.readers.includes(task)) return;
    const owner = this.#world.tasks.find((t) => t.mm === mm);
    this.#world.report({
      rule: 'lock-misuse', object: 'mmap_lock',
      message: `the mappings of ${owner?.comm ?? 'an mm'} are looked up without its mmap_lock (held: ${this.heldBy(task).join(', ') || 'nothing'})`,
    });
  }

  /** Code that may sleep. */
  maySleep(what: string): void {
    const task = this.#world.view.current();
    const spin = (this.#held.get(task) ?? []).find((h) => h.spins);
    const who = what === '' ? this.#world.runtime.here()?.text ?? 'this' : what;
    if (spin !== undefined) {
      this.#world.report({ rule: 'sleep-in-atomic', object: spin.name, message: `${who} may sleep while ${spin.name} is held` });
      return;
    }
    const area = this.#world.global('irqs_off');
    const off: unknown = Array.isArray(area) ? area[this.#world.view.cpu()] : undefined;
    const count: unknown = typeof off === 'object' && off !== null ? Reflect.get(off, 'count') : off;
    if (typeof count === 'number' && count > 0) {
      this.#world.report({ rule: 'sleep-in-atomic', object: 'interrupts', message: `${who} may sleep with interrupts off` });
    }
  }

  onBlocked(on: object, why: string): void {
    const page = waitedPage(on);
    const word = page === null ? holderOf(on) : this.#pageOwner.get(page) ?? null;
    this.#world.report({
      rule: 'deadlock', object: why,
      message: word === null ? `waits for ${why}, which nobody will end` : `waits for ${why}, held by ${word.comm}${word === this.#world.view.current() ? ' itself' : ', which will not run again'}`,
    });
  }

  /** A step is over: a thread in user space holds no kernel lock. */
  atStepEnd(): void {
    for (const [task, held] of this.#held) {
      for (const h of held) {
        this.#world.report({
          rule: 'lock-misuse', object: h.name, site: h.at,
          message: `${task.comm} returns to user space holding ${h.name}`,
        });
      }
      held.length = 0;
    }
    this.#pageOwner.clear();
  }

  #acquired(task: TaskObj, lock: object, name: string, spins: boolean): void {
    const held = this.#held.get(task) ?? [];
    this.#held.set(task, held);
    const rank = RANK[name];
    const frames: readonly Frame[] = this.#world.runtime.frames;
    const tries = frames.slice(-3).some((f) => f.function.includes('trylock')) || (this.#world.runtime.here()?.text.includes('trylock') ?? false);
    if (!tries && rank !== undefined) {
      const inner = held.find((h) => { const r = RANK[h.name]; return r !== undefined && r > rank; });
      if (inner !== undefined) {
        this.#world.report({
          rule: 'lock-order', object: `${inner.name} > ${name}`,
          message: `${name} is taken while ${inner.name} is held`,
          places: inner.at === null ? [] : [{ label: `${inner.name} taken`, site: inner.at, thread: task.comm }],
        });
      }
    }
    if (!tries && !spins && SLEEPS.has(name)) this.maySleep(`taking ${name}`);
    const stack = this.#world.runtime.stack();
    held.push({ lock, name, spins, at: placeIn(stack) });
  }

  #released(by: TaskObj | null, lock: object, name: string): void {
    const task = this.#world.view.current();
    if (by === null) {
      this.#world.report({ rule: 'lock-misuse', object: name, message: `${name} is released, but nobody holds it` });
      return;
    }
    if (by !== task) {
      this.#world.report({ rule: 'lock-misuse', object: name, message: `${name} is released by ${task.comm}, but ${by.comm} holds it` });
    }
    this.#drop(by, lock);
    if (name === 'ptl' && !this.heldBy(by).includes('ptl')) this.#onLastPtl();
  }

  #drop(task: TaskObj, lock: object): void {
    const held = this.#held.get(task) ?? [];
    const at = held.findLastIndex((h) => h.lock === lock);
    if (at >= 0) held.splice(at, 1);
  }
}

/** The page behind a wait for its lock: the page, or the waiter's entry in a wait_page_queue. */
function waitedPage(on: object): PageObj | null {
  if (isPage(on)) return on;
  const queue: unknown = Reflect.get(on, 'owner');
  const page: unknown = isObject(queue) ? queue['page'] : undefined;
  return isPage(page) ? page : null;
}

function holderOf(o: object): TaskObj | null {
  if (!isObject(o)) return null;
  const readers = o['readers'];
  const reader: unknown = Array.isArray(readers) ? readers[0] : undefined;
  for (const task of [o['holder'], o['writer'], reader]) if (isTask(task)) return task;
  return null;
}
