// SPDX-License-Identifier: GPL-2.0-only
// Pinning user memory: a product of dimensions over one range of 1 to 4 pages. A point names how
// the pages came to be, who asks, and how the others behave; what is right is for the rules and
// the delta to judge. port-manifest 4.3 S-G1 to S-G5, S-G8 to S-G13, S-G15 and S-G16 are points in
// it; the dimensions of model-rules.md 5 (1, 2, 4, 8) are in it too.

import type { Constraint, Dimensions, Point } from './pairs.ts';
import { COHERENT, MODEL_DRIVER, type Action, type DriverPolicy, type Memory, type Scenario, type Step } from './scenario.ts';

/**
 * One letter a page, in the order of addresses: n in ZONE_NORMAL, m in ZONE_MOVABLE, c coherent,
 * p device-private, z read only (the zero page), u never touched; h and g are coherent and private
 * pages that the driver put into a hole, so that they were inserted and not migrated.
 */
export const PAGE_KINDS = ['n', 'm', 'c', 'p', 'z', 'u', 'h', 'g'] as const;

/** Every mix and order of 1 to 4 pages. */
export function allMixes(): string[] {
  const out: string[] = [];
  const grow = (prefix: string): void => {
    if (prefix.length > 0) out.push(prefix);
    if (prefix.length < 4) for (const k of PAGE_KINDS) grow(prefix + k);
  };
  grow('');
  return out.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/**
 * Mixes of the default suite: each kind alone, each ordered pair of pages that hold data, the others
 * before and after a page that may have to move, and the rows the manifest names.
 */
export const DEFAULT_MIXES: readonly string[] = [
  ...allMixes().filter((m) => m.length === 1 || (m.length === 2 && (/^[nmcp]+$/.test(m) || /[cm][zu]|[zu][cm]/.test(m)))),
  'ncn', 'cnc', 'mcm', 'cmc', 'ccc', 'pcm', 'cccc', 'ncmc', 'mczu', 'ch', 'hn', 'gm',
];

/** What the driver does when it is asked to move memory to the system. */
export const DRIVERS: Readonly<Record<string, DriverPolicy>> = {
  page: { reach: 'page', moves: true, result: '0', limit: 64 },
  range: { reach: 'range', moves: true, result: '0', limit: 64 },
  part: { reach: 'range', moves: true, result: '0', limit: 1 },
  nothing: { reach: 'page', moves: false, result: '0', limit: 0 },
  oom: { reach: 'page', moves: false, result: 'OOM', limit: 0 },
  sigbus: { reach: 'page', moves: false, result: 'SIGBUS', limit: 0 },
  sigsegv: { reach: 'page', moves: false, result: 'SIGSEGV', limit: 0 },
  hwpoison: { reach: 'page', moves: false, result: 'HWPOISON', limit: 0 },
  major: { reach: 'page', moves: true, result: 'MAJOR', limit: 64 },
  movedsigbus: { reach: 'page', moves: true, result: 'SIGBUS', limit: 64 },
};

const FULL: Dimensions = {
  mix: allMixes(),
  path: ['slow', 'fast', 'remote'],
  hold: ['long', 'pin', 'get'],
  access: ['w', 'r'],
  caller: ['own', 'child', 'worker', 'workermap'],
  shared: ['once', 'forked'],
  foreign: ['none', 'ref'],
  driver: Object.keys(DRIVERS),
  lru: ['drained', 'ownpvec', 'otherpvec', 'isolated'],
  fail: ['never', 'page1', 'page2', 'page3', 'pageall', 'slab1', 'slab2', 'slab3'],
  then: ['load', 'store', 'again', 'dontneed'],
  reuse: ['now', 'never'],
};
export const DIMENSIONS: Dimensions = { ...FULL, mix: DEFAULT_MIXES };
export const FULL_DIMENSIONS: Dimensions = FULL;

const has = (p: Partial<Point>, letters: string): boolean => [...letters].some((k) => p['mix']?.includes(k) ?? false);

/** What is refused before a page is looked at, so that no point of the space has it (model-rules.md, 3). */
export const REFUSED: readonly { readonly what: string; readonly reason: string }[] = [
  { what: 'FOLL_GET with FOLL_LONGTERM', reason: '-EINVAL, whatever the pages are' },
  { what: 'the fast path on a remote mm', reason: 'there is no such call' },
];

/** Points that are not run, and why. */
export const refuse: Constraint = (p) => {
  const worker = p['caller'] === 'worker' || p['caller'] === 'workermap';
  if (p['path'] === 'fast' && worker) return 'the fast path is never remote';
  if (p['path'] === 'slow' && worker) return 'the slow path without an mm is the caller\'s own';
  if (p['path'] === 'remote' && p['caller'] !== undefined && !worker) return 'remote with the own mm is the slow path';
  if (p['caller'] === 'child' && p['shared'] === 'once') return 'a child shares what its parent has';
  if (p['mix'] !== undefined) {
    if (p['driver'] !== undefined && p['driver'] !== 'page' && !has(p, 'cphg')) return 'no device page for the driver to be asked about';
    if (p['foreign'] === 'ref' && !has(p, 'nmch')) return 'no page that somebody else can hold';
    if (p['lru'] !== undefined && p['lru'] !== 'drained' && !has(p, 'nm')) return 'no page that an lru list or pagevec has';
  }
  return null;
};

export function pointId(p: Point): string {
  return `gup/${p['mix']}/${['path', 'hold', 'access', 'caller', 'shared', 'foreign', 'driver', 'lru', 'fail', 'then', 'reuse'].map((d) => p[d]).join('.')}`;
}

/** The point behind an id, or null when it is none of this family. */
export function pointOf(id: string): Point | null {
  const [family, mix, rest] = id.split('/');
  if (family !== 'gup' || mix === undefined || rest === undefined || !/^[nmcpzuhg]{1,16}$/.test(mix)) return null;
  const names = ['path', 'hold', 'access', 'caller', 'shared', 'foreign', 'driver', 'lru', 'fail', 'then', 'reuse'];
  const values = rest.split('.');
  if (values.length !== names.length) return null;
  const p: Record<string, string> = { mix };
  for (const [i, n] of names.entries()) {
    const v = values[i] ?? '';
    if (!(FULL[n] ?? []).includes(v)) return null;
    p[n] = v;
  }
  return refuse(p) === null || mix.length > 4 ? p : null;
}

/** The plain point: one process, slow long-term write pin, nobody in the way. */
export const PLAIN: Point = {
  mix: 'c', path: 'slow', hold: 'long', access: 'w', caller: 'own', shared: 'once', foreign: 'none', driver: 'page',
  lru: 'drained', fail: 'never', then: 'load', reuse: 'now',
};

/** The rows of port-manifest 4.3 that are points of this space. */
export const NAMED: readonly { readonly row: string; readonly point: Point }[] = [
  { row: 'S-G1', point: PLAIN },
  { row: 'S-G2', point: { ...PLAIN, mix: 'cccc' } },
  { row: 'S-G2 whole range', point: { ...PLAIN, mix: 'cccc', driver: 'range' } },
  { row: 'S-G3', point: { ...PLAIN, mix: 'ncnc' } },
  { row: 'S-G4', point: { ...PLAIN, mix: 'mc' } },
  { row: 'S-G5', point: { ...PLAIN, mix: 'mc', then: 'again' } },
  { row: 'S-G5 reversed', point: { ...PLAIN, mix: 'cm' } },
  { row: 'S-G8 for ever', point: { ...PLAIN, foreign: 'ref' } },
  { row: 'S-G9 SIGBUS', point: { ...PLAIN, driver: 'sigbus' } },
  { row: 'S-G9 SIGBUS 2', point: { ...PLAIN, mix: 'cc', driver: 'sigbus' } },
  { row: 'S-G9 SIGBUS 4', point: { ...PLAIN, mix: 'cccc', driver: 'sigbus' } },
  { row: 'S-G9 OOM', point: { ...PLAIN, driver: 'oom' } },
  { row: 'S-G9 OOM 2', point: { ...PLAIN, mix: 'cc', driver: 'oom' } },
  { row: 'S-G9 OOM 4', point: { ...PLAIN, mix: 'cccc', driver: 'oom' } },
  { row: 'S-G10', point: { ...PLAIN, path: 'remote', caller: 'worker' } },
  { row: 'S-G10 mapped', point: { ...PLAIN, path: 'remote', caller: 'workermap' } },
  { row: 'S-G11', point: { ...PLAIN, path: 'fast' } },
  { row: 'S-G11 plain', point: { ...PLAIN, path: 'fast', hold: 'get' } },
  { row: 'S-G12', point: { ...PLAIN, mix: 'p' } },
  { row: 'S-G12 SIGBUS', point: { ...PLAIN, mix: 'p', driver: 'sigbus' } },
  { row: 'S-G13', point: { ...PLAIN, shared: 'forked' } },
  { row: 'S-G13 read', point: { ...PLAIN, shared: 'forked', access: 'r' } },
  { row: 'S-G15', point: { ...PLAIN, mix: 'cc', driver: 'range' } },
  // What the fast path got is added to what the slow path says of the rest.
  { row: 'fast, then slow', point: { ...PLAIN, mix: 'nuc', path: 'fast' } },
  { row: 'fast, then slow, SIGBUS', point: { ...PLAIN, mix: 'nuc', path: 'fast', driver: 'sigbus' } },
  // The same pages in every order (model-rules.md, 5.8).
  ...['nm', 'mn', 'nc', 'cn', 'np', 'pn', 'mc', 'cm', 'mp', 'pm', 'cp', 'pc', 'zm', 'mz', 'zc', 'cz', 'um', 'mu', 'uc', 'cu',
    'nmc', 'ncm', 'mnc', 'mcn', 'cnm', 'cmn'].map((mix) => ({ row: `order ${mix}`, point: { ...PLAIN, mix } })),
];

const VALUE = 17;

/** The scenario of a point. */
export function gupScenario(p: Point): Scenario {
  const mix = p['mix'] ?? '';
  const pages = mix.length;
  const steps: Step[] = [];
  const step = (by: string, act: Action, name: string | null = null, cpu = 0): void => { steps.push({ by, cpu, name, do: act }); };
  const policy = DRIVERS[p['driver'] ?? 'page'] ?? DRIVERS['page'];
  if (policy === undefined) throw new Error('no driver policy');
  const kindAt = (i: number): string => mix[i] ?? '';
  const each = (letters: string, f: (i: number) => void): void => { for (let i = 0; i < pages; i++) if (letters.includes(kindAt(i))) f(i); };
  const memories: Memory[] = [...(/[ch]/.test(mix) ? ['coherent' as const] : []), ...(/[pg]/.test(mix) ? ['private' as const] : [])];

  step('P', { call: 'mmap', page: 0, pages, write: true });
  for (const memory of memories) step('P', { driver: 'create', memory, pages: Math.max(8, pages + 2), policy });
  each('cp', (i) => step('P', { store: i, value: VALUE + i }));
  each('cphg', (i) => step('P', { driver: 'take', memory: /[ch]/.test(kindAt(i)) ? 'coherent' : 'private', page: i, pages: 1 }));
  each('z', (i) => step('P', { load: i }));
  const cpu = p['lru'] === 'otherpvec' ? 1 : 0;
  step('P', { drain: 'all' });
  if (mix.includes('n')) {
    step('P', { movable: 'full' });
    each('n', (i) => step('P', { store: i, value: VALUE + i }, null, cpu));
    step('P', { movable: 'open' });
  }
  each('m', (i) => step('P', { store: i, value: VALUE + i }, null, cpu));
  if (p['lru'] === 'drained' || p['lru'] === 'isolated') step('P', { drain: 'all' });
  if (p['shared'] === 'forked') step('P', { call: 'fork', child: 'C' });
  if (p['lru'] === 'isolated') each('nm', (i) => step('I', { isolate: `iso${i}`, of: 'P', page: i }));
  if (p['foreign'] === 'ref') each('nmch', (i) => step('F', { hold: `ref${i}`, of: 'P', page: i }));
  const remote = p['path'] === 'remote';
  const by = remote ? 'W' : p['caller'] === 'child' ? 'C' : 'P';
  const of = p['caller'] === 'child' ? 'C' : 'P';
  if (p['caller'] === 'workermap') {
    step('W', { call: 'mmap', page: 0, pages, write: true });
    for (let i = 0; i < pages; i++) step('W', { store: i, value: 91 + i });
  }
  const fail = p['fail'] ?? 'never';
  if (fail !== 'never') {
    const forEver = fail === 'pageall';
    step(by, { failAlloc: fail.startsWith('page') ? 'page' : 'slab', nth: forEver ? 1 : Number(fail.slice(-1)), forEver });
  }
  const hold = p['hold'] === 'get' ? 'GET' : 'PIN';
  const pin = (handle: string, name: string): void => step(by, {
    pin: handle, of, page: 0, pages, path: remote ? 'remote' : p['path'] === 'fast' ? 'fast' : 'slow',
    hold, longterm: p['hold'] === 'long', write: p['access'] === 'w',
  }, name);
  pin('pinned', 'pin');
  const observeAfter = steps.length - 1;
  if (fail !== 'never') step(by, { failAlloc: fail.startsWith('page') ? 'page' : 'slab', nth: 0, forEver: false });
  switch (p['then']) {
    case 'store': for (let i = 0; i < pages; i++) step('P', { store: i, value: 40 + i }, `store${i}`); break;
    case 'again': pin('second', 'again'); step(by, { unpin: 'second' }, 'unpin again'); break;
    case 'dontneed': step('P', { call: 'dontneed', page: 0, pages }, 'dontneed'); break;
    default: for (let i = 0; i < pages; i++) step('P', { load: i }, `load${i}`);
  }
  step(by, { unpin: 'pinned' }, 'unpin');
  if (p['shared'] === 'forked') for (let i = 0; i < pages; i++) step('C', { load: i }, `load${i}`);
  if (p['lru'] === 'isolated') each('nm', (i) => step('I', { putback: `iso${i}` }));
  if (p['foreign'] === 'ref') each('nmch', (i) => step('F', { release: `ref${i}` }));
  // The end: everybody goes, and the drivers are unloaded.
  const tasks = ['P', ...(p['lru'] === 'isolated' ? ['I'] : []), ...(p['foreign'] === 'ref' ? ['F'] : []), ...(remote ? ['W'] : [])];
  for (const t of [...tasks, ...(p['shared'] === 'forked' ? ['C'] : [])]) step(t, { call: 'exit' });
  step('P', { drain: 'all' });
  for (const memory of memories) step('P', { driver: 'remove', memory });
  return {
    id: pointId(p), pages, oddities: 2 * (pages - 1) + mix.replace(/[^hg]/g, '').length + Object.keys(PLAIN).filter((d) => d !== 'mix' && p[d] !== PLAIN[d]).length, cpus: 2, tasks, steps, observeAfter,
    needs: [...(memories.length > 0 ? [MODEL_DRIVER] : []), ...(/[ch]/.test(mix) ? [COHERENT] : [])],
    reuseFrames: p['reuse'] !== 'never',
  };
}
