// SPDX-License-Identifier: GPL-2.0-only
// The identity of a program's states, for the search over states. A state is the words of all shared objects,
// the plain fields of the program's state, and each thread's own state: its place and variables where these are all there is
// (own-state.ts), looked at once for each history and kept by it; else its whole history, the results it was
// given, which determines it. The second never merges two different states either; but a loop then never
// comes round, and the search over states is cut by its bound.

import type { Operation } from './operation.ts';
import { helpersOnStack, OwnStates } from './own-state.ts';
import type { ProgramSystem } from './program.ts';
import type { Observer } from './thread.ts';

/** A history of one thread: what it was born as, and the results it was given since. */
class History {
  readonly id: number;
  /** That of its birth. */
  readonly birth: number;
  readonly next = new Map<string, History>();
  /** The thread's own state after it; null until looked at. */
  own: string | null = null;

  constructor(id: number, birth: number) {
    this.id = id;
    this.birth = birth < 0 ? id : birth;
  }
}

export class StateKeys implements Observer {
  #count = 0;
  readonly #root = new History(this.#count++, -1);
  readonly #now: History[] = [];
  readonly #own = new OwnStates();
  readonly #interned = new Map<string, number>();

  close(): void { this.#own.close(); }

  reset(): void { this.#now.length = 0; }

  begun(state: unknown): void { this.#own.data.begin(state); }

  born(t: number, parent: number): void {
    this.#now[t] = parent < 0 ? this.#child(this.#root, `${t}`, true) : this.#child(this.#now[parent]!, 'child', true);
  }

  resumed(t: number, operation: Operation<unknown>): void {
    this.#now[t] = this.#child(this.#now[t]!, this.#own.data.result(operation.result), false);
  }

  /** Only where the answer is not known yet: looking at the stack is slow. */
  measure(t: number): number | null { return this.#now[t]!.own === null ? helpersOnStack() : null; }

  key<S>(system: ProgramSystem<S>): string {
    const { data } = this.#own;
    const parts: string[] = [data.state(system.state)];
    for (const object of system.shared) parts.push(`${object.id}=${data.word(object.word())}`);
    system.list.forEach((thread, t) => {
      if (thread.done) parts.push(`${t}.`);
      else parts.push(`${t}:${this.#after(system, t)}${thread.joining >= 0 ? `j${thread.joining}` : ''}`);
    });
    return parts.join('\n');
  }

  #after<S>(system: ProgramSystem<S>, t: number): string {
    const history = this.#now[t]!;
    if (history.own !== null) return history.own;
    const own = this.#own.of(system, t);
    return history.own = own === null ? `h${history.id}` : `l${this.#intern(`${history.birth} ${own}`)}`;
  }

  #intern(text: string): number {
    let id = this.#interned.get(text);
    if (id === undefined) this.#interned.set(text, id = this.#interned.size);
    return id;
  }

  #child(of: History, key: string, birth: boolean): History {
    let next = of.next.get(key);
    if (next === undefined) of.next.set(key, next = new History(this.#count++, birth ? -1 : of.birth));
    return next;
  }
}
