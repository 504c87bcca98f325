// SPDX-License-Identifier: GPL-2.0-only
// Threads of the port that nothing is undone of: a state is its schedule, and whoever goes back to it
// boots a machine anew, sets it up and runs that schedule (stateless search, as VeriSoft has it;
// engine.md, 4.1). With functions as generators it is the second implementation of the interface that
// the explorer searches, and what the first, with frames and an undo log, is held against.
//
// Cells have other objects behind them in each run. They are named by the order in which these were
// reached, so a name means the same in every run of one schedule.

import { resolveArms, type Config } from '../tree/arms.ts';
import { PortView } from '../check/view.ts';
import { identity, type RunFinding } from '../check/finding.ts';
import { search } from '../explore/search.ts';
import type { Access, Relation, SearchResult, Status, System } from '../explore/system.ts';
import { linkGenerators } from '../instrument/link-generators.ts';
import type { Concurrency } from '../instrument/concurrency.ts';
import type { Learned } from '../instrument/sharing.ts';
import { boundedSearch } from './bounded.ts';
import type { ExploreOptions } from './explored.ts';
import type { KernelSystem } from './kernel-system.ts';
import type { RunnableSide } from './link-side.ts';
import type { Scenario } from './scenario.ts';
import { Several } from './several.ts';

/** A side whose functions are generators. files: as for linkSide. */
export function linkGeneratorSide(files: ReadonlyMap<string, string>, config: Config): RunnableSide {
  const texts = new Map<string, string>();
  for (const [file, text] of files) if (file.endsWith('.ts')) texts.set(file, resolveArms(text, config));
  const port = linkGenerators(texts);
  return { port, view: new PortView(port), config };
}

/** A run from the start. */
interface Run { readonly bench: Several; readonly several: Concurrency; readonly system: KernelSystem; readonly since: number }

/** The search found one more cell at which threads have to stop: what is recorded so far means something else now. */
class Grown extends Error {}

export class ReplayedSystem implements System {
  readonly #side: RunnableSide;
  readonly #scenario: Scenario;
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];
  #run: Run | null = null;
  #ordinals = new Map<object, number>();
  #learned: Learned = [];
  /** The state: who ran, one after the other. */
  readonly #schedule: number[] = [];
  /** Runs from the start so far. */
  runs = 0;
  onFinding: (f: RunFinding) => void = () => undefined;

  constructor(side: RunnableSide, scenario: Scenario) {
    this.#side = side;
    this.#scenario = scenario;
  }

  /** The run that stands where the schedule ends. */
  #now(): Run {
    if (this.#run !== null) return this.#run;
    const { runtime } = this.#side.port;
    const bench = new Several(this.#side, this.#scenario, false);
    const { several, system, begin } = bench.ready();
    bench.world.onFinding = (f) => { this.onFinding(f); };
    several.sharing.recall(this.#learned);
    const run = { bench, several, system, since: runtime.journal.mark() };
    this.#run = run;
    this.#ordinals = new Map();
    this.runs += 1;
    begin();
    this.#learn(several);
    for (const t of this.#schedule) system.step(t);
    return run;
  }
  #learn(several: Concurrency): void {
    if (!several.sharing.grown) return;
    this.#learned = several.sharing.learned();
    throw new Grown('one more point');
  }
  /** What was found about cells is kept, the run is not. */
  #leave(): void {
    if (this.#run !== null) this.#learned = this.#run.several.sharing.learned();
    this.#run = null;
  }

  /** Runs `search` until it finds no cell that it did not know of. */
  untilKnown(searches: () => void): void {
    for (;;) {
      this.#leave();
      this.#schedule.length = 0;
      try {
        searches();
        return;
      } catch (e) {
        if (!(e instanceof Grown)) throw e;
        this.#run = null;
      }
    }
  }

  threads(): number { return this.#now().system.threads(); }
  status(t: number): Status { return this.#now().system.status(t); }
  choices(): number { return 1; }
  step(t: number): void {
    const { system, several } = this.#now();
    this.#schedule.push(t);
    system.step(t);
    this.#learn(several);
  }
  get accesses(): readonly Access[] { return this.#now().system.accesses.map((a) => this.#named(a)); }
  get orders(): readonly number[] { return this.#now().system.orders; }
  waiting(t: number): readonly Access[] { return this.#now().system.waiting(t).map((a) => this.#named(a)); }
  ended(): boolean { return this.#now().system.ended(); }
  save(): number { return this.#schedule.length; }
  undo(mark: number): void {
    if (mark === this.#schedule.length) return;
    this.#leave();
    this.#schedule.length = mark;
  }
  relation(earlier: number, later: number): Relation { return this.#now().system.relation(earlier, later); }
  couldRun(t: number, event: number, before: number): boolean { return this.#now().system.couldRun(t, event, before); }
  progressed(): boolean { return this.#now().system.progressed(); }

  /** Judges the state at rest, and gives the outcome; the run is of no use after that. */
  over(deadlocked: readonly number[], cut: boolean): string {
    const { bench, several, system, since } = this.#now();
    if (!system.ended() && !cut) bench.over(deadlocked, several, since);
    const outcome = bench.outcome();
    this.#learned = several.sharing.learned();
    this.#run = null;
    return outcome;
  }
  cuts(): readonly string[] { return [...this.#now().bench.cuts]; }
  points(): number { return this.#now().several.sharing.points; }
  /** What the last step touched, in words that mean the same on every run of the program. */
  touched(): string { return this.accesses.map((a) => `${this.#names[a.object] ?? ''}:${a.class}`).join(' '); }

  #named(a: Access): Access {
    const { sharing } = this.#now().several;
    const at = sharing.nameOf(a.object);
    if (at === null) throw new Error('a cell without a name');
    if (!this.#ordinals.has(at.o)) for (const o of sharing.objects()) if (!this.#ordinals.has(o)) this.#ordinals.set(o, this.#ordinals.size);
    const name = `${this.#ordinals.get(at.o) ?? -1}.${String(at.k)}`;
    let object = this.#numbers.get(name);
    if (object === undefined) {
      this.#numbers.set(name, object = this.#names.length);
      this.#names.push(name);
    }
    return { object, class: a.class };
  }
}

/** What can be held against exploreScenario: all but the schedules. */
export interface Replayed {
  readonly executions: number | null;
  readonly blocked: number;
  readonly events: number;
  readonly points: number;
  readonly bounds: readonly string[];
  readonly outcomes: readonly { readonly key: string; readonly executions: number | null }[];
  readonly findings: readonly RunFinding[];
}

/** Every interleaving that differs, each run from the start. */
export function exploreReplayed(side: RunnableSide, scenario: Scenario, options: ExploreOptions): Replayed {
  const system = new ReplayedSystem(side, scenario);
  const outcomes = new Map<string, number>();
  const found = new Map<string, RunFinding>();
  system.onFinding = (f) => { found.set(identity(f), f); };
  const leaf = (deadlocked: readonly number[], cut = false): void => {
    const key = system.over(deadlocked, cut);
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  };
  const results: SearchResult[] = [];
  let points = 0;
  system.untilKnown(() => {
    found.clear();
    boundedSearch(system, 0, options.maxEvents, leaf);
    outcomes.clear();
    results.push(search(system, { ...options, seed: 0, preemptions: false }, {
      maximal: (execution) => {
        points = system.points();
        leaf(execution.deadlocked);
        return 'go on';
      },
    }));
  });
  const result = results[results.length - 1];
  if (result === undefined) throw new Error('no search was made');
  side.port.runtime.concurrency = null;
  side.port.runtime.journal.stop();
  return {
    executions: result.executions, blocked: result.blocked, events: result.events, points, bounds: result.bounds,
    outcomes: [...outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, n]) => ({ key, executions: n })),
    findings: [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, f]) => f),
  };
}
