// SPDX-License-Identifier: GPL-2.0-only
// What makes the search of a kernel scenario small and leaves it sound (model-rules.md, 3): which
// accesses are no events, what counts as one cell, and which classes of operations commute. Each
// line has the reason why nobody can tell the order apart. They are listed in every report's limits.

import type { Relation } from '../explore/system.ts';
import type { Cuts, Manner, Place } from '../instrument/sharing.ts';
import type { Key, PortObject } from '../instrument/runtime.ts';
import type { Activation, Code } from '../instrument/threads.ts';
import { FREED } from '../check/owners.ts';
import { classOf, isCounter, isObject, isPage, type PortView } from '../check/view.ts';

const EVENTS = 'arch/model/events.ts';

export const READ = 0;
export const WRITE = 1;
/** A count moves, far from where anybody is told: the order of two such cannot be seen. */
export const ADD = 2;
export const ACQUIRE = 3;
export const RELEASE = 4;
export const READ_ACQUIRE = 5;
export const READ_RELEASE = 6;
/** A wait that is over read this; the same and then changed it. */
export const AWAIT = 7;
export const AWAIT_WRITE = 8;
/** A wait for a lock word that is over; having taken it then is ACQUIRE. */
export const AWAIT_LOCK = 9;

/** Of an earlier and a later access of one cell. */
export function relation(earlier: number, later: number): Relation {
  const reads = (c: number): boolean => c === READ || c === AWAIT || c === AWAIT_LOCK;
  if (reads(earlier) && reads(later)) return 'commute';
  if (earlier === ADD && later === ADD) return 'commute';
  const readers = (c: number): boolean => c === READ_ACQUIRE || c === READ_RELEASE;
  if (readers(earlier) && readers(later)) return 'commute';
  // Who waits for a lock could not have had it before it was let go. A try could have been made, and failed.
  if (earlier === RELEASE && (later === ACQUIRE || later === AWAIT_LOCK)) return 'order';
  return later === AWAIT || later === AWAIT_WRITE ? 'await' : 'conflict';
}

/** Fields that are no events, by the struct that has them; `*` is all of them. */
const QUIET: Readonly<Record<string, readonly string[]>> = {
  // Under mmap_lock, whose holders the rules watch (lock-misuse); anon_vma has a lock of its own.
  vm_area_struct: ['vm_start', 'vm_end', 'vm_next', 'vm_prev', 'vm_mm', 'vm_page_prot', 'vm_flags', 'vm_ops', 'vm_pgoff', 'vm_file', 'vm_private_data', 'vm_userfaultfd_ctx'],
  mm_struct: ['mmap', 'pgd', 'map_count', 'total_vm', 'data_vm', 'exec_vm', 'stack_vm', 'hiwater_rss', 'hiwater_vm', 'def_flags', 'locked_vm', 'flags', 'cpu_bitmap'],
  // A thread's own.
  task_struct: ['*'], task_rss_stat: ['*'],
  // A CPU's own; who drains another's pagevec runs there.
  pagevec: ['*'], cpu_state: ['preempt', 'rcu'],
  // Set before the region can be found.
  dev_pagemap: ['type', 'ops', 'owner', 'range', 'nr_range', 'flags', 'altmap', 'range_len'],
  // Counted, and looked at by nobody who decides.
  model_device: ['calloc', 'cfree', 'nr_callbacks', 'capacity', 'policy', 'select', 'pagemap'],
  dmirror_device: ['calloc', 'cfree', 'cdevice'],
  mm_rss_stat: ['*'], stat_items: ['*'],
  xarray: ['*'], frame: ['allocated', 'generation', 'page'],
};
const QUIET_CLASSES: ReadonlySet<string> = new Set(Object.keys(QUIET).filter((c) => QUIET[c]?.includes('*')));
const QUIET_FIELDS: ReadonlyMap<string, ReadonlySet<Key>> = new Map(Object.entries(QUIET).map(([c, fields]) => [c, new Set<Key>(fields)]));

/** Readers of page->flags that look only at bits that never change once memory is there: zone and node. */
const ZONE_READERS = new Set(['page_zonenum', 'page_to_nid', 'page_zone_id', 'page_zone', 'is_zone_device_page']);
/** Functions that say only whether a lock is anybody's. */
const IS_LOCKED = new Set(['rwsem_is_locked', 'spin_is_locked', 'mutex_is_locked']);
/** Operations that name the bit they are about, in their first argument. */
const BIT_OPERATIONS = 'include/linux/bitops.ts';

const BITS: readonly string[] = Array.from({ length: 32 }, (_, n) => `flags.${n}`);

/** Counts that are statistics, or that only say that something is under way. */
function isStatistic(counter: PortObject): boolean {
  const owner = counter['owner'];
  if (isPage(owner)) return false;
  const of = classOf(owner);
  if (of === 'mm_rss_stat' || owner === null) return true;
  if (of !== 'mm_struct' || typeof owner !== 'object') return false;
  return ['pgtables_bytes', 'tlb_flush_pending'].some((k) => Reflect.get(owner, k) === counter);
}

/** Counts above this are far from any threshold: 0 and 1 decide over a page's life, and two threads move it by one each. */
const NEAR = 3;

const LIFE = 'life';
/** Fields of a page that mean something only while it is somebody's. */
const USES: ReadonlySet<Key> = new Set(['pgmap', 'word0', 'zone_device_data', 'word1', 'mapping', 'index', 'private']);

/** Their acquisition is enabledness; what it races with is the acquisition before. */
const LOCK_WORDS: ReadonlySet<Key> = new Set(['holder', 'writer', 'readers', 'waiters', 'granted']);

export class KernelCuts implements Cuts {
  /** Fields that some function of this side writes: all others are what they were made. */
  readonly #written: ReadonlySet<string>;
  /** Containers that are no events: by identity, found when the search begins. */
  readonly #quiet: ReadonlySet<object>;
  readonly #words: ReadonlyMap<string, ReadonlyMap<Key, { readonly owned: boolean; readonly word: string }>>;
  /** By function: whether its accesses are none in C, name a bit, or look only at bits that never change. */
  readonly #kinds = new WeakMap<Code, 'none' | 'bit' | 'zone' | 'plain'>();
  readonly #noAccess: ReadonlySet<string>;
  readonly #view: PortView;

  constructor(view: PortView, quiet: ReadonlySet<object>) {
    this.#view = view;
    this.#written = view.port.written;
    this.#quiet = quiet;
    this.#noAccess = noAccess(view.port.symbol(EVENTS, 'NO_ACCESS'));
    this.#words = sameWords(view.port.symbol(EVENTS, 'SAME_WORD'));
  }

  readonly matters = (o: PortObject, k: Key): boolean => {
    if (this.#quiet.has(o)) return false;
    switch (classOf(o)) {
      case 'model_device': return k !== 'calloc' && k !== 'cfree' && k !== 'nr_callbacks';
      case 'dmirror_device': return k !== 'calloc' && k !== 'cfree';
      case 'frame': return k !== 'generation';
      case 'task_rss_stat': case 'mm_rss_stat': case 'stat_items': return false;
      case 'atomic_t': return !isStatistic(o);
      default: return true;
    }
  };

  readonly part = (o: PortObject, k: Key, by: Activation | null): Key | null | 'none' => {
    if (by === null) return null;
    const kind = this.#kindOf(by.code);
    if (kind === 'none') return 'none';
    if (LOCK_WORDS.has(k) && this.#asksForOwn(o, by)) return 'none';
    if (k !== 'flags' || kind === 'plain' || !isPage(o)) return null;
    return kind === 'zone' ? 'none' : BITS[Number(by.l[0])] ?? null;
  };
  /** Whether a lock is locked, asked by who has it: it is, whatever the others do. */
  #asksForOwn(o: PortObject, by: Activation): boolean {
    if (!IS_LOCKED.has(by.code.name) && !IS_LOCKED.has(by.up?.code.name ?? '')) return false;
    const task = this.#view.current();
    const { readers } = o;
    return o['holder'] === task || o['writer'] === task || (Array.isArray(readers) && readers.includes(task));
  }
  #kindOf(code: Code): 'none' | 'bit' | 'zone' | 'plain' {
    let kind = this.#kinds.get(code);
    if (kind === undefined) {
      kind = this.#noAccess.has(`${code.file}#${code.name}`) ? 'none' : code.file === BIT_OPERATIONS ? 'bit' : ZONE_READERS.has(code.name) ? 'zone' : 'plain';
      this.#kinds.set(code, kind);
    }
    return kind;
  }

  readonly cell = (o: PortObject, k: Key, part: Key | null): Place | null => {
    if (this.#quiet.has(o) || k === FREED) return null;
    if (typeof k === 'string' && k !== '[]' && !this.#written.has(k)) return null;
    const name = classOf(o);
    if (QUIET_CLASSES.has(name) || QUIET_FIELDS.get(name)?.has(k) === true) return null;
    if (k === 'counter' && isCounter(o) && isStatistic(o)) return null;
    if (part !== null) return { o, k: part };
    if (LOCK_WORDS.has(k) && k !== 'holder') return { o, k: 'lock' };
    const place = this.#words.get(name)?.get(k);
    if (place !== undefined) {
      const owner: unknown = place.owned ? o['owner'] : o;
      return { o: isObject(owner) ? owner : o, k: place.word };
    }
    return { o, k: Array.isArray(o) || o instanceof Map || o instanceof Set ? '[]' : k };
  };

  readonly classOf = (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown): number => {
    if (manner === 'waited') return k === 'holder' ? AWAIT_LOCK : AWAIT;
    if (manner === 'woken') return AWAIT;
    if (manner === 'read' || old === value) return READ;
    switch (k) {
      case 'holder': return value === null ? RELEASE : WRITE;
      case 'readers': return Array.isArray(old) && Array.isArray(value) && value.length > old.length ? READ_ACQUIRE : READ_RELEASE;
      case 'counter': return isPage(o['owner']) && Number(old) >= NEAR && Number(value) >= NEAR ? ADD : WRITE;
      default: return WRITE;
    }
  };

  /**
   * The life of a page and of a pgmap: rules ask at each use whether it is there, so a use and the
   * moment when the last reference goes, or the first comes, are no two things whose order is no matter.
   */
  readonly life = (o: PortObject, k: Key): Place | null => {
    switch (classOf(o)) {
      case 'atomic_t': {
        const page = o['owner'];
        return k === 'counter' && isPage(page) && isCounter(o) && page._refcount === o ? { o: page, k: LIFE } : null;
      }
      case 'page': return USES.has(k) || k === FREED ? { o, k: LIFE } : null;
      case 'page_lru': {
        const page = o['owner'];
        return isPage(page) ? { o: page, k: LIFE } : null;
      }
      case 'frame': {
        const page = o['page'];
        return isPage(page) && (k === 'allocated' || k === 'content') ? { o: page, k: LIFE } : null;
      }
      case 'dev_pagemap': return { o, k: LIFE };
      default: return null;
    }
  };
  readonly lifeClass = (o: PortObject, k: Key, manner: Manner, old: unknown, value: unknown): number => {
    const wrote = manner === 'wrote';
    if (k === 'counter') return wrote && (Number(old) <= 1 || Number(value) <= 1) ? WRITE : -1;
    switch (k) {
      case 'allocated': case 'ref': case FREED: return wrote ? WRITE : READ;
      default: return wrote && k !== 'content' ? -1 : READ;
    }
  };

  readonly conflict = (earlier: number, later: number): boolean => relation(earlier, later) !== 'commute';

  readonly both = (first: number, second: number): number => {
    if (first === second || second === READ) return first;
    if (first === AWAIT_LOCK) return second === WRITE ? ACQUIRE : second === READ ? AWAIT_LOCK : AWAIT_WRITE;
    if (first === AWAIT || first === AWAIT_WRITE || second === AWAIT) return AWAIT_WRITE;
    return first === READ ? second : WRITE;
  };
}

function noAccess(table: unknown): ReadonlySet<string> {
  const out = new Set<string>();
  if (!isObject(table)) return out;
  for (const [file, names] of Object.entries(table)) if (Array.isArray(names)) for (const name of names) out.add(`${file}#${String(name)}`);
  return out;
}

function sameWords(table: unknown): ReadonlyMap<string, ReadonlyMap<Key, { readonly owned: boolean; readonly word: string }>> {
  const out = new Map<string, Map<Key, { readonly owned: boolean; readonly word: string }>>();
  if (!isObject(table)) return out;
  for (const [of, fields] of Object.entries(table)) {
    const words = new Map<Key, { readonly owned: boolean; readonly word: string }>();
    for (const [k, place] of isObject(fields) ? Object.entries(fields) : []) {
      if (isObject(place)) words.set(k, { owned: place['of'] !== '', word: String(place['word']) });
    }
    out.set(of, words);
  }
  return out;
}
