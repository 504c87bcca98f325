// SPDX-License-Identifier: GPL-2.0-only
// The interleaving explorer, a library of its own: explore() for programs of generators, search() for
// whoever brings a system. Sequential consistency; exhaustive up to the bounds that the result names.

export { cell, until, type Cell } from './cell.ts';
export { choose, join, progress, spawn, type Handle } from './control.ts';
export { explore, type ExploreOptions } from './explore.ts';
export { mutex, type Mutex } from './mutex.ts';
export type { Body, EventKind } from './operation.ts';
export { ProgramSystem, type Program } from './program.ts';
export { replay, type Replay } from './replay.ts';
export type { DeadlockFinding, ErrorFinding, Exploration, Finding, LivelockFinding, Outcome, Step } from './result.ts';
export { rwlock, type RwLock } from './rwlock.ts';
export { decodeSchedule, encodeSchedule } from './schedule.ts';
export { search, type Algorithm } from './search.ts';
export type { Access, BuiltAlgorithm, Cycle, Execution, Move, Relation, Schedule, SearchOptions, SearchResult, Status, System, Verdict, Visitor } from './system.ts';
