// SPDX-License-Identifier: GPL-2.0-only
// Sleep sets (Godefroid 1996): threads whose next event was explored from an earlier state of the path,
// with what that event touched. A sleeper is woken by an executed event that does not commute with its own.
// Entries live on a stack that grows and shrinks with the path, so nothing is allocated per step.

import type { Trace } from './trace.ts';

/** Numbers per entry: thread, first access, length of the accesses. */
const SIZE = 3;

export class SleepSets {
  entries: number[] = [];
  /** Objects and classes of the sleepers' events, alternately. */
  accesses: number[] = [];

  thread(entry: number): number { return this.entries[entry * SIZE]!; }

  push(entry: number, thread: number, first: number, count: number): void {
    const at = entry * SIZE;
    this.entries[at] = thread;
    this.entries[at + 1] = first;
    this.entries[at + 2] = count;
  }

  copy(from: number, to: number): void {
    for (let i = 0; i < SIZE; i++) this.entries[to * SIZE + i] = this.entries[from * SIZE + i]!;
  }

  /** Notes what event n of the trace touched, from place `at` on; returns the place after it. */
  note(trace: Trace, n: number, at: number): number {
    for (let a = trace.accessTop[n]!; a < trace.accessTop[n + 1]!; a++) {
      this.accesses[at++] = trace.accObject[a]!;
      this.accesses[at++] = trace.accClass[a]!;
    }
    return at;
  }

  /** Event n of the trace does not commute with the sleeper's event. */
  woken(entry: number, trace: Trace, n: number): boolean {
    const first = this.entries[entry * SIZE + 1]!, end = first + this.entries[entry * SIZE + 2]!;
    for (let a = trace.accessTop[n]!; a < trace.accessTop[n + 1]!; a++) {
      const object = trace.accObject[a]!, kind = trace.accClass[a]!;
      for (let i = first; i < end; i += 2) {
        if (this.accesses[i] === object && !trace.commute(kind, this.accesses[i + 1]!)) return true;
      }
    }
    return false;
  }
}
