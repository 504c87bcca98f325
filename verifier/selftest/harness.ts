// SPDX-License-Identifier: GPL-2.0-only
// What the programs of the hmm selftest have in common: a fixture that opens one device or two, buffers,
// and asserts. A buffer is a few pages where hmm-tests.c has a thousand; each page holds one number.

import type { PortObject } from '../instrument/runtime.ts';
import { errnoName } from '../scenario/errno.ts';
import type { TaskObj } from '../check/view.ts';
import type { Answer, Lab, Loaded, Protection } from './lab.ts';
import { Failed, Skip } from './verdict.ts';

const PAGE = 4096;
/** Where buffers are mapped. */
const BUFFERS = 0x10000000;
/** Variables of the program (arch/model/user_words.ts): a command for each process, and the mirrors. */
const COMMANDS = 0x70000000;
const MIRRORS = 0x70100000;
const MIRROR_SIZE = 0x100000;

/** How often the tests that repeat themselves do. */
export const TIMES = 3;
export const PAGES = 4;

export interface Buffer { readonly addr: number; readonly pages: number; readonly mirror: number }

/** The devices of a variant: which minors, and what their memory is. */
export interface Variant { readonly name: string; readonly minors: readonly [number, number]; readonly memory: 'private' | 'coherent' }

export class Fixture {
  readonly lab: Lab;
  readonly variant: Variant;
  readonly #files: PortObject[] = [];
  #buffers = 0;
  #next = BUFFERS;
  constructor(lab: Lab, variant: Variant) {
    this.lab = lab;
    this.variant = variant;
  }

  /** One device for `hmm`, both for `hmm2`. */
  setUp(devices: number): void {
    for (const minor of this.variant.minors.slice(0, devices)) {
      const file = this.lab.open(minor);
      if (typeof file === 'number') {
        if (this.variant.memory === 'coherent') throw new Skip(`/dev/hmm_dmirror${minor} cannot be opened: ${errnoName(file)}`);
        throw new Failed(`open of /dev/hmm_dmirror${minor}: ${errnoName(file)}`);
      }
      this.#files.push(file);
    }
  }
  tearDown(): void { for (const file of this.#files) this.equal(this.lab.close(file), 0, 'close'); }
  /** The file of the fixture's n-th device. */
  device(n = 0): PortObject {
    const file = this.#files[n];
    if (file === undefined) throw new Error(`the fixture has no device ${n}`);
    return file;
  }
  minor(n = 0): number { return this.variant.minors[n] ?? 0; }

  // --- buffers ----------------------------------------------------------------------------------

  /** Anonymous private memory, after a gap, so that no two are one vma. */
  map(pages: number, prot: readonly Protection[] = ['READ', 'WRITE']): Buffer {
    const addr = this.#next;
    this.#next += (pages + 1) * PAGE;
    this.equal(this.lab.mmap(addr, pages, prot), 0, 'mmap');
    return { addr, pages, mirror: MIRRORS + this.#buffers++ * MIRROR_SIZE };
  }
  /** Some pages of it, with the same mirror. */
  part({ addr, mirror }: Buffer, first: number, pages: number): Buffer { return { addr: addr + first * PAGE, pages, mirror }; }
  unmap(b: Buffer): void { this.equal(this.lab.munmap(b.addr, b.pages), 0, 'munmap'); }
  protect(b: Buffer, prot: readonly Protection[]): void { this.equal(this.lab.mprotect(b.addr, b.pages, prot), 0, 'mprotect'); }

  /** The CPU writes what `of` says to each page, from `first` on. */
  fill(b: Buffer, of: (page: number) => number = seal, first = 0): void {
    for (let i = first; i < b.pages; i++) this.equal(this.lab.store(b.addr + i * PAGE, of(i)), '', `store to page ${i}`);
  }
  /** What the CPU reads in each page, up to `pages`. */
  holds(b: Buffer, of: (page: number) => number = seal, pages = b.pages): void {
    for (let i = 0; i < pages; i++) this.equal(this.read(b, i), of(i), `page ${i} as the CPU reads it`);
  }
  read(b: Buffer, page: number): Loaded { return this.lab.load(b.addr + page * PAGE); }

  /** What stands in the mirror: what the device read, or what it is to write. */
  fillMirror(b: Buffer, of: (page: number) => number): void {
    for (let i = 0; i < b.pages; i++) this.lab.setWord(b.mirror + i * PAGE, of(i));
  }
  mirrored(b: Buffer, of: (page: number) => number = seal): void {
    for (let i = 0; i < b.pages; i++) this.equal(Number(this.lab.word(b.mirror + i * PAGE) ?? 0), of(i), `page ${i} as the device has it`);
  }
  /** The byte of a snapshot for a page. */
  byte(b: Buffer, page: number): number { return Number(this.lab.word(b.mirror + page) ?? 0); }

  // --- commands ---------------------------------------------------------------------------------

  ask(file: PortObject, name: string, b: Buffer): Answer {
    const at = COMMANDS + this.lab.world.tasks.indexOf(this.lab.current()) * 0x100;
    return this.lab.ioctl(file, `HMM_DMIRROR_${name}`, at, { addr: b.addr, ptr: b.mirror, npages: b.pages });
  }
  /** The command does all of the buffer. */
  done(answer: Answer, b: Buffer, what: string): void {
    this.equal(errnoName(answer.ret), '0', what);
    this.equal(answer.cpages, b.pages, `${what}: cpages`);
  }
  /** The command is refused. */
  refused(answer: Answer, errno: string, what: string): void { this.equal(errnoName(answer.ret), errno, what); }
  /** The patches that make the memory's type a choice have a command for each direction. */
  migrate(file: PortObject, b: Buffer): Answer { return this.ask(file, this.lab.has('lib/test_hmm_uapi.ts', 'HMM_DMIRROR_MIGRATE_TO_DEV') ? 'MIGRATE_TO_DEV' : 'MIGRATE', b); }

  /** As another process. */
  as(task: TaskObj, act: () => void): void {
    const was = this.lab.current();
    this.lab.become(task);
    act();
    this.lab.become(was);
  }

  equal(is: string | number, expected: string | number, what: string): void {
    if (is !== expected) throw new Failed(`${what}: expected ${expected}, is ${is}`);
  }
}

/** What the CPU writes to a page unless a test says otherwise: never what an untouched page has. */
export function seal(page: number): number { return 100 + page; }
