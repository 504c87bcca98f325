// SPDX-License-Identifier: GPL-2.0-only
// The test driver at work, one process after the other: what hmm-tests.c does with it, what it does not
// do (a file closed or the module unloaded with pages on the device, allocations that fail), on private
// and, where a side has it, on coherent memory. Each ends with everything closed, gone and unloaded.

import type { Action, DmirrorCommand, Scenario, Step } from './scenario.ts';

const MEMORIES = { p: 0, c: 2 } as const;
type Kind = keyof typeof MEMORIES;
const TEST_HMM = 'lib/test_hmm.ts#hmm_dmirror_init' as const;
/** v1 calls the type public. */
const COHERENT_DEVICES = 'lib/test_hmm_uapi.ts#HMM_DMIRROR_MIGRATE_TO_SYS|HMM_DMIRROR_MEMORY_DEVICE_PUBLIC' as const;

class Program {
  readonly steps: Step[] = [];
  readonly tasks: string[] = ['P', 'Q'];
  readonly #minor: number;
  constructor(minor: number) { this.#minor = minor; }

  do(act: Action, name: string | null = null, by = 'P'): this {
    this.steps.push({ by, cpu: 0, name, do: act });
    return this;
  }
  /** Mapped; the pages from `from` on written. */
  map(pages: number, from = 0): this {
    this.do({ call: 'mmap', page: 0, pages, write: true });
    for (let page = from; page < pages; page++) this.do({ store: page, value: 17 + page });
    return this;
  }
  insmod(name: string | null = 'insmod'): this { return this.do({ dmirror: 'insmod', spm: this.#minor === MEMORIES.c }, name, 'Q'); }
  /** The n-th of the two devices. */
  open(n = 0): this { return this.do({ dmirror: 'open', file: `f${n}`, minor: this.#minor + n }, `open${n}`); }
  ask(command: DmirrorCommand, pages: number, name: string = command, { page = 0, n = 0 } = {}): this {
    return this.do({ dmirror: 'ioctl', file: `f${n}`, command, page, pages }, name);
  }
  load(page: number, name = `load${page}`, by = 'P'): this { return this.do({ load: page }, name, by); }
  store(page: number, value: number): this { return this.do({ store: page, value }, `store${page}`); }
  close(n = 0): this { return this.do({ dmirror: 'close', file: `f${n}` }, `close${n}`); }
  exit(): this { return this.do({ call: 'exit' }, 'exit'); }
  rmmod(): this { return this.do({ dmirror: 'rmmod' }, 'rmmod', 'Q'); }
  fail(what: 'page' | 'slab', nth: number, by = 'P'): this { return this.do({ failAlloc: what, nth, forEver: false }, null, by); }
  /** Closed, gone, unloaded. */
  end(...files: readonly number[]): this {
    for (const n of files) this.close(n);
    return this.do({ drain: 'all' }).exit().rmmod().do({ drain: 'all' }, null, 'Q').do({ call: 'exit' }, null, 'Q');
  }
}

const up = (p: Program, pages: number, from = 0): Program => p.insmod().map(pages, from).open();
const both = (p: Program, pages: number): Program => up(p, pages).open(1);

/** By name: how many pages it is about, and what it does. */
const PROGRAMS: Readonly<Record<string, readonly [pages: number, run: (p: Program) => Program]>> = {
  type: [1, (p) => up(p, 1).ask('type', 1).end(0)],
  read: [2, (p) => up(p, 2, 1).ask('read', 2).ask('read', 2, 'again').end(0)],
  write: [2, (p) => up(p, 2, 1).ask('write', 2).load(0).load(1).end(0)],
  'write.child': [1, (p) => up(p, 1).do({ call: 'fork', child: 'C' }).ask('write', 1).load(0).load(0, 'child', 'C').do({ call: 'exit' }, null, 'C').end(0)],
  'migrate.load': [2, (p) => up(p, 2).ask('migrate', 2).load(0).load(1).end(0)],
  'migrate.store': [2, (p) => up(p, 2).ask('migrate', 2).store(0, 99).load(0).end(0)],
  'migrate.back': [2, (p) => up(p, 2).ask('migrate', 2).ask('to-system', 2).load(0).load(1).end(0)],
  'migrate.part': [2, (p) => up(p, 2).ask('migrate', 1).ask('to-system', 2).load(0).load(1).end(0)],
  'migrate.again': [2, (p) => up(p, 2).ask('migrate', 2).load(0).ask('migrate', 2, 'again').load(0, 'reload').end(0)],
  'migrate.stays': [1, (p) => up(p, 1).ask('migrate', 1).ask('migrate', 1, 'again').end(0)],
  'migrate.other': [1, (p) => both(p, 1).ask('migrate', 1).ask('migrate', 1, 'other', { n: 1 }).ask('to-system', 1, 'otherback', { n: 1 }).load(0).end(0, 1)],
  'migrate.snapshot': [2, (p) => both(p, 2).ask('migrate', 1).ask('snapshot', 2).ask('snapshot', 2, 'other', { n: 1 }).end(0, 1)],
  'migrate.read': [1, (p) => both(p, 1).ask('migrate', 1).ask('read', 1).ask('read', 1, 'other', { n: 1 }).end(0, 1)],
  'migrate.write': [1, (p) => up(p, 1).ask('migrate', 1).ask('write', 1).load(0).end(0)],
  'migrate.hole': [2, (p) => up(p, 2, 1).ask('migrate', 2).load(0).end(0)],
  'migrate.zero': [1, (p) => up(p, 1, 1).load(0, 'zero').ask('migrate', 1).load(0).store(0, 7).load(0, 'reload').end(0)],
  'migrate.fork': [1, (p) => up(p, 1).ask('migrate', 1).do({ call: 'fork', child: 'C' }).load(0).load(0, 'child', 'C').do({ call: 'exit' }, null, 'C').end(0)],
  'migrate.unmap': [2, (p) => up(p, 2).ask('migrate', 2).do({ call: 'munmap', page: 0, pages: 1 }, 'munmap').load(1).end(0)],
  'migrate.dontneed': [1, (p) => up(p, 1).ask('migrate', 1).do({ call: 'dontneed', page: 0, pages: 1 }, 'dontneed').load(0).end(0)],
  'migrate.exit': [2, (p) => up(p, 2).ask('migrate', 2).exit().do({ dmirror: 'close', file: 'f0' }, 'close', 'Q').rmmod().do({ call: 'exit' }, null, 'Q')],
  'migrate.close': [1, (p) => up(p, 1).ask('migrate', 1).close().load(0).end()],
  'migrate.many': [6, (p) => up(p, 6).ask('migrate', 6).load(5).end(0)],
  'migrate.pin': [1, (p) => up(p, 1).ask('migrate', 1).do({ pin: 'h', of: 'P', page: 0, pages: 1, path: 'slow', hold: 'PIN', longterm: true, write: true }, 'pin').do({ unpin: 'h' }, 'unpin').load(0).end(0)],
  'migrate.get': [1, (p) => up(p, 1).ask('migrate', 1).do({ pin: 'h', of: 'P', page: 0, pages: 1, path: 'fast', hold: 'GET', longterm: false, write: true }, 'get').ask('to-system', 1).do({ unpin: 'h' }, 'unpin').load(0).end(0)],
  exclusive: [2, (p) => up(p, 2).ask('exclusive', 2).ask('check-exclusive', 2, 'check').store(0, 5).ask('check-exclusive', 1, 'check0').load(1).end(0)],
  'exclusive.fork': [1, (p) => up(p, 1).ask('exclusive', 1).do({ call: 'fork', child: 'C' }).store(0, 5).load(0, 'child', 'C').do({ call: 'exit' }, null, 'C').end(0)],
  'exclusive.hole': [2, (p) => up(p, 2, 2).ask('exclusive', 2).load(0).end(0)],
  // The end of what is mapped is in the range, or nothing of it is: the driver's pages[] is not filled.
  'exclusive.end': [1, (p) => up(p, 1).ask('exclusive', 2).load(0).end(0)],
  'exclusive.unmapped': [1, (p) => up(p, 1).ask('exclusive', 1, 'exclusive', { page: 4 }).load(0).end(0)],
  // Loading fails at each allocation in turn; a second try has to find everything as it was.
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((nth) => [`insmod.slab${nth}`, [1, (p: Program): Program => p.fail('slab', nth, 'Q').insmod().fail('slab', 0, 'Q').do({ dmirror: 'open', file: 'early', minor: 0 }, 'early', 'Q').do({ dmirror: 'close', file: 'early' }, null, 'Q').insmod('again').map(1).open().ask('migrate', 1).load(0).end(0)]] as const)),
  ...Object.fromEntries([1, 2, 3].flatMap((nth) => (['page', 'slab'] as const).map((what) => [`migrate.${what}${nth}`, [2, (p: Program): Program => up(p, 2).fail(what, nth).ask('migrate', 2).fail(what, 0).load(0).load(1).end(0)]] as const))),
  'fault.page1': [1, (p) => up(p, 1).ask('migrate', 1).fail('page', 1).load(0, 'failing').fail('page', 0).load(0).end(0)],
};

/** `hmm/p/migrate.load`, `hmm/c/migrate.load`. */
export function hmmScenarios(): readonly Scenario[] {
  return kinds().flatMap((kind) => Object.keys(PROGRAMS).sort().map((name) => made(kind, name)));
}
export function hmmNamed(id: string): Scenario | null {
  const [family, kind, name = ''] = id.split('/');
  const found = kinds().find((one) => one === kind);
  return family === 'hmm' && found !== undefined && Object.hasOwn(PROGRAMS, name) ? made(found, name) : null;
}
function kinds(): readonly Kind[] { return ['c', 'p']; }

function made(kind: Kind, name: string): Scenario {
  const [pages, run] = PROGRAMS[name] ?? [1, (p: Program): Program => p];
  const { steps, tasks } = run(new Program(MEMORIES[kind]));
  // Before the first who closes, unmaps or goes: what is on the device is seen there.
  const leaves = steps.findIndex((s) => s.name !== null && /^(close|exit|rmmod)/.test(s.name));
  return {
    id: `hmm/${kind}/${name}`, pages, oddities: pages - 1 + (name.includes('.') ? 1 : 0) + (kind === 'c' ? 0 : 1), cpus: 1, tasks, steps,
    observeAfter: leaves - 1, reuseFrames: true, optional: true,
    needs: [TEST_HMM, ...(kind === 'c' ? [COHERENT_DEVICES] : [])],
  };
}
