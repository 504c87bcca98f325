// SPDX-License-Identifier: GPL-2.0-only
// Which functions take a lock without ever waiting for it. Read from the statements of the side
// that runs, not from names: a function that stores into a lock word takes it, and waits for it if it
// blocks before; a header that only calls takers is what they are, and waits if one of them does.
// `lock_page()` begins with a try and can wait all the same, so it is none.

import type { Runtime } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';

/** A lock is taken: the words of spinlock.ts, mutex.ts and rwsem.ts, and the page lock's bit. */
const TAKES = /\.(?:holder|writer) = (?!null)|\.readers = \[|\btest_and_set_bit_lock\(/;
const BLOCKS = /\bblock_until\(/;
/** The page lock is taken by whoever waited for its bit (mm/filemap.c). */
const WAITS_FOR_PAGE = /\bwait_on_page_bit_common\(/;
const CALLS = /\b([A-Za-z_]\w*)\(/g;
/** Where functions are made of lock words: the headers, and the C file of the page lock. */
const LOCKS = /^(?:include\/|mm\/filemap\.ts$)/;

export type Taking = 'tries' | 'waits' | 'neither';

export class Tries {
  readonly #kinds: ReadonlyMap<string, Taking>;
  readonly #statements = new Map<string, boolean>();

  constructor(sites: readonly Site[]) {
    const texts = new Map<string, string[]>();
    const ofLocks = new Set<string>();
    for (const s of sites) {
      if (s.function === '' || !s.covers) continue;
      const known = texts.get(s.function);
      if (known === undefined) texts.set(s.function, [s.text]); else known.push(s.text);
      if (LOCKS.test(s.file)) ofLocks.add(s.function);
    }
    const kinds = new Map<string, Taking>();
    const callers = new Map<string, string[]>();
    for (const fn of ofLocks) {
      const body = (texts.get(fn) ?? []).join('\n');
      const takes = TAKES.test(body);
      if (WAITS_FOR_PAGE.test(body) || (takes && BLOCKS.test(body))) kinds.set(fn, 'waits');
      else if (takes) kinds.set(fn, 'tries');
      for (const [, callee = ''] of body.matchAll(CALLS)) callers.set(callee, [...(callers.get(callee) ?? []), fn]);
    }
    for (const kind of ['tries', 'waits'] as const) {
      const work = [...kinds].filter(([, k]) => k === kind).map(([fn]) => fn);
      for (let fn = work.pop(); fn !== undefined; fn = work.pop()) {
        for (const caller of callers.get(fn) ?? []) {
          const was = kinds.get(caller);
          if (was === 'waits' || was === kind) continue;
          kinds.set(caller, kind);
          work.push(caller);
        }
      }
    }
    this.#kinds = kinds;
  }

  of(fn: string): Taking { return this.#kinds.get(fn) ?? 'neither'; }

  /** Whether the lock that this statement takes is taken by a try: it calls one, and nothing that takes and waits. */
  isTry(statement: string): boolean {
    let known = this.#statements.get(statement);
    if (known === undefined) {
      const kinds = [...statement.matchAll(CALLS)].map(([, callee = '']) => this.of(callee));
      known = kinds.includes('tries') && !kinds.includes('waits');
      this.#statements.set(statement, known);
    }
    return known;
  }
}

const known = new WeakMap<Runtime, Tries>();
export function triesOf(runtime: Runtime): Tries {
  let tries = known.get(runtime);
  if (tries === undefined) {
    tries = new Tries(runtime.sites);
    known.set(runtime, tries);
  }
  return tries;
}
