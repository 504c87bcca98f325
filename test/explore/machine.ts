// SPDX-License-Identifier: GPL-2.0-only
// Small looping programs twice: as flat generators, and as a machine whose whole state is there to be compared. The
// second is a System of its own (snapshots to go back to), so search() is tried without generators, and the identity
// that the explorer gives to the states of generators is held against states that are known.

import { cell, mutex, type Access, type Body, type Cell, type Mutex, type Program, type Relation, type Status, type System } from '../../verifier/explore/index.ts';
import { randomOf } from './random-programs.ts';

export type Instruction =
  | { readonly k: 'load'; readonly at: number }
  | { readonly k: 'inc'; readonly at: number }
  | { readonly k: 'store'; readonly at: number; readonly v: number }
  | { readonly k: 'cas'; readonly at: number; readonly v: number; readonly w: number }
  | { readonly k: 'lock'; readonly at: number }
  | { readonly k: 'try'; readonly at: number }
  | { readonly k: 'unlock'; readonly at: number }
  /** Local: goes to `to` if the last result is `if`, or (`if` null) always. */
  | { readonly k: 'jump'; readonly to: number; readonly if: number | null }
  | { readonly k: 'fail'; readonly if: number };

export type Code = readonly (readonly Instruction[])[];

export function codeOf(seed: number): Code {
  const random = randomOf(seed);
  const thread = (): Instruction[] => {
    const code: Instruction[] = [];
    const simple = (): void => {
      const at = random(2), v = random(3);
      switch (random(6)) {
        case 0: code.push({ k: 'load', at }, { k: 'fail', if: random(5) === 0 ? v : 9 }); break;
        case 1: code.push({ k: 'store', at, v }); break;
        case 2: code.push({ k: 'inc', at }); break;
        case 3: code.push({ k: 'cas', at, v: random(2), w: v }); break;
        case 4: code.push({ k: 'load', at }); break;
        default: code.push({ k: 'store', at, v: 1 });
      }
    };
    for (let n = 1 + random(2); n > 0; n--) {
      const m = random(2), start = code.length;
      switch (random(9)) {
        case 0: case 1: simple(); break;
        case 6: case 7: case 8: code.push({ k: 'lock', at: m }, { k: 'lock', at: 1 - m }, { k: 'unlock', at: m }, { k: 'unlock', at: 1 - m }); break;
        // while (!try) ; ... unlock
        case 2: code.push({ k: 'try', at: m }, { k: 'jump', to: start, if: 0 }); simple(); code.push({ k: 'unlock', at: m }); break;
        // while (load !== 1) ;
        case 3: code.push({ k: 'load', at: m }, { k: 'jump', to: start + 3, if: 1 }, { k: 'jump', to: start, if: null }); break;
        case 4: code.push({ k: 'lock', at: m }); simple(); code.push({ k: 'unlock', at: m }); break;
        // Takes both or lets go and tries again.
        default:
          code.push({ k: 'try', at: m }, { k: 'jump', to: start, if: 0 }, { k: 'try', at: 1 - m }, { k: 'jump', to: start + 6, if: 1 },
            { k: 'unlock', at: m }, { k: 'jump', to: start, if: null }, { k: 'unlock', at: 1 - m }, { k: 'unlock', at: m });
      }
    }
    return code;
  };
  return Array.from({ length: random(4) === 0 ? 3 : 2 }, thread);
}

export interface Flat { readonly c: readonly Cell<number>[]; readonly m: readonly Mutex[]; readonly last: number[] }

export function flatProgram(seed: number, code: Code): Program<Flat> {
  return {
    name: `flat ${seed}`,
    setup: () => ({ c: [cell(0), cell(0)], m: [mutex(), mutex()], last: code.map(() => 0) }),
    threads: code.map((own, t) => (s: Flat) => flat(s, own, t)),
    outcome: (s) => `${s.c.map((one) => one.value).join()} ${s.last.join()}`,
  };
}

function* flat(s: Flat, code: readonly Instruction[], t: number): Body {
  let pc = 0;
  let last = 0;
  while (pc < code.length) {
    const one = code[pc]!;
    pc++;
    if (one.k === 'load') {
      last = yield* s.c[one.at]!.load();
    } else if (one.k === 'inc') {
      last = yield* s.c[one.at]!.rmw((v) => (v + 1) % 3);
    } else if (one.k === 'store') {
      yield* s.c[one.at]!.store(one.v);
    } else if (one.k === 'cas') {
      const took = yield* s.c[one.at]!.cas(one.v, one.w);
      last = Number(took);
    } else if (one.k === 'lock') {
      yield* s.m[one.at]!.lock();
    } else if (one.k === 'try') {
      const took = yield* s.m[one.at]!.tryLock();
      last = Number(took);
    } else if (one.k === 'unlock') {
      yield* s.m[one.at]!.unlock();
    } else if (one.k === 'jump') {
      if (one.if === null || one.if === last) pc = one.to;
    } else if (last === one.if) {
      throw new Error(`${t}: ${last}`);
    }
  }
  s.last[t] = last;
}

const READ = 0, WRITE = 1, LOCK = 2, UNLOCK = 3;

export class Machine implements System {
  readonly code: Code;
  accesses: readonly Access[] = [];
  readonly orders: readonly number[] = [];
  failure: string | null = null;
  pc: number[];
  last: number[];
  cells = [0, 0];
  holders = [-1, -1];
  readonly #saved: string[] = [];

  constructor(code: Code) {
    this.code = code;
    this.pc = code.map(() => 0);
    this.last = code.map(() => 0);
    code.forEach((_, t) => this.#local(t));
  }

  threads(): number { return this.code.length; }

  status(t: number): Status {
    const one = this.code[t]![this.pc[t]!];
    if (one === undefined) return 'done';
    return one.k === 'lock' && this.holders[one.at] !== -1 ? 'blocked' : 'enabled';
  }

  choices(): number { return 1; }

  step(t: number): void {
    const one = this.code[t]![this.pc[t]!++]!;
    let kind = READ, at = 0;
    switch (one.k) {
      case 'load': this.last[t] = this.cells[one.at]!; at = one.at; break;
      case 'inc': this.last[t] = this.cells[one.at]!; this.cells[one.at] = (this.last[t]! + 1) % 3; kind = WRITE; at = one.at; break;
      case 'store': this.cells[one.at] = one.v; kind = WRITE; at = one.at; break;
      case 'cas':
        this.last[t] = Number(this.cells[one.at] === one.v);
        if (this.last[t] === 1) this.cells[one.at] = one.w;
        kind = this.last[t] === 1 ? WRITE : READ;
        at = one.at;
        break;
      case 'lock': this.holders[one.at] = t; kind = LOCK; at = 2 + one.at; break;
      case 'try':
        this.last[t] = Number(this.holders[one.at] === -1);
        if (this.last[t] === 1) this.holders[one.at] = t;
        kind = this.last[t] === 1 ? WRITE : READ;
        at = 2 + one.at;
        break;
      case 'unlock': this.holders[one.at] = -1; kind = UNLOCK; at = 2 + one.at; break;
      case 'jump': case 'fail': break;
    }
    this.accesses = [{ object: at, class: kind }];
    this.#local(t);
  }

  waiting(t: number): readonly Access[] {
    const one = this.code[t]![this.pc[t]!];
    return one?.k === 'lock' ? [{ object: 2 + one.at, class: LOCK }] : [];
  }

  ended(): boolean { return this.failure !== null; }

  save(): number {
    this.#saved.push(JSON.stringify([this.pc, this.last, this.cells, this.holders]));
    return this.#saved.length - 1;
  }

  undo(mark: number): void {
    const [pc, last, cells, holders]: number[][] = JSON.parse(this.#saved[mark] ?? '');
    this.pc = pc ?? [];
    this.last = last ?? [];
    this.cells = cells ?? [];
    this.holders = holders ?? [];
    this.failure = null;
  }

  relation(earlier: number, later: number): Relation {
    if (earlier === READ && later === READ) return 'commute';
    return later === LOCK && (earlier === UNLOCK || earlier === READ) ? 'order' : 'conflict';
  }

  stateKey(): string { return JSON.stringify([this.pc, this.last, this.cells, this.holders]); }

  acquiring(t: number): boolean { return this.code[t]![this.pc[t]!]?.k === 'lock'; }

  outcome(): string { return `${this.cells.join()} ${this.last.join()}`; }

  #local(t: number): void {
    for (;;) {
      const one = this.code[t]![this.pc[t]!];
      if (one === undefined) return;
      switch (one.k) {
        case 'jump':
          this.pc[t]!++;
          if (one.if === null || one.if === this.last[t]) this.pc[t] = one.to;
          break;
        case 'fail':
          this.pc[t]!++;
          if (this.last[t] !== one.if) break;
          this.failure = `${t}: ${this.last[t]}`;
          return;
        case 'load': case 'inc': case 'store': case 'cas': case 'lock': case 'try': case 'unlock': return;
      }
    }
  }
}
