// SPDX-License-Identifier: GPL-2.0-only
// Locks: who holds what, in which order (I6, I18), and what must be held. A lock is known by its
// word: `holder` of spinlocks and mutexes, `writer` and `readers` of rwsems, PG_locked of pages.
//
// Order (mm/rmap.c's head, model-rules.md 1): mmap_lock > svms.lock > migrate_mutex > page lock >
// anon_vma > drivers' and notifiers' locks that invalidation takes > page-table lock. Two of the
// same class are left to lockdep's nesting; a try is never against the order, since it cannot wait
// (tries.ts says which calls are tries). Cycles of waiting threads are found by who schedules them.

import type { Site } from '../instrument/sites.ts';
import type { Key, PortObject } from '../instrument/runtime.ts';
import { append, put, Records } from './kept.ts';
import { triesOf, type Tries } from './tries.ts';
import { classOf, isObject, isPage, isTask, type MmObj, type PageObj, type PteTable, type TaskObj } from './view.ts';
import type { World } from './world.ts';

const RANK: Readonly<Record<string, number>> = {
  mmap_lock: 10, 'svms.lock': 20, migrate_mutex: 30, 'page lock': 40, anon_vma: 50,
  dmirror: 55, 'prange.lock': 55, subscriptions: 55, page_table_lock: 60, ptl: 70,
};
const SLEEPS = new Set(['mmap_lock', 'anon_vma', 'mutex']);

interface Held { readonly lock: object; readonly name: string; readonly spins: boolean; readonly at: Site | null }
interface TaskLocks { readonly task: TaskObj; held: readonly Held[]; /** It held a lock since the last rest. */ open: boolean }
interface PageLock { owner: TaskObj | null }

/** Who waits for what, when nobody can run any more. */
export interface Wait {
  readonly task: TaskObj;
  /** The lock word, page, queue or wait entry that was handed to the machine's block_until(). */
  readonly on: object;
  readonly why: string;
  /** The waiter's call chain, outermost first; without one the frames that are there now. */
  readonly stack?: readonly Site[];
}

/** The file in which the page lock waits: what its functions take, their caller waited for. */
const PAGE_LOCK = 'mm/filemap.ts';

export class Locks {
  readonly #world: World;
  readonly #tasks = new Records<TaskObj, TaskLocks>((task) => ({ task, held: [], open: false }));
  readonly #pages = new Records<PageObj, PageLock>(() => ({ owner: null }));
  readonly #open: { tasks: TaskLocks[] } = { tasks: [] };
  readonly #onLastPtl: (task: TaskObj) => void;
  readonly #onPageUnlock: (page: PageObj) => void;
  readonly #tries: Tries;
  /** The step that runs is meant to wait for what others have: that nobody ends the wait is no deadlock. */
  waitIsMeant = false;

  constructor(world: World, onLastPtl: (task: TaskObj) => void, onPageUnlock: (page: PageObj) => void) {
    this.#world = world;
    this.#onLastPtl = onLastPtl;
    this.#onPageUnlock = onPageUnlock;
    this.#tries = triesOf(world.runtime);
  }

  heldBy(task: TaskObj): readonly string[] { return this.#tasks.of(task).held.map((h) => h.name); }
  /** Whether a task holds this lock. */
  holds(task: TaskObj, lock: object): boolean {
    for (const h of this.#tasks.of(task).held) if (h.lock === lock) return true;
    return false;
  }
  /** The page tables whose lock a task holds. */
  tablesOf(task: TaskObj): readonly PteTable[] {
    const out: PteTable[] = [];
    for (const h of this.#tasks.of(task).held) if (h.name === 'ptl') { const table: unknown = Reflect.get(h.lock, 'owner'); if (isTable(table)) out.push(table); }
    return out;
  }
  /** Who has locked a page. */
  ownerOf(page: PageObj): TaskObj | null { return this.#pages.known(page)?.owner ?? null; }

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
    const lock = this.#pages.of(page);
    if (locked) {
      put(this.#world.journal, lock, 'owner', task);
      this.#acquired(task, page, 'page lock', false);
      return;
    }
    const { owner } = lock;
    put(this.#world.journal, lock, 'owner', null);
    this.#onPageUnlock(page);
    if (owner !== null && owner !== task) {
      this.#world.report({ rule: 'lock-misuse', object: 'page lock', message: `${this.#world.nameOf(page)} is unlocked by ${task.comm}, but ${owner.comm} locked it` });
    }
    this.#drop(owner ?? task, page);
  }

  /** A waiter that lost five times is handed the page lock by who unlocks (mm/filemap.c, wake_page_function): it is the waiter's. */
  onWaiter(entry: PortObject, before: number, after: number): void {
    const done = this.#world.view.number('include/linux/wait.ts', 'WQ_FLAG_DONE');
    if ((after & ~before & done) === 0) return;
    const page = waitedPage(entry);
    const waiter = entry['private'];
    const task = this.#world.view.current();
    if (page === null || !isTask(waiter) || waiter === task || this.ownerOf(page) !== task) return;
    const held = this.#tasks.of(task).held.find((h) => h.lock === page);
    this.#drop(task, page);
    put(this.#world.journal, this.#pages.of(page), 'owner', waiter);
    if (held !== undefined) this.#keep(waiter, held);
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
    const spin = this.#tasks.of(task).held.find((h) => h.spins);
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
    if (this.waitIsMeant) return;
    const page = waitedPage(on);
    const word = page === null ? holderOf(on) : this.ownerOf(page);
    this.#world.report({
      rule: 'deadlock', object: why,
      message: word === null ? `waits for ${why}, which nobody will end` : `waits for ${why}, held by ${word.comm}${word === this.#world.view.current() ? ' itself' : ', which will not run again'}`,
    });
  }

  /**
   * Nobody can run any more: every thread that has not ended waits. Placed at the innermost statement
   * of the waiter with the smallest pid, whoever came last to wait. It is a lost wake-up where nobody
   * waits for a lock that somebody holds: what is waited for is a mark or a condition, and whoever
   * could have set it is through.
   */
  deadlock(waits: readonly Wait[]): void {
    const sorted = waits.toSorted((a, b) => a.task.pid - b.task.pid || (a.task.comm < b.task.comm ? -1 : 1));
    const first = sorted[0];
    if (first === undefined) return;
    const said = sorted.map((w) => this.#waiting(w));
    const held = said.some((s) => s.held);
    const stack = first.stack ?? this.#world.runtime.stack();
    this.#world.report({
      rule: !held && said.some((s) => s.mark) ? 'lost-wakeup' : 'deadlock',
      object: [...new Set(sorted.map((w) => w.why))].sort().join(', '), stack,
      message: said.map((s) => s.text).join('; '),
      places: sorted.slice(1).flatMap((w) => {
        const site = w.stack?.[w.stack.length - 1];
        return site === undefined ? [] : [{ label: `waits for ${w.why}`, site, thread: w.task.comm }];
      }),
    });
  }

  #waiting(w: Wait): { readonly text: string; readonly held: boolean; readonly mark: boolean } {
    const page = waitedPage(w.on);
    const holder = page === null ? holderOf(w.on) : this.ownerOf(page);
    const locked = page !== null && this.#world.view.pageFlag(page, 'PG_locked');
    const on = page === null ? w.why : `the lock of ${this.#world.nameOf(page)}`;
    const who = holder === null ? (page !== null && !locked ? 'which is free: nobody woke it' : 'which nobody will end')
      : holder === w.task ? 'held by itself' : `held by ${holder.comm}`;
    return {
      text: `${w.task.comm} waits for ${on}, ${who}`, held: holder !== null || locked,
      mark: page !== null ? !locked : /^wait_/.test(w.why) || /^wait_queue_/.test(classOf(w.on)),
    };
  }

  /** A thread's step is over: in user space it holds no kernel lock. */
  threadStepEnd(task: TaskObj): void {
    const of = this.#tasks.of(task);
    for (const h of of.held) {
      this.#world.report({
        rule: 'lock-misuse', object: h.name, site: h.at,
        message: `${task.comm} returns to user space holding ${h.name}`,
      });
      if (isPage(h.lock) && this.ownerOf(h.lock) === task) put(this.#world.journal, this.#pages.of(h.lock), 'owner', null);
    }
    if (of.held.length > 0) put(this.#world.journal, of, 'held', []);
  }

  /** Nobody is inside the kernel. */
  atRest(): void {
    for (const of of this.#open.tasks) {
      this.threadStepEnd(of.task);
      put(this.#world.journal, of, 'open', false);
    }
    put(this.#world.journal, this.#open, 'tasks', []);
  }

  /** Whether the lock that is being taken is taken by a call that cannot wait. */
  #isTry(): boolean {
    const { top, sites } = this.#world.runtime;
    let at = top;
    while (at !== null && at.file === PAGE_LOCK) at = at.caller;
    return this.#tries.isTry(sites[at?.site ?? -1]?.text ?? '');
  }

  #acquired(task: TaskObj, lock: object, name: string, spins: boolean): void {
    const { held } = this.#tasks.of(task);
    const rank = RANK[name];
    const tries = (rank !== undefined || SLEEPS.has(name)) && this.#isTry();
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
    this.#keep(task, { lock, name, spins, at: this.#world.runtime.here() });
  }
  #keep(task: TaskObj, held: Held): void {
    const of = this.#tasks.of(task);
    put(this.#world.journal, of, 'held', [...of.held, held]);
    if (of.open) return;
    put(this.#world.journal, of, 'open', true);
    append(this.#world.journal, this.#open.tasks, of);
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
    if (name === 'ptl' && !this.#tasks.of(by).held.some((h) => h.name === 'ptl')) this.#onLastPtl(by);
  }

  #drop(task: TaskObj, lock: object): void {
    const of = this.#tasks.of(task);
    const at = of.held.findLastIndex((h) => h.lock === lock);
    if (at >= 0) put(this.#world.journal, of, 'held', of.held.toSpliced(at, 1));
  }
}

/** The page behind a wait for its lock: the page, or the waiter's entry in a wait_page_queue. */
function waitedPage(on: object): PageObj | null {
  if (isPage(on)) return on;
  const queue: unknown = Reflect.get(on, 'owner');
  const page: unknown = isObject(queue) ? queue['page'] : undefined;
  return isPage(page) ? page : null;
}

function isTable(o: unknown): o is PteTable { return classOf(o) === 'page_table'; }

function holderOf(o: object): TaskObj | null {
  if (!isObject(o)) return null;
  const readers = o['readers'];
  const reader: unknown = Array.isArray(readers) ? readers[0] : undefined;
  // `task`: who has a CPU to itself (arch/model/cpu.ts).
  for (const task of [o['holder'], o['writer'], reader, o['task']]) if (isTask(task)) return task;
  return null;
}
