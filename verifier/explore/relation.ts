// SPDX-License-Identifier: GPL-2.0-only
// Which events of one object commute: two that only read. All others conflict; a blocking one is told from the
// rest, since it may not have been possible before what it comes after. A program may name further
// pairs that commute; that no check of its sees the difference is then its own claim.

import { EVENT_CLASSES, type EventClass, type EventKind } from './operation.ts';
import type { Relation } from './system.ts';

const READS: ReadonlySet<EventClass> = new Set<EventClass>(['load', 'cas-failed', 'until', 'woken-read', 'try-failed', 'read-try-failed', 'write-try-failed']);

export function isRead(kind: EventClass): boolean { return READS.has(kind); }

export function defaultRelation(earlier: EventClass, later: EventClass): Relation {
  if (READS.has(earlier) && READS.has(later)) return 'commute';
  if (earlier === 'woken-read' || earlier === 'woken-write') return blocks(later) ? 'await' : 'conflict';
  switch (later) {
    case 'until': case 'read': case 'write': case 'woken-read': case 'woken-write': return 'await';
    // Before an unlock or a failed try the mutex is held; before any other event it is free.
    case 'lock': return earlier === 'unlock' || earlier === 'try-failed' ? 'order' : 'conflict';
    case 'load': case 'store': case 'rmw': case 'cas': case 'cas-failed': case 'try': case 'try-failed': case 'unlock':
    case 'read-try': case 'write-try': case 'read-try-failed': case 'write-try-failed': case 'read-unlock': case 'write-unlock': return 'conflict';
  }
}

export type Commutes = (a: EventKind, b: EventKind) => boolean;

function blocks(kind: EventClass): boolean {
  return kind === 'lock' || kind === 'until' || kind === 'read' || kind === 'write' || kind === 'woken-read' || kind === 'woken-write';
}

const isKind = (one: EventClass): one is EventKind => one !== 'woken-read' && one !== 'woken-write';

/** The relation by class: the place in EVENT_CLASSES. */
export function relationTable(commutes: Commutes | undefined): readonly (readonly Relation[])[] {
  return EVENT_CLASSES.map((a) => EVENT_CLASSES.map((b): Relation =>
    commutes !== undefined && isKind(a) && isKind(b) && (commutes(a, b) || commutes(b, a)) ? 'commute' : defaultRelation(a, b)));
}
