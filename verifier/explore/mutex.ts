// SPDX-License-Identifier: GPL-2.0-only
// A mutex. lock() blocks by not being enabled; a failed tryLock() is a read of the lock word. Any waiter may
// get it next. It belongs to the thread that took it: another one's unlock() is an error in the program.

import { EventOperation, type EventKind } from './operation.ts';
import { Shared } from './shared.ts';

const FREE = -1;

export class Mutex extends Shared {
  /** The thread that holds it, or -1. */
  holder = FREE;

  constructor() { super('mutex'); }

  word(): number { return this.holder; }
  lock(): EventOperation<void> { return new Lock(this); }
  tryLock(): EventOperation<boolean> { return new TryLock(this); }
  unlock(): EventOperation<void> { return new Unlock(this); }
}

export function mutex(): Mutex { return new Mutex(); }

abstract class MutexOperation<R> extends EventOperation<R> {
  readonly target: Mutex;
  constructor(target: Mutex) { super(); this.target = target; }
  argument(): string { return ''; }
  argumentKey(): unknown { return ''; }
}

class Lock extends MutexOperation<void> {
  kind: EventKind = 'lock';
  override open(word: unknown): boolean { return word === FREE; }
  perform(thread: number): void { this.target.holder = thread; }
}

class TryLock extends MutexOperation<boolean> {
  kind: EventKind = 'try';
  perform(thread: number): void {
    this.result = this.target.holder === FREE;
    if (this.result) this.target.holder = thread;
    this.kind = this.result ? 'try' : 'try-failed';
  }
}

class Unlock extends MutexOperation<void> {
  kind: EventKind = 'unlock';
  perform(thread: number): void {
    if (this.target.holder !== thread) throw new Error(`unlock of ${this.target.name}, which thread ${thread} does not hold`);
    this.target.holder = FREE;
  }
}
