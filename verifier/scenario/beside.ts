// SPDX-License-Identifier: GPL-2.0-only
// Several threads over one range: one pins or faults, and beside it somebody zaps it, the driver moves
// it away or is unloaded, the CPU writes, another pins, another process goes (port-manifest 4.3, S-G6
// to S-G8, S-G14, S-P1 to S-P4, S-T3, S-T5). An id says who runs beside whom:
// `beside/c/pin-slow.dontneed` is one coherent page, and two threads; `dontneed,unload` is one thread
// that does both, `child-exit` one of a process that was forked; options follow a `+`. What each costs,
// and which are in the default suite, is in docs/interleavings.md.

import { DRIVERS } from './gup.ts';
import { COHERENT, MODEL_DRIVER, type Action, type Memory, type Scenario, type Step, type ThreadSteps } from './scenario.ts';

/** Kinds of pages as in gup.ts: coherent, private, ZONE_NORMAL, ZONE_MOVABLE. */
const KINDS = ['c', 'p', 'n', 'm'] as const;
/** Added to an id after `+`, in this order; each is the other value of a dimension. */
const OPTIONS = ['range', 'never', 'nowait'] as const;
type Option = (typeof OPTIONS)[number];

interface Act { readonly word: string; readonly by: 'process' | 'child' }
/** What one thread does, one act after the other. */
type Party = readonly Act[];

export interface Beside {
  readonly mix: string;
  readonly parties: readonly Party[];
  readonly options: readonly Option[];
}

const PINS: readonly string[] = ['slow', 'fast', 'remote'].flatMap((path) => ['', '-pin', '-get'].map((hold) => `pin-${path}${hold}`));
/** What the threads of one process, or of its child, do. */
const PROCESS: readonly string[] = ['dontneed', 'munmap', 'first', 'exit', 'fork', 'load', 'store', 'evict', 'take', 'hide', 'retake', 'unpin'];
/** What somebody with no part in the process does. */
const STRANGERS: readonly string[] = ['unload', 'hold', 'lock', 'ksm', 'idle', 'anon', 'isolate', 'move'];

const VALUE = 17;
/** How far behind the range another mapping is: not so near that the two are merged. */
const ELSEWHERE = 2;
/** Whom a thread forks while others run. */
const LATE_CHILD = 'D';
const PIN_USER = 'drivers/model/pin_user.ts';
const STRANGERS_OWN = 'drivers/model/strangers.ts';

export function besideId(b: Beside): string {
  const parties = b.parties.map((p) => p.map((a) => (a.by === 'child' ? `child-${a.word}` : a.word)).join(','));
  return `beside/${b.mix}/${parties.join('.')}${b.options.map((o) => `+${o}`).join('')}`;
}

/** What an id says, or null when it is none of this family. */
export function besideOf(id: string): Beside | null {
  const parsed = /^beside\/([cpnm]{1,4})\/([^/+]+)((?:\+[a-z]+)*)$/.exec(id);
  if (parsed === null) return null;
  const [, mix = '', threads = '', rest = ''] = parsed;
  const options = OPTIONS.filter((o) => rest.split('+').includes(o));
  if (options.map((o) => `+${o}`).join('') !== rest) return null;
  const parties = threads.split('.').map((t) => t.split(',').map(actOf));
  const known = parties.flatMap((p) => (p.includes(null) ? [] : [p.filter((a) => a !== null)]));
  if (known.length < 2 || known.length !== parties.length) return null;
  const b: Beside = { mix, parties: known, options };
  return refuseBeside(b) === null ? b : null;
}

function actOf(text: string): Act | null {
  const child = text.startsWith('child-');
  const word = child ? text.slice(6) : text;
  if (child) return PROCESS.includes(word) ? { word, by: 'child' } : null;
  return [...PINS, ...PROCESS, ...STRANGERS].includes(word) ? { word, by: 'process' } : null;
}

/** What is not run, and why. */
export function refuseBeside(b: Beside): string | null {
  const words = b.parties.flat().map((a) => a.word);
  const device = /[cp]/.test(b.mix);
  const takes = words.some((w) => w === 'take' || w === 'hide');
  if (!device && !takes && words.some((w) => w === 'evict' || w === 'unload')) return 'there is no driver whose memory it could be';
  if (takes && device) return 'the pages are with the driver already';
  if (words.includes('take') && words.includes('hide')) return 'there is one driver, of one kind of memory';
  if (words.filter((w) => w === 'fork').length > 1) return 'the children would have one name';
  if (b.options.includes('range') && b.mix.length === 1) return 'a range of one page is that page';
  if (b.parties.some((p) => p.some((a) => a.by !== p[0]?.by))) return 'a thread is of one process';
  if (words.filter((w) => w === 'exit').length > 0 && !b.parties.flat().some((a) => a.word === 'exit' && a.by === 'child')) return 'its other threads keep the memory';
  return null;
}

/** Who a party is: threads of the process share its memory, the others have one each. */
interface Cast { readonly names: readonly string[]; readonly clones: readonly string[]; readonly strangers: readonly string[]; readonly forks: boolean }

function castOf(b: Beside): Cast {
  const names: string[] = [];
  const own = ['P', 'Q', 'R', 'S'];
  const strangers: string[] = [];
  const stranger = (name: string): string => {
    const n = strangers.includes(name) ? `${name}${strangers.length}` : name;
    strangers.push(n);
    return n;
  };
  let used = 0;
  for (const party of b.parties) {
    const first = party[0];
    const word = first?.word ?? '';
    if (first?.by === 'child') names.push('C');
    else if (word.startsWith('pin-remote')) names.push(stranger('W'));
    else if (STRANGERS.includes(word)) names.push(stranger(word === 'unload' ? 'U' : 'F'));
    else names.push(own[used++] ?? `P${used}`);
  }
  return { names, clones: own.slice(1, used), strangers, forks: names.includes('C') };
}

/** The scenario of an id's content. */
export function besideScenario(b: Beside): Scenario {
  const { mix, parties } = b;
  const pages = mix.length;
  const words = parties.flat().map((a) => a.word);
  const { names, clones, strangers, forks } = castOf(b);
  // What is taken while another page comes back: one page more, in system memory. Where the driver has
  // room for the others only (`hide`), it can be taken once one of them was freed.
  const spare = words.includes('retake');
  const memories: Memory[] = [
    ...(mix.includes('c') || words.includes('take') ? ['coherent' as const] : []), ...(mix.includes('p') || words.includes('hide') ? ['private' as const] : [])];
  const policy = DRIVERS[b.options.includes('range') ? 'range' : 'page'];
  if (policy === undefined) throw new Error('no driver policy');

  const steps: Step[] = [];
  const setup = (act: Action): void => { steps.push({ by: 'P', cpu: 0, name: null, do: act }); };
  const each = (letters: string, f: (i: number) => void): void => { for (let i = 0; i < pages; i++) if (letters.includes(mix[i] ?? '')) f(i); };
  setup({ call: 'mmap', page: 0, pages: pages + (spare ? 1 : 0), write: true });
  if (words.includes('first')) setup({ call: 'mmap', page: pages + ELSEWHERE, pages: 1, write: true });
  const room = words.includes('hide') && spare ? pages : Math.max(8, pages + 2);
  for (const memory of memories) setup({ driver: 'create', memory, pages: room, policy });
  each('cp', (i) => { setup({ store: i, value: VALUE + i }); });
  each('cp', (i) => { setup({ driver: 'take', memory: mix[i] === 'c' ? 'coherent' : 'private', page: i, pages: 1 }); });
  if (mix.includes('n')) {
    setup({ movable: 'full' });
    each('n', (i) => { setup({ store: i, value: VALUE + i }); });
    setup({ movable: 'open' });
  }
  each('m', (i) => { setup({ store: i, value: VALUE + i }); });
  if (spare) setup({ store: pages, value: VALUE + pages });
  setup({ drain: 'all' });
  for (const q of clones) setup({ call: 'clone', child: q });
  if (forks) setup({ call: 'fork', child: 'C' });

  const memory: Memory = memories[0] ?? 'coherent';
  const handles: { readonly handle: string; readonly by: string }[] = [];
  const threads = parties.map((party, i): ThreadSteps => {
    const by = names[i] ?? '';
    const of = by === 'C' ? 'C' : 'P';
    const said = new Map<string, number>();
    const named = (word: string): string => {
      const n = (said.get(word) ?? 0) + 1;
      said.set(word, n);
      return n === 1 ? word : `${word}${n}`;
    };
    return { by, cpu: i, steps: party.flatMap(({ word }) => actsOf(word, { by, of, pages, memory, handles, at: i }).map((act) => ({ name: named(nameOf(word)), do: act }))) };
  });

  const cpuOf = (by: string): number => Math.max(0, names.indexOf(by));
  const tasks = ['P', ...strangers];
  const everybody = [...tasks, ...clones, ...(forks ? ['C'] : []), ...(words.includes('fork') ? [LATE_CHILD] : [])];
  const gone = new Set(parties.flatMap((party, i) => (party.some((a) => a.word === 'exit') ? [names[i] ?? ''] : [])));
  const end = (by: string, act: Action): Step => ({ by, cpu: cpuOf(by), name: null, do: act });
  const ending: Step[] = [
    ...handles.map(({ handle, by }) => end(by, { unpin: handle })),
    ...everybody.filter((by) => !gone.has(by)).map((by) => end(by, { call: 'exit' })),
    end('P', { drain: 'all' }),
    ...(words.includes('unload') ? [] : memories.map((m) => end('P', { driver: 'remove', memory: m }))),
  ];
  return {
    id: besideId(b), pages, oddities: oddities(b), cpus: parties.length, tasks, steps, threads, ending, observeAfter: steps.length - 1,
    needs: [
      ...(memories.length > 0 ? [MODEL_DRIVER] : []),
      ...(memories.includes('coherent') ? [COHERENT] : []),
    ],
    reuseFrames: !b.options.includes('never'),
    flushWaitsIrqsOff: !b.options.includes('nowait'),
    search: searchOf(b),
  };
}

function nameOf(word: string): string { return word.startsWith('pin-') ? 'pin' : word; }

interface Where {
  readonly by: string;
  readonly of: string;
  readonly pages: number;
  readonly memory: Memory;
  /** What was pinned, and by whom. */
  readonly handles: { readonly handle: string; readonly by: string }[];
  readonly at: number;
}

function actsOf(word: string, { by, of, pages, memory, handles, at }: Where): readonly Action[] {
  const own = (name: string): Action => ({ kernel: name, file: PIN_USER, args: [{ mm: of }, { page: 0 }] });
  const upTo = Array.from({ length: pages }, (_, i) => i);
  const stranger = (name: string): Action => ({ kernel: name, file: STRANGERS_OWN, args: [{ mm: of }, { page: 0 }] });
  switch (word) {
    case 'first': return [{ store: pages + ELSEWHERE, value: 40 + 10 * at }];
    case 'fork': return [{ call: 'fork', child: LATE_CHILD }];
    case 'dontneed': case 'munmap': return [{ call: word, page: 0, pages }];
    case 'exit': return [{ call: 'exit' }];
    case 'load': return upTo.map((i): Action => ({ load: i }));
    case 'store': return upTo.map((i): Action => ({ store: i, value: 40 + 10 * at + i }));
    case 'evict': return [{ driver: 'evict', memory, of, page: 0, pages }];
    case 'take': case 'hide': return [{ driver: 'take', memory, page: 0, pages }];
    case 'retake': return [{ driver: 'take', memory, page: pages, pages: 1 }];
    case 'unload': return [{ driver: 'remove', memory }];
    case 'hold': return [own('model_hold_briefly')];
    case 'lock': return [own('model_lock_briefly')];
    case 'ksm': return [stranger('model_ksm_look')];
    case 'idle': return [stranger('model_idle_look')];
    case 'anon': return [stranger('model_anon_vma_briefly')];
    case 'isolate': return [stranger('model_isolate_briefly')];
    case 'move': return [stranger('model_move_page')];
    case 'unpin': return [{ unpin: `pinned${at}` }];
    default: {
      const [, path = '', hold = ''] = word.split('-');
      const handle = `pinned${at}`;
      handles.push({ handle, by });
      return [{
        pin: handle, of, page: 0, pages, path: path === 'fast' ? 'fast' : path === 'remote' ? 'remote' : 'slow',
        hold: hold === 'get' ? 'GET' : 'PIN', longterm: hold === '', write: true,
      }];
    }
  }
}

function oddities(b: Beside): number {
  const acts = b.parties.flat();
  return acts.length - 2 + 2 * (b.parties.length - 2) + 2 * (b.mix.length - 1) + b.options.length
    + acts.filter((a) => a.by === 'child' || /^pin-(fast|remote)|-(pin|get)$/.test(a.word)).length;
}

/**
 * The default suite: what the list named with one page and whose search ends (docs/interleavings.md has
 * what each costs). Executions are searched where they are fewer than states.
 */
const DEFAULT: Readonly<Record<string, 'source' | 'stateful'>> = {
  // S-G6, C41: the page goes while it is pinned.
  'beside/c/pin-slow.dontneed': 'source',
  'beside/c/pin-slow.munmap': 'source',
  'beside/c/pin-fast.dontneed': 'source',
  'beside/c/pin-remote.dontneed': 'source',
  // S-G8: somebody takes a reference and drops it, once and three times.
  'beside/c/pin-slow.hold': 'stateful',
  'beside/c/pin-slow.hold,hold,hold': 'stateful',
  // S-G14, by the fast path.
  'beside/c/pin-fast.store': 'source',
  // C42: a fault or a pin of private memory, and the page is zapped.
  'beside/p/load.dontneed': 'source',
  'beside/p/load.munmap': 'source',
  'beside/p/pin-slow.dontneed': 'source',
  // S-P4: a fault waits for a migration.
  'beside/m/load.take': 'stateful',
  // S-T5: two processes share the page, one migrates it or faults it back.
  'beside/c/evict.child-dontneed': 'source',
  'beside/c/evict.child-store': 'stateful',
  'beside/c/pin-slow.child-store': 'stateful',
  'beside/p/evict.child-dontneed': 'source',
  'beside/p/load.child-dontneed': 'source',
  'beside/m/take.child-dontneed': 'stateful',
  // For comparison: a driver without a pin beside it, a page that need not move.
  'beside/c/evict.dontneed': 'source',
  'beside/n/pin-slow.dontneed': 'source',
};

/** What the full suite has beside the default one: what does not end within its bounds, the other variants, two pages. */
const MORE: readonly string[] = [
  'c/evict.child-exit', 'c/pin-slow.child-exit',
  'c/pin-fast.evict', 'm/store.take',
  'c/pin-slow.evict', 'c/pin-slow.store', 'c/pin-slow.load', 'c/pin-slow.pin-slow', 'c/pin-slow.pin-fast', 'c/pin-fast.pin-fast',
  'c/pin-fast.munmap', 'c/pin-remote.evict', 'c/pin-remote.munmap', 'c/pin-remote.store', 'c/pin-slow.lock',
  'c/pin-slow.store,store', 'c/pin-slow.child-dontneed', 'c/pin-slow.child-load', 'c/pin-slow.hold,hold',
  'c/pin-slow,unpin,dontneed.unload', 'c/pin-slow,unpin.dontneed,unload', 'c/pin-slow,unpin.dontneed.unload', 'c/pin-slow.dontneed,retake', 'c/pin-slow.dontneed.retake',
  'c/pin-slow.dontneed.hold', 'c/pin-slow.dontneed.evict',
  'c/evict.load', 'c/evict.store', 'c/evict.lock', 'c/evict.evict', 'c/evict.child-load',
  'p/load.load', 'p/load.store', 'p/load.evict', 'p/load.lock', 'p/load.load,retake', 'p/load.load.retake', 'p/load.load,unload', 'p/load.load.unload',
  'p/load.dontneed,unload', 'p/load.dontneed,retake', 'p/load.child-exit', 'p/load.child-load', 'p/evict.child-load', 'p/evict.child-exit',
  'p/pin-slow.load', 'p/pin-slow.evict', 'p/pin-slow.pin-slow',
  'm/take.child-exit', 'm/take.child-load', 'm/take.lock', 'm/take.take', 'm/pin-slow.dontneed', 'm/pin-slow.take', 'm/pin-slow.pin-slow',
  'n/pin-slow.pin-slow', 'n/pin-slow.take', 'n/pin-slow.store',
  // What an anon_vma, an LRU list or a wait for a migration need their locks and second looks for.
  'm/anon.munmap,first', 'm/idle.munmap,first', 'm/fork.child-exit', 'm/ksm.hide,dontneed,retake', 'mm/hold.dontneed', 'mm/isolate.dontneed',
  'cc/pin-slow.dontneed', 'cc/pin-slow.munmap', 'cc/pin-slow.store', 'cc/pin-slow.evict', 'cn/pin-slow.dontneed', 'nc/pin-slow.dontneed', 'pp/load.load', 'pp/load.dontneed',
];

/** Of all others those whose executions are fewer than their states: what the threads allocate in another order is another state. */
const BY_EXECUTIONS: ReadonlySet<string> = new Set(['m/anon.munmap,first', 'm/idle.munmap,first', 'm/store.idle', 'm/fork.child-exit', 'mm/hold.dontneed', 'mm/isolate.dontneed'].map((m) => `beside/${m}`));

/** Whatever nothing else is said of is searched by states: a loop's rounds are then no more than its states. */
function searchOf(b: Beside): 'source' | 'stateful' {
  const id = besideId({ ...b, options: [] });
  return DEFAULT[id] ?? (BY_EXECUTIONS.has(id) ? 'source' : 'stateful');
}

let scenarios: readonly Scenario[] | null = null;

export function besideScenarios(): readonly Scenario[] {
  scenarios ??= Object.keys(DEFAULT).map(named);
  return scenarios;
}

/** Everything: first the default suite, then what is bounded, then each with every set of its options. */
export function* besideFull(): Generator<Scenario> {
  const ids = [...Object.keys(DEFAULT), ...MORE.map((m) => `beside/${m}`)];
  for (const set of subsets(OPTIONS)) {
    for (const id of ids) {
      const b = besideOf(id);
      if (b === null) throw new Error(`${id} is no scenario`);
      const asked = { ...b, options: set };
      if (refuseBeside(asked) === null) yield besideScenario(asked);
    }
  }
}

/** A scenario of this family by its id. */
export function besideNamed(id: string): Scenario | null {
  const b = besideOf(id);
  return b === null ? null : besideScenario(b);
}

function named(id: string): Scenario {
  const s = besideNamed(id);
  if (s === null) throw new Error(`${id} is no scenario`);
  return s;
}

/** The empty one first, in the order of the list. */
function subsets<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.reduce<readonly (readonly T[])[]>((all, x) => [...all, ...all.map((set) => [...set, x])], [[]]);
}
