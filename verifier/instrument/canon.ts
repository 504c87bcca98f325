// SPDX-License-Identifier: GPL-2.0-only
// The canonical form of a state: the object graph from the machine's globals, the tasks and a
// loop's locals, with identities replaced by the order of first visit. What always grows is left
// out (statistics), frames are renamed, free frames are not part of it (model-rules.md, 4).

import type { StateKeys } from './loops.ts';

/** What the canonical form must be told of the side it runs on. */
export interface CanonView {
  /** The page struct behind a pfn, or null. */
  readonly pageOf: (pfn: number) => object | null;
  /** The content word of a page. */
  readonly contentOf: (page: object) => number;
  /** The pfn and the rest of a page table entry that names a frame; null when it names none. */
  readonly frameInPte: (pte: number) => { readonly pfn: number; readonly rest: number } | null;
}

/** Fields that are reference counts (atomic_t, refcount_t, kref). Other counters are state like any field. */
const REFERENCE_COUNTS: ReadonlySet<string> = new Set(['_refcount', 'refcount', 'mm_users', 'mm_count', 'kref']);

/** Class names whose instances are not state: the frame table and what hangs below it. */
const NOT_STATE = new Set(['physical_memory', 'frame', 'machine', 'LoopActivation']);

const NO_STATISTICS: ReadonlySet<string> = new Set();
const statistics = new WeakMap<object, ReadonlySet<string>>();

function statisticsOf(o: object): ReadonlySet<string> {
  const ctor: unknown = o.constructor;
  if (typeof ctor !== 'function') return NO_STATISTICS;
  let known = statistics.get(ctor);
  if (known === undefined) {
    const listed: unknown = Reflect.get(ctor, 'statistics');
    known = Array.isArray(listed) ? new Set(listed.filter((x): x is string => typeof x === 'string')) : NO_STATISTICS;
    statistics.set(ctor, known);
  }
  return known;
}

/** Both keys of a state in one walk. */
export function canonical(roots: readonly unknown[], view: CanonView): StateKeys {
  const ids = new Map<object, number>();
  const full: string[] = [];
  const bare: string[] = [];
  const put = (token: string): void => { full.push(token); bare.push(token); };
  const counts: number[] = [];
  const references = new Set<object>();
  const queue: object[] = [];
  const ref = (o: object): string => {
    let id = ids.get(o);
    if (id === undefined) {
      id = ids.size;
      ids.set(o, id);
      queue.push(o);
    }
    return `#${id}`;
  };
  const value = (v: unknown, key: string): string => {
    switch (typeof v) {
      case 'object': {
        if (v === null) return 'null';
        if (NOT_STATE.has(v.constructor?.name ?? '')) return '-';
        if (REFERENCE_COUNTS.has(key)) references.add(v);
        return ref(v);
      }
      case 'number': {
        if (key === 'pte' || key === 'orig_pte') {
          const frame = view.frameInPte(v);
          const page = frame === null ? null : view.pageOf(frame.pfn);
          if (frame !== null && page !== null) return `p${ref(page)}.${frame.rest}`;
        }
        return String(v);
      }
      case 'function': return 'f';
      case 'undefined': return 'u';
      default: return String(v);
    }
  };
  for (const r of roots) put(value(r, ''));
  // The queue grows while it is walked.
  for (const o of queue) {
    const name = o.constructor?.name ?? '';
    put(name);
    if (o instanceof Map) {
      for (const [k, v] of o) put(`${value(k, '')}=${value(v, '')}`);
      continue;
    }
    if (o instanceof Set || Array.isArray(o)) {
      for (const v of o) put(value(v, ''));
      continue;
    }
    const dropped = statisticsOf(o);
    const isCount = references.has(o);
    for (const k of Object.keys(o)) {
      if (dropped.has(k) || (name === 'page' && k === 'pfn')) continue;
      const v: unknown = Reflect.get(o, k);
      const token = `${k}=${value(v, k)}`;
      full.push(token);
      if (isCount && k === 'counter' && typeof v === 'number') counts.push(v);
      else bare.push(token);
    }
    if (name === 'page') put(`content=${view.contentOf(o)}`);
  }
  return { full: full.join(';'), bare: bare.join(';'), counts };
}
