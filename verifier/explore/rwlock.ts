// SPDX-License-Identifier: GPL-2.0-only
// A reader-writer lock: readers together or one writer, no queue (a waiting writer does not keep readers out).
// Every acquire and release changes the lock word, so two read-acquires depend on each other unless the
// program says that they commute.

import { EventOperation, type EventKind } from './operation.ts';
import { Shared } from './shared.ts';

export interface RwWord { readonly writer: number; readonly readers: readonly number[] }

export class RwLock extends Shared {
  /** The writing thread or -1, and the reading threads, sorted, once for each hold. */
  state: RwWord = { writer: -1, readers: [] };

  constructor() { super('rwlock'); }

  word(): RwWord { return this.state; }
  read(): EventOperation<void> { return new Acquire(this, 'read'); }
  write(): EventOperation<void> { return new Acquire(this, 'write'); }
  tryRead(): EventOperation<boolean> { return new Try(this, 'read'); }
  tryWrite(): EventOperation<boolean> { return new Try(this, 'write'); }
  readUnlock(): EventOperation<void> { return new Release(this, 'read'); }
  writeUnlock(): EventOperation<void> { return new Release(this, 'write'); }

  free(mode: Mode): boolean { return isFree(this.state, mode); }

  take(mode: Mode, thread: number): void {
    const { writer, readers } = this.state;
    this.state = mode === 'write' ? { writer: thread, readers } : { writer, readers: [...readers, thread].sort((a, b) => a - b) };
  }

  drop(mode: Mode, thread: number): boolean {
    const { writer, readers } = this.state;
    if (mode === 'write') {
      if (writer !== thread) return false;
      this.state = { writer: -1, readers };
      return true;
    }
    const at = readers.indexOf(thread);
    if (at < 0) return false;
    this.state = { writer, readers: readers.toSpliced(at, 1) };
    return true;
  }
}

type Mode = 'read' | 'write';

function isFree({ writer, readers }: RwWord, mode: Mode): boolean {
  return writer === -1 && (mode === 'read' || readers.length === 0);
}

export function rwlock(): RwLock { return new RwLock(); }

abstract class RwOperation<R> extends EventOperation<R> {
  readonly target: RwLock;
  readonly mode: Mode;
  constructor(target: RwLock, mode: Mode) { super(); this.target = target; this.mode = mode; }
  argument(): string { return ''; }
  argumentKey(): unknown { return ''; }
}

class Acquire extends RwOperation<void> {
  kind: EventKind;
  constructor(target: RwLock, mode: Mode) { super(target, mode); this.kind = mode; }
  override open(word: RwWord): boolean { return isFree(word, this.mode); }
  perform(thread: number): void { this.target.take(this.mode, thread); }
}

class Try extends RwOperation<boolean> {
  kind: EventKind;
  constructor(target: RwLock, mode: Mode) { super(target, mode); this.kind = `${mode}-try`; }
  perform(thread: number): void {
    this.result = this.target.free(this.mode);
    if (this.result) this.target.take(this.mode, thread);
    this.kind = this.result ? `${this.mode}-try` : `${this.mode}-try-failed`;
  }
}

class Release extends RwOperation<void> {
  kind: EventKind;
  constructor(target: RwLock, mode: Mode) { super(target, mode); this.kind = `${mode}-unlock`; }
  perform(thread: number): void {
    if (!this.target.drop(this.mode, thread)) throw new Error(`${this.mode}Unlock of ${this.target.name}, which thread ${thread} does not hold`);
  }
}
