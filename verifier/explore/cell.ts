// SPDX-License-Identifier: GPL-2.0-only
// A cell: one shared variable. Each operation is one event. Values are compared with Object.is; a value that is
// an object is shared by reference, and what is inside it is not watched: put plain values into cells.

import { EventOperation, type EventKind } from './operation.ts';
import { Shared } from './shared.ts';
import { shown } from './shown.ts';

export class Cell<T> extends Shared {
  /** The value now, for outcome() and atRest(); a thread that looks here is not seen to do so. */
  value: T;

  constructor(value: T) {
    super('cell');
    this.value = value;
  }

  word(): T { return this.value; }
  load(): EventOperation<T> { return new Load(this); }
  store(value: T): EventOperation<void> { return new Store(this, value); }
  /** Replaces the value by f of it, in one event; gives the old one. */
  rmw(f: (old: T) => T): EventOperation<T> { return new Rmw(this, f); }
  /** Stores `value` if the cell holds `expect`; gives whether it did. A failed one is a read. */
  cas(expect: T, value: T): EventOperation<boolean> { return new Cas(this, expect, value); }
}

export function cell<T>(value: T): Cell<T> { return new Cell(value); }

/** Waits until the cell's value satisfies `pred`, and gives it: one read, which is not there until then. */
export function until<T>(of: Cell<T>, pred: (value: T) => boolean): EventOperation<T> { return new Until(of, pred); }

class Load<T> extends EventOperation<T> {
  readonly target: Cell<T>;
  kind: EventKind = 'load';
  constructor(target: Cell<T>) { super(); this.target = target; }
  perform(): void { this.result = this.target.value; }
  argument(): string { return ''; }
  argumentKey(): unknown { return ''; }
}

class Store<T> extends EventOperation<void> {
  readonly target: Cell<T>;
  readonly value: T;
  kind: EventKind = 'store';
  constructor(target: Cell<T>, value: T) { super(); this.target = target; this.value = value; }
  perform(): void { this.target.value = this.value; }
  argument(): string { return shown(this.value); }
  argumentKey(): unknown { return this.value; }
}

class Rmw<T> extends EventOperation<T> {
  readonly target: Cell<T>;
  readonly f: (old: T) => T;
  kind: EventKind = 'rmw';
  constructor(target: Cell<T>, f: (old: T) => T) { super(); this.target = target; this.f = f; }
  perform(): void {
    this.result = this.target.value;
    this.target.value = this.f(this.result);
  }
  argument(): string { return this.f.toString(); }
  argumentKey(): unknown { return this.f; }
}

class Cas<T> extends EventOperation<boolean> {
  readonly target: Cell<T>;
  readonly expect: T;
  readonly value: T;
  kind: EventKind = 'cas';
  constructor(target: Cell<T>, expect: T, value: T) { super(); this.target = target; this.expect = expect; this.value = value; }
  perform(): void {
    this.result = Object.is(this.target.value, this.expect);
    if (this.result) this.target.value = this.value;
    this.kind = this.result ? 'cas' : 'cas-failed';
  }
  argument(): string { return `${shown(this.expect)}, ${shown(this.value)}`; }
  argumentKey(): unknown { return [this.expect, this.value]; }
}

class Until<T> extends EventOperation<T> {
  readonly target: Cell<T>;
  readonly pred: (value: T) => boolean;
  kind: EventKind = 'until';
  constructor(target: Cell<T>, pred: (value: T) => boolean) { super(); this.target = target; this.pred = pred; }
  override open(word: T): boolean { return this.pred(word); }
  perform(): void { this.result = this.target.value; }
  argument(): string { return this.pred.toString(); }
  argumentKey(): unknown { return this.pred; }
}
