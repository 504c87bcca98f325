// SPDX-License-Identifier: GPL-2.0-only
// MMU notifiers (I22, as model-rules.md corrects it): an odd sequence says that somebody invalidates.
// It may stay odd until the last open range ends, and an insert can set it (mm/mmu_notifier.c:135–142,
// 952–957), but never while no range is open; and a callback is told an odd one. Judged when the lock
// of the subscriptions is let go: inside it both words are on their way.

import type { Key, PortObject } from '../instrument/runtime.ts';
import { classOf, isObject } from './view.ts';
import type { World } from './world.ts';

const SUBSCRIPTIONS = 'mmu_notifier_subscriptions';

export class Notifiers {
  readonly #world: World;
  constructor(world: World) { this.#world = world; }

  /** A lock was let go. */
  onUnlock(lock: PortObject): void {
    const of = lock['owner'];
    if (!isObject(of) || classOf(of) !== SUBSCRIPTIONS) return;
    const seq = Number(of['invalidate_seq']);
    const active = Number(of['active_invalidate_ranges']);
    if (active < 0 || active > 0x7fffffff) {
      this.#world.report({ rule: 'stale-notifier', object: 'subscriptions', message: 'a range of an mmu notifier is ended that was never begun' });
    } else if ((seq & 1) !== 0 && active === 0) {
      this.#world.report({ rule: 'stale-notifier', object: 'subscriptions', message: `invalidate_seq is odd (${seq}), but no range is being invalidated: who waits for its end waits for ever` });
    }
  }

  /** o.invalidate(sub, range, cur_seq) through a pointer. */
  onCall(k: Key, args: readonly unknown[]): void {
    if (k !== 'invalidate' || classOf(args[0]) !== 'mmu_interval_notifier') return;
    const seq = Number(args[2]);
    if ((seq & 1) !== 0) return;
    this.#world.report({ rule: 'stale-notifier', object: 'interval', message: `an interval notifier is called with the even sequence ${seq}: a reader that began before takes what it read for valid` });
  }
}
