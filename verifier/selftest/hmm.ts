// SPDX-License-Identifier: GPL-2.0-only
// The tests of tools/testing/selftests/vm/hmm-tests.c: the same steps and asserts, in our own words, on
// buffers of a few pages. Those that need what the port does not have say so.

import { PAGES, seal, TIMES, type Fixture } from './harness.ts';
import type { Test } from './run.ts';
import { Skip } from './verdict.ts';

const RW = ['READ', 'WRITE'] as const;
const RO = ['READ'] as const;
const NONE = ['NONE'] as const;
const ZERO = (): number => 0;
const minus = (page: number): number => -seal(page);
const next = (page: number): number => seal(page) + 1;

/** The first two pages are left alone: one never touched, one read only. */
function anonRead(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b, seal, 2);
  f.protect(b, RO);
  f.equal(f.read(b, 1), 0, 'the zero page');
  const answer = f.ask(f.device(), 'READ', b);
  f.done(answer, b, 'READ');
  f.equal(answer.faults, 1, 'faults');
  f.mirrored(b, (page) => (page < 2 ? 0 : seal(page)));
}

function anonReadProt(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.fillMirror(b, minus);
  f.protect(b, NONE);
  f.refused(f.ask(f.device(), 'READ', b), '-EFAULT', 'READ without rights');
  f.protect(b, RO);
  f.holds(b);
  f.mirrored(b, minus);
}

function anonWrite(f: Fixture): void {
  const b = f.map(PAGES);
  f.fillMirror(b, seal);
  const answer = f.ask(f.device(), 'WRITE', b);
  f.done(answer, b, 'WRITE');
  f.equal(answer.faults, 1, 'faults');
  f.holds(b);
}

function anonWriteProt(f: Fixture): void {
  const b = f.map(PAGES, RO);
  f.fillMirror(b, seal);
  const first = f.part(b, 0, 1);
  const read = f.ask(f.device(), 'READ', { ...first, mirror: b.mirror + 0x80000 });
  f.done(read, first, 'READ of the zero page');
  f.equal(read.faults, 1, 'faults');
  f.refused(f.ask(f.device(), 'WRITE', b), '-EPERM', 'WRITE to read-only memory');
  f.holds(b, ZERO);
  f.protect(b, RW);
  const answer = f.ask(f.device(), 'WRITE', b);
  f.done(answer, b, 'WRITE');
  f.equal(answer.faults, 1, 'faults');
  f.holds(b);
}

/** The child's device writes to the child's copy. */
function anonWriteChild(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.fillMirror(b, minus);
  const child = f.lab.fork('child');
  f.as(child, () => {
    f.holds(b);
    const file = f.lab.open(f.minor());
    if (typeof file === 'number') throw new Error('the device does not open twice');
    const answer = f.ask(file, 'WRITE', b);
    f.done(answer, b, 'WRITE of the child');
    f.equal(answer.faults, 1, 'faults');
    f.holds(b, minus);
    f.lab.close(file);
    f.lab.exit();
  });
  f.holds(b);
}

function migrate(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.done(f.migrate(f.device(), b), b, 'MIGRATE');
  f.mirrored(b);
}

function migrateFault(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.done(f.migrate(f.device(), b), b, 'MIGRATE');
  f.mirrored(b);
  f.holds(b, seal, b.pages / 2);
  f.done(f.migrate(f.device(), b), b, 'MIGRATE again');
  f.mirrored(b);
}

function migrateMixed(f: Fixture): void {
  const all = f.map(6, NONE);
  f.refused(f.migrate(f.device(1), all), '-EINVAL', 'MIGRATE of what cannot be read');
  f.unmap(f.part(all, 1, 1));
  f.refused(f.migrate(f.device(1), all), '-EINVAL', 'MIGRATE of a hole');
  someOfEach(f, all, 2);
  const some = f.part(all, 2, 4);
  f.done(f.migrate(f.device(1), some), some, 'MIGRATE to device 1');
  f.refused(f.migrate(f.device(0), f.part(all, 5, 1)), '-ENOENT', 'MIGRATE to device 0 of what device 1 has');
}
/** From a page on: the zero page, a page that is read-only by now, and the rest to read and write. */
function someOfEach(f: Fixture, all: Parameters<Fixture['fill']>[0], from: number): void {
  f.protect(f.part(all, from, 1), RO);
  f.equal(f.read(all, from), 0, 'the zero page');
  const once = f.part(all, from + 1, 1);
  f.protect(once, RW);
  f.fill(once);
  f.protect(once, RO);
  const rest = f.part(all, from + 2, all.pages - from - 2);
  f.protect(rest, RW);
  f.fill(rest);
}

function migrateMultiple(f: Fixture): void {
  for (let n = 0; n < TIMES; n++) {
    const b = f.map(PAGES);
    f.fill(b);
    f.done(f.migrate(f.device(), b), b, 'MIGRATE');
    f.mirrored(b);
    if (f.variant.memory === 'coherent') f.equal(f.ask(f.device(), 'MIGRATE_TO_SYS', b).ret, 0, 'MIGRATE_TO_SYS');
    f.holds(b);
    f.unmap(b);
  }
}

function anonReadMultiple(f: Fixture): void {
  for (let n = 0; n < TIMES; n++) {
    const b = f.map(PAGES);
    const of = (page: number): number => seal(page) + 10 * n;
    f.fill(b, of);
    const answer = f.ask(f.device(), 'READ', b);
    f.done(answer, b, 'READ');
    f.equal(answer.faults, 1, 'faults');
    f.mirrored(b, of);
    f.unmap(b);
  }
}

/** Another thread unmaps while the device reads: here before it, and after it. */
function anonTeardown(f: Fixture): void {
  for (let n = 0; n < TIMES; n++) {
    const b = f.map(PAGES);
    f.fill(b);
    if (n % 2 === 1) f.unmap(b);
    const answer = f.ask(f.device(), 'READ', b);
    if (answer.ret === 0) {
      f.done(answer, b, 'READ');
      f.mirrored(b);
    }
    if (n % 2 === 0) f.unmap(b);
    else f.refused(answer, '-EFAULT', 'READ of what is unmapped');
  }
}

function snapshot(f: Fixture): void {
  const all = f.map(7, NONE);
  f.unmap(f.part(all, 1, 1));
  someOfEach(f, all, 2);
  const [five, six] = [f.part(all, 5, 1), f.part(all, 6, 1)];
  f.done(f.migrate(f.device(0), five), five, 'MIGRATE to device 0');
  f.done(f.migrate(f.device(1), six), six, 'MIGRATE to device 1');
  f.done(f.ask(f.device(0), 'SNAPSHOT', all), all, 'SNAPSHOT');
  const coherent = f.variant.memory === 'coherent';
  const expected: readonly (readonly string[])[] = [
    ['ERROR'], ['ERROR'], ['ZERO', 'READ'], ['READ'], ['WRITE'],
    [coherent ? 'DEV_COHERENT_LOCAL' : 'DEV_PRIVATE_LOCAL', 'WRITE'], coherent ? ['DEV_COHERENT_REMOTE', 'WRITE'] : ['NONE'],
  ];
  for (const [page, names] of expected.entries()) {
    f.equal(f.byte(all, page), names.reduce((byte, name) => byte | f.lab.number('lib/test_hmm_uapi.ts', `HMM_DMIRROR_PROT_${name}`), 0), `page ${page} in the snapshot (${names.join('|')})`);
  }
}

function doubleMap(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.protect(b, RO);
  for (const n of [0, 1]) {
    const answer = f.ask(f.device(n), 'READ', b);
    f.done(answer, b, `READ of device ${n}`);
    f.equal(answer.faults, 1, 'faults');
    f.mirrored(b);
    f.fillMirror(b, ZERO);
  }
  f.unmap(f.part(b, 1, 1));
}

function exclusive(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.done(f.ask(f.device(), 'EXCLUSIVE', b), b, 'EXCLUSIVE');
  f.mirrored(b);
  f.holds(b);
  f.fill(b, next);
  f.holds(b, next);
  f.equal(f.ask(f.device(), 'CHECK_EXCLUSIVE', b).ret, 0, 'CHECK_EXCLUSIVE: nothing is exclusive any more');
}

function exclusiveMprotect(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.done(f.ask(f.device(), 'EXCLUSIVE', b), b, 'EXCLUSIVE');
  f.mirrored(b);
  f.protect(b, RO);
  f.refused(f.ask(f.device(), 'WRITE', b), '-EPERM', 'WRITE to read-only memory');
}

function exclusiveCow(f: Fixture): void {
  const b = f.map(PAGES);
  f.fill(b);
  f.done(f.ask(f.device(), 'EXCLUSIVE', b), b, 'EXCLUSIVE');
  const child = f.lab.fork('child');
  const bump = (): void => {
    f.holds(b);
    f.fill(b, next);
    f.holds(b, next);
  };
  bump();
  f.as(child, () => {
    bump();
    f.lab.exit();
  });
}

/** Of v2 11: a long-term pin brings pages of the device back, where they are to stay. A pin that fails is no failure of the test. */
function gupTest(f: Fixture): void {
  if (f.variant.memory === 'coherent' && !f.lab.hasFunction('migrate_device_page')) throw new Skip('it came with v2 11: a long-term pin moves no coherent page here');
  const b = f.map(4);
  f.fill(b);
  f.done(f.migrate(f.device(), b), b, 'MIGRATE');
  f.mirrored(b);
  if (f.lab.gupTest('PIN_LONGTERM_BENCHMARK', b.addr, b.pages, true) !== 0) return;
  f.done(f.ask(f.device(), 'SNAPSHOT', b), b, 'SNAPSHOT');
  for (let page = 0; page < b.pages; page++) f.equal(f.byte(b, page), f.lab.number('lib/test_hmm_uapi.ts', 'HMM_DMIRROR_PROT_WRITE'), `page ${page} in the snapshot`);
}

const test = (fixture: Test['fixture'], name: string, program: Test['program']): Test => ({ fixture, name, program });
const skipped = (fixture: Test['fixture'], name: string, why: string): Test => ({ fixture, name, program: () => { throw new Skip(why); } });

/** In the order of hmm-tests.c; the last came with v2. */
export const HMM_TESTS: readonly Test[] = [
  test('hmm', 'open_close', () => undefined),
  test('hmm', 'anon_read', anonRead),
  test('hmm', 'anon_read_prot', anonReadProt),
  test('hmm', 'anon_write', anonWrite),
  test('hmm', 'anon_write_prot', anonWriteProt),
  test('hmm', 'anon_write_child', anonWriteChild),
  skipped('hmm', 'anon_write_child_shared', 'shared memory is not ported'),
  skipped('hmm', 'anon_write_huge', 'THP is not ported'),
  skipped('hmm', 'anon_write_hugetlbfs', 'hugetlb is not ported'),
  skipped('hmm', 'file_read', 'file mappings are not ported'),
  skipped('hmm', 'file_write', 'file mappings are not ported'),
  test('hmm', 'migrate', migrate),
  test('hmm', 'migrate_fault', migrateFault),
  skipped('hmm', 'migrate_shared', 'shared memory is not ported'),
  test('hmm2', 'migrate_mixed', migrateMixed),
  test('hmm', 'migrate_multiple', migrateMultiple),
  test('hmm', 'anon_read_multiple', anonReadMultiple),
  test('hmm', 'anon_teardown', anonTeardown),
  test('hmm2', 'snapshot', snapshot),
  skipped('hmm', 'compound', 'hugetlb is not ported'),
  test('hmm2', 'double_map', doubleMap),
  test('hmm', 'exclusive', exclusive),
  test('hmm', 'exclusive_mprotect', exclusiveMprotect),
  test('hmm', 'exclusive_cow', exclusiveCow),
  test('hmm', 'hmm_gup_test', gupTest),
];
