// SPDX-License-Identifier: GPL-2.0-only
// Data races: two plain accesses of one field by different threads, at least one a write, which the
// lock that guards the field does not keep apart: one is made without it, or both only share it. In the form of Eraser (Savage et al., ACM TOCS 15(4),
// 1997) with the lock given and not guessed. An object that a cache gave out while the threads ran is
// being made as long as the thread that asked for it alone touches it and has stored it nowhere that
// others can reach: until then nothing is a race.
//
// Atomics, flags and page table entries are no plain accesses and guards.ts names none of them.

import type { Key, PortObject } from '../instrument/runtime.ts';
import type { Site } from '../instrument/sites.ts';
import { EXEMPT, excludes, GUARDS, holdsOf, type Guard, type Hold } from './guards.ts';
import { put, Records } from './kept.ts';
import { classOf, isObject, type TaskObj } from './view.ts';
import type { World } from './world.ts';

interface Access { readonly task: TaskObj; readonly write: boolean; readonly holds: readonly Hold[]; readonly site: Site | null }
interface Raced {
  of: Readonly<Record<Key, readonly Access[]>>;
  /** Given out while the threads ran, and neither published nor touched by anybody else since. */
  maker: TaskObj | null;
}

export class Races {
  readonly #world: World;
  readonly #objects = new Records<object, Raced>(() => ({ of: {}, maker: null }));
  /** The guards of a class by field; null where it has none. */
  readonly #guards = new Map<unknown, ReadonlyMap<Key, Guard> | null>();
  /** Some object of a guarded class was given out while the threads ran, undone or not: before that, what is stored is not looked at. */
  #made = false;
  constructor(world: World) { this.#world = world; }

  /** A cache gives an object out. */
  onAlloc(o: object): void {
    if (!this.#world.concurrent) return;
    this.#made ||= isObject(o) && this.#of(o) !== null;
    const raced = this.#objects.of(o);
    put(this.#world.journal, raced, 'of', {});
    put(this.#world.journal, raced, 'maker', this.#world.view.current());
  }

  /** A value was stored in o. */
  onStored(o: PortObject, value: unknown): void {
    if (!this.#made || !isObject(value) || this.#of(value) === null) return;
    const raced = this.#objects.known(value);
    // What nobody else can reach publishes nothing.
    if (raced === undefined || raced.maker === null || this.#world.runtime.concurrency?.sharing.isShared(o) !== true) return;
    put(this.#world.journal, raced, 'maker', null);
  }

  on(o: PortObject, k: Key, write: boolean): void {
    const guards = this.#of(o);
    const guard = guards?.get(k);
    if (guard === undefined || (guard.writes === true && !write) || this.#world.runtime.top === null) return;
    const task = this.#world.view.current();
    const site = this.#world.runtime.here();
    const locks = guard.words(o);
    // Nobody else can reach the object.
    if (locks === null) return;
    const whole = guard.within?.(o) ?? o;
    const raced = this.#objects.of(isObject(whole) ? whole : o);
    if (raced.maker === task) return;
    const holds = holdsOf(locks, task);
    if (!holds.some((h) => h.alone) && this.#isExempt(k, write, site)) return;
    if (raced.maker !== null) put(this.#world.journal, raced, 'maker', null);
    const known = raced.of[k] ?? [];
    const alike = (a: Access): boolean => a.task === task && a.write === write && a.holds.length === holds.length && a.holds.every((h, i) => h.lock === holds[i]?.lock && h.alone === holds[i].alone);
    for (const a of known) if (alike(a) && a.site === site) return;
    const mine: Access = { task, write, holds, site };
    // The newest of each kind of each thread.
    put(this.#world.journal, raced, 'of', { ...raced.of, [k]: [...known.filter((a) => !alike(a)), mine] });
    const other = known.find((a) => a.task !== task && (write || a.write) && !excludes(holds, a.holds));
    if (other === undefined) return;
    const said = (a: Access): string => `${a.task.comm} ${a.write ? 'writes' : 'reads'} it ${a.holds.some((h) => h.alone) ? 'with' : a.holds.length > 0 ? 'sharing' : 'without'} ${guard.lock}`;
    const called = guard.called ?? `${classOf(o)}.${k}`;
    this.#world.report({
      rule: 'data-race', object: called,
      message: `${called.replace('.', '->')} is guarded by ${guard.lock} (${guard.source}): ${said(mine)}, ${said(other)}`,
      // The place is the access that has no lock, whichever came last.
      ...(holds.length > 0 && other.site !== null && other.holds.length === 0 ? { site: other.site } : {}),
      places: [mine, other].flatMap((a) => (a.site === null ? [] : [{ label: a.write ? 'written' : 'read', site: a.site, thread: a.task.comm }])),
    });
  }

  #isExempt(k: Key, write: boolean, site: Site | null): boolean {
    if (site === null) return false;
    for (const e of EXEMPT) if (e.write === write && e.functions.includes(site.function) && e.fields.includes(String(k))) return true;
    return false;
  }

  #of(o: PortObject): ReadonlyMap<Key, Guard> | null {
    const kind: unknown = o.constructor;
    let guards = this.#guards.get(kind);
    if (guards === undefined) {
      const name = classOf(o);
      const own = GUARDS.filter((g) => g.of === name).flatMap((g) => g.fields.map((f) => [f, g] as const));
      guards = own.length === 0 ? null : new Map(own);
      this.#guards.set(kind, guards);
    }
    return guards;
  }
}
