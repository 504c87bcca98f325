// SPDX-License-Identifier: GPL-2.0-only
// What a round of a loop did, from what its thread read and wrote in it: whether anything of it is
// left, and what it looked at. A round that leaves nothing and ends with the variables it began
// with would come again just so, until something that it read has another value (awaiting,
// Kokologiannakis and others, CAV'23; here also for rounds that take and give back).

import type { Key, PortObject } from './runtime.ts';
import type { Logged, SeenRead } from './threads.ts';

export function sameLocals(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((v, i) => Object.is(v, b[i]));
}

/** Lists and records that are replaced, not changed (the readers of a lock, the entries of a TLB), are what is in them. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((v, i) => sameValue(v, b[i]));
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((k) => sameValue(a[k], b[k]));
}
/** A list that was replaced by an equal one is the same list. */
function sameObject(a: object, b: object): boolean { return a === b || (Array.isArray(a) && sameValue(a, b)); }
function isRecord(o: unknown): o is Readonly<Record<string, unknown>> { return typeof o === 'object' && o !== null && o.constructor === Object; }

/**
 * Whether the log from `middle` on says the same as from `from` to `middle`: a thread is a function of
 * what it reads, so two equal rounds in a row are followed by a third, until somebody else interferes.
 */
export function roundsAgree(log: readonly Logged[], from: number, middle: number): boolean {
  const length = log.length - middle;
  if (length !== middle - from) return false;
  for (let i = 0; i < length; i += 1) {
    const a = log[from + i];
    const b = log[middle + i];
    if (a === undefined || b === undefined || !sameObject(a.o, b.o) || a.k !== b.k || a.wrote !== b.wrote || !sameValue(a.value, b.value)) return false;
  }
  return true;
}

interface Cell { readonly o: PortObject; readonly k: Key; first: unknown; last: unknown; by: number; numbers: boolean; wrote: boolean; read: boolean; value: unknown }

/** effects: fields that are left otherwise than they were found, by this thread's own doing. */
export function roundOf(log: readonly Logged[], from: number): { readonly effects: number; readonly reads: readonly SeenRead[] } {
  let torn = false;
  const cells = new Map<PortObject, Map<Key, Cell>>();
  for (let i = from; i < log.length; i += 1) {
    const e = log[i];
    if (e === undefined) continue;
    let fields = cells.get(e.o);
    if (fields === undefined) cells.set(e.o, fields = new Map());
    let c = fields.get(e.k);
    if (c === undefined) fields.set(e.k, c = { o: e.o, k: e.k, first: e.old, last: e.old, by: 0, numbers: true, wrote: false, read: false, value: undefined });
    if (e.wrote) {
      c.wrote = true;
      c.last = e.value;
      if (typeof e.old === 'number' && typeof e.value === 'number') c.by += e.value - e.old;
      else c.numbers = false;
    } else if (!c.read && !c.wrote) {
      c.read = true;
      c.value = e.value;
    } else if (!c.wrote && !sameValue(c.value, e.value)) torn = true;
  }
  // What it read changed under it: the next round reads something else.
  let effects = torn ? 1 : 0;
  const reads: SeenRead[] = [];
  for (const fields of cells.values()) {
    for (const c of fields.values()) {
      if (c.wrote && (c.numbers ? c.by !== 0 : !sameValue(c.first, c.last))) effects += 1;
      if (c.read || c.wrote) reads.push({ o: c.o, k: c.k, value: c.read ? c.value : c.first });
    }
  }
  return { effects, reads };
}
